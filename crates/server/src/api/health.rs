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
pub(crate) struct Health {
    /// Always `healthy`: whoever is not does not answer.
    #[schema(example = "healthy")]
    status: &'static str,
    /// The server's clock.
    #[schema(value_type = String, format = DateTime)]
    timestamp: Timestamp,
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
    })
}
