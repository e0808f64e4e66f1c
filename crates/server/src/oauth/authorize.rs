//! `GET` and `POST /oauth/authorize`: a client sends its user's browser here. What it asks is kept, and the browser goes
//! on to a page of ours; what is wrong goes back to the client once it is proven, and is told on a page until then.

use crate::App;
use crate::arrival::Arrival;
use crate::pages::{Browser, Cookie, Form, Notice, see_other};
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use solder_engine::NotBegun;
use std::sync::Arc;

/// By a link, as nearly every client does.
pub(super) async fn by_query(
    State(app): State<Arc<App>>,
    arrival: Arrival,
    browser: Browser,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    let parameters: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    begin(&app, &arrival, &browser, &parameters).await
}

/// By a form, which RFC 6749, 3.1, allows.
pub(super) async fn by_form(
    State(app): State<Arc<App>>,
    arrival: Arrival,
    browser: Browser,
    form: Form,
) -> Response {
    let parameters: Vec<(String, String)> = form
        .fields()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    begin(&app, &arrival, &browser, &parameters).await
}

async fn begin(app: &App, arrival: &Arrival, browser: &Browser, parameters: &[(String, String)]) -> Response {
    let begun = app
        .engine
        .begin_authorization(parameters, &browser.digest, arrival.client())
        .await;
    match begun {
        Ok(path) => {
            let cookies: Vec<&Cookie> = browser.cookie().into_iter().collect();
            see_other(app, &path, &cookies)
        }
        Err(NotBegun::Back(to)) => see_other(app, &to, &[]),
        Err(NotBegun::Page(words)) => {
            Notice::new(StatusCode::BAD_REQUEST, "This app cannot be connected", words).into_response()
        }
        Err(NotBegun::Fault(error)) => Notice::from(error).into_response(),
    }
}
