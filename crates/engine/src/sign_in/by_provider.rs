//! Signing in by a provider of the account: the browser is sent there and comes back with a code.

use super::attempt::OVER;
use super::{SignInWay, SignedIn, another_user};
use crate::Engine;
use crate::error::{Error, Result};
use crate::identity_providers::{AtProvider, Proof, word};
use solder_model::{
    Code, Digest, IdentityProviderId, Problem, Secret, SignInAttempt, User, UserId, UserName,
};
use std::net::IpAddr;

const GONE: Error =
    Error::NotFound("There is no such way to sign in any more. Start again where you came from.");

/// What a browser brings back from a provider, each parameter as it came.
#[derive(Debug, Default, Clone, Copy)]
pub struct ProviderAnswer<'a> {
    /// The text that went along.
    pub state: Option<&'a str>,
    /// What proves the user, in exchange.
    pub code: Option<&'a str>,
    /// Who answers (RFC 9207).
    pub issuer: Option<&'a str>,
    /// Why there is no code.
    pub error: Option<&'a str>,
}

/// A sign-in that came back and did not work.
#[derive(Debug)]
pub struct SignInRefused {
    /// Why.
    pub error: Box<Error>,
    /// Where it began, if it is this browser's: a path of ours, from which it can be tried again.
    pub return_to: Option<String>,
}

impl From<Error> for SignInRefused {
    fn from(error: Error) -> Self {
        Self {
            error: Box::new(error),
            return_to: None,
        }
    }
}

impl Engine {
    /// Where an attempt goes on at a provider: its URL.
    pub async fn sign_in_at_provider(
        &self,
        attempt: &str,
        browser: &Digest,
        provider: &str,
    ) -> Result<String> {
        let attempt = self.attempt(attempt, browser).await?;
        let id = IdentityProviderId::new(provider).map_err(|_bad| GONE)?;
        let provider = self.find_provider(&attempt.account, &id).await?.ok_or(GONE)?;
        let state = crate::new_secret(&*self.entropy, "");
        let (url, sent) = self.ask_provider(&provider, &state).await?;
        let mut inside = self.open_attempt(&attempt)?;
        inside.sent = Some(sent);
        let sealed = self.seal_attempt(&attempt.account, &attempt.id, &inside)?;
        let digest = self.sign_in_state(state.expose());
        let kept = self
            .storage
            .update_sign_in_attempt(&attempt.id, &digest, &sealed, self.clock.now())
            .await?;
        if kept { Ok(url) } else { Err(OVER) }
    }

    /// Signs in by what a browser brings back from a provider. The attempt has ended then, whatever comes of it: a state
    /// works once.
    pub async fn sign_in_from_provider(
        &self,
        browser: &Digest,
        answer: &ProviderAnswer<'_>,
        client: IpAddr,
    ) -> std::result::Result<SignedIn, SignInRefused> {
        let state = answer.state.ok_or(OVER)?;
        let digest = self.sign_in_state(state);
        let found = self.storage.find_sign_in_attempt_by_state(&digest).await;
        let attempt = self.live_attempt(found.map_err(Error::from)?, browser)?;
        let inside = self.open_attempt(&attempt)?;
        self.take_attempt(&attempt).await?;
        let done = self
            .signed_in_from(&attempt, inside.sent.as_ref(), answer, client)
            .await;
        match done {
            Ok(cookie) => Ok(SignedIn {
                cookie,
                return_to: inside.return_to,
            }),
            Err(error) => Err(SignInRefused {
                error: Box::new(error),
                return_to: Some(inside.return_to),
            }),
        }
    }

    async fn signed_in_from(
        &self,
        attempt: &SignInAttempt,
        sent: Option<&AtProvider>,
        answer: &ProviderAnswer<'_>,
        client: IpAddr,
    ) -> Result<Secret> {
        let sent = sent.ok_or(OVER)?;
        let id = IdentityProviderId::new(&sent.provider).map_err(|_bad| GONE)?;
        let provider = self.find_provider(&attempt.account, &id).await?.ok_or(GONE)?;
        if let Some(error) = answer.error {
            return Err(refused_there(&provider.name, error));
        }
        let proof = Proof {
            code: answer.code.unwrap_or_default(),
            issuer: answer.issuer,
        };
        let name = self.user_proven_by(&provider, sent, &proof).await?;
        if let Some(expected) = self.expected_user(attempt).await?
            && expected.name != name
        {
            return Err(another_user(&name, &expected.name));
        }
        self.let_in(attempt, &name, SignInWay::Provider(id), client).await
    }

    /// Lets the user in whom a provider has proven. One who was never seen comes to be.
    async fn let_in(
        &self,
        attempt: &SignInAttempt,
        name: &UserName,
        way: SignInWay,
        client: IpAddr,
    ) -> Result<Secret> {
        let audit = self.sign_in_audit(&attempt.account, &way, client);
        let user = User {
            id: UserId::random(&*self.entropy),
            account: attempt.account.clone(),
            name: name.clone(),
            created_at: audit.at,
        };
        let standing = self.storage.record_sign_in(&user, &audit).await?;
        if standing.id == user.id {
            self.warm.forget_user(&standing.account, &standing.name);
        }
        let found = self.storage.find_user_and_epoch(&standing.id).await?;
        let (user, epoch) = found.ok_or(GONE)?;
        self.new_visit(&attempt.account, &user.id, epoch, &way, &attempt.browser)
    }

    fn sign_in_state(&self, state: &str) -> Digest {
        self.vault.digest(&format!("sign-in state\0{state}"))
    }
}

/// The provider sent somebody back without a code.
fn refused_there(name: &str, error: &str) -> Error {
    let message = match error {
        "access_denied" => {
            format!("You were not signed in: {name} did not let you in, or you said no there.")
        }
        "temporarily_unavailable" | "server_error" => {
            format!("{name} cannot sign anybody in now. Try again in a moment, or sign in another way.")
        }
        _ => format!(
            "{name} refused to sign you in (`{}`). If it stays so, tell the administrator of this account.",
            word(error)
        ),
    };
    Error::Platform(Problem::new(Code::PlatformForbidden, message))
}
