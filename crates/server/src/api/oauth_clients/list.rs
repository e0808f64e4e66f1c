//! `GET /api/oauth-clients`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{PageParams, Refusals, UserIdHeader};
use crate::problem::Failure;
use crate::query::ListQuery;
use axum::extract::State;
use solder_engine::ClientList;
use std::sync::Arc;

/// List OAuth clients
///
/// Lists the MCP clients that were registered in the account, newest first. Clients that registered themselves, and
/// those that are described by a document of their own, belong to no account. For admins.
#[utoipa::path(
    get,
    path = "/api/oauth-clients",
    operation_id = "list-oauth-clients",
    tag = "OAuth",
    params(PageParams, UserIdHeader),
    responses((status = OK, description = "A page of clients", body = ClientList), Refusals)
)]
pub(crate) async fn list_oauth_clients(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    query: ListQuery,
) -> Result<Answer<ClientList>, Failure> {
    Ok(Answer::ok(
        app.engine.list_oauth_clients(&caller, query.page).await?,
    ))
}
