//! How a platform says that a call failed.

use crate::pointer::{Pointer, Test, scalar_text};
use serde_json::Value;
use solder_model::{Code, Pattern};
use std::collections::HashMap;

/// What a file's `[errors]` says.
#[derive(Debug, Default)]
pub(crate) struct Errors {
    pub(crate) ok: Option<Test>,
    pub(crate) failed: Vec<Pointer>,
    pub(crate) code: Vec<Pointer>,
    pub(crate) text: Vec<Pointer>,
    pub(crate) map: Words<Code>,
    pub(crate) hint: Words<String>,
}

/// What a platform's words, its codes and statuses stand for; exact keys win over patterns.
#[derive(Debug)]
pub(crate) struct Words<T> {
    exact: HashMap<String, T>,
    patterns: Vec<(Pattern, T)>,
}

impl<T> Default for Words<T> {
    fn default() -> Self {
        Self {
            exact: HashMap::new(),
            patterns: Vec::new(),
        }
    }
}

impl<T> Words<T> {
    pub(crate) fn add(&mut self, key: String, value: T) {
        if key.contains('*') {
            self.patterns.push((Pattern::new(&key), value));
        } else {
            self.exact.insert(key, value);
        }
    }

    /// What stands for the platform's words, else for its code, else for a status. Words come first, since a code may be as
    /// coarse as a status.
    pub(crate) fn find(&self, text: &str, code: Option<&str>, status: u16) -> Option<&T> {
        let one = |text: &str| {
            let pattern = || self.patterns.iter().find(|(pattern, _)| pattern.matches(text));
            self.exact.get(text).or_else(|| pattern().map(|(_, value)| value))
        };
        if self.exact.is_empty() && self.patterns.is_empty() {
            return None;
        }
        Some(text)
            .filter(|text| !text.is_empty())
            .and_then(one)
            .or_else(|| code.and_then(one))
            .or_else(|| self.exact.get(status.to_string().as_str()))
    }
}

impl Errors {
    /// Whether a call succeeded, by its status and its answer.
    pub(crate) fn succeeded(&self, status: u16, body: Option<&Value>) -> bool {
        let told = body.and_then(|body| self.ok.as_ref()?.holds(body));
        let says_so = |found: &Value| !found.is_null() && !found.as_array().is_some_and(Vec::is_empty);
        let failed = || {
            let mut signs = self.failed.iter();
            body.is_some_and(|body| signs.any(|sign| sign.find(body).is_some_and(says_so)))
        };
        told.unwrap_or((200..300).contains(&status)) && !failed()
    }

    /// The platform's own code.
    pub(crate) fn platform_code(&self, body: &Value) -> Option<String> {
        let found = self
            .code
            .iter()
            .find_map(|pointer| scalar_text(pointer.find(body)?));
        found.map(std::borrow::Cow::into_owned)
    }

    /// What the platform says in words.
    pub(crate) fn platform_text(&self, body: &Value) -> String {
        let mut parts: Vec<String> = Vec::new();
        for found in self.text.iter().filter_map(|pointer| pointer.find(body)) {
            let part = match found {
                Value::Null => continue,
                Value::Array(items) if items.is_empty() => continue,
                Value::Object(map) if map.is_empty() => continue,
                Value::String(text) => text.trim().to_owned(),
                other => other.to_string(),
            };
            if !part.is_empty() && !parts.contains(&part) {
                parts.push(part);
            }
        }
        parts.join("; ")
    }
}

/// What a status means where the file says nothing.
pub(crate) fn plain_code(status: u16) -> Code {
    match status {
        401 => Code::PlatformReconnect,
        402 => Code::PlatformQuota,
        403 => Code::PlatformForbidden,
        404 | 410 => Code::PlatformNotFound,
        409 | 412 => Code::PlatformConflict,
        429 => Code::PlatformRateLimited,
        200..=299 | 400..=499 => Code::PlatformInvalid,
        _ => Code::PlatformError,
    }
}
