//! Cookies. Over HTTPS their names begin with `__Host-`, so that no other host and no other path can set them
//! (RFC 6265bis, 4.1.3.2); over plain HTTP, on loopback, browsers take no such name.

use crate::App;
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use solder_model::Secret;
use std::time::Duration;

/// A cookie on its way out. Never readable by script; sent along when somebody comes from another site by a link, and
/// not with another site's forms.
#[derive(Debug)]
pub(crate) struct Cookie {
    name: &'static str,
    value: Secret,
    lives: Duration,
}

impl Cookie {
    pub(crate) fn new(name: &'static str, value: Secret, lives: Duration) -> Self {
        Self { name, value, lives }
    }

    /// Makes the browser forget the cookie.
    pub(crate) fn gone(name: &'static str) -> Self {
        Self::new(name, Secret::new(""), Duration::ZERO)
    }

    /// The header's value; nothing for a value that cannot stand in one.
    pub(crate) fn header(&self, app: &App) -> Option<HeaderValue> {
        let secure = if is_https(app) { "; Secure" } else { "" };
        let text = format!(
            "{}{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{secure}",
            prefix(app),
            self.name,
            self.value.expose(),
            self.lives.as_secs(),
        );
        let mut value = HeaderValue::try_from(text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

/// The value of the cookie of that name. One that is sent twice is not believed at all.
pub(crate) fn find_cookie<'h>(app: &App, headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let wanted = format!("{}{name}", prefix(app));
    let lines = headers
        .get_all(COOKIE)
        .into_iter()
        .filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';'));
    let mut found = pairs.filter_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == wanted).then_some(value)
    });
    let first = found.next();
    first.filter(|_| found.next().is_none())
}

fn is_https(app: &App) -> bool {
    app.settings.public_url.starts_with("https://")
}

fn prefix(app: &App) -> &'static str {
    if is_https(app) { "__Host-" } else { "" }
}
