//! `DELETE /api/servers/{serverId}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{Refusals, ServerNotFound, ServerPath, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::Deleted;
use std::sync::Arc;

/// Delete a server
///
/// Deletes the server with its token and its sessions. Users and credentials stay.
#[utoipa::path(
    delete,
    path = "/api/servers/{serverId}",
    operation_id = "delete-server",
    tag = "Servers",
    params(ServerPath, UserIdHeader),
    responses((status = OK, description = "The server is gone", body = Deleted), ServerNotFound, Refusals)
)]
pub(crate) async fn delete_server(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
) -> Result<Answer<Deleted>, Failure> {
    Ok(Answer::ok(
        app.engine
            .delete_server(&caller, segments.text("serverId"))
            .await?,
    ))
}
