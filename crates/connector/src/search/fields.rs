//! What of a connector is searched, and how much each part counts.

use super::words::Numbered;
use crate::{ActionSummary, Summary};
use std::collections::HashMap;

/// What all actions of a connector share.
pub(super) struct Common<'c> {
    /// Weights, and the stems of a text each.
    fields: Vec<(f32, Vec<u32>)>,
    /// By resource: what its name and what is said of it count.
    resources: HashMap<&'c str, [(f32, Vec<u32>); 2]>,
}

impl<'c> Common<'c> {
    pub(super) fn new(connector: &'c Summary, words: &mut Numbered) -> Self {
        let fields = vec![
            (1.0, words.stems_of([connector.id.as_str(), &connector.name])),
            (0.6, words.stems_of(&connector.synonyms)),
            (0.3, words.stems(&connector.about)),
            (0.3, words.stems_of(&connector.categories)),
        ];
        let resources = connector.resources.iter().map(|resource| {
            let texts = [
                (1.0, words.stems(&resource.name)),
                (0.3, words.stems(&resource.about)),
            ];
            (resource.id.as_str(), texts)
        });
        Self {
            resources: resources.collect(),
            fields,
        }
    }

    /// How much each stem counts in an action. Within a field a word counts once, so that a text cannot push itself up
    /// by saying the same thing often.
    pub(super) fn count(&self, action: &ActionSummary, words: &mut Numbered) -> Vec<(u32, f32)> {
        let own = [
            (3.0, words.stems(&action.title)),
            (1.5, words.stems(&action.id)),
            (2.2, words.stems_of(&action.synonyms)),
            (1.0, words.stems(&action.about)),
            (0.15, words.stems_of(&action.parameters)),
        ];
        let resource = self.resources.get(action.resource.as_str()).into_iter().flatten();
        let mut counts = Vec::new();
        for (weight, stems) in self.fields.iter().chain(resource).chain(&own) {
            counts.extend(stems.iter().map(|stem| (*stem, *weight)));
        }
        counts.sort_unstable_by_key(|(stem, _)| *stem);
        counts.dedup_by(|(stem, weight), (before, sum)| {
            let same = stem == before;
            if same {
                *sum += *weight;
            }
            same
        });
        counts
    }
}

/// What ends a phrase in a list of them.
pub(super) const END: u32 = u32::MAX;

/// Texts of several words that name the action as a whole: its title and its synonyms, [`END`] after each.
pub(super) fn phrases(action: &ActionSummary, words: &mut Numbered) -> Box<[u32]> {
    let texts = std::iter::once(&action.title).chain(&action.synonyms);
    let phrases = texts
        .map(|text| words.stems(text))
        .filter(|phrase| phrase.len() > 1);
    phrases
        .flat_map(|phrase| phrase.into_iter().chain([END]))
        .collect()
}
