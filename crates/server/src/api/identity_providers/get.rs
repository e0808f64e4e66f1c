//! `GET /api/identity-providers/{providerId}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{IdentityProviderNotFound, IdentityProviderPath, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::IdentityProviderView;
use std::sync::Arc;

/// Get an identity provider
///
/// A provider as it stands, never its secret. For admins.
#[utoipa::path(
    get,
    path = "/api/identity-providers/{providerId}",
    operation_id = "get-identity-provider",
    tag = "Identity providers",
    params(IdentityProviderPath, UserIdHeader),
    responses((status = OK, description = "The provider", body = IdentityProviderView), IdentityProviderNotFound, Refusals)
)]
pub(crate) async fn get_identity_provider(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
) -> Result<Answer<IdentityProviderView>, Failure> {
    let id = segments.text("providerId");
    Ok(Answer::ok(app.engine.get_identity_provider(&caller, id).await?))
}
