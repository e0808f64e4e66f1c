//! The proofs that open a ticket: which one it asks for, and whether a browser brings it.

use super::opening::{Guest, WayIn};
use crate::Engine;
use crate::error::{Error, Result};
use crate::jwt::{Signers, Unsigned};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use solder_model::{ConnectTicket, Sealed, Secret, Timestamp, UserName};
use solder_vault::Context;

/// How long a JWT that was handed over opens its ticket, in milliseconds. The browser comes back by itself at once.
const HANDOVER_MS: i64 = 120_000;

/// What the cookie of a handover holds, sealed for its ticket.
#[derive(Serialize, Deserialize)]
struct Handover {
    until: i64,
}

impl Engine {
    /// What lets a browser in: the strongest proof that the account has.
    pub(super) async fn way_in(&self, ticket: &ConnectTicket) -> Result<WayIn> {
        let ways = self.sign_in_ways(&ticket.account, Some(&ticket.user)).await?;
        if !ways.is_empty() {
            return Ok(WayIn::SignIn);
        }
        if !self.account_jwt_keys(&ticket.account).await?.is_empty() {
            return Ok(WayIn::UserToken);
        }
        Ok(WayIn::First)
    }

    /// Who is signed in in this browser, at the ticket's account.
    pub(super) async fn ticket_visitor(
        &self,
        ticket: &ConnectTicket,
        guest: &Guest<'_>,
    ) -> Result<Option<UserName>> {
        let Some(cookie) = guest.visitor else {
            return Ok(None);
        };
        let visitor = self.visitor(cookie, &ticket.account, guest.browser).await?;
        Ok(visitor.map(|visitor| visitor.user_name().clone()))
    }

    /// Takes a JWT of the ticket's user from the account's own site. The answer is for a cookie: another site's form
    /// brings no cookies of ours, so that the browser is known only when it comes back by itself.
    pub async fn hand_over(&self, secret: &str, token: &str, guest: &Guest<'_>) -> Result<Option<Secret>> {
        let Some(ticket) = self.named_ticket(secret, guest).await? else {
            return Ok(None);
        };
        let signers = Signers::Account(ticket.account.clone());
        let signed = match self.signed_user(signers, token).await {
            Ok(signed) => signed,
            // A genuine token whose time is not now is no guess.
            Err(Unsigned::OutOfTime) => return Err(Error::Unauthorized),
            Err(Unsigned::Refused) => return Err(self.failed_from(guest.client).await),
            Err(Unsigned::Fault(error)) => return Err(error),
        };
        if signed.user != ticket.user_name {
            return Err(Error::Forbidden(
                "The JWT names another user than the ticket was made for".to_owned(),
            ));
        }
        let until = self.clock.now().plus_ms(HANDOVER_MS).0;
        let plain = serde_json::to_vec(&Handover { until }).unwrap_or_default();
        let sealed = self.vault.seal(&*self.entropy, &plain, &context(&ticket));
        Ok(Some(Secret::new(URL_SAFE_NO_PAD.encode(sealed.0))))
    }

    /// Whether the browser brings the cookie of a handover for this ticket.
    pub(super) fn is_handed_over(&self, ticket: &ConnectTicket, guest: &Guest<'_>) -> bool {
        let bytes = guest
            .handover
            .and_then(|cookie| URL_SAFE_NO_PAD.decode(cookie).ok());
        let Some(bytes) = bytes else { return false };
        let Ok(opened) = self.vault.open(&Sealed(bytes), &context(ticket)) else {
            return false;
        };
        let handover: Option<Handover> = serde_json::from_slice(&opened).ok();
        handover.is_some_and(|handover| self.clock.now() < Timestamp(handover.until))
    }
}

fn context(ticket: &ConnectTicket) -> Context {
    Context::new("connect handover", &[ticket.account.as_str(), ticket.id.as_str()])
}
