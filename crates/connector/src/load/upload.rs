//! `upload`: how an action's file goes by a session.

use super::action::blank;
use super::call;
use super::head::Known;
use super::names::header_name;
use super::reader::Reader;
use super::source::Item;
use crate::action::BodyKind;
use crate::pointer::Pointer;
use crate::template::Template;
use crate::upload::{At, Start, Upload};
use crate::{Connector, Place};
use http::Method;
use serde_json::Value;

/// The most that goes at once, in bytes: so much of a file is held.
const LARGEST_PART: i64 = 16 * 1024 * 1024;

/// What templates know of a file.
const KNOWN: [&str; 3] = ["name", "type", "size"];

/// Reads the table.
pub(super) fn read(item: &Item<'_>, connector: &Connector, known: &Known) -> Option<Upload> {
    let table = item.table()?;
    let keep: Vec<(String, Pointer)> = table
        .entries_of("keep")
        .into_iter()
        .filter_map(|(name, item)| Some((name, item.parse(Pointer::parse)?)))
        .collect();
    let to = table.get("to").and_then(|item| item.parse(at));
    let methods = [("PUT", Method::PUT), ("POST", Method::POST)];
    let method = table.find("method").and_then(|item| {
        let text = item.text()?;
        let found = methods.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            item.fault(format!("`{text}` is none of `PUT`, `POST`"));
        }
        found.map(|(_, method)| method.clone())
    });
    let part = table
        .find("parts")
        .and_then(|item| item.integer(1..=LARGEST_PART))
        .and_then(|part| usize::try_from(part).ok());
    let headers = table
        .entries_of("headers")
        .into_iter()
        .filter_map(|(name, item)| {
            let template = item.parse(Template::parse)?;
            check(&item, &template, &[]);
            let name = header_name(&name).map_err(|error| item.fault(error)).ok()?;
            Some((name, template))
        });
    let headers = headers.collect();
    let start = table
        .table("start")
        .and_then(|table| start(&table, connector, known))
        .map(Box::new);
    let kept: Vec<&str> = keep.iter().map(|(name, _)| name.as_str()).collect();
    let finish = values(&table, "finish", &kept);
    if start.is_none() && !table.has("start") && (table.has("finish") || table.has("keep")) {
        table.fault("has `keep` or `finish` without `start`: the action's own call is the first one then, and nothing follows the file");
    }
    table.finish();
    Some(Upload {
        start,
        headers,
        to: to?,
        method: method.unwrap_or(Method::PUT),
        part,
        keep,
        finish,
    })
}

/// `header:Name`, or a pointer.
fn at(text: &str) -> Result<At, String> {
    match text.split_once(':') {
        Some(("header", name)) => header_name(name).map(At::Header),
        _ => Pointer::parse(text).map(At::Body),
    }
}

fn start(table: &Reader<'_>, connector: &Connector, known: &Known) -> Option<Start> {
    let call = table
        .get("call")
        .and_then(|item| call::read(&item, connector, known));
    let kinds = [("json", BodyKind::Json), ("form", BodyKind::Form)];
    let body = table.word("body", &kinds).unwrap_or(BodyKind::Json);
    let values = values(table, "const", &[]);
    table.finish();
    let call = call?;
    let place = if call.method == Method::GET {
        Place::Query
    } else {
        Place::Body
    };
    let names = values
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str());
    Some(Start {
        action: blank(call, body, place, names),
        values,
    })
}

/// A table of values whose texts are templates.
fn values(table: &Reader<'_>, key: &'static str, kept: &[&str]) -> Value {
    let Some(item) = table.find(key) else {
        return Value::Object(serde_json::Map::new());
    };
    let value = item.json();
    if !value.is_object() {
        item.fault("must be a table");
    }
    let mut left = vec![&value];
    while let Some(value) = left.pop() {
        match value {
            Value::String(text) => match Template::parse(text) {
                Ok(template) => check(&item, &template, kept),
                Err(error) => item.fault(error),
            },
            Value::Array(items) => left.extend(items),
            Value::Object(map) => left.extend(map.values()),
            _ => {}
        }
    }
    value
}

/// Refuses names that nothing is known under.
fn check(item: &Item<'_>, template: &Template, kept: &[&str]) {
    for name in template.names() {
        if !KNOWN.contains(&name) && !kept.contains(&name) {
            item.fault(format!(
                "has `{{{name}}}`, which is none of `name`, `type` and `size` of the file, and not kept of the first answer"
            ));
        }
    }
}
