//! `GET /api/redirect-uris`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{PageParams, Refusals, UserIdHeader};
use crate::problem::Failure;
use crate::query::ListQuery;
use axum::extract::State;
use solder_engine::RedirectUriList;
use std::sync::Arc;

/// List redirect URIs
///
/// Where browsers may be sent after connecting, newest first. For admins.
#[utoipa::path(
    get,
    path = "/api/redirect-uris",
    operation_id = "list-redirect-uris",
    tag = "Connections",
    params(PageParams, UserIdHeader),
    responses((status = OK, description = "A page of redirect URIs", body = RedirectUriList), Refusals)
)]
pub(crate) async fn list_redirect_uris(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    query: ListQuery,
) -> Result<Answer<RedirectUriList>, Failure> {
    Ok(Answer::ok(
        app.engine.list_redirect_uris(&caller, query.page).await?,
    ))
}
