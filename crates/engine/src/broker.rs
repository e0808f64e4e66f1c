//! The OAuth broker: connects a user's account at a platform without anybody copying a secret.
//!
//! A connection is begun for somebody ([`Opener`]), goes through the person's browser to the platform and comes back to
//! `/connect/callback/{connectorId}`, where its flow is taken up once and by nobody else again. What each step needs
//! waits sealed in the flow's row; the browser carries nothing but a random text whose keyed hash finds it. At call
//! time tokens are renewed by one caller only, in this process and across nodes, and the last good ones are kept
//! until the new ones have been used.

mod begin;
mod callback;
mod client;
mod complete;
mod device;
mod finished;
mod kept;
mod refresh;
mod renewal;
mod revoke;
#[cfg(test)]
mod tests;
mod token;

pub use begin::ConnectionBegun;
pub(crate) use begin::{Begun, NewConnection};
pub(crate) use client::app_context;
pub(crate) use complete::shown_identity;
pub use finished::{Choice, Finished, PageResult, Pending, ResultPage};
pub(crate) use refresh::{Refreshes, can_renew, needs_a_person};

use crate::Engine;
use crate::caller::Caller;
use crate::catalog::{Entry, Owner, is_of_account};
use crate::error::{Error, Result};
use serde_json::Value;
use solder_connector::{Auth, Connector};
use solder_model::{AccountId, Flow, ServerId, UserId, UserName};
use solder_storage::AuditEntry;

/// Whom a connection is made for, and who asks.
#[derive(Debug, Clone)]
pub(crate) struct Opener {
    pub(crate) account: AccountId,
    /// Absent for an unsigned user of a public server who is not stored.
    pub(crate) user: Option<UserId>,
    pub(crate) user_name: UserName,
    /// The server whose restrictions hold.
    pub(crate) server: Option<ServerId>,
    /// The server through whose token URL alone it is asked for: the credential will belong to it.
    pub(crate) made_through: Option<ServerId>,
    /// The connect ticket that it belongs to.
    pub(crate) ticket: Option<String>,
    /// Who asks, as the audit log names actors.
    pub(crate) actor: String,
    /// The client's address.
    pub(crate) from: Option<String>,
}

impl Opener {
    /// The caller's own, on a server or by the management API.
    pub(crate) fn of(caller: &Caller, server: Option<&ServerId>) -> Self {
        Self {
            account: caller.account.clone(),
            user: caller.user.clone(),
            user_name: caller.user_name.clone(),
            server: server.cloned(),
            made_through: caller.token_url().cloned(),
            ticket: None,
            actor: caller.actor(),
            from: Some(caller.client.to_string()),
        }
    }

    /// Whoever began that flow.
    fn of_flow(flow: &Flow) -> Self {
        Self {
            account: flow.account.clone(),
            user: flow.user.clone(),
            user_name: flow.user_name.clone(),
            server: flow.server.clone(),
            made_through: flow.made_through.clone(),
            ticket: flow.ticket.clone(),
            actor: flow.actor.clone(),
            from: None,
        }
    }
}

impl Engine {
    /// An audit row of something that is done for an opener.
    pub(crate) fn audit_for(
        &self,
        opener: &Opener,
        action: &str,
        target: &str,
        details: Value,
    ) -> AuditEntry {
        AuditEntry {
            account: opener.account.clone(),
            at: self.clock.now(),
            actor: opener.actor.clone(),
            acting_user: opener.user.clone(),
            action: action.to_owned(),
            target: target.to_owned(),
            from: opener.from.clone(),
            details,
        }
    }
}

/// The OAuth table of a kind that is known to have one.
fn oauth_of(auth: &Auth) -> Result<&solder_connector::OAuth> {
    auth.oauth
        .as_ref()
        .ok_or(Error::Internal("a kind without OAuth came to the broker"))
}

/// Whether an owner word of a credential names this connector, as it is or, where an account made it, as it was while it
/// sent secrets elsewhere. What was sealed then does not open now; only new secrets can take its place.
pub(crate) fn is_for(owner: &str, entry: &Entry) -> bool {
    owner == entry.identity() || (entry.owner == Owner::Account && is_of_account(owner))
}

/// The kind of authentication that a flow or a credential names.
fn auth_of<'c>(connector: &'c Connector, kind: &str) -> Option<&'c Auth> {
    connector.auth(kind).filter(|auth| auth.oauth.is_some())
}
