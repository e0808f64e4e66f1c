//! Tickets to the connect pages, where a user connects platforms without a model in between.

use crate::{AccountId, ConnectorId, Digest, Sealed, ServerId, TicketId, Timestamp, UserId, UserName};

/// A ticket that was made for one user. What stands in its URL is not here: storage keeps its keyed hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectTicket {
    /// Its id, which is no secret.
    pub id: TicketId,
    /// The account.
    pub account: AccountId,
    /// The user it was made for, whose credentials it makes.
    pub user: UserId,
    /// That user's external id.
    pub user_name: UserName,
    /// The server whose restrictions decide what is offered; without one the whole catalogue is.
    pub server: Option<ServerId>,
    /// The connectors that it offers, where they were named.
    pub connectors: Option<Vec<ConnectorId>>,
    /// Where the browser goes in the end.
    pub redirect_uri: Option<String>,
    /// The server through whose token URL alone it was made: what is connected by it belongs there.
    pub made_through: Option<ServerId>,
    /// The keyed hash of the text in its URL.
    pub digest: Digest,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends, opened or not.
    pub expires_at: Timestamp,
    /// Its opening, which happens once.
    pub opening: Option<Opening>,
    /// When its user was done with it.
    pub ended_at: Option<Timestamp>,
}

/// How a ticket was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The keyed hash of the cookie of the one browser that may use the ticket.
    pub browser: Digest,
    /// How the user was proven.
    pub proof: Proof,
    /// When it was.
    pub at: Timestamp,
}

/// How whoever opened a ticket was proven to be its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The person signed in, in this browser.
    SignIn,
    /// The account's own site handed over a JWT of the user.
    UserToken,
    /// Nothing more than that this browser was the first.
    FirstBrowser,
}

impl Proof {
    /// `sign-in`, `user-token` or `first-browser`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::UserToken => "user-token",
            Self::FirstBrowser => "first-browser",
        }
    }

    /// The proof of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::SignIn, Self::UserToken, Self::FirstBrowser]
            .into_iter()
            .find(|proof| proof.as_str() == name)
    }

    /// Whether the person at the browser is known to be the user. A page of anybody's can lead a browser to a ticket,
    /// and can post a JWT of its own there; it cannot sign somebody in.
    pub const fn names_the_person(self) -> bool {
        matches!(self, Self::SignIn)
    }
}

/// A credential that was given on a connect page and waits until the person has said whose use it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingCredential {
    /// The ticket.
    pub ticket: TicketId,
    /// Who owns the connector's definition.
    pub connector_owner: String,
    /// The connector; a ticket has one pending credential for each at most.
    pub connector: ConnectorId,
    /// The kind of authentication.
    pub kind: String,
    /// What was given, and whom the platform says it belongs to.
    pub sealed: Sealed,
    /// When it was given.
    pub created_at: Timestamp,
}
