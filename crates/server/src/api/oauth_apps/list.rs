//! `GET /api/oauth-apps`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{PageParams, Refusals, UserIdHeader};
use crate::problem::Failure;
use crate::query::ListQuery;
use axum::extract::State;
use solder_engine::OAuthAppList;
use std::sync::Arc;

/// List OAuth apps
///
/// The account's OAuth apps, newest first. For admins.
#[utoipa::path(
    get,
    path = "/api/oauth-apps",
    operation_id = "list-oauth-apps",
    tag = "Connections",
    params(PageParams, UserIdHeader),
    responses((status = OK, description = "A page of apps", body = OAuthAppList), Refusals)
)]
pub(crate) async fn list_oauth_apps(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    query: ListQuery,
) -> Result<Answer<OAuthAppList>, Failure> {
    Ok(Answer::ok(app.engine.list_oauth_apps(&caller, query.page).await?))
}
