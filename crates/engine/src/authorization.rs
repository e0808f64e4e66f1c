//! OAuth for MCP clients: Solder as the authorization server of its own MCP servers, and the tokens that open them.
//!
//! A client is one that an admin registered, one that registered itself (RFC 7591), or one that is described by the
//! document at its own id, a URL. A user who is signed in allows it one server, by what becomes a grant: a code that
//! is used once, access tokens of an hour, and refresh tokens that are exchanged at each use. Every token is for one
//! server and opens no other; none is ever sent to a platform.
//!
//! Sources: RFC 6749 with RFC 9700, 7636 (S256 alone), 8707, 9207, 7009, 8414, 9728, 7591, 8252, and the draft for
//! client id metadata documents.

mod access;
mod client;
mod clients;
mod consent;
mod document;
mod exchange;
mod form;
mod grants;
mod metadata;
mod name;
mod redirect;
mod refusal;
mod register;
mod request;
mod revoke;

pub(crate) use access::Access;
pub use clients::{ClientDeleted, ClientList, ClientView, NewClientView};
pub use consent::{Answerer, Decision, KnownFrom, Question, Step};
pub(crate) use document::Documents;
pub use exchange::TokenAnswer;
pub use form::OauthForm;
pub use grants::{GrantList, GrantRevoked, GrantView};
pub use refusal::{OauthError, OauthRefusal};
pub use register::Registered;
pub use request::NotBegun;

use crate::Engine;
use serde_json::Value;
use solder_model::{Grant, ServerId};
use solder_storage::AuditEntry;
use std::net::IpAddr;

/// How long a request waits for its user, in milliseconds.
const REQUEST_MS: i64 = 600_000;
/// How long a code can be exchanged, in milliseconds.
const CODE_MS: i64 = 60_000;
/// How long an access token opens its server, in milliseconds.
const ACCESS_MS: i64 = 3_600_000;
/// How long a refresh token can be exchanged, in milliseconds; each exchange gives a new one of the same length.
const REFRESH_MS: i64 = 30 * solder_model::Timestamp::DAY_MS;

impl Engine {
    /// The issuer's identifier (RFC 8414, 2): it has a path, so that nothing of it lives at the origin's root.
    pub fn issuer(&self) -> String {
        format!("{}/oauth", self.settings.public_url)
    }

    /// The resource identifier of a server (RFC 8707): the URL that its clients use.
    pub(crate) fn resource(&self, server: &ServerId) -> String {
        format!("{}/mcp/{server}", self.settings.public_url)
    }

    /// What the audit log says of a change to a grant that its client brought about.
    fn grant_audit(&self, grant: &Grant, action: &str, from: IpAddr, details: Value) -> AuditEntry {
        AuditEntry {
            account: grant.account.clone(),
            at: self.clock.now(),
            actor: format!("oauth:{}", grant.client),
            acting_user: Some(grant.user.clone()),
            action: action.to_owned(),
            target: grant.id.as_str().to_owned(),
            from: Some(from.to_string()),
            details,
        }
    }
}
