//! `DELETE /api/credentials/{credentialId}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{CredentialPath, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::CredentialDeleted;
use std::sync::Arc;

/// Delete a credential
///
/// Deletes the sealed secret. A connection by OAuth is taken back at the platform too, where the platform can do that;
/// what a key opened stays as it is: revoke it there.
#[utoipa::path(
    delete,
    path = "/api/credentials/{credentialId}",
    operation_id = "delete-credential",
    tag = "Credentials",
    params(CredentialPath, UserIdHeader),
    responses((status = OK, description = "The credential is gone", body = CredentialDeleted), Refusals)
)]
pub(crate) async fn delete_credential(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
) -> Result<Answer<CredentialDeleted>, Failure> {
    Ok(Answer::ok(
        app.engine
            .delete_credential(&caller, segments.text("credentialId"))
            .await?,
    ))
}
