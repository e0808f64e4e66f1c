//! Passwords of users: set and removed by the operator and by admins, for signing in to pages. No answer, log or page
//! ever holds one.
//!
//! What is kept is the argon2id hash, sealed besides: a database without its master key cannot even be guessed against.

mod hashing;
mod view;

pub(crate) use hashing::Hashing;
pub use view::{PasswordRemoved, PasswordView};

use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::fields::Fields;
use crate::{Engine, Installation};
use serde_json::{Map, Value, json};
use solder_model::{AccountId, Secret, User, UserId, UserName};
use solder_vault::Context;

/// The shortest password, in characters. Length alone counts: rules of composition make passwords no better (NIST SP
/// 800-63B-4, 3.1.1.2).
const LEAST_CHARS: usize = 12;
/// The longest password, in bytes.
const MOST_BYTES: usize = 1_024;

const NO_USER: Error = Error::NotFound("The account has no user of this id");
const NO_PASSWORD: Error = Error::NotFound("This user has no password");

impl Engine {
    /// Sets or replaces a user's password, for admins: `{"password"}`. Every sign-in of the user ends.
    pub async fn set_password(
        &self,
        caller: &Caller,
        user: &str,
        body: &Map<String, Value>,
    ) -> Result<PasswordView> {
        caller.demand_admin("Passwords of users")?;
        let mut fields = Fields::new(body);
        let password = Secret::new(fields.required("password", "the user's new password"));
        if !password.expose().is_empty()
            && let Some(wrong) = fault(password.expose())
        {
            fields.fault("password", wrong);
        }
        fields.finish(())?;
        let user = self.user_of(caller.account(), user).await?;
        let hash = self.hashing.turn().await?.hash(&*self.entropy, password).await?;
        let context = context(&user.account, &user.id);
        let sealed = self
            .vault
            .seal(&*self.entropy, hash.expose().as_bytes(), &context);
        let audit = self.audit(caller, "password.set", user.id.as_str(), json!({}));
        self.storage
            .set_password(&user.account, &user.id, &sealed, &audit)
            .await?;
        self.warm.forget_user(&user.account, &user.name);
        Ok(PasswordView::new(&user, audit.at))
    }

    /// Removes a user's password, for admins. Every sign-in of the user ends.
    pub async fn remove_password(&self, caller: &Caller, user: &str) -> Result<PasswordRemoved> {
        caller.demand_admin("Passwords of users")?;
        let user = self.user_of(caller.account(), user).await?;
        let audit = self.audit(caller, "password.remove", user.id.as_str(), json!({}));
        let gone = self
            .storage
            .remove_password(&user.account, &user.id, &audit)
            .await?;
        self.warm.forget_user(&user.account, &user.name);
        if gone {
            Ok(PasswordRemoved::new(&user))
        } else {
            Err(NO_PASSWORD)
        }
    }

    /// The account's user of that internal id.
    async fn user_of(&self, account: &AccountId, id: &str) -> Result<User> {
        let Ok(id) = UserId::new(id) else {
            return Err(NO_USER);
        };
        let found = self.storage.find_user_by_id(&id).await?;
        found.filter(|user| user.account == *account).ok_or(NO_USER)
    }
}

impl Installation {
    /// Sets or replaces a user's password, as the operator. Every sign-in of the user ends, in a running server too.
    pub async fn set_password(&self, account: &AccountId, name: &UserName, password: Secret) -> Result<User> {
        if let Some(wrong) = fault(password.expose()) {
            return Err(Error::invalid("password", wrong));
        }
        let user = self.standing_user(account, name).await?;
        let turn = Hashing::default().turn().await?;
        let hash = turn.hash(&*self.entropy, password).await?;
        let context = context(account, &user.id);
        let sealed = self
            .vault
            .seal(&*self.entropy, hash.expose().as_bytes(), &context);
        let audit = self.audit(account, "password.set", user.id.as_str());
        self.storage
            .set_password(account, &user.id, &sealed, &audit)
            .await?;
        Ok(user)
    }

    /// Removes a user's password, as the operator. Every sign-in of the user ends, in a running server too.
    pub async fn remove_password(&self, account: &AccountId, name: &UserName) -> Result<User> {
        let user = self.standing_user(account, name).await?;
        let audit = self.audit(account, "password.remove", user.id.as_str());
        if self.storage.remove_password(account, &user.id, &audit).await? {
            Ok(user)
        } else {
            Err(NO_PASSWORD)
        }
    }

    async fn standing_user(&self, account: &AccountId, name: &UserName) -> Result<User> {
        let found = self.storage.find_user(account, name).await?;
        found.ok_or(Error::NotFound(
            "The account has no such user: `solder users create` makes one",
        ))
    }
}

/// What is wrong with a new password.
fn fault(password: &str) -> Option<&'static str> {
    if password.chars().count() < LEAST_CHARS {
        Some("must have at least 12 characters")
    } else if password.len() > MOST_BYTES {
        Some("must have at most 1,024 bytes")
    } else if password.contains(['\0', '\r', '\n']) {
        Some("must be one line without U+0000, since no form sends another")
    } else {
        None
    }
}

/// What a sealed hash is.
pub(crate) fn context(account: &AccountId, user: &UserId) -> Context {
    Context::new("password", &[account.as_str(), user.as_str()])
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn length_is_counted_in_characters_and_in_bytes() {
        assert!(fault("éééééééééééé").is_none());
        assert!(fault("ééééééééééé").is_some());
        assert!(fault(&"x".repeat(1_024)).is_none());
        assert!(fault(&"x".repeat(1_025)).is_some());
        assert!(fault(&"é".repeat(513)).is_some());
        assert!(fault("twelve chars\n").is_some());
    }
}
