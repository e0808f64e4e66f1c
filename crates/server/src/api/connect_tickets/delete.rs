//! `DELETE /api/connect-tickets/{ticketId}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{Refusals, TicketNotFound, TicketPath, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::TicketDeleted;
use std::sync::Arc;

/// Delete a connect ticket
///
/// Ends a ticket of the acting user at once, with its link and its pages. What was connected stays connected.
#[utoipa::path(
    delete,
    path = "/api/connect-tickets/{ticketId}",
    operation_id = "delete-connect-ticket",
    tag = "Connect tickets",
    params(TicketPath, UserIdHeader),
    responses((status = OK, description = "The ticket is gone", body = TicketDeleted), TicketNotFound, Refusals)
)]
pub(crate) async fn delete_connect_ticket(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
) -> Result<Answer<TicketDeleted>, Failure> {
    let found = app
        .engine
        .delete_connect_ticket(&caller, segments.text("ticketId"))
        .await?;
    Ok(Answer::ok(found))
}
