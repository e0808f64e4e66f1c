//! Compares a connector with the vendor's own description of its API, without a network.
//!
//! Each difference has a key, such as `type.limit`. A connector file may accept one under that key, with its reason, in
//! `[allow]` or in an action's `allow`; what is accepted there and is no difference is one itself, so that reasons do
//! not outlive their cause.

mod body;
mod compare;
mod description;
mod discovery;
mod fit;
mod graphql;
mod shape;
mod source;
#[cfg(test)]
mod tests;

use crate::{Action, Connector};
pub(crate) use discovery::to_openapi;
pub(crate) use graphql::{Needed, from_introspection, from_sdl};
pub(crate) use shape::{Document, Shape};
use std::collections::HashSet;

pub use source::ApiDescription;

/// A point in which a connector file and a description differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The action's id; empty where the whole file is meant.
    pub action: String,
    /// What `allow` calls it: `operation`, `method`, `path`, `id`, `deprecated`, `document`, or `required.`, `unknown.`,
    /// `in.`, `type.`, `enum.` and the platform's name of the parameter, or `scope.` and the scope, or `deprecated.` and
    /// type and name of a GraphQL field. A key that `allow` holds for nothing comes back as it stands there.
    pub key: String,
    /// What differs, as a sentence.
    pub what: String,
    /// The reason for which the connector file accepts it.
    pub allowed: Option<String>,
}

/// What a comparison has found.
#[derive(Debug, Clone, Default)]
pub struct SpecReport {
    /// How many actions were compared with an operation.
    pub checked: usize,
    /// Every difference, accepted ones too, in the order of the file.
    pub differences: Vec<Difference>,
}

impl SpecReport {
    /// The differences that nobody has accepted. None: the connector agrees with the description.
    pub fn open(&self) -> impl Iterator<Item = &Difference> {
        self.differences
            .iter()
            .filter(|difference| difference.allowed.is_none())
    }
}

/// Compares every action of a connector with the vendor's descriptions: each with the first that has its operation.
pub fn spec_check(connector: &Connector, descriptions: &[ApiDescription]) -> SpecReport {
    let mut report = SpecReport::default();
    let mut used = HashSet::new();
    for action in connector.actions() {
        let found = compare::action(connector, action, descriptions);
        report.checked += usize::from(found.compared);
        let accepted = accept(connector, action, found.differences, &mut used);
        report.differences.extend(accepted);
    }
    let stale = connector
        .allow
        .iter()
        .filter(|(key, _)| !used.contains(key.as_str()));
    report
        .differences
        .extend(stale.map(|(key, _)| stale_reason("", key)));
    report
}

/// Gives each difference the reason that the file has for it, the action's own before that of the whole file, and
/// adds those of the action's reasons that explain nothing.
fn accept<'c>(
    connector: &'c Connector,
    action: &Action,
    found: Vec<(String, String)>,
    used: &mut HashSet<&'c str>,
) -> Vec<Difference> {
    let reason = |list: &'c [(String, String)], key: &str| list.iter().find(|(name, _)| name == key);
    let mut differences = Vec::new();
    for (key, what) in found {
        let own = action
            .allow
            .iter()
            .find(|(name, _)| *name == key)
            .map(|(_, reason)| reason);
        let common = if own.is_none() {
            reason(&connector.allow, &key)
        } else {
            None
        };
        used.extend(common.map(|(name, _)| name.as_str()));
        let allowed = own.or(common.map(|(_, reason)| reason)).cloned();
        differences.push(Difference {
            action: action.id.clone(),
            key,
            what,
            allowed,
        });
    }
    for (key, _) in &action.allow {
        if !differences.iter().any(|difference| difference.key == *key) {
            differences.push(stale_reason(&action.id, key));
        }
    }
    differences
}

fn stale_reason(action: &str, key: &str) -> Difference {
    Difference {
        action: action.to_owned(),
        key: key.to_owned(),
        what: format!("`allow` gives a reason for `{key}`, which is no difference"),
        allowed: None,
    }
}
