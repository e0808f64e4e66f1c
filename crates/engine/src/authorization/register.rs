//! Clients that register themselves (RFC 7591), for those that cannot be described by a document of their own.
//!
//! Anyone may, so that little is kept of each, a client address registers a bounded number, and what is not used is
//! forgotten.

use super::client::UNUSED_MS;
use super::refusal::{OauthError, OauthRefusal};
use super::{name, redirect};
use crate::Engine;
use crate::error::Error;
use crate::limits::WindowKey;
use serde::Serialize;
use serde_json::{Map, Value};
use solder_model::{ClientId, ClientKind, Limit, McpClient, Timestamp};
use std::net::IpAddr;
use std::time::Duration;

/// How many clients an address can register.
const REGISTRATIONS: Limit = Limit {
    count: 30,
    window: Duration::from_hours(1),
};

/// The most redirect URIs of a client.
const MAX_REDIRECTS: usize = 10;

/// The answer to a registration (RFC 7591, 3.2.1).
#[derive(Serialize)]
pub struct Registered {
    client_id: String,
    /// Seconds since 1970.
    client_id_issued_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    /// Never, which is written 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_expires_at: Option<i64>,
    client_name: String,
    redirect_uris: Vec<String>,
    token_endpoint_auth_method: &'static str,
    grant_types: [&'static str; 2],
    response_types: [&'static str; 1],
}

impl std::fmt::Debug for Registered {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Registered({})", self.client_id)
    }
}

impl Engine {
    /// Registers a client that says of itself what `metadata` holds; what is not known of it is passed over.
    pub async fn register_client(
        &self,
        metadata: &Map<String, Value>,
        from: IpAddr,
    ) -> Result<Registered, OauthRefusal> {
        let redirect_uris = redirect_uris(metadata.get("redirect_uris"))?;
        let method = method(metadata.get("token_endpoint_auth_method"))?;
        check_lists(metadata)?;
        let name = metadata.get("client_name").and_then(Value::as_str);
        let name = name.and_then(name::clean).unwrap_or_else(|| {
            let first = redirect_uris.first().map_or("", String::as_str);
            redirect::shown(first)
        });
        let now = self.clock.now();
        let window = WindowKey::registration(from);
        let verdict = self.limits.brake(&window, REGISTRATIONS, now).await;
        if !verdict.allowed {
            return Err(Error::rate_limited(verdict).into());
        }
        let secret = (method != "none").then(|| crate::new_secret(&*self.entropy, "mcs_"));
        let client = McpClient {
            id: ClientId::random(&*self.entropy),
            kind: ClientKind::Dynamic,
            account: None,
            name,
            redirect_uris,
            secret_digest: secret.as_ref().map(|secret| self.vault.digest(secret.expose())),
            created_at: now,
            used_at: None,
        };
        let unused_since = now.plus_ms(-UNUSED_MS);
        self.storage.create_dynamic_client(&client, unused_since).await?;
        tracing::info!(client = client.id.as_str(), "an MCP client registered itself");
        Ok(registered(
            client,
            secret.as_ref().map(|secret| secret.expose().to_owned()),
            method,
            now,
        ))
    }
}

fn registered(client: McpClient, secret: Option<String>, method: &'static str, now: Timestamp) -> Registered {
    Registered {
        client_id: client.id.into(),
        client_id_issued_at: now.0.div_euclid(1_000),
        client_secret_expires_at: secret.as_ref().map(|_| 0),
        client_secret: secret,
        client_name: client.name,
        redirect_uris: client.redirect_uris,
        token_endpoint_auth_method: method,
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
    }
}

fn redirect_uris(sent: Option<&Value>) -> Result<Vec<String>, OauthRefusal> {
    let refused = |words: String| OauthRefusal::new(OauthError::InvalidRedirectUri, words);
    let listed = sent.and_then(Value::as_array).filter(|listed| !listed.is_empty());
    let listed = listed.ok_or_else(|| refused("redirect_uris must be a list of URLs".to_owned()))?;
    if listed.len() > MAX_REDIRECTS {
        return Err(refused(format!(
            "redirect_uris must name at most {MAX_REDIRECTS} URLs"
        )));
    }
    let read = |(place, uri): (usize, &Value)| match uri.as_str() {
        None => Err(refused(format!("redirect_uris[{place}] must be a string"))),
        Some(uri) => match redirect::fault(uri) {
            Some(fault) => Err(refused(format!("redirect_uris[{place}] {fault}"))),
            None => Ok(uri.to_owned()),
        },
    };
    listed.iter().enumerate().map(read).collect()
}

/// How the client will prove itself; `client_secret_basic` where it does not say (RFC 7591, 2).
fn method(sent: Option<&Value>) -> Result<&'static str, OauthRefusal> {
    match sent {
        None | Some(Value::Null) => Ok("client_secret_basic"),
        Some(Value::String(word)) if word == "none" => Ok("none"),
        Some(Value::String(word)) if word == "client_secret_basic" => Ok("client_secret_basic"),
        Some(Value::String(word)) if word == "client_secret_post" => Ok("client_secret_post"),
        Some(_) => Err(OauthRefusal::new(
            OauthError::InvalidClientMetadata,
            "token_endpoint_auth_method must be 'none', 'client_secret_basic' or 'client_secret_post'",
        )),
    }
}

/// What a client means to use has to be something that there is.
fn check_lists(metadata: &Map<String, Value>) -> Result<(), OauthRefusal> {
    let rules = [("grant_types", "authorization_code"), ("response_types", "code")];
    for (field, word) in rules {
        let listed = match metadata.get(field) {
            None | Some(Value::Null) => continue,
            Some(listed) => listed.as_array(),
        };
        if !listed.is_some_and(|words| words.iter().any(|one| one == word)) {
            let words = format!("{field} must name '{word}'");
            return Err(OauthRefusal::new(OauthError::InvalidClientMetadata, words));
        }
    }
    Ok(())
}
