//! `GET /api/users/{userId}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{Refusals, UserIdHeader, UserNotFound, UserPath};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::UserView;
use std::sync::Arc;

/// Get a user
///
/// For admins. By the internal id; `GET /api/users?userId=` finds one by your own.
#[utoipa::path(
    get,
    path = "/api/users/{userId}",
    operation_id = "get-user",
    tag = "Users",
    params(UserPath, UserIdHeader),
    responses((status = OK, description = "The user", body = UserView), UserNotFound, Refusals)
)]
pub(crate) async fn get_user(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
) -> Result<Answer<UserView>, Failure> {
    Ok(Answer::ok(
        app.engine.get_user(&caller, segments.text("userId")).await?,
    ))
}
