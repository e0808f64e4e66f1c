//! `GET /api/jwt-keys`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{PageParams, Refusals, UserIdHeader};
use crate::problem::Failure;
use crate::query::ListQuery;
use axum::extract::State;
use solder_engine::JwtKeyList;
use std::sync::Arc;

/// List JWT keys
///
/// The account's keys, newest first. Never a secret. For admins.
#[utoipa::path(
    get,
    path = "/api/jwt-keys",
    operation_id = "list-jwt-keys",
    tag = "JWT keys",
    params(PageParams, UserIdHeader),
    responses((status = OK, description = "A page of JWT keys", body = JwtKeyList), Refusals)
)]
pub(crate) async fn list_jwt_keys(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    query: ListQuery,
) -> Result<Answer<JwtKeyList>, Failure> {
    Ok(Answer::ok(app.engine.list_jwt_keys(&caller, query.page).await?))
}
