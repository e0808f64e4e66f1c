//! The words that every other crate shares: ids, secrets, records, restrictions, sliding windows, error
//! codes and pages.
//!
//! Pure: nothing here waits, opens a file or speaks to a network. Time and randomness come in through
//! [`Clock`] and [`Entropy`].

mod authorization;
mod code;
mod connection;
mod fault;
mod id;
mod jwt_key;
mod limit;
mod page;
mod pattern;
mod policy;
mod record;
mod restrictions;
mod secret;
mod sign_in;
mod ticket;
mod time;
mod ways_in;
mod window;

pub use authorization::{AuthorizationRequest, ClientKind, Grant, GrantToken, McpClient, Scopes, TokenKind};
pub use code::{Code, Retry};
pub use connection::{Connection, CredentialStatus, Flow, FlowStage, OAuthApp, RedirectUri};
pub use fault::{Fault, Problem};
pub use id::{
    AccountId, ApiKeyId, BadId, ClientId, ConnectorId, CredentialId, FlowId, GrantId, IdentityProviderId,
    JwtKeyId, OAuthAppId, RedirectUriId, ServerId, SignInAttemptId, TicketId, UserId, UserName,
    random_string, slug,
};
pub use jwt_key::{JwtAlgorithm, JwtKey, JwtMaterial};
pub use limit::{BadLimit, Limit, parse_duration};
pub use page::{Page, Paged};
pub use pattern::Pattern;
pub use policy::Policy;
pub use record::{Account, ApiKey, Credential, Role, Server, User};
pub use restrictions::{MAX_ENTRIES, Restrictions};
pub use secret::{Digest, Sealed, Secret};
pub use sign_in::{IdentityProvider, Password, SignInAttempt};
pub use ticket::{ConnectTicket, Opening, PendingCredential, Proof};
pub use time::{BadTimestamp, Clock, Entropy, Timestamp};
pub use ways_in::WaysIn;
pub use window::{Verdict, Window};
