//! Assertions (RFC 7523): what is to be signed, and the request that carries it once it was. The signing is a broker's.

use super::consent::{Scopes, oauth_of};
use super::request::{OAuthInput, Target};
use crate::auth::Auth;
use crate::request::{connection, missing};
use crate::template::Template;
use crate::{BuildError, Connector};
use bytes::Bytes;
use http::Request;
use serde_json::{Map, Value, json};
use solder_model::{Secret, Timestamp};
use std::borrow::Cow;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// An assertion before it is signed.
#[derive(Debug, Clone)]
pub struct Unsigned {
    /// The algorithm's name in a JWT's header: `RS256` or `ES256`.
    pub algorithm: &'static str,
    /// The private key, PEM.
    pub key: Secret,
    /// The key's id, for the header.
    pub key_id: Option<String>,
    /// The claims, times in seconds.
    pub claims: Map<String, Value>,
}

impl Connector {
    /// What has to be signed for a credential: the file's claims with what the person gave, `aud` (the token endpoint where
    /// the file does not say), `iat` and `exp`.
    ///
    /// # Errors
    ///
    /// [`BuildError::Connection`] where the kind has no assertion, something is missing, or what was pasted as a key file is
    /// none.
    pub fn assertion(
        &self,
        auth: &Auth,
        input: &OAuthInput<'_>,
        scopes: &Scopes,
        now: Timestamp,
    ) -> Result<Unsigned, BuildError> {
        let oauth = oauth_of(auth)?;
        let table = oauth
            .assertion
            .as_ref()
            .ok_or_else(|| connection("", "is of a kind that signs nothing"))?;
        let target = Target::new(self, auth, input);
        let build = target.build_input();
        let names = target.names(&build);
        let scopes = scopes.plain.join(&oauth.scope_sep);
        let render = |template: &Template| {
            let read = |name: &str| {
                if name == "scopes" {
                    return Ok(
                        Some(Cow::Owned(scopes.clone())).filter(|scopes: &Cow<'_, str>| !scopes.is_empty())
                    );
                }
                match name.split_once('.') {
                    Some((secret, field)) => inside(names.secret(secret), secret, field).map(Some),
                    None => Ok(names.secret(name)),
                }
            };
            filled(template, auth, read)
        };
        let needed = |template: &Template| {
            render(template)?.ok_or_else(|| connection("", "gives no key to sign with"))
        };
        let mut claims = Map::new();
        for (name, template) in &table.claims {
            if let Some(value) = render(template)? {
                claims.insert(name.clone(), Value::String(value));
            }
        }
        if !claims.contains_key("aud") {
            // The file's own endpoint, not the operator's: it is a name that the platform compares.
            let audience = crate::request::target::own_url(&oauth.token, &names)?;
            claims.insert("aud".to_owned(), Value::String(audience));
        }
        let seconds = now.0.div_euclid(1_000);
        let life = i64::try_from(table.lifetime.as_secs()).unwrap_or(3_600);
        claims.insert("iat".to_owned(), json!(seconds));
        claims.insert("exp".to_owned(), json!(seconds.saturating_add(life)));
        Ok(Unsigned {
            algorithm: table.algorithm,
            key: Secret::new(needed(&table.key)?),
            key_id: table.key_id.as_ref().map(needed).transpose()?,
            claims,
        })
    }

    /// The request that exchanges a signed assertion for an access token. It is made anew where others refresh.
    ///
    /// # Errors
    ///
    /// As [`Self::exchange_code`].
    pub fn jwt_bearer(
        &self,
        auth: &Auth,
        input: &OAuthInput<'_>,
        assertion: &Secret,
    ) -> Result<Request<Bytes>, BuildError> {
        let own = vec![("grant_type", GRANT), ("assertion", assertion.expose())];
        Target::new(self, auth, input).token_request(own)
    }
}

/// A template filled in; nothing where an optional value was not given.
fn filled<'v>(
    template: &Template,
    auth: &Auth,
    read: impl Fn(&str) -> Result<Option<Cow<'v, str>>, BuildError>,
) -> Result<Option<String>, BuildError> {
    let mut values = Vec::new();
    for name in template.names() {
        match read(name)? {
            Some(value) => values.push((name, value)),
            None if name == "scopes" || auth.is_optional(name) => return Ok(None),
            None => return Err(missing(name)),
        }
    }
    let find = |name: &str| {
        let found = values.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.clone())
    };
    template.render(find).map(Some).map_err(|name| missing(&name))
}

/// A field of a key file that was pasted as JSON.
fn inside<'v>(file: Option<Cow<'v, str>>, secret: &str, field: &str) -> Result<Cow<'v, str>, BuildError> {
    let file = file.ok_or_else(|| missing(secret))?;
    let map: Map<String, Value> = serde_json::from_str(&file).map_err(|_not_json| {
        connection(
            secret,
            "is not a key file: paste the whole JSON file, with its braces",
        )
    })?;
    match map
        .get(field)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
    {
        Some(text) => Ok(Cow::Owned(text.to_owned())),
        None => Err(connection(
            secret,
            format!("is a JSON file without `{field}`: it is not the key file that is asked for"),
        )),
    }
}
