//! Postman collections (2.0 and 2.1), told in the words of `OpenAPI`. Of values only their kinds are taken: a collection
//! holds what its author last sent, secrets too.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Folders inside one another are followed so deep.
const DEPTH: usize = 30;

/// The most requests that are read.
const MOST: usize = 20_000;

/// The same API as `OpenAPI`; nothing where it is no collection.
pub(super) fn to_openapi(value: &Value) -> Option<Value> {
    // What Postman's own interface gives has the collection inside.
    let collection = value
        .get("collection")
        .filter(|inner| inner.get("item").is_some())
        .unwrap_or(value);
    let schema = collection
        .pointer("/info/schema")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !schema.contains("getpostman.com") && collection.pointer("/info/_postman_id").is_none() {
        return None;
    }
    let variables = variables(collection);
    let mut requests = Vec::new();
    gather(collection, &mut Vec::new(), &mut requests, DEPTH);
    let read: Vec<Request> = requests
        .iter()
        .filter_map(|(item, folder)| request(item, folder, &variables))
        .collect();
    let origins = super::counted(
        read.iter()
            .map(|one| one.origin.as_str())
            .filter(|origin| !origin.is_empty()),
    );
    let origin = origins
        .iter()
        .max_by_key(|(_, count)| **count)
        .map(|(origin, _)| (*origin).to_owned());
    let mut paths: Map<String, Value> = Map::new();
    for one in read {
        let item = paths.entry(one.path).or_insert_with(|| json!({}));
        let Some(item) = item
            .as_object_mut()
            .filter(|item| !item.contains_key(&one.method))
        else {
            continue;
        };
        let mut operation = one.operation;
        if Some(&one.origin) != origin.as_ref() && !one.origin.is_empty() {
            operation.insert("servers".to_owned(), json!([{ "url": one.origin }]));
        }
        item.insert(one.method, Value::Object(operation));
    }
    let schemes = collection.get("auth").and_then(|auth| scheme(auth, &variables));
    let servers: Vec<Value> = origin.into_iter().map(|url| json!({ "url": url })).collect();
    let text = |pointer: &str| collection.pointer(pointer).map(described).unwrap_or_default();
    let mut document = json!({
        "openapi": "3.0.3", "servers": servers, "paths": paths,
        "info": { "title": text("/info/name"), "description": text("/info/description") },
    });
    if let (Some(scheme), Some(document)) = (schemes, document.as_object_mut()) {
        document.insert(
            "components".to_owned(),
            json!({ "securitySchemes": { "credential": scheme } }),
        );
        document.insert("security".to_owned(), json!([{ "credential": [] }]));
    }
    Some(document)
}

struct Request {
    origin: String,
    path: String,
    method: String,
    operation: Map<String, Value>,
}

/// A text, or an object that has it as its content.
fn described(value: &Value) -> String {
    value
        .as_str()
        .or_else(|| value.get("content")?.as_str())
        .unwrap_or_default()
        .to_owned()
}

fn variables(collection: &Value) -> BTreeMap<String, String> {
    let list = collection
        .get("variable")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    list.filter_map(|variable| {
        let name = variable.get("key").or_else(|| variable.get("id"))?.as_str()?;
        Some((name.to_owned(), variable.get("value")?.as_str()?.to_owned()))
    })
    .collect()
}

fn gather<'v>(
    folder: &'v Value,
    names: &mut Vec<&'v str>,
    requests: &mut Vec<(&'v Value, String)>,
    depth: usize,
) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for item in folder.get("item").and_then(Value::as_array).into_iter().flatten() {
        if item.get("request").is_some() && requests.len() < MOST {
            requests.push((item, names.first().copied().unwrap_or_default().to_owned()));
        }
        if item.get("item").is_some() {
            names.push(item.get("name").and_then(Value::as_str).unwrap_or_default());
            gather(item, names, requests, depth);
            names.pop();
        }
    }
}

/// The text with `{{name}}` filled in, where the collection has a value for it.
fn filled(text: &str, variables: &BTreeMap<String, String>) -> String {
    let mut text = text.to_owned();
    // A variable's value may name another.
    for _ in 0..4 {
        let Some((before, rest)) = text.split_once("{{") else {
            break;
        };
        let Some((name, behind)) = rest.split_once("}}") else {
            break;
        };
        let Some(value) = variables.get(name.trim()) else {
            break;
        };
        text = format!("{before}{value}{behind}");
    }
    text
}

fn request(item: &Value, folder: &str, variables: &BTreeMap<String, String>) -> Option<Request> {
    let request = item.get("request")?;
    let method = request
        .get("method")
        .and_then(Value::as_str)
        .unwrap_or("GET")
        .to_ascii_lowercase();
    let url = if request.is_string() {
        request
    } else {
        request.get("url")?
    };
    let (origin, segments) = target(url, variables)?;
    let mut names = Vec::new();
    let path: Vec<String> = segments
        .iter()
        .map(|segment| named(segment, &mut names))
        .collect();
    let told = |list: &str, name: &str| {
        let found = url
            .get(list)
            .and_then(Value::as_array)?
            .iter()
            .find(|one| one.get("key").and_then(Value::as_str) == Some(name))?;
        found.get("description").map(described)
    };
    let mut parameters: Vec<Value> = names
        .iter()
        .map(|name| json!({ "name": name, "in": "path", "required": true, "description": told("variable", name).unwrap_or_default(), "schema": { "type": "string" } }))
        .collect();
    for query in url
        .get("query")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .take(100)
    {
        if let Some(name) = query
            .get("key")
            .and_then(Value::as_str)
            .filter(|name| !name.is_empty() && !name.contains("{{"))
        {
            let about = query.get("description").map(described).unwrap_or_default();
            parameters.push(
                json!({ "name": name, "in": "query", "description": about, "schema": { "type": "string" } }),
            );
        }
    }
    let name = item.get("name").and_then(Value::as_str).unwrap_or_default();
    let about = request.get("description").map(described).unwrap_or_default();
    let mut operation = Map::from_iter([
        ("summary".to_owned(), json!(name)),
        ("description".to_owned(), json!(about)),
        ("parameters".to_owned(), Value::Array(parameters)),
    ]);
    if !folder.is_empty() {
        operation.insert("tags".to_owned(), json!([folder]));
    }
    if let Some(content) = request.get("body").and_then(body) {
        operation.insert("requestBody".to_owned(), json!({ "content": content }));
    }
    if request.pointer("/auth/type").is_some_and(|kind| kind == "noauth") {
        operation.insert("security".to_owned(), json!([]));
    }
    Some(Request {
        origin,
        path: format!("/{}", path.join("/")),
        method,
        operation,
    })
}

/// Scheme and host, and the segments of the path.
fn target(url: &Value, variables: &BTreeMap<String, String>) -> Option<(String, Vec<String>)> {
    let raw = url
        .as_str()
        .or_else(|| url.get("raw")?.as_str())
        .map(str::to_owned)
        .or_else(|| {
            let joined = |key: &str, by: &str| {
                let parts: Vec<&str> = url
                    .get(key)?
                    .as_array()?
                    .iter()
                    .filter_map(Value::as_str)
                    .collect();
                Some(parts.join(by))
            };
            Some(format!(
                "{}/{}",
                joined("host", ".")?,
                joined("path", "/").unwrap_or_default()
            ))
        })?;
    let text = filled(raw.trim(), variables);
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let (origin, path) = match text.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
            (format!("{scheme}://{host}"), path)
        }
        None => {
            let (host, path) = text.split_once('/').unwrap_or((text, ""));
            let origin = if host.starts_with("{{") || !host.contains('.') {
                String::new()
            } else {
                format!("https://{host}")
            };
            (origin, path)
        }
    };
    let origin = if origin.contains("{{") {
        String::new()
    } else {
        origin
    };
    Some((
        origin,
        path.split('/')
            .filter(|segment| !segment.is_empty())
            .map(str::to_owned)
            .collect(),
    ))
}

/// `:id` and `{{id}}` are names in a path.
fn named(segment: &str, names: &mut Vec<String>) -> String {
    let name = segment
        .strip_prefix(':')
        .or_else(|| segment.strip_prefix("{{")?.strip_suffix("}}"));
    match name.map(super::names::parameter) {
        Some(name) => {
            if !names.contains(&name) {
                names.push(name.clone());
            }
            format!("{{{name}}}")
        }
        None => segment.replace("{{", "").replace("}}", ""),
    }
}

fn body(body: &Value) -> Option<Value> {
    match body.get("mode").and_then(Value::as_str)? {
        "raw" => {
            let text = body.get("raw").and_then(Value::as_str).unwrap_or_default();
            // A variable without quotes around it is no JSON; any value stands for it.
            let filled = text
                .replace(":{{", ": {{")
                .replace("{{", "\"{{")
                .replace("}}", "}}\"")
                .replace("\"\"{{", "\"{{")
                .replace("}}\"\"", "}}\"");
            let value = serde_json::from_str::<Value>(text)
                .or_else(|_| serde_json::from_str::<Value>(&filled))
                .ok();
            let language = body
                .pointer("/options/raw/language")
                .and_then(Value::as_str)
                .unwrap_or_default();
            match value {
                Some(value) => Some(json!({ "application/json": { "schema": kinds(&value, 6) } })),
                None if language == "json" => Some(json!({ "application/json": { "schema": {} } })),
                None if text.trim().is_empty() => None,
                None if language == "xml" => {
                    Some(json!({ "application/xml": { "schema": { "type": "string" } } }))
                }
                None => Some(json!({ "text/plain": { "schema": { "type": "string" } } })),
            }
        }
        "urlencoded" => Some(
            json!({ "application/x-www-form-urlencoded": { "schema": fields(body.get("urlencoded")?)? } }),
        ),
        "formdata" => Some(json!({ "multipart/form-data": { "schema": fields(body.get("formdata")?)? } })),
        "file" => Some(
            json!({ "application/octet-stream": { "schema": { "type": "string", "format": "binary" } } }),
        ),
        "graphql" => Some(
            json!({ "application/json": { "schema": { "type": "object", "required": ["query"], "properties": {
            "query": { "type": "string", "description": "The GraphQL document" }, "variables": { "type": "object", "description": "Its variables" } } } } }),
        ),
        _ => None,
    }
}

fn fields(list: &Value) -> Option<Value> {
    let pairs: Map<String, Value> = list
        .as_array()?
        .iter()
        .filter_map(|field| {
            let name = field.get("key")?.as_str().filter(|name| !name.is_empty())?;
            let file = field.get("type").is_some_and(|kind| kind == "file");
            let about = field.get("description").map(described).unwrap_or_default();
            let schema = if file {
                json!({ "type": "string", "format": "binary", "description": about })
            } else {
                json!({ "type": "string", "description": about })
            };
            Some((name.to_owned(), schema))
        })
        .collect();
    (!pairs.is_empty()).then(|| json!({ "type": "object", "properties": pairs }))
}

/// The schema that an example shows: kinds alone, no values.
pub(super) fn kinds(value: &Value, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else {
        return json!({});
    };
    match value {
        Value::Null => json!({}),
        Value::Bool(_) => json!({ "type": "boolean" }),
        Value::Number(number) if number.is_f64() => json!({ "type": "number" }),
        Value::Number(_) => json!({ "type": "integer" }),
        Value::String(text) if text.starts_with("{{") => json!({}),
        Value::String(_) => json!({ "type": "string" }),
        Value::Array(items) => match items.first() {
            Some(item) => json!({ "type": "array", "items": kinds(item, depth) }),
            None => json!({ "type": "array" }),
        },
        Value::Object(map) => {
            let properties: Map<String, Value> = map
                .iter()
                .map(|(name, value)| (name.clone(), kinds(value, depth)))
                .collect();
            json!({ "type": "object", "properties": properties })
        }
    }
}

fn scheme(auth: &Value, variables: &BTreeMap<String, String>) -> Option<Value> {
    let kind = auth.get("type").and_then(Value::as_str)?;
    let attribute = |name: &str| {
        let all = auth.get(kind)?;
        let found = match all.as_array() {
            Some(list) => list
                .iter()
                .find(|one| one.get("key").and_then(Value::as_str) == Some(name))?
                .get("value")?,
            None => all.get(name)?,
        };
        found.as_str().map(|text| filled(text, variables))
    };
    Some(match kind {
        "apikey" => {
            let place = attribute("in")
                .filter(|place| place == "query")
                .unwrap_or_else(|| "header".to_owned());
            json!({ "type": "apiKey", "name": attribute("key").unwrap_or_else(|| "X-API-Key".to_owned()), "in": place })
        }
        "basic" => json!({ "type": "http", "scheme": "basic" }),
        "bearer" => json!({ "type": "http", "scheme": "bearer" }),
        "oauth2" => match (attribute("authUrl"), attribute("accessTokenUrl")) {
            (Some(authorize), Some(token)) => {
                let scopes: Map<String, Value> = attribute("scope")
                    .unwrap_or_default()
                    .split_whitespace()
                    .map(|scope| (scope.to_owned(), json!("")))
                    .collect();
                json!({ "type": "oauth2", "flows": { "authorizationCode": { "authorizationUrl": authorize, "tokenUrl": token, "scopes": scopes } } })
            }
            _ => json!({ "type": "http", "scheme": "bearer" }),
        },
        _ => return None,
    })
}
