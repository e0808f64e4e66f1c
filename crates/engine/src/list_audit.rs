//! The audit log, for an account's admins.

use crate::Engine;
use crate::caller::Caller;
use crate::error::Result;
use serde::Serialize;
use serde_json::Value;
use solder_model::{Page, Paged, Timestamp, UserId};
use solder_storage::AuditEntry;
pub use solder_storage::AuditQuery as AuditFilter;
use utoipa::ToSchema;

/// An entry of the log: one change.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditView {
    /// When it was done.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What was done.
    #[schema(example = "server.create")]
    pub action: String,
    /// Where the right to do it came from: `key:` and the key's id, `token-url:` and the server's id, `operator`, and
    /// the like.
    #[schema(example = "key:key_a1b2c3d4e5f6a7b8")]
    pub actor: String,
    /// The internal id of the user that was acted as; `null` where the operator acted.
    #[schema(value_type = Option<String>, required)]
    pub acting_user: Option<UserId>,
    /// The id of what it was done to.
    pub target: String,
    /// The client's address; `null` where there was no client.
    #[schema(required)]
    pub from: Option<String>,
    /// Further facts, never a secret.
    #[schema(value_type = Object)]
    pub details: Value,
}

/// A page of the log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditList {
    /// This page, newest first.
    pub entries: Vec<AuditView>,
    /// How many fit the filters in all.
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

impl Engine {
    /// The entries of the account's log that fit, newest first.
    pub async fn list_audit(&self, caller: &Caller, filter: &AuditFilter, page: Page) -> Result<AuditList> {
        caller.demand_admin("The audit log and its entries")?;
        let paged = self.storage.find_audit(&caller.account, filter, page).await?;
        Ok(AuditList::new(paged))
    }
}

impl AuditList {
    fn new(paged: Paged<AuditEntry>) -> Self {
        let has_more = paged.has_more();
        let view = |entry: AuditEntry| AuditView {
            at: entry.at,
            action: entry.action,
            actor: entry.actor,
            acting_user: entry.acting_user,
            target: entry.target,
            from: entry.from,
            details: entry.details,
        };
        Self {
            entries: paged.items.into_iter().map(view).collect(),
            count: paged.total,
            total: paged.total,
            limit: paged.page.limit,
            offset: paged.page.offset,
            has_more,
        }
    }
}
