//! What an OAuth table says, compiled. Beside it stands what a broker asks of it: where a person consents, the requests
//! to token endpoints, and what their answers mean. Nothing here sends anything.

mod assertion;
mod consent;
mod device;
mod discovery;
mod failure;
mod parts;
mod request;
mod revoke;
mod tokens;

pub use assertion::Unsigned;
pub use consent::{Consent, Scopes};
pub use device::{DeviceCode, DevicePoll};
pub use discovery::{Discover, Found};
pub use failure::TokenFailure;
pub(crate) use parts::{
    Answers, AssertionTable, Blame, ClientAuth, Expires, Lifetime, Params, RefreshOn, Revoke, TokenPlace,
    Which,
};
pub use parts::{Grant, Rotate};
pub use request::{Endpoints, OAuthApp, OAuthInput};
pub use tokens::{Asked, Tokens};

use crate::auth::Auth;
use crate::reading::Failure;
use crate::template::Template;
use http::HeaderMap;
use solder_model::{Code, Secret};
use std::collections::BTreeMap;

/// The field of a credential that holds the access token.
pub(crate) const ACCESS_TOKEN: &str = "access_token";
/// The field of a credential that holds the refresh token.
pub(crate) const REFRESH_TOKEN: &str = "refresh_token";

/// An OAuth table of a connector file.
#[derive(Debug, Clone)]
pub struct OAuth {
    /// How tokens come to be.
    pub grant: Grant,
    /// Who the platform says it is in a callback's `iss` (RFC 9207). Where the file states it, every callback must say so.
    pub issuer: Option<String>,
    /// Scopes that are always asked for.
    pub scopes: Vec<String>,
    /// Scopes that are asked for where an action needs them.
    pub optional_scopes: Vec<String>,
    /// Whether the consent carries a PKCE challenge (S256, RFC 7636).
    pub pkce: bool,
    /// Whether refresh tokens change.
    pub rotate: Rotate,
    pub(crate) scope_sep: String,
    pub(crate) scope_param: String,
    pub(crate) extra_scopes: Vec<(String, String)>,
    pub(crate) authorize: Option<Template>,
    pub(crate) token: Template,
    pub(crate) refresh: Option<Template>,
    pub(crate) device: Option<Template>,
    pub(crate) revoke: Option<Revoke>,
    pub(crate) client: ClientAuth,
    pub(crate) json: bool,
    pub(crate) authorize_params: Params,
    pub(crate) token_params: Params,
    pub(crate) refresh_params: Params,
    pub(crate) token_headers: HeaderMap,
    pub(crate) assertion: Option<AssertionTable>,
    pub(crate) refresh_on: Vec<RefreshOn>,
    pub(crate) answers: Answers,
    pub(crate) from_callback: Vec<(String, String)>,
    pub(crate) own_app: bool,
}

impl OAuth {
    /// The names that the flow finds out, which templates may use.
    pub(crate) fn found(&self) -> impl Iterator<Item = &str> {
        let kept = self.answers.keep.iter().map(|(name, _)| name.as_str());
        kept.chain(self.from_callback.iter().map(|(name, _)| name.as_str()))
    }

    /// The names in its URLs, parameters and assertion.
    pub(crate) fn template_names(&self) -> impl Iterator<Item = &str> {
        let urls = [&self.authorize, &self.refresh, &self.device]
            .into_iter()
            .flatten();
        let revoke = self.revoke.iter().flat_map(|revoke| {
            let headers = revoke.headers.iter().map(|(_, template)| template);
            headers.chain([&revoke.url])
        });
        let params = [&self.authorize_params, &self.token_params, &self.refresh_params];
        let assertion = self.assertion.iter().flat_map(|table| {
            let claims = table.claims.iter().map(|(_, template)| template);
            claims.chain([&table.key]).chain(&table.key_id)
        });
        let params = params.into_iter().flatten().map(|(_, template)| template);
        let all = urls.chain([&self.token]).chain(revoke).chain(params);
        all.chain(assertion).flat_map(Template::names)
    }

    /// Whether a person has to consent in a browser.
    pub fn needs_browser(&self) -> bool {
        self.grant == Grant::AuthorizationCode
    }

    /// Whether an OAuth app of the operator or of the account is needed: not where the person gives the client's id and
    /// secret (as `secrets.client_id`, `secrets.client_secret`) or the key that signs an assertion.
    pub fn needs_app(&self) -> bool {
        !self.own_app && self.grant != Grant::JwtBearer
    }

    /// Whether an app of it needs a client secret.
    pub fn needs_secret(&self) -> bool {
        self.needs_app() && self.client != ClientAuth::None
    }

    /// Whether a credential can be revoked at the platform.
    pub fn can_revoke(&self) -> bool {
        self.revoke.is_some()
    }

    /// The field of a credential that holds the access token of an identity; `None` is the plain one, which the first of
    /// `tokens` is too.
    pub fn access_field(&self, identity: Option<&str>) -> String {
        self.field(ACCESS_TOKEN, identity)
    }

    /// The field of a credential that holds the refresh token of an identity.
    pub fn refresh_field(&self, identity: Option<&str>) -> String {
        self.field(REFRESH_TOKEN, identity)
    }

    fn field(&self, name: &str, identity: Option<&str>) -> String {
        let first = self
            .answers
            .tokens
            .first()
            .and_then(|place| place.identity.as_deref());
        match identity {
            Some(identity) if first != Some(identity) => format!("{name}.{identity}"),
            _ => name.to_owned(),
        }
    }

    /// Whose access tokens can be refreshed with what a credential holds: `None` for the plain one. Nearly always one entry
    /// or none; where there are several, each has a request of its own.
    pub fn refreshable(&self, fields: &BTreeMap<String, Secret>) -> Vec<Option<&str>> {
        let places = self.answers.tokens.iter().enumerate();
        let identities = places.map(|(index, place)| match index {
            0 => None,
            _ => place.identity.as_deref(),
        });
        identities
            .filter(|identity| fields.contains_key(&self.refresh_field(*identity)))
            .collect()
    }
}

impl crate::Connector {
    /// Whether a failed call says that the access token has ended, so that a new one is worth a try: what `refresh_on`
    /// states, else a 401 or any failure that the file's errors map to `reconnect`.
    pub fn should_refresh(&self, auth: &Auth, failure: &Failure) -> bool {
        let Some(oauth) = &auth.oauth else { return false };
        if oauth.refresh_on.is_empty() {
            return failure.status == 401 || failure.code == Code::PlatformReconnect;
        }
        oauth.refresh_on.iter().any(|sign| sign.shows(failure))
    }
}
