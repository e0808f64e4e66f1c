//! Where a person consents, what is asked of them, and what the callback brings.

use super::OAuth;
use super::request::{OAuthInput, Target};
use crate::auth::Auth;
use crate::request::{connection, encode};
use crate::{Action, BuildError, Connector};
use solder_model::Secret;
use std::collections::BTreeMap;

/// The longest value that is kept of a callback or an answer, in bytes.
pub(super) const LONGEST_KEPT: usize = 2_048;

/// Scopes to ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes {
    /// For the plain identity, in the order of the file.
    pub plain: Vec<String>,
    /// For others, by their names.
    pub by_identity: BTreeMap<String, Vec<String>>,
}

impl Scopes {
    /// All of them, each once.
    pub fn all(&self) -> Vec<String> {
        let mut all = self.plain.clone();
        for scope in self.by_identity.values().flatten() {
            if !all.contains(scope) {
                all.push(scope.clone());
            }
        }
        all
    }
}

/// What a consent is asked with.
#[derive(Debug, Clone, Copy)]
pub struct Consent<'a> {
    /// The app, what the person gave, and the operator's endpoints.
    pub input: OAuthInput<'a>,
    /// Where the platform sends the browser back to.
    pub redirect_uri: &'a str,
    /// What the callback must bring back unchanged.
    pub state: &'a str,
    /// The PKCE challenge, S256. It must be given where [`OAuth::pkce`] says so and is left out elsewhere.
    pub pkce_challenge: Option<&'a str>,
    /// What is asked for.
    pub scopes: &'a Scopes,
}

impl Connector {
    /// The scopes of a connection that serves the actions for which `allowed` holds: the table's own, those of the check
    /// action, and those of each action that the table can ask for.
    pub fn scopes_for(&self, auth: &Auth, allowed: impl Fn(&Action) -> bool) -> Scopes {
        let Some(oauth) = &auth.oauth else {
            return Scopes::default();
        };
        let checked = self.check_of(auth).map(|action| action.id.as_str());
        let check = |action: &Action| checked == Some(action.id.as_str());
        let mut scopes = Scopes {
            plain: oauth.scopes.clone(),
            by_identity: BTreeMap::new(),
        };
        let serves = |action: &&std::sync::Arc<Action>| {
            action.needs_credential
                && auth.acts_as(action.identity.as_deref())
                && (check(action) || allowed(action))
        };
        for action in self.actions().filter(serves) {
            let apart = action
                .identity
                .as_deref()
                .filter(|identity| oauth.asks_apart(identity));
            let list = match apart {
                Some(identity) => scopes.by_identity.entry(identity.to_owned()).or_default(),
                None => &mut scopes.plain,
            };
            for scope in &action.scopes {
                if !list.contains(scope) && (apart.is_some() || oauth.optional_scopes.contains(scope)) {
                    list.push(scope.clone());
                }
            }
        }
        scopes
    }

    /// The URL at which a person consents.
    ///
    /// # Errors
    ///
    /// [`BuildError::Connection`] where the table sends nobody to a browser, a variable is missing, the host is none of the
    /// connector's, or the PKCE challenge is missing.
    pub fn authorize_url(&self, auth: &Auth, consent: &Consent<'_>) -> Result<String, BuildError> {
        let oauth = oauth_of(auth)?;
        let template = oauth
            .authorize
            .as_ref()
            .ok_or_else(|| connection("", "is of a kind for which nobody consents in a browser"))?;
        let target = Target::new(self, auth, &consent.input);
        let mut url = target.authorize(template)?;
        let mut query = String::new();
        encode::pair(&mut query, "response_type", "code");
        encode::pair(&mut query, "client_id", consent.input.client_id(oauth)?);
        encode::pair(&mut query, "redirect_uri", consent.redirect_uri);
        encode::pair(&mut query, "state", consent.state);
        for (name, scopes) in oauth.scope_params(consent.scopes) {
            encode::pair(&mut query, name, &scopes);
        }
        match (oauth.pkce, consent.pkce_challenge) {
            (true, Some(challenge)) => {
                encode::pair(&mut query, "code_challenge", challenge);
                encode::pair(&mut query, "code_challenge_method", "S256");
            }
            (true, None) => return Err(connection("", "has no PKCE challenge, which this kind asks for")),
            (false, _) => {}
        }
        for (name, value) in target.params(&oauth.authorize_params)? {
            encode::pair(&mut query, &name, &value);
        }
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(&query);
        Ok(url)
    }

    /// What the callback's query brings besides code and state: the fields to keep, by name. A value that is repeated,
    /// over-long or holds control characters is left out.
    ///
    /// # Errors
    ///
    /// A sentence where the callback says that another issuer than the file's answered (RFC 9207).
    pub fn callback_values(
        &self,
        auth: &Auth,
        query: &[(String, String)],
    ) -> Result<BTreeMap<String, Secret>, String> {
        let Some(oauth) = &auth.oauth else {
            return Ok(BTreeMap::new());
        };
        if let Some(issuer) = &oauth.issuer {
            let told: Vec<&str> = values(query, "iss").collect();
            if told != [issuer.as_str()] {
                return Err(format!(
                    "The answer does not come from {issuer}, where {} was asked",
                    self.name
                ));
            }
        }
        let mut kept = BTreeMap::new();
        for (name, param) in &oauth.from_callback {
            let mut found = values(query, param);
            if let (Some(value), None) = (found.next(), found.next())
                && keepable(value)
            {
                kept.insert(name.clone(), Secret::new(value));
            }
        }
        Ok(kept)
    }
}

impl OAuth {
    fn asks_apart(&self, identity: &str) -> bool {
        self.extra_scopes.iter().any(|(_, known)| known == identity)
    }

    /// The scope parameters with what they carry; empty ones are left out.
    pub(super) fn scope_params(&self, scopes: &Scopes) -> Vec<(&str, String)> {
        let mut params = Vec::new();
        if !scopes.plain.is_empty() {
            params.push((self.scope_param.as_str(), scopes.plain.join(&self.scope_sep)));
        }
        for (param, identity) in &self.extra_scopes {
            if let Some(list) = scopes.by_identity.get(identity).filter(|list| !list.is_empty()) {
                params.push((param.as_str(), list.join(&self.scope_sep)));
            }
        }
        params
    }
}

fn values<'q>(query: &'q [(String, String)], name: &str) -> impl Iterator<Item = &'q str> {
    query
        .iter()
        .filter(move |(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

/// Whether a text may be kept as a variable.
pub(super) fn keepable(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST_KEPT && !text.chars().any(char::is_control)
}

/// The table of a kind that has one.
pub(super) fn oauth_of(auth: &Auth) -> Result<&OAuth, BuildError> {
    auth.oauth
        .as_ref()
        .ok_or_else(|| connection("", "is of a kind without OAuth"))
}
