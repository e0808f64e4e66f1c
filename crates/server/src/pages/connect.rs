//! The connect pages: `/connect/{ticket}` and what lies below it, for the person whom a ticket was made for.
//!
//! `{ticket}` is the text of the ticket's link until the ticket is open, and the ticket's id from then on. Each page
//! looks at the ticket first ([`visit`]), and each form carries a token of its browser and ticket.

mod allowed;
mod answer;
mod cover;
mod done;
mod here;
mod list;
mod offer;
mod onward;
mod returned;
mod words;

pub(crate) use answer::answer;
pub(crate) use cover::enter;
pub(crate) use done::finish;
pub(crate) use list::see;
pub(crate) use offer::{connect, offer};
pub(crate) use returned::returned;

use super::Notice;
use crate::App;
use crate::arrival::Arrival;
use crate::mcp::CALLS;
use axum::response::{IntoResponse, Response};
use here::Here;
use http::StatusCode;
use solder_engine::{TicketSight, TicketVisit};

/// The open ticket of that name in this browser; for whatever else there is, the page that says so.
async fn visit(app: &App, here: &Here, ticket: &str) -> Result<TicketVisit, Response> {
    let sight = app.engine.see_ticket(ticket, &here.guest()).await;
    let sight = sight.map_err(|error| Notice::from(error).into_response())?;
    match sight {
        TicketSight::Open(visit) => Ok(*visit),
        TicketSight::Closed(cover) => Err(cover::page(app, here, &cover)),
        other => Err(shut(&other)),
    }
}

/// The same for a form: its token is checked, and the user's window is asked.
async fn posted(
    app: &App,
    arrival: &Arrival,
    here: &Here,
    ticket: &str,
    form: &super::Form,
) -> Result<TicketVisit, Response> {
    let visit = visit(app, here, ticket).await?;
    here.browser
        .check(app, form, &purpose(&visit))
        .map_err(IntoResponse::into_response)?;
    if let Some(state) = app.engine.limit_calls(visit.caller(), 1).await {
        arrival.tell_rate(CALLS, state);
        state
            .refusal()
            .map_err(|error| Notice::from(error).into_response())?;
    }
    Ok(visit)
}

/// What the forms of a ticket's pages are for.
fn purpose(visit: &TicketVisit) -> String {
    format!("connect {}", visit.id())
}

/// A ticket that opens nothing here.
fn shut(sight: &TicketSight) -> Response {
    let (status, title, text) = match sight {
        TicketSight::Expired => (
            StatusCode::GONE,
            "This link has expired",
            "Links like this one work for a short time. Ask whoever sent it for a new one. What you connected before \
             stays connected.",
        ),
        TicketSight::Elsewhere => (
            StatusCode::FORBIDDEN,
            "This link is open in another browser",
            "It was opened before, and works in that one browser only. If that was you, go on there. If it was not, \
             ask whoever sent it for a new one.",
        ),
        TicketSight::Done => (
            StatusCode::OK,
            "All done",
            "You can close this page. To connect more, ask for a new link.",
        ),
        TicketSight::Unknown | TicketSight::Closed(_) | TicketSight::Open(_) => (
            StatusCode::NOT_FOUND,
            "This link does not work",
            "Check that the whole of it was copied. If it was, ask whoever sent it for a new one.",
        ),
    };
    Notice::new(status, title, text).into_response()
}
