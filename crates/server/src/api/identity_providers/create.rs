//! `POST /api/identity-providers`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::body::JsonObject;
use crate::openapi::{Refusals, UserIdHeader};
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::IdentityProviderView;
use std::sync::Arc;
use utoipa::ToSchema;

/// A new identity provider. The engine reads what was sent as it came; this is its description.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
struct CreateIdentityProvider {
    /// What people are shown on its button; unique in the account.
    #[schema(min_length = 1, max_length = 100, example = "Example Login")]
    name: String,
    /// The issuer, exactly as the provider spells it. Its description is read at once.
    #[schema(example = "https://login.example.com")]
    issuer: String,
    /// The client that is registered there for Solder, with the redirect URI that the answer shows.
    client_id: String,
    /// That client's secret; absent for a public client. It is sealed, and no answer ever holds it.
    #[schema(format = Password)]
    client_secret: Option<String>,
    /// The claim whose value is the user's id, `sub` where it is absent. `email` counts only with `email_verified: true`. A
    /// user who was never seen comes to be.
    #[schema(default = "sub")]
    user_claim: Option<String>,
    /// What is asked for, beside `openid`; where it is absent, what brings the claims that are needed.
    scopes: Option<Vec<String>>,
    /// Where there are any, only users with a verified e-mail address of one of these domains are let in.
    #[schema(example = json!(["example.com"]))]
    allowed_domains: Option<Vec<String>>,
}

/// Create an identity provider
///
/// Lets the account's users sign in to pages by an OpenID provider of the account. For admins.
#[utoipa::path(
    post,
    path = "/api/identity-providers",
    operation_id = "create-identity-provider",
    tag = "Identity providers",
    params(UserIdHeader),
    request_body = CreateIdentityProvider,
    responses((status = CREATED, description = "The provider", body = IdentityProviderView), Refusals)
)]
pub(crate) async fn create_identity_provider(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    JsonObject(body): JsonObject,
) -> Result<Answer<IdentityProviderView>, Failure> {
    Ok(Answer::created(
        app.engine.create_identity_provider(&caller, &body).await?,
    ))
}
