//! `GET /api/credentials/{credentialId}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{CredentialPath, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::CredentialView;
use std::sync::Arc;

/// Get a credential
///
/// A credential's name, kind and dates, never its secret.
#[utoipa::path(
    get,
    path = "/api/credentials/{credentialId}",
    operation_id = "get-credential",
    tag = "Credentials",
    params(CredentialPath, UserIdHeader),
    responses((status = OK, description = "The credential", body = CredentialView), Refusals)
)]
pub(crate) async fn get_credential(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
) -> Result<Answer<CredentialView>, Failure> {
    Ok(Answer::ok(
        app.engine
            .get_credential(&caller, segments.text("credentialId"))
            .await?,
    ))
}
