//! `POST /api/keys/{keyId}/rotate`

use super::schema::RotateKey;
use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::body::OptionalObject;
use crate::openapi::{KeyNotFound, KeyPath, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::KeyView;
use std::sync::Arc;

/// Rotate an API key
///
/// For admins. Makes a key with the same properties, and lets the old one live on for a grace, so that there is no gap. A
/// term starts again. The answer alone carries the new key.
#[utoipa::path(
    post,
    path = "/api/keys/{keyId}/rotate",
    operation_id = "rotate-key",
    tag = "API keys",
    params(KeyPath, UserIdHeader),
    request_body = Option<RotateKey>,
    responses((status = CREATED, description = "The new key", body = KeyView), KeyNotFound, Refusals)
)]
pub(crate) async fn rotate_key(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
    OptionalObject(body): OptionalObject,
) -> Result<Answer<KeyView>, Failure> {
    Ok(Answer::created(
        app.engine
            .rotate_key(&caller, segments.text("keyId"), &body)
            .await?,
    ))
}
