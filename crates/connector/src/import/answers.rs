//! What an operation answers: the part of it that matters, how its list goes on, and whether it is a file.

use super::draft::{Action, Param};
use crate::spec_check::Document;
use serde_json::Value;

/// Names under which lists stand.
const LISTS: [&str; 10] = [
    "data", "items", "results", "values", "records", "entries", "list", "objects", "value", "elements",
];

/// Names that a query gives the next page, those of cursors.
const CURSORS: [&str; 14] = [
    "cursor",
    "page_token",
    "pageToken",
    "next_token",
    "nextToken",
    "after",
    "starting_after",
    "start_cursor",
    "continuation_token",
    "continuationToken",
    "next_cursor",
    "page_cursor",
    "page[cursor]",
    "page[after]",
];

/// Names under which answers tell the next cursor.
const NEXT: [&str; 13] = [
    "next_cursor",
    "nextCursor",
    "next_page_token",
    "nextPageToken",
    "next_token",
    "nextToken",
    "continuation_token",
    "continuationToken",
    "next_page_cursor",
    "after",
    "cursor",
    "endCursor",
    "end_cursor",
];

/// Objects in which answers tell it.
const AROUND: [&str; 8] = [
    "meta",
    "pagination",
    "paging",
    "response_metadata",
    "page_info",
    "pageInfo",
    "cursors",
    "_metadata",
];

/// Names under which answers tell the URL of the next page.
const NEXT_URLS: [&str; 5] = [
    "@odata.nextLink",
    "next_page_url",
    "nextPageUrl",
    "next_url",
    "nextLink",
];

/// Names of parameters that say how many a page has.
const SIZES: [&str; 14] = [
    "limit",
    "per_page",
    "perPage",
    "page_size",
    "pageSize",
    "pagesize",
    "maxResults",
    "max_results",
    "count",
    "size",
    "$top",
    "rows",
    "pagelen",
    "page[size]",
];

/// The best answer of an operation: that of 200, else of the first good status.
fn good<'s>(document: Document<'s>, operation: &'s Value) -> Option<&'s Value> {
    let all = operation.get("responses")?.as_object()?;
    let named = |status: &str| all.get(status).map(|answer| document.resolve(answer));
    named("200")
        .or_else(|| named("201"))
        .or_else(|| {
            let (_, answer) = all.iter().find(|(status, _)| status.starts_with('2'))?;
            Some(document.resolve(answer))
        })
        .or_else(|| named("default"))
}

/// Adds to an action what its answers say.
pub(super) fn add(action: &mut Action, document: Document<'_>, operation: &Value, method: &str) {
    let Some(answer) = good(document, operation) else {
        return;
    };
    let produces = operation
        .get("produces")
        .or_else(|| document.0.get("produces"))
        .and_then(Value::as_array);
    let media: Vec<&str> = match answer.get("content").and_then(Value::as_object) {
        Some(content) => content.keys().map(String::as_str).collect(),
        None => produces.into_iter().flatten().filter_map(Value::as_str).collect(),
    };
    let of_json = answer
        .get("content")
        .and_then(Value::as_object)
        .and_then(|content| {
            let (_, entry) = content
                .iter()
                .find(|(media, _)| media.contains("json") || *media == "*/*")?;
            entry.get("schema")
        });
    let schema = of_json.or_else(|| answer.get("schema"));
    accept(action, &media, schema.map(|schema| document.resolve(schema)));
    action.empty = media.is_empty() && schema.is_none();
    if action.download || method != "GET" {
        return;
    }
    if let Some(schema) = schema {
        list(action, document, schema, answer);
    } else {
        link(action, document, answer);
    }
}

/// States which type is wanted, where it is not JSON; what is no text comes as a file.
fn accept(action: &mut Action, media: &[&str], schema: Option<&Value>) {
    let binary = schema.is_some_and(|schema| {
        schema.get("format").is_some_and(|format| format == "binary")
            || schema.get("type").is_some_and(|kind| kind == "file")
    });
    let plain = |media: &str| {
        media
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    };
    if media.is_empty()
        || media
            .iter()
            .any(|one| matches!(plain(one).as_str(), "application/json" | "*/*" | "application/*"))
    {
        action.download = binary;
        return;
    }
    let Some(first) = media
        .iter()
        .map(|one| plain(one))
        .find(|one| one.contains("json"))
        .or_else(|| media.first().map(|one| plain(one)))
    else {
        return;
    };
    if first.is_empty() || first.len() > 100 || !first.bytes().all(|byte| (b'!'..=b'~').contains(&byte)) {
        return;
    }
    let text = first.contains("json") || first.starts_with("text/") || first.contains("xml");
    action.download = binary || !text;
    action.headers.push(("Accept".to_owned(), first));
}

/// Where the list of an answer stands; nothing where it is no list. `""` is the whole.
fn list_pointer(document: Document<'_>, schema: &Value) -> Option<String> {
    let shape = document.shape(schema);
    let is_array = |schemas: &[&Value]| {
        document
            .any(schemas)
            .implied_types()
            .is_some_and(|types| types.len() == 1 && types.contains("array"))
    };
    if shape
        .implied_types()
        .is_some_and(|types| types.len() == 1 && types.contains("array"))
    {
        return Some(String::new());
    }
    let arrays: Vec<&str> = shape
        .properties
        .iter()
        .filter(|(_, schemas)| is_array(schemas))
        .map(|(name, _)| *name)
        .collect();
    let named = LISTS.iter().find(|name| arrays.contains(name)).copied();
    let one = match arrays.as_slice() {
        [one] if shape.properties.len() <= 8 => Some(*one),
        _ => None,
    };
    named
        .or(one)
        .map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1")))
}

fn list(action: &mut Action, document: Document<'_>, schema: &Value, answer: &Value) {
    // An answer about one thing may hold a list too; it is no list for that.
    let ends_in_name = action.call.ends_with('}');
    let Some(pointer) = list_pointer(document, schema).filter(|pointer| pointer.is_empty() || !ends_in_name)
    else {
        return;
    };
    let by_answer = cursor(action, document, schema).or_else(|| next_url(action, document, schema));
    if let Some(paging) = by_answer {
        action.paging = Some(paging);
    } else if !link(action, document, answer) {
        action.paging = counted(action);
    }
    if !pointer.is_empty() {
        action.result = Some(pointer);
    }
}

/// The pointer to one of these names in an answer, at its top or in an object that tells of pages.
fn told(document: Document<'_>, schema: &Value, names: &[&str]) -> Option<String> {
    let shape = document.shape(schema);
    let has = |shape: &crate::spec_check::Shape<'_>| {
        names
            .iter()
            .find(|name| shape.properties.contains_key(**name))
            .copied()
    };
    if let Some(name) = has(&shape) {
        return Some(format!("/{}", name.replace('~', "~0").replace('/', "~1")));
    }
    for outer in AROUND {
        let Some(schemas) = shape.properties.get(outer) else {
            continue;
        };
        let inner = document.any(schemas);
        if let Some(name) = has(&inner) {
            return Some(format!("/{outer}/{name}"));
        }
        for between in AROUND {
            if let Some(name) = inner
                .properties
                .get(between)
                .and_then(|schemas| has(&document.any(schemas)))
            {
                return Some(format!("/{outer}/{between}/{name}"));
            }
        }
    }
    None
}

fn wire(param: &Param) -> &str {
    param.wire.as_deref().unwrap_or(&param.name)
}

/// The optional query parameter of one of these names.
fn sent<'a>(action: &'a Action, names: &[&str]) -> Option<&'a Param> {
    let fits = |param: &&Param| {
        param.place.is_none_or(|place| place == "query")
            && !action.call.contains(&format!("{{{}}}", param.name))
    };
    names
        .iter()
        .find_map(|name| {
            action
                .params
                .iter()
                .filter(fits)
                .find(|param| wire(param) == *name)
        })
        .filter(|param| !param.required)
}

fn size(action: &Action) -> String {
    sent(action, &SIZES).map_or_else(String::new, |param| {
        format!(", size = {}", super::write::quoted(wire(param)))
    })
}

/// Takes the parameter that paging sends out of an action.
fn without(action: &mut Action, name: &str) {
    action.params.retain(|param| wire(param) != name);
}

/// Whether `cursor` is free for paging to use.
fn is_free(action: &Action, send: &str) -> bool {
    !action
        .params
        .iter()
        .any(|param| param.name == "cursor" && wire(param) != send)
}

fn cursor(action: &mut Action, document: Document<'_>, schema: &Value) -> Option<String> {
    let send = wire(sent(action, &CURSORS)?).to_owned();
    let next = told(document, schema, &NEXT)?;
    if !is_free(action, &send) {
        return None;
    }
    let size = size(action);
    without(action, &send);
    Some(format!(
        "{{ kind = \"cursor\", next = {}, send = {}{size} }}",
        super::write::quoted(&next),
        super::write::quoted(&send)
    ))
}

fn next_url(action: &Action, document: Document<'_>, schema: &Value) -> Option<String> {
    let next = told(document, schema, &NEXT_URLS)?;
    is_free(action, "").then(|| {
        format!(
            "{{ kind = \"next_url\", next = {}{} }}",
            super::write::quoted(&next),
            size(action)
        )
    })
}

/// A `Link` header tells the next page.
fn link(action: &mut Action, document: Document<'_>, answer: &Value) -> bool {
    let headers = answer
        .get("headers")
        .map(|headers| document.resolve(headers))
        .and_then(Value::as_object);
    let has = headers
        .into_iter()
        .flatten()
        .any(|(name, _)| name.eq_ignore_ascii_case("link"));
    if has && is_free(action, "") && sent(action, &["page", "per_page", "after", "cursor", "since"]).is_some()
    {
        action.paging = Some(format!("{{ kind = \"link\"{} }}", size(action)));
        return true;
    }
    false
}

/// Pages or items are counted.
fn counted(action: &mut Action) -> Option<String> {
    let page = sent(
        action,
        &[
            "page",
            "page_number",
            "pageNumber",
            "page[number]",
            "pageNum",
            "$page",
        ],
    );
    let number = |param: &&Param| {
        param
            .schema
            .get("type")
            .is_some_and(|kind| kind == "integer" || kind == "number")
    };
    if let Some(param) = page.filter(number) {
        let (send, start) = (
            wire(param).to_owned(),
            param.schema.get("minimum").and_then(Value::as_u64) == Some(0)
                || param.about.contains("left out: 0)"),
        );
        if !is_free(action, &send) {
            return None;
        }
        let (start, size) = (if start { ", start = 0" } else { "" }, size(action));
        without(action, &send);
        return Some(format!(
            "{{ kind = \"page\", send = {}{start}{size} }}",
            super::write::quoted(&send)
        ));
    }
    let offset = sent(
        action,
        &["offset", "skip", "$skip", "startIndex", "start_index", "startAt"],
    )
    .filter(number)?;
    let send = wire(offset).to_owned();
    // Without a way to say how many there are, nobody knows where the next page begins.
    if size(action).is_empty() || !is_free(action, &send) || offset.about.contains("left out: 1)") {
        return None;
    }
    let size = size(action);
    without(action, &send);
    Some(format!(
        "{{ kind = \"offset\", send = {}{size} }}",
        super::write::quoted(&send)
    ))
}
