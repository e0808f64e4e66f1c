//! The browser that a request comes from, known again by a cookie.

use super::cookie::{Cookie, find_cookie};
use super::form::Form;
use super::notice::Notice;
use crate::App;
use axum::extract::FromRequestParts;
use http::StatusCode;
use http::request::Parts;
use solder_model::Digest;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

const NAME: &str = "solder_browser";
const LIVES: Duration = Duration::from_hours(30 * 24);

/// The field of a form that holds its token.
pub(crate) const FORM_TOKEN: &str = "form_token";

/// A browser. One that brought no cookie gets one with the page ([`super::Page::remember`]).
#[derive(Debug)]
pub(crate) struct Browser {
    /// What things are bound to.
    pub(crate) digest: Digest,
    new: Option<Cookie>,
}

impl Browser {
    /// The cookie that a new browser has to be given.
    pub(crate) fn cookie(&self) -> Option<&Cookie> {
        self.new.as_ref()
    }

    /// Whether the browser brought a cookie, so that what is bound to it can be its own.
    pub(crate) fn is_known(&self) -> bool {
        self.new.is_none()
    }

    /// The token for a form of this browser.
    pub(crate) fn form_token(&self, app: &App, purpose: &str) -> String {
        app.engine.form_token(&self.digest, purpose)
    }

    /// Refuses a form that this browser was not given for this purpose: another site's, or a stale one.
    pub(crate) fn check(&self, app: &App, form: &Form, purpose: &str) -> Result<(), Notice> {
        let token = form.get(FORM_TOKEN).unwrap_or_default();
        if form.is_own() && self.is_known() && app.engine.is_form_token(&self.digest, purpose, token) {
            return Ok(());
        }
        Err(Notice::new(
            StatusCode::FORBIDDEN,
            "This form cannot be used",
            "It was not made for this browser, or this browser keeps no cookies. Go back, load the page again and \
             try once more.",
        ))
    }
}

impl FromRequestParts<Arc<App>> for Browser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let sent = find_cookie(app, &parts.headers, NAME).and_then(|cookie| app.engine.browser(cookie));
        if let Some(digest) = sent {
            return Ok(Self { digest, new: None });
        }
        let cookie = app.engine.new_browser();
        // One that was just made is always of the right shape.
        let digest = app.engine.browser(cookie.expose()).unwrap_or(Digest([0; 32]));
        Ok(Self {
            digest,
            new: Some(Cookie::new(NAME, cookie, LIVES)),
        })
    }
}
