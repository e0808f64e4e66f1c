//! Attempts: begun, found again in their browser, and taken once.

use super::return_path;
use crate::Engine;
use crate::error::{Error, Result};
use crate::identity_providers::AtProvider;
use serde::{Deserialize, Serialize};
use solder_model::{AccountId, Digest, Sealed, Secret, SignInAttempt, SignInAttemptId, UserId};
use solder_vault::Context;

/// How long an attempt lasts, in milliseconds: ten minutes.
const LASTS_MS: i64 = 600_000;

/// Longest text of an attempt that is looked up, in bytes.
const MAX_TEXT: usize = 64;

pub(super) const OVER: Error = Error::NotFound(
    "This sign-in is over: it took too long, or was used already. Start again where you came from.",
);

/// What is sealed in an attempt.
#[derive(Serialize, Deserialize)]
pub(super) struct Inside {
    pub(super) return_to: String,
    /// Set once the browser was sent to a provider.
    pub(super) sent: Option<AtProvider>,
}

impl Engine {
    /// Begins to sign somebody in to an account, in this browser alone, and says where that goes on: a path such as
    /// `/sign-in/…`. Afterwards the browser goes to `return_to`, which has to be a path of ours; where a user is
    /// expected, no other comes out of it.
    pub async fn begin_sign_in(
        &self,
        account: &AccountId,
        return_to: &str,
        expected: Option<&UserId>,
        browser: &Digest,
    ) -> Result<String> {
        if !return_path::is_ours(return_to) {
            return Err(Error::invalid("returnTo", "must be a path of this Solder"));
        }
        let now = self.clock.now();
        let text = crate::new_secret(&*self.entropy, "");
        let id = SignInAttemptId::random(&*self.entropy);
        let inside = Inside {
            return_to: return_to.to_owned(),
            sent: None,
        };
        let attempt = SignInAttempt {
            digest: self.attempt_digest(text.expose()),
            account: account.clone(),
            expected: expected.cloned(),
            browser: *browser,
            state: None,
            sealed: self.seal_attempt(account, &id, &inside)?,
            ends_at: now.plus_ms(LASTS_MS),
            id,
        };
        self.storage.create_sign_in_attempt(&attempt, now).await?;
        Ok(format!("/sign-in/{}", text.expose()))
    }

    /// The attempt of that text, in the browser that began it.
    pub(super) async fn attempt(&self, text: &str, browser: &Digest) -> Result<SignInAttempt> {
        if text.len() > MAX_TEXT {
            return Err(OVER);
        }
        let digest = self.attempt_digest(text);
        let found = self.storage.find_sign_in_attempt(&digest).await?;
        self.live_attempt(found, browser)
    }

    /// The attempt that was found, if this is its browser and its time is not over.
    pub(super) fn live_attempt(
        &self,
        found: Option<SignInAttempt>,
        browser: &Digest,
    ) -> Result<SignInAttempt> {
        let attempt = found.ok_or(OVER)?;
        if attempt.browser != *browser {
            return Err(Error::Forbidden(
                "This sign-in was begun in another browser and goes on there alone. If it was this one, it keeps no \
                 cookies: allow them for this site, and start again where you came from."
                    .to_owned(),
            ));
        }
        if attempt.ends_at <= self.clock.now() {
            return Err(OVER);
        }
        Ok(attempt)
    }

    /// Takes the attempt, for whoever comes first.
    pub(super) async fn take_attempt(&self, attempt: &SignInAttempt) -> Result<()> {
        let now = self.clock.now();
        if self.storage.take_sign_in_attempt(&attempt.id, now).await? {
            Ok(())
        } else {
            Err(OVER)
        }
    }

    /// What is sealed in the attempt.
    pub(super) fn open_attempt(&self, attempt: &SignInAttempt) -> Result<Inside> {
        let context = context(&attempt.account, &attempt.id);
        let plain = self.vault.open(&attempt.sealed, &context)?;
        serde_json::from_slice(&plain).map_err(|_bad| Error::Internal("an attempt holds something else"))
    }

    /// Seals what belongs into an attempt.
    pub(super) fn seal_attempt(
        &self,
        account: &AccountId,
        id: &SignInAttemptId,
        inside: &Inside,
    ) -> Result<Sealed> {
        let plain = serde_json::to_string(inside).map(Secret::new);
        let plain = plain.map_err(|_never| Error::Internal("an attempt could not be written"))?;
        let context = context(account, id);
        Ok(self
            .vault
            .seal(&*self.entropy, plain.expose().as_bytes(), &context))
    }

    fn attempt_digest(&self, text: &str) -> Digest {
        self.vault.digest(&format!("sign-in\0{text}"))
    }
}

fn context(account: &AccountId, id: &SignInAttemptId) -> Context {
    Context::new("sign-in attempt", &[account.as_str(), id.as_str()])
}
