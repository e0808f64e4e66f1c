//! A ticket that is open in its browser: whoever holds a [`TicketVisit`] was let in as the ticket's user.

use crate::Engine;
use crate::caller::{Caller, Way};
use crate::error::{Error, Result};
use crate::warm::ServerEntry;
use serde_json::json;
use solder_model::{
    ConnectTicket, ConnectorId, CredentialId, Policy, Proof, ServerId, TicketId, Timestamp, UserName,
};
use std::net::IpAddr;
use std::sync::Arc;

/// A ticket in the one browser that it is open in. It can be made by the opening alone.
#[derive(Debug)]
pub struct TicketVisit {
    ticket: ConnectTicket,
    proof: Proof,
    account_name: String,
    server: Option<Arc<ServerEntry>>,
    policy: Policy,
    caller: Caller,
}

/// Where the browser goes when its user is done.
#[derive(Debug, PartialEq, Eq)]
pub enum Landing {
    /// To the redirect URI, which is listed.
    Redirect(String),
    /// It stays. `unlisted` is the redirect URI that was asked for and is not listed.
    Stay {
        /// That URI.
        unlisted: Option<String>,
    },
}

impl TicketVisit {
    /// The ticket's id, by which its pages go.
    pub fn id(&self) -> &TicketId {
        &self.ticket.id
    }

    /// The account's name.
    pub fn account_name(&self) -> &str {
        &self.account_name
    }

    /// The user's external id.
    pub fn user_name(&self) -> &UserName {
        &self.ticket.user_name
    }

    /// The server's name.
    pub fn server_name(&self) -> Option<&str> {
        self.server.as_ref().map(|entry| entry.server.name.as_str())
    }

    /// Whether what is connected has to be confirmed under the user's name before it is kept: nothing proves that the
    /// person at the browser is the user.
    pub fn asks_to_confirm(&self) -> bool {
        !self.proof.names_the_person()
    }

    /// When its pages end.
    pub fn expires_at(&self) -> Timestamp {
        self.ticket.expires_at
    }

    /// Whom its requests are counted for.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    pub(super) fn policy(&self) -> &Policy {
        &self.policy
    }

    pub(super) fn server_id(&self) -> Option<&ServerId> {
        self.ticket.server.as_ref()
    }

    /// The connectors that were named, if any were.
    pub(super) fn named(&self) -> Option<&[ConnectorId]> {
        self.ticket.connectors.as_deref()
    }

    /// Whether a connector is one of those that the ticket is for.
    pub(super) fn offers(&self, connector: &ConnectorId) -> bool {
        let named = self.ticket.connectors.as_ref();
        self.policy.allows(connector) && named.is_none_or(|named| named.contains(connector))
    }
}

impl Engine {
    /// Lets the browser of an open ticket in, as long as the server still admits the user.
    pub(super) async fn visit(
        &self,
        ticket: ConnectTicket,
        proof: Proof,
        client: IpAddr,
    ) -> Result<TicketVisit> {
        let account = self.storage.find_account(&ticket.account).await?;
        let server = match &ticket.server {
            Some(id) => Some(
                self.warm
                    .server(&self.storage, id)
                    .await?
                    .ok_or(Error::ServerNotFound)?,
            ),
            None => None,
        };
        let caller = Caller {
            account: ticket.account.clone(),
            user: Some(ticket.user.clone()),
            user_name: ticket.user_name.clone(),
            way: Way::Ticket {
                ticket: ticket.id.clone(),
                made_through: ticket.made_through.clone(),
            },
            client,
        };
        if let Some(entry) = &server {
            self.admit(&caller, entry)?;
        }
        Ok(TicketVisit {
            policy: server
                .as_ref()
                .map(|entry| entry.server.restrictions.policy())
                .unwrap_or_default(),
            account_name: account.map(|account| account.name).unwrap_or_default(),
            ticket,
            proof,
            server,
            caller,
        })
    }

    /// Ends a ticket whose user is done. What waits to be confirmed is forgotten.
    pub async fn finish_ticket(&self, visit: &TicketVisit) -> Result<Landing> {
        for pending in self.pending_connections(visit.id().as_str()).await? {
            // One that was confirmed or forgotten in the meantime is not there any more, which is as well.
            match self.discard_connection(visit.id().as_str(), &pending.flow).await {
                Ok(()) | Err(Error::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        let connected = self.storage.list_connected(visit.id()).await?;
        let audit = self.audit(
            &visit.caller,
            "ticket.end",
            visit.id().as_str(),
            json!({ "connected": connected.len() }),
        );
        self.storage.end_connect_ticket(visit.id(), &audit).await?;
        let Some(uri) = &visit.ticket.redirect_uri else {
            return Ok(Landing::Stay { unlisted: None });
        };
        let status = if connected.is_empty() {
            "cancelled"
        } else {
            "success"
        };
        let told = [("ticketId", visit.id().as_str()), ("status", status)];
        Ok(match self.listed_url(&visit.ticket.account, uri, &told).await? {
            Some(url) => Landing::Redirect(url),
            None => Landing::Stay {
                unlisted: Some(uri.clone()),
            },
        })
    }

    /// Notes that a credential was connected by a ticket. Where either is gone already, there is nothing to note.
    pub(super) async fn note_connected(&self, visit: &TicketVisit, credential: &CredentialId) -> Result<()> {
        let noted = self
            .storage
            .note_connected(visit.id(), credential, self.clock.now())
            .await;
        match noted {
            Ok(()) | Err(solder_storage::Error::NotFound) => Ok(()),
            Err(error) => Err(Error::Storage(error)),
        }
    }
}
