//! `POST /api/oauth-apps`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::body::JsonObject;
use crate::openapi::{ConnectorNotFound, Refusals, UserIdHeader};
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::OAuthAppView;
use std::sync::Arc;
use utoipa::ToSchema;

/// A new OAuth app. The engine reads what was sent as it came; this is its description.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
struct CreateOAuthApp {
    /// The connector that the app is for.
    #[schema(example = "slack")]
    connector_id: String,
    /// The kind of authentication; may be left out where only one of the connector's needs an app.
    #[schema(example = "oauth2")]
    authentication_type: Option<String>,
    /// The client id, as the platform shows it.
    client_id: String,
    /// The client secret, where the platform gives one. It is sealed, and no answer ever holds it.
    client_secret: Option<String>,
}

/// Create an OAuth app
///
/// Stores the client that an admin registered at a platform. The account's connections go through it, in place of the
/// operator's. What has to be registered at the platform as its redirect URI stands in the answer.
#[utoipa::path(
    post,
    path = "/api/oauth-apps",
    operation_id = "create-oauth-app",
    tag = "Connections",
    params(UserIdHeader),
    request_body = CreateOAuthApp,
    responses((status = CREATED, description = "The app", body = OAuthAppView), ConnectorNotFound, Refusals)
)]
pub(crate) async fn create_oauth_app(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    JsonObject(body): JsonObject,
) -> Result<Answer<OAuthAppView>, Failure> {
    Ok(Answer::created(
        app.engine.create_oauth_app(&caller, &body).await?,
    ))
}
