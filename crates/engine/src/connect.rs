//! Tickets to the connect pages, where a user connects platforms in a browser and no secret passes through a model.
//!
//! A ticket is made for one user by a caller who acts as that user. Its URL holds 256 random bits and works once: the
//! first browser that gets in is the only one that the ticket opens anything for, and from then on pages go by the
//! ticket's id, which is no secret. Who gets in is decided by the strongest proof that the account has (`opening`).

mod consent;
mod input;
mod keys;
mod offer;
mod opening;
mod proof;
mod view;
mod visit;

pub use consent::{Onward, WaitingConnection};
pub use keys::Joined;
pub use offer::{Allowed, AllowedGroup, ConnectorOffer, FieldOffer, Standing, WayOffered};
pub use opening::{Guest, TicketCover, TicketSight, WayIn};
pub use view::{TicketCreated, TicketDeleted, TicketView};
pub use visit::{Landing, TicketVisit};

use crate::Engine;
use crate::caller::Caller;
use crate::catalog::Shelf;
use crate::error::{Error, Result};
use crate::warm::ServerEntry;
use input::TicketDraft;
use serde_json::{Map, Value, json};
use solder_model::{AccountId, ConnectTicket, ConnectorId, Fault, Policy, ServerId, TicketId, Timestamp};
use std::sync::Arc;

/// What a ticket shall be for, already checked.
#[derive(Debug)]
pub(crate) struct NewTicket {
    /// The server whose restrictions hold.
    pub(crate) server: Option<ServerId>,
    /// The connectors that are offered; absent: all that the restrictions leave in reach and that need a credential.
    pub(crate) connectors: Option<Vec<ConnectorId>>,
    /// Where the browser goes in the end.
    pub(crate) redirect_uri: Option<String>,
    /// How long it can be opened, in seconds.
    pub(crate) seconds: i64,
}

impl Engine {
    /// Makes a ticket for the acting user: `{"serverId"?,"connectors"?,"redirectUri"?,"expiresInSeconds"?}`. The answer
    /// alone holds the URL.
    pub async fn create_connect_ticket(
        &self,
        caller: &Caller,
        body: &Map<String, Value>,
    ) -> Result<TicketCreated> {
        if caller.token_url().is_some() {
            return Err(Error::Forbidden(
                "A token URL makes no tickets: use an API key".to_owned(),
            ));
        }
        let draft = TicketDraft::read(body)?;
        let server = match &draft.server {
            Some(id) => Some(self.ticket_server(caller, id).await?),
            None => None,
        };
        let policy = server.as_ref().map(|entry| &entry.policy);
        let open = Policy::default();
        let connectors = self
            .ticket_connectors(&caller.account, &draft, policy.unwrap_or(&open))
            .await?;
        let new = NewTicket {
            server: server.map(|entry| entry.server.id.clone()),
            connectors,
            redirect_uri: draft.redirect_uri,
            seconds: draft.seconds,
        };
        self.issue_ticket(caller, new).await
    }

    /// Makes a ticket for the acting user, who has to be stored. What is connected by a ticket that a token URL alone
    /// asked for belongs to that URL's server.
    pub(crate) async fn issue_ticket(&self, caller: &Caller, new: NewTicket) -> Result<TicketCreated> {
        let user = caller.user.clone();
        let user = user.ok_or_else(|| Error::Forbidden("This user is not stored yet".to_owned()))?;
        let secret = crate::new_secret(&*self.entropy, "ct_");
        let now = self.clock.now();
        let ticket = ConnectTicket {
            id: TicketId::random(&*self.entropy),
            account: caller.account.clone(),
            user,
            user_name: caller.user_name.clone(),
            server: new.server,
            connectors: new.connectors,
            redirect_uri: new.redirect_uri,
            made_through: caller.token_url().cloned(),
            digest: self.ticket_digest(secret.expose()),
            created_at: now,
            expires_at: now.plus_ms(new.seconds.saturating_mul(1_000)),
            opening: None,
            ended_at: None,
        };
        let details = json!({ "server": ticket.server.as_ref().map(ServerId::as_str) });
        let audit = self.audit(caller, "ticket.create", ticket.id.as_str(), details);
        let kept = self.storage.create_connect_ticket(&ticket, &audit).await;
        kept.map_err(|error| match error {
            // The server was deleted in between.
            solder_storage::Error::NotFound => Error::ServerNotFound,
            other => Error::Storage(other),
        })?;
        let url = format!("{}/connect/{}", self.settings.public_url, secret.expose());
        Ok(TicketCreated::new(&ticket, url))
    }

    /// A ticket of the acting user, with what was connected by it so far.
    pub async fn get_connect_ticket(&self, caller: &Caller, id: &str) -> Result<TicketView> {
        let ticket = self.own_ticket(caller, id).await?;
        let connected = self.storage.list_connected(&ticket.id).await?;
        Ok(TicketView::new(&ticket, connected, self.clock.now()))
    }

    /// Removes a ticket of the acting user: its URL and its pages end at once. What was connected stays connected.
    pub async fn delete_connect_ticket(&self, caller: &Caller, id: &str) -> Result<TicketDeleted> {
        let ticket = self.own_ticket(caller, id).await?;
        let audit = self.audit(caller, "ticket.delete", ticket.id.as_str(), json!({}));
        if self.storage.delete_connect_ticket(&ticket.id, &audit).await? {
            Ok(TicketDeleted::new(&ticket.id))
        } else {
            Err(unknown())
        }
    }

    /// What a ticket is looked up by. Its text is hashed with a word of its own, so that no other kind of secret can
    /// stand for it.
    fn ticket_digest(&self, text: &str) -> solder_model::Digest {
        self.vault.digest(&format!("connect ticket\0{text}"))
    }

    async fn own_ticket(&self, caller: &Caller, id: &str) -> Result<ConnectTicket> {
        if caller.token_url().is_some() {
            return Err(unknown());
        }
        let id = TicketId::new(id).map_err(|_bad| unknown())?;
        let found = self.storage.find_connect_ticket(&id).await?;
        let own =
            |one: &ConnectTicket| one.account == caller.account && Some(&one.user) == caller.user.as_ref();
        found.filter(own).ok_or_else(unknown)
    }

    /// The server of a ticket: any of the caller's account that admits the acting user.
    async fn ticket_server(&self, caller: &Caller, id: &str) -> Result<Arc<ServerEntry>> {
        let id = ServerId::new(id).map_err(|_bad| Error::ServerNotFound)?;
        let found = self.warm.server(&self.storage, &id).await?;
        let entry = found.filter(|entry| entry.server.account == caller.account);
        let entry = entry.ok_or(Error::ServerNotFound)?;
        self.admit(caller, &entry)?;
        Ok(entry)
    }

    /// The connectors that were named, each in reach and in need of a credential; every fault is listed.
    async fn ticket_connectors(
        &self,
        account: &AccountId,
        draft: &TicketDraft,
        policy: &Policy,
    ) -> Result<Option<Vec<ConnectorId>>> {
        let Some(named) = &draft.connectors else {
            return Ok(None);
        };
        let shelf = self.shelf(account).await?;
        let (mut ids, mut faults) = (Vec::new(), Vec::new());
        for (place, id) in named.iter().enumerate() {
            match needed_connector(&shelf, id, policy) {
                Ok(id) if ids.contains(&id) => {}
                Ok(id) => ids.push(id),
                Err(message) => faults.push(Fault::new(format!("connectors[{place}]"), message)),
            }
        }
        if faults.is_empty() {
            Ok(Some(ids))
        } else {
            Err(Error::Invalid(faults))
        }
    }
}

fn needed_connector(shelf: &Shelf, id: &str, policy: &Policy) -> std::result::Result<ConnectorId, String> {
    match shelf.seen(id, policy) {
        Ok(entry) => match entry.connector() {
            Ok(connector) if connector.needs_credential() => Ok(entry.id.clone()),
            _ => Err("needs no credential: there is nothing to connect".to_owned()),
        },
        Err(Error::ConnectorNotFound { id, near }) if near.is_empty() => {
            Err(format!("`{id}` is no connector in reach"))
        }
        Err(Error::ConnectorNotFound { id, near }) => Err(format!(
            "`{id}` is no connector in reach; near it are {}",
            near.join(", ")
        )),
        Err(_) => Err("cannot be connected at the moment".to_owned()),
    }
}

fn unknown() -> Error {
    Error::NotFound("There is no such ticket of this user")
}

/// Whether a ticket's time is over.
fn is_over(ticket: &ConnectTicket, now: Timestamp) -> bool {
    ticket.expires_at <= now
}
