//! The first step of every request: from what it says of itself to a [`Caller`], or a refusal.
//!
//! A key or token that is present and does not hold is refused, never skipped. Failures have a window of their
//! own for each client address; a request that is let in is never touched by it.

use crate::Engine;
use crate::caller::{Authorization, Caller, Identity, UserToken, Way};
use crate::error::{Error, Result};
use crate::jwt::{Signed, Signers, Unsigned};
use crate::warm::ServerEntry;
use solder_model::{AccountId, ApiKey, Secret, ServerId, Timestamp, User, UserId, UserName};
use std::net::IpAddr;
use std::sync::Arc;

impl Engine {
    /// Lets a caller of the management API in: by an API key, as the user that it names or is tied to, or by a JWT.
    pub async fn authenticate_api(&self, identity: &Identity<'_>) -> Result<Caller> {
        let caller = self.by_proof(&Door::Api, identity).await?;
        caller.ok_or(Error::Unauthorized)
    }

    /// Lets a caller of the MCP endpoint in: by token URL where `token` is given, else by an access token of OAuth, an
    /// API key or a JWT.
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
            caller.check_way(entry.server.ways_in)?;
            return Ok((caller, entry));
        }
        if let Some(caller) = self.by_access_token(found.as_deref(), identity).await? {
            return found.map(|entry| (caller, entry)).ok_or(Error::Unauthorized);
        }
        let door = Door::Server(found.as_deref());
        let caller = self.by_proof(&door, identity).await?.ok_or(Error::Unauthorized)?;
        let known = found.filter(|entry| entry.server.account == caller.account);
        let entry = known.ok_or(Error::ServerNotFound)?;
        caller.check_way(entry.server.ways_in)?;
        Ok((caller, entry))
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
        // A way that is closed is no way: the URL reads like one that never was.
        let Some(entry) = found.filter(|entry| entry.server.ways_in.token_url) else {
            return Err(self.failed(identity).await);
        };
        let is_live = |until: Option<Timestamp>| until.is_none_or(|until| now < until);
        let server = &entry.server;
        if digest == server.token_digest {
            return if is_live(server.token_expires_at) {
                Ok(entry)
            } else {
                Err(Error::Unauthorized)
            };
        }
        let is_old = server.old_token_digest.is_some_and(|old| digest == old);
        match server.old_token_expires_at {
            Some(until) if is_old && now < until && is_live(server.token_expires_at) => Ok(entry),
            Some(_) if is_old => Err(Error::Unauthorized),
            _ => Err(self.failed(identity).await),
        }
    }

    async fn at_token_url(&self, entry: &ServerEntry, identity: &Identity<'_>) -> Result<Caller> {
        if let Some(caller) = self.by_access_token(Some(entry), identity).await? {
            return Ok(caller);
        }
        if let Some(caller) = self.by_proof(&Door::TokenUrl(entry), identity).await? {
            return Ok(caller);
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
    pub(crate) async fn as_unsigned(
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

    /// The caller whom the headers prove; absent where they prove nothing because nothing was sent.
    ///
    /// Everything that was sent has to hold. A JWT says who acts; what stands beside it has to agree.
    async fn by_proof(&self, door: &Door<'_>, identity: &Identity<'_>) -> Result<Option<Caller>> {
        let bearer = match identity.authorization {
            Authorization::Absent => None,
            Authorization::Other => return Err(self.failed(identity).await),
            Authorization::Bearer(text) if is_jwt(text) => {
                Some(Proof::Jwt(self.signed(door.signers(), text, identity).await?))
            }
            Authorization::Bearer(text) => Some(Proof::Key(self.key(text, identity).await?)),
        };
        if let (Some(Proof::Key(key)), Door::TokenUrl(entry)) = (&bearer, door)
            && key.account != entry.server.account
        {
            return Err(self.failed(identity).await);
        }
        let token = match identity.user_token {
            None => None,
            Some(UserToken(text)) => {
                let signers = match &bearer {
                    Some(Proof::Key(key)) => Signers::Account(key.account.clone()),
                    _ => door.signers(),
                };
                Some(self.signed(signers, text, identity).await?)
            }
        };
        let caller = match (bearer, token) {
            (None, None) => return Ok(None),
            (Some(Proof::Key(key)), None) => self.as_key(key, identity).await?,
            (Some(Proof::Key(key)), Some(signed)) => {
                if key.user_bound && key.user_name != signed.user {
                    return Err(disagree("the JWT names another user than the key is bound to"));
                }
                self.as_signed(&signed, identity).await?
            }
            (Some(Proof::Jwt(one)), Some(other))
                if one.account != other.account || one.user != other.user =>
            {
                return Err(disagree("the bearer and x-alloy-user-token name different users"));
            }
            (Some(Proof::Jwt(signed)), _) | (None, Some(signed)) => self.as_signed(&signed, identity).await?,
        };
        Ok(Some(caller))
    }

    /// The user whom a JWT names. A genuine token whose time is not now is refused, and is no guess.
    async fn signed(&self, signers: Signers, text: &str, identity: &Identity<'_>) -> Result<Arc<Signed>> {
        match self.signed_user(signers, text).await {
            Ok(signed) => Ok(signed),
            Err(Unsigned::OutOfTime) => Err(Error::Unauthorized),
            Err(Unsigned::Refused) => Err(self.failed(identity).await),
            Err(Unsigned::Fault(error)) => Err(error),
        }
    }

    async fn as_signed(&self, signed: &Signed, identity: &Identity<'_>) -> Result<Caller> {
        if identity.user_name.is_some_and(|name| *name != signed.user) {
            return Err(disagree("x-alloy-userid names another user than the JWT"));
        }
        Ok(Caller {
            account: signed.account.clone(),
            user: Some(self.named_user(&signed.account, &signed.user).await?),
            user_name: signed.user.clone(),
            way: Way::Jwt(signed.key.clone()),
            client: identity.client,
        })
    }

    async fn key(&self, bearer: &str, identity: &Identity<'_>) -> Result<Arc<ApiKey>> {
        if !is_key(bearer) {
            return Err(self.failed(identity).await);
        }
        let digest = self.vault.digest(bearer);
        let Some(known) = self.warm.key(&self.storage, digest).await? else {
            return Err(self.failed(identity).await);
        };
        let now = self.clock.now();
        // A genuine key that has ended is refused, and is no guess.
        match known.key.expires_at {
            Some(until) if until <= now => Err(Error::Unauthorized),
            _ => {
                self.last_use.note(&known, now);
                Ok(Arc::clone(&known.key))
            }
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

    /// Counts a failed authentication of the request's address, and says what it is answered with.
    pub(crate) async fn failed(&self, identity: &Identity<'_>) -> Error {
        self.failed_from(identity.client).await
    }

    /// Counts a failed authentication of an address, and says what it is answered with.
    pub(crate) async fn failed_from(&self, client: IpAddr) -> Error {
        match self.limits.failed_authentication(client, self.clock.now()).await {
            Some(taken) if !taken.verdict.allowed => Error::rate_limited(taken.verdict),
            _ => Error::Unauthorized,
        }
    }
}

/// Where a caller wants to enter: it decides whose keys may have signed a JWT.
enum Door<'a> {
    /// The management API.
    Api,
    /// A server by its id; absent where there is none of that id.
    Server(Option<&'a ServerEntry>),
    /// A server whose token URL was opened.
    TokenUrl(&'a ServerEntry),
}

impl Door<'_> {
    fn signers(&self) -> Signers {
        match self {
            Self::Api => Signers::Named,
            Self::Server(None) => Signers::Nobody,
            Self::Server(Some(entry)) | Self::TokenUrl(entry) => {
                Signers::Account(entry.server.account.clone())
            }
        }
    }
}

/// A bearer that holds.
enum Proof {
    Key(Arc<ApiKey>),
    Jwt(Arc<Signed>),
}

/// Two identities that do not agree: neither is taken.
fn disagree(how: &str) -> Error {
    Error::Forbidden(format!("Two identities were sent that do not agree: {how}"))
}

/// Whether a bearer is meant as a JWT; no key has a dot in it.
fn is_jwt(bearer: &str) -> bool {
    bearer.contains('.')
}

/// The shape of an API key: at least 16 characters of `[A-Za-z0-9_-]`.
fn is_key(bearer: &str) -> bool {
    (16..=512).contains(&bearer.len())
        && bearer
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}
