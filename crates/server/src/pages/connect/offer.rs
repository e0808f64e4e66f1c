//! `GET` and `POST /connect/{ticket}/to/{connector}`: the ways to connect one connector, and taking one of them.

use super::allowed::AllowedView;
use super::here::Here;
use super::list::Who;
use super::{onward, posted, purpose, visit};
use crate::App;
use crate::arrival::Arrival;
use crate::pages::{Form, Notice, Page, Shell, see_other};
use crate::path::Segments;
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use solder_engine::{ConnectorOffer, Error, FieldOffer, Onward, TicketVisit};
use solder_model::Fault;
use std::sync::Arc;

/// What stands before the name of a field that a connector asks for, so that no name of a connector's choosing can be
/// one of the form's own.
const FIELD: &str = "field.";

#[derive(Template)]
#[template(path = "connect/offer.html")]
struct OfferPage<'a> {
    shell: Shell,
    form_token: String,
    ticket: &'a str,
    who: Who,
    name: &'a str,
    allowed: AllowedView<'a>,
    ways: Vec<Way<'a>>,
    /// What went wrong; absent where nothing was tried yet.
    trouble: Option<String>,
}

struct Way<'a> {
    kind: &'a str,
    name: &'a str,
    about: &'a str,
    is_consent: bool,
    fields: Vec<Field<'a>>,
}

struct Field<'a> {
    offer: &'a FieldOffer,
    /// The name and id in the form.
    id: String,
    input: String,
    /// What there is to choose of, and whether it is chosen.
    choices: Vec<(&'a str, bool)>,
    /// What was typed before; never a secret.
    value: String,
    fault: Option<String>,
    is_first_fault: bool,
    /// Keys of services have several lines.
    has_lines: bool,
}

/// What was tried, and what was wrong with it.
#[derive(Default)]
struct Tried<'a> {
    kind: &'a str,
    typed: Vec<(&'a str, &'a str)>,
    faults: Vec<Fault>,
    trouble: Option<String>,
}

/// The ways to connect.
pub(crate) async fn offer(State(app): State<Arc<App>>, here: Here, segments: Segments) -> Response {
    let visit = match visit(&app, &here, segments.text("ticket")).await {
        Ok(visit) => visit,
        Err(other) => return other,
    };
    let offered = app.engine.connect_offer(&visit, segments.text("connector")).await;
    match offered {
        Ok(offer) => page(&app, &here, &visit, &offer, &Tried::default()),
        Err(error) => Notice::from(error)
            .with_link(format!("/connect/{}", visit.id()), "Back to all accounts")
            .into_response(),
    }
}

/// Takes one of them: on to the platform, or with the keys that were typed in.
pub(crate) async fn connect(
    State(app): State<Arc<App>>,
    arrival: Arrival,
    here: Here,
    segments: Segments,
    form: Form,
) -> Response {
    let visit = match posted(&app, &arrival, &here, segments.text("ticket"), &form).await {
        Ok(visit) => visit,
        Err(other) => return other,
    };
    let back = format!("/connect/{}", visit.id());
    let id = segments.text("connector");
    let offer = match app.engine.connect_offer(&visit, id).await {
        Ok(offer) => offer,
        Err(error) => {
            return Notice::from(error)
                .with_link(back, "Back to all accounts")
                .into_response();
        }
    };
    let kind = form.get("kind").unwrap_or_default();
    let typed: Vec<_> = form
        .fields()
        .filter_map(|(name, value)| Some((name.strip_prefix(FIELD)?, value)))
        .collect();
    let is_consent = offer.ways.iter().any(|way| way.kind == kind && way.is_consent);
    let tried = if is_consent {
        let begun = app.engine.connect_by_consent(&visit, id, kind, &typed).await;
        begun.map(|begun| match begun {
            Onward::Platform(url) => onward::platform(&offer.name, &url),
            Onward::Device { url, code } => onward::device(&offer.name, &url, &code, &back),
            Onward::Here(_) => see_other(&app, &back, &[]),
        })
    } else {
        let kept = app.engine.connect_with_key(&visit, id, kind, &typed).await;
        kept.map(|_| see_other(&app, &back, &[]))
    };
    match tried {
        Ok(answer) => answer,
        Err(error) => {
            let tried = Tried {
                kind,
                typed,
                ..Tried::default()
            };
            not_connected(&app, &here, &visit, &offer, tried, error)
        }
    }
}

/// What was wrong, beside what it was wrong with.
fn not_connected(
    app: &App,
    here: &Here,
    visit: &TicketVisit,
    offer: &ConnectorOffer,
    mut tried: Tried<'_>,
    error: Error,
) -> Response {
    match error {
        Error::Invalid(faults) => tried.faults = faults,
        Error::Platform(problem) => tried.trouble = Some(problem.message),
        other => {
            return Notice::from(other)
                .with_link(format!("/connect/{}", visit.id()), "Back to all accounts")
                .into_response();
        }
    }
    page(app, here, visit, offer, &tried)
}

fn page(app: &App, here: &Here, visit: &TicketVisit, offer: &ConnectorOffer, tried: &Tried<'_>) -> Response {
    let failed = tried.trouble.is_some() || !tried.faults.is_empty();
    let ways: Vec<Way<'_>> = offer
        .ways
        .iter()
        .map(|way| Way {
            kind: &way.kind,
            name: &way.name,
            about: &way.about,
            is_consent: way.is_consent,
            fields: fields(&way.kind, way.is_consent, &way.fields, tried),
        })
        .collect();
    let page = OfferPage {
        shell: Shell::new(),
        form_token: here.browser.form_token(app, &purpose(visit)),
        ticket: visit.id().as_str(),
        who: Who::of(visit),
        name: &offer.name,
        allowed: AllowedView::of(&offer.allowed),
        trouble: failed.then(|| trouble(&offer.name, &ways, tried)),
        ways,
    };
    let status = if failed {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    Page::new(&page)
        .with_status(status)
        .remember(app, &here.browser)
        .into_response()
}

fn fields<'a>(kind: &str, is_consent: bool, offers: &'a [FieldOffer], tried: &Tried<'_>) -> Vec<Field<'a>> {
    let is_tried = tried.kind == kind;
    let mut seen_fault = false;
    let field = |offer: &'a FieldOffer| {
        let fault = tried
            .faults
            .iter()
            .find(|fault| is_tried && fault.field == offer.name);
        let typed = tried
            .typed
            .iter()
            .find(|(name, _)| is_tried && *name == offer.name);
        let value = match typed {
            _ if offer.secret => String::new(),
            Some((_, value)) => (*value).to_owned(),
            None => offer.default.clone(),
        };
        let is_first_fault = fault.is_some() && !std::mem::replace(&mut seen_fault, fault.is_some());
        Field {
            offer,
            id: format!("{kind}-{}", offer.name),
            input: format!("{FIELD}{}", offer.name),
            choices: offer
                .choices
                .iter()
                .map(|choice| (choice.as_str(), *choice == value))
                .collect(),
            value,
            fault: fault.map(|fault| sentence(&fault.message)),
            is_first_fault,
            has_lines: offer.secret && is_consent,
        }
    };
    offers.iter().map(field).collect()
}

/// What stands at the top of the page: that nothing was connected, and whatever has no field to stand beside.
fn trouble(platform: &str, ways: &[Way<'_>], tried: &Tried<'_>) -> String {
    let shown = |fault: &Fault| {
        ways.iter()
            .flat_map(|way| &way.fields)
            .any(|field| field.fault.is_some() && field.offer.name == fault.field)
    };
    let mut text = vec![format!("{platform} is not connected.")];
    if tried.faults.iter().any(shown) {
        text.push("What has to change is said below.".to_owned());
    }
    text.extend(tried.trouble.clone());
    text.extend(
        tried
            .faults
            .iter()
            .filter(|fault| !shown(fault))
            .map(|fault| sentence(&fault.message)),
    );
    text.join(" ")
}

/// A fault as a sentence.
fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    let mut text = first.unwrap_or_default();
    text.push_str(letters.as_str());
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}
