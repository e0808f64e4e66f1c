//! What must agree within a file, beyond what each key says by itself.

use super::action::LONGEST_CACHE;
use super::head::Known;
use super::oauth::Scopes;
use super::source::Reader;
use crate::action::{Action, BodyKind, CallPath, Kind};
use crate::connector::{Base, Header};
use crate::param::{Param, Place, Wire};
use crate::{Connector, Scheme};
use http::Method;
use std::collections::HashSet;

/// What must agree within one action.
pub(super) fn action(table: &Reader<'_>, action: &Action, known: &Known) {
    method_and_kind(table, action);
    path_names(table, action, known);
    body(table, action);
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
        (action.wrap.is_some() && !json, "`wrap` is for JSON bodies"),
        (action.brackets && !form, "`form_style` is for forms"),
        (
            action.body == BodyKind::Raw && !raw_fits(action),
            "a raw body is one parameter with `as = \".\"`, a string or a file",
        ),
        (
            matches!(action.idempotency, Some(crate::action::Idempotency::Body(_))) && !json && !form,
            "`idempotency` in the body is for JSON and forms",
        ),
        (
            matches!(action.body, BodyKind::Raw) && !action.fixed.is_empty(),
            "`const` has no place in a raw body",
        ),
    ] {
        if wrong {
            table.fault(message);
        }
    }
    for param in action.params.iter().filter(|param| param.file) {
        let raw = action.body == BodyKind::Raw && param.wire == Wire::Whole;
        if param.place != Place::Body || !(raw || action.body == BodyKind::Multipart) {
            table.fault(format!(
                "has the file `{}`, which is for multipart and raw bodies",
                param.name
            ));
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

/// No two things go to one place under one name.
fn wires(table: &Reader<'_>, action: &Action) {
    let mut seen: HashSet<(&str, String)> = HashSet::new();
    let fixed = action
        .fixed
        .keys()
        .map(|name| (action.fixed_place.as_str(), name.clone()));
    let query = action.query.iter().map(|(name, _)| ("query", name.clone()));
    seen.extend(fixed.chain(query));
    for param in action
        .params
        .iter()
        .filter(|param| !matches!(param.place, Place::Path | Place::Cursor))
    {
        let name = if param.place == Place::Header {
            param.wire_name.to_lowercase()
        } else {
            param.wire_name.clone()
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

/// What must agree between the parts of a file.
pub(super) fn check(root: &Reader<'_>, connector: &Connector, scopes: Option<&Scopes<'_>>) {
    let mut seen = HashSet::new();
    for action in connector.actions() {
        let fault = |message: String| {
            root.source.fault(
                &action_span(root, &action.id),
                &format!("action[{}]", action.id),
                message,
            );
        };
        if !seen.insert(action.id.as_str()) {
            fault("stands twice in the file".to_owned());
        }
        if !connector
            .resources
            .iter()
            .any(|resource| resource.id == action.resource)
            && !action.resource.is_empty()
        {
            fault(format!(
                "has the resource `{}`, which `[resources]` does not name",
                action.resource
            ));
        }
        for options in action.params.iter().filter_map(|param| param.options.as_deref()) {
            if connector.action(options).is_none() {
                fault(format!(
                    "has `options = \"{options}\"`, which is no action of this file"
                ));
            }
        }
        if let Some(message) = scopes.as_ref().and_then(|scopes| scope_fault(action, scopes)) {
            fault(message);
        }
        if let Some(identity) = &action.identity
            && !connector.auth.iter().any(|auth| auth.acts_as(Some(identity)))
        {
            fault(format!("acts as `{identity}`, which no auth of this file does"));
        }
        if connector.is_internal() && action.rate.is_some() {
            fault("has a `rate`, which an internal action never needs".to_owned());
        }
    }
    for resource in &connector.resources {
        if connector.actions_of(&resource.id).next().is_none() && !connector.actions.is_empty() {
            root.source
                .fault(&root.span, &format!("resources.{}", resource.id), "has no action");
        }
    }
    check_action(root, connector);
    base_names(root, connector);
}

fn action_span(root: &Reader<'_>, id: &str) -> std::ops::Range<usize> {
    let items = root.find("action").map(|item| item.list()).unwrap_or_default();
    let found = items.iter().rev().find(|item| {
        let table = item.table();
        table
            .and_then(|table| table.text("name"))
            .is_some_and(|name| name == id)
    });
    found.map_or(0..0, |item| item.span.clone())
}

fn scope_fault(action: &Action, scopes: &Scopes<'_>) -> Option<String> {
    if action
        .identity
        .as_deref()
        .is_some_and(|identity| scopes.identities.contains(&identity))
    {
        return None;
    }
    let unknown = action
        .scopes
        .iter()
        .find(|scope| !scopes.listed.contains(&scope.as_str()))?;
    Some(format!(
        "needs the scope `{unknown}`, which is in neither `scopes` nor `optional_scopes` of an OAuth table"
    ))
}

fn check_action(root: &Reader<'_>, connector: &Connector) {
    let (Some(item), Some(check)) = (root.find("check"), &connector.check) else {
        return;
    };
    match connector.action(check) {
        None => item.fault(format!("`{check}` is no action of this file")),
        Some(action) if action.params.iter().any(|param| param.required) => {
            item.fault(format!(
                "`{check}` has required parameters, and is run without any"
            ));
        }
        Some(_) => {}
    }
}

/// Each way to connect can fill in the base and the common headers.
fn base_names(root: &Reader<'_>, connector: &Connector) {
    let base = match &connector.base {
        Base::Made { whole, .. } => whole.names().collect::<Vec<_>>(),
        _ => Vec::new(),
    };
    let headers = connector.headers.iter().filter_map(|header| match header {
        Header::Made(_, template) => Some(template),
        Header::Fixed(..) => None,
    });
    let needed: Vec<&str> = base
        .into_iter()
        .chain(headers.flat_map(crate::template::Template::names))
        .collect();
    for auth in connector.auth.iter().filter(|auth| auth.scheme != Scheme::OAuth) {
        let given = |name: &str| {
            connector.vars.iter().any(|var| var.name == name)
                || auth.path_secrets.iter().any(|secret| secret == name)
        };
        for name in needed.iter().filter(|name| !given(name)) {
            root.source.fault(
                &root.span,
                &format!("auth.{}", auth.kind),
                format!(
                    "cannot give `{{{name}}}`, which the base or the headers need: declare it under `[vars]`"
                ),
            );
        }
    }
}
