//! `GET /health`

use crate::App;
use crate::answer::Answer;
use axum::extract::State;
use serde::Serialize;
use solder_model::Timestamp;
use std::sync::Arc;
use utoipa::ToSchema;

/// That the process serves.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Health {
    /// Always `healthy`: whoever is not does not answer.
    #[schema(example = "healthy")]
    status: &'static str,
    /// The server's clock.
    #[schema(value_type = String, format = DateTime)]
    timestamp: Timestamp,
    /// How many files of the operator's connectors folder have faults: of those the last good version serves, where there
    /// was one. Left out where there are none; the log says what is wrong.
    #[serde(skip_serializing_if = "is_none")]
    #[schema(required = false, example = 1)]
    refused_connector_files: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_none(count: &usize) -> bool {
    *count == 0
}

/// Get the health
///
/// Says that the process serves. Needs no key.
#[utoipa::path(
    get,
    path = "/health",
    operation_id = "get-health",
    tag = "Health",
    security(()),
    responses((status = OK, description = "It serves", body = Health))
)]
pub(crate) async fn get_health(State(app): State<Arc<App>>) -> Answer<Health> {
    Answer::ok(Health {
        status: "healthy",
        timestamp: app.engine.now(),
        refused_connector_files: app.engine.refused_connector_files(),
    })
}
