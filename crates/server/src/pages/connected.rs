//! Where platforms send browsers back to, and the pages that say how a connection ended.

use super::{Browser, Form, Page, Shell, connect};
use crate::App;
use crate::path::Segments;
use crate::problem::{Failure, own_fault};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{LOCATION, REFERRER_POLICY};
use http::{HeaderValue, StatusCode, Uri};
use solder_engine::{Choice, Finished, PageResult, ResultPage};
use std::sync::Arc;

/// Where platforms send browsers back to.
pub(crate) const CALLBACK: &str = "/connect/callback/{connectorId}";

/// Where a person's choice is posted.
pub(crate) const CHOICE: &str = "/connect/choice";

/// `GET /connect/callback/{connectorId}`
///
/// The state is what lets in. No cookie is asked for: the person may have been sent to the platform by an assistant in
/// another program. Whoever brings a state that holds takes it up, once. Only what was begun on a connect page has to
/// come back in the browser of that page.
pub(crate) async fn callback(
    State(app): State<Arc<App>>,
    browser: Browser,
    segments: Segments,
    uri: Uri,
) -> Response {
    let query = uri.query().unwrap_or_default();
    let query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let connector = segments.text("connectorId");
    let finished = app
        .engine
        .finish_connection(connector, query, browser.digest)
        .await;
    show(&app, &browser, finished)
}

/// `POST /connect/choice`
///
/// The form is for one question in the browser that was asked: whoever else has its token, another site or another
/// browser, cannot answer, and takes nothing from the one who can.
pub(crate) async fn choose(State(app): State<Arc<App>>, browser: Browser, form: Form) -> Response {
    let token = form.get("choice_token").unwrap_or_default();
    if let Err(refused) = browser.check(&app, &form, &purpose(token)) {
        return refused.into_response();
    }
    let place = form.get("choice").and_then(|text| text.parse().ok());
    let place = place.unwrap_or(usize::MAX);
    let finished = app.engine.choose_connection(token, place).await;
    show(&app, &browser, finished)
}

/// What the form of a question is for.
fn purpose(choice_token: &str) -> String {
    format!("choose connection {choice_token}")
}

fn show(app: &App, browser: &Browser, finished: Finished) -> Response {
    match finished {
        Finished::Redirect(url) => leave(&url),
        Finished::Page(result) => result_page(&result),
        Finished::Choose(choice) => choice_page(app, browser, &choice),
        Finished::Ticket { ticket, result, .. } => connect::returned(app, &ticket, &result),
    }
}

/// Sends the browser on. The URL that it leaves held a code: nothing of it goes along.
fn leave(url: &str) -> Response {
    let Ok(to) = HeaderValue::try_from(url) else {
        return Failure::new(own_fault()).into_response();
    };
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(LOCATION, to);
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

#[derive(Template)]
#[template(path = "connected.html")]
struct ConnectedPage<'a> {
    shell: Shell,
    is_good: bool,
    title: String,
    text: String,
    identity: Option<&'a str>,
    credential: Option<&'a str>,
    unlisted: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "choose_connection.html")]
struct ChoosePage<'a> {
    shell: Shell,
    platform: &'a str,
    token: &'a str,
    form_token: String,
    options: &'a [String],
    action: &'static str,
}

fn choice_page(app: &App, browser: &Browser, choice: &Choice) -> Response {
    let page = Page::new(&ChoosePage {
        shell: Shell::new(),
        platform: &choice.platform,
        token: choice.token.expose(),
        form_token: browser.form_token(app, &purpose(choice.token.expose())),
        options: &choice.options,
        action: CHOICE,
    })
    .remember(app, browser);
    match &choice.leads_to {
        Some(url) => page.leading_to(url).into_response(),
        None => page.into_response(),
    }
}

fn result_page(result: &ResultPage) -> Response {
    let platform = result.platform.as_deref().unwrap_or("the platform");
    let (status, title, text) = words(platform, &result.result);
    let (identity, credential) = match &result.result {
        PageResult::Connected { identity, credential } => (identity.as_deref(), Some(credential.as_str())),
        _ => (None, None),
    };
    let page = Page::new(&ConnectedPage {
        shell: Shell::new(),
        is_good: status == StatusCode::OK,
        title,
        text,
        identity,
        credential,
        unlisted: result.unlisted.as_deref(),
    });
    page.with_status(status).into_response()
}

/// What a person reads: what happened, and what can be done now.
fn words(platform: &str, result: &PageResult) -> (StatusCode, String, String) {
    let again = "To try again, go back to where you came from: you get a new link there.";
    match result {
        PageResult::Connected { .. } => (
            StatusCode::OK,
            format!("{platform} is connected"),
            "You can close this page and go on where you came from.".to_owned(),
        ),
        PageResult::Pending { .. } => (
            StatusCode::OK,
            format!("{platform} answered"),
            "Go back to the page that you began on, and confirm the connection there.".to_owned(),
        ),
        PageResult::Refused => (
            StatusCode::FORBIDDEN,
            format!("{platform} was not connected"),
            format!("You did not allow it, so nothing was stored. {again}"),
        ),
        PageResult::Expired => (
            StatusCode::GONE,
            "This link is too old".to_owned(),
            format!("A link to connect {platform} works for ten minutes. Nothing was stored. {again}"),
        ),
        PageResult::Used => (
            StatusCode::CONFLICT,
            "This link was used before".to_owned(),
            format!(
                "A link to connect {platform} works once. If you were told that it is connected, all is well. {again}"
            ),
        ),
        PageResult::Unknown => (
            StatusCode::BAD_REQUEST,
            "This link is not one of ours".to_owned(),
            format!("It was changed on its way, or it is long past. Nothing was stored. {again}"),
        ),
        PageResult::Failed { code, text } => {
            let status = match *code {
                "server_error" => StatusCode::INTERNAL_SERVER_ERROR,
                "forbidden" | "invalid_choice" => StatusCode::FORBIDDEN,
                _ => StatusCode::BAD_GATEWAY,
            };
            (
                status,
                format!("{platform} was not connected"),
                format!("{}. Nothing was stored. {again}", text.trim_end_matches('.')),
            )
        }
    }
}
