//! `GET /api/keys`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{PageParams, Refusals, UserIdHeader};
use crate::problem::Failure;
use crate::query::ListQuery;
use axum::extract::State;
use solder_engine::KeyList;
use std::sync::Arc;

/// List API keys
///
/// For admins. The account's keys, newest first, those that have ended among them. Never the keys themselves.
#[utoipa::path(
    get,
    path = "/api/keys",
    operation_id = "list-keys",
    tag = "API keys",
    params(PageParams, UserIdHeader),
    responses((status = OK, description = "A page of keys", body = KeyList), Refusals)
)]
pub(crate) async fn list_keys(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    query: ListQuery,
) -> Result<Answer<KeyList>, Failure> {
    Ok(Answer::ok(app.engine.list_keys(&caller, query.page).await?))
}
