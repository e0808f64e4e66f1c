//! `GET /api/keys/{keyId}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{KeyNotFound, KeyPath, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::KeyView;
use std::sync::Arc;

/// Get an API key
///
/// For admins. When it was made, when it ends, and when it was last used; never the key itself.
#[utoipa::path(
    get,
    path = "/api/keys/{keyId}",
    operation_id = "get-key",
    tag = "API keys",
    params(KeyPath, UserIdHeader),
    responses((status = OK, description = "The key", body = KeyView), KeyNotFound, Refusals)
)]
pub(crate) async fn get_key(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
) -> Result<Answer<KeyView>, Failure> {
    Ok(Answer::ok(
        app.engine.get_key(&caller, segments.text("keyId")).await?,
    ))
}
