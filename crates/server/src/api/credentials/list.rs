//! `GET /api/credentials`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{ConnectorParam, PageParams, Refusals, UserIdHeader};
use crate::problem::Failure;
use crate::query::ListQuery;
use axum::extract::State;
use solder_engine::CredentialList;
use std::sync::Arc;

/// List credentials
///
/// The acting user's credentials, newest first, of one connector where it is given. Never a secret.
#[utoipa::path(
    get,
    path = "/api/credentials",
    operation_id = "list-credentials",
    tag = "Credentials",
    params(ConnectorParam, PageParams, UserIdHeader),
    responses((status = OK, description = "A page of credentials", body = CredentialList), Refusals)
)]
pub(crate) async fn list_credentials(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    query: ListQuery,
) -> Result<Answer<CredentialList>, Failure> {
    let list = app
        .engine
        .list_credentials(&caller, query.connector.as_deref(), query.page)
        .await?;
    Ok(Answer::ok(list))
}
