//! A rendered template with the headers that every page carries.

use super::browser::Browser;
use super::cookie::Cookie;
use super::{CSS_VERSION, STYLESHEET};
use crate::App;
use crate::problem::{Failure, own_fault};
use askama::Template;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, SET_COOKIE, X_FRAME_OPTIONS,
};
use http::{HeaderName, HeaderValue, StatusCode};

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// What `base.html` needs.
#[derive(Debug, Clone)]
pub(crate) struct Shell {
    /// The stylesheet's address.
    pub(crate) stylesheet: String,
}

impl Shell {
    pub(crate) fn new() -> Self {
        Self {
            stylesheet: format!("{STYLESHEET}?v={CSS_VERSION:x}"),
        }
    }
}

/// A page on its way out.
#[derive(Debug)]
pub(crate) struct Page {
    html: Option<String>,
    status: StatusCode,
    /// Where its forms may lead besides ourselves. Browsers hold a form to this through redirects too.
    form_targets: Vec<String>,
    cookies: Vec<HeaderValue>,
}

impl Page {
    pub(crate) fn new(template: &impl Template) -> Self {
        let html = template.render();
        if let Err(error) = &html {
            tracing::error!(
                error = error as &dyn std::error::Error,
                "a page could not be rendered"
            );
        }
        Self {
            html: html.ok(),
            status: StatusCode::OK,
            form_targets: Vec::new(),
            cookies: Vec::new(),
        }
    }

    #[must_use]
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Lets the page's forms lead to the origin of this URL, or for a scheme of a native app to that scheme. A text
    /// that is no URL allows nothing.
    #[must_use]
    pub(crate) fn leading_to(mut self, url: &str) -> Self {
        self.form_targets.extend(form_target(url));
        self
    }

    /// Gives a new browser its cookie.
    #[must_use]
    pub(crate) fn remember(mut self, app: &App, browser: &Browser) -> Self {
        self.cookies
            .extend(browser.cookie().and_then(|cookie| cookie.header(app)));
        self
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let Some(html) = self.html else {
            return Failure::new(own_fault()).into_response();
        };
        let mut response = Response::new(Body::from(html));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        let policy = format!(
            "default-src 'none'; style-src 'self'; form-action {}; frame-ancestors 'none'; base-uri 'none'",
            [&["'self'".to_owned()], self.form_targets.as_slice()]
                .concat()
                .join(" ")
        );
        let strictest = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
        headers.insert(
            CONTENT_SECURITY_POLICY,
            HeaderValue::try_from(policy).unwrap_or(strictest),
        );
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        // With `no-referrer` browsers would hide the origin of our own forms from us.
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
        for cookie in self.cookies {
            headers.append(SET_COOKIE, cookie);
        }
        response
    }
}

/// Sends a browser on by GET, with cookies.
pub(crate) fn see_other(app: &App, to: &str, cookies: &[&Cookie]) -> Response {
    let Ok(to) = HeaderValue::try_from(to) else {
        return Failure::new(own_fault()).into_response();
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(LOCATION, to);
    for cookie in cookies.iter().filter_map(|cookie| cookie.header(app)) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// What `form-action` has to name for a form to reach a URL, be it by a redirect.
fn form_target(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once(':')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    if scheme.is_empty() || !scheme.bytes().all(plain) {
        return None;
    }
    if !matches!(scheme, "http" | "https") {
        return Some(format!("{scheme}:"));
    }
    let authority = rest.strip_prefix("//")?.split(['/', '?', '#']).next()?;
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']');
    (!authority.is_empty() && authority.bytes().all(is_host)).then(|| format!("{scheme}://{authority}"))
}

#[cfg(test)]
mod tests {
    use super::form_target;

    #[test]
    fn a_form_may_lead_to_an_origin_or_to_a_native_apps_scheme_and_to_nothing_else() {
        for (url, target) in [
            ("https://slack.com/oauth?x=y", Some("https://slack.com")),
            ("http://127.0.0.1:4711/callback", Some("http://127.0.0.1:4711")),
            ("cursor://anysphere/callback", Some("cursor:")),
            ("https://a b/", None),
            ("https://x;script-src *", None),
            ("https://", None),
            ("java script:x", None),
            ("nothing", None),
        ] {
            assert_eq!(form_target(url).as_deref(), target, "{url}");
        }
    }
}
