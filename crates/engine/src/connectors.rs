//! What there is to call: connectors, the ways to connect to them, their actions. What a server's restrictions put out of
//! reach is not seen. REST and the tools read it from here alike.

mod view;

pub(crate) use view::with_actions;
pub use view::{
    ActionDescription, ActionDetails, ActionSummary, ConnectorList, ConnectorSummary, ConnectorView,
    ParameterDescription, ResourceView, SampleCall, WayToConnect,
};

use crate::Engine;
use crate::caller::Caller;
use crate::catalog::{Entry, Seen, Shelf, seen_action};
use crate::error::Result;
use crate::scope::Scope;
use solder_connector::{Connector, Summary};
use solder_model::{AccountId, Page, Policy};
use std::collections::{HashMap, HashSet};

/// Which connectors are asked for; by default all that may be seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConnectorFilter {
    /// Only those of this category, which is compared as it is.
    pub category: Option<String>,
    /// Only those that these words fit: a part of the id or the name, or what their actions do.
    pub query: Option<String>,
}

impl Engine {
    /// The connectors in reach: by id, or, where words are given, those that are named so first and then the ones whose
    /// actions fit best.
    pub async fn list_connectors(
        &self,
        caller: &Caller,
        scope: Scope<'_>,
        filter: &ConnectorFilter,
        page: Page,
    ) -> Result<ConnectorList> {
        let shelf = self.shelf(&caller.account).await?;
        let mut seen = shelf.seen_connectors(scope.policy());
        if let Some(category) = &filter.category {
            seen.retain(|(connector, _)| is_of(connector, category));
        }
        let found = match &filter.query {
            Some(words) => fitting(&shelf, seen, words, scope.policy()),
            None => seen,
        };
        Ok(ConnectorList::new(&found, page))
    }

    /// One connector with its ways to connect, its resources and their actions.
    pub async fn get_connector(&self, caller: &Caller, scope: Scope<'_>, id: &str) -> Result<ConnectorView> {
        let entry = self.seen_connector(&caller.account, id, scope.policy()).await?;
        let connector = entry.connector()?;
        let ways = self.ways_to_connect(&caller.account, &entry, &connector).await?;
        Ok(ConnectorView::new(&connector, entry.owner, ways, scope.policy()))
    }

    /// The ways to connect, the default first; one that needs an OAuth app that nobody has set up says so.
    pub(crate) async fn ways_to_connect(
        &self,
        account: &AccountId,
        entry: &Entry,
        connector: &Connector,
    ) -> Result<Vec<WayToConnect>> {
        let mut ways = Vec::with_capacity(connector.auth.len());
        for auth in &connector.auth {
            let mut way = WayToConnect::new(auth);
            if auth.oauth.is_some() {
                way.auth_config_required = !self.has_client(account, entry, auth).await?;
                way.message = Some(if way.auth_config_required {
                    self.no_app(entry, auth)
                } else {
                    "Connects by OAuth: creating the credential gives a URL where a person consents"
                        .to_owned()
                });
            }
            ways.push(way);
        }
        Ok(ways)
    }

    /// One action: its parameters, the schema of its arguments, and a sample.
    pub async fn get_action(
        &self,
        caller: &Caller,
        scope: Scope<'_>,
        connector: &str,
        action: &str,
    ) -> Result<ActionDetails> {
        let entry = self
            .seen_connector(&caller.account, connector, scope.policy())
            .await?;
        let connector = entry.connector()?;
        let action = seen_action(&connector, action, scope.policy())?;
        let sees = |listing: &str| scope.policy().allows_action(connector.id.as_str(), listing);
        Ok(ActionDetails::new(&connector, &action, sees))
    }
}

/// Those of `seen` that the words fit, the best first.
fn fitting(shelf: &Shelf, seen: Vec<Seen>, words: &str, policy: &Policy) -> Vec<Seen> {
    let part = words.trim().to_lowercase();
    let is_named = |one: &Summary| {
        !part.is_empty() && (one.id.as_str().contains(&part) || one.name.to_lowercase().contains(&part))
    };
    let (mut found, rest): (Vec<_>, Vec<_>) = seen.into_iter().partition(|(one, _)| is_named(one));
    let mut rest: HashMap<_, _> = rest.into_iter().map(|seen| (seen.0.id.clone(), seen)).collect();
    let hits = shelf.search(words, policy, &HashSet::new(), usize::MAX);
    found.extend(hits.iter().filter_map(|hit| rest.remove(&hit.connector)));
    found
}

/// Whether a connector is of a category.
pub(crate) fn is_of(connector: &Summary, category: &str) -> bool {
    connector.categories.iter().any(|one| one == category)
}
