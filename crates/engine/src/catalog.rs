//! The connectors that this installation has: those in the binary and those in the operator's folder. Each is
//! parsed when it is first used.

use crate::Engine;
use crate::error::{Error, Result};
use crate::near::nearest;
use crate::outbound::Reach;
use crate::settings::{ConnectorSettings, Settings};
use solder_connector::{Connector, Index, LoadFault};
use solder_model::{ConnectorId, Policy};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// Whose a connector's definition is. Credentials are bound to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// It came with the binary.
    BuiltIn,
    /// It stands in the operator's folder.
    Operator,
}

impl Owner {
    /// The word that credentials are bound to.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BuiltIn => "built-in",
            Self::Operator => "operator",
        }
    }
}

/// One connector of the catalogue.
pub(crate) struct Entry {
    pub(crate) id: ConnectorId,
    pub(crate) owner: Owner,
    pub(crate) settings: ConnectorSettings,
    file: String,
    text: std::borrow::Cow<'static, str>,
    parsed: OnceLock<Option<Arc<Connector>>>,
}

impl Entry {
    /// Which addresses a call of this connector may reach.
    pub(crate) fn reach(&self) -> Reach {
        match (&self.settings.base_url, self.owner) {
            (Some(_), _) => Reach::Override,
            (None, Owner::BuiltIn) => Reach::Public,
            (None, Owner::Operator) => Reach::Operator,
        }
    }

    /// The parsed connector.
    pub(crate) fn connector(&self) -> Result<Arc<Connector>> {
        self.parsed()
            .cloned()
            .ok_or(Error::Internal("a connector file does not load"))
    }

    fn parsed(&self) -> Option<&Arc<Connector>> {
        let parse = || match solder_connector::parse(&self.file, &self.text) {
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

/// Every connector of the installation, by id.
pub struct Catalog {
    entries: BTreeMap<String, Entry>,
    index: OnceLock<Index>,
}

impl std::fmt::Debug for Catalog {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Catalog({} connectors)", self.entries.len())
    }
}

/// Why the catalogue could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The operator's folder could not be read.
    #[error("the connectors folder {0} could not be read")]
    Folder(String, #[source] std::io::Error),
    /// Files in it have faults.
    #[error("connector files have faults")]
    Faults(Vec<LoadFault>),
}

impl Catalog {
    /// The catalogue of an installation: the built-in connectors and, checked at once, the operator's own. No
    /// file of the operator's may take the id of a built-in.
    pub fn open(settings: &Settings) -> std::result::Result<Self, CatalogError> {
        let mut entries = BTreeMap::new();
        for (id, text) in solder_connector::built_in() {
            if let Ok(id) = ConnectorId::new(id) {
                let file = format!("{id}.toml");
                let entry = new_entry(
                    id,
                    Owner::BuiltIn,
                    file,
                    std::borrow::Cow::Borrowed(*text),
                    settings,
                );
                entries.insert(entry.id.as_str().to_owned(), entry);
            }
        }
        let mut faults = Vec::new();
        if let Some(folder) = &settings.connectors_dir {
            for (file, text) in files(folder)? {
                match operator_entry(file, text, &entries, settings) {
                    Ok(entry) => drop(entries.insert(entry.id.as_str().to_owned(), entry)),
                    Err(found) => faults.extend(found),
                }
            }
        }
        if faults.is_empty() {
            Ok(Self {
                entries,
                index: OnceLock::new(),
            })
        } else {
            Err(CatalogError::Faults(faults))
        }
    }

    /// The ids of all connectors, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// A connector and whose it is.
    pub fn find(&self, id: &str) -> Option<(Arc<Connector>, Owner)> {
        let entry = self.entries.get(id)?;
        Some((Arc::clone(entry.parsed()?), entry.owner))
    }

    pub(crate) fn entry(&self, id: &str) -> Option<&Entry> {
        self.entries.get(id)
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// The search index, made when it is first asked for.
    pub(crate) fn index(&self) -> &Index {
        self.index
            .get_or_init(|| Index::new(self.entries.values().filter_map(Entry::parsed).map(AsRef::as_ref)))
    }
}

impl Engine {
    /// The connector of that id, if the policy lets it be seen.
    pub(crate) fn seen_connector(&self, id: &str, policy: &Policy) -> Result<&Entry> {
        match self.catalog.entry(id) {
            Some(entry) if policy.allows(&entry.id) => Ok(entry),
            _ => {
                let seen = self.catalog.ids().filter(|id| policy.allows_connector(id));
                Err(Error::ConnectorNotFound {
                    id: crate::near::shown(id),
                    near: nearest(id, seen, 3),
                })
            }
        }
    }
}

/// The action of that id, if the policy lets it be seen.
pub(crate) fn seen_action(
    connector: &Connector,
    id: &str,
    policy: &Policy,
) -> Result<Arc<solder_connector::Action>> {
    let sees = |action: &str| policy.allows_action(connector.id.as_str(), action);
    match connector.action(id) {
        Some(action) if sees(id) => Ok(Arc::clone(action)),
        _ => {
            let seen = connector
                .actions()
                .map(|action| action.id.as_str())
                .filter(|id| sees(id));
            Err(Error::ActionNotFound {
                connector: connector.id.as_str().to_owned(),
                id: crate::near::shown(id),
                near: nearest(id, seen, 5),
            })
        }
    }
}

fn new_entry(
    id: ConnectorId,
    owner: Owner,
    file: String,
    text: std::borrow::Cow<'static, str>,
    settings: &Settings,
) -> Entry {
    let own = settings.connectors.get(id.as_str()).cloned().unwrap_or_default();
    Entry {
        id,
        owner,
        settings: own,
        file,
        text,
        parsed: OnceLock::new(),
    }
}

fn operator_entry(
    file: String,
    text: String,
    taken: &BTreeMap<String, Entry>,
    settings: &Settings,
) -> std::result::Result<Entry, Vec<LoadFault>> {
    let connector = solder_connector::parse(&file, &text)?;
    if taken.contains_key(connector.id.as_str()) {
        return Err(vec![LoadFault {
            file,
            line: 1,
            field: "id".to_owned(),
            message: format!(
                "`{}` is the id of another connector: choose another one",
                connector.id
            ),
        }]);
    }
    let entry = new_entry(
        connector.id.clone(),
        Owner::Operator,
        file,
        std::borrow::Cow::Owned(text),
        settings,
    );
    drop(entry.parsed.set(Some(Arc::new(connector))));
    Ok(entry)
}

fn files(folder: &Path) -> std::result::Result<Vec<(String, String)>, CatalogError> {
    let wrong = |error| CatalogError::Folder(folder.display().to_string(), error);
    let mut paths = Vec::new();
    for item in std::fs::read_dir(folder).map_err(wrong)? {
        let path = item.map_err(wrong)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    let read = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(&path).map_err(wrong)?;
        Ok((
            path.file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            text,
        ))
    };
    paths.into_iter().map(read).collect()
}
