//! `POST /api/users`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::body::JsonObject;
use crate::openapi::{Refusals, UserIdHeader};
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::UserView;
use std::sync::Arc;
use utoipa::ToSchema;

/// A new user.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
struct CreateUser {
    /// Your own id of the user.
    #[schema(min_length = 1, max_length = 10_000, example = "ada@example.com")]
    user_id: String,
}

/// Create a user
///
/// For admins. One that is there already is left as it is and answered with 200. Users come to be by themselves too, when
/// a key that may name users first names one.
#[utoipa::path(
    post,
    path = "/api/users",
    operation_id = "create-user",
    tag = "Users",
    params(UserIdHeader),
    request_body = CreateUser,
    responses(
        (status = CREATED, description = "The user", body = UserView),
        (status = OK, description = "The user, who was there already", body = UserView),
        Refusals
    )
)]
pub(crate) async fn create_user(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    JsonObject(body): JsonObject,
) -> Result<Answer<UserView>, Failure> {
    let (user, is_new) = app.engine.create_user(&caller, &body).await?;
    Ok(if is_new {
        Answer::created(user)
    } else {
        Answer::ok(user)
    })
}
