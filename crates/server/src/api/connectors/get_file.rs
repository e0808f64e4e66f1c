//! `GET /api/connectors/{connectorId}/file`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{ConnectorPath, NothingOfThatId, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::ConnectorFile;
use std::sync::Arc;

/// Get a connector's file
///
/// The file of the live version of a connector of the account's own. For admins.
#[utoipa::path(
    get,
    path = "/api/connectors/{connectorId}/file",
    operation_id = "get-connector-file",
    tag = "Own connectors",
    params(ConnectorPath, UserIdHeader),
    responses((status = OK, description = "The file", body = ConnectorFile), NothingOfThatId, Refusals)
)]
pub(crate) async fn get_connector_file(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
) -> Result<Answer<ConnectorFile>, Failure> {
    let id = segments.text("connectorId");
    let file = app.engine.get_connector_file(&caller, id, None).await?;
    Ok(Answer::ok(file))
}
