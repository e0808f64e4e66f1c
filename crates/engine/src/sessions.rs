//! Legacy MCP sessions. A session's id carries, sealed, the server and the caller that it was made for, so that
//! every node can tell it and none has to keep it. What is kept is which sessions their clients have ended.

use crate::Engine;
use crate::caller::Caller;
use crate::error::Result;
use crate::warm::ServerEntry;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parking_lot::RwLock;
use solder_model::{Digest, Sealed, Timestamp};
use solder_vault::Context;
use std::collections::HashSet;

/// How long a session can last. A client whose session has ended is told 404 and begins a new one.
const LIFETIME_MS: i64 = 7 * Timestamp::DAY_MS;

/// Sealed ids are about 200 characters; nothing much longer is worth opening.
const MAX_ID: usize = 1_024;

/// The sessions of clients and the sign-ins of browsers that were ended before their time.
#[derive(Default)]
pub(crate) struct EndedSessions(RwLock<HashSet<Digest>>);

impl EndedSessions {
    pub(crate) fn add(&self, digest: Digest) {
        self.0.write().insert(digest);
    }

    /// Puts what storage knows in place of what is held.
    pub(crate) fn replace(&self, digests: Vec<Digest>) {
        *self.0.write() = digests.into_iter().collect();
    }

    pub(crate) fn has(&self, digest: &Digest) -> bool {
        let ended = self.0.read();
        !ended.is_empty() && ended.contains(digest)
    }
}

impl Engine {
    /// A new session for this caller on this server: the text of its `Mcp-Session-Id`.
    pub fn begin_session(&self, caller: &Caller, entry: &ServerEntry) -> String {
        let body = format!("{}\0{}", self.clock.now().0, caller.fingerprint());
        let sealed = self.vault.seal(&*self.entropy, body.as_bytes(), &context(entry));
        URL_SAFE_NO_PAD.encode(sealed.0)
    }

    /// Whether the session is live and was made for this caller on this server.
    pub fn has_session(&self, caller: &Caller, entry: &ServerEntry, id: &str) -> bool {
        self.session_end(caller, entry, id).is_some() && !self.ended.has(&self.vault.digest(id))
    }

    /// Ends a session at its client's wish; false where there is no such session for this caller.
    pub async fn end_session(&self, caller: &Caller, entry: &ServerEntry, id: &str) -> Result<bool> {
        let digest = self.vault.digest(id);
        let Some(until) = self
            .session_end(caller, entry, id)
            .filter(|_| !self.ended.has(&digest))
        else {
            return Ok(false);
        };
        self.storage.end_session(&digest, until, self.clock.now()).await?;
        self.ended.add(digest);
        Ok(true)
    }

    /// When the session would end by itself, if it is this caller's and has not.
    fn session_end(&self, caller: &Caller, entry: &ServerEntry, id: &str) -> Option<Timestamp> {
        if id.len() > MAX_ID {
            return None;
        }
        let sealed = Sealed(URL_SAFE_NO_PAD.decode(id).ok()?);
        let opened = self.vault.open(&sealed, &context(entry)).ok()?;
        let (began, fingerprint) = std::str::from_utf8(&opened).ok()?.split_once('\0')?;
        let until = Timestamp(began.parse().ok()?).plus_ms(LIFETIME_MS);
        (fingerprint == caller.fingerprint() && self.clock.now() < until).then_some(until)
    }
}

fn context(entry: &ServerEntry) -> Context {
    Context::new("session", &[entry.server.id.as_str()])
}
