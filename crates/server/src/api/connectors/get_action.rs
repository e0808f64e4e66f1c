//! `GET /api/connectors/{connectorId}/actions/{actionId}`

use crate::App;
use crate::answer::Answer;
use crate::openapi::{ActionNotFound, ActionPath, Refusals, ServerHeader, ServerParam, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use crate::within::Within;
use axum::extract::State;
use solder_engine::ActionDetails;
use std::sync::Arc;

/// Get an action
///
/// What a call of the action takes: its parameters, the JSON Schema of its body, and a sample. The action's id is one
/// segment of the path: a `/` in it is written `%2F`.
#[utoipa::path(
    get,
    path = "/api/connectors/{connectorId}/actions/{actionId}",
    operation_id = "get-action",
    tag = "Connectors",
    params(ActionPath, ServerHeader, ServerParam, UserIdHeader),
    responses((status = OK, description = "The action", body = ActionDetails), ActionNotFound, Refusals)
)]
pub(crate) async fn get_action(
    State(app): State<Arc<App>>,
    within: Within,
    segments: Segments,
) -> Result<Answer<ActionDetails>, Failure> {
    let (connector, action) = (segments.text("connectorId"), segments.text("actionId"));
    let details = app
        .engine
        .get_action(&within.caller, within.scope(), connector, action)
        .await?;
    Ok(Answer::ok(details))
}
