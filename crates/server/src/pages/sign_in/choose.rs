//! `GET /sign-in/{attempt}`: the ways in which one can sign in.

use super::purpose;
use crate::App;
use crate::pages::{Browser, Notice, Page, Shell};
use crate::path::Segments;
use askama::Template;
use axum::extract::State;
use http::StatusCode;
use solder_engine::SignInPage;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn<'a> {
    shell: Shell,
    attempt: &'a str,
    token: String,
    page: &'a SignInPage,
    /// What was typed as the user, where the form comes back.
    typed: &'a str,
    fault: Option<&'a str>,
}

impl SignIn<'_> {
    /// The user who has to come out of it, cut to what a line can show.
    fn expected(&self) -> Option<String> {
        self.page.expected.as_ref().map(|name| shown(name.as_str()))
    }

    /// What stands in the field of the user.
    fn user(&self) -> &str {
        self.page
            .expected
            .as_ref()
            .map_or(self.typed, |name| name.as_str())
    }
}

/// A form that comes back: what was typed as the user, and what was wrong.
pub(super) struct Refused<'a> {
    pub(super) status: StatusCode,
    pub(super) typed: &'a str,
    pub(super) fault: &'a str,
}

/// Shows the ways.
pub(crate) async fn sign_in_page(
    State(app): State<Arc<App>>,
    browser: Browser,
    segments: Segments,
) -> Result<Page, Notice> {
    show(&app, &browser, segments.text("attempt"), None).await
}

pub(super) async fn show(
    app: &App,
    browser: &Browser,
    attempt: &str,
    refused: Option<Refused<'_>>,
) -> Result<Page, Notice> {
    let page = app.engine.sign_in_page(attempt, &browser.digest).await?;
    let template = SignIn {
        shell: Shell::new(),
        attempt,
        token: browser.form_token(app, &purpose(attempt)),
        page: &page,
        typed: refused.as_ref().map_or("", |refused| refused.typed),
        fault: refused.as_ref().map(|refused| refused.fault),
    };
    let status = refused.as_ref().map_or(StatusCode::OK, |refused| refused.status);
    Ok(Page::new(&template).with_status(status).remember(app, browser))
}

/// The start of a name that may have 10,000 characters.
fn shown(name: &str) -> String {
    const MOST: usize = 80;
    match name.char_indices().nth(MOST) {
        None => name.to_owned(),
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
    }
}
