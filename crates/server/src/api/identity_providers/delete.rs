//! `DELETE /api/identity-providers/{providerId}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{IdentityProviderNotFound, IdentityProviderPath, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::IdentityProviderDeleted;
use std::sync::Arc;

/// Delete an identity provider
///
/// Nobody signs in by it any more, and whoever did is signed out. For admins.
#[utoipa::path(
    delete,
    path = "/api/identity-providers/{providerId}",
    operation_id = "delete-identity-provider",
    tag = "Identity providers",
    params(IdentityProviderPath, UserIdHeader),
    responses((status = OK, description = "The provider is gone", body = IdentityProviderDeleted), IdentityProviderNotFound, Refusals)
)]
pub(crate) async fn delete_identity_provider(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
) -> Result<Answer<IdentityProviderDeleted>, Failure> {
    let id = segments.text("providerId");
    Ok(Answer::ok(
        app.engine.delete_identity_provider(&caller, id).await?,
    ))
}
