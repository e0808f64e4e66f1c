//! One connector, whose it is, and what its credentials are bound to.

use crate::error::{Error, Result};
use crate::outbound::Reach;
use crate::settings::ConnectorSettings;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use solder_connector::{Connector, LoadFault, Summary};
use solder_model::{ConnectorId, Entropy};
use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// Whose a connector's definition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// It came with the binary.
    BuiltIn,
    /// It stands in the operator's folder.
    Operator,
    /// An account made it, and has it alone.
    Account,
}

impl Owner {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BuiltIn => "built-in",
            Self::Operator => "operator",
            Self::Account => "account",
        }
    }
}

/// One connector of the catalogue, or of an account. What began with an entry ends with it, whatever takes its place in
/// the meantime.
pub(crate) struct Entry {
    pub(crate) id: ConnectorId,
    pub(crate) owner: Owner,
    pub(crate) settings: ConnectorSettings,
    /// Another one for each entry that this process ever made.
    pub(crate) serial: u64,
    pub(super) file: String,
    pub(super) text: Cow<'static, str>,
    identity: Cow<'static, str>,
    summary: OnceLock<Option<Arc<Summary>>>,
    parsed: OnceLock<Option<Arc<Connector>>>,
}

impl Entry {
    /// A connector that came with the binary. It is parsed when it is first used.
    pub(super) fn built_in(id: ConnectorId, text: &'static str, settings: ConnectorSettings) -> Self {
        Self {
            file: format!("{id}.toml"),
            id,
            owner: Owner::BuiltIn,
            settings,
            serial: serial(),
            text: Cow::Borrowed(text),
            identity: Cow::Borrowed(Owner::BuiltIn.as_str()),
            summary: OnceLock::new(),
            parsed: OnceLock::new(),
        }
    }

    /// A connector of the operator's folder, checked at once. Of what was parsed the summary alone is kept: a folder may
    /// hold a thousand of them, and a few are called.
    pub(super) fn of_operator(
        file: String,
        text: String,
        settings: impl FnOnce(&ConnectorId) -> ConnectorSettings,
    ) -> std::result::Result<Self, Vec<LoadFault>> {
        let connector = solder_connector::parse(&file, &text)?;
        Ok(Self {
            id: connector.id.clone(),
            owner: Owner::Operator,
            settings: settings(&connector.id),
            serial: serial(),
            file,
            text: Cow::Owned(text),
            identity: Cow::Borrowed(Owner::Operator.as_str()),
            summary: OnceLock::from(Some(Arc::new(Summary::of(&connector)))),
            parsed: OnceLock::new(),
        })
    }

    /// An account's own connector. No setting of the operator's is for it, whatever its id.
    pub(super) fn of_account(id: ConnectorId, identity: String, text: String) -> Self {
        Self {
            file: format!("{id}.toml"),
            id,
            owner: Owner::Account,
            settings: ConnectorSettings::default(),
            serial: serial(),
            text: Cow::Owned(text),
            identity: Cow::Owned(identity),
            summary: OnceLock::new(),
            parsed: OnceLock::new(),
        }
    }

    /// What credentials, OAuth apps and flows of this connector are bound to. They are sealed for it: those of one
    /// identity never open for another, though both have the same id.
    pub(crate) fn identity(&self) -> &str {
        &self.identity
    }

    /// Which addresses a request with a credential of this connector may reach: where it goes to a host that the file does not
    /// state, whoever made the credential chose it.
    pub(crate) fn reach_of<B>(&self, connector: &Connector, request: &http::Request<B>) -> Reach {
        let host = request.uri().host().unwrap_or_default();
        match self.reach_of_file() {
            Reach::Override => Reach::Override,
            _ if !connector.hosts_allow(host) => Reach::Account,
            reach => reach,
        }
    }

    /// Which addresses the hosts that the file states may have.
    pub(crate) fn reach_of_file(&self) -> Reach {
        match (&self.settings.base_url, self.owner) {
            (Some(_), _) => Reach::Override,
            (None, Owner::BuiltIn) => Reach::Public,
            (None, Owner::Operator) => Reach::Operator,
            (None, Owner::Account) => Reach::Account,
        }
    }

    /// The parsed connector.
    pub(crate) fn connector(&self) -> Result<Arc<Connector>> {
        self.parsed()
            .cloned()
            .ok_or(Error::Internal("a connector file does not load"))
    }

    /// What listings and the search need of it, without reading it whole.
    pub(super) fn summary(&self) -> Option<&Arc<Summary>> {
        let read = || Summary::read(&self.text).map(Arc::new);
        self.summary.get_or_init(read).as_ref()
    }

    /// Every file was read with all checks before it came here: by the tests, or when it was stored.
    pub(super) fn parsed(&self) -> Option<&Arc<Connector>> {
        let parse = || match solder_connector::parse_known(&self.file, &self.text) {
            Ok(connector) => Some(Arc::new(connector)),
            Err(faults) => {
                for fault in faults {
                    tracing::error!(file = %fault.file, line = fault.line, field = %fault.field, "{}", fault.message);
                }
                None
            }
        };
        self.parsed.get_or_init(parse).as_ref()
    }
}

/// A new identity of an account's connector: `account/` and 128 random bits, which no other one ever has.
pub(crate) fn new_account_identity(entropy: &dyn Entropy) -> String {
    let mut bytes = [0_u8; 16];
    entropy.fill(&mut bytes);
    format!("{}/{}", Owner::Account.as_str(), URL_SAFE_NO_PAD.encode(bytes))
}

/// Whether an identity is that of an account's connector, as it is or as it was.
pub(crate) fn is_of_account(identity: &str) -> bool {
    identity
        .strip_prefix(Owner::Account.as_str())
        .is_some_and(|rest| rest.starts_with('/'))
}

fn serial() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
