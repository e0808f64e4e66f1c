//! The operations of a description, before anything is made of them: what each is called and how useful it is.

use super::names::{action_ids, own};
use super::report::Report;
use crate::spec_check::Document;
use serde_json::Value;
use std::collections::HashMap;

/// An operation as it stands.
#[derive(Debug)]
pub(super) struct Found<'s> {
    /// `GET /users/{id}`, as the description has it.
    pub(super) key: String,
    /// Upper case.
    pub(super) method: String,
    /// As it stands, with fragment and query.
    pub(super) path: &'s str,
    /// What its path says for every method.
    pub(super) item: &'s Value,
    pub(super) operation: &'s Value,
    pub(super) id: Option<&'s str>,
    /// What the action is called.
    pub(super) name: String,
    pub(super) resource: String,
    pub(super) deprecated: bool,
}

/// The most operations that are looked at.
const MOST: usize = 200_000;

/// Reads every operation, in the order of the description.
pub(super) fn all<'s>(document: Document<'s>, report: &mut Report) -> Result<Vec<Found<'s>>, String> {
    let paths = document.0.get("paths");
    let Some(paths) = paths.and_then(Value::as_object) else {
        return Err("has no `paths`: there is nothing to call".to_owned());
    };
    let mut found = Vec::new();
    for (path, item) in paths.iter().filter(|(path, _)| !path.starts_with("x-")) {
        let item = document.resolve(item);
        for (method, operation) in item.as_object().into_iter().flatten() {
            if operation.is_object() && is_method(method) && found.len() < MOST {
                found.push(read(path, item, method, operation, report));
            }
        }
    }
    let ids = action_ids(found.iter().map(|one| (one.id, one.key.as_str())));
    for (one, id) in found.iter_mut().zip(ids) {
        one.name = id;
    }
    Ok(found)
}

fn is_method(word: &str) -> bool {
    // `query` is of OpenAPI 3.2.
    matches!(
        word,
        "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace" | "query"
    )
}

fn read<'s>(path: &'s str, item: &'s Value, method: &str, operation: &'s Value, _: &mut Report) -> Found<'s> {
    let method = method.to_ascii_uppercase();
    // A Discovery path carries the method's id behind `#`, which is no part of it.
    let graphql = operation.get(super::graphql::DOCUMENT).is_some();
    let key = path
        .split_once('#')
        .filter(|_| graphql)
        .map(|(_, field)| field.to_owned());
    let id = operation
        .get("operationId")
        .and_then(Value::as_str)
        .filter(|id| !id.trim().is_empty());
    // Elsewhere what stands there tells operations of one path apart.
    let bare = path
        .split_once('#')
        .filter(|(path, fragment)| path.len() > 1 && Some(*fragment) == id)
        .map_or(path, |(path, _)| path);
    let key = key.unwrap_or_else(|| format!("{method} {bare}"));
    Found {
        resource: resource(path, operation, id),
        key,
        method,
        path,
        item,
        operation,
        id,
        name: String::new(),
        deprecated: operation.get("deprecated").and_then(Value::as_bool) == Some(true),
    }
}

/// What it works on: its first tag, or the first word of its path that says something.
fn resource(path: &str, operation: &Value, id: Option<&str>) -> String {
    if let Some(tag) = operation
        .pointer("/tags/0")
        .and_then(Value::as_str)
        .filter(|tag| !tag.trim().is_empty())
    {
        return own(tag, "general");
    }
    // `gmail.users.messages.list` is of messages.
    let parts: Vec<&str> = id.map(|id| id.split('.').collect()).unwrap_or_default();
    if let [.., resource, _] = parts.as_slice()
        && parts.len() > 2
    {
        return own(resource, "general");
    }
    let says = |segment: &&str| {
        let version = segment
            .strip_prefix('v')
            .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
        !segment.is_empty() && !segment.contains('{') && !version && !matches!(*segment, "api" | "rest")
    };
    let path = path.split(['#', '?']).next().unwrap_or(path);
    own(path.split('/').find(says).unwrap_or("general"), "general")
}

/// `pull_requests` is `Pull requests`.
pub(super) fn resource_name(id: &str) -> String {
    let words = id.replace('_', " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    }
}

/// The numbers of all operations, most useful first: what people do often is short, reads before it writes, and comes
/// from all over the description rather than from one corner.
pub(super) fn ranked(found: &[Found<'_>]) -> Vec<usize> {
    let mut scored: Vec<(i32, usize)> = found
        .iter()
        .enumerate()
        .map(|(at, one)| (score(one), at))
        .collect();
    scored.sort_by(|(one, first), (other, second)| other.cmp(one).then(first.cmp(second)));
    // Each further operation of a resource counts less, so that no resource takes all places.
    let mut seen: HashMap<&str, i32> = HashMap::new();
    for (score, at) in &mut scored {
        if let Some(one) = found.get(*at) {
            let count = seen.entry(one.resource.as_str()).or_default();
            *score -= (*count).min(40) * 3;
            *count += 1;
        }
    }
    scored.sort_by(|(one, first), (other, second)| other.cmp(one).then(first.cmp(second)));
    scored.into_iter().map(|(_, at)| at).collect()
}

fn score(one: &Found<'_>) -> i32 {
    let path = one.path.split(['#', '?']).next().unwrap_or(one.path);
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let names = segments.iter().filter(|segment| segment.contains('{')).count();
    let ends_in_name = segments.last().is_some_and(|segment| segment.contains('{'));
    let method = match one.method.as_str() {
        "GET" if !ends_in_name => 40,
        "GET" => 36,
        "POST" => 30,
        "PATCH" => 26,
        "PUT" => 24,
        "DELETE" => 16,
        _ => -100,
    };
    let length = i32::try_from(segments.len().min(30)).unwrap_or(30);
    let depth = i32::try_from(names.min(10)).unwrap_or(10);
    let lowered = format!("{} {}", path, one.id.unwrap_or_default()).to_ascii_lowercase();
    let rare = [
        "admin",
        "internal",
        "batch",
        "bulk",
        "legacy",
        "debug",
        "health",
        "test",
        "migrat",
        "oauth",
        "webhook",
        "metric",
        "/.well-known",
    ];
    let rare = rare.iter().filter(|word| lowered.contains(**word)).count();
    let common = ["search", "/me", "list"]
        .iter()
        .filter(|word| lowered.contains(**word))
        .count();
    let told = ["summary", "description"]
        .iter()
        .any(|key| one.operation.get(*key).is_some());
    method - length * 2 - depth * 2 - i32::try_from(rare).unwrap_or(0) * 12
        + i32::try_from(common).unwrap_or(0) * 3
        + i32::from(told) * 4
        - i32::from(one.deprecated) * 60
}
