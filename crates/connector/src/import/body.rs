//! The body of an operation: flat parameters where it is a small object, one `body` where it is not.

use super::draft::{Action, Param};
use super::params::{ABOUT, one};
use super::text::sentence;
use crate::spec_check::{Document, Shape};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// An object with more properties goes under one parameter.
const MOST_PROPERTIES: usize = 25;

/// One way to write a body.
struct Written<'s> {
    media: &'s str,
    schema: &'s Value,
    entry: &'s Value,
}

/// Adds the body's parameters to an action; an error says why it cannot be called.
pub(super) fn add<'s>(
    action: &mut Action,
    document: Document<'s>,
    operation: &'s Value,
    raw: &[&'s Value],
    method: &str,
) -> Result<(), String> {
    if let Some(fields) = swagger_form(raw) {
        return form_fields(action, document, operation, &fields);
    }
    let body = raw
        .iter()
        .find(|param| param.get("in").and_then(Value::as_str) == Some("body"))
        .copied();
    let body = body.or_else(|| operation.get("requestBody").map(|body| document.resolve(body)));
    let Some(body) = body else { return Ok(()) };
    let required = body.get("required").and_then(Value::as_bool) == Some(true);
    if method == "GET" {
        return if required {
            Err("needs a body with GET, which is never sent".to_owned())
        } else {
            Ok(())
        };
    }
    let Some(written) = best(body, document, operation) else {
        return if required {
            Err("needs a body that the description does not tell".to_owned())
        } else {
            Ok(())
        };
    };
    let about = body
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let media = written
        .media
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match media.as_str() {
        "multipart/form-data" | "application/x-www-form-urlencoded" => {
            fields(action, document, &written, &media)?;
        }
        _ if is_json(&media) => json_body(action, document, &written, (about, required, method)),
        _ => raw_body(action, document, &written, (about, required)),
    }
    let stated = !matches!(
        media.as_str(),
        "application/json" | "*/*" | "multipart/form-data" | "application/x-www-form-urlencoded" | ""
    );
    if stated
        && !media.contains('*')
        && is_header(&media)
        && action
            .params
            .iter()
            .any(|param| param.place.is_none_or(|place| place == "body"))
    {
        let file = action.params.iter().any(|param| param.file);
        if !file || media != "application/octet-stream" {
            action.headers.push(("Content-Type".to_owned(), media));
        }
    }
    if method == "DELETE" && action.body.is_none() {
        action.body = Some("json");
    }
    Ok(())
}

fn is_json(media: &str) -> bool {
    media.contains("json") || matches!(media, "*/*" | "" | "application/*")
}

fn is_header(text: &str) -> bool {
    !text.is_empty() && text.len() < 100 && text.bytes().all(|byte| (b'!'..=b'~').contains(&byte))
}

/// The way to write it that a connector file says best: JSON, a form, parts, else as it is.
fn best<'s>(body: &'s Value, document: Document<'s>, operation: &'s Value) -> Option<Written<'s>> {
    if let Some(schema) = body.get("schema").filter(|_| body.get("in").is_some()) {
        let consumes = operation
            .get("consumes")
            .or_else(|| document.0.get("consumes"))
            .and_then(Value::as_array);
        let media: Vec<&str> = consumes.into_iter().flatten().filter_map(Value::as_str).collect();
        let media = media
            .iter()
            .find(|media| media.contains("json"))
            .or(media.first())
            .copied()
            .unwrap_or("application/json");
        // A body in a form's type is told by fields elsewhere; here it is JSON that somebody mislabelled.
        let media = if media.contains("form") {
            "application/json"
        } else {
            media
        };
        return Some(Written {
            media,
            schema,
            entry: body,
        });
    }
    let content = body.get("content")?.as_object()?;
    let rank = |media: &str| {
        let media = media.split(';').next().unwrap_or(media).trim();
        match media {
            "application/json" => 0,
            _ if media.contains("json") && !media.contains("patch") && !media.contains("stream") => 1,
            "application/x-www-form-urlencoded" => 2,
            "multipart/form-data" => 3,
            "*/*" => 4,
            _ if media.contains("json") => 5,
            _ => 6,
        }
    };
    let (media, entry) = content.iter().min_by_key(|(media, _)| rank(media))?;
    Some(Written {
        media,
        schema: entry.get("schema").unwrap_or(&Value::Null),
        entry,
    })
}

/// Whether a body can be told as flat parameters.
fn is_flat(shape: &Shape<'_>, schema: &Value) -> bool {
    let variants = ["oneOf", "anyOf"].iter().any(|key| {
        schema
            .get(*key)
            .and_then(Value::as_array)
            .is_some_and(|list| list.len() > 1)
    });
    let object = shape
        .implied_types()
        .is_some_and(|types| types.contains("object"));
    object && !variants && (1..=MOST_PROPERTIES).contains(&shape.properties.len())
}

/// The properties that a caller writes, in the order in which the description has them.
fn properties<'s>(document: Document<'s>, schema: &'s Value, shape: &Shape<'s>) -> Vec<(&'s str, &'s Value)> {
    let mut order: BTreeMap<&str, usize> = BTreeMap::new();
    let resolved = document.resolve(schema);
    for (at, name) in resolved
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, _)| name)
        .enumerate()
    {
        order.insert(name, at);
    }
    let read_only = |schema: &Value| schema.get("readOnly").and_then(Value::as_bool) == Some(true);
    let mut listed: Vec<(&str, &Value)> = shape
        .properties
        .iter()
        .filter_map(|(name, schemas)| Some((*name, *schemas.first()?)))
        .filter(|(_, schema)| !read_only(schema) && !read_only(document.resolve(schema)))
        .collect();
    listed.sort_by_key(|(name, _)| order.get(name).copied().unwrap_or(usize::MAX));
    listed
}

fn json_body<'s>(
    action: &mut Action,
    document: Document<'s>,
    written: &Written<'s>,
    (about, required, method): (&str, bool, &str),
) {
    let resolved = document.resolve(written.schema);
    let shape = document.shape(written.schema);
    let names = properties(document, written.schema, &shape);
    let graphql = action.graphql.is_some();
    if graphql && names.is_empty() {
        return;
    }
    if (graphql || is_flat(&shape, resolved))
        && !names.is_empty()
        && !names.iter().any(|(name, _)| name.is_empty())
    {
        for (name, schema) in names {
            let mut param = one(name, schema, "", shape.required.contains(name), document);
            // A name that looks like a pointer is written as one; so is the one that would mean the whole.
            if name.starts_with('/') || name == "." {
                param.wire = Some(format!("/{}", name.replace('~', "~0").replace('/', "~1")));
            }
            in_body(&mut param, method);
            action.params.push(param);
        }
        return;
    }
    let mut param = one("body", written.schema, about, required, document);
    if param.about == "Body" {
        "What is sent, as JSON".clone_into(&mut param.about);
    }
    // A body is never a text with a default of its own.
    param.default = None;
    param.wire = Some(".".to_owned());
    in_body(&mut param, method);
    action.params.push(param);
}

fn in_body(param: &mut Param, _method: &str) {
    param.place = Some("body");
}

fn raw_body<'s>(
    action: &mut Action,
    document: Document<'s>,
    written: &Written<'s>,
    (about, required): (&str, bool),
) {
    let media = written.media;
    let text = media.starts_with("text/")
        || media.contains("xml")
        || media.contains("yaml")
        || media.contains("graphql");
    let shape = document.resolve(written.schema);
    let about = sentence(about, ABOUT);
    action.body = Some("raw");
    action.params.push(Param {
        name: "body".to_owned(),
        wire: Some(".".to_owned()),
        place: Some("body"),
        required,
        about: if about.is_empty() {
            format!(
                "What is sent, as {}",
                super::text::shortened(&super::text::plain(media), 60)
            )
        } else {
            about
        },
        schema: if text {
            Map::from_iter([("type".to_owned(), json!("string"))])
        } else {
            Map::new()
        },
        file: !text || shape.get("format").is_some_and(|format| format == "binary"),
        ..Param::default()
    });
}

/// The fields of a Swagger form, where there is one.
fn swagger_form<'s>(raw: &[&'s Value]) -> Option<Vec<&'s Value>> {
    let fields: Vec<&Value> = raw
        .iter()
        .filter(|param| param.get("in").and_then(Value::as_str) == Some("formData"))
        .copied()
        .collect();
    (!fields.is_empty()).then_some(fields)
}

fn form_fields<'s>(
    action: &mut Action,
    document: Document<'s>,
    operation: &'s Value,
    fields: &[&'s Value],
) -> Result<(), String> {
    let text = |field: &'s Value, key: &str| field.get(key).and_then(Value::as_str);
    let file = fields.iter().any(|field| text(field, "type") == Some("file"));
    let consumes = operation
        .get("consumes")
        .or_else(|| document.0.get("consumes"))
        .and_then(Value::as_array);
    let parts = consumes
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .all(|media| media.contains("multipart"))
        && consumes.is_some_and(|list| !list.is_empty());
    action.body = Some(if file || parts { "multipart" } else { "form" });
    for field in fields {
        let Some(name) = text(field, "name") else { continue };
        let required = field.get("required").and_then(Value::as_bool) == Some(true);
        let mut param = one(
            name,
            field,
            text(field, "description").unwrap_or_default(),
            required,
            document,
        );
        param.file = text(field, "type") == Some("file");
        if text(field, "type") == Some("array") {
            match text(field, "collectionFormat") {
                Some("multi") => action.form_style = Some("repeat"),
                _ => {
                    param.schema = Map::from_iter([("type".to_owned(), json!("string"))]);
                    param.about = format!("{}; several are joined by commas", param.about);
                }
            }
        }
        push_field(action, param, name)?;
    }
    Ok(())
}

fn push_field(action: &mut Action, mut param: Param, name: &str) -> Result<(), String> {
    param.place = Some("body");
    if name.starts_with('/') || name == "." {
        return if param.required {
            Err(format!(
                "needs the field `{name}`, a name that a form of ours cannot have"
            ))
        } else {
            Ok(())
        };
    }
    if param.file {
        param.schema = Map::new();
        param.default = None;
    }
    action.params.push(param);
    Ok(())
}

fn fields<'s>(
    action: &mut Action,
    document: Document<'s>,
    written: &Written<'s>,
    media: &str,
) -> Result<(), String> {
    let multipart = media == "multipart/form-data";
    let shape = document.shape(written.schema);
    let names = properties(document, written.schema, &shape);
    if names.is_empty() {
        return Err("needs a form whose fields the description does not tell".to_owned());
    }
    action.body = Some(if multipart { "multipart" } else { "form" });
    for (name, schema) in names.into_iter().take(200) {
        let resolved = document.resolve(schema);
        let mut param = one(name, schema, "", shape.required.contains(name), document);
        let binary = |schema: &Value| {
            schema.get("format").is_some_and(|format| format == "binary")
                || schema.get("contentMediaType").is_some()
        };
        let items = resolved.get("items").map(|items| document.resolve(items));
        param.file = multipart && (binary(resolved) || items.is_some_and(binary));
        let encoding = written.entry.get("encoding").and_then(|all| all.get(name));
        let style = encoding.and_then(|one| one.get("style")).and_then(Value::as_str);
        if !multipart {
            let array = param.schema.get("type").is_some_and(|kind| kind == "array");
            let object = param.schema.get("type").is_some_and(|kind| kind == "object")
                || param.schema.contains_key("anyOf");
            if style == Some("deepObject")
                || object && encoding.is_none_or(|one| one.get("contentType").is_none())
            {
                action.form_style = Some("brackets");
            } else if array
                && encoding
                    .and_then(|one| one.get("explode"))
                    .and_then(Value::as_bool)
                    == Some(false)
            {
                param.schema = Map::from_iter([("type".to_owned(), json!("string"))]);
                param.about = format!("{}; several are joined by commas", param.about);
            } else if array && action.form_style.is_none() {
                action.form_style = Some("repeat");
            }
        }
        push_field(action, param, name)?;
    }
    Ok(())
}
