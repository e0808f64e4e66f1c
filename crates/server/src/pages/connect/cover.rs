//! `POST /connect/{ticket}`, and the page before it: what a ticket is, and the one step that opens it.
//!
//! Nothing is used up by looking, since previews of links look too.

use super::here::{self, Here};
use super::{shut, words};
use crate::App;
use crate::pages::{Form, Notice, Page, Shell, see_other};
use crate::path::Segments;
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use solder_engine::{Error, TicketCover, TicketSight, WayIn};
use solder_model::Code;
use std::sync::Arc;

/// What the form of the cover is for.
const PURPOSE: &str = "connect open";
/// The field by which the account's own site hands over a JWT.
const USER_TOKEN: &str = "userToken";

#[derive(Template)]
#[template(path = "connect/cover.html")]
struct CoverPage {
    shell: Shell,
    form_token: String,
    account: String,
    user: String,
    server: Option<String>,
    signs_in: bool,
    opens: bool,
    other: Option<String>,
}

/// The page of a ticket that nobody has opened.
pub(super) fn page(app: &App, here: &Here, cover: &TicketCover) -> Response {
    let page = CoverPage {
        shell: Shell::new(),
        form_token: here.browser.form_token(app, PURPOSE),
        account: words::name(&cover.account),
        user: words::name(cover.user.as_str()),
        server: cover.server.as_deref().map(words::name),
        signs_in: cover.way == WayIn::SignIn,
        opens: cover.way != WayIn::UserToken,
        other: cover.signed_in.as_ref().map(|other| words::name(other.as_str())),
    };
    Page::new(&page).remember(app, &here.browser).into_response()
}

/// Opens a ticket by its form, or takes the JWT that another site's form hands over.
pub(crate) async fn enter(
    State(app): State<Arc<App>>,
    here: Here,
    segments: Segments,
    form: Form,
) -> Response {
    let ticket = segments.text("ticket");
    let entered = match form.get(USER_TOKEN) {
        Some(token) => hand_over(&app, &here, ticket, token).await,
        None => by_form(&app, &here, ticket, &form).await,
    };
    entered.unwrap_or_else(IntoResponse::into_response)
}

async fn by_form(app: &App, here: &Here, ticket: &str, form: &Form) -> Result<Response, Notice> {
    here.browser.check(app, form, PURPOSE)?;
    let guest = here.guest();
    Ok(match app.engine.open_ticket_first(ticket, &guest).await? {
        TicketSight::Open(visit) => see_other(app, &format!("/connect/{}", visit.id()), &[]),
        TicketSight::Closed(cover) if cover.way == WayIn::SignIn => {
            match app.engine.sign_in_for_ticket(ticket, &guest).await? {
                Some(path) => see_other(app, &path, &[]),
                None => shut(&TicketSight::Unknown),
            }
        }
        TicketSight::Closed(cover) => page(app, here, &cover),
        other => shut(&other),
    })
}

/// Another site's form brings no cookies of ours, so the browser is sent to come back by itself, with the proof in a
/// cookie.
async fn hand_over(app: &App, here: &Here, ticket: &str, token: &str) -> Result<Response, Notice> {
    let handed = app.engine.hand_over(ticket, token, &here.guest()).await;
    match handed {
        Ok(Some(proof)) => {
            let back = format!("/connect/{ticket}");
            Ok(see_other(app, &back, &[&here::handover(proof)]))
        }
        Ok(None) => Ok(shut(&TicketSight::Unknown)),
        Err(error) => Err(unproven(error)),
    }
}

fn unproven(error: Error) -> Notice {
    match error.code() {
        Code::Unauthorized => Notice::new(
            StatusCode::UNAUTHORIZED,
            "We could not tell who you are",
            "The site that sent you here sent no valid proof of who you are. Go back to it and try once more.",
        ),
        Code::Forbidden => Notice::new(
            StatusCode::FORBIDDEN,
            "This link is for somebody else",
            "The site that sent you here says that you are another person than the one this link was made for. Ask it \
             for a link of your own.",
        ),
        _ => Notice::from(error),
    }
}
