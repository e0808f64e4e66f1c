//! `DELETE /api/users/{userId}/password`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{Refusals, UserIdHeader, UserNotFound, UserPath};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::PasswordRemoved;
use std::sync::Arc;

/// Remove a user's password
///
/// The user cannot sign in by a password any more, and the user's sign-ins end. For admins.
#[utoipa::path(
    delete,
    path = "/api/users/{userId}/password",
    operation_id = "remove-user-password",
    tag = "Users",
    params(UserPath, UserIdHeader),
    responses((status = OK, description = "The password is gone", body = PasswordRemoved), UserNotFound, Refusals)
)]
pub(crate) async fn remove_user_password(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
) -> Result<Answer<PasswordRemoved>, Failure> {
    Ok(Answer::ok(
        app.engine
            .remove_password(&caller, segments.text("userId"))
            .await?,
    ))
}
