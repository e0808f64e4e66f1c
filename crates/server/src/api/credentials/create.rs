//! `POST /api/credentials`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::body::JsonObject;
use crate::identity::REDIRECT_URI;
use crate::openapi::{ConnectorNotFound, RedirectUriHeader, Refusals, UserIdHeader};
use crate::problem::Failure;
use axum::extract::State;
use http::HeaderMap;
use solder_engine::{ConnectionBegun, CredentialMade, CredentialView};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// A new credential. The engine reads what was sent as it came; this is its description.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
struct CreateCredential {
    /// The connector that the credential is for.
    #[schema(example = "slack")]
    connector_id: String,
    /// The kind of authentication, as the connector names it.
    #[schema(example = "bot_token")]
    authentication_type: String,
    /// A name for people; absent: the connector's.
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// What that kind asks for: the secret fields of a key, which are sealed and stand in no answer; for a kind that
    /// connects by OAuth the connector's variables, such as a subdomain.
    fields: Option<BTreeMap<String, String>>,
    /// Where the browser goes after a person has consented. One that is not listed ends on a page of Solder's own.
    redirect_uri: Option<String>,
    /// A credential of the user's that is connected again by OAuth; it keeps its id.
    #[schema(example = "66f2a1b09c3d4e5f60718293")]
    credential_id: Option<String>,
}

/// Create a credential
///
/// Stores a key of the acting user, sealed. A kind that connects by OAuth answers 200 with the URL where a person
/// consents: the credential is there once the platform has sent the browser back.
#[utoipa::path(
    post,
    path = "/api/credentials",
    operation_id = "create-credential",
    tag = "Credentials",
    params(UserIdHeader, RedirectUriHeader),
    request_body = CreateCredential,
    responses(
        (status = CREATED, description = "The credential", body = CredentialView),
        (status = OK, description = "A person has to consent", body = ConnectionBegun),
        ConnectorNotFound,
        Refusals
    )
)]
pub(crate) async fn create_credential(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    headers: HeaderMap,
    JsonObject(body): JsonObject,
) -> Result<Answer<CredentialMade>, Failure> {
    // Its form was checked when the caller was let in.
    let redirect_uri = headers.get(REDIRECT_URI).and_then(|value| value.to_str().ok());
    let made = app.engine.create_credential(&caller, &body, redirect_uri).await?;
    Ok(match made {
        CredentialMade::Credential(_) => Answer::created(made),
        CredentialMade::Consent(_) => Answer::ok(made),
    })
}
