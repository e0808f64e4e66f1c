//! `GET /api/servers`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{PageParams, Refusals, UserIdHeader};
use crate::problem::Failure;
use crate::query::ListQuery;
use axum::extract::State;
use solder_engine::ServerList;
use std::sync::Arc;

/// List servers
///
/// The acting user's servers, newest first.
#[utoipa::path(
    get,
    path = "/api/servers",
    operation_id = "list-servers",
    tag = "Servers",
    params(PageParams, UserIdHeader),
    responses((status = OK, description = "A page of servers", body = ServerList), Refusals)
)]
pub(crate) async fn list_servers(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    query: ListQuery,
) -> Result<Answer<ServerList>, Failure> {
    Ok(Answer::ok(app.engine.list_servers(&caller, query.page).await?))
}
