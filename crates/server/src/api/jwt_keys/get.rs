//! `GET /api/jwt-keys/{jwtKeyId}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{JwtKeyNotFound, JwtKeyPath, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::JwtKeyView;
use std::sync::Arc;

/// Get a JWT key
///
/// What tokens of this key must say, and its public part; never a secret. For admins.
#[utoipa::path(
    get,
    path = "/api/jwt-keys/{jwtKeyId}",
    operation_id = "get-jwt-key",
    tag = "JWT keys",
    params(JwtKeyPath, UserIdHeader),
    responses((status = OK, description = "The key", body = JwtKeyView), JwtKeyNotFound, Refusals)
)]
pub(crate) async fn get_jwt_key(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
) -> Result<Answer<JwtKeyView>, Failure> {
    Ok(Answer::ok(
        app.engine.get_jwt_key(&caller, segments.text("jwtKeyId")).await?,
    ))
}
