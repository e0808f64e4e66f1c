//! The environment: `SOLDER_…`. Every variable of that prefix is a setting or a fault.

use super::connectors::Field;
use super::fault::{Fault, Held, nearest};
use super::layers::{Given, Layers, Source};
use super::{TABLE, variable};
use solder_model::ConnectorId;
use std::ffi::OsString;

/// The variable that names the settings file.
pub(super) const CONFIG: &str = "SOLDER_CONFIG";
const CONNECTOR: &str = "SOLDER_CONNECTOR_";

/// The settings file that the environment names.
pub(super) fn config(environment: &[(OsString, OsString)]) -> Option<(std::path::PathBuf, Source)> {
    let named = environment.iter().find(|(name, _)| name == CONFIG)?;
    Some((named.1.clone().into(), Source::Environment))
}

/// Takes every variable with the prefix.
pub(super) fn read(environment: &[(OsString, OsString)], layers: &mut Layers) {
    let mut ours: Vec<_> = environment
        .iter()
        .map(|(name, value)| (name.to_string_lossy(), value))
        .filter(|(name, _)| name.starts_with("SOLDER_") && name != CONFIG)
        .collect();
    ours.sort();
    for (name, value) in ours {
        match value.to_str() {
            Some(text) => take(&name, text, layers),
            None => fault(&name, Held::Hidden, "Write it in UTF-8.".to_owned(), layers),
        }
    }
}

fn take(name: &str, text: &str, layers: &mut Layers) {
    if let Some(entry) = TABLE.iter().find(|entry| variable(entry.name) == name) {
        layers.give(entry.name, text.to_owned(), Source::Environment);
    } else if let Some(rest) = name.strip_prefix(CONNECTOR) {
        take_connector(name, rest, text, layers);
    } else {
        let variables: Vec<_> = TABLE.iter().map(|entry| variable(entry.name)).collect();
        let near = nearest(name, variables.iter().map(String::as_str).chain([CONFIG]));
        let near = near.map_or_else(String::new, |near| format!("Did you mean {near}? "));
        fault(
            name,
            Held::unknown(name, text),
            format!("{near}`solder settings` lists them all."),
            layers,
        );
    }
}

fn take_connector(name: &str, rest: &str, text: &str, layers: &mut Layers) {
    let split = Field::ALL.into_iter().find_map(|field| {
        let id = rest
            .strip_suffix(&field.name().to_uppercase())?
            .strip_suffix('_')?;
        let lower = ConnectorId::new(&id.to_lowercase()).ok();
        lower
            .filter(|lower| lower.as_str().to_uppercase() == id)
            .map(|id| (id, field))
    });
    if let Some(key) = split {
        let given = Given {
            text: text.to_owned(),
            source: Source::Environment,
        };
        layers.connectors.entry(key).or_default().push(given);
    } else {
        let names = Field::names().to_uppercase();
        let right =
            format!("Write SOLDER_CONNECTOR_, the connector's id in capitals, `_` and one of {names}.");
        fault(name, Held::unknown(name, text), right, layers);
    }
}

fn fault(name: &str, held: Held, right: String, layers: &mut Layers) {
    let name = name.chars().take(100).flat_map(char::escape_debug).collect();
    layers.faults.push(Fault {
        name,
        source: Source::Environment,
        held,
        right,
    });
}
