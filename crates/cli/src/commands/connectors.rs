//! `solder connectors`: what Solder knows of platforms, and whether the files that say so are right. No running server
//! and no database is needed.

mod check;
mod import;
mod show;

use super::{list, prepare};
use crate::arguments::{self, Connectors};
use crate::failure::{Failure, Result};
use crate::settings::Settings;
use serde_json::{Value, json};
use solder_connector::Connector;
use solder_engine::{Catalog, CatalogError, Owner, Settings as EngineSettings};
use std::sync::Arc;

/// Runs one of them.
pub(crate) fn run(command: &Connectors) -> Result<()> {
    match command {
        Connectors::List { catalog } => all(catalog),
        Connectors::Show { connector, catalog } => show::run(connector, catalog),
        Connectors::Check(arguments) => check::run(arguments),
        Connectors::Import(arguments) => import::run(arguments),
    }
}

/// The catalogue of the settings.
fn open(settings: &Settings) -> Result<Catalog> {
    Ok(Catalog::open(&folder(settings))?)
}

fn folder(settings: &Settings) -> EngineSettings {
    EngineSettings {
        connectors_dir: settings.connectors_dir.clone(),
        ..EngineSettings::default()
    }
}

fn all(arguments: &arguments::Catalog) -> Result<()> {
    let settings = prepare(&arguments.flags)?;
    let catalog = Catalog::open_what_loads(&folder(&settings))?;
    let connectors: Vec<_> = catalog.ids().filter_map(|id| catalog.find(id)).collect();
    let heads = ["ID", "NAME", "ACTIONS", "CONNECTS BY", "CATEGORIES", "FROM"];
    list(
        arguments.json,
        "connectors",
        &connectors,
        to_json,
        &heads,
        |(connector, owner)| {
            vec![
                connector.id.to_string(),
                connector.name.clone(),
                connector.actions().count().to_string(),
                kinds(connector).join(", "),
                connector.categories.join(", "),
                owner.as_str().to_owned(),
            ]
        },
    )?;
    // What loads was listed; what does not is told besides, and is a failure.
    let faults: Vec<_> = catalog.faults().cloned().collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(CatalogError::Faults(faults).into())
    }
}

fn kinds(connector: &Connector) -> Vec<&str> {
    connector.key_based().map(|auth| auth.kind.as_str()).collect()
}

fn to_json((connector, owner): &(Arc<Connector>, Owner)) -> Value {
    json!({
        "id": connector.id.as_str(),
        "name": connector.name,
        "about": connector.about,
        "category": connector.categories,
        "actions": connector.actions().count(),
        "authenticationTypes": kinds(connector),
        "from": owner.as_str(),
    })
}

/// The failure that names the connectors that are most like one that does not exist.
fn unknown<'a>(id: &str, known: impl Iterator<Item = &'a str>) -> Failure {
    let near = crate::settings::nearest(id, known);
    let near = near.map_or_else(String::new, |near| format!(" Did you mean `{near}`?"));
    let id = crate::print::visible(id);
    Failure::Failed(format!(
        "There is no connector `{id}`.{near} `solder connectors list` shows them all."
    ))
}
