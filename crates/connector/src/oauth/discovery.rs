//! Calls after connecting that find out a variable: which site, tenant or data centre the connection is for.

use super::TokenFailure;
use super::request::{OAuthInput, Target, finish};
use crate::auth::Auth;
use crate::pointer::{Pointer, scalar_text};
use crate::request::{apply, common_headers};
use crate::template::Template;
use crate::{BuildError, Connector};
use bytes::Bytes;
use http::{Method, Request, Response};
use solder_model::{Secret, Timestamp};
use std::collections::BTreeMap;

/// A call after connecting that finds out variables.
#[derive(Debug, Clone)]
pub struct Discover {
    /// Whether the person is asked where there are several; else the first is taken.
    pub choose: bool,
    pub(crate) url: Template,
    pub(crate) each: Pointer,
    pub(crate) label: Vec<Pointer>,
    pub(crate) set: Vec<(String, Pointer)>,
}

impl Discover {
    /// The names of the variables that it finds out.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.set.iter().map(|(name, _)| name.as_str())
    }
}

/// One thing that the connection can be for.
#[derive(Debug, Clone)]
pub struct Found {
    /// What a person knows it by.
    pub label: String,
    /// What a credential has to hold for it, by name.
    pub fields: BTreeMap<String, Secret>,
}

impl Connector {
    /// The request of a discovery, with the credential as in calls. `input` holds the tokens, and what was found out before.
    ///
    /// # Errors
    ///
    /// [`BuildError::Connection`] where the token or a variable is missing.
    pub fn discover_request(
        &self,
        discover: &Discover,
        auth: &Auth,
        input: &OAuthInput<'_>,
    ) -> Result<Request<Bytes>, BuildError> {
        let target = Target::new(self, auth, input);
        let mut url = target.call(&discover.url)?;
        let build = target.build_input();
        let names = target.names(&build);
        let mut headers = common_headers(self, &names);
        apply::apply(&names, &mut url, &mut headers)?;
        finish(&Method::GET, &url, headers, Bytes::new())
    }

    /// What the platform answers to it: one entry at least. Where there are several and [`Discover::choose`] holds, the
    /// person is asked; else the first counts.
    ///
    /// # Errors
    ///
    /// [`TokenFailure::Later`] where it passes, [`TokenFailure::Refused`] where the account has nothing to connect to or the
    /// platform refuses, [`TokenFailure::Unreadable`] else.
    pub fn read_discovered(
        &self,
        discover: &Discover,
        response: &Response<Bytes>,
        now: Timestamp,
    ) -> Result<Vec<Found>, TokenFailure> {
        let name = &self.name;
        let status = response.status().as_u16();
        if matches!(status, 429 | 500..=599) {
            return Err(TokenFailure::Later {
                wait: self.limits.wait(response.headers(), None, now),
                text: format!(
                    "{name} does not say for the moment what the connection is for (HTTP {status})"
                ),
            });
        }
        let body: Option<serde_json::Value> = serde_json::from_slice(response.body()).ok();
        if !self.errors.succeeded(status, body.as_ref()) {
            return Err(TokenFailure::Refused {
                code: None,
                text: format!("{name} does not say what the connection is for (HTTP {status})"),
            });
        }
        let found = body.as_ref().and_then(|body| discover.each.find(body));
        let items: Vec<&serde_json::Value> = match found {
            Some(serde_json::Value::Array(items)) => items.iter().collect(),
            Some(one) => vec![one],
            None => Vec::new(),
        };
        if found.is_some_and(serde_json::Value::is_array) && items.is_empty() {
            return Err(TokenFailure::Refused {
                code: None,
                text: format!("This account has nothing at {name} that could be connected"),
            });
        }
        let found: Vec<Found> = items
            .into_iter()
            .filter_map(|item| discover.found(item))
            .collect();
        if found.is_empty() {
            return Err(TokenFailure::unreadable(
                self,
                "does not say what the connection is for",
            ));
        }
        Ok(found)
    }
}

impl Discover {
    /// What one item sets; nothing where a part of it is missing.
    fn found(&self, item: &serde_json::Value) -> Option<Found> {
        let mut fields = BTreeMap::new();
        for (name, pointer) in &self.set {
            let text = scalar_text(pointer.find(item)?)?;
            if !super::consent::keepable(&text) {
                return None;
            }
            fields.insert(name.clone(), Secret::new(text));
        }
        let told: Vec<String> = self
            .label
            .iter()
            .filter_map(|pointer| scalar_text(pointer.find(item)?).map(std::borrow::Cow::into_owned))
            .collect();
        let first = || fields.values().next().map(|value| value.expose().to_owned());
        let label = if told.is_empty() {
            first()?
        } else {
            told.join(", ")
        };
        let label = label
            .chars()
            .filter(|letter| !letter.is_control())
            .take(200)
            .collect();
        Some(Found { label, fields })
    }
}
