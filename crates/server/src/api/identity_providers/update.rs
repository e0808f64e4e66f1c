//! `PUT /api/identity-providers/{providerId}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::body::JsonObject;
use crate::openapi::{IdentityProviderNotFound, IdentityProviderPath, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::IdentityProviderView;
use std::sync::Arc;
use utoipa::ToSchema;

/// Any subset of an identity provider's fields. The engine reads what was sent as it came; this is its description.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
struct UpdateIdentityProvider {
    /// What people are shown on its button.
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// Another issuer. The client's secret has to be sent again with it.
    issuer: Option<String>,
    /// Another client. Its secret has to be sent again with it.
    client_id: Option<String>,
    /// Another secret; `null` takes it away.
    #[schema(format = Password)]
    client_secret: Option<String>,
    /// The claim whose value is the user's id.
    user_claim: Option<String>,
    /// What is asked for, beside `openid`.
    scopes: Option<Vec<String>>,
    /// The domains that are let in; an empty list lets in every user.
    allowed_domains: Option<Vec<String>>,
}

/// Update an identity provider
///
/// Changes what was sent and keeps the rest. For admins.
#[utoipa::path(
    put,
    path = "/api/identity-providers/{providerId}",
    operation_id = "update-identity-provider",
    tag = "Identity providers",
    params(IdentityProviderPath, UserIdHeader),
    request_body = UpdateIdentityProvider,
    responses(
        (status = OK, description = "The provider as it is now", body = IdentityProviderView),
        IdentityProviderNotFound,
        Refusals
    )
)]
pub(crate) async fn update_identity_provider(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
    JsonObject(body): JsonObject,
) -> Result<Answer<IdentityProviderView>, Failure> {
    let id = segments.text("providerId");
    Ok(Answer::ok(
        app.engine.update_identity_provider(&caller, id, &body).await?,
    ))
}
