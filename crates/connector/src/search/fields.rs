//! What of a connector file is searched, and how much each part counts.

use super::words::stems;
use crate::{Action, Connector};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A text's weight and its stems.
pub(super) type Field = (f32, Vec<String>);

/// The texts that all actions of a connector share.
pub(super) fn common(connector: &Connector) -> Vec<Field> {
    vec![
        (2.0, stems(connector.id.as_str())),
        (2.0, stems(&connector.name)),
        (0.5, stems(&connector.synonyms.join(" "))),
        (0.2, stems(&connector.about)),
        (0.2, stems(&connector.categories.join(" "))),
    ]
}

/// How much each stem counts in an action. Within a field a word counts once, so that a text cannot push itself up by
/// saying the same thing often.
pub(super) fn count(common: &[Field], connector: &Connector, action: &Action) -> BTreeMap<String, f32> {
    let resource = connector
        .resources
        .iter()
        .find(|resource| resource.id == action.resource);
    let parameters = action.input_schema.get("properties").and_then(Value::as_object);
    let parameters: Vec<&str> = parameters
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect();
    let own = [
        (3.0, stems(&action.title)),
        (2.5, stems(&action.id)),
        (2.0, stems(&action.synonyms.join(" "))),
        (1.2, stems(&action.about)),
        (
            1.2,
            resource.map(|resource| stems(&resource.name)).unwrap_or_default(),
        ),
        (
            0.3,
            resource
                .map(|resource| stems(&resource.about))
                .unwrap_or_default(),
        ),
        (0.3, stems(&parameters.join(" "))),
    ];
    let mut counts = BTreeMap::new();
    for (weight, stems) in common.iter().chain(&own) {
        for stem in stems.iter().collect::<BTreeSet<_>>() {
            *counts.entry(stem.clone()).or_default() += weight;
        }
    }
    counts
}

/// Texts of several words that name the action as a whole: its title and its synonyms.
pub(super) fn phrases(action: &Action) -> impl Iterator<Item = BTreeSet<String>> {
    let texts = std::iter::once(&action.title).chain(&action.synonyms);
    texts
        .map(|text| stems(text).into_iter().collect::<BTreeSet<_>>())
        .filter(|phrase| phrase.len() > 1)
}
