//! For pages that need to know who sits there: who it is, and how to find out.

use super::VISITOR;
use crate::App;
use crate::pages::{Browser, Notice, find_cookie, see_other};
use axum::extract::FromRequestParts;
use axum::response::Response;
use http::request::Parts;
use solder_model::{AccountId, Secret, UserId};
use std::convert::Infallible;
use std::sync::Arc;

/// The visitor's cookie as it came, not yet believed.
#[derive(Debug)]
pub(crate) struct VisitorCookie(Option<Secret>);

impl VisitorCookie {
    /// Its text, from which the engine finds out who the visitor is ([`solder_engine::Engine::visitor`]).
    pub(crate) fn text(&self) -> Option<&str> {
        self.0.as_ref().map(Secret::expose)
    }

    /// Ends the sign-in that it proves.
    pub(super) async fn end(&self, app: &App, browser: &Browser) -> Result<(), Notice> {
        if let Some(cookie) = &self.0 {
            app.engine.sign_out(cookie.expose(), &browser.digest).await?;
        }
        Ok(())
    }
}

impl FromRequestParts<Arc<App>> for VisitorCookie {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        Ok(Self(find_cookie(app, &parts.headers, VISITOR).map(Secret::new)))
    }
}

/// Sends the browser to sign in, and back to `return_to` afterwards, which is a path of ours. Where a user is expected, no
/// other comes back.
pub(crate) async fn to_sign_in(
    app: &App,
    browser: &Browser,
    account: &AccountId,
    return_to: &str,
    expected: Option<&UserId>,
) -> Result<Response, Notice> {
    let path = app
        .engine
        .begin_sign_in(account, return_to, expected, &browser.digest)
        .await?;
    let cookies: Vec<_> = browser.cookie().into_iter().collect();
    Ok(see_other(app, &path, &cookies))
}
