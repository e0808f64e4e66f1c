//! `POST /api/servers/{serverId}/token`

use super::schema::RotateToken;
use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::body::OptionalObject;
use crate::openapi::{Refusals, ServerNotFound, ServerPath, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::ServerView;
use std::sync::Arc;

/// Rotate a server's token
///
/// Gives the server a new access token. The old one ends at once, or after a grace. A term of days starts again. The
/// answer carries the new token.
#[utoipa::path(
    post,
    path = "/api/servers/{serverId}/token",
    operation_id = "rotate-server-token",
    tag = "Servers",
    params(ServerPath, UserIdHeader),
    request_body = Option<RotateToken>,
    responses((status = OK, description = "The server with its new token", body = ServerView), ServerNotFound, Refusals)
)]
pub(crate) async fn rotate_server_token(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
    OptionalObject(body): OptionalObject,
) -> Result<Answer<ServerView>, Failure> {
    Ok(Answer::ok(
        app.engine
            .rotate_server_token(&caller, segments.text("serverId"), &body)
            .await?,
    ))
}
