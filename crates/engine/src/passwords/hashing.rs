//! The slow hash.

use crate::error::{Error, Result};
use crate::turns::{self, Turns};
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use solder_model::{Entropy, Secret};

/// Memory of one hash in KiB, passes over it, and lanes: what OWASP's password storage cheat sheet asks for.
const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;

/// So many hashes are computed at once: each costs 19 MiB and a core.
const AT_ONCE: usize = 4;

/// What a password is compared with where there is nothing to compare it with, so that the refusal takes as long. It
/// has the parameters of every hash here, and is the hash of nothing.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
                       AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hands out turns.
pub(crate) struct Hashing(Turns);

impl Default for Hashing {
    fn default() -> Self {
        Self(Turns::of(AT_ONCE))
    }
}

/// The right to compute one hash.
pub(crate) struct Turn(turns::Turn);

impl Hashing {
    /// Waits for a turn. [`Error::RateLimited`] where it does not come, since too many others wait.
    pub(crate) async fn turn(&self) -> Result<Turn> {
        self.0.turn().await.map(Turn)
    }
}

impl Turn {
    /// The hash of a new password, as a PHC string with a salt of its own.
    pub(crate) async fn hash(self, entropy: &dyn Entropy, password: Secret) -> Result<Secret> {
        let mut salt = [0_u8; SALT_BYTES];
        entropy.fill(&mut salt);
        let done = self.0.work(move || {
            let hash = argon2()?.hash_password_with_salt(password.expose().as_bytes(), &salt);
            let hash = hash.map_err(|_cause| Error::Internal("a password could not be hashed"))?;
            Ok(Secret::new(hash.to_string()))
        });
        done.await?
    }

    /// Whether the password is the one of that hash. Where there is no hash the answer is no, after the same work.
    pub(crate) async fn verify(self, password: Secret, hash: Option<Secret>) -> Result<bool> {
        let done = self.0.work(move || {
            let compared = hash.as_ref().map_or(NOBODYS, Secret::expose);
            let fits = argon2()?.verify_password(password.expose().as_bytes(), compared);
            Ok(fits.is_ok() && hash.is_some())
        });
        done.await?
    }
}

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
        .map_err(|_cause| Error::Internal("the parameters of the password hash do not hold"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::{Hashing, NOBODYS};
    use solder_model::{Entropy, Secret};

    struct Sevens;

    impl Entropy for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    async fn hash(password: &str) -> Secret {
        let turn = Hashing::default().turn().await.unwrap();
        turn.hash(&Sevens, Secret::new(password)).await.unwrap()
    }

    async fn verify(password: &str, hash: Option<Secret>) -> bool {
        let turn = Hashing::default().turn().await.unwrap();
        turn.verify(Secret::new(password), hash).await.unwrap()
    }

    #[tokio::test]
    async fn a_hash_fits_its_password_and_no_other() {
        let hash = hash("correct horse battery").await;
        assert!(verify("correct horse battery", Some(hash.clone())).await);
        assert!(!verify("correct horse batterz", Some(hash)).await);
        assert!(!verify("correct horse battery", None).await);
        assert!(!verify("", None).await);
    }

    #[tokio::test]
    async fn what_is_compared_for_nobody_costs_what_everybodys_hash_costs() {
        let shape = |hash: &str| {
            let parts: Vec<&str> = hash.split('$').collect();
            (parts[1..4].join("$"), parts[4].len(), parts[5].len())
        };
        let hash = hash("correct horse battery").await;
        assert_eq!(shape(hash.expose()), shape(NOBODYS));
        assert!(argon2::password_hash::phc::PasswordHash::new(NOBODYS).is_ok());
    }

    #[tokio::test]
    async fn a_few_hashes_are_computed_at_once_and_no_more() {
        let hashing = Hashing::default();
        let mut turns = Vec::new();
        for _ in 0..super::AT_ONCE {
            turns.push(hashing.turn().await.unwrap());
        }
        let soon = std::time::Duration::from_millis(20);
        assert!(tokio::time::timeout(soon, hashing.turn()).await.is_err());
        drop(turns.pop());
        assert!(tokio::time::timeout(soon, hashing.turn()).await.is_ok());
    }
}
