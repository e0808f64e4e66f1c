//! `GET /api/connectors/{connectorId}/versions`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{ConnectorPath, NothingOfThatId, PageParams, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use crate::query::ListQuery;
use axum::extract::State;
use solder_engine::ConnectorVersionList;
use std::sync::Arc;

/// List a connector's versions
///
/// Every version that a connector of the account's own ever had, newest first, and which one is live. For admins.
#[utoipa::path(
    get,
    path = "/api/connectors/{connectorId}/versions",
    operation_id = "list-connector-versions",
    tag = "Own connectors",
    params(ConnectorPath, PageParams, UserIdHeader),
    responses((status = OK, description = "A page of versions", body = ConnectorVersionList), NothingOfThatId, Refusals)
)]
pub(crate) async fn list_connector_versions(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
    query: ListQuery,
) -> Result<Answer<ConnectorVersionList>, Failure> {
    let id = segments.text("connectorId");
    let list = app
        .engine
        .list_connector_versions(&caller, id, query.page)
        .await?;
    Ok(Answer::ok(list))
}
