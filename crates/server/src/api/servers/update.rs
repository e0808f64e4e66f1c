//! `PUT /api/servers/{serverId}`

use super::schema::UpdateServer;
use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::body::JsonObject;
use crate::openapi::{Refusals, ServerNotFound, ServerPath, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::ServerView;
use std::sync::Arc;

/// Update a server
///
/// Changes the fields that are sent. Restrictions are replaced as a whole.
#[utoipa::path(
    put,
    path = "/api/servers/{serverId}",
    operation_id = "update-server",
    tag = "Servers",
    params(ServerPath, UserIdHeader),
    request_body = UpdateServer,
    responses((status = OK, description = "The server as it is now", body = ServerView), ServerNotFound, Refusals)
)]
pub(crate) async fn update_server(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
    JsonObject(body): JsonObject,
) -> Result<Answer<ServerView>, Failure> {
    Ok(Answer::ok(
        app.engine
            .update_server(&caller, segments.text("serverId"), &body)
            .await?,
    ))
}
