//! A small index beside a large one, searched as if both were one: an account's own connectors beside the catalogue.

use super::{Hit, Index, OTHER_CONNECTOR, words};
use crate::Summary;

impl Index {
    /// Reads the texts of connectors that are searched together with those of this index: how rare a word is counts over
    /// both, so that their scores can be compared.
    #[must_use]
    pub fn beside<'a>(&self, connectors: impl IntoIterator<Item = &'a Summary>) -> Self {
        Self::read(connectors, self)
    }

    /// The same as [`Index::search`], over this index and one that [`Index::beside`] made of it. Of equals those of this
    /// one come first.
    pub fn search_with(
        &self,
        own: &Self,
        goal: &str,
        allowed: impl Fn(&str, &str) -> bool,
        allowed_own: impl Fn(&str, &str) -> bool,
        limit: usize,
    ) -> Vec<Hit> {
        let mut hits = self.search(goal, allowed, limit);
        let mut own_hits = own.search(goal, allowed_own, limit);
        // Each has held its own connectors against a goal that names one of them; what the other has, it cannot know.
        match (self.is_named(goal), own.is_named(goal)) {
            (true, false) => lower(&mut own_hits),
            (false, true) => lower(&mut hits),
            _ => {}
        }
        hits.append(&mut own_hits);
        hits.sort_by(|one, other| other.score.total_cmp(&one.score));
        hits.truncate(limit);
        hits
    }

    /// Whether the goal names one of the connectors.
    fn is_named(&self, goal: &str) -> bool {
        let goal = words::goal_stems(goal);
        self.connectors.iter().any(|connector| connector.is_named(&goal))
    }
}

fn lower(hits: &mut [Hit]) {
    for hit in hits {
        hit.score *= OTHER_CONNECTOR;
    }
}
