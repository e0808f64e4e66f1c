//! `PUT /api/oauth-apps/{oauthAppId}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::body::JsonObject;
use crate::openapi::{NothingOfThatId, OAuthAppPath, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::OAuthAppView;
use std::sync::Arc;
use utoipa::ToSchema;

/// What of an app shall be another. The engine reads what was sent as it came; this is its description.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
struct UpdateOAuthApp {
    /// Another client id. Connections that were made with the old one have to be made again once their tokens end.
    client_id: Option<String>,
    /// Another client secret; `null` removes it. Connections that there are go on with it.
    client_secret: Option<String>,
}

/// Update an OAuth app
///
/// Changes the client id, or rotates the secret, which serves the connections that there are at once. For admins.
#[utoipa::path(
    put,
    path = "/api/oauth-apps/{oauthAppId}",
    operation_id = "update-oauth-app",
    tag = "Connections",
    params(OAuthAppPath, UserIdHeader),
    request_body = UpdateOAuthApp,
    responses((status = OK, description = "The app as it is now", body = OAuthAppView), NothingOfThatId, Refusals)
)]
pub(crate) async fn update_oauth_app(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
    JsonObject(body): JsonObject,
) -> Result<Answer<OAuthAppView>, Failure> {
    Ok(Answer::ok(
        app.engine
            .update_oauth_app(&caller, segments.text("oauthAppId"), &body)
            .await?,
    ))
}
