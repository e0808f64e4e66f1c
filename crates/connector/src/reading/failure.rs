//! What a failed call means.

use super::Failure;
use super::value::{Content, titled};
use crate::Connector;
use crate::action::{Action, Kind};
use crate::errors::plain_code;
use bytes::Bytes;
use http::Response;
use solder_model::{Code, Timestamp};

/// The longest text of a platform that is passed on, in characters.
const LONGEST: usize = 1_000;

/// The status whose hint fits what is not there, whatever the status was.
const NOT_FOUND: u16 = 404;

impl Failure {
    /// A failure of which the platform said nothing.
    pub(super) const fn plain(code: Code, message: String, status: u16) -> Self {
        Self {
            code,
            message,
            text: String::new(),
            hint: None,
            platform_code: None,
            status,
            retry: None,
            retryable: false,
        }
    }
}

impl Connector {
    /// A good answer that says by being empty that what was asked for is not there.
    pub(super) fn not_there(&self, status: u16) -> Failure {
        let message = format!("{} answered that there is no such thing", self.name);
        Failure {
            hint: self.errors.hint.find("", None, NOT_FOUND).cloned(),
            ..Failure::plain(Code::PlatformNotFound, message, status)
        }
    }

    pub(super) fn failure(
        &self,
        action: &Action,
        response: &Response<Bytes>,
        content: &Content,
        now: Timestamp,
    ) -> Failure {
        let status = response.status().as_u16();
        let body = content.json();
        let platform_code = body.and_then(|body| self.errors.platform_code(body));
        let text = self.told(content);
        let told = platform_code.as_deref();
        let limited = self
            .limits
            .also
            .iter()
            .any(|also| also.holds(status, response.headers(), told, &text));
        let mapped = self.errors.map.find(&text, told, status).copied();
        let code = if limited {
            Code::PlatformRateLimited
        } else {
            mapped.unwrap_or_else(|| plain_code(status))
        };
        let slow_down = status == 429 || matches!(code, Code::PlatformRateLimited);
        let retry = match code {
            Code::PlatformRateLimited | Code::PlatformQuota | Code::PlatformError => {
                self.limits.wait(response.headers(), body, now)
            }
            _ => None,
        };
        let worth = self.limits.retry.contains(&status) || limited || code == Code::PlatformRateLimited;
        Failure {
            code,
            message: self.sentence(response, told, &text),
            hint: self.errors.hint.find(&text, told, status).cloned(),
            text,
            status,
            retry,
            retryable: worth && (action.kind == Kind::Read || slow_down || action.keyed),
            platform_code,
        }
    }

    /// What the platform says in words.
    fn told(&self, content: &Content) -> String {
        let text = match content {
            Content::Json(body) => self.errors.platform_text(body),
            Content::Text { text, html: true, .. } => return format!("a web page{}", titled(text)),
            Content::Text { text, .. } => text.trim().to_owned(),
            Content::Empty | Content::File { .. } => String::new(),
        };
        shortened(&text)
    }

    fn sentence(&self, response: &Response<Bytes>, code: Option<&str>, text: &str) -> String {
        let status = response.status();
        let reason = status
            .canonical_reason()
            .map(|reason| format!(" {reason}"))
            .unwrap_or_default();
        let name = &self.name;
        let plain = || format!("{name} answered {}{reason}", status.as_u16());
        match (code, text) {
            (None, "") => plain(),
            (None, text) => format!("{}: {text}", plain()),
            (Some(code), text) if text.is_empty() || text == code => format!("{name} refused: {code}"),
            (Some(code), text) => format!("{name} refused: {text} ({code})"),
        }
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
