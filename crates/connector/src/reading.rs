//! Reading a platform's answer: a value, or a failure that can be acted on.

mod failure;
mod pick;
mod value;

use crate::action::Expects;
use crate::auth::Apply;
use crate::{Action, Connector};
use bytes::Bytes;
use http::Response;
use serde_json::Value;
use solder_model::{Code, Timestamp};
use std::time::Duration;

/// What an answer comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// The call did what it should.
    Success(Answer),
    /// It did not.
    Failure(Failure),
}

/// What a call gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The part of the platform's answer that matters.
    pub value: Value,
    /// The `cursor` of the next page; nothing where there is none.
    pub next_cursor: Option<String>,
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What it means to a caller.
    pub code: Code,
    /// What the platform said, as a sentence; at most about 1,000 characters.
    pub message: String,
    /// What the platform said, in its own words, cut as `message` is; empty where it said nothing.
    pub text: String,
    /// What to do next, where the connector's file says.
    pub hint: Option<String>,
    /// The platform's own code.
    pub platform_code: Option<String>,
    /// The HTTP status.
    pub status: u16,
    /// How long the platform asks to wait, at most a week.
    pub retry: Option<Duration>,
    /// Whether the same request may be sent again: reads as `[limits]` says, writes where the platform asked to slow down or
    /// where they carry an idempotency key.
    pub retryable: bool,
}

impl Connector {
    /// Reads the answer of an action. `request_cursor` is the `cursor` that was sent, so that a platform which gives the same
    /// back does not make an endless list. `now` is for waits that are told as moments.
    pub fn read(
        &self,
        action: &Action,
        request_cursor: Option<&str>,
        response: &Response<Bytes>,
        now: Timestamp,
    ) -> Reading {
        let content = value::Content::of(action, response);
        let status = response.status().as_u16();
        let body = content.json();
        if !self.errors.succeeded(status, body) {
            return Reading::Failure(self.failure(action, response, &content, now));
        }
        if let Some(message) = content.unfit(action, self, status) {
            return Reading::Failure(Failure::plain(Code::PlatformError, message, status));
        }
        if action.expects == Expects::Something && !content.is_there(action) {
            return Reading::Failure(self.not_there(status));
        }
        let next_cursor = match (&action.paging, body) {
            (Some(paging), Some(body)) => {
                let list = action
                    .result
                    .as_ref()
                    .map_or(Some(body), |result| result.find(body));
                let items = list.and_then(Value::as_array);
                let next = paging.next(request_cursor, response.headers(), body, items);
                next.map(|next| {
                    if paging.is_url() {
                        self.shortened(&next)
                    } else {
                        next
                    }
                })
                .filter(|next| !next.is_empty() && Some(next.as_str()) != request_cursor)
            }
            _ => None,
        };
        Reading::Success(Answer {
            value: content.into_value(action),
            next_cursor,
        })
    }

    /// A next URL without what every URL of the connector has in common, and without the credential that some platforms
    /// repeat in it: cursors go through a model's hands.
    fn shortened(&self, next: &str) -> String {
        let (before, query) = next.split_once('?').unwrap_or((next, ""));
        let own = url::Url::parse(before)
            .ok()
            .filter(|url| url.host_str().is_some_and(|host| self.hosts_allow(host)));
        let path = own.as_ref().map_or(before, url::Url::path);
        let in_path = self.auth.iter().any(|auth| !auth.path_secrets.is_empty());
        let mut cursor = if in_path { String::new() } else { path.to_owned() };
        let kept = query
            .split('&')
            .filter(|pair| !pair.is_empty() && !self.is_secret(pair));
        for (index, pair) in kept.enumerate() {
            cursor.push(if index == 0 { '?' } else { '&' });
            cursor.push_str(pair);
        }
        cursor
    }

    /// Whether a pair of a query is one that a credential is sent in.
    fn is_secret(&self, pair: &str) -> bool {
        let parsed = form_urlencoded::parse(pair.as_bytes()).next();
        let Some((name, _)) = parsed else { return false };
        let ways = self.auth.iter().flat_map(|auth| &auth.apply);
        ways.into_iter()
            .any(|way| matches!(way, Apply::Query(secret, _) if *secret == name))
    }
}
