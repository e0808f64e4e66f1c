//! What a token endpoint answers: tokens, their life, and what else is kept of the answer.

use super::consent::keepable;
use super::parts::{Expires, Lifetime, Rotate, TokenPlace};
use super::{OAuth, TokenFailure};
use crate::Connector;
use crate::auth::Auth;
use crate::connector::Header;
use crate::pointer::{Pointer, scalar_text};
use crate::request::{BuildInput, Names};
use bytes::Bytes;
use http::Response;
use serde_json::Value;
use solder_model::{Secret, Timestamp};
use std::collections::BTreeMap;

/// The longest life of a token that is believed: ten years. Whoever says more means that it does not end.
const LONGEST_LIFE_MS: i64 = 10 * 366 * Timestamp::DAY_MS;

/// The longest token that is taken, in bytes.
const LONGEST_TOKEN: usize = 65_536;

/// What was asked of the token endpoint. The meaning of an answer depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked<'a> {
    /// Tokens for a code, or for the code of a device.
    Code,
    /// A new access token for the refresh token of an identity; `None` is the plain one.
    Refresh(Option<&'a str>),
    /// Tokens for the client itself, or for an assertion.
    Client,
}

/// Tokens that a platform gave.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// What a credential has to hold, to be laid over what it held before: `access_token`, `refresh_token` (each with
    /// `.` and the name of an identity that is not the first), and what the file keeps of the answer. A refresh token that
    /// is not here stays the one that it was.
    pub fields: BTreeMap<String, Secret>,
    /// When the first of the access tokens ends; nothing where none ends, or nobody knows.
    pub expires_at: Option<Timestamp>,
    /// When the first of the refresh tokens ends, where that is told.
    pub refresh_expires_at: Option<Timestamp>,
    /// What was granted, where the platform says so.
    pub scopes: Option<Vec<String>>,
}

impl Connector {
    /// Reads the answer of a token endpoint: JSON or a form, at whatever status.
    ///
    /// # Errors
    ///
    /// Who can mend it: see [`TokenFailure`]. No text of it holds a token.
    pub fn read_tokens(
        &self,
        auth: &Auth,
        asked: Asked<'_>,
        response: &Response<Bytes>,
        now: Timestamp,
    ) -> Result<Tokens, TokenFailure> {
        let Some(oauth) = &auth.oauth else {
            return Err(TokenFailure::unreadable(
                self,
                "is asked for tokens by a kind without OAuth",
            ));
        };
        let body = content(response.body());
        let told = body
            .as_ref()
            .and_then(|body| oauth.answers.ok.as_ref()?.holds(body));
        let good = told.unwrap_or_else(|| response.status().is_success());
        let Some(body) = body.filter(|_| good) else {
            return Err(self.token_failure(oauth, asked, response, now));
        };
        let mut found = Gathered::default();
        for place in oauth.places(asked) {
            found.take(oauth, asked, &place, &body, now);
        }
        if found.fields.is_empty() {
            return Err(self.token_failure(oauth, asked, response, now));
        }
        self.keep(auth, oauth, asked, &body, &mut found.fields)?;
        Ok(Tokens {
            fields: found.fields,
            expires_at: found.expires_at,
            refresh_expires_at: found.refresh_expires_at,
            scopes: found.scopes,
        })
    }

    /// Keeps what the file says. What the base or the headers need has to be there.
    fn keep(
        &self,
        auth: &Auth,
        oauth: &OAuth,
        asked: Asked<'_>,
        body: &Value,
        fields: &mut BTreeMap<String, Secret>,
    ) -> Result<(), TokenFailure> {
        let refreshing = matches!(asked, Asked::Refresh(_));
        for (name, pointer) in &oauth.answers.keep {
            if refreshing && !oauth.answers.keep_on_refresh.contains(name) {
                continue;
            }
            match pointer.find(body).and_then(scalar_text) {
                Some(value) if keepable(&value) => {
                    let old = fields.insert(name.clone(), Secret::new(value));
                    match self.led_astray(auth, fields) {
                        None => {}
                        // What was kept before stays, and the new tokens are not lost.
                        Some(_) if refreshing => {
                            fields.remove(name);
                            fields.extend(old.map(|old| (name.clone(), old)));
                        }
                        Some(fault) => {
                            let what = format!("gave tokens whose `{name}` {fault}");
                            return Err(TokenFailure::unreadable(self, &what));
                        }
                    }
                }
                _ if !refreshing && self.always_needs(auth, name) => {
                    let what = format!("gave tokens without `{name}`, which every call needs");
                    return Err(TokenFailure::unreadable(self, &what));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Why calls would go to a host that is none of the connector's, as far as what was kept so far decides it.
    fn led_astray(&self, auth: &Auth, fields: &BTreeMap<String, Secret>) -> Option<String> {
        let none = serde_json::Map::new();
        let input = BuildInput {
            base_override: None,
            arguments: &none,
            auth: Some((auth, fields)),
            vars: &none,
            idempotency_key: None,
        };
        let Err(error) = crate::request::target::base(self, &Names::new(self, &input)) else {
            return None;
        };
        let fault = error.faults().first()?;
        // A name that is missing is one that something else gives.
        let missing = crate::request::missing(&fault.field);
        (missing != error).then(|| fault.message.clone())
    }

    /// Whether no call can be made without this variable.
    fn always_needs(&self, auth: &Auth, name: &str) -> bool {
        let declared = self
            .vars
            .iter()
            .any(|var| var.name == name && var.default.is_some());
        let base = self.base_of(Some(auth)).names();
        let headers = self.headers.iter().flat_map(Header::names);
        !declared && base.chain(headers).any(|known| known == name)
    }
}

impl OAuth {
    /// Where tokens are looked for. A refresh is for one identity; its token may stand where it stood at first, or where
    /// the plain one stands.
    fn places(&self, asked: Asked<'_>) -> Vec<TokenPlace> {
        let Asked::Refresh(Some(identity)) = asked else {
            let plain_only = matches!(asked, Asked::Refresh(None));
            let count = if plain_only { 1 } else { self.answers.tokens.len() };
            return self.answers.tokens.iter().take(count).cloned().collect();
        };
        let own = self
            .answers
            .tokens
            .iter()
            .find(|place| place.identity.as_deref() == Some(identity));
        let plain = self.answers.tokens.first().map(|place| TokenPlace {
            identity: Some(identity.to_owned()),
            at: place.at.clone(),
        });
        own.cloned().into_iter().chain(plain).collect()
    }
}

/// What was found so far.
#[derive(Default)]
struct Gathered {
    fields: BTreeMap<String, Secret>,
    expires_at: Option<Timestamp>,
    refresh_expires_at: Option<Timestamp>,
    scopes: Option<Vec<String>>,
}

impl Gathered {
    /// Takes the token at a place, with what stands beside it.
    fn take(&mut self, oauth: &OAuth, asked: Asked<'_>, place: &TokenPlace, body: &Value, now: Timestamp) {
        let access = oauth.access_field(place.identity.as_deref());
        let text = |pointer: &Pointer| {
            pointer
                .find(body)
                .and_then(Value::as_str)
                .filter(|text| usable(text))
        };
        let (Some(token), false) = (text(&place.at), self.fields.contains_key(&access)) else {
            return;
        };
        self.fields.insert(access, Secret::new(token));
        let first = !matches!(asked, Asked::Refresh(_));
        if (first || oauth.rotate != Rotate::Never)
            && let Some(refresh) = text(&place.at.beside("refresh_token"))
        {
            self.fields.insert(
                oauth.refresh_field(place.identity.as_deref()),
                Secret::new(refresh),
            );
        }
        let ends = oauth.ends(place, body, now);
        self.expires_at = earlier(self.expires_at, ends);
        let ends = oauth.refresh_ends(body, now);
        self.refresh_expires_at = earlier(self.refresh_expires_at, ends);
        if let Some(scopes) = place.at.beside("scope").find(body).and_then(scopes) {
            let all = self.scopes.get_or_insert_default();
            all.extend(scopes.into_iter().filter(|scope| !scope.is_empty()));
        }
    }
}

impl OAuth {
    fn ends(&self, place: &TokenPlace, body: &Value, now: Timestamp) -> Option<Timestamp> {
        let beside = || {
            let life = place.at.beside("expires_in").find(body);
            let moment = || moment(place.at.beside("expires_at").find(body)?, now);
            life.and_then(|life| after(life, now)).or_else(moment)
        };
        match &self.answers.expires {
            Expires::Never => None,
            Expires::IfTold(Some(pointer)) => {
                let found = pointer.find(body)?;
                after(found, now).or_else(|| moment(found, now))
            }
            Expires::IfTold(None) => beside(),
            Expires::After(life) => beside().or_else(|| plus(now, i64::try_from(life.as_millis()).ok()?)),
        }
    }

    fn refresh_ends(&self, body: &Value, now: Timestamp) -> Option<Timestamp> {
        match self.answers.refresh_expires.as_ref()? {
            Lifetime::At(pointer) => after(pointer.find(body)?, now),
            Lifetime::After(life) => plus(now, i64::try_from(life.as_millis()).ok()?),
        }
    }
}

/// A token that can be used: not blank, one line, not endless.
fn usable(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= LONGEST_TOKEN && !text.chars().any(char::is_control)
}

fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// So many seconds from now, told as a number or as text. Nothing, less than a second and more than ten years tell nothing.
pub(super) fn after(life: &Value, now: Timestamp) -> Option<Timestamp> {
    let seconds = match life {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    let life = std::time::Duration::try_from_secs_f64(seconds).ok()?;
    plus(now, i64::try_from(life.as_millis()).ok()?)
}

fn plus(now: Timestamp, ms: i64) -> Option<Timestamp> {
    (1_000..=LONGEST_LIFE_MS).contains(&ms).then(|| now.plus_ms(ms))
}

/// A moment: RFC 3339, or seconds or milliseconds since 1970 (told apart by their size).
fn moment(value: &Value, now: Timestamp) -> Option<Timestamp> {
    let text = scalar_text(value)?;
    let at = match text.trim().parse::<f64>() {
        Ok(number) => {
            let ms = if number < 100_000_000_000.0 {
                number * 1_000.0
            } else {
                number
            };
            let since = std::time::Duration::try_from_secs_f64(ms / 1_000.0).ok()?;
            i64::try_from(since.as_millis()).ok()?
        }
        Err(_) => text.trim().parse::<jiff::Timestamp>().ok()?.as_millisecond(),
    };
    plus(now, Timestamp(at).since(now))
}

/// Granted scopes: a list, or a text with spaces or commas.
fn scopes(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(
            text.split([' ', ','])
                .filter(|scope| !scope.is_empty())
                .map(str::to_owned)
                .collect(),
        ),
        Value::Array(items) => Some(
            items
                .iter()
                .filter_map(|item| item.as_str().map(str::to_owned))
                .collect(),
        ),
        _ => None,
    }
}

/// The content of an answer as JSON: some token endpoints answer a form (`access_token=…&scope=…`).
pub(super) fn content(bytes: &Bytes) -> Option<Value> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(value) = serde_json::from_slice::<Value>(bytes) {
        return Some(value);
    }
    let text = std::str::from_utf8(bytes).ok()?.trim();
    let form = text.contains('=')
        && !text.contains(|letter: char| letter.is_whitespace() || matches!(letter, '<' | '{'));
    form.then(|| {
        let pairs = form_urlencoded::parse(text.as_bytes());
        pairs
            .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
            .collect::<serde_json::Map<_, _>>()
            .into()
    })
}
