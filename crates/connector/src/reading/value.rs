//! The content of an answer, and the part of it that matters.

use super::pick::picked;
use crate::Connector;
use crate::action::{Action, Expects, Kind};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Response;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

/// What an answer holds.
pub(super) enum Content {
    /// Nothing.
    Empty,
    /// JSON.
    Json(Value),
    /// A text that is not JSON; `html` where it is a web page.
    Text {
        text: String,
        html: bool,
        media_type: String,
    },
    /// Bytes that are no text, or what was asked for as a file.
    File { bytes: Bytes, media_type: String },
}

impl Content {
    /// Reads a body. What the platform says it is counts less than what it is: many send JSON as `text/plain`.
    pub(super) fn of(action: &Action, response: &Response<Bytes>) -> Self {
        let bytes = response.body();
        // Some platforms begin with a byte order mark, which JSON does not know.
        let marked = bytes
            .strip_prefix(b"\xef\xbb\xbf")
            .map(|rest| bytes.slice_ref(rest));
        let bytes = marked.as_ref().unwrap_or(bytes);
        let media_type = response
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if action.expects == Expects::File && response.status().is_success() {
            return Self::File {
                bytes: bytes.clone(),
                media_type: media_type.to_owned(),
            };
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Self::Empty;
        }
        let said = media_type.contains("json");
        let looks = bytes
            .iter()
            .find(|byte| !byte.is_ascii_whitespace())
            .is_some_and(|byte| matches!(byte, b'{' | b'['));
        if (said || looks || media_type.is_empty())
            && let Ok(value) = serde_json::from_slice(bytes)
        {
            return Self::Json(value);
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text {
                html: is_html(text, media_type),
                text: text.to_owned(),
                media_type: media_type.to_owned(),
            },
            Err(_) => Self::File {
                bytes: bytes.clone(),
                media_type: media_type.to_owned(),
            },
        }
    }

    pub(super) fn json(&self) -> Option<&Value> {
        match self {
            Self::Json(value) => Some(value),
            _ => None,
        }
    }

    /// Why an answer with a good status is none: a web page or broken JSON where a value should be, or nothing at all. What
    /// a write may have done is said, so that nobody does it again unseen.
    pub(super) fn unfit(&self, action: &Action, connector: &Connector, status: u16) -> Option<String> {
        let says_so = matches!(status, 204 | 205) || action.expects != Expects::Value;
        let what = match self {
            Self::Text { text, html: true, .. } => format!("a web page{}", titled(text)),
            Self::Text { media_type, .. } if media_type.contains("json") => {
                "JSON that cannot be read".to_owned()
            }
            Self::Empty if action.kind == Kind::Read && !says_so => "nothing".to_owned(),
            _ => return None,
        };
        let warning = match action.kind {
            Kind::Read => "",
            _ => "; what was asked for may have happened: look before trying again",
        };
        Some(format!(
            "{} answered with {what} where a value was expected{warning}",
            connector.name
        ))
    }

    /// Whether the part of the answer that matters is anything but `null`.
    pub(super) fn is_there(&self, action: &Action) -> bool {
        match self {
            Self::Empty => false,
            Self::Json(value) => {
                let found = action.result.as_ref().map_or(Some(value), |at| at.find(value));
                found.is_some_and(|found| !found.is_null())
            }
            Self::Text { .. } | Self::File { .. } => true,
        }
    }

    /// The value that callers get.
    pub(super) fn into_value(self, action: &Action) -> Value {
        match self {
            Self::Empty if action.expects == Expects::List => json!([]),
            Self::Empty => json!({ "ok": true }),
            Self::Json(_) if action.expects == Expects::List && !self.is_there(action) => json!([]),
            Self::Json(value) => picked(resulting(value, action), &action.pick),
            Self::Text { text, .. } => Value::String(text),
            Self::File { bytes, media_type } => file(&bytes, &media_type),
        }
    }
}

fn resulting(value: Value, action: &Action) -> Value {
    match &action.result {
        Some(result) => result.take(value).unwrap_or_else(|whole| whole),
        None => value,
    }
}

fn file(bytes: &Bytes, media_type: &str) -> Value {
    let kind = if media_type.is_empty() {
        "application/octet-stream"
    } else {
        media_type
    };
    match std::str::from_utf8(bytes) {
        Ok(text) => json!({ "contentType": kind, "size": bytes.len(), "text": text }),
        Err(_) => json!({ "contentType": kind, "size": bytes.len(), "base64": STANDARD.encode(bytes) }),
    }
}

fn is_html(text: &str, media_type: &str) -> bool {
    let start: String = text
        .trim_start()
        .chars()
        .take(15)
        .collect::<String>()
        .to_ascii_lowercase();
    media_type.starts_with("text/html") || start.starts_with("<!doctype html") || start.starts_with("<html")
}

/// `: <title>` of a web page, where it has one.
pub(super) fn titled(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|at| {
        let open = at + lower.get(at..)?.find('>')? + 1;
        let end = open + lower.get(open..)?.find("</title")?;
        text.get(open..end)
    });
    let words: Vec<&str> = title.unwrap_or_default().split_whitespace().collect();
    if words.is_empty() {
        String::new()
    } else {
        format!(": {}", words.join(" ").chars().take(200).collect::<String>())
    }
}
