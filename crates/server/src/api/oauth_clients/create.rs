//! `POST /api/oauth-clients`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::body::JsonObject;
use crate::openapi::{Refusals, UserIdHeader};
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::NewClientView;
use std::sync::Arc;
use utoipa::ToSchema;

/// A new OAuth client.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
pub(crate) struct CreateOauthClient {
    /// What users read when they are asked whether it may act for them.
    #[schema(min_length = 1, max_length = 100, example = "Support desk")]
    name: String,
    /// Where answers may be sent: HTTPS, HTTP to this machine's loopback, or a native app's own scheme. Compared as
    /// texts, but for the port of a loopback address.
    #[schema(min_items = 1, max_items = 50, example = json!(["https://desk.example.com/oauth/callback"]))]
    redirect_uris: Vec<String>,
    /// Whether it can keep a secret, and gets one.
    #[schema(default = false)]
    confidential: Option<bool>,
}

/// Register an OAuth client
///
/// Registers an MCP client of the account, for its servers alone. A user who allowed it is not asked again while the
/// grant lasts. The answer alone carries the secret of a confidential one. For admins.
#[utoipa::path(
    post,
    path = "/api/oauth-clients",
    operation_id = "create-oauth-client",
    tag = "OAuth",
    params(UserIdHeader),
    request_body = CreateOauthClient,
    responses((status = CREATED, description = "The client", body = NewClientView), Refusals)
)]
pub(crate) async fn create_oauth_client(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    JsonObject(body): JsonObject,
) -> Result<Answer<NewClientView>, Failure> {
    Ok(Answer::created(
        app.engine.create_oauth_client(&caller, &body).await?,
    ))
}
