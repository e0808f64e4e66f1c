//! `DELETE /api/oauth-apps/{oauthAppId}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{NothingOfThatId, OAuthAppPath, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::OAuthAppDeleted;
use std::sync::Arc;

/// Delete an OAuth app
///
/// Connections that were made with it work until their tokens end. For admins.
#[utoipa::path(
    delete,
    path = "/api/oauth-apps/{oauthAppId}",
    operation_id = "delete-oauth-app",
    tag = "Connections",
    params(OAuthAppPath, UserIdHeader),
    responses((status = OK, description = "The app is gone", body = OAuthAppDeleted), NothingOfThatId, Refusals)
)]
pub(crate) async fn delete_oauth_app(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
) -> Result<Answer<OAuthAppDeleted>, Failure> {
    Ok(Answer::ok(
        app.engine
            .delete_oauth_app(&caller, segments.text("oauthAppId"))
            .await?,
    ))
}
