//! `POST /api/connectors/{connectorId}/versions/{version}/restore`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{ConnectorVersionPath, NothingOfThatId, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::OwnConnectorView;
use std::sync::Arc;

/// Restore a version of a connector
///
/// Makes a version of a connector of the account's own live again. The rules are those of storing a file: where it sends
/// credentials elsewhere than the version that is live, they have to be connected again. For admins.
#[utoipa::path(
    post,
    path = "/api/connectors/{connectorId}/versions/{version}/restore",
    operation_id = "restore-connector-version",
    tag = "Own connectors",
    params(ConnectorVersionPath, UserIdHeader),
    responses((status = OK, description = "The connector, with the version that is live now", body = OwnConnectorView), NothingOfThatId, Refusals)
)]
pub(crate) async fn restore_connector_version(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
) -> Result<Answer<OwnConnectorView>, Failure> {
    let id = segments.text("connectorId");
    let version = super::version(&segments);
    let stored = app.engine.restore_connector_version(&caller, id, version).await?;
    Ok(Answer::ok(stored.view))
}
