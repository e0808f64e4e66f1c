//! `GET /api/connect-tickets/{ticketId}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::openapi::{Refusals, TicketNotFound, TicketPath, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::TicketView;
use std::sync::Arc;

/// Get a connect ticket
///
/// Where a ticket of the acting user stands, and what was connected by it.
#[utoipa::path(
    get,
    path = "/api/connect-tickets/{ticketId}",
    operation_id = "get-connect-ticket",
    tag = "Connect tickets",
    params(TicketPath, UserIdHeader),
    responses((status = OK, description = "The ticket", body = TicketView), TicketNotFound, Refusals)
)]
pub(crate) async fn get_connect_ticket(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
) -> Result<Answer<TicketView>, Failure> {
    let found = app
        .engine
        .get_connect_ticket(&caller, segments.text("ticketId"))
        .await?;
    Ok(Answer::ok(found))
}
