//! `POST /api/connectors/{connectorId}/execute`

use super::schema::{ExecuteNamedAction, Outcome, Shaped};
use crate::App;
use crate::body::JsonObject;
use crate::openapi::{
    ActionNotFound, ConnectorPath, CredentialHeader, PlatformRefusals, Refusals, ServerHeader, ServerParam,
    UserIdHeader,
};
use crate::path::Segments;
use crate::problem::Failure;
use crate::within::Within;
use axum::extract::State;
use solder_engine::Asked;
use std::sync::Arc;

/// Execute an action that the body names
///
/// The same as executing an action by its path, for clients that would rather not encode its id. The body also says how:
/// its arguments, the credential, the time that it may take, and the server whose restrictions hold.
#[utoipa::path(
    post,
    path = "/api/connectors/{connectorId}/execute",
    operation_id = "execute-named-action",
    tag = "Connectors",
    params(ConnectorPath, CredentialHeader, ServerHeader, ServerParam, UserIdHeader),
    request_body = ExecuteNamedAction,
    responses(Outcome, ActionNotFound, Refusals, PlatformRefusals)
)]
pub(crate) async fn execute_named_action(
    State(app): State<Arc<App>>,
    within: Within,
    segments: Segments,
    JsonObject(body): JsonObject,
) -> Result<Shaped, Failure> {
    let asked = Asked {
        connector: segments.text("connectorId"),
        action: None,
        credential: within.credential.as_deref(),
    };
    let running = app
        .engine
        .execute_action(&within.caller, within.scope(), &asked, body);
    // In a place of its own: it is large.
    Ok(Shaped(Box::pin(running).await?))
}
