//! The first step of every request: from what it says of itself to a [`Caller`], or a refusal.
//!
//! A key or token that is present and does not hold is refused, never skipped. Failures have a window of their
//! own for each client address; a request that is let in is never touched by it.

use crate::Engine;
use crate::caller::{Authorization, Caller, Identity, Way};
use crate::error::{Error, Result};
use crate::warm::ServerEntry;
use solder_model::{AccountId, ApiKey, Secret, ServerId, Timestamp, User, UserId, UserName};
use std::sync::Arc;

impl Engine {
    /// Lets a caller of the management API in: an API key, and the user that it names or is tied to.
    pub async fn authenticate_api(&self, identity: &Identity<'_>) -> Result<Caller> {
        if identity.user_token {
            return Err(self.failed(identity).await);
        }
        let key = match identity.authorization {
            Authorization::Absent => return Err(Error::Unauthorized),
            Authorization::Other => return Err(self.failed(identity).await),
            Authorization::Bearer(bearer) => self.key(bearer, identity).await?,
        };
        self.as_key(key, identity).await
    }

    /// Lets a caller of the MCP endpoint in: by token URL where `token` is given, else by an API key.
    pub async fn authenticate_mcp(
        &self,
        server: &str,
        token: Option<&Secret>,
        identity: &Identity<'_>,
    ) -> Result<(Caller, Arc<ServerEntry>)> {
        let found = match ServerId::new(server) {
            Ok(id) => self.warm.server(&self.storage, &id).await?,
            Err(_) => None,
        };
        if let Some(token) = token {
            let entry = self.by_token(found, token, identity).await?;
            let caller = self.at_token_url(&entry, identity).await?;
            return Ok((caller, entry));
        }
        let caller = self.authenticate_api(identity).await?;
        let known = found.filter(|entry| entry.server.account == caller.account);
        known.map(|entry| (caller, entry)).ok_or(Error::ServerNotFound)
    }

    /// Whether the users layer of the server admits the caller; 403 before anything else runs.
    pub fn admit(&self, caller: &Caller, entry: &ServerEntry) -> Result<()> {
        if entry.policy.admits(&caller.user_name) {
            Ok(())
        } else {
            Err(Error::Forbidden(
                "This server is not open to this user: its users restriction refuses".to_owned(),
            ))
        }
    }

    /// Unknown, wrong and expired are alike to whoever holds the URL.
    async fn by_token(
        &self,
        found: Option<Arc<ServerEntry>>,
        token: &Secret,
        identity: &Identity<'_>,
    ) -> Result<Arc<ServerEntry>> {
        let digest = self.vault.digest(token.expose());
        let now = self.clock.now();
        let Some(entry) = found else {
            return Err(self.failed(identity).await);
        };
        let is_live = |until: Option<Timestamp>| until.is_none_or(|until| now < until);
        let server = &entry.server;
        if solder_vault::same(&digest, &server.token_digest) {
            return if is_live(server.token_expires_at) {
                Ok(entry)
            } else {
                Err(Error::Unauthorized)
            };
        }
        let is_old = server
            .old_token_digest
            .is_some_and(|old| solder_vault::same(&digest, &old));
        match server.old_token_expires_at {
            Some(until) if is_old && now < until && is_live(server.token_expires_at) => Ok(entry),
            Some(_) if is_old => Err(Error::Unauthorized),
            _ => Err(self.failed(identity).await),
        }
    }

    async fn at_token_url(&self, entry: &ServerEntry, identity: &Identity<'_>) -> Result<Caller> {
        if identity.user_token {
            return Err(self.failed(identity).await);
        }
        match identity.authorization {
            Authorization::Absent => {}
            Authorization::Other => return Err(self.failed(identity).await),
            Authorization::Bearer(bearer) => {
                let key = self.key(bearer, identity).await?;
                if key.account != entry.server.account {
                    return Err(self.failed(identity).await);
                }
                return self.as_key(key, identity).await;
            }
        }
        let server = &entry.server;
        match identity.user_name {
            Some(name) if *name != server.owner_name => self.as_unsigned(entry, name, identity).await,
            _ => Ok(Caller {
                account: server.account.clone(),
                user: Some(server.owner.clone()),
                user_name: server.owner_name.clone(),
                way: Way::TokenUrl(server.id.clone()),
                client: identity.client,
            }),
        }
    }

    /// A user id that nobody signed is obeyed on public servers alone, and never for somebody who holds a key or has a
    /// password.
    async fn as_unsigned(
        &self,
        entry: &ServerEntry,
        name: &UserName,
        identity: &Identity<'_>,
    ) -> Result<Caller> {
        let server = &entry.server;
        if !server.is_public {
            return Err(Error::Forbidden(
                "A token URL of a private server acts as the server's owner: an unsigned x-alloy-userid is not obeyed \
                 here. Send an API key of the account, or a JWT of the user, or make the server public (isPublic)"
                    .to_owned(),
            ));
        }
        let user = self.warm.user(&self.storage, &server.account, name).await?;
        if let Some(known) = &user
            && known.holds_key
        {
            return Err(Error::Forbidden(
                "This user holds an API key and is never taken unsigned: send the key as a bearer".to_owned(),
            ));
        }
        if user.as_ref().is_some_and(|known| known.has_password) {
            return Err(Error::Forbidden(
                "This user has a password and is never taken unsigned: send an API key or a JWT of the user"
                    .to_owned(),
            ));
        }
        Ok(Caller {
            account: server.account.clone(),
            user: user.map(|known| known.id.clone()),
            user_name: name.clone(),
            way: Way::Unsigned(server.id.clone()),
            client: identity.client,
        })
    }

    async fn key(&self, bearer: &str, identity: &Identity<'_>) -> Result<Arc<ApiKey>> {
        if !is_key(bearer) {
            return Err(self.failed(identity).await);
        }
        let digest = self.vault.digest(bearer);
        let Some(key) = self.warm.key(&self.storage, digest).await? else {
            return Err(self.failed(identity).await);
        };
        // A genuine key that has ended is refused, and is no guess.
        match key.expires_at {
            Some(until) if until <= self.clock.now() => Err(Error::Unauthorized),
            _ => Ok(key),
        }
    }

    async fn as_key(&self, key: Arc<ApiKey>, identity: &Identity<'_>) -> Result<Caller> {
        let (user, user_name) = match identity.user_name {
            Some(name) if *name != key.user_name => {
                if key.user_bound {
                    return Err(Error::Forbidden(
                        "This key is bound to its own user; x-alloy-userid names another".to_owned(),
                    ));
                }
                (self.named_user(&key.account, name).await?, name.clone())
            }
            _ => (key.user.clone(), key.user_name.clone()),
        };
        Ok(Caller {
            account: key.account.clone(),
            user: Some(user),
            user_name,
            way: Way::Key(key),
            client: identity.client,
        })
    }

    /// The user of that name, who comes to be when a caller who may name users first does.
    pub(crate) async fn named_user(&self, account: &AccountId, name: &UserName) -> Result<UserId> {
        if let Some(known) = self.warm.user(&self.storage, account, name).await? {
            return Ok(known.id.clone());
        }
        let user = User {
            id: UserId::random(&*self.entropy),
            account: account.clone(),
            name: name.clone(),
            created_at: self.clock.now(),
        };
        let standing = self.storage.ensure_user(&user).await?;
        self.warm.forget_user(account, name);
        Ok(standing.id)
    }

    /// Counts a failed authentication of the address, and says what it is answered with.
    async fn failed(&self, identity: &Identity<'_>) -> Error {
        match self
            .limits
            .failed_authentication(identity.client, self.clock.now())
            .await
        {
            Some(taken) if !taken.verdict.allowed => Error::rate_limited(taken.verdict),
            _ => Error::Unauthorized,
        }
    }
}

/// The shape of an API key: at least 16 characters of `[A-Za-z0-9_-]`.
fn is_key(bearer: &str) -> bool {
    (16..=512).contains(&bearer.len())
        && bearer
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}
