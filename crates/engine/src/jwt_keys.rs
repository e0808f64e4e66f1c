//! The keys that verify an account's JWTs: registered, listed and deleted by admins and by the operator. Nothing here
//! shows a secret.

mod input;
mod view;

pub use view::{JwtKeyDeleted, JwtKeyList, JwtKeyView};

use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::jwt::{MAX_KEYS, context};
use crate::outbound::Reach;
use crate::{Engine, Installation};
use input::{Material, NewJwtKey};
use serde_json::{Map, Value, json};
use solder_model::{AccountId, Entropy, JwtAlgorithm, JwtKey, JwtKeyId, JwtMaterial, Page, Paged, Timestamp};
use solder_storage::Storage;
use solder_vault::Vault;

const WHAT: &str = "JWT keys";

impl Engine {
    /// Registers a key: `{"algorithm","secret"|"publicKey"|"jwksUrl","kid"?,"issuer"?,"audience"?,"name"?}`.
    pub async fn create_jwt_key(&self, caller: &Caller, body: &Map<String, Value>) -> Result<JwtKeyView> {
        caller.demand_admin(WHAT)?;
        let new = NewJwtKey::read(body, |url| self.outbound.judge(Reach::Account, url).err())?;
        demand_room(&self.storage, &caller.account).await?;
        let key = make(
            new,
            &caller.account,
            &self.vault,
            &*self.entropy,
            self.clock.now(),
        );
        let audit = self.audit(caller, "jwt_key.create", key.id.as_str(), details(&key));
        self.storage.create_jwt_key(&key, &audit).await?;
        self.jwts.forget(&caller.account);
        Ok(JwtKeyView::new(&key))
    }

    /// The account's keys, newest first.
    pub async fn list_jwt_keys(&self, caller: &Caller, page: Page) -> Result<JwtKeyList> {
        caller.demand_admin(WHAT)?;
        Ok(JwtKeyList::new(
            &self.storage.list_jwt_keys(&caller.account, page).await?,
        ))
    }

    /// One key of the account.
    pub async fn get_jwt_key(&self, caller: &Caller, id: &str) -> Result<JwtKeyView> {
        caller.demand_admin(WHAT)?;
        let id = JwtKeyId::new(id).map_err(|_bad| unknown())?;
        let found = self.storage.find_jwt_key(&caller.account, &id).await?;
        found.map(|key| JwtKeyView::new(&key)).ok_or_else(unknown)
    }

    /// Deletes a key: what it has verified ends with it, here at once and on other nodes within a second.
    pub async fn delete_jwt_key(&self, caller: &Caller, id: &str) -> Result<JwtKeyDeleted> {
        caller.demand_admin(WHAT)?;
        let id = JwtKeyId::new(id).map_err(|_bad| unknown())?;
        let audit = self.audit(caller, "jwt_key.delete", id.as_str(), json!({}));
        let gone = self.storage.delete_jwt_key(&caller.account, &id, &audit).await?;
        self.jwts.forget(&caller.account);
        if gone {
            Ok(JwtKeyDeleted::new(&id))
        } else {
            Err(unknown())
        }
    }
}

impl Installation {
    /// Registers a key of the account, by the same body and the same rules as over REST. Which addresses a key set
    /// may have is judged when it is fetched.
    pub async fn create_jwt_key(&self, account: &AccountId, body: &Map<String, Value>) -> Result<JwtKeyView> {
        let new = NewJwtKey::read(body, |_url| None)?;
        demand_room(&self.storage, account).await?;
        let key = make(new, account, &self.vault, &*self.entropy, self.clock.now());
        let mut audit = self.audit(account, "jwt_key.create", key.id.as_str());
        audit.details = details(&key);
        self.storage.create_jwt_key(&key, &audit).await?;
        Ok(JwtKeyView::new(&key))
    }

    /// The keys of an account, newest first.
    pub async fn list_jwt_keys(&self, account: &AccountId, page: Page) -> Result<Paged<JwtKeyView>> {
        let paged = self.storage.list_jwt_keys(account, page).await?;
        Ok(Paged {
            items: paged.items.iter().map(JwtKeyView::new).collect(),
            total: paged.total,
            page: paged.page,
        })
    }

    /// Deletes a key of the account; a running server follows within a second.
    pub async fn delete_jwt_key(&self, account: &AccountId, id: &JwtKeyId) -> Result<()> {
        let audit = self.audit(account, "jwt_key.delete", id.as_str());
        if self.storage.delete_jwt_key(account, id, &audit).await? {
            Ok(())
        } else {
            Err(unknown())
        }
    }
}

fn make(new: NewJwtKey, account: &AccountId, vault: &Vault, entropy: &dyn Entropy, now: Timestamp) -> JwtKey {
    let id = JwtKeyId::random(entropy);
    let material = match new.material {
        Material::Secret(secret) => {
            JwtMaterial::Secret(vault.seal(entropy, secret.expose().as_bytes(), &context(account, &id)))
        }
        Material::PublicKey(pem) => JwtMaterial::PublicKey(pem),
        Material::Jwks(url) => JwtMaterial::Jwks(url),
    };
    JwtKey {
        id,
        account: account.clone(),
        name: new.name,
        algorithm: new.algorithm,
        material,
        kid: new.kid,
        issuer: new.issuer,
        audience: new.audience,
        created_at: now,
    }
}

/// Every key may have to be tried for a token, so an account has not many.
async fn demand_room(storage: &Storage, account: &AccountId) -> Result<()> {
    let first = Page { limit: 1, offset: 0 };
    if storage.list_jwt_keys(account, first).await?.total < u64::from(MAX_KEYS) {
        return Ok(());
    }
    Err(Error::invalid(
        "",
        format!(
            "The account has {MAX_KEYS} JWT keys, which is the most: delete one that signs nothing any more"
        ),
    ))
}

/// What the audit log says of a key: never the secret.
fn details(key: &JwtKey) -> Value {
    json!({
        "kind": view::kind(&key.material),
        "algorithm": key.algorithm.map(JwtAlgorithm::as_str),
        "kid": key.kid,
        "issuer": key.issuer,
        "audience": key.audience,
    })
}

fn unknown() -> Error {
    Error::NotFound("The account has no such JWT key")
}
