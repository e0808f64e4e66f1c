//! What a call needs, kept warm: keys, servers with their compiled policy, users and sealed credentials, each
//! found without the database once it has been found. The change feed drops what changed, on every node.

use crate::cache::Guarded;
use crate::catalog::Own;
use crate::error::{Error, Result};
use crate::last_use::KnownKey;
use solder_model::{
    AccountId, ConnectorId, Credential, Digest, Grant, GrantId, GrantToken, OAuthApp, Page, Policy, Server,
    ServerId, UserId, UserName,
};
use solder_storage::{Change, ChangeKind, Storage};
use std::sync::Arc;

/// A server and what is compiled from it.
#[derive(Debug)]
pub struct ServerEntry {
    /// The record.
    pub server: Server,
    /// Its restrictions, compiled.
    pub policy: Policy,
}

/// What is known of a user by name.
#[derive(Debug, Clone)]
pub(crate) struct KnownUser {
    pub(crate) id: UserId,
    pub(crate) holds_key: bool,
    pub(crate) has_password: bool,
}

/// A user's credentials for one connector, newest first.
type Credentials = Vec<Arc<Credential>>;

pub(crate) struct Warm {
    keys: Guarded<Digest, KnownKey>,
    servers: Guarded<ServerId, ServerEntry>,
    users: Guarded<(AccountId, UserName), KnownUser>,
    credentials: Guarded<UserId, Credentials>,
    oauth_apps: Guarded<AccountId, Vec<OAuthApp>>,
    connectors: Guarded<AccountId, Own>,
    tokens: Guarded<Digest, GrantToken>,
    grants: Guarded<GrantId, Grant>,
}

const ENTRIES: u64 = 100_000;

/// The room of all accounts' own connectors, in bytes of their files.
const CONNECTOR_BYTES: u64 = 256 * 1024 * 1024;

impl Warm {
    pub(crate) fn new() -> Self {
        Self {
            keys: Guarded::new(ENTRIES),
            servers: Guarded::new(ENTRIES),
            users: Guarded::new(ENTRIES),
            credentials: Guarded::new(ENTRIES),
            oauth_apps: Guarded::new(ENTRIES),
            connectors: Guarded::weighed(CONNECTOR_BYTES, Own::weight),
            tokens: Guarded::new(ENTRIES),
            grants: Guarded::new(ENTRIES),
        }
    }

    pub(crate) async fn key(&self, storage: &Storage, digest: Digest) -> Result<Option<Arc<KnownKey>>> {
        let load = || async { Ok(storage.find_key_by_digest(&digest).await?.map(KnownKey::new)) };
        self.keys.get_or_load(&digest, load).await
    }

    pub(crate) async fn server(&self, storage: &Storage, id: &ServerId) -> Result<Option<Arc<ServerEntry>>> {
        let load = || async {
            let found = storage.find_server(id).await?;
            Ok(found.map(|server| ServerEntry {
                policy: server.restrictions.policy(),
                server,
            }))
        };
        self.servers.get_or_load(id, load).await
    }

    pub(crate) async fn user(
        &self,
        storage: &Storage,
        account: &AccountId,
        name: &UserName,
    ) -> Result<Option<Arc<KnownUser>>> {
        let key = (account.clone(), name.clone());
        let load = || async {
            let Some(user) = storage.find_user(account, name).await? else {
                return Ok(None);
            };
            let holds_key = storage.user_holds_key(&user.id).await?;
            let has_password = storage.user_has_password(&user.id).await?;
            Ok(Some(KnownUser {
                id: user.id,
                holds_key,
                has_password,
            }))
        };
        self.users.get_or_load(&key, load).await
    }

    /// Every credential of the user, newest first.
    pub(crate) async fn credentials(&self, storage: &Storage, user: &UserId) -> Result<Arc<Credentials>> {
        let load = || async {
            let mut all = Credentials::new();
            loop {
                let page = Page {
                    limit: Page::MOST,
                    offset: all.len() as u64,
                };
                let paged = storage.list_credentials(user, None::<&ConnectorId>, page).await?;
                let more = paged.has_more();
                all.extend(paged.items.into_iter().map(Arc::new));
                if !more {
                    return Ok::<_, Error>(Some(all));
                }
            }
        };
        Ok(self
            .credentials
            .get_or_load(user, load)
            .await?
            .unwrap_or_default())
    }

    /// Every OAuth app of the account, their secrets sealed.
    pub(crate) async fn oauth_apps(
        &self,
        storage: &Storage,
        account: &AccountId,
    ) -> Result<Arc<Vec<OAuthApp>>> {
        let load = || async {
            let mut all = Vec::new();
            loop {
                let page = Page {
                    limit: Page::MOST,
                    offset: all.len() as u64,
                };
                let paged = storage.list_oauth_apps(account, page).await?;
                let more = paged.has_more();
                all.extend(paged.items);
                if !more {
                    return Ok::<_, Error>(Some(all));
                }
            }
        };
        let found = self.oauth_apps.get_or_load(account, load).await?;
        Ok(found.unwrap_or_default())
    }

    pub(crate) fn forget_oauth_apps(&self, account: &AccountId) {
        self.oauth_apps.invalidate(account);
    }

    /// The account's own connectors; an empty list of them is kept in mind too.
    pub(crate) async fn connectors(&self, storage: &Storage, account: &AccountId) -> Result<Arc<Own>> {
        let load = || async {
            let live = storage.list_live_connectors(account).await?;
            Ok::<_, Error>(Some(Own::new(live)))
        };
        let found = self.connectors.get_or_load(account, load).await?;
        Ok(found.unwrap_or_default())
    }

    pub(crate) fn forget_connectors(&self, account: &AccountId) {
        self.connectors.invalidate(account);
    }

    pub(crate) async fn token(&self, storage: &Storage, digest: Digest) -> Result<Option<Arc<GrantToken>>> {
        let load = || async { Ok(storage.find_token(&digest).await?) };
        self.tokens.get_or_load(&digest, load).await
    }

    pub(crate) async fn grant(&self, storage: &Storage, id: &GrantId) -> Result<Option<Arc<Grant>>> {
        let load = || async { Ok(storage.find_grant(id).await?) };
        self.grants.get_or_load(id, load).await
    }

    pub(crate) fn forget_token(&self, digest: &Digest) {
        self.tokens.invalidate(digest);
    }

    pub(crate) fn forget_grant(&self, id: &GrantId) {
        self.grants.invalidate(id);
    }

    pub(crate) fn forget_grants(&self) {
        self.grants.clear();
    }

    pub(crate) fn forget_server(&self, id: &ServerId) {
        self.servers.invalidate(id);
    }

    pub(crate) fn forget_user(&self, account: &AccountId, name: &UserName) {
        self.users.invalidate(&(account.clone(), name.clone()));
    }

    /// Every key, and what is known of users, since it says of each whether one holds a key.
    pub(crate) fn forget_keys(&self) {
        self.keys.clear();
        self.users.clear();
    }

    pub(crate) fn forget_credentials(&self, user: &UserId) {
        self.credentials.invalidate(user);
    }

    /// Drops what a change made stale.
    pub(crate) fn apply(&self, change: &Change) {
        match change.kind {
            ChangeKind::Server => {
                if let Ok(id) = ServerId::new(&change.key) {
                    self.servers.invalidate(&id);
                }
            }
            ChangeKind::Credentials => {
                if let Ok(id) = UserId::new(&change.key) {
                    self.credentials.invalidate(&id);
                }
            }
            // Which users a key concerns is not looked for: keys change rarely.
            ChangeKind::Key => self.forget_keys(),
            // With a user go the user's grants.
            ChangeKind::User => {
                self.users.clear();
                self.grants.clear();
            }
            ChangeKind::Grant => {
                if let Ok(id) = GrantId::new(&change.key) {
                    self.grants.invalidate(&id);
                }
            }
            ChangeKind::GrantToken => {
                if let Some(digest) = crate::feed::digest_from_hex(&change.key) {
                    self.tokens.invalidate(&digest);
                }
            }
            ChangeKind::Account | ChangeKind::Session | ChangeKind::MasterKey | ChangeKind::JwtKeys => {}
            ChangeKind::Connectors => {
                if let Ok(id) = AccountId::new(&change.key) {
                    self.connectors.invalidate(&id);
                }
            }
            ChangeKind::OAuthApps => {
                if let Ok(id) = AccountId::new(&change.key) {
                    self.oauth_apps.invalidate(&id);
                }
            }
        }
    }

    /// Drops everything: after the feed may have missed something.
    pub(crate) fn clear(&self) {
        self.keys.clear();
        self.servers.clear();
        self.users.clear();
        self.credentials.clear();
        self.oauth_apps.clear();
        self.connectors.clear();
        self.tokens.clear();
        self.grants.clear();
    }
}
