//! How a ticket is opened: which proof it asks for, and the one browser that it is bound to.
//!
//! The proof is the strongest that the account has. Where it has an identity provider, or the user a password, the
//! person signs in, in this browser. Else, where it has keys for JWTs, its own site hands over a JWT of the user. Else
//! the first browser is taken, and whatever is connected has to be confirmed under the user's name.

use super::is_over;
use super::visit::TicketVisit;
use crate::Engine;
use crate::error::{Error, Result};
use serde_json::json;
use solder_model::{ConnectTicket, Digest, Opening, Proof, TicketId, UserName};
use solder_storage::AuditEntry;
use std::net::IpAddr;

/// Whoever opens a ticket late has so long all the same, in milliseconds.
const LEAST_MS: i64 = 900_000;

/// The browser that asks for a ticket, and what it brings.
#[derive(Debug, Clone, Copy)]
pub struct Guest<'a> {
    /// The keyed hash of its cookie.
    pub browser: &'a Digest,
    /// The cookie of somebody who signed in.
    pub visitor: Option<&'a str>,
    /// The cookie of a JWT that was handed over a moment ago.
    pub handover: Option<&'a str>,
    /// The client's address.
    pub client: IpAddr,
}

/// What a browser gets to see of a ticket.
#[derive(Debug)]
pub enum TicketSight {
    /// There is none of that text or id.
    Unknown,
    /// Its time is over.
    Expired,
    /// It is another browser's.
    Elsewhere,
    /// It was this browser's, and its user is done.
    Done,
    /// Nobody has opened it.
    Closed(TicketCover),
    /// It is open, in this browser.
    Open(Box<TicketVisit>),
}

/// What is told of a ticket before it is open.
#[derive(Debug)]
pub struct TicketCover {
    /// The account's name.
    pub account: String,
    /// The user it was made for.
    pub user: UserName,
    /// The server's name.
    pub server: Option<String>,
    /// What lets a browser in.
    pub way: WayIn,
    /// Somebody else who is signed in here at present.
    pub signed_in: Option<UserName>,
}

/// What lets a browser in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayIn {
    /// The person signs in as the user.
    SignIn,
    /// The account's own site hands over a JWT of the user.
    UserToken,
    /// Being the first.
    First,
}

impl Engine {
    /// Looks at a ticket, which is named by the text of its URL or, once that was used, by its id. A browser that brings
    /// the proof that the ticket asks for opens it by looking.
    pub async fn see_ticket(&self, name: &str, guest: &Guest<'_>) -> Result<TicketSight> {
        let Some(ticket) = self.named_ticket(name, guest).await? else {
            return Ok(TicketSight::Unknown);
        };
        if let Some(opening) = &ticket.opening {
            return self.see_opened(&ticket, opening, guest).await;
        }
        if ticket.ended_at.is_some() || is_over(&ticket, self.clock.now()) {
            return Ok(TicketSight::Expired);
        }
        let way = self.way_in(&ticket).await?;
        let visitor = self.ticket_visitor(&ticket, guest).await?;
        if visitor.as_ref() == Some(&ticket.user_name) {
            return self.open_for(ticket, Proof::SignIn, guest).await;
        }
        if way != WayIn::SignIn && self.is_handed_over(&ticket, guest) {
            return self.open_for(ticket, Proof::UserToken, guest).await;
        }
        if is_id(name) {
            // An id is no secret: it opens nothing by itself.
            return Ok(TicketSight::Unknown);
        }
        Ok(TicketSight::Closed(self.cover(&ticket, way, visitor).await?))
    }

    /// Opens a ticket for the first browser, where it asks for no better proof.
    pub async fn open_ticket_first(&self, secret: &str, guest: &Guest<'_>) -> Result<TicketSight> {
        match self.see_ticket(secret, guest).await? {
            TicketSight::Closed(cover) if cover.way == WayIn::First => {}
            other => return Ok(other),
        }
        match self.named_ticket(secret, guest).await? {
            Some(ticket) if ticket.opening.is_none() => {
                self.open_for(ticket, Proof::FirstBrowser, guest).await
            }
            _ => Ok(TicketSight::Elsewhere),
        }
    }

    /// Where the person signs in as the ticket's user, with the way back to the ticket.
    pub async fn sign_in_for_ticket(&self, secret: &str, guest: &Guest<'_>) -> Result<Option<String>> {
        let Some(ticket) = self.named_ticket(secret, guest).await? else {
            return Ok(None);
        };
        // By its id: the secret of the URL stays out of whatever comes next.
        let back = format!("/connect/{}", ticket.id);
        let begun = self.begin_sign_in(&ticket.account, &back, Some(&ticket.user), guest.browser);
        Ok(Some(begun.await?))
    }

    /// The ticket of a URL's text, or of an id. A text that is none of ours is counted as a failed authentication.
    pub(super) async fn named_ticket(&self, name: &str, guest: &Guest<'_>) -> Result<Option<ConnectTicket>> {
        if let Ok(id) = TicketId::new(name) {
            return Ok(self.storage.find_connect_ticket(&id).await?);
        }
        let digest = self.ticket_digest(name);
        let found = self.storage.find_connect_ticket_by_digest(&digest).await?;
        if found.is_none() {
            match self.failed_from(guest.client).await {
                Error::Unauthorized => {}
                limited => return Err(limited),
            }
        }
        Ok(found)
    }

    async fn see_opened(
        &self,
        ticket: &ConnectTicket,
        opening: &Opening,
        guest: &Guest<'_>,
    ) -> Result<TicketSight> {
        if opening.browser != *guest.browser {
            return Ok(TicketSight::Elsewhere);
        }
        if ticket.ended_at.is_some() {
            return Ok(TicketSight::Done);
        }
        if is_over(ticket, self.clock.now()) {
            return Ok(TicketSight::Expired);
        }
        let visit = self.visit(ticket.clone(), opening.proof, guest.client).await?;
        Ok(TicketSight::Open(Box::new(visit)))
    }

    /// Binds the ticket to the browser. Of several that try at once one wins.
    async fn open_for(&self, ticket: ConnectTicket, proof: Proof, guest: &Guest<'_>) -> Result<TicketSight> {
        let now = self.clock.now();
        let opening = Opening {
            browser: *guest.browser,
            proof,
            at: now,
        };
        let until = ticket.expires_at.max(now.plus_ms(LEAST_MS));
        let audit = AuditEntry {
            account: ticket.account.clone(),
            at: now,
            actor: format!("ticket:{}", ticket.id),
            acting_user: Some(ticket.user.clone()),
            action: "ticket.open".to_owned(),
            target: ticket.id.as_str().to_owned(),
            from: Some(guest.client.to_string()),
            details: json!({ "proof": proof.as_str() }),
        };
        let won = self
            .storage
            .open_connect_ticket(&ticket.id, &opening, until, &audit)
            .await?;
        if !won {
            return Ok(TicketSight::Elsewhere);
        }
        let opened = ConnectTicket {
            expires_at: until,
            opening: Some(opening),
            ..ticket
        };
        let visit = self.visit(opened, proof, guest.client).await?;
        Ok(TicketSight::Open(Box::new(visit)))
    }

    async fn cover(
        &self,
        ticket: &ConnectTicket,
        way: WayIn,
        signed_in: Option<UserName>,
    ) -> Result<TicketCover> {
        let account = self.storage.find_account(&ticket.account).await?;
        let server = match &ticket.server {
            Some(id) => self.warm.server(&self.storage, id).await?,
            None => None,
        };
        Ok(TicketCover {
            account: account.map(|account| account.name).unwrap_or_default(),
            user: ticket.user_name.clone(),
            server: server.map(|entry| entry.server.name.clone()),
            way,
            signed_in,
        })
    }

    /// Whether a ticket is open in this browser: what a platform sends back counts there alone.
    pub(crate) async fn is_ticket_open_in(&self, ticket: &str, browser: &Digest) -> Result<bool> {
        let Ok(id) = TicketId::new(ticket) else {
            return Ok(false);
        };
        let found = self.storage.find_connect_ticket(&id).await?;
        Ok(found.is_some_and(|ticket| {
            let here = ticket
                .opening
                .as_ref()
                .is_some_and(|opening| opening.browser == *browser);
            here && ticket.ended_at.is_none() && !is_over(&ticket, self.clock.now())
        }))
    }
}

/// Whether a ticket is named by its id.
fn is_id(name: &str) -> bool {
    TicketId::new(name).is_ok()
}
