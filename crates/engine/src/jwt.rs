//! JWTs that name a user: contract, part 2.
//!
//! A token is verified with keys that an account registered, and with nothing that the token brings along. Which keys
//! are tried depends on where it is sent; which algorithm a key verifies is the key's, and a token of another one is
//! refused before any arithmetic. What was verified is remembered by the token's keyed hash, so that a warm call
//! verifies nothing and reads no database.

mod claims;
mod jwks;
mod key;
mod remote;
mod token;

pub(crate) use key::from_pem;
pub(crate) use token::{MAX_KID, is_kid};

use crate::Engine;
use crate::cache::Guarded;
use crate::error::Error;
use claims::{Claims, Standing};
use jsonwebtoken::DecodingKey;
use remote::Remotes;
use solder_model::{
    AccountId, Digest, JwtAlgorithm, JwtKey, JwtKeyId, JwtMaterial, Page, Timestamp, UserName,
};
use solder_storage::{Change, ChangeKind};
use solder_vault::Context;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use token::Token;

/// JWT keys of one account at most: each may have to be tried.
pub(crate) const MAX_KEYS: u32 = 20;
/// Keys of all accounts that are tried for one token on `/api`. More are a fault of set-up, and refused.
const MAX_CANDIDATES: u32 = 200;
/// What a key set's key has verified is believed for so long, since its issuer may withdraw the key.
const BELIEVED_MS: i64 = 5 * 60_000;
/// Tokens that are remembered at most.
const ENTRIES: u64 = 100_000;

/// Whose keys may verify a token.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Signers {
    /// Nobody's: the server that was named does not exist.
    Nobody,
    /// One account's: those of the server, or of the API key beside it.
    Account(AccountId),
    /// Those of every account whose issuer or whose `kid` the token names. Where two accounts' keys verify it, it
    /// names nobody.
    Named,
}

/// A user whom a genuine token names.
#[derive(Debug)]
pub(crate) struct Signed {
    pub(crate) account: AccountId,
    pub(crate) user: UserName,
    /// The key that verified it.
    pub(crate) key: JwtKeyId,
    /// Until when it is believed without being verified again: its `exp`, or before that.
    until: Timestamp,
}

/// Why a token names nobody.
#[derive(Debug)]
pub(crate) enum Unsigned {
    /// It is genuine, and its time is not now: no guess.
    OutOfTime,
    /// It does not hold.
    Refused,
    /// A fault of ours.
    Fault(Error),
}

impl From<Error> for Unsigned {
    fn from(error: Error) -> Self {
        Self::Fault(error)
    }
}

/// What is remembered of JWTs.
pub(crate) struct Jwts {
    keys: Guarded<AccountId, Vec<JwtKey>>,
    verdicts: Guarded<(Signers, Digest), Signed>,
    remotes: Remotes,
    verifications: AtomicU64,
}

impl Jwts {
    pub(crate) fn new() -> Self {
        Self {
            keys: Guarded::new(ENTRIES),
            verdicts: Guarded::new(ENTRIES),
            remotes: Remotes::default(),
            verifications: AtomicU64::new(0),
        }
    }

    /// Drops what a change of the account's keys made stale. A new key counts too: where two accounts' keys verify a
    /// token, neither does. The keys go first, so that no verdict comes of old ones and stays.
    pub(crate) fn forget(&self, account: &AccountId) {
        self.keys.invalidate(account);
        self.verdicts.clear();
    }

    /// Drops what a change made stale.
    pub(crate) fn apply(&self, change: &Change) {
        if change.kind == ChangeKind::JwtKeys
            && let Ok(account) = AccountId::new(&change.key)
        {
            self.forget(&account);
        }
    }

    /// Drops everything: after the feed may have missed something.
    pub(crate) fn clear(&self) {
        self.keys.clear();
        self.verdicts.clear();
    }
}

impl Engine {
    /// How many signatures of JWTs have been verified so far: a warm call adds none.
    pub fn verifications(&self) -> u64 {
        self.jwts.verifications.load(Ordering::Relaxed)
    }

    /// The user whom the token names, if it is genuine and its time is now.
    pub(crate) async fn signed_user(&self, signers: Signers, text: &str) -> Result<Arc<Signed>, Unsigned> {
        if signers == Signers::Nobody || text.len() > token::MAX_TOKEN {
            return Err(Unsigned::Refused);
        }
        let place = (signers, self.vault.digest(text));
        let now = self.clock.now();
        if let Some(found) = self.jwts.verdicts.find(&place)
            && let Some(signed) = found.into_option()
        {
            if now < signed.until {
                return Ok(signed);
            }
            self.jwts.verdicts.invalidate(&place);
        }
        let verify = || async { self.verify(&place.0, text).await.map(Some) };
        let found = self.jwts.verdicts.get_or_load(&place, verify).await?;
        found.ok_or(Unsigned::Refused)
    }

    async fn verify(&self, signers: &Signers, text: &str) -> Result<Signed, Unsigned> {
        let token = Token::read(text).ok_or(Unsigned::Refused)?;
        let claims = Claims::read(&token.claims).ok_or(Unsigned::Refused)?;
        let found = match (self.signer(signers, &token).await, signers) {
            // A secret may have been sealed anew since it was read, by a master key that is new too.
            (Err(Error::Vault(_)), Signers::Account(account)) => {
                self.jwts.keys.invalidate(account);
                self.signer(signers, &token).await?
            }
            (found, _) => found?,
        };
        let key = found.ok_or(Unsigned::Refused)?;
        let now = self.clock.now();
        if claims.standing(now) == Standing::OutOfTime {
            return Err(Unsigned::OutOfTime);
        }
        let believed = match key.material {
            JwtMaterial::Jwks(_) => claims.expires_at.min(now.plus_ms(BELIEVED_MS)),
            JwtMaterial::Secret(_) | JwtMaterial::PublicKey(_) => claims.expires_at,
        };
        Ok(Signed {
            account: key.account,
            user: claims.user,
            key: key.id,
            until: believed,
        })
    }

    /// The key that has signed the token; none where those of two accounts have.
    async fn signer(&self, signers: &Signers, token: &Token<'_>) -> Result<Option<JwtKey>, Error> {
        let mut found: Option<JwtKey> = None;
        for key in self.candidates(signers, token).await?.iter() {
            let is_settled = found.as_ref().is_some_and(|before| before.account == key.account);
            if is_settled || !may_have_signed(key, token) {
                continue;
            }
            match self.has_signed(key, token).await {
                Ok(true) => {}
                Ok(false) => continue,
                // What is wrong with one account's key is not another's affair.
                Err(error) if *signers == Signers::Named => {
                    error.log();
                    continue;
                }
                Err(error) => return Err(error),
            }
            if let Some(before) = found {
                tracing::warn!(
                    key = key.id.as_str(),
                    other = before.id.as_str(),
                    "the keys of two accounts verify one token, which is refused on /api"
                );
                return Ok(None);
            }
            found = Some(key.clone());
        }
        Ok(found)
    }

    async fn candidates(&self, signers: &Signers, token: &Token<'_>) -> Result<Arc<Vec<JwtKey>>, Error> {
        match signers {
            Signers::Nobody => Ok(Arc::default()),
            Signers::Account(account) => self.account_jwt_keys(account).await,
            Signers::Named => {
                let most = MAX_CANDIDATES + 1;
                let found = self
                    .storage
                    .find_jwt_keys(token.issuer(), token.kid.as_deref(), most)
                    .await?;
                if found.len() > MAX_CANDIDATES as usize {
                    tracing::warn!(
                        "too many accounts have keys of one issuer or kid: tokens of it are refused on /api"
                    );
                    return Ok(Arc::default());
                }
                Ok(Arc::new(found))
            }
        }
    }

    /// The keys that an account has registered.
    pub(crate) async fn account_jwt_keys(&self, account: &AccountId) -> Result<Arc<Vec<JwtKey>>, Error> {
        let load = || async {
            let page = Page {
                limit: Page::MOST,
                offset: 0,
            };
            let listed = self.storage.list_jwt_keys(account, page).await?;
            Ok::<_, Error>(Some(listed.items))
        };
        Ok(self
            .jwts
            .keys
            .get_or_load(account, load)
            .await?
            .unwrap_or_default())
    }

    /// Whether the key has signed the token.
    async fn has_signed(&self, key: &JwtKey, token: &Token<'_>) -> Result<bool, Error> {
        match &key.material {
            JwtMaterial::Secret(sealed) => {
                let secret = self.vault.open(sealed, &context(&key.account, &key.id))?;
                Ok(self.is_genuine(&DecodingKey::from_secret(&secret), token))
            }
            JwtMaterial::PublicKey(pem) => {
                let public =
                    from_pem(token.algorithm, pem).map_err(|_bad| Error::Internal("a kept key is no key"))?;
                Ok(self.is_genuine(&public, token))
            }
            JwtMaterial::Jwks(url) => {
                let kid = token.kid.as_deref();
                let Some(set) = self.key_set(&key.id, url, kid).await else {
                    return Ok(false);
                };
                let mut candidates = set.candidates(token.algorithm, kid);
                Ok(candidates.any(|one| self.is_genuine(&one.key, token)))
            }
        }
    }

    fn is_genuine(&self, key: &DecodingKey, token: &Token<'_>) -> bool {
        self.jwts.verifications.fetch_add(1, Ordering::Relaxed);
        key::verifies(key, token.algorithm, token.signed, token.signature)
    }
}

/// Whether what the key was registered for does not speak against it.
fn may_have_signed(key: &JwtKey, token: &Token<'_>) -> bool {
    let takes_algorithm = match (key.algorithm, &key.material) {
        (Some(only), _) => only == token.algorithm,
        // Whoever can read a key set could sign by it, were there a secret in it.
        (None, JwtMaterial::Jwks(_)) => token.algorithm != JwtAlgorithm::Hs256,
        (None, JwtMaterial::Secret(_) | JwtMaterial::PublicKey(_)) => false,
    };
    let same_name = match (key.kid.as_deref(), token.kid.as_deref()) {
        (Some(own), Some(named)) => own == named,
        _ => true,
    };
    takes_algorithm && same_name && claims::is_for(key, &token.claims)
}

/// What a sealed secret is bound to.
pub(crate) fn context(account: &AccountId, id: &JwtKeyId) -> Context {
    Context::new("jwt key", &[account.as_str(), id.as_str()])
}
