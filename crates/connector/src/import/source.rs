//! The bytes of a description: unpacked, recognised by what they hold, and read within bounds.

use super::{MOST_BYTES, graphql, har, postman};
use crate::spec_check::{from_introspection, from_sdl, to_openapi};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::borrow::Cow;
use std::io::Read as _;

/// A description told in the words of `OpenAPI` or Swagger.
#[derive(Debug)]
pub(super) struct Described {
    /// What it was: `OpenAPI 3.0.3`.
    pub(super) format: String,
    pub(super) document: Value,
    /// What a reviewer has to know of it, as sentences.
    pub(super) notes: Vec<String>,
}

/// How a packed file begins (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Mappings and lists of YAML inside one another: several times what any description needs, and what a stack holds.
const DEPTH: usize = 48;

/// Reads a description; an error is a sentence.
pub(super) fn read(bytes: &[u8]) -> Result<Described, String> {
    let bytes = unpacked(bytes)?;
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let value = match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => return Err("is empty: an API description is needed".to_owned()),
        Some(b'{' | b'[') => {
            serde_json::from_slice(bytes).map_err(|error| format!("is not JSON: {error}"))?
        }
        Some(_) if is_sdl(bytes) => {
            let text = std::str::from_utf8(bytes).map_err(|error| format!("is not UTF-8 text: {error}"))?;
            let schema =
                from_sdl(text).map_err(|mistakes| format!("is a GraphQL schema with faults: {mistakes}"))?;
            return Ok(described("GraphQL schema", graphql::to_openapi(&schema)));
        }
        Some(_) => yaml(bytes)?,
    };
    recognised(value)
}

fn too_large() -> String {
    let most = MOST_BYTES / (1024 * 1024);
    format!("is larger than {most} MiB, the most that is read: leave out parts of it that are not needed")
}

fn unpacked(bytes: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    if bytes.len() > MOST_BYTES {
        return Err(too_large());
    }
    if !bytes.starts_with(&GZIP) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut whole = Vec::new();
    let mut reader = GzDecoder::new(bytes).take(MOST_BYTES as u64 + 1);
    reader
        .read_to_end(&mut whole)
        .map_err(|error| format!("cannot be unpacked: {error}"))?;
    if whole.len() > MOST_BYTES {
        return Err(too_large());
    }
    Ok(Cow::Owned(whole))
}

/// Whether a text is GraphQL's schema language: a line begins with one of its words, and none with a key of `OpenAPI`.
fn is_sdl(bytes: &[u8]) -> bool {
    let begins = |line: &[u8]| {
        let line = String::from_utf8_lossy(line.get(..60).unwrap_or(line));
        let mut words = line.split_whitespace();
        let (word, next) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let defines = matches!(
            word,
            "type" | "interface" | "union" | "enum" | "scalar" | "input" | "extend" | "directive"
        );
        (defines && next.starts_with(|one: char| one.is_ascii_alphabetic() || matches!(one, '_' | '@')))
            || (word == "schema" && next.starts_with(['{', '@']))
            || word == "schema{"
    };
    let key = |line: &[u8]| line.starts_with(b"openapi:") || line.starts_with(b"swagger:");
    let mut lines = bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.starts_with(b" "));
    lines
        .find(|line| begins(line) || key(line))
        .is_some_and(|line| !key(line))
}

/// YAML within a budget: depth, nodes, and what aliases may make of them.
fn yaml(bytes: &[u8]) -> Result<Value, String> {
    let text =
        std::str::from_utf8(bytes).map_err(|error| format!("is neither JSON nor UTF-8 text: {error}"))?;
    let mut budget = serde_saphyr::Budget::default();
    budget.max_depth = DEPTH;
    budget.max_events = 8_000_000;
    budget.max_nodes = 4_000_000;
    budget.max_total_scalar_bytes = MOST_BYTES;
    budget.flow_nesting_limit = DEPTH;
    let mut options = serde_saphyr::Options::default();
    options.budget = Some(budget);
    options.with_snippet = false;
    options.alias_limits.max_total_replayed_events = 300_000;
    options.duplicate_keys = serde_saphyr::DuplicateKeyPolicy::LastWins;
    let value: Value = serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let told = super::text::shortened(&super::text::plain(&error.to_string()), 300);
        format!("is neither JSON nor YAML that can be read: {told}")
    })?;
    if value.is_object() {
        Ok(value)
    } else {
        Err("is no API description: neither JSON nor YAML with keys was found".to_owned())
    }
}

/// What it is, by its content.
fn recognised(value: Value) -> Result<Described, String> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    if let Some(version) = text("openapi") {
        let version = version.to_owned();
        return if version.starts_with("3.") {
            Ok(described(&format!("OpenAPI {version}"), value))
        } else {
            Err(format!(
                "is OpenAPI `{}`: 3.0, 3.1 and 3.2 are read",
                super::text::shortened(&version, 20)
            ))
        };
    }
    if let Some(schema) = from_introspection(&value) {
        let schema = schema.map_err(|mistakes| format!("holds a GraphQL schema with faults: {mistakes}"))?;
        return Ok(described("GraphQL introspection", graphql::to_openapi(&schema)));
    }
    // YAML knows `2.0` as a number.
    let swagger = value.get("swagger").map(|version| {
        version
            .as_str()
            .map_or_else(|| version.to_string(), str::to_owned)
    });
    if let Some(version) = swagger {
        return if version.starts_with('2') {
            Ok(described("Swagger 2.0", value))
        } else {
            Err(format!(
                "is Swagger `{}`: 2.0 is read",
                super::text::shortened(&version, 20)
            ))
        };
    }
    if let Some(document) = to_openapi(&value) {
        return Ok(described("Google Discovery", with_head(document, &value)));
    }
    if let Some(document) = postman::to_openapi(&value) {
        return Ok(described("Postman collection", document));
    }
    if let Some(recording) = har::to_openapi(&value) {
        let har::Recording { document, notes } = recording?;
        return Ok(Described {
            notes,
            ..described("HAR recording", document)
        });
    }
    Err("is no API description that is known: OpenAPI 3, Swagger 2.0, Google Discovery, GraphQL, Postman collections and HAR recordings are read".to_owned())
}

fn described(format: &str, document: Value) -> Described {
    Described {
        format: super::text::shortened(&super::text::plain(format), 40),
        document,
        notes: Vec::new(),
    }
}

/// What a Discovery document says besides its methods, in `OpenAPI`'s words.
fn with_head(mut document: Value, discovery: &Value) -> Value {
    without_common(&mut document, discovery);
    let text = |key: &str| discovery.get(key).and_then(Value::as_str).unwrap_or_default();
    let title = discovery
        .get("canonicalName")
        .and_then(Value::as_str)
        .unwrap_or_else(|| text("title"));
    let scopes: serde_json::Map<String, Value> = discovery
        .pointer("/auth/oauth2/scopes")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(scope, about)| {
            (
                scope.clone(),
                about.get("description").cloned().unwrap_or_default(),
            )
        })
        .collect();
    let head = [
        (
            "info",
            serde_json::json!({ "title": title, "description": text("description"), "version": text("version") }),
        ),
        (
            "externalDocs",
            serde_json::json!({ "url": text("documentationLink") }),
        ),
    ];
    if let Some(document) = document.as_object_mut() {
        for (key, value) in head {
            document.insert(key.to_owned(), value);
        }
        if !scopes.is_empty() {
            // Without the two parameters Google gives no refresh token, or none but the first time.
            let consent = "https://accounts.google.com/o/oauth2/v2/auth?access_type=offline&prompt=consent";
            let flow = serde_json::json!({ "authorizationUrl": consent,
                "tokenUrl": "https://oauth2.googleapis.com/token", "scopes": scopes });
            let schemes =
                serde_json::json!({ "oauth2": { "type": "oauth2", "flows": { "authorizationCode": flow } } });
            if let Some(Value::Object(components)) = document.get_mut("components") {
                components.insert("securitySchemes".to_owned(), schemes);
            }
        }
    }
    document
}

/// Takes away the parameters that every method has: tokens, and forms of answers that a connector does not read.
fn without_common(document: &mut Value, discovery: &Value) {
    let Some(common) = discovery.get("parameters").and_then(Value::as_object) else {
        return;
    };
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let operations = paths
        .into_iter()
        .flat_map(|paths| paths.values_mut())
        .filter_map(Value::as_object_mut)
        .flat_map(|item| item.values_mut());
    for operation in operations {
        if let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
            parameters.retain(|one| {
                let same = one.get("name").and_then(|name| common.get(name.as_str()?));
                same.is_none_or(|same| same.get("description") != one.get("description"))
            });
        }
    }
}
