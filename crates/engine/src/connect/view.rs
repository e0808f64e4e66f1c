//! Tickets as the API shows them. What stands in the URL is shown once, by the creation.

use serde::Serialize;
use solder_model::{ConnectTicket, ConnectorId, CredentialId, ServerId, TicketId, Timestamp};
use utoipa::ToSchema;

/// A new ticket.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketCreated {
    /// The ticket's id, which is no secret: its state is asked for by it.
    #[schema(value_type = String, example = "tkt_4f7k2m9q8r1s5t3v")]
    pub ticket_id: TicketId,
    /// Where the user connects platforms. It works once, for one browser: hand it to that user and to nobody else.
    pub url: String,
    /// Until when it can be opened. Whoever opens it late has a quarter of an hour all the same.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

impl TicketCreated {
    pub(super) fn new(ticket: &ConnectTicket, url: String) -> Self {
        Self {
            ticket_id: ticket.id.clone(),
            url,
            expires_at: ticket.expires_at,
        }
    }
}

/// Where a ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TicketState {
    /// Nobody has opened it.
    New,
    /// It is open in one browser.
    Opened,
    /// Its user is done with it.
    Done,
    /// Its time was over first.
    Expired,
}

/// A ticket as the API shows it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketView {
    /// The ticket.
    #[schema(value_type = String, example = "tkt_4f7k2m9q8r1s5t3v")]
    pub ticket_id: TicketId,
    /// Where it stands.
    pub state: TicketState,
    /// The user it was made for, by the customer's own id.
    pub user_id: String,
    /// The server whose restrictions hold.
    #[schema(value_type = Option<String>)]
    pub server_id: Option<ServerId>,
    /// The connectors that were named.
    #[schema(value_type = Option<Vec<String>>)]
    pub connectors: Option<Vec<ConnectorId>>,
    /// Where the browser goes in the end.
    pub redirect_uri: Option<String>,
    /// How its user was proven when it was opened: `sign-in`, `user-token` or `first-browser`.
    #[schema(example = "sign-in")]
    pub proof: Option<&'static str>,
    /// What was connected by it and still exists, in the order in which it was.
    pub connected: Vec<TicketConnection>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// When it was opened.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub opened_at: Option<Timestamp>,
    /// When its user was done with it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
}

/// A credential that was connected by a ticket.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketConnection {
    /// The connector.
    #[schema(value_type = String, example = "slack")]
    pub connector_id: ConnectorId,
    /// The credential.
    #[schema(value_type = String, example = "66f2a1b09c3d4e5f60718293")]
    pub credential_id: CredentialId,
    /// When it was connected, the last time where it was more than once.
    #[schema(value_type = String, format = DateTime)]
    pub connected_at: Timestamp,
}

impl TicketView {
    pub(super) fn new(
        ticket: &ConnectTicket,
        connected: Vec<(CredentialId, ConnectorId, Timestamp)>,
        now: Timestamp,
    ) -> Self {
        let state = match ticket {
            _ if ticket.ended_at.is_some() => TicketState::Done,
            _ if super::is_over(ticket, now) => TicketState::Expired,
            _ if ticket.opening.is_some() => TicketState::Opened,
            _ => TicketState::New,
        };
        let connected = connected
            .into_iter()
            .map(|(credential_id, connector_id, at)| TicketConnection {
                connector_id,
                credential_id,
                connected_at: at,
            });
        Self {
            ticket_id: ticket.id.clone(),
            state,
            user_id: ticket.user_name.as_str().to_owned(),
            server_id: ticket.server.clone(),
            connectors: ticket.connectors.clone(),
            redirect_uri: ticket.redirect_uri.clone(),
            proof: ticket.opening.as_ref().map(|opening| opening.proof.as_str()),
            connected: connected.collect(),
            created_at: ticket.created_at,
            expires_at: ticket.expires_at,
            opened_at: ticket.opening.as_ref().map(|opening| opening.at),
            ended_at: ticket.ended_at,
        }
    }
}

/// The answer of a deletion.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketDeleted {
    /// For a person.
    #[schema(example = "Ticket deleted")]
    pub message: &'static str,
    /// The ticket that is gone.
    #[schema(value_type = String)]
    pub ticket_id: TicketId,
}

impl TicketDeleted {
    pub(super) fn new(id: &TicketId) -> Self {
        Self {
            message: "Ticket deleted",
            ticket_id: id.clone(),
        }
    }
}
