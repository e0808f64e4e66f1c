//! `PUT /api/users/{userId}/password`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::body::JsonObject;
use crate::openapi::{Refusals, UserIdHeader, UserNotFound, UserPath};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::PasswordView;
use std::sync::Arc;
use utoipa::ToSchema;

/// A new password. The engine reads what was sent as it came; this is its description.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
struct SetPassword {
    /// At least 12 characters and at most 1,024 bytes, on one line. Only its hash is kept, and no answer ever holds it.
    #[schema(min_length = 12, max_length = 1024, format = Password)]
    password: String,
}

/// Set a user's password
///
/// Sets or replaces the password that the user signs in to pages by, and ends the user's sign-ins. For admins.
#[utoipa::path(
    put,
    path = "/api/users/{userId}/password",
    operation_id = "set-user-password",
    tag = "Users",
    params(UserPath, UserIdHeader),
    request_body = SetPassword,
    responses((status = OK, description = "The user has this password", body = PasswordView), UserNotFound, Refusals)
)]
pub(crate) async fn set_user_password(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
    JsonObject(body): JsonObject,
) -> Result<Answer<PasswordView>, Failure> {
    Ok(Answer::ok(
        app.engine
            .set_password(&caller, segments.text("userId"), &body)
            .await?,
    ))
}
