//! What listings and the search need of a connector: names and texts, read from its file without compiling anything.
//!
//! An installation with a thousand connectors lists and searches all of them, and calls a few. Those few are read whole
//! by [`crate::parse_known`]; of the others a summary is enough, which takes a tenth of the time and memory.

use crate::{Connector, Resource};
use solder_model::ConnectorId;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A connector as far as it is listed and searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its id.
    pub id: ConnectorId,
    /// Its name as people write it.
    pub name: String,
    /// What it is, in a sentence.
    pub about: String,
    /// What kinds of platform it is, lower case; one at least.
    pub categories: Vec<String>,
    /// Other words that people search by.
    pub synonyms: Vec<String>,
    /// What its actions work on, in the order of the file.
    pub resources: Vec<Resource>,
    /// Every action, in the order of the file.
    pub actions: Vec<ActionSummary>,
}

/// An action as far as it is listed and searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionSummary {
    /// Its id: the vendor's own operation id.
    pub id: String,
    /// Its readable name.
    pub title: String,
    /// What it does.
    pub about: String,
    /// The resource that it works on.
    pub resource: String,
    /// Other words that people search by.
    pub synonyms: Vec<String>,
    /// The names of its parameters, those that the loader makes left out.
    pub parameters: Vec<String>,
}

impl Summary {
    /// Reads a file that was read whole before, without a fault. Nothing where it is no connector file after all.
    pub fn read(text: &str) -> Option<Self> {
        let document = DeTable::parse(text).ok()?;
        let root = document.get_ref();
        let actions = list(root, "action");
        Some(Self {
            id: ConnectorId::new(&text_of(root, "id")).ok()?,
            name: text_of(root, "name"),
            about: text_of(root, "about"),
            categories: texts(root, "categories"),
            synonyms: texts(root, "synonyms"),
            resources: table(root, "resources")?
                .iter()
                .filter_map(|(id, line)| Some(resource(id.get_ref(), line.get_ref().as_str()?)))
                .collect(),
            actions: actions
                .filter_map(|action| Some(ActionSummary::read(action.as_table()?)))
                .collect(),
        })
    }

    /// The summary of a connector that was read whole.
    pub fn of(connector: &Connector) -> Self {
        Self {
            id: connector.id.clone(),
            name: connector.name.clone(),
            about: connector.about.clone(),
            categories: connector.categories.clone(),
            synonyms: connector.synonyms.clone(),
            resources: connector.resources.clone(),
            actions: connector
                .actions()
                .map(|action| ActionSummary::of(action))
                .collect(),
        }
    }
}

impl ActionSummary {
    fn read(table: &DeTable<'_>) -> Self {
        let parameters = self::table(table, "params").into_iter().flatten();
        Self {
            id: text_of(table, "name"),
            title: text_of(table, "title"),
            about: text_of(table, "about"),
            resource: text_of(table, "resource"),
            synonyms: texts(table, "synonyms"),
            parameters: parameters.map(|(name, _)| name.get_ref().to_string()).collect(),
        }
    }

    fn of(action: &crate::Action) -> Self {
        let stated = action.params().iter().filter(|param| !param.made);
        Self {
            id: action.id.clone(),
            title: action.title.clone(),
            about: action.about.clone(),
            resource: action.resource.clone(),
            synonyms: action.synonyms.clone(),
            parameters: stated.map(|param| param.name.clone()).collect(),
        }
    }
}

/// A resource by its id and its line: a name, and what it is behind a bar.
pub(crate) fn resource(id: &str, line: &str) -> Resource {
    let (name, about) = line.split_once('|').unwrap_or((line, ""));
    Resource {
        id: id.to_owned(),
        name: name.trim().to_owned(),
        about: about.trim().to_owned(),
    }
}

fn value<'t>(table: &'t DeTable<'t>, key: &str) -> Option<&'t DeValue<'t>> {
    table.get(key).map(Spanned::get_ref)
}

fn text_of(table: &DeTable<'_>, key: &str) -> String {
    value(table, key)
        .and_then(DeValue::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn table<'t>(of: &'t DeTable<'t>, key: &str) -> Option<&'t DeTable<'t>> {
    value(of, key).and_then(DeValue::as_table)
}

fn list<'t>(of: &'t DeTable<'t>, key: &str) -> impl Iterator<Item = &'t DeValue<'t>> {
    let items = value(of, key).and_then(DeValue::as_array).into_iter().flatten();
    items.map(Spanned::get_ref)
}

fn texts(table: &DeTable<'_>, key: &str) -> Vec<String> {
    list(table, key)
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Summary;
    use crate::{built_in, parse_known};

    #[test]
    fn a_summary_says_what_the_whole_connector_says() {
        for (id, text) in built_in() {
            let whole = parse_known(&format!("{id}.toml"), text).unwrap();
            assert_eq!(Summary::read(text).unwrap(), Summary::of(&whole), "{id}");
        }
    }

    #[test]
    fn what_is_no_connector_file_has_no_summary() {
        for text in [
            "",
            "id = 5",
            "id = \"Not an id\"\n[resources]",
            "id = \"a\"",
            "id = [",
        ] {
            assert_eq!(Summary::read(text), None, "{text}");
        }
    }
}
