//! `GET /api/oauth-apps/{oauthAppId}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{NothingOfThatId, OAuthAppPath, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::OAuthAppView;
use std::sync::Arc;

/// Get an OAuth app
///
/// One of the account's OAuth apps, without its secret. For admins.
#[utoipa::path(
    get,
    path = "/api/oauth-apps/{oauthAppId}",
    operation_id = "get-oauth-app",
    tag = "Connections",
    params(OAuthAppPath, UserIdHeader),
    responses((status = OK, description = "The app", body = OAuthAppView), NothingOfThatId, Refusals)
)]
pub(crate) async fn get_oauth_app(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
) -> Result<Answer<OAuthAppView>, Failure> {
    Ok(Answer::ok(
        app.engine
            .get_oauth_app(&caller, segments.text("oauthAppId"))
            .await?,
    ))
}
