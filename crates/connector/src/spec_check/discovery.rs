//! Google Discovery documents, told in the words of `OpenAPI`, so that everything behind reads one form.
//!
//! What a Discovery document says of its own: methods stand in resources of resources; a path is below `rootUrl` and
//! `servicePath`, and may stand there a second time with every segment named (`flatPath`); uploads have a path of their
//! own; a schema is referred to by its bare name; a property that one method needs says so in its `annotations`; and a
//! method's scopes are alternatives.

use super::description::{OTHER_PATHS, path_of};
use serde_json::{Map, Value, json};

/// Schemas are followed so deep; the reader of JSON stops at about the same depth.
const DEPTH: usize = 128;

/// The same description as `OpenAPI` 3.0; nothing where it is no Discovery document.
pub(crate) fn to_openapi(spec: &Value) -> Option<Value> {
    let text = |key: &str| spec.get(key).and_then(Value::as_str);
    if text("kind") != Some("discovery#restDescription") && text("discoveryVersion") != Some("v1") {
        return None;
    }
    let root = text("rootUrl").or(text("baseUrl")).unwrap_or_default();
    let server = format!(
        "{}/{}",
        root.trim_end_matches('/'),
        text("servicePath").unwrap_or_default()
    );
    let mut paths = Map::new();
    methods(spec, spec, &mut paths, DEPTH);
    let schemas: Map<_, _> = members(spec, "schemas")
        .map(|(name, schema)| (name.clone(), schema_of(schema, DEPTH)))
        .collect();
    Some(json!({
        "openapi": "3.0.3",
        "x-discovery": true,
        "servers": [{ "url": server.trim_end_matches('/') }],
        "paths": paths,
        "components": { "schemas": schemas },
    }))
}

fn members<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = (&'v String, &'v Value)> + use<'v> {
    value.get(key).and_then(Value::as_object).into_iter().flatten()
}

/// The methods of a resource and of those inside it.
fn methods(spec: &Value, resource: &Value, paths: &mut Map<String, Value>, depth: usize) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for (_, method) in members(resource, "methods") {
        let text = |key: &str| method.get(key).and_then(Value::as_str);
        let (Some(id), Some(verb), Some(path)) =
            (text("id"), text("httpMethod"), text("path").or(text("flatPath")))
        else {
            continue;
        };
        // The fragment keeps methods of one path apart; a reader of descriptions leaves it out.
        let item = Map::from_iter([(verb.to_ascii_lowercase(), operation(spec, method, id))]);
        paths.insert(format!("{}#{id}", rooted(path)), Value::Object(item));
    }
    for (_, inner) in members(resource, "resources") {
        methods(spec, inner, paths, depth);
    }
}

fn rooted(path: &str) -> String {
    format!("/{}", path.trim_start_matches('/'))
}

fn operation(spec: &Value, method: &Value, id: &str) -> Value {
    let mut operation = Map::from_iter([
        ("operationId".to_owned(), json!(id)),
        ("parameters".to_owned(), parameters(spec, method)),
        (OTHER_PATHS.to_owned(), json!(other_paths(spec, method))),
    ]);
    let scopes = method.get("scopes").and_then(Value::as_array);
    let alternatives: Vec<_> = scopes
        .into_iter()
        .flatten()
        .map(|scope| json!({ "oauth2": [scope] }))
        .collect();
    operation.insert("security".to_owned(), Value::Array(alternatives));
    if method.get("deprecated").and_then(Value::as_bool) == Some(true) {
        operation.insert("deprecated".to_owned(), json!(true));
    }
    if let Some(about) = method.get("description") {
        operation.insert("description".to_owned(), about.clone());
    }
    if let Some(answer) = method.get("response") {
        let content = json!({ "application/json": { "schema": schema_of(answer, DEPTH) } });
        operation.insert("responses".to_owned(), json!({ "200": { "content": content } }));
    }
    if let Some(request) = method.get("request") {
        let needed = needed(spec, request, id);
        let schema = json!({ "allOf": [schema_of(request, DEPTH), { "required": needed }] });
        let body = json!({ "content": { "application/json": { "schema": schema } } });
        operation.insert("requestBody".to_owned(), body);
    }
    Value::Object(operation)
}

/// The properties of a request that this method needs, as their annotations say.
fn needed<'s>(spec: &'s Value, request: &'s Value, id: &str) -> Vec<&'s str> {
    let named = request
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|name| spec.get("schemas")?.get(name));
    let is_needed = |schema: &Value| {
        let methods = schema.pointer("/annotations/required").and_then(Value::as_array);
        methods
            .into_iter()
            .flatten()
            .any(|method| method.as_str() == Some(id))
    };
    members(named.unwrap_or(request), "properties")
        .filter(|(_, schema)| is_needed(schema))
        .map(|(name, _)| name.as_str())
        .collect()
}

/// The method's own parameters and those of the whole document.
fn parameters(spec: &Value, method: &Value) -> Value {
    let own = members(method, "parameters").chain(members(spec, "parameters"));
    let mut list: Vec<_> = own
        .map(|(name, param)| {
            let required = param.get("required").and_then(Value::as_bool) == Some(true);
            let place = param.get("location").and_then(Value::as_str).unwrap_or("query");
            let one = schema_of(param, DEPTH);
            let repeated = param.get("repeated").and_then(Value::as_bool) == Some(true);
            let schema = if repeated {
                json!({ "type": "array", "items": one })
            } else {
                one
            };
            let about = param.get("description").cloned().unwrap_or_default();
            json!({ "name": name, "in": place, "required": required, "description": about, "schema": schema })
        })
        .collect();
    if method.get("supportsMediaUpload").and_then(Value::as_bool) == Some(true) {
        let kinds = json!({ "type": "string", "enum": ["media", "multipart", "resumable"] });
        list.insert(0, json!({ "name": "uploadType", "in": "query", "schema": kinds }));
    }
    Value::Array(list)
}

/// Further paths that lead to the method, from the root of the host.
fn other_paths(spec: &Value, method: &Value) -> Vec<String> {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let root = text(spec, "rootUrl").map(|url| path_of(&url).trim_end_matches('/').to_owned());
    let service = text(spec, "servicePath").unwrap_or_default();
    let flat = text(method, "flatPath").map(|path| format!("/{service}{path}"));
    let uploads = ["simple", "resumable"]
        .into_iter()
        .filter_map(|kind| text(method.pointer("/mediaUpload/protocols")?.get(kind)?, "path"));
    let root = root.unwrap_or_default();
    flat.into_iter()
        .chain(uploads)
        .map(|path| format!("{root}{}", rooted(&path)))
        .collect()
}

/// A schema with `$ref`s that point into the document, and without what only Discovery knows.
fn schema_of(schema: &Value, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else {
        return json!({});
    };
    let mut made = Map::new();
    for (key, value) in schema.as_object().into_iter().flatten() {
        let value = match (key.as_str(), value) {
            ("$ref", Value::String(name)) => json!(format!("#/components/schemas/{name}")),
            ("type", Value::String(kind)) if kind == "any" => continue,
            ("type" | "enum" | "readOnly" | "format" | "pattern", value) => value.clone(),
            ("description", Value::String(text)) => json!(text),
            // Limits are numbers in texts.
            ("minimum" | "maximum", Value::String(text)) => match text.parse::<i64>() {
                Ok(number) => json!(number),
                Err(_) => continue,
            },
            ("properties", Value::Object(properties)) => {
                let inner = properties
                    .iter()
                    .map(|(name, schema)| (name.clone(), schema_of(schema, depth)));
                Value::Object(inner.collect())
            }
            ("items" | "additionalProperties", schema) => schema_of(schema, depth),
            _ => continue,
        };
        made.insert(key.clone(), value);
    }
    Value::Object(made)
}
