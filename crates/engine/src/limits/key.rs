//! Whose window it is.

use solder_model::{AccountId, ApiKeyId, CredentialId, Digest, ServerId, UserName};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

/// Whose window it is. Two keys that are equal share one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum WindowKey {
    /// An API key.
    ApiKey(ApiKeyId),
    /// A server, by its token URL. It is the server's and not the token's: a rotation does not empty it.
    Server(ServerId),
    /// A user, however proven: by a JWT, an access token of OAuth, or in the browser of a connect ticket.
    User(AccountId, UserName),
    /// Guesses of one user's password; the digest stands for account and user.
    SignIn(Digest),
    /// Who is behind a client address; made by [`WindowKey::client`] alone, so that it is always normalised.
    Client(Client),
    /// Who is behind a client address, registering MCP clients; made by [`WindowKey::registration`] alone.
    Registration(Client),
    /// Who is behind a client address, having documents of MCP clients fetched; made by [`WindowKey::document`] alone.
    Document(Client),
    /// Who is behind a client address, asking for authorization; made by [`WindowKey::authorization`] alone.
    Authorization(Client),
    /// One credential at one platform, and one action there where the action has a rate of its own.
    Connection(CredentialId, Option<Arc<str>>),
}

/// A client address as far as it tells one client from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Client(IpAddr);

impl WindowKey {
    /// The client behind an address: an IPv4 address, written as IPv6 or not, or the /64 of an IPv6 one, which is
    /// what one subscriber gets.
    pub(crate) fn client(address: IpAddr) -> Self {
        Self::Client(Client::of(address))
    }

    /// The same client, registering MCP clients.
    pub(crate) fn registration(address: IpAddr) -> Self {
        Self::Registration(Client::of(address))
    }

    /// The same client, asking for authorization.
    pub(crate) fn authorization(address: IpAddr) -> Self {
        Self::Authorization(Client::of(address))
    }

    /// The same client, having documents fetched.
    pub(crate) fn document(address: IpAddr) -> Self {
        Self::Document(Client::of(address))
    }
}

impl Client {
    fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        })
    }
}
