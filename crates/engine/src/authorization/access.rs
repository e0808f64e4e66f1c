//! Access tokens at an MCP server: whose they are, and what they allow.

use crate::Engine;
use crate::caller::{Authorization, Caller, Identity, Way};
use crate::error::{Error, Result};
use crate::tools::Tool;
use crate::warm::ServerEntry;
use serde::Deserialize;
use serde_json::value::RawValue;
use solder_connector::Kind;
use solder_model::{Grant, Scopes, TokenKind};
use std::sync::Arc;

/// What access tokens begin with.
pub(super) const PREFIX: &str = "sat_";

/// An access token that holds.
#[derive(Debug)]
pub(crate) struct Access {
    /// What it came of.
    pub(crate) grant: Arc<Grant>,
    /// What it allows.
    pub(crate) scopes: Scopes,
}

impl Engine {
    /// Lets in whoever shows an access token of exactly this server; none where the bearer is no access token.
    pub(crate) async fn by_access_token(
        &self,
        entry: Option<&ServerEntry>,
        identity: &Identity<'_>,
    ) -> Result<Option<Caller>> {
        let Authorization::Bearer(bearer) = identity.authorization else {
            return Ok(None);
        };
        if !bearer.starts_with(PREFIX) {
            return Ok(None);
        }
        if identity.sends_user_token() {
            return Err(Error::Forbidden(
                "Two identities were sent: an access token names its user by itself, so leave out \
                 x-alloy-user-token"
                    .to_owned(),
            ));
        }
        let Some(access) = self.access(bearer).await? else {
            return Err(self.failed(identity).await);
        };
        let access = access.ok_or(Error::Unauthorized)?;
        // A token for another server is genuine, and opens nothing here (RFC 8707).
        let is_here =
            |entry: &&ServerEntry| entry.server.id == access.grant.server && entry.server.ways_in.oauth;
        entry.filter(is_here).ok_or(Error::Unauthorized)?;
        let grant = &access.grant;
        if identity.user_name.is_some_and(|name| *name != grant.user_name) {
            return Err(Error::Forbidden(
                "This token was given for one user; x-alloy-userid names another".to_owned(),
            ));
        }
        Ok(Some(Caller {
            account: grant.account.clone(),
            user: Some(grant.user.clone()),
            user_name: grant.user_name.clone(),
            client: identity.client,
            way: Way::OAuth(Arc::new(access)),
        }))
    }

    /// The access token; the inner option is none for a genuine one that has ended.
    async fn access(&self, bearer: &str) -> Result<Option<Option<Access>>> {
        let digest = self.vault.digest(bearer);
        let token = self.warm.token(&self.storage, digest).await?;
        let Some(token) = token.filter(|token| token.kind == TokenKind::Access) else {
            return Ok(None);
        };
        let Some(grant) = self.warm.grant(&self.storage, &token.grant).await? else {
            return Ok(Some(None));
        };
        let is_live = self.clock.now() < token.expires_at;
        Ok(Some(is_live.then(|| Access {
            grant,
            scopes: token.scopes,
        })))
    }

    /// Refuses a call of a tool that needs a scope which the caller's token lacks, before anything of it runs. Callers
    /// without such a token are never refused here, nor are calls that fail for other reasons.
    pub async fn check_scope(
        &self,
        caller: &Caller,
        entry: &ServerEntry,
        tool: Tool,
        arguments: Option<&RawValue>,
    ) -> Result<()> {
        if caller.may_write() {
            return Ok(());
        }
        match tool {
            Tool::CreateCredential => caller.demand_write(),
            Tool::ExecuteAction if self.writes(entry, arguments).await? => caller.demand_write(),
            _ => Ok(()),
        }
    }

    /// Whether the arguments of `execute_action_alloy` name an action in reach that does more than read.
    async fn writes(&self, entry: &ServerEntry, arguments: Option<&RawValue>) -> Result<bool> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Named {
            connector_id: String,
            action_id: String,
        }
        let Some(named) = arguments.and_then(|raw| serde_json::from_str::<Named>(raw.get()).ok()) else {
            return Ok(false);
        };
        let shelf = self.shelf(&entry.server.account).await?;
        let connector = shelf.entry(&named.connector_id);
        let connector = connector.and_then(|found| found.connector().ok());
        let action = connector.and_then(|found| found.action(&named.action_id).map(Arc::clone));
        Ok(action.is_some_and(|action| {
            action.kind != Kind::Read && entry.policy.allows_action(&named.connector_id, &named.action_id)
        }))
    }
}
