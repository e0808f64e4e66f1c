//! Signing in by a password.
//!
//! Guessing is made slow by the hash, and is stopped by two windows: of the client's address, which it shares with all
//! other failed authentication, and of the user. A window that is full is asked before the password is looked at, so
//! that it tells nothing; it opens again by itself, and nobody is locked out for good. A name that no user has costs the
//! same time, fills the same windows and is refused in the same words as a wrong password.

use super::{SignInWay, SignedIn, another_user};
use crate::Engine;
use crate::error::{Error, Result};
use crate::limits::WindowKey;
use crate::passwords::context;
use solder_model::{AccountId, Digest, Password, Secret, UserName};
use std::net::IpAddr;

/// A filled form.
#[derive(Debug)]
pub struct PasswordForm<'a> {
    /// The user's external id, as it was typed.
    pub user: &'a str,
    /// The password.
    pub password: Secret,
}

impl Engine {
    /// Signs in by a password. [`Error::Unauthorized`] for a user or a password that is wrong, [`Error::RateLimited`]
    /// after too many of them, [`Error::Forbidden`] in another browser or for another user than the one expected,
    /// [`Error::NotFound`] where the attempt is over. The attempt ends only where it worked.
    pub async fn sign_in_by_password(
        &self,
        attempt: &str,
        browser: &Digest,
        form: PasswordForm<'_>,
        client: IpAddr,
    ) -> Result<SignedIn> {
        let attempt = self.attempt(attempt, browser).await?;
        let inside = self.open_attempt(&attempt)?;
        let expected = self.expected_user(&attempt).await?;
        let proven = self.prove_password(&attempt.account, form, client).await?;
        if let Some(expected) = expected
            && expected.id != proven.user.id
        {
            return Err(another_user(&proven.user.name, &expected.name));
        }
        self.take_attempt(&attempt).await?;
        let way = SignInWay::Password;
        let audit = self.sign_in_audit(&attempt.account, &way, client);
        let user = self.storage.record_sign_in(&proven.user, &audit).await?;
        let cookie = self.new_visit(&attempt.account, &user.id, proven.epoch, &way, browser)?;
        Ok(SignedIn {
            cookie,
            return_to: inside.return_to,
        })
    }

    /// The user whose password it is. The epoch that comes with it is the one that the password was read at: where it is
    /// changed in the meantime, the sign-in has ended before it began.
    async fn prove_password(
        &self,
        account: &AccountId,
        form: PasswordForm<'_>,
        client: IpAddr,
    ) -> Result<Password> {
        let window = self.guesses(account, form.user);
        let turn = self.hashing.turn().await?;
        let now = self.clock.now();
        if let Some(full) = self.limits.full_of_guesses(&window, client, now) {
            return Err(Error::rate_limited(full));
        }
        let found = match UserName::new(form.user) {
            Ok(name) => self.storage.find_password(account, &name).await?,
            Err(_no_user_has_it) => None,
        };
        let hash = match &found {
            Some(found) => Some(self.open_hash(found)?),
            None => None,
        };
        let fits = turn.verify(form.password, hash).await?;
        if let Some(found) = found
            && fits
        {
            return Ok(found);
        }
        self.limits.wrong_guess(&window, client, now);
        Err(Error::Unauthorized)
    }

    fn open_hash(&self, password: &Password) -> Result<Secret> {
        let context = context(&password.user.account, &password.user.id);
        let opened = self.vault.open(&password.sealed, &context)?;
        let text = std::str::from_utf8(&opened);
        text.map(Secret::new)
            .map_err(|_bad| Error::Internal("a sealed password is no text"))
    }

    /// The window of an account's user. A name that no user has gets one too, or the limit would tell who is there; it is
    /// hashed, since names can be long.
    fn guesses(&self, account: &AccountId, user: &str) -> WindowKey {
        WindowKey::SignIn(self.vault.digest(&format!("guesses\0{account}\0{user}")))
    }
}
