//! `POST /api/servers`

use super::schema::CreateServer;
use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::body::JsonObject;
use crate::openapi::{Refusals, UserIdHeader};
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::ServerView;
use std::sync::Arc;

/// Create a server
///
/// Makes an MCP server of the acting user. The answer alone carries the access token; the access URL, which contains
/// it, can be read again at any time.
#[utoipa::path(
    post,
    path = "/api/servers",
    operation_id = "create-server",
    tag = "Servers",
    params(UserIdHeader),
    request_body = CreateServer,
    responses((status = CREATED, description = "The server", body = ServerView), Refusals)
)]
pub(crate) async fn create_server(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    JsonObject(body): JsonObject,
) -> Result<Answer<ServerView>, Failure> {
    Ok(Answer::created(app.engine.create_server(&caller, &body).await?))
}
