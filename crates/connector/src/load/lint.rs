//! What must agree within an action, beyond what each key says by itself; between the parts of a file: beside.

pub(super) mod file;

use super::action::LONGEST_CACHE;
use super::head::Known;
use super::reader::Reader;
use crate::action::{Action, BodyKind, CallPath, Idempotency, Kind};
use crate::param::{Param, Place, Wire};
use http::Method;
use std::collections::HashSet;

/// What must agree within one action.
pub(super) fn action(table: &Reader<'_>, action: &Action, known: &Known) {
    method_and_kind(table, action);
    path_names(table, action, known);
    body(table, action);
    json_header(table, action);
    session(table, action);
    wires(table, action);
    if action.cache.is_some_and(|cache| cache > LONGEST_CACHE) {
        table.fault("`cache` is an hour at most");
    }
    if action.cache.is_some() && action.kind != Kind::Read {
        table.fault("`cache` is for reads");
    }
    if action.idempotency.is_some() && action.kind == Kind::Read {
        table.fault("`idempotency` is for writes");
    }
}

fn method_and_kind(table: &Reader<'_>, action: &Action) {
    let changes = [Method::PUT, Method::PATCH, Method::DELETE].contains(&action.method);
    match (action.kind, &action.method) {
        (Kind::Write | Kind::Destructive, method) if *method == Method::GET => {
            table.fault(format!(
                "is `{}` with GET, which never changes anything",
                action.kind.as_str()
            ));
        }
        (Kind::Read, method) if changes => {
            table.fault(format!("is `read` with {method}, which changes things"));
        }
        _ => {}
    }
    if action.method == Method::GET && table.has("body") {
        table.fault("states `body` with GET, which has none");
    }
}

fn path_names(table: &Reader<'_>, action: &Action, known: &Known) {
    let (CallPath::Below(path) | CallPath::Own { path, .. }) = &action.call;
    for name in path.names() {
        let param = action
            .params
            .iter()
            .any(|param| param.name == name && param.place == Place::Path);
        if !param && !known.has(name) {
            table.fault(format!(
                "has `{{{name}}}` in its path, which is neither a parameter nor a variable"
            ));
        }
    }
    for param in &action.params {
        if known.has(&param.name) {
            table.fault(format!(
                "has a parameter `{}`, which is a variable too: rename one",
                param.name
            ));
        }
    }
}

fn body(table: &Reader<'_>, action: &Action) {
    let (json, form) = (action.body == BodyKind::Json, action.body == BodyKind::Form);
    if (action.body == BodyKind::GraphQl) != table.has("graphql") {
        table.fault("`body = \"graphql\"` and `graphql` go together");
    }
    for (wrong, message) in [
        (
            action.wrap.is_some() && (!json || action.json_header.is_some()),
            "`wrap` is for JSON bodies",
        ),
        (
            (action.brackets || action.repeats) && !form && action.body != BodyKind::Multipart,
            "`form_style` is for forms and multipart",
        ),
        (
            action.body == BodyKind::Raw && !raw_fits(action),
            "a raw body is one parameter with `as = \".\"`, a string or a file",
        ),
        (
            matches!(action.idempotency, Some(Idempotency::Body(_)))
                && (action.json_header.is_some() || !json && !form && action.body != BodyKind::GraphQl),
            "`idempotency` in the body is for JSON, forms and variables",
        ),
        (
            matches!(&action.idempotency, Some(Idempotency::Body(name)) if name.starts_with('/') && form),
            "`idempotency` with a pointer is for JSON and variables",
        ),
        (
            matches!(action.body, BodyKind::Raw) && action.json_header.is_none() && !action.fixed.is_empty(),
            "`const` has no place in a raw body",
        ),
    ] {
        if wrong {
            table.fault(message);
        }
    }
    for param in action.params.iter().filter(|param| param.file) {
        let raw = action.body == BodyKind::Raw && param.wire == Wire::Whole;
        if param.place == Place::Session {
            continue;
        }
        if param.place != Place::Body || !(raw || action.body == BodyKind::Multipart) {
            table.fault(format!(
                "has the file `{}`, which is for multipart and raw bodies",
                param.name
            ));
        }
    }
}

/// Parameters in a header leave the body to a file, or to nothing.
fn json_header(table: &Reader<'_>, action: &Action) {
    let Some(name) = &action.json_header else { return };
    if table.has("body") && action.body != BodyKind::Raw {
        table.fault("has `json_header`, so its body is raw or left out: other parameters go into the header");
    }
    if !table.has("body") && action.params.iter().any(|param| param.place == Place::Body) {
        table.fault("has `json_header` and a parameter for the body: state `body = \"raw\"`");
    }
    let own = action.params.iter().filter_map(|param| param.header.as_ref());
    let fixed = action.headers.iter().map(crate::connector::Header::name);
    if own.chain(fixed).any(|other| other == name) {
        table.fault(format!("sends the header `{name}` twice"));
    }
}

/// One file, required, goes by a session; what it is sent with cannot be a file too.
fn session(table: &Reader<'_>, action: &Action) {
    if action.upload.is_none() {
        return;
    }
    let files: Vec<&Param> = action
        .params
        .iter()
        .filter(|param| param.place == Place::Session)
        .collect();
    let is_one = match files.as_slice() {
        [one] => one.required && one.schema.get("type").is_some_and(|kind| kind == "object"),
        _ => false,
    };
    for (wrong, message) in [
        (
            !is_one,
            "has `upload`, which is for one required parameter of the type `file`",
        ),
        (
            !matches!(action.body, BodyKind::Json | BodyKind::Form),
            "has `upload`, so the body of its own call is JSON or a form",
        ),
        (
            action.method == Method::GET || action.is_download() || action.paging.is_some(),
            "has `upload`, which is for calls that write and answer no file and no pages",
        ),
    ] {
        if wrong {
            table.fault(message);
        }
    }
}

fn raw_fits(action: &Action) -> bool {
    let params: Vec<&Param> = action
        .params
        .iter()
        .filter(|param| param.place == Place::Body)
        .collect();
    match params.as_slice() {
        [one] => {
            one.wire == Wire::Whole
                && (one.file || one.schema.get("type").is_some_and(|kind| kind == "string"))
        }
        _ => false,
    }
}

/// The name of a place in a body: `/a` is `a`.
fn top(name: &str) -> String {
    let bare = name.strip_prefix('/').filter(|rest| !rest.contains(['/', '~']));
    bare.unwrap_or(name).to_owned()
}

/// No two things go to one place under one name.
fn wires(table: &Reader<'_>, action: &Action) {
    let mut seen: HashSet<(&str, String)> = HashSet::new();
    let fixed = action
        .fixed
        .keys()
        .map(|name| (action.fixed_place.as_str(), name.clone()));
    let query = action.query.iter().map(|(name, _)| ("query", name.clone()));
    let texts = action
        .texts
        .iter()
        .map(|(name, _)| (action.fixed_place.as_str(), name.clone()));
    seen.extend(fixed.chain(query).chain(texts));
    let key = action
        .idempotency
        .iter()
        .filter_map(|idempotency| match idempotency {
            Idempotency::Query(name) => Some(("query", name.clone())),
            Idempotency::Body(name) => Some(("body", top(name))),
            Idempotency::Header(_) => None,
        });
    seen.extend(key);
    for param in action
        .sent()
        .filter(|param| !matches!(param.place, Place::Path | Place::Cursor))
    {
        let name = match param.place {
            Place::Header => param.wire_name.to_lowercase(),
            Place::Body | Place::JsonHeader => top(&param.wire_name),
            _ => param.wire_name.clone(),
        };
        if !seen.insert((param.place.as_str(), name)) {
            table.fault(format!(
                "sends `{}` twice in the {}",
                param.wire_name,
                param.place.as_str()
            ));
        }
    }
    let whole = action
        .params
        .iter()
        .filter(|param| param.wire == Wire::Whole)
        .count();
    if whole > 1 {
        table.fault("has two parameters that are the whole body");
    }
}
