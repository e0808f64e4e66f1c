//! Which platforms a goal names.

use super::goal::Goal;
use super::words;
use crate::Summary;
use solder_model::ConnectorId;
use std::collections::HashSet;

/// What is left of a score where the goal surely names another platform.
pub(super) const ELSEWHERE: f32 = 0.05;
/// What every action of a platform gains that the goal surely names: it may say no word of it but what it asks for.
const NAMED: f32 = 0.975;
/// The same two where the name is a word that others use too.
const PERHAPS_ELSEWHERE: f32 = 0.6;
const PERHAPS_NAMED: f32 = 0.3;

/// A name is a common word where the actions of so many other connectors hold it, and of so many in a hundred.
const COMMON: (usize, usize) = (5, 2);

/// Parts of names that name nothing.
const GENERIC: &[&str] = &["api", "rest", "servic", "v1", "v2", "v3", "v4"];

/// The names of all connectors of an index.
#[derive(Debug, Default)]
pub(super) struct Names {
    connectors: Vec<Named>,
    stems: HashSet<String>,
}

/// A connector, and what it is called.
#[derive(Debug)]
pub(super) struct Named {
    id: ConnectorId,
    /// A goal names the connector where it holds every stem of one of these.
    names: [Name; 2],
}

#[derive(Debug)]
struct Name {
    stems: Vec<String>,
    /// Whether it is one word that other connectors use for something else.
    common: bool,
}

/// What a goal says of one connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Said {
    Not,
    Perhaps,
    Surely,
}

/// Which connectors a goal names.
pub(super) struct Naming<'n> {
    /// By place; empty where none is named.
    said: Vec<Said>,
    most: Said,
    /// The stems of the names that the goal surely says.
    pub(super) stems: HashSet<&'n str>,
}

impl Named {
    pub(super) fn new(connector: &Summary) -> Self {
        let names = [connector.id.as_str(), &connector.name].map(|text| {
            let mut stems = words::stems(text);
            stems.retain(|stem| !GENERIC.contains(&stem.as_str()));
            Name { stems, common: false }
        });
        Self {
            id: connector.id.clone(),
            names,
        }
    }

    fn said_in(&self, goal: &Goal) -> Said {
        let said = |name: &Name| match goal.names(&name.stems) {
            false => Said::Not,
            true if name.common && !goal.writes_as_name(&name.stems) => Said::Perhaps,
            true => Said::Surely,
        };
        self.names.iter().map(said).max().unwrap_or(Said::Not)
    }
}

impl Names {
    pub(super) fn add(&mut self, connector: Named) {
        let stems = connector.names.iter().flat_map(|name| &name.stems);
        self.stems.extend(stems.cloned());
        self.connectors.push(connector);
    }

    pub(super) fn len(&self) -> usize {
        self.connectors.len()
    }

    pub(super) fn id(&self, place: usize) -> Option<&ConnectorId> {
        self.connectors.get(place).map(|connector| &connector.id)
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &ConnectorId> {
        self.connectors.iter().map(|connector| &connector.id)
    }

    /// Whether a stem is a part of a name.
    pub(super) fn has(&self, stem: &str) -> bool {
        self.stems.contains(stem)
    }

    /// Finds out which names are common words: `holders` tells the places of the connectors whose actions hold a stem, in
    /// ascending order, each as often as it likes.
    pub(super) fn tell_common<I: Iterator<Item = usize>>(&mut self, holders: impl Fn(&str) -> I) {
        let most = COMMON.0.max(self.connectors.len() * COMMON.1 / 100);
        for (place, connector) in self.connectors.iter_mut().enumerate() {
            for name in &mut connector.names {
                let [stem] = name.stems.as_slice() else { continue };
                let mut others: Vec<usize> = holders(stem).filter(|holder| *holder != place).collect();
                others.dedup();
                name.common = others.len() > most;
            }
        }
    }

    pub(super) fn said_in(&self, goal: &Goal) -> Naming<'_> {
        let said: Vec<Said> = self
            .connectors
            .iter()
            .map(|connector| connector.said_in(goal))
            .collect();
        let most = said.iter().copied().max().unwrap_or(Said::Not);
        let sure = self
            .connectors
            .iter()
            .zip(&said)
            .filter(|(_, said)| **said == Said::Surely);
        let names = sure.flat_map(|(connector, _)| &connector.names);
        let stems = names
            .filter(|name| goal.names(&name.stems))
            .flat_map(|name| &name.stems);
        Naming {
            stems: stems.map(String::as_str).collect(),
            said,
            most,
        }
    }
}

impl Naming<'_> {
    /// Whether a platform is named for sure.
    pub(super) fn is_sure(&self) -> bool {
        self.most == Said::Surely
    }

    /// What is added to the scores of the connector at this place, and what the sums are multiplied by.
    pub(super) fn favour(&self, place: usize) -> (f32, f32) {
        match (self.said.get(place).copied().unwrap_or(Said::Not), self.most) {
            (Said::Surely, _) => (NAMED, 1.0),
            (Said::Not, Said::Surely) => (0.0, ELSEWHERE),
            (Said::Perhaps, Said::Surely) | (Said::Not, Said::Perhaps) => (0.0, PERHAPS_ELSEWHERE),
            (Said::Perhaps, _) => (PERHAPS_NAMED, 1.0),
            (Said::Not, Said::Not) => (0.0, 1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Index, Summary};

    fn connector(id: &str, name: &str, action: &str) -> Summary {
        let text = format!(
            "id = \"{id}\"\nname = \"{name}\"\nabout = \"A\"\ncategories = [\"x\"]\n[resources]\nr = \"R\"\n[[action]]\nname = \"a\"\n\
             title = \"{action}\"\nabout = \"A\"\nresource = \"r\"\nkind = \"write\"\n"
        );
        Summary::read(&text).unwrap()
    }

    /// `Crate`, whose name the actions of so many others hold, and `Acme`, whose name nobody else does.
    fn index(others: usize) -> Index {
        let mut all = vec![
            connector("crate", "Crate API", "Upload a file"),
            connector("acme", "Acme", "Upload a file"),
        ];
        all.extend(
            (0..others).map(|n| connector(&format!("other{n}"), &format!("Other {n}"), "Move a crate")),
        );
        Index::new(&all)
    }

    fn first(index: &Index, goal: &str) -> String {
        index.search(goal, |_, _| true, 1)[0]
            .connector
            .as_str()
            .to_owned()
    }

    #[test]
    fn a_name_that_is_a_common_word_names_only_where_it_is_written_as_a_name() {
        let common = index(8);
        assert!(first(&common, "move the crate").starts_with("other"));
        assert_eq!(first(&common, "move the file into Crate"), "crate");
        assert_eq!(first(&common, "put the file into acme"), "acme");
        assert_eq!(
            first(&index(3), "move it into crate"),
            "crate",
            "here it is a word of few"
        );
    }
}
