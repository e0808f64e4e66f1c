//! What listings and the search need of a connector: names and texts, read from its file without compiling anything.
//!
//! An installation with a thousand connectors lists and searches all of them, and calls a few. Those few are read whole
//! by [`crate::parse_known`]; of the others a summary is enough, which takes a tenth of the time and memory.

use crate::{Connector, Kind, Resource};
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
    /// What it does to the platform.
    pub kind: Kind,
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
        let is_off = |action: &DeTable<'_>| value(action, "off").and_then(DeValue::as_bool) == Some(true);
        let offered = list(root, "action").filter_map(DeValue::as_table);
        let actions: Vec<_> = offered
            .filter(|action| !is_off(action))
            .map(ActionSummary::read)
            .collect();
        Some(Self {
            id: ConnectorId::new(&text_of(root, "id")).ok()?,
            name: text_of(root, "name"),
            about: text_of(root, "about"),
            categories: texts(root, "categories"),
            synonyms: texts(root, "synonyms"),
            resources: in_order(table(root, "resources")?)
                .into_iter()
                .filter(|(id, _)| actions.iter().any(|action| action.resource == *id))
                .filter_map(|(id, line)| Some(Resource::of_line(id, line.as_str()?)))
                .collect(),
            actions,
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
        let parameters = self::table(table, "params").map(in_order).unwrap_or_default();
        Self {
            id: text_of(table, "name"),
            title: text_of(table, "title"),
            about: text_of(table, "about"),
            resource: text_of(table, "resource"),
            kind: match value(table, "kind").and_then(DeValue::as_str) {
                Some("read") => Kind::Read,
                Some("destructive") => Kind::Destructive,
                _ => Kind::Write,
            },
            synonyms: texts(table, "synonyms"),
            parameters: parameters.into_iter().map(|(name, _)| name.to_owned()).collect(),
        }
    }

    fn of(action: &crate::Action) -> Self {
        let stated = action.params().iter().filter(|param| !param.made);
        Self {
            id: action.id.clone(),
            title: action.title.clone(),
            about: action.about.clone(),
            resource: action.resource.clone(),
            kind: action.kind,
            synonyms: action.synonyms.clone(),
            parameters: stated.map(|param| param.name.clone()).collect(),
        }
    }
}

/// Names and values of a table, as the file has them.
fn in_order<'t>(table: &'t DeTable<'t>) -> Vec<(&'t str, &'t DeValue<'t>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    entries
        .into_iter()
        .map(|(name, value)| (name.get_ref().as_ref(), value.get_ref()))
        .collect()
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
    fn an_action_that_is_off_is_as_if_it_were_not_there() {
        let action = |name: &str, resource: &str, off: &str| {
            format!(
                "[[action]]\n{off}name = \"{name}\"\ntitle = \"T\"\nabout = \"A\"\nresource = \"{resource}\"\ncall = \"GET /{name}\"\nkind = \"read\"\n"
            )
        };
        let head =
            "id = \"a\"\nname = \"A\"\nabout = \"A\"\ncategories = [\"x\"]\nbase = \"https://a.example\"\n";
        let with = format!(
            "{head}[resources]\nz = \"Z\"\nb = \"B\"\n{}{}{}",
            action("one", "z", ""),
            action("two", "z", "off = true\n"),
            action("three", "b", "off = true\n")
        );
        let without = format!("{head}[resources]\nz = \"Z\"\n{}", action("one", "z", ""));
        let whole = parse_known("a.toml", &with).unwrap();
        assert_eq!(Summary::read(&with), Summary::read(&without));
        assert_eq!(Summary::of(&whole), Summary::read(&without).unwrap());
        assert!(whole.action("two").is_none() && whole.off().len() == 2);
        let broken = with.replace("call = \"GET /three\"", "call = \"GET three\"");
        assert!(
            parse_known("a.toml", &broken).is_err(),
            "what is off is checked too"
        );
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
