//! What is known of a connection to a platform beside its secrets, and the records of the flow that makes one.

use crate::{
    AccountId, ConnectorId, CredentialId, Digest, FlowId, OAuthAppId, RedirectUriId, Sealed, ServerId,
    Timestamp, UserId, UserName,
};

/// Whether a credential can be used, as it is stored. That one is about to end is told from its times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CredentialStatus {
    /// It can.
    #[default]
    Active,
    /// Only a person can make it work again, by connecting once more.
    NeedsReconnect,
    /// The access was taken back at the platform.
    Revoked,
}

impl CredentialStatus {
    /// `active`, `needs_reconnect` or `revoked`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::NeedsReconnect => "needs_reconnect",
            Self::Revoked => "revoked",
        }
    }

    /// The status of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Active, Self::NeedsReconnect, Self::Revoked]
            .into_iter()
            .find(|status| status.as_str() == name)
    }
}

/// What is known of a credential beside its secrets. A pasted key has the default: active, and nothing else known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Connection {
    /// Whether it can be used.
    pub status: CredentialStatus,
    /// Why it cannot, for a person.
    pub status_reason: Option<String>,
    /// The account at the platform, as the platform names it.
    pub identity: Option<String>,
    /// What the platform allowed; absent where nobody said.
    pub scopes: Option<Vec<String>>,
    /// The OAuth app that the tokens were given to: they are worth nothing in another's hands.
    pub client_id: Option<String>,
    /// Whether the tokens can be renewed without a person.
    pub refreshable: bool,
    /// When the present tokens were got.
    pub issued_at: Option<Timestamp>,
    /// When the access token ends; absent where it does not or nobody said.
    pub expires_at: Option<Timestamp>,
    /// When a person has to connect again at the latest, where that is known.
    pub ends_at: Option<Timestamp>,
    /// How often the secrets have changed: who wants to change them says which ones they saw.
    pub version: i64,
    /// The secrets before these, until these have been used once.
    pub sealed_before: Option<Sealed>,
}

/// An OAuth app: the client that an account registered at a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthApp {
    /// Its id here.
    pub id: OAuthAppId,
    /// The account.
    pub account: AccountId,
    /// Who owns the connector's definition.
    pub connector_owner: String,
    /// The connector.
    pub connector: ConnectorId,
    /// The kind of authentication that it is for.
    pub kind: String,
    /// The client id, which is no secret.
    pub client_id: String,
    /// The client secret, sealed; absent for a public client.
    pub secret: Option<Sealed>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A URI that an account lets browsers be sent to after connecting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectUri {
    /// Its id.
    pub id: RedirectUriId,
    /// The account.
    pub account: AccountId,
    /// The URI, matched byte for byte; at most 2,000 bytes.
    pub uri: String,
    /// When it was listed.
    pub created_at: Timestamp,
}

/// How far a flow is. Each step is taken once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowStage {
    /// The person is at the platform.
    Begun,
    /// The platform's answer has come and is being worked on; nothing else takes it up.
    Taken,
    /// The person is asked which of several to connect.
    Choosing,
    /// The opened connection waits to be confirmed.
    Pending,
    /// It came to its end.
    Done,
}

impl FlowStage {
    /// The word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Taken => "taken",
            Self::Choosing => "choosing",
            Self::Pending => "pending",
            Self::Done => "done",
        }
    }

    /// The stage of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Begun,
            Self::Taken,
            Self::Choosing,
            Self::Pending,
            Self::Done,
        ]
        .into_iter()
        .find(|stage| stage.as_str() == name)
    }
}

/// A connection in the making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// Its id, which opens nothing.
    pub id: FlowId,
    /// The keyed hash of the text that comes back from the browser: the state, later the choice's token.
    pub state: Digest,
    /// How far it is.
    pub stage: FlowStage,
    /// The account.
    pub account: AccountId,
    /// The user that it is for; absent for an unsigned user of a public server who is not stored yet.
    pub user: Option<UserId>,
    /// That user's external id.
    pub user_name: UserName,
    /// The server that it was begun on.
    pub server: Option<ServerId>,
    /// The server through whose token URL alone it was begun: the credential will belong to it.
    pub made_through: Option<ServerId>,
    /// The connect ticket that it belongs to; such a connection is kept only once it is confirmed.
    pub ticket: Option<String>,
    /// Who owns the connector's definition.
    pub connector_owner: String,
    /// The connector.
    pub connector: ConnectorId,
    /// The kind of authentication.
    pub kind: String,
    /// The credential that is connected again, where it is one.
    pub credential: Option<CredentialId>,
    /// A name for people.
    pub name: Option<String>,
    /// Where the browser is sent at the end.
    pub redirect_uri: Option<String>,
    /// Who began it, as the audit log names actors.
    pub actor: String,
    /// What each later step needs, sealed: the PKCE verifier, the given fields, later the tokens.
    pub sealed: Sealed,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When the present step has to be taken at the latest.
    pub expires_at: Timestamp,
}
