//! An installation: its database and its vault, and what the operator does to it from the command line. Callers
//! of the API have no way to any of this.

use crate::error::{Error, Result};
use serde_json::json;
use solder_model::{
    Account, AccountId, ApiKey, ApiKeyId, Clock, Entropy, Page, Paged, Role, Secret, Timestamp, User, UserId,
    UserName,
};
use solder_storage::{AuditEntry, Storage};
use solder_vault::{KeyRing, Vault};
use std::sync::Arc;

/// A database with the vault that opens what is sealed in it.
#[derive(Clone)]
pub struct Installation {
    pub(crate) storage: Storage,
    pub(crate) vault: Arc<Vault>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

/// What a new API key shall be.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// A name for people; may be empty.
    pub name: String,
    /// The user that it is tied to, who comes to be if need be.
    pub user: UserName,
    /// What it may do; a user-bound key is a member whatever stands here.
    pub role: Role,
    /// Whether it acts as its own user alone.
    pub user_bound: bool,
    /// When it ends; never where absent.
    pub expires_at: Option<Timestamp>,
}

impl std::fmt::Debug for Installation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Installation")
    }
}

impl Installation {
    /// Opens the vault of a database. A new database gets its hash key, wrapped by the master key.
    pub async fn open(
        storage: Storage,
        ring: KeyRing,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self> {
        let hash_key = match storage.find_hash_key().await? {
            Some(sealed) => sealed,
            None => {
                storage
                    .create_hash_key(&Vault::new_hash_key(&ring, &*entropy), clock.now())
                    .await?
            }
        };
        let vault = Arc::new(Vault::open_with(ring, &hash_key)?);
        Ok(Self {
            storage,
            vault,
            clock,
            entropy,
        })
    }

    /// The first account by age; absent on a new database.
    pub async fn first_account(&self) -> Result<Option<Account>> {
        // Newest first, as every list is: the first account stands at the end.
        let total = self
            .storage
            .list_accounts(Page { limit: 1, offset: 0 })
            .await?
            .total;
        let last = Page {
            limit: 1,
            offset: total.saturating_sub(1),
        };
        Ok(self.storage.list_accounts(last).await?.items.pop())
    }

    /// The accounts.
    pub async fn list_accounts(&self, page: Page) -> Result<Paged<Account>> {
        Ok(self.storage.list_accounts(page).await?)
    }

    /// The account of that id or name.
    pub async fn get_account(&self, id_or_name: &str) -> Result<Account> {
        let by_id = match AccountId::new(id_or_name) {
            Ok(id) => self.storage.find_account(&id).await?,
            Err(_) => None,
        };
        let found = match by_id {
            Some(account) => Some(account),
            None => self.storage.find_account_by_name(id_or_name).await?,
        };
        found.ok_or(Error::NotFound("There is no account of this id or name"))
    }

    /// Makes an account with its first user and its first key, which is admin. The secret is shown this once.
    pub async fn create_account(&self, name: &str, user: &UserName) -> Result<(Account, ApiKey, Secret)> {
        let now = self.clock.now();
        let account = Account {
            id: AccountId::random(&*self.entropy),
            name: name.to_owned(),
            created_at: now,
        };
        let first = self.user(&account.id, user, now);
        let new = NewKey {
            name: "first key".to_owned(),
            user: user.clone(),
            role: Role::Admin,
            user_bound: false,
            expires_at: None,
        };
        let (key, secret) = self.key(&first, &new, now);
        let audit = self.audit(&account.id, "account.create", account.id.as_str());
        self.storage
            .create_account(&account, &first, Some(&key), &audit)
            .await
            .map_err(|error| match error {
                solder_storage::Error::Conflict(_) => {
                    Error::invalid("name", "another account has this name already")
                }
                other => Error::Storage(other),
            })?;
        Ok((account, key, secret))
    }

    /// Makes a user, or gives the one that stands under this name.
    pub async fn create_user(&self, account: &AccountId, name: &UserName) -> Result<User> {
        Ok(self
            .storage
            .ensure_user(&self.user(account, name, self.clock.now()))
            .await?)
    }

    /// The users of an account.
    pub async fn list_users(&self, account: &AccountId, page: Page) -> Result<Paged<User>> {
        Ok(self.storage.list_users(account, page).await?)
    }

    /// Makes an API key. The secret is shown this once.
    pub async fn create_key(&self, account: &AccountId, new: &NewKey) -> Result<(ApiKey, Secret)> {
        let user = self.create_user(account, &new.user).await?;
        let (key, secret) = self.key(&user, new, self.clock.now());
        let audit = self.audit(account, "key.create", key.id.as_str());
        self.storage.create_key(&key, &audit).await?;
        Ok((key, secret))
    }

    /// The live keys of an account.
    pub async fn list_keys(&self, account: &AccountId, page: Page) -> Result<Paged<ApiKey>> {
        Ok(self.storage.list_keys(account, page).await?)
    }

    /// Ends a key at once; a running server follows within a second.
    pub async fn revoke_key(&self, account: &AccountId, id: &ApiKeyId) -> Result<()> {
        let audit = self.audit(account, "key.revoke", id.as_str());
        let gone = self.storage.revoke_key(account, id, &audit).await?;
        if gone {
            Ok(())
        } else {
            Err(Error::NotFound("The account has no such key"))
        }
    }

    fn user(&self, account: &AccountId, name: &UserName, now: Timestamp) -> User {
        User {
            id: UserId::random(&*self.entropy),
            account: account.clone(),
            name: name.clone(),
            created_at: now,
        }
    }

    fn key(&self, user: &User, new: &NewKey, now: Timestamp) -> (ApiKey, Secret) {
        let secret = crate::new_secret(&*self.entropy, "sk_");
        let key = ApiKey {
            id: ApiKeyId::random(&*self.entropy),
            account: user.account.clone(),
            user: user.id.clone(),
            user_name: user.name.clone(),
            name: new.name.clone(),
            role: if new.user_bound { Role::Member } else { new.role },
            user_bound: new.user_bound,
            digest: self.vault.digest(secret.expose()),
            created_at: now,
            expires_at: new.expires_at,
            last_used_at: None,
        };
        (key, secret)
    }

    pub(crate) fn audit(&self, account: &AccountId, action: &str, target: &str) -> AuditEntry {
        AuditEntry {
            account: account.clone(),
            at: self.clock.now(),
            actor: "operator".to_owned(),
            acting_user: None,
            action: action.to_owned(),
            target: target.to_owned(),
            from: None,
            details: json!({}),
        }
    }
}
