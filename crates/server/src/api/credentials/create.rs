//! `POST /api/credentials`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::body::JsonObject;
use crate::openapi::{ConnectorNotFound, Refusals, UserIdHeader};
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::CredentialView;
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
    /// The secret fields of that kind. They are sealed, and no answer ever holds them.
    fields: BTreeMap<String, String>,
}

/// Create a credential
///
/// Stores a key-based credential of the acting user, sealed.
#[utoipa::path(
    post,
    path = "/api/credentials",
    operation_id = "create-credential",
    tag = "Credentials",
    params(UserIdHeader),
    request_body = CreateCredential,
    responses((status = CREATED, description = "The credential", body = CredentialView), ConnectorNotFound, Refusals)
)]
pub(crate) async fn create_credential(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    JsonObject(body): JsonObject,
) -> Result<Answer<CredentialView>, Failure> {
    Ok(Answer::created(
        app.engine.create_credential(&caller, &body).await?,
    ))
}
