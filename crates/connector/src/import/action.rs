//! One operation as an action.

use super::draft::{Action, Api, Param};
use super::found::{Found, resource_name};
use super::names::free;
use super::params::{Around, Outside};
use super::report::Report;
use super::server::{Servers, secured};
use super::text::{plain, sentence, shortened};
use super::{answers, auth, body, params};
use crate::spec_check::Document;
use serde_json::Value;

/// The longest title.
const TITLE: usize = 80;

/// The longest text of an action.
const ABOUT: usize = 240;

/// Words in names of operations that say that something is lost.
const LOSES: [&str; 9] = [
    "delete",
    "remove",
    "purge",
    "destroy",
    "erase",
    "revoke",
    "cancel",
    "terminate",
    "wipe",
];

/// Makes an action; an error says why a connector file cannot say it.
pub(super) fn make<'s>(
    document: Document<'s>,
    found: &Found<'s>,
    servers: &Servers,
    api: &mut Api,
    report: &mut Report,
) -> Result<Action, String> {
    if !matches!(found.method.as_str(), "GET" | "POST" | "PUT" | "PATCH" | "DELETE") {
        return Err(format!(
            "is {}, which a connector file does not have",
            found.method
        ));
    }
    let raw = params::raw(document, found.item, found.operation);
    let credentials = auth::sent(&api.auth);
    let around = Around {
        document,
        swagger: document.0.get("swagger").is_some(),
        credentials: &credentials,
    };
    let taken: Vec<String> = servers.vars.iter().map(|var| var.name.clone()).collect();
    let (path, in_path, fixed) = params::path(found.path, &raw, document, &taken)?;
    let Outside { params, query, notes } = params::make(&raw, &around)?;
    let mut action = Action {
        key: found.key.clone(),
        name: found.name.clone(),
        kind: kind(found),
        resource: found.resource.clone(),
        call: format!(
            "{} {}{path}",
            found.method,
            own_server(found, servers, api, report)?
        ),
        params: in_path,
        query: fixed.into_iter().chain(query).collect(),
        notes,
        graphql: found
            .operation
            .get(super::graphql::DOCUMENT)
            .and_then(Value::as_str)
            .map(str::to_owned),
        deprecated: found.deprecated,
        op: found
            .id
            .filter(|id| *id != found.name && is_line(id))
            .map(str::to_owned),
        ..Action::default()
    };
    texts(&mut action, found);
    for param in params {
        // A parameter of a query stands in the query, whatever the method; that is the usual place of two methods only.
        let place = param
            .place
            .or_else(|| (!matches!(found.method.as_str(), "GET" | "DELETE")).then_some("query"));
        push(&mut action, Param { place, ..param }, &taken);
    }
    let outside = action.params.len();
    body::add(&mut action, document, found.operation, &raw, &found.method)?;
    let inside = action.params.split_off(outside);
    for param in inside {
        push(&mut action, param, &taken);
    }
    (action.scopes, action.no_auth) = auth::needed(document, found.operation, &api.auth, action.kind);
    answers::add(&mut action, document, found.operation, &found.method);
    if action.graphql.is_some() {
        action.body = Some("graphql");
        action.result = found.id.map(|field| format!("/data/{field}"));
        action.op = None;
        if found.key.starts_with("query ") {
            action.kind = "read";
        }
    }
    places(&mut action, &found.method);
    Ok(action)
}

/// A name of an operation that can stand in a file as it is.
fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= 200 && !text.contains(char::is_control)
}

fn kind(found: &Found<'_>) -> &'static str {
    let name = super::names::snake(found.id.unwrap_or(&found.name));
    let loses = name.split('_').any(|word| LOSES.contains(&word));
    match found.method.as_str() {
        "GET" => "read",
        "DELETE" => "destructive",
        "POST" if loses => "destructive",
        _ => "write",
    }
}

fn texts(action: &mut Action, found: &Found<'_>) {
    let text = |key: &str| {
        found
            .operation
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let summary = sentence(text("summary"), TITLE);
    action.title = if summary.is_empty() {
        shortened(&resource_name(&found.name), TITLE)
    } else {
        summary
    };
    let about = sentence(text("description"), ABOUT);
    action.about = if about.chars().count() > 10 {
        about
    } else {
        shortened(&plain(&action.title), ABOUT)
    };
    if action.about.is_empty() {
        action.about.clone_from(&found.key);
    }
}

/// Adds a parameter under a name that no other has: one that is taken gets its place in front, `query_id`, `body_id`.
fn push(action: &mut Action, mut param: Param, vars: &[String]) {
    let is_taken = |name: &str| {
        name == "cursor_"
            || action.params.iter().any(|one| one.name == name)
            || vars.iter().any(|var| var == name)
    };
    if is_taken(&param.name) {
        let place = param.place.unwrap_or("query");
        let wire = param.wire.take().unwrap_or_else(|| param.name.clone());
        let made = super::names::parameter(&format!("{place}_{}", param.name));
        param.name = free(made, is_taken);
        param.wire = Some(wire);
    }
    action.params.push(param);
}

/// Leaves out places that are the usual ones, and makes one thing go once to one place.
fn places(action: &mut Action, method: &str) {
    let body_stated = action.body.is_some();
    let usual = if method == "GET" || (method == "DELETE" && !body_stated) {
        "query"
    } else {
        "body"
    };
    let mut seen: Vec<(String, String)> = action
        .query
        .iter()
        .map(|(name, _)| ("query".to_owned(), name.clone()))
        .collect();
    let path_names: Vec<String> = action
        .params
        .iter()
        .filter(|param| {
            action.call.contains(&format!("{{{}}}", param.name))
                || action.call.contains(&format!("{{+{}}}", param.name))
        })
        .map(|param| param.name.clone())
        .collect();
    action.params.retain_mut(|param| {
        if path_names.contains(&param.name) {
            return true;
        }
        let place = param.place.unwrap_or(usual);
        let wire = param.wire.clone().unwrap_or_else(|| param.name.clone());
        let wire = if place == "header" {
            wire.to_lowercase()
        } else {
            wire
        };
        let key = (place.to_owned(), wire);
        if seen.contains(&key) {
            return false;
        }
        seen.push(key);
        if param.place == Some(usual) {
            param.place = None;
        }
        true
    });
}

/// Scheme and host of an operation that has a server of its own; nothing where it is the connector's.
fn own_server(
    found: &Found<'_>,
    servers: &Servers,
    api: &mut Api,
    report: &mut Report,
) -> Result<String, String> {
    let stated = |of: &Value| {
        let server = of.get("servers")?.as_array()?.first()?;
        let url = server.get("url")?.as_str()?.trim_end_matches('/').to_owned();
        let defaults = server
            .get("variables")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        let mut url = url;
        for (name, variable) in defaults {
            let default = variable
                .get("default")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            url = url.replace(&format!("{{{name}}}"), &default);
        }
        Some(url)
    };
    let Some(url) = stated(found.operation).or_else(|| stated(found.item)) else {
        return Ok(String::new());
    };
    if url.is_empty() || url == servers.base || !url.contains("://") {
        return Ok(String::new());
    }
    let parsed = url::Url::parse(&url)
        .ok()
        .filter(|parsed| matches!(parsed.scheme(), "http" | "https") && parsed.username().is_empty());
    let Some(host) = parsed.as_ref().and_then(url::Url::host_str) else {
        return Err("has a server of its own that is no whole URL".to_owned());
    };
    let fits = crate::load::host_entry(host);
    if !fits || url.contains(['{', '?', '#', ' ']) {
        return Err(format!(
            "has a server of its own, `{}`, that a connector file cannot state",
            shortened(&plain(&url), 100)
        ));
    }
    let base_host = url::Url::parse(&servers.base.replace(['{', '}'], ""))
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    if api.hosts.is_empty() {
        api.hosts
            .extend(base_host.filter(|host| crate::load::host_entry(host)));
        if api.hosts.is_empty() {
            return Err("has a server of its own beside one whose host cannot be listed".to_owned());
        }
    }
    if !crate::connector::hosts_allow(&api.hosts, host) {
        api.hosts.push(host.to_owned());
    }
    let parsed = parsed
        .map(|url| url.as_str().trim_end_matches('/').to_owned())
        .unwrap_or(url);
    Ok(secured(&parsed, report))
}
