//! The records that storage keeps and engine works on.

use crate::{
    AccountId, ApiKeyId, Connection, ConnectorId, CredentialId, Digest, Restrictions, Sealed, ServerId,
    Timestamp, UserId, UserName, WaysIn,
};

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// A name for people; unique in the installation.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A user of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The internal id, which references hold.
    pub id: UserId,
    /// The account.
    pub account: AccountId,
    /// The customer's own id of the user.
    pub name: UserName,
    /// When it was first named.
    pub created_at: Timestamp,
}

/// What an API key may do. The role is the key's, never the acting user's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Users, keys and everything else of the account.
    Admin,
    /// Own servers and own credentials alone.
    Member,
}

impl Role {
    /// `admin` or `member`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }

    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "admin" => Some(Self::Admin),
            "member" => Some(Self::Member),
            _ => None,
        }
    }
}

/// An API key, without the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// The account.
    pub account: AccountId,
    /// The user that it acts as by itself.
    pub user: UserId,
    /// That user's external id.
    pub user_name: UserName,
    /// A name for people; may be empty.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Whether it acts as its own user alone.
    pub user_bound: bool,
    /// The keyed hash of the key.
    pub digest: Digest,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends; never where absent.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute and some seconds late; never where absent.
    pub last_used_at: Option<Timestamp>,
}

impl ApiKey {
    /// Whether it has not ended at `now`.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|until| now < until)
    }
}

/// A virtual MCP server.
#[derive(Debug, Clone, PartialEq)]
pub struct Server {
    /// Its id, which never changes.
    pub id: ServerId,
    /// The account.
    pub account: AccountId,
    /// The owner.
    pub owner: UserId,
    /// The owner's external id.
    pub owner_name: UserName,
    /// 1 to 100 characters, unique for the owner.
    pub name: String,
    /// Any text.
    pub description: String,
    /// `connectivity`, or a mode of our own.
    pub mode: String,
    /// Whether unsigned user ids are obeyed on its token URL.
    pub is_public: bool,
    /// By which ways callers come in.
    pub ways_in: WaysIn,
    /// What it is restricted to.
    pub restrictions: Restrictions,
    /// The MCP `instructions`.
    pub custom_instructions: Option<String>,
    /// The keyed hash of the access token.
    pub token_digest: Digest,
    /// The access token, sealed for showing.
    pub token_sealed: Sealed,
    /// When the access token ends; never where absent.
    pub token_expires_at: Option<Timestamp>,
    /// The term that set it, in days, which a rotation starts again.
    pub token_days: Option<u16>,
    /// The keyed hash of the token before the last rotation, while its grace lasts.
    pub old_token_digest: Option<Digest>,
    /// When that grace ends.
    pub old_token_expires_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A user's sealed secret at a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its id.
    pub id: CredentialId,
    /// The account.
    pub account: AccountId,
    /// The user whose it is.
    pub user: UserId,
    /// Who owns the connector's definition: `built-in`, `operator`, or an account's id.
    pub connector_owner: String,
    /// The connector.
    pub connector: ConnectorId,
    /// The kind of authentication, as the connector's file names it (`bot_token`).
    pub kind: String,
    /// A name for people.
    pub name: String,
    /// The server through whose token URL alone it was made; such a credential is never picked by itself elsewhere.
    pub made_through: Option<ServerId>,
    /// The secret fields, sealed.
    pub sealed: Sealed,
    /// What is known of it beside its secrets.
    pub connection: Connection,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
