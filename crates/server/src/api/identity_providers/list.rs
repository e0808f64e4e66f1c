//! `GET /api/identity-providers`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{PageParams, Refusals, UserIdHeader};
use crate::problem::Failure;
use crate::query::ListQuery;
use axum::extract::State;
use solder_engine::IdentityProviderList;
use std::sync::Arc;

/// List identity providers
///
/// The account's providers, newest first, never their secrets. For admins.
#[utoipa::path(
    get,
    path = "/api/identity-providers",
    operation_id = "list-identity-providers",
    tag = "Identity providers",
    params(PageParams, UserIdHeader),
    responses((status = OK, description = "A page of providers", body = IdentityProviderList), Refusals)
)]
pub(crate) async fn list_identity_providers(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    query: ListQuery,
) -> Result<Answer<IdentityProviderList>, Failure> {
    Ok(Answer::ok(
        app.engine.list_identity_providers(&caller, query.page).await?,
    ))
}
