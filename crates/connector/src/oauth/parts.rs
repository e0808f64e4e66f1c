//! The parts of an OAuth table that are words and small tables.

use crate::pointer::{Pointer, Test};
use crate::reading::Failure;
use crate::template::Template;
use solder_model::Pattern;
use std::collections::BTreeMap;
use std::time::Duration;

/// How tokens come to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// A person consents in a browser (RFC 6749, 4.1).
    AuthorizationCode,
    /// The client speaks for itself (RFC 6749, 4.4).
    ClientCredentials,
    /// A signed assertion stands for a person or a service (RFC 7523).
    JwtBearer,
    /// A person consents on another device (RFC 8628).
    DeviceCode,
}

/// Whether refresh tokens change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotate {
    /// The one in the answer, if there is one, replaces the old.
    IfTold,
    /// Each can be used once: the answer always has the next.
    Always,
    /// The first stays; others are not kept.
    Never,
}

/// Parameters with their values, which may hold names.
pub(crate) type Params = Vec<(String, Template)>;

/// Where the client's id and secret go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClientAuth {
    Body,
    Basic,
    None,
}

/// When an access token ends.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expires {
    /// Where the platform says so: `expires_in` or `expires_at` beside the token, or what the pointer finds.
    IfTold(Option<Pointer>),
    /// Never, whatever the platform says.
    Never,
    /// After so long, where the platform says nothing.
    After(Duration),
}

/// How long a refresh token lasts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Lifetime {
    At(Pointer),
    After(Duration),
}

/// A sign that a call's token has ended. All that is stated must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RefreshOn {
    pub(crate) status: Option<u16>,
    pub(crate) codes: Vec<String>,
    pub(crate) text: Option<Pattern>,
}

impl RefreshOn {
    pub(crate) fn shows(&self, failure: &Failure) -> bool {
        let is_code = |code: &str| self.codes.iter().any(|known| known == code);
        self.status.is_none_or(|wanted| wanted == failure.status)
            && (self.codes.is_empty() || failure.platform_code.as_deref().is_some_and(is_code))
            && self
                .text
                .as_ref()
                .is_none_or(|pattern| pattern.matches(&failure.text))
    }
}

/// Whom an error of a token endpoint concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blame {
    /// The authorization is gone: a person connects again.
    Gone,
    /// The OAuth app or the connector's file is wrong: the operator mends it.
    Misconfigured,
    /// Nobody: it passes.
    Later,
}

/// How the answers of the token endpoint are read.
#[derive(Debug, Clone)]
pub(crate) struct Answers {
    /// The test that tells a good answer where errors come with status 200 too.
    pub(crate) ok: Option<Test>,
    pub(crate) error_code: Vec<Pointer>,
    pub(crate) error_text: Vec<Pointer>,
    /// By code or HTTP status.
    pub(crate) error_map: BTreeMap<String, Blame>,
    /// One at least.
    pub(crate) tokens: Vec<TokenPlace>,
    pub(crate) keep: Vec<(String, Pointer)>,
    pub(crate) keep_on_refresh: Vec<String>,
    pub(crate) expires: Expires,
    pub(crate) refresh_expires: Option<Lifetime>,
}

/// Where an identity's access token stands in a token answer. What belongs to it stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TokenPlace {
    pub(crate) identity: Option<String>,
    pub(crate) at: Pointer,
}

/// Which token is revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// The refresh token, where there is one.
    Refresh,
    Access,
}

/// How a credential is revoked at the platform.
#[derive(Debug, Clone)]
pub(crate) struct Revoke {
    pub(crate) method: http::Method,
    pub(crate) url: Template,
    pub(crate) which: Which,
    /// The parameter that carries the token; nothing where it goes as in calls or in the URL.
    pub(crate) token: Option<String>,
    pub(crate) client: ClientAuth,
    pub(crate) json: bool,
    /// Whether the credential goes in as in calls.
    pub(crate) apply: bool,
    /// Further headers, which may hold the app's secret.
    pub(crate) headers: Vec<(http::HeaderName, Template)>,
}

/// How an assertion is made.
#[derive(Debug, Clone)]
pub(crate) struct AssertionTable {
    pub(crate) algorithm: &'static str,
    pub(crate) key: Template,
    pub(crate) key_id: Option<Template>,
    pub(crate) claims: Params,
    pub(crate) lifetime: Duration,
}
