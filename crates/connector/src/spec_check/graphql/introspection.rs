//! The answer to an introspection query, told as SDL.

use serde_json::Value;
use std::fmt::Write as _;

/// Types are wrapped so deep at most: `[[T!]!]!` is five.
const WRAPS: usize = 16;

const BUILT_IN: [&str; 5] = ["String", "ID", "Int", "Float", "Boolean"];

/// The schema as SDL; nothing where the value is no answer to an introspection query.
pub(super) fn to_sdl(answer: &Value) -> Option<String> {
    let schema = answer
        .pointer("/data/__schema")
        .or_else(|| answer.get("__schema"))?;
    let mut sdl = String::from("schema {\n");
    for (key, word) in [
        ("queryType", "query"),
        ("mutationType", "mutation"),
        ("subscriptionType", "subscription"),
    ] {
        if let Some(root) = schema.get(key) {
            field_of(&mut sdl, word, text(root, "name"));
        }
    }
    sdl.push_str("}\n");
    for one in list(schema, "directives") {
        directive(&mut sdl, one);
    }
    for one in list(schema, "types") {
        if let (Some(kind), Some(name)) = (text(one, "kind"), text(one, "name"))
            && !name.starts_with("__")
            && !BUILT_IN.contains(&name)
        {
            definition(&mut sdl, kind, name, one);
        }
    }
    Some(sdl)
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

fn field_of(sdl: &mut String, name: &str, kind: Option<&str>) {
    if let Some(kind) = kind {
        push(sdl, &format!("  {name}: {kind}\n"));
    }
}

fn push(sdl: &mut String, text: &str) {
    sdl.push_str(text);
}

fn definition(sdl: &mut String, kind: &str, name: &str, one: &Value) {
    let names = |key: &str, between: &str| {
        let names: Vec<_> = list(one, key)
            .iter()
            .filter_map(|item| text(item, "name"))
            .collect();
        names.join(between)
    };
    match kind {
        "SCALAR" => push(sdl, &format!("scalar {name}\n")),
        "UNION" => push(
            sdl,
            &format!("union {name} = {}\n", names("possibleTypes", " | ")),
        ),
        "ENUM" => {
            push(sdl, &format!("enum {name} {{\n"));
            for value in list(one, "enumValues") {
                let mark = deprecation(value);
                push(
                    sdl,
                    &format!("  {}{mark}\n", text(value, "name").unwrap_or_default()),
                );
            }
            push(sdl, "}\n");
        }
        "INPUT_OBJECT" => {
            let only = if one.get("isOneOf").and_then(Value::as_bool) == Some(true) {
                " @oneOf"
            } else {
                ""
            };
            push(sdl, &format!("input {name}{only} {{\n"));
            for field in list(one, "inputFields") {
                push(sdl, &format!("  {}\n", input(field)));
            }
            push(sdl, "}\n");
        }
        "OBJECT" | "INTERFACE" => {
            let word = if kind == "OBJECT" { "type" } else { "interface" };
            let above = names("interfaces", " & ");
            let above = if above.is_empty() {
                above
            } else {
                format!(" implements {above}")
            };
            push(sdl, &format!("{word} {name}{above} {{\n"));
            for field in list(one, "fields") {
                output(sdl, field);
            }
            push(sdl, "}\n");
        }
        _ => {}
    }
}

/// Directives of the language itself are known to every reader.
const KNOWN: [&str; 5] = ["skip", "include", "deprecated", "specifiedBy", "oneOf"];

fn directive(sdl: &mut String, one: &Value) {
    let places: Vec<_> = list(one, "locations").iter().filter_map(Value::as_str).collect();
    let Some(name) = text(one, "name").filter(|name| !KNOWN.contains(name) && !places.is_empty()) else {
        return;
    };
    let again = if one.get("isRepeatable").and_then(Value::as_bool) == Some(true) {
        " repeatable"
    } else {
        ""
    };
    push(
        sdl,
        &format!(
            "directive @{name}{}{again} on {}\n",
            arguments(one),
            places.join(" | ")
        ),
    );
}

fn arguments(of: &Value) -> String {
    let args: Vec<_> = list(of, "args").iter().map(input).collect();
    if args.is_empty() {
        String::new()
    } else {
        format!("({})", args.join(", "))
    }
}

/// A field of an output type, with its arguments.
fn output(sdl: &mut String, field: &Value) {
    let args = arguments(field);
    let name = text(field, "name").unwrap_or_default();
    let kind = kind(field.get("type"), WRAPS);
    push(sdl, &format!("  {name}{args}: {kind}{}\n", deprecation(field)));
}

/// An argument or a field of an input object.
fn input(value: &Value) -> String {
    let name = text(value, "name").unwrap_or_default();
    let mut one = format!("{name}: {}", kind(value.get("type"), WRAPS));
    if let Some(default) = text(value, "defaultValue") {
        // Writing to a text never fails.
        let _ = write!(one, " = {default}");
    }
    one + &deprecation(value)
}

fn deprecation(value: &Value) -> String {
    if value.get("isDeprecated").and_then(Value::as_bool) != Some(true) {
        return String::new();
    }
    match value.get("deprecationReason").filter(|reason| reason.is_string()) {
        // A JSON text is a GraphQL text too.
        Some(reason) => format!(" @deprecated(reason: {reason})"),
        None => " @deprecated".to_owned(),
    }
}

fn kind(value: Option<&Value>, wraps: usize) -> String {
    let (Some(value), Some(wraps)) = (value, wraps.checked_sub(1)) else {
        return String::new();
    };
    match text(value, "kind") {
        Some("NON_NULL") => format!("{}!", kind(value.get("ofType"), wraps)),
        Some("LIST") => format!("[{}]", kind(value.get("ofType"), wraps)),
        _ => text(value, "name").unwrap_or_default().to_owned(),
    }
}
