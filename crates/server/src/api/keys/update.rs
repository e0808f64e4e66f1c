//! `PUT /api/keys/{keyId}`

use super::schema::UpdateKey;
use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::body::JsonObject;
use crate::openapi::{KeyNotFound, KeyPath, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::KeyView;
use std::sync::Arc;

/// Update an API key
///
/// For admins. Changes the name or the end of a key that has not ended. What a key may do and for whom never changes.
#[utoipa::path(
    put,
    path = "/api/keys/{keyId}",
    operation_id = "update-key",
    tag = "API keys",
    params(KeyPath, UserIdHeader),
    request_body = UpdateKey,
    responses((status = OK, description = "The key as it is now", body = KeyView), KeyNotFound, Refusals)
)]
pub(crate) async fn update_key(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
    JsonObject(body): JsonObject,
) -> Result<Answer<KeyView>, Failure> {
    Ok(Answer::ok(
        app.engine
            .update_key(&caller, segments.text("keyId"), &body)
            .await?,
    ))
}
