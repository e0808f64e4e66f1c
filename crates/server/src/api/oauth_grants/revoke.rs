//! `DELETE /api/oauth-grants/{grantId}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{ErrorEnvelope, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::GrantRevoked;
use std::sync::Arc;

/// A grant.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Path, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a path; nothing makes one")]
pub(crate) struct OauthGrantPath {
    /// The grant's id.
    #[param(example = "grt_0f3k5m7p9r1t3v5x")]
    grant_id: String,
}

/// Revoke an OAuth grant
///
/// Takes back what the acting user allowed an MCP client: its tokens end at once, and the user is asked before it gets
/// new ones.
#[utoipa::path(
    delete,
    path = "/api/oauth-grants/{grantId}",
    operation_id = "revoke-oauth-grant",
    tag = "OAuth",
    params(OauthGrantPath, UserIdHeader),
    responses(
        (status = OK, description = "The grant has ended", body = GrantRevoked),
        (status = NOT_FOUND, description = "NOT_FOUND: no such grant of this user", body = ErrorEnvelope),
        Refusals
    )
)]
pub(crate) async fn revoke_oauth_grant(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
) -> Result<Answer<GrantRevoked>, Failure> {
    let id = segments.text("grantId");
    Ok(Answer::ok(app.engine.revoke_oauth_grant(&caller, id).await?))
}
