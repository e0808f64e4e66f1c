//! `POST /api/redirect-uris`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::body::JsonObject;
use crate::openapi::{Refusals, UserIdHeader};
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::RedirectUriView;
use std::sync::Arc;
use utoipa::ToSchema;

/// A redirect URI. The engine reads what was sent as it came; this is its description.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
struct CreateRedirectUri {
    /// Where browsers may be sent after connecting: https, or the scheme of a native app. It is matched byte for byte.
    #[schema(example = "https://app.example.com/connected", max_length = 2_000)]
    uri: String,
}

/// List a redirect URI
///
/// Lets browsers be sent there after connecting, with `status` and `credentialId` or `error` in the query. `http` on
/// `127.0.0.1`, `[::1]` and `localhost`, on any port, needs no listing. For admins.
#[utoipa::path(
    post,
    path = "/api/redirect-uris",
    operation_id = "create-redirect-uri",
    tag = "Connections",
    params(UserIdHeader),
    request_body = CreateRedirectUri,
    responses((status = CREATED, description = "The redirect URI", body = RedirectUriView), Refusals)
)]
pub(crate) async fn create_redirect_uri(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    JsonObject(body): JsonObject,
) -> Result<Answer<RedirectUriView>, Failure> {
    Ok(Answer::created(
        app.engine.create_redirect_uri(&caller, &body).await?,
    ))
}
