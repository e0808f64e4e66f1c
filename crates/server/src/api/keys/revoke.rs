//! `DELETE /api/keys/{keyId}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{KeyNotFound, KeyPath, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::KeyRevoked;
use std::sync::Arc;

/// Revoke an API key
///
/// For admins. The key ends at once. The last key by which an admin can come in is refused.
#[utoipa::path(
    delete,
    path = "/api/keys/{keyId}",
    operation_id = "revoke-key",
    tag = "API keys",
    params(KeyPath, UserIdHeader),
    responses((status = OK, description = "The key is gone", body = KeyRevoked), KeyNotFound, Refusals)
)]
pub(crate) async fn revoke_key(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
) -> Result<Answer<KeyRevoked>, Failure> {
    Ok(Answer::ok(
        app.engine.revoke_key(&caller, segments.text("keyId")).await?,
    ))
}
