//! Clients that are described by a document: their id is its URL (draft-ietf-oauth-client-id-metadata-document).
//!
//! Whoever asks for authorization chooses that URL, so that it is fetched as an account's would be, within a small
//! size and a short time, and a bounded number of times for each client address.

use super::{name, redirect};
use crate::Engine;
use crate::error::{Error, Result};
use crate::limits::WindowKey;
use crate::outbound::{Caps, Reach};
use bytes::Bytes;
use http::header::ACCEPT;
use moka::sync::Cache;
use serde_json::{Map, Value};
use solder_model::{ClientId, ClientKind, Limit, McpClient, Timestamp};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// The largest document, in bytes.
const MAX_BYTES: usize = 64 * 1024;
/// How long it may take to come.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How long a document is believed without another look, in milliseconds.
const FRESH_MS: i64 = 600_000;
/// How long its absence is.
const ABSENT_MS: i64 = 60_000;
/// How many documents are remembered.
const ENTRIES: u64 = 1_000;
/// How many redirect URIs of one document count.
const MAX_REDIRECTS: usize = 50;

/// How many documents a client address can have fetched.
const FETCHES: Limit = Limit {
    count: 30,
    window: Duration::from_mins(1),
};

/// The client of a document, or why there is none, as a person reads it.
type Read = std::result::Result<McpClient, String>;

/// The documents that were fetched, each with the moment until which it is believed.
#[derive(Clone)]
pub(crate) struct Documents(Cache<ClientId, Arc<(Timestamp, Read)>>);

impl Default for Documents {
    fn default() -> Self {
        Self(Cache::new(ENTRIES))
    }
}

impl Engine {
    /// The client that the document at `id` describes.
    pub(super) async fn document(&self, id: &ClientId, from: IpAddr) -> Result<Read> {
        let now = self.clock.now();
        if let Some(known) = self.documents.0.get(id).filter(|known| now < known.0) {
            return Ok(known.1.clone());
        }
        if let Err(why) = check_id(id.as_str(), !self.settings.account_networks.is_empty()) {
            return Ok(Err(why.to_owned()));
        }
        let verdict = self.limits.brake(&WindowKey::document(from), FETCHES, now).await;
        if !verdict.allowed {
            return Err(Error::rate_limited(verdict));
        }
        let read = match self.fetch_document(id).await {
            Ok(document) => client(id, &document, now),
            Err(why) => Err(why),
        };
        let until = now.plus_ms(if read.is_ok() { FRESH_MS } else { ABSENT_MS });
        self.documents
            .0
            .insert(id.clone(), Arc::new((until, read.clone())));
        Ok(read)
    }

    async fn fetch_document(&self, id: &ClientId) -> std::result::Result<Map<String, Value>, String> {
        let request = http::Request::get(id.as_str())
            .header(ACCEPT, "application/json")
            .body(Bytes::new())
            .map_err(|_bad| "The client's id is no URL that can be fetched".to_owned())?;
        let caps = Caps::starting_now(TIMEOUT, MAX_BYTES);
        let answer = self.outbound.send(Reach::Account, &request, &caps).await;
        let answer = answer.map_err(|error| {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "a client's document could not be fetched"
            );
            format!("The document that describes the client, at {id}, could not be fetched")
        })?;
        if answer.status() != http::StatusCode::OK {
            let status = answer.status().as_u16();
            return Err(format!(
                "The document that describes the client, at {id}, was answered with status {status}"
            ));
        }
        match serde_json::from_slice(answer.body()) {
            Ok(Value::Object(document)) => Ok(document),
            _ => Err(format!(
                "What stands at {id} is no JSON object that describes a client"
            )),
        }
    }
}

/// An id is a URL with a path, as HTTPS has it, without dot segments, fragment or user. Plain HTTP is taken where the
/// operator opened a network for the URLs of accounts, and leads nowhere else.
fn check_id(id: &str, plain: bool) -> std::result::Result<(), &'static str> {
    let url = Url::parse(id).map_err(|_bad| "The client's id is neither known here nor a URL")?;
    let path = id
        .split_once("://")
        .and_then(|(_, rest)| rest.find('/').and_then(|start| rest.get(start..)));
    let path = path.and_then(|path| path.split('?').next()).unwrap_or_default();
    let climbs = path.split('/').any(|segment| {
        let plain = segment.to_ascii_lowercase().replace("%2e", ".");
        plain == "." || plain == ".."
    });
    match url.scheme() {
        "https" => {}
        "http" if plain => {}
        _ => return Err("A client's id that is a URL must be an HTTPS URL"),
    }
    if path.len() < 2 || climbs || id.contains(['#', '\\']) {
        return Err("A client's id that is a URL must have a path, without `.` and `..`, and no fragment");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("A client's id that is a URL must hold no user name");
    }
    Ok(())
}

/// Reads a document. What a public client does not need is passed over.
fn client(id: &ClientId, document: &Map<String, Value>, now: Timestamp) -> Read {
    let text = |field: &str| document.get(field).and_then(Value::as_str);
    if text("client_id") != Some(id.as_str()) {
        return Err(format!(
            "The document at {id} describes another client: its client_id differs"
        ));
    }
    let method = text("token_endpoint_auth_method").unwrap_or("none");
    if method != "none" || document.contains_key("client_secret") {
        return Err(format!(
            "The document at {id} asks for a way to prove itself that is not taken here: \
             token_endpoint_auth_method must be `none`"
        ));
    }
    let lists = |field: &str, word: &str| match document.get(field) {
        None | Some(Value::Null) => true,
        Some(listed) => listed
            .as_array()
            .is_some_and(|words| words.iter().any(|one| one == word)),
    };
    if !lists("grant_types", "authorization_code") || !lists("response_types", "code") {
        return Err(format!(
            "The document at {id} describes a client that takes no authorization code"
        ));
    }
    let uris = document.get("redirect_uris").and_then(Value::as_array);
    let uris = uris.map_or(&[][..], Vec::as_slice).iter().take(MAX_REDIRECTS);
    let redirect_uris: Vec<String> = uris
        .filter_map(Value::as_str)
        .filter(|uri| redirect::fault(uri).is_none())
        .map(str::to_owned)
        .collect();
    if redirect_uris.is_empty() {
        return Err(format!(
            "The document at {id} names no redirect_uris that an answer could be sent to"
        ));
    }
    let host = Url::parse(id.as_str()).ok();
    let host = host.as_ref().and_then(Url::host_str).unwrap_or_default();
    Ok(McpClient {
        id: id.clone(),
        kind: ClientKind::Document,
        account: None,
        name: text("client_name")
            .and_then(name::clean)
            .unwrap_or_else(|| host.to_owned()),
        redirect_uris,
        secret_digest: None,
        created_at: now,
        used_at: None,
    })
}

#[cfg(test)]
mod tests {
    use super::{check_id, client};
    use serde_json::{Value, json};
    use solder_model::{ClientId, Timestamp};

    const ID: &str = "https://client.example/oauth/client.json";

    fn read(document: &Value) -> Result<String, String> {
        let id = ClientId::new(ID).unwrap();
        client(&id, document.as_object().unwrap(), Timestamp(0)).map(|client| client.name)
    }

    #[test]
    fn an_id_is_an_https_url_with_a_path() {
        assert!(check_id(ID, false).is_ok());
        assert!(check_id("https://client.example/?x=1", false).is_err());
        for bad in [
            "https://client.example",
            "https://client.example/",
            "http://client.example/c.json",
            "https://client.example/../c.json",
            "https://client.example/a/%2E/c.json",
            "https://client.example/c.json#x",
            "https://a@client.example/c.json",
            "https://client.example\\c.json",
            "ftp://client.example/c.json",
            "not a url:",
        ] {
            assert!(check_id(bad, false).is_err(), "{bad}");
        }
        assert!(check_id("http://client.example/c.json", true).is_ok());
    }

    #[test]
    fn a_document_describes_the_client_whose_id_it_names() {
        let good = json!({ "client_id": ID, "redirect_uris": ["https://client.example/cb"] });
        assert_eq!(read(&good).unwrap(), "client.example");
        let mut named = good.clone();
        named["client_name"] = json!("The\u{202e} Client");
        assert_eq!(read(&named).unwrap(), "The Client");
        for (field, value) in [
            ("client_id", json!("https://client.example/oauth/other.json")),
            ("client_id", json!(null)),
            ("redirect_uris", json!([])),
            (
                "redirect_uris",
                json!(["http://client.example/cb", "javascript:x"]),
            ),
            ("redirect_uris", json!("https://client.example/cb")),
            ("token_endpoint_auth_method", json!("client_secret_post")),
            ("token_endpoint_auth_method", json!("private_key_jwt")),
            ("client_secret", json!("x")),
            ("grant_types", json!(["client_credentials"])),
            ("response_types", json!(["token"])),
        ] {
            let mut bad = good.clone();
            bad[field] = value.clone();
            assert!(read(&bad).is_err(), "{field} {value}");
        }
    }
}
