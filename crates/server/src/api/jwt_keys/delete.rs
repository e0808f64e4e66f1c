//! `DELETE /api/jwt-keys/{jwtKeyId}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{JwtKeyNotFound, JwtKeyPath, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::JwtKeyDeleted;
use std::sync::Arc;

/// Delete a JWT key
///
/// Tokens that this key verified are refused from now on; on other nodes within a second. For admins.
#[utoipa::path(
    delete,
    path = "/api/jwt-keys/{jwtKeyId}",
    operation_id = "delete-jwt-key",
    tag = "JWT keys",
    params(JwtKeyPath, UserIdHeader),
    responses((status = OK, description = "The key is gone", body = JwtKeyDeleted), JwtKeyNotFound, Refusals)
)]
pub(crate) async fn delete_jwt_key(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
) -> Result<Answer<JwtKeyDeleted>, Failure> {
    Ok(Answer::ok(
        app.engine
            .delete_jwt_key(&caller, segments.text("jwtKeyId"))
            .await?,
    ))
}
