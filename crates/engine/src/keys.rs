//! API keys of an account, for its admins: create, list, get, change, rotate, revoke. Several live at once, so that one
//! takes over from another without a gap. A key is shown once, in the answer that made it.

mod input;
mod view;

pub(crate) use input::user_name;
pub use view::{KeyList, KeyRevoked, KeyView};

use crate::Engine;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::installation::Installation;
use input::{Change, Draft, Grace, Term};
use serde_json::{Map, Value, json};
use solder_model::{ApiKey, ApiKeyId, Digest, Entropy, Page, Secret, Timestamp};
use solder_storage::{KeyChange, Revoked};

const UNKNOWN: Error = Error::NotFound("The account has no such key");

const WHAT: &str = "API keys";

impl Engine {
    /// Creates a key. The answer alone carries it.
    pub async fn create_key(&self, caller: &Caller, body: &Map<String, Value>) -> Result<KeyView> {
        caller.demand_admin(WHAT)?;
        let draft = Draft::read(body)?;
        let now = self.clock.now();
        let user_name = draft.user.unwrap_or_else(|| caller.user_name.clone());
        let user = self.named_user(&caller.account, &user_name).await?;
        let (secret, digest) = self.new_key();
        let key = ApiKey {
            id: ApiKeyId::random(&*self.entropy),
            account: caller.account.clone(),
            user,
            user_name,
            name: draft.name.unwrap_or_default(),
            role: draft.role,
            user_bound: draft.user_bound,
            digest,
            created_at: now,
            expires_at: draft.days.map(|days| now.plus_ms(days * Timestamp::DAY_MS)),
            last_used_at: None,
        };
        let details = json!({
            "name": key.name, "userId": key.user_name.as_str(), "role": key.role.as_str(), "userBound": key.user_bound,
            "expiresAt": key.expires_at,
        });
        let audit = self.audit(caller, "key.create", key.id.as_str(), details);
        self.storage.create_key(&key, &audit).await?;
        self.warm.forget_keys();
        Ok(KeyView::new(&key, Some(&secret)))
    }

    /// The account's keys, newest first, those that have ended among them.
    pub async fn list_keys(&self, caller: &Caller, page: Page) -> Result<KeyList> {
        caller.demand_admin(WHAT)?;
        let paged = self.storage.list_keys(&caller.account, page).await?;
        Ok(KeyList::new(&paged))
    }

    /// One key of the account.
    pub async fn get_key(&self, caller: &Caller, id: &str) -> Result<KeyView> {
        caller.demand_admin(WHAT)?;
        Ok(KeyView::new(&self.known_key(caller, id).await?, None))
    }

    /// Changes a key's name or when it ends. What it may do, and for whom, never changes: make another for that.
    pub async fn update_key(&self, caller: &Caller, id: &str, body: &Map<String, Value>) -> Result<KeyView> {
        caller.demand_admin(WHAT)?;
        let change = Change::read(body)?;
        let key = self.known_key(caller, id).await?;
        let now = self.clock.now();
        demand_live(&key, now)?;
        let expires_at = match change.term {
            Term::Unsaid => None,
            Term::Never => Some(None),
            Term::Days(days) => Some(Some(now.plus_ms(days * Timestamp::DAY_MS))),
        };
        let details = json!({ "fields": change.fields() });
        let audit = self.audit(caller, "key.update", key.id.as_str(), details);
        let change = KeyChange {
            name: change.name,
            expires_at,
        };
        let changed = self
            .storage
            .update_key(&caller.account, &key.id, &change, &audit)
            .await?;
        self.warm.forget_keys();
        Ok(KeyView::new(&changed.ok_or(UNKNOWN)?, None))
    }

    /// Ends a key at once. The last one by which an admin can come in stays.
    pub async fn revoke_key(&self, caller: &Caller, id: &str) -> Result<KeyRevoked> {
        caller.demand_admin(WHAT)?;
        let key = self.known_key(caller, id).await?;
        let audit = self.audit(caller, "key.revoke", key.id.as_str(), json!({ "name": key.name }));
        let revoked = self
            .storage
            .revoke_key_but_the_last(&caller.account, &key.id, &audit)
            .await?;
        self.warm.forget_keys();
        match revoked {
            Revoked::Gone => Ok(KeyRevoked::new(&key.id)),
            Revoked::NotFound => Err(UNKNOWN),
            Revoked::IsTheLast => Err(Error::invalid(
                "keyId",
                "is the last key by which an admin of this account can come in: make another admin key first, or rotate \
                 this one",
            )),
        }
    }

    /// Makes a key with the same properties, and lets the old one live on for `graceSeconds`, but not longer than it
    /// would have. A term starts again. The answer carries the new key.
    pub async fn rotate_key(&self, caller: &Caller, id: &str, body: &Map<String, Value>) -> Result<KeyView> {
        caller.demand_admin(WHAT)?;
        let grace = Grace::read(body)?;
        let old = self.known_key(caller, id).await?;
        let now = self.clock.now();
        demand_live(&old, now)?;
        let (secret, digest) = self.new_key();
        let new = successor(&old, digest, &*self.entropy, now);
        let details = json!({ "successor": new.id.as_str(), "graceSeconds": grace.seconds });
        let audit = self.audit(caller, "key.rotate", old.id.as_str(), details);
        let ends_at = now.plus_ms(grace.seconds * 1_000);
        if !self.storage.rotate_key(&old.id, ends_at, &new, &audit).await? {
            return Err(UNKNOWN);
        }
        self.warm.forget_keys();
        Ok(KeyView::new(&new, Some(&secret)))
    }

    async fn known_key(&self, caller: &Caller, id: &str) -> Result<ApiKey> {
        let id = ApiKeyId::new(id).map_err(|_bad| UNKNOWN)?;
        self.storage.find_key(&caller.account, &id).await?.ok_or(UNKNOWN)
    }

    fn new_key(&self) -> (Secret, Digest) {
        let secret = crate::new_secret(&*self.entropy, PREFIX);
        let digest = self.vault.digest(secret.expose());
        (secret, digest)
    }
}

/// What keys begin with.
const PREFIX: &str = "sk_";

impl Installation {
    /// The same as the API's rotation, by the operator. `grace_ms` is how long the old key lives on.
    pub async fn rotate_key(
        &self,
        account: &solder_model::AccountId,
        id: &ApiKeyId,
        grace_ms: i64,
    ) -> Result<(ApiKey, Secret)> {
        let old = self.storage.find_key(account, id).await?.ok_or(UNKNOWN)?;
        let now = self.clock.now();
        demand_live(&old, now)?;
        let secret = crate::new_secret(&*self.entropy, PREFIX);
        let digest = self.vault.digest(secret.expose());
        let new = successor(&old, digest, &*self.entropy, now);
        let mut audit = self.audit(account, "key.rotate", old.id.as_str());
        audit.details = json!({ "successor": new.id.as_str(), "graceSeconds": grace_ms / 1_000 });
        let ends_at = now.plus_ms(grace_ms);
        if self.storage.rotate_key(&old.id, ends_at, &new, &audit).await? {
            Ok((new, secret))
        } else {
            Err(UNKNOWN)
        }
    }
}

/// A key that takes over from another: the same in everything but its id, its secret and its times.
fn successor(old: &ApiKey, digest: Digest, entropy: &dyn Entropy, now: Timestamp) -> ApiKey {
    let term = old.expires_at.map(|end| end.since(old.created_at));
    ApiKey {
        id: ApiKeyId::random(entropy),
        digest,
        created_at: now,
        expires_at: term.map(|term| now.plus_ms(term)),
        last_used_at: None,
        ..old.clone()
    }
}

fn demand_live(key: &ApiKey, now: Timestamp) -> Result<()> {
    if key.is_live(now) {
        return Ok(());
    }
    Err(Error::invalid(
        "keyId",
        "has ended, and an ended key does not come back: make a new one",
    ))
}
