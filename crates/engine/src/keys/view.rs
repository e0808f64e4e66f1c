//! How keys are shown.

use serde::Serialize;
use solder_model::{ApiKey, ApiKeyId, Paged, Secret, Timestamp, UserName};
use utoipa::ToSchema;

/// An API key as the API shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyView {
    /// The id.
    #[schema(value_type = String, example = "key_a1b2c3d4e5f6a7b8")]
    pub key_id: ApiKeyId,
    /// The key itself: in the answers of a creation and a rotation alone, and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key: Option<String>,
    /// A name for people; may be empty.
    pub name: String,
    /// The user that it acts as by itself, by the customer's own id.
    #[schema(value_type = String)]
    pub user_id: UserName,
    /// What it may do: `admin` or `member`.
    #[schema(example = "member")]
    pub role: &'static str,
    /// Whether it acts as its own user alone.
    pub user_bound: bool,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it ends, or has ended; never where `null`.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute and some seconds late; never where `null`.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub last_used_at: Option<Timestamp>,
}

impl KeyView {
    pub(super) fn new(key: &ApiKey, secret: Option<&Secret>) -> Self {
        Self {
            key_id: key.id.clone(),
            api_key: secret.map(|secret| secret.expose().to_owned()),
            name: key.name.clone(),
            user_id: key.user_name.clone(),
            role: key.role.as_str(),
            user_bound: key.user_bound,
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
        }
    }
}

/// A page of keys.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyList {
    /// This page, newest first.
    pub keys: Vec<KeyView>,
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

impl KeyList {
    pub(super) fn new(paged: &Paged<ApiKey>) -> Self {
        Self {
            keys: paged.items.iter().map(|key| KeyView::new(key, None)).collect(),
            count: paged.total,
            total: paged.total,
            limit: paged.page.limit,
            offset: paged.page.offset,
            has_more: paged.has_more(),
        }
    }
}

/// The answer of a revocation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyRevoked {
    /// For a person.
    #[schema(example = "API key revoked")]
    pub message: &'static str,
    /// The key that is gone.
    #[schema(value_type = String)]
    pub key_id: ApiKeyId,
}

impl KeyRevoked {
    pub(super) fn new(id: &ApiKeyId) -> Self {
        Self {
            message: "API key revoked",
            key_id: id.clone(),
        }
    }
}
