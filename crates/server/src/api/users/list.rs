//! `GET /api/users`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{PageParams, Refusals, UserIdHeader};
use crate::problem::Failure;
use crate::query::{ListQuery, Reader};
use axum::extract::State;
use http::Uri;
use solder_engine::UserList;
use std::sync::Arc;

/// A filter.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a query; nothing makes one")]
struct UserFilter {
    /// Only the user of this id, your own.
    #[param(example = "ada@example.com")]
    user_id: Option<String>,
}

/// List users
///
/// For admins. The account's users, newest first; with `userId`, the one of that id alone.
#[utoipa::path(
    get,
    path = "/api/users",
    operation_id = "list-users",
    tag = "Users",
    params(UserFilter, PageParams, UserIdHeader),
    responses((status = OK, description = "A page of users", body = UserList), Refusals)
)]
pub(crate) async fn list_users(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    query: ListQuery,
    uri: Uri,
) -> Result<Answer<UserList>, Failure> {
    let mut reader = Reader::of(&uri);
    let name = reader.one("userId");
    reader.done()?;
    Ok(Answer::ok(
        app.engine
            .list_users(&caller, name.as_deref(), query.page)
            .await?,
    ))
}
