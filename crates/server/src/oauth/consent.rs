//! `GET` and `POST /oauth/authorize/{request}`: the page on which a user allows a client, or does not.

use crate::App;
use crate::arrival::Arrival;
use crate::pages::{Browser, Form, Notice, Page, Shell, VisitorCookie, see_other, to_sign_in};
use crate::path::Segments;
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use solder_engine::{Answerer, Decision, KnownFrom, Question, Step};
use solder_model::Scopes;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "consent.html")]
struct ConsentPage<'a> {
    shell: Shell,
    question: &'a Question,
    form_token: String,
}

impl ConsentPage<'_> {
    /// The host that answers for the client, where there is one.
    fn host(&self) -> Option<&str> {
        match &self.question.known_from {
            KnownFrom::Host(host) => Some(host),
            KnownFrom::Admin | KnownFrom::Itself => None,
        }
    }

    fn is_by_admin(&self) -> bool {
        self.question.known_from == KnownFrom::Admin
    }
}

/// Shows the page; or goes on to the sign-in, or where the user allowed the same before, back to the client.
pub(super) async fn show(
    State(app): State<Arc<App>>,
    arrival: Arrival,
    browser: Browser,
    segments: Segments,
    visitor: VisitorCookie,
) -> Result<Response, Notice> {
    let id = segments.text("request");
    let step = app
        .engine
        .authorization_step(id, &who(&browser, &visitor, &arrival))
        .await?;
    match step {
        Step::SignIn(account) => {
            let back = format!("/oauth/authorize/{id}");
            to_sign_in(&app, &browser, &account, &back, None).await
        }
        Step::Done(to) => Ok(see_other(&app, &to, &[])),
        Step::Ask(question) => {
            let page = ConsentPage {
                shell: Shell::new(),
                question: &question,
                form_token: browser.form_token(&app, &purpose(id)),
            };
            // The browser holds the form to where its answer leads.
            let page = Page::new(&page).leading_to(&question.redirect_uri);
            Ok(page.into_response())
        }
    }
}

/// Takes the user's answer back to the client.
pub(super) async fn decide(
    State(app): State<Arc<App>>,
    arrival: Arrival,
    browser: Browser,
    segments: Segments,
    visitor: VisitorCookie,
    form: Form,
) -> Result<Response, Notice> {
    let id = segments.text("request");
    browser.check(&app, &form, &purpose(id))?;
    let decision = match (form.get("decision"), form.get("write")) {
        (Some("allow"), Some(_)) => Decision::Allow(Scopes::Write),
        (Some("allow"), None) => Decision::Allow(Scopes::Read),
        _ => Decision::Refuse,
    };
    let to = app
        .engine
        .decide_authorization(id, &who(&browser, &visitor, &arrival), decision)
        .await?;
    Ok(see_other(&app, &to, &[]))
}

/// A form is for one request: the token of another opens nothing.
fn purpose(request: &str) -> String {
    format!("authorize {request}")
}

fn who<'a>(browser: &'a Browser, visitor: &'a VisitorCookie, arrival: &Arrival) -> Answerer<'a> {
    Answerer {
        browser: &browser.digest,
        visitor: visitor.text(),
        from: arrival.client(),
    }
}
