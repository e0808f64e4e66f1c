//! Connectors of an account's own, for its admins: stored as files, every version kept, one of them live. Only the account
//! ever sees them, and its calls through them reach what any URL of an account's may reach.
//!
//! What they are given (credentials, client secrets, codes, tokens) is sealed for the connector's identity. Where another
//! version sends it elsewhere, the connector gets a new identity with that version: nothing that was given before opens
//! for it, and its users connect again.

mod check;
mod draft;
mod import;
mod view;

pub use draft::ConnectorDraft;
pub(crate) use import::AT_ONCE as IMPORTS_AT_ONCE;
pub use view::{
    ConnectorDeleted, ConnectorFile, ConnectorVersionList, ConnectorVersionView, OwnConnectorView, Stored,
};

use crate::Engine;
use crate::caller::Caller;
use crate::catalog::{Owner, new_account_identity};
use crate::credentials::ELSEWHERE;
use crate::error::{Error, Result};
use crate::fields::Fields;
use serde_json::{Map, Value, json};
use solder_connector::Connector;
use solder_connector::import::{Draft, Merged};
use solder_model::{ConnectorId, Fault, Page};
use solder_storage::{Next, OwnConnector, Rebinding, Unbound};
use std::sync::Arc;

/// What needs an admin, as the refusal names it: a definition serves every user of the account.
const WHAT: &str = "Connectors of the account's own";

const UNKNOWN: Error = Error::NotFound("The account has no such connector of its own");

const NO_VERSION: Error = Error::NotFound("The connector has no such version");

const CONTENDED: Error = Error::Internal("a connector is changed by somebody else all the time");

/// How often a change is tried where somebody else changes the same connector.
const ATTEMPTS: usize = 5;

/// What shall become of a connector.
enum Change {
    /// This is its file.
    File(Arc<Checked>),
    /// A description is brought into the file that it has.
    Draft(Arc<Draft>),
    /// One of its versions is live again.
    Version(i64),
}

/// A connector with the file that is live.
struct Live {
    connector: OwnConnector,
    file: String,
}

/// What a connector becomes.
struct Becoming {
    checked: Arc<Checked>,
    /// The version that is live again; nothing for a new one.
    version: Option<i64>,
    /// What became of a draft that was brought into a file.
    merged: Option<Merged>,
}

/// A file that may be stored, and what it says.
struct Checked {
    id: ConnectorId,
    text: String,
    connector: Connector,
}

impl Engine {
    /// Stores a connector: `{"file"}`, the text of a connector file. One that the account does not have is made, else the
    /// file becomes its next version, unless it is the live one to the letter. For admins. Every fault of the file is
    /// listed, with its line and its place.
    pub async fn put_connector(
        &self,
        caller: &Caller,
        id: &str,
        body: &Map<String, Value>,
    ) -> Result<Stored> {
        caller.demand_admin(WHAT)?;
        let mut fields = Fields::new(body);
        fields.only(&["file"]);
        let file = fields.required("file", "the text of a connector file");
        let file = fields.finish(file)?;
        self.store_connector(caller, id, file).await
    }

    /// Stores the file of a connector for an admin.
    pub(crate) async fn store_connector(&self, caller: &Caller, id: &str, file: String) -> Result<Stored> {
        let checked = self.check_file(id, file).await?;
        let id = checked.id.clone();
        let changed = self.change(caller, &id, &Change::File(Arc::new(checked))).await?;
        Ok(changed.0)
    }

    /// The file of one version, by default the live one. For admins.
    pub async fn get_connector_file(
        &self,
        caller: &Caller,
        id: &str,
        version: Option<i64>,
    ) -> Result<ConnectorFile> {
        let connector = self.stored_connector(caller, id).await?;
        let version = version.unwrap_or(connector.live);
        let found = self
            .storage
            .find_connector_version(&caller.account, &connector.id, version)
            .await?;
        let (version, file) = found.ok_or(NO_VERSION)?;
        Ok(ConnectorFile::new(&connector, version, file))
    }

    /// A page of a connector's versions, newest first. For admins.
    pub async fn list_connector_versions(
        &self,
        caller: &Caller,
        id: &str,
        page: Page,
    ) -> Result<ConnectorVersionList> {
        let connector = self.stored_connector(caller, id).await?;
        let paged = self
            .storage
            .list_connector_versions(&caller.account, &connector.id, page)
            .await?;
        Ok(ConnectorVersionList::new(&connector, paged))
    }

    /// Makes a version live again, by the rules of a file that is stored. For admins.
    pub async fn restore_connector_version(&self, caller: &Caller, id: &str, version: i64) -> Result<Stored> {
        let seen = self.stored_connector(caller, id).await?;
        let changed = self.change(caller, &seen.id, &Change::Version(version)).await?;
        Ok(changed.0)
    }

    /// Changes a connector as it is found, or makes it. Where somebody else changes it meanwhile, what comes of the change
    /// is worked out anew.
    async fn change(&self, caller: &Caller, id: &ConnectorId, change: &Change) -> Result<(Stored, Becoming)> {
        for _ in 0..ATTEMPTS {
            let live = self.find_live(caller, id).await?;
            let becoming = self.becoming(caller, id, change, live.as_ref()).await?;
            let checked = &becoming.checked;
            let Some(live) = live else {
                match self.create_connector(caller, checked).await {
                    Err(Error::Storage(solder_storage::Error::Conflict("connector"))) => continue,
                    made => return made.map(|stored| (stored, becoming)),
                }
            };
            let is_live = match becoming.version {
                Some(version) => version == live.connector.live,
                None => live.file == checked.text,
            };
            if is_live {
                let stored = Stored::unchanged(&live.connector, &checked.connector);
                return Ok((stored, becoming));
            }
            let by = caller.actor();
            let next = match becoming.version {
                Some(version) => Next::Version(version),
                None => Next::File {
                    file: &checked.text,
                    by: &by,
                },
            };
            let Live { connector, file } = live;
            if let Some(stored) = self
                .move_to(caller, &connector, file, next, &checked.connector)
                .await?
            {
                return Ok((stored, becoming));
            }
        }
        Err(CONTENDED)
    }

    /// What a change makes of a connector as it is.
    async fn becoming(
        &self,
        caller: &Caller,
        id: &ConnectorId,
        change: &Change,
        live: Option<&Live>,
    ) -> Result<Becoming> {
        match change {
            Change::File(checked) => Ok(Becoming {
                checked: Arc::clone(checked),
                version: None,
                merged: None,
            }),
            Change::Draft(draft) => self.brought_in(draft, live).await,
            Change::Version(version) => {
                let found = self
                    .storage
                    .find_connector_version(&caller.account, id, *version)
                    .await?;
                let (_, file) = found.ok_or(NO_VERSION)?;
                Ok(Becoming {
                    checked: Arc::new(self.check_file(id.as_str(), file).await?),
                    version: Some(*version),
                    merged: None,
                })
            }
        }
    }

    async fn find_live(&self, caller: &Caller, id: &ConnectorId) -> Result<Option<Live>> {
        let Some(connector) = self.storage.find_connector(&caller.account, id).await? else {
            return Ok(None);
        };
        let file = self.file_of(&connector, connector.live).await?;
        Ok(Some(Live { connector, file }))
    }

    /// Removes a connector with every version of it, its OAuth apps, and the credentials that its users stored for it,
    /// which are not taken back at their platform. For admins.
    pub async fn delete_connector(&self, caller: &Caller, id: &str) -> Result<ConnectorDeleted> {
        let connector = self.stored_connector(caller, id).await?;
        let details = json!({ "version": connector.live });
        let audit = self.audit(caller, "connector.delete", connector.id.as_str(), details);
        let gone = self
            .storage
            .delete_connector(&caller.account, &connector.id, &audit)
            .await?;
        let unbound = gone.ok_or(UNKNOWN)?;
        self.forget_connector(caller, &unbound);
        Ok(ConnectorDeleted::new(&connector.id, unbound.credentials))
    }

    async fn create_connector(&self, caller: &Caller, checked: &Checked) -> Result<Stored> {
        self.demand_free_id(&checked.id)?;
        let now = self.clock.now();
        let new = OwnConnector {
            account: caller.account.clone(),
            id: checked.id.clone(),
            identity: new_account_identity(&*self.entropy),
            live: 1,
            created_at: now,
            updated_at: now,
        };
        let audit = self.audit(
            caller,
            "connector.create",
            new.id.as_str(),
            json!({ "version": 1 }),
        );
        let most = self.settings.own_connectors.count;
        let made = self
            .storage
            .create_connector(&new, &checked.text, most as u64, &audit)
            .await?;
        if !made {
            let text = format!("is one too many: an account may have {most} connectors of its own");
            return Err(Error::invalid("connectorId", text));
        }
        self.forget_connector(caller, &Unbound::default());
        Ok(Stored::created(&new, &checked.connector))
    }

    /// No connector of an account's takes the id of one that all accounts have. One that had it first keeps it.
    fn demand_free_id(&self, id: &ConnectorId) -> Result<()> {
        let catalog = self.catalog.load();
        let Some(taken) = catalog.entry(id.as_str()) else {
            return Ok(());
        };
        let whose = match taken.owner {
            Owner::BuiltIn => "a built-in connector",
            Owner::Operator | Owner::Account => "a connector of whoever runs this Solder",
        };
        let text = format!("`{id}` is the id of {whose}: choose another one");
        Err(Error::Invalid(vec![Fault::new("connectorId", text)]))
    }

    /// Makes another version live than the one that was seen, whose file was `live`. None where somebody else was faster.
    async fn move_to(
        &self,
        caller: &Caller,
        seen: &OwnConnector,
        live: String,
        next: Next<'_>,
        connector: &Connector,
    ) -> Result<Option<Stored>> {
        let elsewhere = sends_elsewhere(seen, live, connector).await;
        let identity = new_account_identity(&*self.entropy);
        let rebinding = elsewhere.then_some(Rebinding {
            identity: &identity,
            reason: ELSEWHERE,
        });
        let action = match next {
            Next::File { .. } => "connector.update",
            Next::Version(_) => "connector.restore",
        };
        let restored = match next {
            Next::File { .. } => None,
            Next::Version(version) => Some(version),
        };
        let details = json!({ "before": seen.live, "version": restored, "sendsElsewhere": elsewhere });
        let audit = self.audit(caller, action, seen.id.as_str(), details);
        let moved = self.storage.move_connector(seen, next, rebinding, &audit).await?;
        Ok(moved.map(|(moved, unbound)| {
            self.forget_connector(caller, &unbound);
            Stored::moved(&moved, connector, unbound.credentials)
        }))
    }

    async fn stored_connector(&self, caller: &Caller, id: &str) -> Result<OwnConnector> {
        caller.demand_admin(WHAT)?;
        let id = ConnectorId::new(id).map_err(|_bad| UNKNOWN)?;
        let found = self.storage.find_connector(&caller.account, &id).await?;
        found.ok_or(UNKNOWN)
    }

    async fn file_of(&self, connector: &OwnConnector, version: i64) -> Result<String> {
        let found = self
            .storage
            .find_connector_version(&connector.account, &connector.id, version)
            .await?;
        let (_, file) = found.ok_or(Error::Internal("a connector's live version is gone"))?;
        Ok(file)
    }

    /// Drops what a change made stale in this process; the feed tells the others.
    fn forget_connector(&self, caller: &Caller, unbound: &Unbound) {
        self.warm.forget_connectors(&caller.account);
        if unbound.oauth_apps > 0 {
            self.warm.forget_oauth_apps(&caller.account);
        }
        for user in &unbound.users {
            self.warm.forget_credentials(user);
        }
    }
}

/// Whether what users gave goes elsewhere by the new version than by the one before. Of one that does not load any more
/// nothing is known, so that it does.
async fn sends_elsewhere(seen: &OwnConnector, live: String, connector: &Connector) -> bool {
    let before = check::parse_beside(seen.id.as_str(), live).await;
    !before.is_ok_and(|before| before.destinations() == connector.destinations())
}
