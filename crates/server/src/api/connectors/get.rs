//! `GET /api/connectors/{connectorId}`

use crate::App;
use crate::answer::Answer;
use crate::openapi::{
    ConnectorOrServerNotFound, ConnectorPath, Refusals, ServerHeader, ServerParam, UserIdHeader,
};
use crate::path::Segments;
use crate::problem::Failure;
use crate::within::Within;
use axum::extract::State;
use solder_engine::ConnectorView;
use std::sync::Arc;

/// Get a connector
///
/// What a platform's connector can do and how one connects to it: its resources with their actions, and its ways to
/// connect with the schema of what each needs. What a named server's restrictions put out of reach is not shown.
#[utoipa::path(
    get,
    path = "/api/connectors/{connectorId}",
    operation_id = "get-connector",
    tag = "Connectors",
    params(ConnectorPath, ServerHeader, ServerParam, UserIdHeader),
    responses((status = OK, description = "The connector", body = ConnectorView), ConnectorOrServerNotFound, Refusals)
)]
pub(crate) async fn get_connector(
    State(app): State<Arc<App>>,
    within: Within,
    segments: Segments,
) -> Result<Answer<ConnectorView>, Failure> {
    let connector = app
        .engine
        .get_connector(&within.caller, within.scope(), segments.text("connectorId"))
        .await?;
    Ok(Answer::ok(connector))
}
