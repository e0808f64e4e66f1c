//! Where a call happens: on a server, under its restrictions, or in the whole catalogue of the caller's account.

use crate::Engine;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::warm::ServerEntry;
use solder_model::{Policy, ServerId};
use std::sync::Arc;

static OPEN: Policy = Policy::OPEN;

/// What an operation has to know of the server that it runs on, if it runs on one.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a>(Option<&'a ServerEntry>);

impl<'a> Scope<'a> {
    /// Everything that the account has: no server restricts it.
    pub const ACCOUNT: Self = Scope(None);

    /// A server, with its restrictions.
    pub const fn server(entry: &'a ServerEntry) -> Self {
        Self(Some(entry))
    }

    /// What may be seen and done here.
    pub(crate) fn policy(self) -> &'a Policy {
        self.0.map_or(&OPEN, |entry| &entry.policy)
    }

    /// The server.
    pub(crate) const fn entry(self) -> Option<&'a ServerEntry> {
        self.0
    }

    /// The server's id.
    pub(crate) fn server_id(self) -> Option<&'a ServerId> {
        self.0.map(|entry| &entry.server.id)
    }
}

impl<'a> From<Option<&'a ServerEntry>> for Scope<'a> {
    fn from(entry: Option<&'a ServerEntry>) -> Self {
        Self(entry)
    }
}

impl Engine {
    /// The server that a caller of the management API wants to work on, with its users layer: unknown and foreign ones
    /// are 404 alike, whoever is outside the layer is refused.
    pub async fn enter(&self, caller: &Caller, server: &str) -> Result<Arc<ServerEntry>> {
        let id = ServerId::new(server).map_err(|_bad| Error::ServerNotFound)?;
        let found = self.warm.server(&self.storage, &id).await?;
        let entry = found
            .filter(|entry| entry.server.account == caller.account)
            .ok_or(Error::ServerNotFound)?;
        self.admit(caller, &entry)?;
        Ok(entry)
    }
}
