//! Signing people in: a person in a browser is proven to be a user of an account, by a provider of the account or by a
//! password.
//!
//! It begins with an attempt, which knows the browser, the account and where it leads. The attempt stands in the
//! database, so that any node can go on with it; it ends after ten minutes, and works once. What comes out of it is a
//! cookie, from which [`Engine::visitor`] makes a visitor.

mod attempt;
mod by_password;
mod by_provider;
mod return_path;

pub use by_password::PasswordForm;
pub use by_provider::{ProviderAnswer, SignInRefused};

use crate::Engine;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use solder_model::{
    AccountId, Digest, IdentityProviderId, Page, Secret, SignInAttempt, User, UserId, UserName,
};
use solder_storage::AuditEntry;
use std::net::IpAddr;

/// How a user was proven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SignInWay {
    /// By a password.
    Password,
    /// By an OpenID provider of the account.
    Provider(IdentityProviderId),
}

impl std::fmt::Display for SignInWay {
    /// As the audit log names the actor: `password`, or `provider:` and its id.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Password => formatter.write_str("password"),
            Self::Provider(id) => write!(formatter, "provider:{id}"),
        }
    }
}

/// A provider that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderChoice {
    /// Its id.
    pub id: IdentityProviderId,
    /// Its name for people.
    pub name: String,
}

/// The ways in which users of an account can sign in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignInWays {
    /// Its providers: the one of the settings, then its own, oldest first.
    pub providers: Vec<ProviderChoice>,
    /// Whether the user that was asked about has a password, or any user where nobody was named.
    pub passwords: bool,
}

impl SignInWays {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.providers.is_empty() && !self.passwords
    }
}

/// What the page of an attempt shows.
#[derive(Debug, Clone)]
pub struct SignInPage {
    /// The account's name.
    pub account_name: String,
    /// The user that has to come out of it, where one has to.
    pub expected: Option<UserName>,
    /// The ways that can be taken.
    pub ways: SignInWays,
}

/// A sign-in that worked.
#[derive(Debug)]
pub struct SignedIn {
    /// The value of the visitor's cookie.
    pub cookie: Secret,
    /// Where the browser goes on: a path of ours.
    pub return_to: String,
}

impl Engine {
    /// The ways in which users of the account can sign in; of passwords, whether `user` has one, or anybody where no
    /// user is named.
    pub async fn sign_in_ways(&self, account: &AccountId, user: Option<&UserId>) -> Result<SignInWays> {
        let passwords = match user {
            Some(user) => self.storage.user_has_password(user).await?,
            None => self.storage.account_has_password(account).await?,
        };
        let paged = self
            .storage
            .list_identity_providers(account, Page::default())
            .await?;
        let given = self.provider_of_settings(account).await?;
        let given = given.map(|provider| ProviderChoice {
            id: provider.id,
            name: provider.name,
        });
        let own = paged.items.into_iter().rev().map(|provider| ProviderChoice {
            id: provider.id,
            name: provider.name,
        });
        Ok(SignInWays {
            providers: given.into_iter().chain(own).collect(),
            passwords,
        })
    }

    /// What the page of an attempt shows. [`Error::NotFound`] where the attempt is over, [`Error::Forbidden`] in another
    /// browser.
    pub async fn sign_in_page(&self, attempt: &str, browser: &Digest) -> Result<SignInPage> {
        let attempt = self.attempt(attempt, browser).await?;
        let account = self.storage.find_account(&attempt.account).await?;
        let account = account.ok_or(Error::Internal("an attempt belongs to no account"))?;
        let expected = self.expected_user(&attempt).await?;
        let ways = self
            .sign_in_ways(&attempt.account, attempt.expected.as_ref())
            .await?;
        Ok(SignInPage {
            account_name: account.name,
            expected: expected.map(|user| user.name),
            ways,
        })
    }

    /// Whether a way of the account that was taken once still leads in.
    pub(crate) async fn way_stands(&self, account: &AccountId, way: &SignInWay) -> Result<bool> {
        match way {
            // That the password is still the same is told by the epoch.
            SignInWay::Password => Ok(true),
            SignInWay::Provider(id) => Ok(self.find_provider(account, id).await?.is_some()),
        }
    }

    /// The user that has to come out of the attempt, where one has to.
    async fn expected_user(&self, attempt: &SignInAttempt) -> Result<Option<User>> {
        let Some(id) = &attempt.expected else {
            return Ok(None);
        };
        let found = self.storage.find_user_by_id(id).await?;
        let found = found.filter(|user| user.account == attempt.account);
        found.map(Some).ok_or(Error::NotFound(
            "The user that this sign-in was for is no more: start again where you came from",
        ))
    }

    /// What the audit log says of a sign-in.
    fn sign_in_audit(&self, account: &AccountId, way: &SignInWay, client: IpAddr) -> AuditEntry {
        AuditEntry {
            account: account.clone(),
            at: self.clock.now(),
            actor: way.to_string(),
            acting_user: None,
            action: "user.sign_in".to_owned(),
            target: String::new(),
            from: Some(client.to_string()),
            details: json!({}),
        }
    }
}

/// Somebody else than the user that had to come out of it.
fn another_user(proven: &UserName, expected: &UserName) -> Error {
    Error::Forbidden(format!(
        "You signed in as “{}”, and this was made for “{}”. Sign in as that user, or ask whoever sent you here for a link of \
         your own.",
        crate::near::shown(proven.as_str()),
        crate::near::shown(expected.as_str())
    ))
}
