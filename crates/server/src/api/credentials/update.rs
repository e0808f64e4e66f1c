//! `PUT /api/credentials/{credentialId}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::body::JsonObject;
use crate::openapi::{CredentialPath, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::CredentialView;
use std::sync::Arc;
use utoipa::ToSchema;

/// What of a credential may be changed.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
struct UpdateCredential {
    /// The new name, for people.
    #[schema(min_length = 1, max_length = 100, example = "Support team")]
    name: String,
}

/// Rename a credential
///
/// Changes a credential's name. Its secret never changes: create a new credential for a new secret.
#[utoipa::path(
    put,
    path = "/api/credentials/{credentialId}",
    operation_id = "update-credential",
    tag = "Credentials",
    params(CredentialPath, UserIdHeader),
    request_body = UpdateCredential,
    responses((status = OK, description = "The credential as it is now", body = CredentialView), Refusals)
)]
pub(crate) async fn update_credential(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
    JsonObject(body): JsonObject,
) -> Result<Answer<CredentialView>, Failure> {
    Ok(Answer::ok(
        app.engine
            .update_credential(&caller, segments.text("credentialId"), &body)
            .await?,
    ))
}
