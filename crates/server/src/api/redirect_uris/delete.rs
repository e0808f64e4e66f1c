//! `DELETE /api/redirect-uris/{redirectUriId}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{NothingOfThatId, RedirectUriPath, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::RedirectUriDeleted;
use std::sync::Arc;

/// Delete a redirect URI
///
/// Connections that were to end there end on a page of Solder's own. For admins.
#[utoipa::path(
    delete,
    path = "/api/redirect-uris/{redirectUriId}",
    operation_id = "delete-redirect-uri",
    tag = "Connections",
    params(RedirectUriPath, UserIdHeader),
    responses((status = OK, description = "It is gone", body = RedirectUriDeleted), NothingOfThatId, Refusals)
)]
pub(crate) async fn delete_redirect_uri(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
) -> Result<Answer<RedirectUriDeleted>, Failure> {
    Ok(Answer::ok(
        app.engine
            .delete_redirect_uri(&caller, segments.text("redirectUriId"))
            .await?,
    ))
}
