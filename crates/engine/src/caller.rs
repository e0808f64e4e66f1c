//! Who acts. A [`Caller`] comes from authentication alone, so that whoever holds one has been let in.

use crate::authorization::Access;
use crate::error::{Error, Result};
use crate::limits::WindowKey;
use solder_model::{AccountId, ApiKey, JwtKeyId, Role, Scopes, ServerId, TicketId, UserId, UserName};
use std::net::IpAddr;
use std::sync::Arc;

/// What a request says of itself, not yet believed. Headers are taken apart by the HTTP layer, which refuses
/// empty, repeated, over-long and unreadable ones.
#[derive(Debug, Clone, Copy)]
pub struct Identity<'a> {
    /// The `Authorization` header.
    pub authorization: Authorization<'a>,
    /// `x-alloy-userid`.
    pub user_name: Option<&'a UserName>,
    /// `x-alloy-user-token`.
    pub user_token: Option<UserToken<'a>>,
    /// The client's address, as the trusted proxies tell it.
    pub client: IpAddr,
}

impl Identity<'_> {
    /// Whether `x-alloy-user-token` was sent.
    pub(crate) fn sends_user_token(&self) -> bool {
        self.user_token.is_some()
    }
}

/// An `Authorization` header.
#[derive(Clone, Copy)]
pub enum Authorization<'a> {
    /// None was sent.
    Absent,
    /// `Bearer` and what follows it.
    Bearer(&'a str),
    /// Another scheme, or something that cannot be read.
    Other,
}

impl std::fmt::Debug for Authorization<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Absent => "Absent",
            Self::Bearer(_) => "Bearer(…)",
            Self::Other => "Other",
        })
    }
}

/// A JWT that names the user, not yet believed.
#[derive(Clone, Copy)]
pub struct UserToken<'a>(pub &'a str);

impl std::fmt::Debug for UserToken<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("UserToken(…)")
    }
}

/// How the caller was let in.
#[derive(Debug, Clone)]
pub(crate) enum Way {
    /// By an API key.
    Key(Arc<ApiKey>),
    /// By a JWT, which this registered key verified.
    Jwt(JwtKeyId),
    /// By an access token that the user allowed an MCP client, for one server.
    OAuth(Arc<Access>),
    /// By a server's token URL alone, as its owner.
    TokenUrl(ServerId),
    /// By a public server's token URL, under a user id that nobody signed.
    Unsigned(ServerId),
    /// In the browser that a connect ticket is bound to, as its user.
    Ticket {
        /// The ticket.
        ticket: TicketId,
        /// The server through whose token URL alone the ticket was made.
        made_through: Option<ServerId>,
    },
}

/// Someone who was let in: an account, the acting user, and the way that was taken.
#[derive(Debug, Clone)]
pub struct Caller {
    pub(crate) account: AccountId,
    /// Absent for an unsigned user of a public server who is not stored.
    pub(crate) user: Option<UserId>,
    pub(crate) user_name: UserName,
    pub(crate) way: Way,
    pub(crate) client: IpAddr,
}

impl Caller {
    /// The account.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// The acting user's external id.
    pub fn user_name(&self) -> &UserName {
        &self.user_name
    }

    /// What the caller may do. Only a key that is not user-bound can be more than `member`.
    pub fn role(&self) -> Role {
        match &self.way {
            Way::Key(key) if !key.user_bound => key.role,
            Way::Key(_)
            | Way::Jwt(_)
            | Way::OAuth(_)
            | Way::TokenUrl(_)
            | Way::Unsigned(_)
            | Way::Ticket { .. } => Role::Member,
        }
    }

    /// Refuses whoever is not an admin. `what` is what the operation is for, as in "JWT keys are for admins".
    pub(crate) fn demand_admin(&self, what: &str) -> Result<()> {
        if self.role() == Role::Admin {
            return Ok(());
        }
        Err(Error::Forbidden(format!(
            "{what} are for admins: use an API key whose role is `admin` and that is not bound to its user"
        )))
    }

    /// Whether an access token, where one was the way in, lets its bearer do more than look.
    pub(crate) fn may_write(&self) -> bool {
        match &self.way {
            Way::OAuth(access) => access.scopes >= Scopes::Write,
            Way::Key(_) | Way::Jwt(_) | Way::TokenUrl(_) | Way::Unsigned(_) | Way::Ticket { .. } => true,
        }
    }

    /// Refuses whoever may only look.
    pub(crate) fn demand_write(&self) -> Result<()> {
        if self.may_write() {
            Ok(())
        } else {
            Err(Error::InsufficientScope)
        }
    }

    /// Refuses an API key or a JWT where the server takes none.
    pub(crate) fn check_way(&self, ways: solder_model::WaysIn) -> Result<()> {
        let is_api = !matches!(self.way, Way::OAuth(_)) && self.token_url().is_none();
        if is_api && !ways.api_key {
            return Err(Error::Forbidden(
                "This server takes no API keys and no JWTs: its `waysIn` leaves out `apiKey`".to_owned(),
            ));
        }
        Ok(())
    }

    /// Whose window the caller's requests are counted in.
    pub(crate) fn window(&self) -> WindowKey {
        match &self.way {
            Way::Key(key) => WindowKey::ApiKey(key.id.clone()),
            Way::Jwt(_) | Way::OAuth(_) | Way::Ticket { .. } => {
                WindowKey::User(self.account.clone(), self.user_name.clone())
            }
            Way::TokenUrl(server) | Way::Unsigned(server) => WindowKey::Server(server.clone()),
        }
    }

    /// A text that is the same for the same caller and no other: what sessions are bound to.
    pub(crate) fn fingerprint(&self) -> String {
        let way = match &self.way {
            Way::Key(key) => key.id.as_str(),
            // Keys are rotated and tokens renewed: it is the user who stays the same.
            Way::Jwt(_) => "jwt",
            // Tokens are renewed: it is the client who stays the same.
            Way::OAuth(access) => access.grant.client.as_str(),
            Way::TokenUrl(_) => "token-url",
            Way::Unsigned(_) => "unsigned",
            Way::Ticket { ticket, .. } => ticket.as_str(),
        };
        format!("{way}\0{}\0{}", self.account, self.user_name)
    }

    /// The actor, as the audit log names it.
    pub(crate) fn actor(&self) -> String {
        match &self.way {
            Way::Key(key) => format!("key:{}", key.id),
            Way::Jwt(key) => format!("jwt:{key}"),
            Way::OAuth(access) => format!("oauth:{}", access.grant.client),
            Way::TokenUrl(server) => format!("token-url:{server}"),
            Way::Unsigned(server) => format!("token-url:{server}:unsigned"),
            Way::Ticket { ticket, .. } => format!("ticket:{ticket}"),
        }
    }

    /// The server whose token URL alone was used, be it to make the ticket that the caller came in by.
    pub(crate) fn token_url(&self) -> Option<&ServerId> {
        match &self.way {
            Way::Key(_) | Way::Jwt(_) | Way::OAuth(_) => None,
            Way::TokenUrl(server) | Way::Unsigned(server) => Some(server),
            Way::Ticket { made_through, .. } => made_through.as_ref(),
        }
    }
}
