//! `POST /api/keys`

use super::schema::CreateKey;
use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::body::JsonObject;
use crate::openapi::{Refusals, UserIdHeader};
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::KeyView;
use std::sync::Arc;

/// Create an API key
///
/// For admins. The answer alone carries the key: keep it safe, it is shown this once.
#[utoipa::path(
    post,
    path = "/api/keys",
    operation_id = "create-key",
    tag = "API keys",
    params(UserIdHeader),
    request_body = CreateKey,
    responses((status = CREATED, description = "The key", body = KeyView), Refusals)
)]
pub(crate) async fn create_key(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    JsonObject(body): JsonObject,
) -> Result<Answer<KeyView>, Failure> {
    Ok(Answer::created(app.engine.create_key(&caller, &body).await?))
}
