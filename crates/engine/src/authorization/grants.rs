//! What a user has allowed MCP clients: listed and revoked by the user whose grants they are.

use crate::Engine;
use crate::caller::Caller;
use crate::error::{Error, Result};
use serde::Serialize;
use serde_json::json;
use solder_model::{ClientId, Grant, GrantId, Page, ServerId, Timestamp};
use utoipa::ToSchema;

/// What a user allowed an MCP client on a server.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GrantView {
    /// The grant.
    #[schema(value_type = String, example = "grt_0f3k5m7p9r1t3v5x")]
    pub grant_id: GrantId,
    /// The client's `client_id`.
    #[schema(value_type = String, example = "https://client.example.com/oauth/client.json")]
    pub client_id: ClientId,
    /// The client's name when it was allowed. Unless an admin registered the client, this is its own claim.
    #[schema(example = "Support desk")]
    pub client_name: String,
    /// How the client came to be known: `registered` by an admin, `dynamic` by itself, `document` by its id.
    #[schema(example = "document")]
    pub client_kind: &'static str,
    /// The server.
    #[schema(value_type = String, example = "production-server-a1b2c3d4")]
    pub server_id: ServerId,
    /// What it may do there: `read`, or `read` and `write`.
    #[schema(example = json!(["read", "write"]))]
    pub scopes: Vec<&'static str>,
    /// When it was allowed.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When a token was last given out on it.
    #[schema(value_type = String, format = DateTime)]
    pub used_at: Timestamp,
    /// When it ends unless it is used.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// A page of grants.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GrantList {
    /// This page, newest first.
    pub grants: Vec<GrantView>,
    /// How many grants the user has in all.
    pub total: u64,
    /// The largest number of grants on this page.
    pub limit: u32,
    /// How many were passed over.
    pub offset: u64,
    /// Whether more follow.
    pub has_more: bool,
}

/// The answer of a revocation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GrantRevoked {
    /// For a person.
    #[schema(example = "OAuth grant revoked")]
    pub message: &'static str,
    /// The grant that has ended.
    #[schema(value_type = String)]
    pub grant_id: GrantId,
}

impl Engine {
    /// The acting user's grants.
    pub async fn list_oauth_grants(&self, caller: &Caller, page: Page) -> Result<GrantList> {
        let Some(user) = &caller.user else {
            return Ok(list(Vec::new(), 0, false, page));
        };
        let paged = self.storage.list_grants(user, self.clock.now(), page).await?;
        let (total, has_more) = (paged.total, paged.has_more());
        let grants = paged.items.into_iter().map(view).collect();
        Ok(list(grants, total, has_more, page))
    }

    /// Revokes a grant of the acting user: its tokens end at once, and the client asks again.
    pub async fn revoke_oauth_grant(&self, caller: &Caller, id: &str) -> Result<GrantRevoked> {
        let unknown = || Error::NotFound("OAuth grant not found");
        let id = GrantId::new(id).map_err(|_bad| unknown())?;
        let found = self.storage.find_grant(&id).await?;
        let is_own = |grant: &Grant| Some(&grant.user) == caller.user.as_ref();
        let grant = found.filter(is_own).ok_or_else(unknown)?;
        let details = json!({ "client": grant.client.as_str(), "server": grant.server.as_str() });
        let audit = self.audit(caller, "oauth-grant.revoke", id.as_str(), details);
        let ended = self.storage.end_grant(&id, &audit).await?;
        self.warm.forget_grant(&id);
        if ended {
            Ok(GrantRevoked {
                message: "OAuth grant revoked",
                grant_id: id,
            })
        } else {
            Err(unknown())
        }
    }
}

fn list(grants: Vec<GrantView>, total: u64, has_more: bool, page: Page) -> GrantList {
    GrantList {
        grants,
        total,
        limit: page.limit,
        offset: page.offset,
        has_more,
    }
}

fn view(grant: Grant) -> GrantView {
    GrantView {
        grant_id: grant.id,
        client_id: grant.client,
        client_name: grant.client_name,
        client_kind: grant.client_kind.as_str(),
        server_id: grant.server,
        scopes: grant.scopes.as_str().split(' ').collect(),
        created_at: grant.created_at,
        used_at: grant.used_at,
        expires_at: grant.expires_at,
    }
}
