//! What an account has: the catalogue, and its own connectors, which stand before those of the same id.

use super::{Catalog, Entry, Owner};
use crate::Engine;
use crate::error::{Error, Result};
use crate::near::{nearest, shown};
use solder_connector::{Hit, Index, Summary};
use solder_model::{AccountId, ConnectorId, Policy};
use solder_storage::LiveConnector;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, OnceLock};

/// What is to be seen of a connector in a list, and whose it is.
pub(crate) type Seen = (Arc<Summary>, Owner);

/// The connectors of one account alone, as they stand.
#[derive(Default)]
pub(crate) struct Own {
    entries: BTreeMap<String, Arc<Entry>>,
    index: OnceLock<Index>,
    bytes: usize,
}

impl Own {
    /// Of what is stored. Nothing is parsed before it is used.
    pub(crate) fn new(live: Vec<LiveConnector>) -> Self {
        let bytes = live.iter().map(|one| one.file.len()).sum();
        let entries = live.into_iter().map(|one| {
            let id = one.id.as_str().to_owned();
            (id, Arc::new(Entry::of_account(one.id, one.identity, one.file)))
        });
        Self {
            entries: entries.collect(),
            index: OnceLock::new(),
            bytes,
        }
    }

    /// About how much memory it takes, in bytes, before anything of it is parsed.
    pub(crate) fn weight(&self) -> usize {
        self.bytes.saturating_add(256)
    }

    pub(crate) fn entry(&self, id: &str) -> Option<&Arc<Entry>> {
        self.entries.get(id)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}

/// What one account has at one moment. Whoever works with a shelf sees no change until the next one.
pub(crate) struct Shelf {
    catalog: Arc<Catalog>,
    own: Arc<Own>,
}

impl Shelf {
    /// The connector of that id: the account's own before any other.
    pub(crate) fn entry(&self, id: &str) -> Option<&Arc<Entry>> {
        self.own.entry(id).or_else(|| self.catalog.entry(id))
    }

    /// The connector of that id that credentials of this identity are for, whatever stands before it.
    pub(crate) fn entry_of(&self, id: &str, identity: &str) -> Option<&Arc<Entry>> {
        let both = [self.own.entry(id), self.catalog.entry(id)];
        both.into_iter()
            .flatten()
            .find(|entry| entry.identity() == identity)
    }

    /// Every connector, by id.
    pub(crate) fn entries(&self) -> Vec<&Arc<Entry>> {
        let others = self.catalog.entries();
        let others = others.filter(|entry| self.own.entry(entry.id.as_str()).is_none());
        let mut all: Vec<_> = others.chain(self.own.entries.values()).collect();
        if self.own.len() > 0 {
            all.sort_unstable_by(|one, other| one.id.as_str().cmp(other.id.as_str()));
        }
        all
    }

    /// The connector of that id, if the policy lets it be seen.
    pub(crate) fn seen(&self, id: &str, policy: &Policy) -> Result<&Arc<Entry>> {
        match self.entry(id) {
            Some(entry) if policy.allows(&entry.id) => Ok(entry),
            _ => {
                let all = self.entries();
                let seen = all.iter().filter(|entry| policy.allows(&entry.id));
                Err(Error::ConnectorNotFound {
                    id: shown(id),
                    near: nearest(id, seen.map(|entry| entry.id.as_str()), 3),
                })
            }
        }
    }

    /// Every connector that the policy lets be seen and that loads, by id.
    pub(crate) fn seen_connectors(&self, policy: &Policy) -> Vec<Seen> {
        let all = self.entries().into_iter();
        let seen = all.filter(|entry| policy.allows(&entry.id));
        let loading = seen.filter_map(|entry| Some((Arc::clone(entry.summary()?), entry.owner)));
        loading.collect()
    }

    /// The best `limit` actions for a goal among those that the policy allows, best first. Where the goal names no
    /// platform, those of `connected` are more likely meant.
    pub(crate) fn search(
        &self,
        goal: &str,
        policy: &Policy,
        connected: &HashSet<ConnectorId>,
        limit: usize,
    ) -> Vec<Hit> {
        let index = self.catalog.index();
        let allowed = |connector: &str, action: &str| policy.allows_action(connector, action);
        let is_connected = |connector: &ConnectorId| connected.contains(connector);
        if self.own.len() == 0 {
            return index.search_for(goal, allowed, is_connected, limit);
        }
        let own = self.own.index.get_or_init(|| {
            let entries = self.own.entries.values();
            index.beside(entries.filter_map(|entry| entry.summary()).map(AsRef::as_ref))
        });
        let others =
            |connector: &str, action: &str| self.own.entry(connector).is_none() && allowed(connector, action);
        index.search_with(own, goal, (others, allowed), is_connected, limit)
    }
}

impl Engine {
    /// What an account has now.
    pub(crate) async fn shelf(&self, account: &AccountId) -> Result<Shelf> {
        Ok(Shelf {
            own: self.warm.connectors(&self.storage, account).await?,
            catalog: self.catalog.load_full(),
        })
    }

    /// The account's connector of that id, if the policy lets it be seen.
    pub(crate) async fn seen_connector(
        &self,
        account: &AccountId,
        id: &str,
        policy: &Policy,
    ) -> Result<Arc<Entry>> {
        self.shelf(account).await?.seen(id, policy).cloned()
    }

    /// The connector that credentials of this identity are for.
    pub(crate) async fn entry_of(
        &self,
        account: &AccountId,
        id: &str,
        identity: &str,
    ) -> Result<Option<Arc<Entry>>> {
        Ok(self.shelf(account).await?.entry_of(id, identity).cloned())
    }
}
