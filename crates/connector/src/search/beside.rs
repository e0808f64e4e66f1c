//! A small index beside a large one, searched as if both were one: an account's own connectors beside the catalogue.

use super::goal::Goal;
use super::names::ELSEWHERE;
use super::{Hit, Index};
use crate::Summary;
use solder_model::ConnectorId;

impl Index {
    /// Reads the texts of connectors that are searched together with those of this index: how rare a word is counts over
    /// both, so that their scores can be compared.
    #[must_use]
    pub fn beside<'a>(&self, connectors: impl IntoIterator<Item = &'a Summary>) -> Self {
        Self::read(connectors, self)
    }

    /// The same as [`Index::search_for`], over this index and one that [`Index::beside`] made of it; what is
    /// allowed is told for each. Of equals those of this
    /// one come first.
    pub fn search_with(
        &self,
        own: &Self,
        goal: &str,
        allowed: (impl Fn(&str, &str) -> bool, impl Fn(&str, &str) -> bool),
        connected: impl Fn(&ConnectorId) -> bool,
        limit: usize,
    ) -> Vec<Hit> {
        let mut hits = self.search_for(goal, allowed.0, &connected, limit);
        let mut own_hits = own.search_for(goal, allowed.1, &connected, limit);
        // Each has held its own connectors against a goal that names one of them; what the other has, it cannot know.
        let goal = Goal::read(goal);
        match (
            self.names.said_in(&goal).is_sure(),
            own.names.said_in(&goal).is_sure(),
        ) {
            (true, false) => lower(&mut own_hits),
            (false, true) => lower(&mut hits),
            _ => {}
        }
        hits.append(&mut own_hits);
        hits.sort_by(|one, other| other.score.total_cmp(&one.score));
        hits.truncate(limit);
        hits
    }
}

fn lower(hits: &mut [Hit]) {
    for hit in hits {
        hit.score *= ELSEWHERE;
    }
}
