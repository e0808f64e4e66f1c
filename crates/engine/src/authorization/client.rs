//! Which client asks: found by its id, and proven by its secret where it has one.

use super::form::OauthForm;
use super::refusal::{OauthError, OauthRefusal};
use crate::Engine;
use crate::error::{Error, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use solder_model::{ClientId, ClientKind, McpClient, Secret, Timestamp};
use std::net::IpAddr;
use url::form_urlencoded;

/// A client that registered itself is forgotten when it has not been used for so long, in milliseconds.
pub(super) const UNUSED_MS: i64 = 90 * Timestamp::DAY_MS;

/// What a client says of itself at the token and revocation endpoints.
struct Presented {
    id: String,
    secret: Option<Secret>,
}

impl Engine {
    /// The client of that id. A URL is looked up as a document; `Err` in the inner result says for a person why there
    /// is no such client.
    pub(super) async fn find_client(
        &self,
        id: &str,
        from: IpAddr,
    ) -> Result<std::result::Result<McpClient, String>> {
        let unknown = || Err("No such client is registered here".to_owned());
        let Ok(id) = ClientId::new(id) else {
            return Ok(unknown());
        };
        if is_url(&id) {
            return self.document(&id, from).await;
        }
        let found = self.storage.find_client(&id).await?;
        let found = found.filter(|client| !self.is_forgotten(client));
        Ok(found.map_or_else(unknown, Ok))
    }

    /// The client of a request to the token or the revocation endpoint, proven by its secret where it has one
    /// (RFC 6749, 2.3.1). A client that is described by a document is public, so that its id is enough: what it may
    /// have is bound to that id.
    pub(super) async fn proven_client(
        &self,
        form: &OauthForm<'_>,
    ) -> std::result::Result<ClientId, OauthRefusal> {
        let refused = |words: &'static str| OauthRefusal::new(OauthError::InvalidClient, words);
        let presented = presented(form)?;
        let id = ClientId::new(&presented.id).map_err(|_bad| refused("The client is unknown"))?;
        if is_url(&id) {
            return match presented.secret {
                None => Ok(id),
                Some(_) => Err(refused("A client that is described by a document has no secret")),
            };
        }
        let found = self.storage.find_client(&id).await?;
        let Some(client) = found.filter(|client| !self.is_forgotten(client)) else {
            return Err(self.unproven(form.from, "The client is unknown").await);
        };
        match (client.secret_digest, presented.secret) {
            (None, None) => Ok(id),
            (Some(digest), Some(secret)) if digest == self.vault.digest(secret.expose()) => Ok(id),
            (Some(_), None) => Err(refused("The client must send its secret")),
            (None, Some(_)) => Err(refused("The client has no secret")),
            (Some(_), Some(_)) => Err(self
                .unproven(form.from, "The client's secret does not hold")
                .await),
        }
    }

    /// Counts a failure of the address, and says what it is answered with.
    async fn unproven(&self, from: IpAddr, words: &'static str) -> OauthRefusal {
        match self.limits.failed_authentication(from, self.clock.now()).await {
            Some(taken) if !taken.verdict.allowed => Error::rate_limited(taken.verdict).into(),
            _ => OauthRefusal::new(OauthError::InvalidClient, words),
        }
    }

    fn is_forgotten(&self, client: &McpClient) -> bool {
        let last = client.used_at.unwrap_or(client.created_at);
        client.kind == ClientKind::Dynamic && self.clock.now().since(last) > UNUSED_MS
    }
}

/// Whether the id is the address of a document. Ids that are given here hold no colon.
pub(super) fn is_url(id: &ClientId) -> bool {
    id.as_str().contains(':')
}

fn presented(form: &OauthForm<'_>) -> std::result::Result<Presented, OauthRefusal> {
    let (id, secret) = (form.one("client_id")?, form.one("client_secret")?);
    let Some(header) = form.authorization else {
        let missing = || OauthRefusal::new(OauthError::InvalidClient, "The client must send its client_id");
        return Ok(Presented {
            id: id.ok_or_else(missing)?.to_owned(),
            secret: secret.map(Secret::new),
        });
    };
    let unreadable = || OauthRefusal::new(OauthError::InvalidClient, "The Authorization header is not Basic");
    let basic = basic(header).ok_or_else(unreadable)?;
    if secret.is_some() {
        let words = "The client proves itself in two ways at once";
        return Err(OauthRefusal::new(OauthError::InvalidRequest, words));
    }
    if id.is_some_and(|id| id != basic.id) {
        let words = "client_id and the Authorization header name two clients";
        return Err(OauthRefusal::new(OauthError::InvalidRequest, words));
    }
    Ok(basic)
}

/// Reads `Basic`: id and secret are form-encoded before they are joined (RFC 6749, 2.3.1).
fn basic(header: &str) -> Option<Presented> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let joined = zeroize::Zeroizing::new(STANDARD.decode(encoded.trim()).ok()?);
    let (id, secret) = std::str::from_utf8(&joined).ok()?.split_once(':')?;
    Some(Presented {
        id: decoded(id)?,
        secret: Some(decoded(secret)?)
            .filter(|secret| !secret.is_empty())
            .map(Secret::new),
    })
}

fn decoded(text: &str) -> Option<String> {
    if text.contains(['&', '=']) {
        return None;
    }
    let name = form_urlencoded::parse(text.as_bytes()).next();
    Some(name.map_or_else(String::new, |(name, _)| name.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::basic;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    #[test]
    fn basic_is_decoded_twice() {
        let read = |text: &str| basic(&format!("bAsIc {}", STANDARD.encode(text)));
        let found = read("https%3A%2F%2Fa%2F:p+%25").unwrap();
        assert_eq!(found.id, "https://a/");
        assert_eq!(found.secret.unwrap().expose(), "p %");
        assert!(read("mcl_a:").unwrap().secret.is_none());
        assert!(read("mcl_a").is_none());
        assert!(basic("Bearer x").is_none() && basic("Basic é").is_none());
    }
}
