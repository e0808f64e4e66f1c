//! `GET /api/servers/{serverId}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{Refusals, ServerNotFound, ServerPath, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::ServerView;
use std::sync::Arc;

/// Get a server
///
/// A server of the acting user. Another user's server of the same account is refused, and another account's is not
/// found.
#[utoipa::path(
    get,
    path = "/api/servers/{serverId}",
    operation_id = "get-server",
    tag = "Servers",
    params(ServerPath, UserIdHeader),
    responses((status = OK, description = "The server", body = ServerView), ServerNotFound, Refusals)
)]
pub(crate) async fn get_server(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
) -> Result<Answer<ServerView>, Failure> {
    Ok(Answer::ok(
        app.engine.get_server(&caller, segments.text("serverId")).await?,
    ))
}
