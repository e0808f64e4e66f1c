//! `POST /api/connectors/{connectorId}/actions/{actionId}/execute`

use super::schema::{ExecuteAction, Outcome, Shaped};
use crate::App;
use crate::body::OptionalObject;
use crate::openapi::{
    ActionNotFound, ActionPath, CredentialHeader, PlatformRefusals, Refusals, ServerHeader, ServerParam,
    UserIdHeader,
};
use crate::path::Segments;
use crate::problem::Failure;
use crate::within::Within;
use axum::extract::State;
use solder_engine::Asked;
use std::sync::Arc;

/// Execute an action
///
/// Calls the platform as the acting user, with a credential of theirs, and answers what it answered. The rules are those
/// of the tool `execute_action_alloy`. Where a server is named its restrictions hold; else everything is in reach that the
/// account has. The action's id is one segment of the path: a `/` in it is written `%2F`. Whoever hangs up ends the call.
///
/// A platform's own refusals have codes that begin with `PLATFORM_`, with their status: a 401 with `PLATFORM_RECONNECT` says
/// that the credential does not hold any more, not the API key.
#[utoipa::path(
    post,
    path = "/api/connectors/{connectorId}/actions/{actionId}/execute",
    operation_id = "execute-action",
    tag = "Connectors",
    params(ActionPath, CredentialHeader, ServerHeader, ServerParam, UserIdHeader),
    request_body = Option<ExecuteAction>,
    responses(Outcome, ActionNotFound, Refusals, PlatformRefusals)
)]
pub(crate) async fn execute_action(
    State(app): State<Arc<App>>,
    within: Within,
    segments: Segments,
    OptionalObject(body): OptionalObject,
) -> Result<Shaped, Failure> {
    let asked = Asked {
        connector: segments.text("connectorId"),
        action: Some(segments.text("actionId")),
        credential: within.credential.as_deref(),
    };
    let running = app
        .engine
        .execute_action(&within.caller, within.scope(), &asked, body);
    // In a place of its own: it is large.
    Ok(Shaped(Box::pin(running).await?))
}
