//! `POST /sign-out`. Any page of a visitor may have this form:
//! `<form method="post" action="/sign-out">` with the browser's token for [`SIGN_OUT`].

use super::{VISITOR, VisitorCookie};
use crate::App;
use crate::pages::{Browser, Cookie, Form, Notice};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::SET_COOKIE;
use std::sync::Arc;

/// What the token of the form is for.
pub(crate) const SIGN_OUT: &str = "sign-out";

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
