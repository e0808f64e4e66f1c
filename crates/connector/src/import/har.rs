//! Recorded traffic of a browser (HAR 1.2), told in the words of `OpenAPI`. A recording holds what somebody did: tokens, cookies,
//! names, messages. Of it only names and kinds are taken, never a value; and of a path what does not look like an id.

use super::postman::kinds;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

/// The most requests that are read.
const MOST: usize = 20_000;

/// The largest body that is looked into, in bytes; of a larger one only its media type is taken.
const MOST_TEXT: usize = 1024 * 1024;

/// The most parameters of a query that are taken for an operation.
const MOST_QUERY: usize = 100;

/// Bodies are looked into so deep.
const DEPTH: usize = 6;

/// A text in a path that is so long is nobody's word.
const LONGEST_WORD: usize = 32;

/// A recording, told.
pub(super) struct Recording {
    pub(super) document: Value,
    /// What a reviewer has to know, as sentences.
    pub(super) notes: Vec<String>,
}

/// The same API as `OpenAPI`; nothing where it is no recording. An error is a sentence.
pub(super) fn to_openapi(value: &Value) -> Option<Result<Recording, String>> {
    let log = value.get("log")?;
    let entries = log.get("entries")?.as_array()?;
    log.get("version").or_else(|| log.get("creator"))?;
    Some(told(entries))
}

/// A request that an API answered.
struct Exchange<'v> {
    url: Url,
    method: String,
    request: &'v Value,
    answer: &'v Value,
}

fn told(entries: &[Value]) -> Result<Recording, String> {
    let read: Vec<Exchange<'_>> = entries.iter().take(MOST).filter_map(exchange).collect();
    let origins: Vec<String> = read
        .iter()
        .map(|one| one.url.origin().ascii_serialization())
        .collect();
    let counts = super::counted(origins.iter().map(String::as_str));
    let Some(origin) = counts
        .iter()
        .max_by_key(|(_, count)| **count)
        .map(|(origin, _)| (*origin).to_owned())
    else {
        let what = "is a HAR recording in which no request was answered with JSON: record the pages where the API is called, with \
                    the contents of the answers";
        return Err(what.to_owned());
    };
    let kept: Vec<&Exchange<'_>> = read
        .iter()
        .zip(&origins)
        .filter(|(_, own)| **own == origin)
        .map(|(one, _)| one)
        .collect();
    let mut operations: BTreeMap<(String, String), Operation> = BTreeMap::new();
    for one in &kept {
        let (path, names) = path_of(&one.url);
        let operation = operations.entry((path, one.method.clone())).or_default();
        operation.names = names;
        operation.add(one);
    }
    let (scheme, by_cookie) = scheme_of(&kept);
    let secret = scheme
        .as_ref()
        .and_then(|scheme| scheme.get("name"))
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let mut paths: Map<String, Value> = Map::new();
    for ((path, method), operation) in operations {
        let item = paths.entry(path).or_insert_with(|| json!({}));
        if let Some(item) = item.as_object_mut() {
            item.insert(method, operation.told(&secret));
        }
    }
    let host = kept
        .first()
        .and_then(|one| one.url.host_str())
        .unwrap_or_default();
    let title = host
        .strip_prefix("api.")
        .or_else(|| host.strip_prefix("www."))
        .unwrap_or(host);
    let mut document = json!({
        "openapi": "3.0.3", "servers": [{ "url": origin }], "paths": paths, "info": { "title": title },
    });
    if let (Some(scheme), Some(document)) = (scheme, document.as_object_mut()) {
        document.insert(
            "components".to_owned(),
            json!({ "securitySchemes": { "credential": scheme } }),
        );
        document.insert("security".to_owned(), json!([{ "credential": [] }]));
    }
    Ok(Recording {
        document,
        notes: notes(entries.len(), kept.len(), &origin, by_cookie),
    })
}

fn notes(all: usize, kept: usize, origin: &str, by_cookie: bool) -> Vec<String> {
    let mut notes = vec![format!(
        "{kept} of {all} recorded requests were read, those to `{origin}` that were answered with JSON; what was not recorded is not \
         here, and nobody says which parameters are required"
    )];
    notes.push("what looks like an id in a path became a parameter: look for names of people and things that are left in paths".to_owned());
    if by_cookie {
        notes.push("the browser was signed in by cookies, which a connector does not use: state a token or key of the API's".to_owned());
    }
    notes
}

/// A request with JSON for an answer, or a write whose success was answered with nothing.
fn exchange(entry: &Value) -> Option<Exchange<'_>> {
    let (request, answer) = (entry.get("request")?, entry.get("response")?);
    let method = request.get("method")?.as_str()?.to_ascii_lowercase();
    if !matches!(method.as_str(), "get" | "post" | "put" | "patch" | "delete") {
        return None;
    }
    let status = answer.get("status")?.as_u64()?;
    let is_json = answer
        .pointer("/content/mimeType")
        .and_then(Value::as_str)
        .is_some_and(is_json);
    let is_empty = status == 204 && method != "get";
    if !(200..300).contains(&status) || !(is_json || is_empty) {
        return None;
    }
    let url = Url::parse(request.get("url")?.as_str()?).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
    is_web.then_some(Exchange {
        url,
        method,
        request,
        answer,
    })
}

fn is_json(media_type: &str) -> bool {
    let kind = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    kind == "application/json" || kind.ends_with("+json")
}

/// The path with names in place of ids, and the names.
fn path_of(url: &Url) -> (String, Vec<String>) {
    let mut names: Vec<String> = Vec::new();
    let mut path = String::new();
    let mut before = "";
    for segment in url.path().split('/').filter(|segment| !segment.is_empty()) {
        path.push('/');
        if !is_id(segment) {
            path.push_str(segment);
            before = segment;
            continue;
        }
        let word = super::names::parameter(&format!("{}_id", singular(before)));
        let taken = names
            .iter()
            .filter(|name| name.trim_end_matches(|one: char| one.is_ascii_digit()) == word)
            .count();
        let name = if taken == 0 {
            word
        } else {
            format!("{word}{}", taken + 1)
        };
        path.push('{');
        path.push_str(&name);
        path.push('}');
        names.push(name);
    }
    if path.is_empty() {
        path.push('/');
    }
    (path, names)
}

/// Whether a segment is one thing's rather than the API's: a number, something with digits that is longer than a version, what has
/// to be encoded, or what is longer than words are.
fn is_id(segment: &str) -> bool {
    let has_digit = segment.bytes().any(|byte| byte.is_ascii_digit());
    let is_plain = segment
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    !is_plain
        || segment.bytes().all(|byte| byte.is_ascii_digit())
        || (has_digit && segment.len() >= 8)
        || segment.len() >= LONGEST_WORD
}

/// `categories` is `category`; what is before no id is nothing.
fn singular(word: &str) -> String {
    let word = super::names::snake(word);
    match word.strip_suffix("ies") {
        Some(start) if !start.is_empty() => format!("{start}y"),
        _ if word.ends_with("ss") => word,
        _ => word.strip_suffix('s').map(str::to_owned).unwrap_or(word),
    }
}

/// What all recorded requests of one method and path show together.
#[derive(Default)]
struct Operation {
    names: Vec<String>,
    query: BTreeSet<String>,
    /// By media type.
    bodies: BTreeMap<&'static str, Value>,
    answer: Option<Value>,
}

impl Operation {
    fn add(&mut self, one: &Exchange<'_>) {
        for (name, _) in one.url.query_pairs() {
            if !name.is_empty() && name.len() <= 64 && self.query.len() < MOST_QUERY {
                self.query.insert(name.into_owned());
            }
        }
        if let Some((media_type, schema)) = one.request.get("postData").and_then(body) {
            let known = self.bodies.remove(media_type);
            let both = known.map_or_else(|| schema.clone(), |known| merged(known, &schema));
            self.bodies.insert(media_type, both);
        }
        let content = one.answer.get("content");
        let is_text = content.is_some_and(|content| content.get("encoding").is_none());
        if let Some(schema) = content
            .filter(|_| is_text)
            .and_then(|content| shown(content.get("text")?))
        {
            let known = self.answer.take();
            self.answer = Some(known.map_or_else(|| schema.clone(), |known| merged(known, &schema)));
        }
    }

    /// As `OpenAPI` says it, without the parameter that carries the credential.
    fn told(self, secret: &str) -> Value {
        let mut parameters: Vec<Value> = self
            .names
            .iter()
            .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
            .collect();
        let query = self.query.iter().filter(|name| name.as_str() != secret);
        parameters
            .extend(query.map(|name| json!({ "name": name, "in": "query", "schema": { "type": "string" } })));
        let answer = self.answer.unwrap_or_else(|| json!({}));
        let mut operation = Map::from_iter([
            ("parameters".to_owned(), Value::Array(parameters)),
            (
                "responses".to_owned(),
                json!({ "200": { "content": { "application/json": { "schema": answer } } } }),
            ),
        ]);
        let content: Map<String, Value> = self
            .bodies
            .into_iter()
            .map(|(media_type, schema)| (media_type.to_owned(), json!({ "schema": schema })))
            .collect();
        if !content.is_empty() {
            operation.insert("requestBody".to_owned(), json!({ "content": content }));
        }
        Value::Object(operation)
    }
}

/// The kinds of a JSON text that is not too large.
fn shown(text: &Value) -> Option<Value> {
    let text = text.as_str().filter(|text| text.len() <= MOST_TEXT)?;
    Some(kinds(&serde_json::from_str(text).ok()?, DEPTH))
}

/// A recorded body: its media type and the schema that it shows.
fn body(sent: &Value) -> Option<(&'static str, Value)> {
    let media_type = sent.get("mimeType")?.as_str()?;
    if is_json(media_type) {
        let schema = sent.get("text").and_then(shown).unwrap_or_else(|| json!({}));
        return Some(("application/json", schema));
    }
    let kind = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let written = match kind.as_str() {
        "application/x-www-form-urlencoded" => "application/x-www-form-urlencoded",
        "multipart/form-data" => "multipart/form-data",
        _ => return None,
    };
    let listed = sent.get("params").and_then(Value::as_array).into_iter().flatten();
    let fields: Map<String, Value> = listed
        .filter_map(|field| {
            let name = field.get("name")?.as_str().filter(|name| !name.is_empty())?;
            let is_file = field.get("fileName").is_some();
            let schema = if is_file {
                json!({ "type": "string", "format": "binary" })
            } else {
                json!({ "type": "string" })
            };
            Some((name.to_owned(), schema))
        })
        .collect();
    (!fields.is_empty()).then(|| (written, json!({ "type": "object", "properties": fields })))
}

/// The schema of what two examples show. Where they differ in kind, anything is taken.
fn merged(one: Value, other: &Value) -> Value {
    if one == *other || other.as_object().is_some_and(Map::is_empty) {
        return one;
    }
    if one.as_object().is_some_and(Map::is_empty) {
        return other.clone();
    }
    let kind = |schema: &Value| {
        schema
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    match (kind(&one).as_str(), kind(other).as_str()) {
        ("object", "object") => {
            let mut properties = one
                .get("properties")
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default();
            for (name, schema) in other
                .get("properties")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
            {
                let known = properties.remove(name);
                let both = known.map_or_else(|| schema.clone(), |known| merged(known, schema));
                properties.insert(name.clone(), both);
            }
            json!({ "type": "object", "properties": properties })
        }
        ("array", "array") => match (one.get("items"), other.get("items")) {
            (Some(first), Some(second)) => json!({ "type": "array", "items": merged(first.clone(), second) }),
            (Some(_), None) => one,
            (None, _) => other.clone(),
        },
        ("integer" | "number", "integer" | "number") => json!({ "type": "number" }),
        _ => json!({}),
    }
}

/// How the recorded requests showed who asks, and whether by cookies alone.
fn scheme_of(kept: &[&Exchange<'_>]) -> (Option<Value>, bool) {
    let headers = || {
        let lists = kept
            .iter()
            .filter_map(|one| one.request.get("headers")?.as_array());
        lists.flatten()
    };
    let by_query = kept.iter().flat_map(|one| one.url.query_pairs());
    let by_query = by_query
        .filter(|(name, _)| carries_key(name))
        .map(|(name, _)| (4, json!({ "type": "apiKey", "in": "query", "name": name })));
    let shown = headers().filter_map(by_header).chain(by_query);
    let scheme = shown.min_by_key(|(rank, _)| *rank).map(|(_, scheme)| scheme);
    let is_cookie = |header: &Value| {
        let name = header.get("name").and_then(Value::as_str).unwrap_or_default();
        name.eq_ignore_ascii_case("cookie")
    };
    let by_cookie = scheme.is_none() && headers().any(is_cookie);
    (scheme, by_cookie)
}

/// The scheme that a header shows, and its rank: the lowest is the likeliest.
fn by_header(header: &Value) -> Option<(u8, Value)> {
    let text = |key: &str| Some(header.get(key)?.as_str()?.to_ascii_lowercase());
    let (name, value) = (text("name")?, text("value")?);
    match name.as_str() {
        "authorization" if value.starts_with("bearer ") => {
            Some((0, json!({ "type": "http", "scheme": "bearer" })))
        }
        "authorization" if value.starts_with("basic ") => {
            Some((1, json!({ "type": "http", "scheme": "basic" })))
        }
        "authorization" => Some((3, json!({ "type": "apiKey", "in": "header", "name": name }))),
        _ if carries_key(&name) => Some((2, json!({ "type": "apiKey", "in": "header", "name": name }))),
        _ => None,
    }
}

/// Whether headers and parameters of this name carry keys.
fn carries_key(name: &str) -> bool {
    let plain: String = name
        .to_ascii_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    plain.ends_with("apikey")
        || plain.ends_with("accesstoken")
        || matches!(
            plain.as_str(),
            "xauthtoken" | "authtoken" | "apitoken" | "xapitoken"
        )
}
