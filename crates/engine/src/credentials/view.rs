//! How credentials are shown: never a secret.

use serde::Serialize;
use solder_model::{Credential, CredentialId, Page, Paged, Timestamp};
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
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl CredentialView {
    pub(crate) fn new(credential: &Credential) -> Self {
        Self {
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
    pub(super) fn new(paged: &Paged<Credential>) -> Self {
        let (limit, offset, has_more) = (paged.page.limit, paged.page.offset, paged.has_more());
        Self {
            credentials: paged.items.iter().map(CredentialView::new).collect(),
            count: paged.total,
            total: paged.total,
            limit,
            offset,
            has_more,
        }
    }

    pub(super) fn empty(page: Page) -> Self {
        Self::new(&Paged {
            items: Vec::new(),
            total: 0,
            page,
        })
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
