//! The settings file, `solder.toml`: keys are the settings' names, and `[connector.<id>]` holds a connector's.

use super::connectors::Field;
use super::fault::{Fault, Held, nearest};
use super::layers::{Given, Layers, Source};
use super::{TABLE, entry};
use solder_model::ConnectorId;
use std::path::PathBuf;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The file that is read where none is named and this one is there.
pub(super) const HERE: &str = "solder.toml";

/// Reads the file that is named, which must be there, or [`HERE`], which need not be.
pub(super) fn read(named: Option<(PathBuf, Source)>, layers: &mut Layers) {
    let (path, source) = match named {
        Some((path, source)) => (path, Some(source)),
        None => (PathBuf::from(HERE), None),
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => File {
            path: path.to_string_lossy().into(),
            text: &text,
        }
        .read(layers),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && source.is_none() => {}
        Err(error) => layers.faults.push(Fault {
            name: source
                .as_ref()
                .map_or_else(|| HERE.to_owned(), |source| source.spell("config")),
            source: source.unwrap_or(Source::Default),
            held: Held::of(&path.to_string_lossy(), false),
            right: format!("The file cannot be read ({error}): name one that can."),
        }),
    }
}

struct File<'a> {
    path: Arc<str>,
    text: &'a str,
}

impl File<'_> {
    fn read(&self, layers: &mut Layers) {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            // The error's own text would quote the line, and the line may hold a secret.
            let line = error.span().map_or(1, |span| self.line(span.start));
            layers.faults.push(Fault {
                name: "This".to_owned(),
                source: Source::File {
                    path: Arc::clone(&self.path),
                    line,
                },
                held: Held::Unknown(None),
                right: format!("It cannot be read as TOML: {}.", error.message()),
            });
        }
        for (key, value) in table.get_ref() {
            let source = self.source(key.span().start);
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("connector", DeValue::Table(connectors)) => self.connectors(connectors, layers),
                (name, value) => take(name, value, source, layers),
            }
        }
    }

    fn connectors(&self, connectors: &DeTable<'_>, layers: &mut Layers) {
        for (id, fields) in connectors {
            let (source, name) = (
                self.source(id.span().start),
                format!("connector.{}", id.get_ref()),
            );
            match (ConnectorId::new(id.get_ref()), fields.get_ref()) {
                (Ok(id), DeValue::Table(fields)) => {
                    for (field, value) in fields {
                        self.connector(&id, field, value, layers);
                    }
                }
                (Ok(_), value) => {
                    unknown(
                        &name,
                        value,
                        source,
                        format!("Write a table with {}.", Field::names()),
                        layers,
                    );
                }
                (Err(bad), value) => {
                    unknown(&name, value, source, format!("Name a connector: {bad}."), layers);
                }
            }
        }
    }

    fn connector(
        &self,
        id: &ConnectorId,
        field: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
        layers: &mut Layers,
    ) {
        let source = self.source(field.span().start);
        let name = format!("connector.{id}.{}", field.get_ref());
        let value = value.get_ref();
        match (Field::from_name(field.get_ref()), text(value)) {
            (Some(field), Some(text)) => {
                let given = Given { text, source };
                layers
                    .connectors
                    .entry((id.clone(), field))
                    .or_default()
                    .push(given);
            }
            (Some(_), None) => {
                unknown(
                    &name,
                    value,
                    source,
                    "Write a text in quotation marks.".to_owned(),
                    layers,
                );
            }
            (None, _) => unknown(
                &name,
                value,
                source,
                format!("A connector has {}.", Field::names()),
                layers,
            ),
        }
    }

    fn source(&self, offset: usize) -> Source {
        Source::File {
            path: Arc::clone(&self.path),
            line: self.line(offset),
        }
    }

    fn line(&self, offset: usize) -> usize {
        1 + self
            .text
            .bytes()
            .take(offset)
            .filter(|byte| *byte == b'\n')
            .count()
    }
}

fn take(name: &str, value: &DeValue<'_>, source: Source, layers: &mut Layers) {
    let Some(entry) = entry(name) else {
        let near = nearest(name, TABLE.iter().map(|entry| entry.name));
        let near = near.map_or_else(String::new, |near| format!("Did you mean `{near}`? "));
        let right = format!("{near}`solder settings` lists them all.");
        return unknown(name, value, source, right, layers);
    };
    match text(value) {
        Some(text) => layers.give(entry.name, text, source),
        None => layers.faults.push(Fault {
            name: entry.name.to_owned(),
            source,
            held: Held::of(value.type_str(), false),
            right: format!(
                "Write a text in quotation marks, or a list of such, for instance \"{}\".",
                entry.example
            ),
        }),
    }
}

/// A text, a number or a truth value as it stands, or a list of texts.
fn text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.as_ref().to_owned()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Array(items) => {
            let texts: Option<Vec<_>> = items.iter().map(|item| item.get_ref().as_str()).collect();
            Some(texts?.join(","))
        }
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(value) => Some(value.to_string()),
        DeValue::Datetime(_) | DeValue::Table(_) => None,
    }
}

fn unknown(name: &str, value: &DeValue<'_>, source: Source, right: String, layers: &mut Layers) {
    let held = match text(value) {
        Some(text) => Held::unknown(name, &text),
        None => Held::Unknown(None),
    };
    let name = name.chars().take(100).flat_map(char::escape_debug).collect();
    layers.faults.push(Fault {
        name,
        source,
        held,
        right,
    });
}
