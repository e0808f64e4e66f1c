//! `GET /api/connectors/{connectorId}/actions/{actionId}/options/{parameter}`

use crate::App;
use crate::answer::Answer;
use crate::openapi::{
    ActionNotFound, CredentialHeader, OptionsParams, OptionsPath, PlatformRefusals, Refusals, ServerHeader,
    ServerParam, UserIdHeader,
};
use crate::path::Segments;
use crate::problem::Failure;
use crate::query::OptionsQuery;
use crate::within::Within;
use axum::extract::State;
use solder_engine::{ChoiceList, ChoicesAsked};
use std::sync::Arc;

/// List the choices of a parameter
///
/// For forms: what a parameter may be, asked of the platform by the action that lists it, as the acting user and with a
/// credential of theirs. Which parameters have choices is told by `options` in the description of an action; where the
/// listing needs other arguments of the action, they are sent as query parameters of the same name. What the platform
/// answered is used again for a minute.
#[utoipa::path(
    get,
    path = "/api/connectors/{connectorId}/actions/{actionId}/options/{parameter}",
    operation_id = "list-parameter-options",
    tag = "Connectors",
    params(OptionsPath, OptionsParams, CredentialHeader, ServerHeader, ServerParam, UserIdHeader),
    responses(
        (status = OK, description = "The choices, 100 at most", body = ChoiceList),
        ActionNotFound, Refusals, PlatformRefusals
    )
)]
pub(crate) async fn list_parameter_options(
    State(app): State<Arc<App>>,
    within: Within,
    segments: Segments,
    query: OptionsQuery,
) -> Result<Answer<ChoiceList>, Failure> {
    let asked = ChoicesAsked {
        connector: segments.text("connectorId").to_owned(),
        action: segments.text("actionId").to_owned(),
        parameter: segments.text("parameter").to_owned(),
        typed: query.typed,
        arguments: query.arguments,
        credential: query.credential,
        credential_header: within.credential.clone(),
    };
    let listing = app.engine.list_choices(&within.caller, within.scope(), &asked);
    // In a place of its own: it is large.
    Ok(Answer::ok(Box::pin(listing).await?))
}
