//! `DELETE /api/connectors/{connectorId}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{ConnectorPath, NothingOfThatId, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::ConnectorDeleted;
use std::sync::Arc;

/// Delete a connector of the account's own
///
/// Removes the connector with every version, its OAuth apps, and the credentials that users stored for it; those are not
/// taken back at the platform. What it had is gone for good: another connector of the same id has nothing of it. For admins.
#[utoipa::path(
    delete,
    path = "/api/connectors/{connectorId}",
    operation_id = "delete-connector",
    tag = "Own connectors",
    params(ConnectorPath, UserIdHeader),
    responses((status = OK, description = "The connector is gone", body = ConnectorDeleted), NothingOfThatId, Refusals)
)]
pub(crate) async fn delete_connector(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
) -> Result<Answer<ConnectorDeleted>, Failure> {
    let id = segments.text("connectorId");
    let deleted = app.engine.delete_connector(&caller, id).await?;
    Ok(Answer::ok(deleted))
}
