//! What MCP clients are authorized by: clients, requests for authorization, grants and their tokens.

use crate::{AccountId, ClientId, Digest, GrantId, ServerId, Timestamp, UserId, UserName};

/// What a token lets its bearer do on the server that it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scopes {
    /// Look, and run actions of kind read.
    Read,
    /// The same, and run any action and create credentials.
    Write,
}

impl Scopes {
    /// The scopes as OAuth writes them: `read` or `read write`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "read write",
        }
    }

    /// Reads a list of scopes (RFC 6749, 3.3). `write` implies `read`; scopes that are not known are passed over, as
    /// that section allows, and a list that names no known one is none.
    pub fn from_list(text: &str) -> Option<Self> {
        let known = text.split(' ').filter_map(|word| match word {
            "read" => Some(Self::Read),
            "write" => Some(Self::Write),
            _ => None,
        });
        known.max()
    }
}

/// How a client came to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientKind {
    /// An admin of an account registered it.
    Registered,
    /// It registered itself (RFC 7591): whatever it says of itself is its own claim.
    Dynamic,
    /// It is described by the document at its id, which is a URL.
    Document,
}

impl ClientKind {
    /// The kind's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Dynamic => "dynamic",
            Self::Document => "document",
        }
    }

    /// The kind of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "registered" => Some(Self::Registered),
            "dynamic" => Some(Self::Dynamic),
            "document" => Some(Self::Document),
            _ => None,
        }
    }
}

/// An MCP client that asks for authorization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct McpClient {
    /// Its `client_id`.
    pub id: ClientId,
    /// How it came to be known.
    pub kind: ClientKind,
    /// The account that it was registered in; none for clients that every account's servers know.
    pub account: Option<AccountId>,
    /// A name for people: a claim of its own, unless an admin gave it.
    pub name: String,
    /// Where answers may be sent.
    pub redirect_uris: Vec<String>,
    /// The keyed hash of its secret; none for public clients.
    pub secret_digest: Option<Digest>,
    /// When it came to be known here.
    pub created_at: Timestamp,
    /// When it last got a token, to about a day; never where absent.
    pub used_at: Option<Timestamp>,
}

/// A request for authorization that waits for its user, for ten minutes at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// The keyed hash of its id, which stands in the page's address.
    pub digest: Digest,
    /// The keyed hash of the cookie of the browser that brought it.
    pub browser: Digest,
    /// The account of the server.
    pub account: AccountId,
    /// The server.
    pub server: ServerId,
    /// The client, as it was known when it asked.
    pub client: ClientId,
    /// The client's kind.
    pub client_kind: ClientKind,
    /// The client's name.
    pub client_name: String,
    /// Where the answer goes; proven to be the client's.
    pub redirect_uri: String,
    /// What the client wants to read again in the answer.
    pub state: Option<String>,
    /// What it asks for.
    pub scopes: Scopes,
    /// The S256 challenge of RFC 7636.
    pub challenge: String,
    /// Whether the user is asked whatever was answered before.
    pub ask_again: bool,
    /// When it is too old.
    pub expires_at: Timestamp,
}

/// What a user allowed a client on a server: the family of tokens that come of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// The account.
    pub account: AccountId,
    /// The user.
    pub user: UserId,
    /// The user's external id.
    pub user_name: UserName,
    /// The server: the audience of its tokens.
    pub server: ServerId,
    /// The client.
    pub client: ClientId,
    /// The client's kind.
    pub client_kind: ClientKind,
    /// The client's name when it was allowed.
    pub client_name: String,
    /// Where the code was sent.
    pub redirect_uri: String,
    /// What was allowed.
    pub scopes: Scopes,
    /// The S256 challenge that the code is bound to.
    pub challenge: String,
    /// The keyed hash of the code.
    pub code_digest: Digest,
    /// When the code is too old.
    pub code_expires_at: Timestamp,
    /// When the code was exchanged; not yet where absent.
    pub code_used_at: Option<Timestamp>,
    /// When it was allowed.
    pub created_at: Timestamp,
    /// When a token was last given out on it.
    pub used_at: Timestamp,
    /// When it ends unless it is used: with the last of its tokens.
    pub expires_at: Timestamp,
}

/// Which kind of token it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// It opens the server.
    Access,
    /// It is exchanged for new ones, once.
    Refresh,
}

impl TokenKind {
    /// The kind's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Refresh => "refresh",
        }
    }

    /// The kind of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "access" => Some(Self::Access),
            "refresh" => Some(Self::Refresh),
            _ => None,
        }
    }
}

/// A token of a grant, without the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantToken {
    /// The keyed hash of the token.
    pub digest: Digest,
    /// The grant.
    pub grant: GrantId,
    /// Which kind it is.
    pub kind: TokenKind,
    /// What it allows: no more than its grant.
    pub scopes: Scopes,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When a refresh token was exchanged; not yet where absent.
    pub replaced_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::Scopes;

    #[test]
    fn write_implies_read_and_unknown_scopes_are_passed_over() {
        for (list, scopes) in [
            ("read", Some(Scopes::Read)),
            ("write", Some(Scopes::Write)),
            ("write read", Some(Scopes::Write)),
            ("openid read", Some(Scopes::Read)),
            ("openid", None),
            ("READ", None),
            ("", None),
        ] {
            assert_eq!(Scopes::from_list(list), scopes, "{list}");
        }
        assert!(Scopes::Read < Scopes::Write);
        assert_eq!(Scopes::from_list(Scopes::Write.as_str()), Some(Scopes::Write));
    }
}
