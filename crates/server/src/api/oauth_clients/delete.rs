//! `DELETE /api/oauth-clients/{clientId}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{ErrorEnvelope, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::ClientDeleted;
use std::sync::Arc;

/// An OAuth client.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Path, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a path; nothing makes one")]
pub(crate) struct OauthClientPath {
    /// The client's `client_id`.
    #[param(example = "mcl_0f3k5m7p9r1t3v5x7z9b1d3f")]
    client_id: String,
}

/// Delete an OAuth client
///
/// Deletes a client that was registered in the account, with everything that users allowed it: its tokens end at once.
/// For admins.
#[utoipa::path(
    delete,
    path = "/api/oauth-clients/{clientId}",
    operation_id = "delete-oauth-client",
    tag = "OAuth",
    params(OauthClientPath, UserIdHeader),
    responses(
        (status = OK, description = "The client is gone", body = ClientDeleted),
        (status = NOT_FOUND, description = "NOT_FOUND: no such client in this account", body = ErrorEnvelope),
        Refusals
    )
)]
pub(crate) async fn delete_oauth_client(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
) -> Result<Answer<ClientDeleted>, Failure> {
    let id = segments.text("clientId");
    Ok(Answer::ok(app.engine.delete_oauth_client(&caller, id).await?))
}
