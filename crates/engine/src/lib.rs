//! The rules: who may act, the way of a call, management operations, caches, and the one client that leaves the
//! house.
//!
//! The HTTP layer asks, in this order: [`Engine::authenticate_mcp`] or [`Engine::authenticate_api`], which make the
//! only [`Caller`]s there are; [`Engine::admit`]; [`Engine::limit_calls`]; then an operation.

mod ask;
mod authenticate;
mod authorization;
mod broker;
mod browser;
mod cache;
mod call;
mod caller;
mod catalog;
mod completions;
mod connect;
mod connectors;
mod credentials;
mod error;
mod executions;
mod feed;
mod fields;
mod files;
mod identity_providers;
mod installation;
mod internal;
mod jwt;
mod jwt_keys;
mod keys;
mod last_use;
mod limits;
mod list_audit;
mod master_key;
mod near;
mod oauth_apps;
mod outbound;
mod own_connectors;
mod passwords;
mod rate;
mod redirect_uris;
mod scope;
mod servers;
mod sessions;
mod settings;
mod shape;
mod sign_in;
mod tools;
mod turns;
mod typed_url;
mod users;
mod visitor;
mod warm;

pub use authorization::{
    Answerer, ClientDeleted, ClientList, ClientView, Decision, GrantList, GrantRevoked, GrantView, KnownFrom,
    NewClientView, NotBegun, OauthError, OauthForm, OauthRefusal, Question, Registered, Step, TokenAnswer,
};
pub use broker::{Choice, ConnectionBegun, Finished, PageResult, Pending, ResultPage};
pub use call::{Answer as Executed, ChoiceList, ChoiceView, ChoicesAsked};
pub use caller::{Authorization, Caller, Identity, UserToken};
pub use catalog::{Catalog, CatalogError, Owner};
pub use completions::{CHOICES_TEMPLATE, CompletionAsked};
pub use connect::{
    Allowed, AllowedGroup, ConnectorOffer, FieldOffer, Guest, Joined, Landing, Onward, Standing, TicketCover,
    TicketCreated, TicketDeleted, TicketSight, TicketView, TicketVisit, WaitingConnection, WayIn, WayOffered,
};
pub use connectors::{
    ActionDescription, ActionDetails, ActionSummary, ConnectorFilter, ConnectorList, ConnectorSummary,
    ConnectorView, ParameterDescription, ResourceView, SampleCall, WayToConnect,
};
pub use credentials::{CredentialDeleted, CredentialList, CredentialMade, CredentialView};
pub use error::{Error, Result};
pub use executions::Asked;
pub use files::{OpenedFile, SentFile, file_name};
pub use identity_providers::{IdentityProviderDeleted, IdentityProviderList, IdentityProviderView};
pub use installation::{Installation, NewKey};
pub use jwt_keys::{JwtKeyDeleted, JwtKeyList, JwtKeyView};
pub use keys::{KeyList, KeyRevoked, KeyView};
pub use list_audit::{AuditFilter, AuditList, AuditView};
pub use master_key::{Pass, Unopened, VaultReport};
pub use oauth_apps::{OAuthAppDeleted, OAuthAppList, OAuthAppView};
pub use outbound::{Body as FileBody, Pieces};
pub use own_connectors::{
    ConnectorDeleted, ConnectorDraft, ConnectorFile, ConnectorVersionList, ConnectorVersionView,
    OwnConnectorView, Stored,
};
pub use passwords::{PasswordRemoved, PasswordView};
pub use rate::RateState;
pub use redirect_uris::{RedirectUriDeleted, RedirectUriList, RedirectUriView};
pub use scope::Scope;
pub use servers::{Deleted, ServerList, ServerView};
pub use settings::{ConnectorSettings, OidcSettings, OwnConnectorSettings, Settings};
pub use shape::Shaping;
pub use sign_in::{
    PasswordForm, ProviderAnswer, ProviderChoice, SignInPage, SignInRefused, SignInWay, SignInWays, SignedIn,
};
pub use tools::{Tool, ToolContext, ToolOutcome, tool_descriptors};
pub use typed_url::read_typed_url;
pub use users::{UserList, UserView};
pub use visitor::{SIGN_IN_LASTS, Visitor};
pub use warm::ServerEntry;

use arc_swap::ArcSwap;
use authorization::Documents;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use broker::Refreshes;
use call::{Answers, Recorder};
use identity_providers::Descriptions;
use jwt::Jwts;
use last_use::LastUse;
use limits::{LimitSettings, Limits};
use outbound::{Outbound, OutboundSettings};
use passwords::Hashing;
use sessions::EndedSessions;
use solder_model::{Clock, Entropy, Secret, Timestamp};
use solder_storage::Storage;
use solder_vault::Vault;
use std::sync::{Arc, Weak};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use turns::Turns;
use warm::Warm;

/// The one engine behind every server of an installation.
pub struct Engine {
    /// Itself, for tasks that outlive whoever began them.
    me: Weak<Self>,
    settings: Settings,
    storage: Storage,
    vault: Arc<Vault>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    /// What there is for every account; another one takes its place when the operator's folder changes.
    catalog: ArcSwap<Catalog>,
    warm: Warm,
    limits: Limits,
    jwts: Jwts,
    outbound: Arc<Outbound>,
    ended: EndedSessions,
    documents: Documents,
    hashing: Hashing,
    /// Turns for reading descriptions.
    importing: Turns,
    descriptions: Descriptions,
    answers: Answers,
    recorder: Recorder,
    last_use: LastUse,
    /// Whoever changes the key ring holds it.
    ring_turn: tokio::sync::Mutex<()>,
    refreshes: Refreshes,
    stopping: CancellationToken,
    tasks: TaskTracker,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Engine")
    }
}

impl Engine {
    /// Starts the engine of an installation: caches empty, the change feed followed from here on.
    pub async fn start(
        installation: Installation,
        catalog: Catalog,
        settings: Settings,
    ) -> Result<Arc<Self>> {
        let Installation {
            storage,
            vault,
            clock,
            entropy,
        } = installation;
        let ended = EndedSessions::default();
        // The feed's place is taken before anything is read, so that nothing is missed in between.
        let feed = feed::Feed::from(storage.last_change().await?, clock.now());
        ended.replace(storage.list_ended_sessions(clock.now()).await?);
        let limits = Limits::new(LimitSettings {
            calls: settings.rate_limit,
            failures: settings.failure_limit,
        });
        let reach = OutboundSettings {
            operator_networks: settings.operator_networks.clone(),
            account_networks: settings.account_networks.clone(),
            ..OutboundSettings::default()
        };
        let outbound = Arc::new(Outbound::new(reach, Arc::clone(&entropy)));
        let (recorder, recorded) = Recorder::new();
        let (last_use, noted) = LastUse::new();
        let engine = Arc::new_cyclic(|me| Self {
            me: Weak::clone(me),
            settings,
            storage,
            vault,
            clock,
            entropy,
            catalog: ArcSwap::from_pointee(catalog),
            warm: Warm::new(),
            limits,
            jwts: Jwts::new(),
            outbound,
            ended,
            documents: Documents::default(),
            hashing: Hashing::default(),
            importing: Turns::of(own_connectors::IMPORTS_AT_ONCE),
            descriptions: Descriptions::default(),
            answers: Answers::new(),
            recorder,
            last_use,
            ring_turn: tokio::sync::Mutex::default(),
            refreshes: Refreshes::new(),
            stopping: CancellationToken::new(),
            tasks: TaskTracker::new(),
        });
        engine.tasks.spawn(Arc::clone(&engine).follow(feed));
        if let Some(folder) = &engine.settings.connectors_dir {
            let folder = catalog::Folder::new(folder.clone());
            engine.tasks.spawn(Arc::clone(&engine).watch_connectors(folder));
        }
        let stopping = engine.stopping.clone();
        engine
            .tasks
            .spawn(recorded.write_down(engine.storage.clone(), Arc::clone(&engine.clock), stopping));
        let (interval, stopping) = (engine.settings.last_use_interval, engine.stopping.clone());
        engine
            .tasks
            .spawn(noted.write_down(engine.storage.clone(), interval, stopping));
        Ok(engine)
    }

    /// Ends the engine's own tasks and closes the database. Calls under way are the HTTP layer's to wait for.
    pub async fn stop(&self) {
        self.stopping.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        let lost = self.recorder.lost();
        if lost > 0 {
            tracing::warn!(lost, "calls were too many to be recorded");
        }
        self.storage.close().await;
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// How many queries the database has been asked so far: a warm call adds none.
    pub fn queries(&self) -> u64 {
        self.storage.queries()
    }

    /// A new request id: 128 random bits, for the answer's header and the log.
    pub fn request_id(&self) -> String {
        let mut bytes = [0_u8; 16];
        self.entropy.fill(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

/// A new key or token: the prefix and 256 random bits, in characters of `[A-Za-z0-9_-]`.
fn new_secret(entropy: &dyn Entropy, prefix: &str) -> Secret {
    let mut bytes = zeroize::Zeroizing::new([0_u8; 32]);
    entropy.fill(&mut *bytes);
    Secret::new(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(*bytes)))
}
