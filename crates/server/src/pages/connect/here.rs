//! The browser at a connect page, with the cookies that can prove who is there.

use crate::App;
use crate::arrival::Arrival;
use crate::pages::{Browser, Cookie, VISITOR, find_cookie};
use axum::extract::FromRequestParts;
use http::request::Parts;
use solder_engine::Guest;
use solder_model::Secret;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// The cookie of a JWT that was handed over.
const HANDOVER: &str = "solder_handover";
/// The browser comes back by itself at once.
const HANDOVER_LIVES: Duration = Duration::from_mins(2);

/// The browser, and what it brought.
#[derive(Debug)]
pub(crate) struct Here {
    pub(super) browser: Browser,
    visitor: Option<Secret>,
    handover: Option<Secret>,
    client: IpAddr,
}

impl Here {
    /// The same, as the engine asks for it.
    pub(super) fn guest(&self) -> Guest<'_> {
        Guest {
            browser: &self.browser.digest,
            visitor: self.visitor.as_ref().map(Secret::expose),
            handover: self.handover.as_ref().map(Secret::expose),
            client: self.client,
        }
    }

    /// What makes the browser forget a handover that it does not need any more.
    pub(super) fn forgotten_handover(&self) -> Option<Cookie> {
        self.handover.as_ref().map(|_| Cookie::gone(HANDOVER))
    }
}

/// The cookie that brings a handover back.
pub(super) fn handover(value: Secret) -> Cookie {
    Cookie::new(HANDOVER, value, HANDOVER_LIVES)
}

impl FromRequestParts<Arc<App>> for Here {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let Ok(browser) = Browser::from_request_parts(parts, app).await;
        let Ok(arrival) = Arrival::from_request_parts(parts, app).await;
        let cookie = |name| find_cookie(app, &parts.headers, name).map(Secret::new);
        Ok(Self {
            browser,
            visitor: cookie(VISITOR),
            handover: cookie(HANDOVER),
            client: arrival.client(),
        })
    }
}
