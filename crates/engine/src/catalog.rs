//! The connectors that this installation has for every account: those in the binary and those in the operator's folder.
//! A [`Catalog`] is what there is at one moment and never changes; another one takes its place.

mod entry;
mod folder;
mod shelf;
#[cfg(test)]
mod tests;

pub use entry::Owner;
pub(crate) use entry::{Entry, is_of_account, new_account_identity};
pub(crate) use folder::Folder;
pub(crate) use shelf::{Own, Seen, Shelf};

use crate::Engine;
use crate::error::{Error, Result};
use crate::near::nearest;
use crate::settings::Settings;
use solder_connector::{Connector, Index, LoadFault};
use solder_model::{ConnectorId, Policy};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// So many files of the operator's are searched in a moment without any preparation.
const MANY: usize = 50;

/// Every connector of the installation, by id.
pub struct Catalog {
    entries: BTreeMap<String, Arc<Entry>>,
    /// Made when it is first asked for.
    index: Arc<OnceLock<Index>>,
    /// What is wrong with the operator's files, by file. One that was right before is still there as it was.
    refused: BTreeMap<String, Vec<LoadFault>>,
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
        let catalog = Self::open_what_loads(settings)?;
        if catalog.refused.is_empty() {
            Ok(catalog)
        } else {
            Err(CatalogError::Faults(catalog.faults().cloned().collect()))
        }
    }

    /// The same without those of the operator's files that have faults, which [`Catalog::faults`] tells.
    pub fn open_what_loads(settings: &Settings) -> std::result::Result<Self, CatalogError> {
        let built_in = solder_connector::built_in().iter().filter_map(|(id, text)| {
            let own = settings.connectors.get(*id).cloned().unwrap_or_default();
            let entry = Entry::built_in(ConnectorId::new(id).ok()?, text, own);
            Some(((*id).to_owned(), Arc::new(entry)))
        });
        let mut catalog = Self {
            entries: built_in.collect(),
            index: Arc::default(),
            refused: BTreeMap::new(),
        };
        if let Some(folder) = &settings.connectors_dir {
            catalog.read_folder(folder, settings)?;
        }
        Ok(catalog)
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

    /// What is wrong with files of the operator's folder that are not taken as they are.
    pub fn faults(&self) -> impl Iterator<Item = &LoadFault> {
        self.refused.values().flatten()
    }

    /// How many files of the operator's folder are not taken as they are.
    pub(crate) fn refused(&self) -> usize {
        self.refused.len()
    }

    pub(crate) fn entry(&self, id: &str) -> Option<&Arc<Entry>> {
        self.entries.get(id)
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.entries.values()
    }

    fn operator_entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.entries().filter(|entry| entry.owner == Owner::Operator)
    }

    /// The search index, made when it is first asked for.
    pub(crate) fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            Index::new(
                self.entries()
                    .filter_map(|entry| entry.summary())
                    .map(AsRef::as_ref),
            )
        })
    }

    /// The same, to be changed: entries that stay are the very same ones.
    fn following(&self) -> Self {
        Self {
            entries: self.entries.clone(),
            index: Arc::clone(&self.index),
            refused: self.refused.clone(),
        }
    }

    /// Makes the index where the operator's folder is so large that whoever searches first would wait for it.
    fn warm_up(&self) {
        if self.operator_entries().nth(MANY).is_some() {
            self.index();
        }
    }

    /// Makes the index, where the one before had been made: whoever searches next shall not wait for it.
    fn keep_warm(&self, before: &Self) {
        if before.index.get().is_some() {
            self.index();
        }
    }
}

impl Engine {
    /// Looks at the operator's folder until the engine stops. What is wrong with a file is logged once.
    pub(crate) async fn watch_connectors(self: Arc<Self>, mut folder: Folder) {
        let catalog = self.catalog.load_full();
        drop(tokio::task::spawn_blocking(move || catalog.warm_up()));
        let mut tick = tokio::time::interval(self.settings.connectors_interval);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut reads = true;
        loop {
            tokio::select! {
                () = self.stopping.cancelled() => return,
                _ = tick.tick() => {}
            }
            let engine = Arc::clone(&self);
            let looking = tokio::task::spawn_blocking(move || {
                let now = engine.catalog.load_full();
                let next = folder.look(&now, &engine.settings);
                if let Ok(Some(next)) = &next {
                    next.keep_warm(&now);
                }
                (folder, next)
            });
            let Ok((back, next)) = looking.await else { return };
            folder = back;
            match next {
                Ok(Some(next)) => self.catalog.store(Arc::new(next)),
                Ok(None) => reads = true,
                Err(error) if reads => {
                    reads = false;
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the connectors folder is not followed: what it had stays"
                    );
                }
                Err(_again) => {}
            }
        }
    }

    /// How many files of the operator's folder have faults and are not taken as they are.
    pub fn refused_connector_files(&self) -> usize {
        self.catalog.load().refused()
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
