//! `GET /sign-out`, which any page may link to and which asks, and `POST /sign-out`, which does it.

use super::{VISITOR, VisitorCookie};
use crate::App;
use crate::pages::{Browser, Cookie, Form, Notice, Page, Shell};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::SET_COOKIE;
use std::sync::Arc;

/// What the token of the form is for.
const SIGN_OUT: &str = "sign-out";

#[derive(Template)]
#[template(path = "sign_out.html")]
struct SignOut {
    shell: Shell,
    token: String,
}

/// Asks whether to sign out: a link alone, which another site may have, signs nobody out.
pub(crate) async fn sign_out_page(State(app): State<Arc<App>>, browser: Browser) -> Page {
    let page = SignOut {
        shell: Shell::new(),
        token: browser.form_token(&app, SIGN_OUT),
    };
    Page::new(&page).remember(&app, &browser)
}

/// Ends the sign-in on every node, and makes the browser forget its cookie.
pub(crate) async fn sign_out(
    State(app): State<Arc<App>>,
    browser: Browser,
    cookie: VisitorCookie,
    form: Form,
) -> Result<Response, Notice> {
    browser.check(&app, &form, SIGN_OUT)?;
    cookie.end(&app, &browser).await?;
    let said = Notice::new(
        StatusCode::OK,
        "You are signed out",
        "This browser is nobody's now. You can close this page.",
    );
    let mut response = said.into_response();
    let gone = Cookie::gone(VISITOR);
    response
        .headers_mut()
        .extend(gone.header(&app).map(|value| (SET_COOKIE, value)));
    Ok(response)
}
