//! Reading a connector file: everything is checked and compiled here, and every fault is told at once.

mod action;
mod auth;
mod base;
mod call;
mod head;
mod line;
mod lint;
mod names;
mod oauth;
mod params;
mod picks;
mod reader;
mod rules;
mod source;
mod texts;
mod upload;

use crate::{Connector, LoadFault};
pub(crate) use names::{header_name, host_entry};
pub(crate) use reader::Reader;
pub(crate) use source::{Item, Source};
use toml::de::DeTable;

/// Reads a connector file. `file` is for faults, and where it ends in `.toml` its name must be the connector's id.
///
/// # Errors
///
/// Every fault of the file, in the order of its lines; where it is not TOML, only what is wrong with that.
pub fn parse(file: &str, text: &str) -> Result<Connector, Vec<LoadFault>> {
    read(Source::new(file, text), text)
}

/// Reads a connector file that [`parse`] has read before without a fault, such as one that is built in: the schemas, and the samples
/// and defaults that are held against them, are taken as right, which saves most of the time and memory.
///
/// # Errors
///
/// As [`parse`], but for what was left out.
pub fn parse_known(file: &str, text: &str) -> Result<Connector, Vec<LoadFault>> {
    read(Source::known(file, text), text)
}

fn read(source: Source, text: &str) -> Result<Connector, Vec<LoadFault>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        source.fault(
            &error.span().unwrap_or(0..0),
            "",
            format!("is not TOML: {}", error.message()),
        );
    }
    let connector = if errors.is_empty() {
        let root = Reader::new(&source, document.get_ref(), 0..0, String::new());
        let connector = head::read(&root, source.file());
        root.finish();
        connector
    } else {
        None
    };
    match connector {
        Some(connector) if !source.has_faults() => Ok(connector),
        _ => Err(source.into_faults()),
    }
}
