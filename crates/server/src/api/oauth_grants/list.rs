//! `GET /api/oauth-grants`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{PageParams, Refusals, UserIdHeader};
use crate::problem::Failure;
use crate::query::ListQuery;
use axum::extract::State;
use solder_engine::GrantList;
use std::sync::Arc;

/// List OAuth grants
///
/// Lists what the acting user has allowed MCP clients, newest first: which client, on which server, to do what.
#[utoipa::path(
    get,
    path = "/api/oauth-grants",
    operation_id = "list-oauth-grants",
    tag = "OAuth",
    params(PageParams, UserIdHeader),
    responses((status = OK, description = "A page of grants", body = GrantList), Refusals)
)]
pub(crate) async fn list_oauth_grants(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    query: ListQuery,
) -> Result<Answer<GrantList>, Failure> {
    Ok(Answer::ok(
        app.engine.list_oauth_grants(&caller, query.page).await?,
    ))
}
