//! `GET /connect/{ticket}`: what can be connected, how each stands, and what waits for the person's word.

use super::allowed::AllowedView;
use super::here::Here;
use super::{purpose, visit, words};
use crate::App;
use crate::pages::{Notice, Page, Shell, see_other};
use crate::path::Segments;
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use solder_engine::{ConnectorOffer, Standing, TicketVisit};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "connect/list.html")]
struct ListPage<'a> {
    shell: Shell,
    form_token: String,
    ticket: &'a str,
    who: Who,
    asks_to_confirm: bool,
    waiting: Vec<Waiting>,
    cards: Vec<Card<'a>>,
    any_connected: bool,
    left: String,
}

/// Whom a ticket is for, as the pages say it.
pub(super) struct Who {
    pub(super) user: String,
    pub(super) account: String,
    pub(super) server: Option<String>,
}

impl Who {
    pub(super) fn of(visit: &TicketVisit) -> Self {
        Self {
            user: words::name(visit.user_name().as_str()),
            account: words::name(visit.account_name()),
            server: visit.server_name().map(words::name),
        }
    }
}

struct Waiting {
    key: String,
    platform: String,
    identity: Option<String>,
}

struct Card<'a> {
    offer: &'a ConnectorOffer,
    allowed: AllowedView<'a>,
    /// The names of what is connected.
    connected: Option<String>,
    /// Why it does not work any more; empty where nobody knows.
    broken: Option<&'a str>,
    /// Whether one press of a button leads to the platform.
    is_direct: bool,
}

/// The page of an open ticket, or whatever else there is to say of it.
pub(crate) async fn see(State(app): State<Arc<App>>, here: Here, segments: Segments) -> Response {
    let name = segments.text("ticket");
    match visit(&app, &here, name).await {
        // The link's text is used once and stays out of whatever comes next.
        Ok(visit) if visit.id().as_str() != name => {
            let forgotten = here.forgotten_handover();
            let cookies: Vec<_> = forgotten.iter().collect();
            see_other(&app, &format!("/connect/{}", visit.id()), &cookies)
        }
        Ok(visit) => page(&app, &here, &visit)
            .await
            .unwrap_or_else(IntoResponse::into_response),
        Err(other) => other,
    }
}

async fn page(app: &App, here: &Here, visit: &TicketVisit) -> Result<Response, Notice> {
    app.engine.settle(visit).await?;
    let waiting = app.engine.waiting_connections(visit).await?;
    let offers = app.engine.connect_offers(visit).await?;
    let cards: Vec<Card<'_>> = offers.iter().map(card).collect();
    let page = ListPage {
        shell: Shell::new(),
        form_token: here.browser.form_token(app, &purpose(visit)),
        ticket: visit.id().as_str(),
        who: Who::of(visit),
        asks_to_confirm: visit.asks_to_confirm(),
        any_connected: cards.iter().any(|card| card.connected.is_some()),
        waiting: waiting
            .into_iter()
            .map(|one| Waiting {
                key: one.key,
                platform: one.platform,
                identity: one.identity.as_deref().map(words::name),
            })
            .collect(),
        cards,
        left: words::left(visit.expires_at().since(app.engine.now())),
    };
    Ok(Page::new(&page).remember(app, &here.browser).into_response())
}

fn card(offer: &ConnectorOffer) -> Card<'_> {
    let (connected, broken) = match &offer.standing {
        Standing::Connected(names) => {
            let names: Vec<String> = names.iter().map(|name| words::name(name)).collect();
            (Some(names.join(", ")), None)
        }
        Standing::Broken(reason) => (None, Some(reason.as_deref().unwrap_or_default())),
        Standing::Absent => (None, None),
    };
    let is_direct = matches!(offer.ways.as_slice(), [way] if way.is_consent && way.fields.is_empty());
    Card {
        offer,
        allowed: AllowedView::of(&offer.allowed),
        connected,
        broken,
        is_direct,
    }
}
