//! `GET /api/connectors/{connectorId}/versions/{version}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{ConnectorVersionPath, NothingOfThatId, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::ConnectorFile;
use std::sync::Arc;

/// Get a version of a connector
///
/// One version of a connector of the account's own, with its file. For admins.
#[utoipa::path(
    get,
    path = "/api/connectors/{connectorId}/versions/{version}",
    operation_id = "get-connector-version",
    tag = "Own connectors",
    params(ConnectorVersionPath, UserIdHeader),
    responses((status = OK, description = "The version", body = ConnectorFile), NothingOfThatId, Refusals)
)]
pub(crate) async fn get_connector_version(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
) -> Result<Answer<ConnectorFile>, Failure> {
    let id = segments.text("connectorId");
    let version = super::version(&segments);
    let file = app.engine.get_connector_file(&caller, id, Some(version)).await?;
    Ok(Answer::ok(file))
}
