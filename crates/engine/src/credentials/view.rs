//! How credentials are shown: never a secret.

use crate::broker::ConnectionBegun;
use serde::Serialize;
use solder_model::{Connection, Credential, CredentialId, CredentialStatus, Page, Paged, Timestamp};
use utoipa::ToSchema;

/// A credential as the API shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CredentialView {
    /// The id: 24 lower-case hex characters.
    #[schema(value_type = String, example = "66f2a1b09c3d4e5f60718293")]
    pub credential_id: CredentialId,
    /// A name for people.
    pub name: String,
    /// The connector and the kind of authentication in one word.
    #[serde(rename = "type")]
    #[schema(example = "slack-bot_token")]
    pub kind: String,
    /// The connector.
    #[schema(example = "slack")]
    pub connector_id: String,
    /// The kind of authentication.
    #[schema(example = "bot_token")]
    pub authentication_type: String,
    /// Whether it can be used: `active`; `expiring`, where a person has to connect again within a week;
    /// `needs_reconnect`, where only that helps; `revoked`, where the access was taken back at the platform.
    #[schema(example = "active")]
    pub status: &'static str,
    /// Why it is not simply active, for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    /// The account at the platform that is connected, as the platform names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Acme")]
    pub identity: Option<String>,
    /// What the platform allowed, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// When its present access token ends. One that can be renewed is, ahead of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// How long before its end a connection counts as expiring, in milliseconds: a week.
const EXPIRING_MS: i64 = 7 * Timestamp::DAY_MS;

/// What a person should know of whether a connection can be used, and why.
fn status(connection: &Connection, now: Timestamp) -> (&'static str, Option<String>) {
    if connection.status != CredentialStatus::Active {
        return (connection.status.as_str(), connection.status_reason.clone());
    }
    match connection.ends_at {
        Some(ends) if ends <= now => (
            CredentialStatus::NeedsReconnect.as_str(),
            Some(format!("The platform gave it until {ends}: connect again")),
        ),
        Some(ends) if ends.since(now) <= EXPIRING_MS => (
            "expiring",
            Some(format!(
                "The platform gave it until {ends}, and only a person can prolong it: connect again before"
            )),
        ),
        _ => (CredentialStatus::Active.as_str(), None),
    }
}

/// What came of asking for a credential.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum CredentialMade {
    /// It is stored.
    Credential(Box<CredentialView>),
    /// A person has to consent first.
    Consent(ConnectionBegun),
}

impl CredentialView {
    pub(crate) fn new(credential: &Credential, now: Timestamp) -> Self {
        let connection = &credential.connection;
        let (status, status_reason) = status(connection, now);
        Self {
            status,
            status_reason,
            identity: connection.identity.clone(),
            scopes: connection.scopes.clone(),
            expires_at: connection.expires_at,
            credential_id: credential.id.clone(),
            name: credential.name.clone(),
            kind: format!("{}-{}", credential.connector, credential.kind),
            connector_id: credential.connector.as_str().to_owned(),
            authentication_type: credential.kind.clone(),
            created_at: credential.created_at,
            updated_at: credential.updated_at,
        }
    }
}

/// A page of credentials.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CredentialList {
    /// This page, newest first.
    pub credentials: Vec<CredentialView>,
    /// How many there are in all.
    pub count: u64,
    /// The same as `count`.
    pub total: u64,
    /// The largest number on this page.
    pub limit: u32,
    /// How many were passed over.
    pub offset: u64,
    /// Whether more follow.
    pub has_more: bool,
}

impl CredentialList {
    pub(super) fn new(paged: &Paged<Credential>, now: Timestamp) -> Self {
        let views = paged.items.iter().map(|one| CredentialView::new(one, now));
        let (limit, offset, has_more) = (paged.page.limit, paged.page.offset, paged.has_more());
        Self {
            credentials: views.collect(),
            count: paged.total,
            total: paged.total,
            limit,
            offset,
            has_more,
        }
    }

    pub(super) fn empty(page: Page) -> Self {
        let none = Paged {
            items: Vec::new(),
            total: 0,
            page,
        };
        Self::new(&none, Timestamp::default())
    }
}

/// The answer of a deletion.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CredentialDeleted {
    /// For a person.
    #[schema(example = "Credential deleted")]
    pub message: &'static str,
    /// The credential that is gone.
    #[schema(value_type = String)]
    pub credential_id: CredentialId,
}

impl CredentialDeleted {
    pub(super) fn new(id: &CredentialId) -> Self {
        Self {
            message: "Credential deleted",
            credential_id: id.clone(),
        }
    }
}
