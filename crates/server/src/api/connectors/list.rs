//! `GET /api/connectors`

use crate::App;
use crate::answer::Answer;
use crate::openapi::{
    ConnectorFilterParams, PageParams, Refusals, ServerHeader, ServerNotFound, ServerParam, UserIdHeader,
};
use crate::problem::Failure;
use crate::query::ConnectorQuery;
use crate::within::Within;
use axum::extract::State;
use solder_engine::ConnectorList;
use std::sync::Arc;

/// List connectors
///
/// The platforms in reach: all that the account has, its own connectors among them, or, where a server is named, those that its restrictions allow. They
/// come by id; with `query` those whose name holds the words come first, then those whose actions fit best.
#[utoipa::path(
    get,
    path = "/api/connectors",
    operation_id = "list-connectors",
    tag = "Connectors",
    params(ConnectorFilterParams, PageParams, ServerHeader, ServerParam, UserIdHeader),
    responses((status = OK, description = "A page of connectors", body = ConnectorList), ServerNotFound, Refusals)
)]
pub(crate) async fn list_connectors(
    State(app): State<Arc<App>>,
    within: Within,
    query: ConnectorQuery,
) -> Result<Answer<ConnectorList>, Failure> {
    let list = app
        .engine
        .list_connectors(&within.caller, within.scope(), &query.filter, query.page)
        .await?;
    Ok(Answer::ok(list))
}
