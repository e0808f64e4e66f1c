//! A GraphQL schema, told in the words of `OpenAPI`: every field of its roots is an operation with a fixed document, whose
//! variables are the properties of the body.

use crate::spec_check::Needed;
use apollo_compiler::Schema;
use apollo_compiler::ast::FieldDefinition;
use apollo_compiler::schema::ExtendedType;
use serde_json::{Map, Value, json};

/// Where an operation keeps its document.
pub(super) const DOCUMENT: &str = "x-graphql";

/// Objects inside the answer are asked for so deep: a list's items, and what they refer to by its name.
const DEPTH: usize = 3;

/// The most fields that are asked for of one object.
const FIELDS: usize = 25;

/// Fields by which something that an answer refers to is known.
const NAMES: [&str; 7] = ["id", "name", "title", "key", "email", "url", "displayName"];

/// Fields under which lists keep their items and tell how they go on.
const PAGES: [&str; 5] = ["nodes", "edges", "node", "pageInfo", "items"];

/// The same API as `OpenAPI`.
pub(super) fn to_openapi(schema: &Schema) -> Value {
    let mut needed = Needed::default();
    let mut paths = Map::new();
    let roots = [
        ("query", &schema.schema_definition.query),
        ("mutation", &schema.schema_definition.mutation),
    ];
    for (word, root) in roots {
        let Some(root) = root.as_ref().and_then(|root| schema.get_object(root.as_str())) else {
            continue;
        };
        for (name, field) in root.fields.iter().take(20_000) {
            if name.starts_with("__") {
                continue;
            }
            let operation = operation(schema, word, field, &mut needed);
            paths.insert(format!("/graphql#{word} {name}"), json!({ "post": operation }));
        }
    }
    json!({
        "openapi": "3.1.0", "info": { "title": "GraphQL API" }, "paths": paths,
        "components": { "schemas": needed.all(schema), "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } } },
        "security": [{ "token": [] }],
    })
}

fn operation(schema: &Schema, word: &str, field: &FieldDefinition, needed: &mut Needed) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let (mut declared, mut given) = (Vec::new(), Vec::new());
    for argument in &field.arguments {
        let name = argument.name.as_str();
        // What may be null may be left out: that says it.
        let mut told = needed.schema(schema, &(*argument.ty).clone().non_null());
        if let (Some(about), Some(told)) = (&argument.description, told.as_object_mut()) {
            told.insert("description".to_owned(), json!(about.as_str()));
        }
        properties.insert(name.to_owned(), told);
        if argument.is_required() {
            required.push(name);
        }
        declared.push(format!("${name}: {}", argument.ty));
        given.push(format!("{name}: ${name}"));
    }
    let around = |list: &[String]| {
        if list.is_empty() {
            String::new()
        } else {
            format!("({})", list.join(", "))
        }
    };
    let selected = selection(schema, field.ty.inner_named_type().as_str(), DEPTH);
    let document = format!(
        "{word}{} {{ {}{}{selected} }}",
        around(&declared),
        field.name,
        around(&given)
    );
    json!({
        "operationId": field.name.as_str(),
        "description": field.description.as_deref().unwrap_or_default(),
        "deprecated": field.directives.get("deprecated").is_some(),
        "tags": [if word == "query" { "queries" } else { "mutations" }],
        DOCUMENT: document,
        "requestBody": { "content": { "application/json": { "schema": {
            "type": "object", "properties": properties, "required": required } } } },
    })
}

/// What is asked of a type: its plain fields, and of what it holds the items and names. Nothing for a plain value.
fn selection(schema: &Schema, kind: &str, depth: usize) -> String {
    let fields = match schema.types.get(kind) {
        Some(ExtendedType::Object(object)) => &object.fields,
        Some(ExtendedType::Interface(interface)) => &interface.fields,
        Some(ExtendedType::Union(_)) => return " { __typename }".to_owned(),
        _ => return String::new(),
    };
    let mut chosen = Vec::new();
    for (name, field) in fields {
        if chosen.len() >= FIELDS {
            break;
        }
        let needs = field.arguments.iter().any(|argument| argument.is_required());
        if needs || field.directives.get("deprecated").is_some() {
            continue;
        }
        let inner = field.ty.inner_named_type().as_str();
        match schema.types.get(inner) {
            Some(ExtendedType::Scalar(_) | ExtendedType::Enum(_)) => chosen.push(name.to_string()),
            Some(ExtendedType::Union(_)) | None => {}
            Some(_) if PAGES.contains(&name.as_str()) && depth > 0 => {
                chosen.push(format!("{name}{}", selection(schema, inner, depth - 1)));
            }
            Some(_) if depth == DEPTH => chosen.push(format!("{name}{}", names(schema, inner))),
            Some(_) => {}
        }
    }
    if chosen.is_empty() {
        chosen.push("__typename".to_owned());
    }
    format!(" {{ {} }}", chosen.join(" "))
}

/// The fields by which something is known.
fn names(schema: &Schema, kind: &str) -> String {
    let fields = match schema.types.get(kind) {
        Some(ExtendedType::Object(object)) => &object.fields,
        Some(ExtendedType::Interface(interface)) => &interface.fields,
        _ => return " { __typename }".to_owned(),
    };
    let plain = |name: &&&str| {
        fields.get(**name).is_some_and(|field| {
            let scalar = matches!(
                schema.types.get(field.ty.inner_named_type().as_str()),
                Some(ExtendedType::Scalar(_) | ExtendedType::Enum(_))
            );
            scalar && !field.arguments.iter().any(|argument| argument.is_required())
        })
    };
    let known: Vec<&str> = NAMES.iter().filter(plain).copied().collect();
    if known.is_empty() {
        " { __typename }".to_owned()
    } else {
        format!(" {{ {} }}", known.join(" "))
    }
}
