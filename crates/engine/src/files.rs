//! Links to files: what a platform gives that is no small text goes past the model, as a link with an expiry.
//!
//! A link carries, sealed, who may follow it and what it asks of the platform, so that every node can open it and none has to
//! keep it. Following it goes the way of a call once more: whatever has been closed meanwhile, the server, the key, the
//! credential, the restrictions, closes the link too. The file streams through, and is never held as a whole.

mod holder;
mod name;

pub(crate) use name::file_name;

use crate::Engine;
use crate::call::Request;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::outbound::{Body, Cut};
use crate::scope::Scope;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use holder::Holder;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use solder_connector::{Action, Connector};
use solder_model::{Credential, Sealed, ServerId, Timestamp};
use solder_vault::Context;
use std::net::IpAddr;

/// How long a link holds.
const LASTS_MS: i64 = 15 * 60 * 1_000;

/// The longest token of a link, in characters: URLs that are longer are not taken everywhere.
const MAX_TOKEN: usize = 6_000;

/// What is read of a file to tell whether it is a small text, in bytes.
pub(crate) const PEEK: usize = 64 * 1024;

/// What a link holds.
#[derive(Serialize, Deserialize)]
struct Link {
    holder: Holder,
    server: Option<ServerId>,
    connector: String,
    action: String,
    parameters: Map<String, Value>,
    credential: Option<String>,
    until: i64,
}

/// A file on its way from a platform.
#[derive(Debug)]
pub struct OpenedFile {
    /// The media type, as the platform says.
    pub content_type: String,
    /// How long it is, where the platform says.
    pub size: Option<u64>,
    /// Its name, where the platform says.
    pub name: Option<String>,
    /// The file, piece by piece.
    pub body: Body,
}

/// What is told of a file that was looked at: all of it where it is a small text.
pub(crate) fn peeked(value: Value, response: &http::Response<bytes::Bytes>) -> Value {
    let cut = response.extensions().get::<Cut>();
    if cut.is_none() && value.get("text").is_some() {
        return value;
    }
    let kind = value.get("contentType").cloned().unwrap_or_default();
    let size = cut.map_or_else(|| Some(response.body().len() as u64), |cut| cut.length);
    let mut file = Map::from_iter([("contentType".to_owned(), kind)]);
    file.extend(size.map(|size| ("size".to_owned(), json!(size))));
    file.extend(file_name(response.headers()).map(|name| ("name".to_owned(), json!(name))));
    Value::Object(file)
}

impl Engine {
    /// Adds a link to what is told of a file, where what is told is not all of it.
    pub(crate) fn with_link(
        &self,
        caller: &Caller,
        scope: Scope<'_>,
        (connector, action): (&Connector, &Action),
        request: &Request,
        (credential, mut value): (Option<&Credential>, Value),
    ) -> Result<Value> {
        let is_whole = value
            .get("text")
            .and_then(Value::as_str)
            .is_some_and(|text| text.len() <= self.settings.shaping.string_bytes);
        let Some(file) = value.as_object_mut().filter(|_| !is_whole) else {
            return Ok(value);
        };
        let until = self.clock.now().plus_ms(LASTS_MS);
        let link = Link {
            holder: Holder::of(caller, scope)?,
            server: scope.server_id().cloned(),
            connector: connector.id.as_str().to_owned(),
            action: action.id.clone(),
            parameters: request.parameters.clone(),
            credential: credential.map(|one| one.id.as_str().to_owned()),
            until: until.0,
        };
        let body = serde_json::to_vec(&link).map_err(|_bad| Error::Internal("a link is no JSON"))?;
        let sealed = self.vault.seal(&*self.entropy, &body, &context());
        let token = URL_SAFE_NO_PAD.encode(sealed.0);
        if token.len() > MAX_TOKEN {
            return Err(Error::invalid(
                "parameters",
                "are too long for a link to the file: about 4,000 bytes are taken",
            ));
        }
        file.insert(
            "url".to_owned(),
            json!(format!("{}/files/{token}", self.settings.public_url)),
        );
        file.insert("expiresAt".to_owned(), json!(until.to_string()));
        Ok(value)
    }

    /// Follows a link. Unknown, altered and ended ones read alike, and are counted for the client's address.
    pub async fn open_file(&self, token: &str, client: IpAddr) -> Result<OpenedFile> {
        let Some(link) = self.read_link(token) else {
            return Err(match self.failed_from(client).await {
                Error::Unauthorized => gone(),
                limited => limited,
            });
        };
        let entry = match &link.server {
            Some(id) => Some(self.warm.server(&self.storage, id).await?.ok_or_else(gone)?),
            None => None,
        };
        let caller = self
            .held(&link.holder, entry.as_deref(), client)
            .await?
            .ok_or_else(gone)?;
        if let Some(entry) = &entry {
            if entry.server.account != *caller.account() {
                return Err(gone());
            }
            self.admit(&caller, entry)?;
            caller.check_way(entry.server.ways_in)?;
        }
        if let Some(state) = self.limit_calls(&caller, 1).await {
            state.refusal()?;
        }
        let request = Request {
            connector: link.connector,
            action: link.action,
            parameters: link.parameters,
            credential: link.credential,
            credential_header: None,
            timeout: None,
            ask: None,
            cut: None,
            notes: Vec::new(),
        };
        let scope = entry.as_deref().map_or(Scope::ACCOUNT, Scope::server);
        // In a place of its own: it is large.
        Box::pin(self.stream_file(&caller, scope, &request)).await
    }

    fn read_link(&self, token: &str) -> Option<Link> {
        if token.len() > MAX_TOKEN {
            return None;
        }
        let sealed = Sealed(URL_SAFE_NO_PAD.decode(token).ok()?);
        let opened = self.vault.open(&sealed, &context()).ok()?;
        let link: Link = serde_json::from_slice(&opened).ok()?;
        (self.clock.now() < Timestamp(link.until)).then_some(link)
    }
}

fn gone() -> Error {
    Error::NotFound("This link has ended or never was: execute the action again for a new one")
}

fn context() -> Context {
    Context::new("file-link", &["download"])
}
