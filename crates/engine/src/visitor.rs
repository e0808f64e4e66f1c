//! Visitors: people whose browser was proven to be a user's. A visitor opens pages and is no caller of the API.
//!
//! The proof is a cookie that the vault sealed for one browser. It says which user of which account was proven, how and
//! when, and holds for eight hours; whether it ended early is asked of the database each time.

use crate::Engine;
use crate::error::{Error, Result};
use crate::sign_in::SignInWay;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use solder_model::{AccountId, Digest, Sealed, Secret, Timestamp, UserId, UserName};
use solder_vault::Context;
use std::time::Duration;

/// How long a sign-in lasts.
pub const SIGN_IN_LASTS: Duration = Duration::from_hours(8);

const LASTS_MS: i64 = 8 * 3_600_000;

/// Cookies are about 450 characters; nothing much longer is worth opening.
const MAX_COOKIE: usize = 2_048;

/// Somebody who was proven to be a user. A sign-in is the only way to one.
#[derive(Debug, Clone)]
pub struct Visitor {
    account: AccountId,
    user: UserId,
    user_name: UserName,
    way: SignInWay,
    at: Timestamp,
}

impl Visitor {
    /// The account.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// The user.
    pub fn user(&self) -> &UserId {
        &self.user
    }

    /// The user's external id.
    pub fn user_name(&self) -> &UserName {
        &self.user_name
    }

    /// How the user was proven.
    pub fn way(&self) -> &SignInWay {
        &self.way
    }

    /// When the user was proven.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

/// What the cookie holds.
#[derive(Serialize, Deserialize)]
struct Visit {
    account: AccountId,
    user: UserId,
    way: SignInWay,
    epoch: i64,
    at: i64,
}

impl Engine {
    /// The visitor that a cookie proves in this browser, if it is the account's and has not ended: by time, by signing
    /// out, by a change of the password, or because the provider or the user is no more.
    pub async fn visitor(
        &self,
        cookie: &str,
        account: &AccountId,
        browser: &Digest,
    ) -> Result<Option<Visitor>> {
        let Some(visit) = self.open_visit(cookie, browser) else {
            return Ok(None);
        };
        if visit.account != *account || self.ended.has(&self.vault.digest(cookie)) {
            return Ok(None);
        }
        let Some((user, epoch)) = self.storage.find_user_and_epoch(&visit.user).await? else {
            return Ok(None);
        };
        let holds = user.account == *account && epoch == visit.epoch;
        if !holds || !self.way_stands(account, &visit.way).await? {
            return Ok(None);
        }
        Ok(Some(Visitor {
            account: user.account,
            user: user.id,
            user_name: user.name,
            way: visit.way,
            at: Timestamp(visit.at),
        }))
    }

    /// Ends the sign-in of a cookie, on every node. One that proves nothing ends nothing.
    pub async fn sign_out(&self, cookie: &str, browser: &Digest) -> Result<()> {
        let Some(visit) = self.open_visit(cookie, browser) else {
            return Ok(());
        };
        let digest = self.vault.digest(cookie);
        let until = Timestamp(visit.at).plus_ms(LASTS_MS);
        self.storage.end_session(&digest, until, self.clock.now()).await?;
        self.ended.add(digest);
        Ok(())
    }

    /// The cookie of a user who was just proven in this browser.
    pub(crate) fn new_visit(
        &self,
        account: &AccountId,
        user: &UserId,
        epoch: i64,
        way: &SignInWay,
        browser: &Digest,
    ) -> Result<Secret> {
        let visit = Visit {
            account: account.clone(),
            user: user.clone(),
            way: way.clone(),
            epoch,
            at: self.clock.now().0,
        };
        let plain =
            serde_json::to_vec(&visit).map_err(|_never| Error::Internal("a visit could not be written"))?;
        let sealed = self.vault.seal(&*self.entropy, &plain, &context(browser));
        Ok(Secret::new(URL_SAFE_NO_PAD.encode(sealed.0)))
    }

    /// What a cookie says, if it was sealed for this browser and its time is not over.
    fn open_visit(&self, cookie: &str, browser: &Digest) -> Option<Visit> {
        if cookie.len() > MAX_COOKIE {
            return None;
        }
        let sealed = Sealed(URL_SAFE_NO_PAD.decode(cookie).ok()?);
        let opened = self.vault.open(&sealed, &context(browser)).ok()?;
        let visit: Visit = serde_json::from_slice(&opened).ok()?;
        let until = Timestamp(visit.at).plus_ms(LASTS_MS);
        (self.clock.now() < until).then_some(visit)
    }
}

fn context(browser: &Digest) -> Context {
    Context::new("visitor", &[&URL_SAFE_NO_PAD.encode(browser.0)])
}
