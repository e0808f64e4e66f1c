//! What a browser gets when it comes back from a platform.

use serde::Serialize;
use solder_model::{ConnectorId, CredentialId, FlowId, Secret, Timestamp};

/// Where a browser goes on.
#[derive(Debug)]
pub enum Finished {
    /// To the redirect URI, which is listed; the result stands in the query.
    Redirect(String),
    /// To a page of ours.
    Page(ResultPage),
    /// To a page of ours that asks which of several to connect.
    Choose(Choice),
    /// Back to the pages of a connect ticket.
    Ticket {
        /// The ticket's id.
        ticket: String,
        /// The connector.
        connector: ConnectorId,
        /// What came of it.
        result: PageResult,
    },
}

/// A page that says how it ended.
#[derive(Debug)]
pub struct ResultPage {
    /// The platform's name; absent where nobody knows which it was.
    pub platform: Option<String>,
    /// What came of it.
    pub result: PageResult,
    /// The redirect URI that was asked for and is not listed, so that the browser stays here.
    pub unlisted: Option<String>,
}

/// How a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageResult {
    /// It stands.
    Connected {
        /// The credential.
        credential: CredentialId,
        /// The account at the platform, where the platform names it.
        identity: Option<String>,
    },
    /// It waits for the confirmation of the ticket's user.
    Pending {
        /// What it is confirmed by.
        flow: FlowId,
        /// The account at the platform.
        identity: Option<String>,
    },
    /// The person said no.
    Refused,
    /// The link's time was over.
    Expired,
    /// The link was used before.
    Used,
    /// The link is nobody's, or not for this platform.
    Unknown,
    /// It did not work; the text says why, for a person.
    Failed {
        /// A word for programs, such as `platform_error`.
        code: &'static str,
        /// A sentence.
        text: String,
    },
}

impl PageResult {
    /// The word that the redirect URI is told, where the connection does not stand.
    pub(super) const fn error_code(&self) -> Option<&'static str> {
        match self {
            Self::Connected { .. } | Self::Pending { .. } => None,
            Self::Refused => Some("access_denied"),
            Self::Expired => Some("expired"),
            Self::Used => Some("used"),
            Self::Unknown => Some("unknown"),
            Self::Failed { code, .. } => Some(code),
        }
    }
}

/// A question to the person: which of several.
#[derive(Debug)]
pub struct Choice {
    /// The platform's name.
    pub platform: String,
    /// What the answer has to carry.
    pub token: Secret,
    /// What there is to choose of, as the person knows it.
    pub options: Vec<String>,
    /// Where the browser goes after the answer: browsers hold forms to where their page says that they lead.
    pub leads_to: Option<String>,
}

/// A connection that waits to be confirmed.
#[derive(Debug, Clone, Serialize)]
pub struct Pending {
    /// What it is confirmed or discarded by.
    pub flow: FlowId,
    /// The connector.
    pub connector: ConnectorId,
    /// The platform's name.
    pub platform: String,
    /// The kind of authentication.
    pub kind: String,
    /// The account at the platform, where the platform names it.
    pub identity: Option<String>,
    /// What the platform allowed.
    pub scopes: Vec<String>,
    /// When it was begun.
    pub created_at: Timestamp,
}
