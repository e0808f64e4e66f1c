//! `solder connectors show`: how to connect, and what can be done.

use super::{open, prepare, unknown};
use crate::arguments;
use crate::failure::Result;
use crate::print;
use serde_json::{Value, json};
use solder_connector::{Action, Auth, Connector};

/// Prints one connector.
pub(super) fn run(id: &str, arguments: &arguments::Catalog) -> Result<()> {
    let settings = prepare(&arguments.flags)?;
    let catalog = open(&settings)?;
    let (connector, owner) = catalog.find(id).ok_or_else(|| unknown(id, catalog.ids()))?;
    if arguments.json {
        return print::json(&print::with(to_json(&connector), "from", owner.as_str()));
    }
    print::line(&format!(
        "{} ({}), {}\n{}",
        connector.name,
        connector.id,
        owner.as_str(),
        connector.about
    ))?;
    if let Some(docs) = &connector.docs {
        print::line(&format!("Documentation: {docs}"))?;
    }
    for auth in connector.key_based() {
        print::line(&format!("\nConnects by {} ({})", auth.kind, auth.name))?;
        for field in &auth.fields {
            let need = if field.required { "" } else { " (may be left out)" };
            print::line(&format!("  {}{need}: {}", field.name, field.about))?;
        }
        if !auth.about.is_empty() {
            print::line(&format!("  {}", auth.about.replace('\n', "\n  ").trim_end()))?;
        }
    }
    actions(&connector)
}

fn actions(connector: &Connector) -> Result<()> {
    for resource in &connector.resources {
        let actions: Vec<_> = connector
            .actions()
            .filter(|action| action.resource == resource.id)
            .collect();
        if actions.is_empty() {
            continue;
        }
        let rows: Vec<_> = actions
            .iter()
            .map(|action| {
                vec![
                    format!("  {}", action.id),
                    action.kind.as_str().to_owned(),
                    action.title.clone(),
                ]
            })
            .collect();
        print::line(&format!("\n{}", resource.name))?;
        print::line(&print::table(&["  ACTION", "KIND", "WHAT IT DOES"], &rows))?;
    }
    Ok(())
}

fn to_json(connector: &Connector) -> Value {
    let resources: Vec<_> = connector
        .resources
        .iter()
        .map(|resource| json!({ "id": resource.id, "name": resource.name, "description": resource.about }))
        .collect();
    json!({
        "id": connector.id.as_str(),
        "name": connector.name,
        "about": connector.about,
        "category": connector.categories,
        "docs": connector.docs,
        "hosts": connector.hosts,
        "resources": resources,
        "authentication": connector.key_based().map(auth).collect::<Vec<_>>(),
        "actions": connector.actions().map(|one| action(one)).collect::<Vec<_>>(),
    })
}

fn auth(auth: &Auth) -> Value {
    json!({
        "authenticationType": auth.kind,
        "name": auth.name,
        "about": auth.about,
        "scheme": auth.scheme.as_str(),
        "inputSchema": auth.input_schema(),
    })
}

fn action(action: &Action) -> Value {
    json!({
        "id": action.id,
        "name": action.title,
        "description": action.about,
        "resource": action.resource,
        "kind": action.kind.as_str(),
        "method": action.method.as_str(),
        "path": action.path,
        "inputSchema": action.input_schema,
        "scopes": action.scopes,
        "deprecated": action.deprecated,
    })
}
