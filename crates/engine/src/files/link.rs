//! Links to files: a sealed text that says who may follow it, what it asks of the platform, and until when.

use super::holder::Holder;
use crate::Engine;
use crate::ask::Ask;
use crate::call::Request;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::scope::Scope;
use crate::warm::ServerEntry;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use solder_connector::{Action, Connector};
use solder_model::{Credential, Digest, Sealed, ServerId, Timestamp};
use solder_vault::Context;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// How long a link holds.
const LASTS_MS: i64 = 15 * 60 * 1_000;

/// The longest token of a link, in characters: URLs that are longer are not taken everywhere, and are cut as long texts are.
const MAX_TOKEN: usize = 4_900;

/// Which way a file goes by a link. What was sealed for one way does not open for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From the platform.
    Down,
    /// To the platform.
    Up,
}

impl Direction {
    fn context(self) -> Context {
        let name = match self {
            Self::Down => "download",
            Self::Up => "upload",
        };
        Context::new("file-link", &[name])
    }

    /// Where links of this direction stand, below the public URL.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Down => "/files/",
            Self::Up => "/uploads/",
        }
    }
}

/// What a link holds.
#[derive(Serialize, Deserialize)]
pub(super) struct Link {
    holder: Holder,
    server: Option<ServerId>,
    connector: String,
    action: String,
    parameters: Map<String, Value>,
    credential: Option<String>,
    until: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fields: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timeout_ms: Option<u64>,
}

/// A link that was followed: who does so, where, what is asked, and which link it was.
pub(super) struct Followed {
    pub(super) caller: Caller,
    pub(super) entry: Option<Arc<ServerEntry>>,
    pub(super) request: Request,
    pub(super) link: Digest,
    pub(super) until: Timestamp,
}

impl Followed {
    pub(super) fn scope(&self) -> Scope<'_> {
        self.entry.as_deref().map_or(Scope::ACCOUNT, Scope::server)
    }
}

impl Engine {
    /// The URL of a link to what was asked, and when it ends.
    pub(super) fn link(
        &self,
        direction: Direction,
        (caller, scope): (&Caller, Scope<'_>),
        (connector, action): (&Connector, &Action),
        request: &Request,
        credential: Option<&Credential>,
    ) -> Result<(String, Timestamp)> {
        let until = self.clock.now().plus_ms(LASTS_MS);
        let link = Link {
            holder: Holder::of(caller, scope)?,
            server: scope.server_id().cloned(),
            connector: connector.id.as_str().to_owned(),
            action: action.id.clone(),
            parameters: request.parameters.clone(),
            credential: credential.map(|one| one.id.as_str().to_owned()),
            until: until.0,
            fields: request.ask.as_ref().map(|ask| ask.text().to_owned()),
            timeout_ms: request
                .timeout
                .and_then(|timeout| u64::try_from(timeout.as_millis()).ok()),
        };
        let body = serde_json::to_vec(&link).map_err(|_bad| Error::Internal("a link is no JSON"))?;
        let sealed = self.vault.seal(&*self.entropy, &body, &direction.context());
        let token = URL_SAFE_NO_PAD.encode(sealed.0);
        if token.len() > MAX_TOKEN {
            return Err(Error::invalid(
                "parameters",
                "are too long for a link to the file: about 3,000 bytes are taken",
            ));
        }
        let url = format!("{}{}{token}", self.settings.public_url, direction.path());
        Ok((url, until))
    }

    /// The way in by a link. Unknown, altered and ended ones read alike, and are counted for the client's address.
    pub(super) async fn follow_link(
        &self,
        direction: Direction,
        token: &str,
        client: IpAddr,
    ) -> Result<Followed> {
        let Some(link) = self.read_link(direction, token) else {
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
        Ok(Followed {
            caller,
            entry,
            until: Timestamp(link.until),
            link: self.vault.digest(token),
            request: link.asked(),
        })
    }

    fn read_link(&self, direction: Direction, token: &str) -> Option<Link> {
        if token.len() > MAX_TOKEN {
            return None;
        }
        let sealed = Sealed(URL_SAFE_NO_PAD.decode(token).ok()?);
        let opened = self.vault.open(&sealed, &direction.context()).ok()?;
        let link: Link = serde_json::from_slice(&opened).ok()?;
        (self.clock.now() < Timestamp(link.until)).then_some(link)
    }
}

impl Link {
    fn asked(self) -> Request {
        Request {
            connector: self.connector,
            action: self.action,
            parameters: self.parameters,
            credential: self.credential,
            credential_header: None,
            timeout: self.timeout_ms.map(Duration::from_millis),
            ask: self.fields.and_then(|text| Ask::read(&text).ok()),
            cut: None,
            notes: Vec::new(),
        }
    }
}

pub(super) fn gone() -> Error {
    Error::NotFound("This link has ended or never was: execute the action again for a new one")
}
