//! Keys that go along together, though the description's security has them apart.

use super::found::Found;
use super::params;
use crate::spec_check::Document;
use serde_json::{Map, Value};

/// The most operations that are looked at.
const MOST: usize = 2000;

/// The sets of schemes, each with the keys that most operations require among their parameters: what an operation states
/// as required has to be sent, and an alternative without it would never be enough.
pub(super) fn joined(
    document: Document<'_>,
    operations: &[Found<'_>],
    schemes: &Map<String, Value>,
    sets: Vec<Vec<String>>,
) -> Vec<Vec<String>> {
    let mut keys: Vec<(&String, &str, &str, usize)> = schemes
        .iter()
        .filter_map(|(scheme, told)| {
            let told = document.resolve(told);
            let text = |key: &str| told.get(key).and_then(Value::as_str);
            (text("type") == Some("apiKey")).then_some((scheme, text("name")?, text("in")?, 0))
        })
        .collect();
    if keys.len() < 2 {
        return sets;
    }
    for one in operations.iter().take(MOST) {
        let stated = params::raw(document, one.item, one.operation);
        for (_, name, place, count) in &mut keys {
            *count += usize::from(stated.iter().any(|param| requires(param, name, place)));
        }
    }
    let looked_at = operations.len().min(MOST);
    let needed: Vec<String> = keys
        .into_iter()
        .filter(|(_, _, _, count)| count * 2 > looked_at)
        .map(|(scheme, ..)| scheme.clone())
        .collect();
    if needed.len() > 6 {
        return sets;
    }
    let mut joined: Vec<Vec<String>> = Vec::new();
    for mut set in sets {
        set.extend(needed.iter().cloned());
        set.sort_unstable();
        set.dedup();
        if !joined.contains(&set) {
            joined.push(set);
        }
    }
    joined
}

fn requires(param: &Value, name: &str, place: &str) -> bool {
    let text = |key: &str| param.get(key).and_then(Value::as_str);
    text("name") == Some(name)
        && text("in") == Some(place)
        && param.get("required").and_then(Value::as_bool) == Some(true)
}
