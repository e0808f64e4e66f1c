//! `POST /api/connectors/import`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::body::JsonObject;
use crate::openapi::{Refusals, UserIdHeader};
use crate::problem::Failure;
use axum::extract::State;
use serde_json::Value;
use solder_engine::ConnectorDraft;
use std::sync::Arc;
use utoipa::ToSchema;

/// An API's description, and what shall be made of it. The engine reads what was sent as it came; this is its description.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
struct ImportConnector {
    /// The description itself, as a text (JSON, YAML, or GraphQL's schema language) or as a JSON object. Give this or `url`.
    description: Option<Value>,
    /// Where the description is: a public https URL. What it leads to has at most 32 MiB.
    #[schema(example = "https://api.acme.example/openapi.json")]
    url: Option<String>,
    /// The connector's id. Default: made of the description's title.
    #[schema(example = "acme")]
    connector_id: Option<String>,
    /// What every path is appended to, in place of what the description says.
    #[schema(example = "https://api.acme.example/v1")]
    base: Option<String>,
    /// Takes every operation, in place of the 40 most useful ones.
    all: Option<bool>,
    /// Takes only these operations, and puts their actions on: operation ids, or method and path.
    #[schema(example = json!(["listUsers", "POST /users"]))]
    only: Option<Vec<String>>,
    /// Stores the file too.
    save: Option<bool>,
}

/// Make a connector of an API's description
///
/// Reads `OpenAPI` 3.0 to 3.2, Swagger 2.0, Google Discovery, GraphQL (its schema language or an introspection), Postman collections and HAR recordings, and makes a
/// connector file of it for review: what reads is on, what writes has `off = true`. Nothing is kept unless `save` is true; then
/// the file is stored by the rules of `PUT /api/connectors/{connectorId}`. Where the account has that connector, the description is brought into
/// its file: what somebody edited stays, and `difference` says what is new.
///
/// A description whose server is on a private address is refused unless the operator allows that network to accounts, and a
/// `url` leads to public addresses alone, by HTTPS. For admins.
#[utoipa::path(
    post,
    path = "/api/connectors/import",
    operation_id = "import-connector",
    tag = "Own connectors",
    params(UserIdHeader),
    request_body = ImportConnector,
    responses(
        (status = OK, description = "The draft; where it was saved, with the version that is live now", body = ConnectorDraft),
        (status = CREATED, description = "The draft, which made a new connector of the account", body = ConnectorDraft),
        Refusals
    )
)]
pub(crate) async fn import_connector(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    JsonObject(body): JsonObject,
) -> Result<Answer<ConnectorDraft>, Failure> {
    let draft = app.engine.import_connector(&caller, &body).await?;
    Ok(if draft.is_created {
        Answer::created(draft)
    } else {
        Answer::ok(draft)
    })
}
