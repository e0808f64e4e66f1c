//! The records of signing in: passwords, identity providers and attempts.

use crate::{AccountId, Digest, IdentityProviderId, Sealed, SignInAttemptId, Timestamp, User, UserId};

/// A user's password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Password {
    /// Whose it is.
    pub user: User,
    /// Its argon2id hash as a PHC string, sealed.
    pub sealed: Sealed,
    /// When it was set.
    pub set_at: Timestamp,
    /// The user's epoch of sign-ins, which grows with each change of the password. A sign-in of an earlier epoch has
    /// ended.
    pub epoch: i64,
}

/// An OpenID provider of an account, which proves who its users are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityProvider {
    /// Its id.
    pub id: IdentityProviderId,
    /// The account.
    pub account: AccountId,
    /// What people are shown on its button; unique in the account.
    pub name: String,
    /// The issuer's identifier, a URL, exactly as its tokens name it.
    pub issuer: String,
    /// The client that Solder is there.
    pub client_id: String,
    /// That client's secret, sealed; absent for a public client.
    pub secret: Option<Sealed>,
    /// The claim whose value is the user's id.
    pub user_claim: String,
    /// What is asked for, `openid` among it.
    pub scopes: Vec<String>,
    /// Where there are any, only users with a verified address of one of these domains are let in. Lower case.
    pub allowed_domains: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// One try of one browser to sign in, until it has worked or its time is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInAttempt {
    /// Its id.
    pub id: SignInAttemptId,
    /// The keyed hash of the text in its address.
    pub digest: Digest,
    /// The account that is signed in to.
    pub account: AccountId,
    /// The user that has to come out of it, where one has to.
    pub expected: Option<UserId>,
    /// The keyed hash of the browser's cookie.
    pub browser: Digest,
    /// The keyed hash of the `state` that went to a provider.
    pub state: Option<Digest>,
    /// Where it leads, and what has to fit the provider's answer, sealed.
    pub sealed: Sealed,
    /// When it ends.
    pub ends_at: Timestamp,
}
