//! Schemas of a description made self-contained JSON Schema 2020-12, small enough for a model.
//!
//! References into the document are followed where they stand; a schema that holds itself becomes one of `$defs`. What
//! lies deeper than a model looks, and what goes beyond a budget, is cut to what takes anything. References to elsewhere
//! are never followed: they take anything.

use super::text::sentence;
use crate::schema::{Check, type_of};
use crate::spec_check::Document;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Schemas inside one another are told so deep.
const DEPTH: usize = 5;

/// Schemas that one parameter is told with.
const NODES: usize = 400;

/// References, and combinations that are nothing but combinations, are followed so deep.
const HOPS: usize = 10;

/// The same inside a schema: what is told there is less, and a thread's stack has to hold all of it.
const INNER_HOPS: usize = 6;

/// The most values of an enum that are told.
const VALUES: usize = 400;

/// Patterns that repeat something more often take too long to be compiled.
const MOST_REPETITIONS: u64 = 1_000_000;

/// How long these values may be together.
const VALUES_LENGTH: usize = 4000;

/// The longest text of a schema inside another.
const ABOUT: usize = 140;

/// Formats whose meaning all descriptions agree on; others are checked by the platform alone.
const FORMATS: [&str; 4] = ["date", "date-time", "email", "uuid"];

/// Makes schemas of one parameter.
struct Maker<'s> {
    document: Document<'s>,
    /// The references that are being followed.
    open: Vec<&'s str>,
    /// Those that were met inside themselves.
    cyclic: BTreeSet<&'s str>,
    left: usize,
}

/// The schema of a parameter, self-contained, with its `$defs` where it has cycles. Without a description of its own.
pub(super) fn of<'s>(document: Document<'s>, schema: &'s Value) -> Map<String, Value> {
    let mut maker = Maker {
        document,
        open: Vec::new(),
        cyclic: BTreeSet::new(),
        left: NODES,
    };
    let mut made = maker.schema(schema, DEPTH, HOPS);
    made.remove("description");
    let mut defs = Map::new();
    // Each round may meet further cycles; what is met is finite, and the budget ends it before.
    while let Some(reference) = maker
        .cyclic
        .iter()
        .copied()
        .find(|one| !defs.contains_key(&def_name(one)))
    {
        let inner = maker.document.target(reference).map_or_else(Map::new, |target| {
            maker.open = vec![reference];
            maker.schema(target, 3, HOPS)
        });
        defs.insert(def_name(reference), Value::Object(inner));
    }
    if !defs.is_empty() {
        made.insert("$defs".to_owned(), Value::Object(defs));
    }
    made
}

/// A name in `$defs` that needs no escapes in a pointer.
fn def_name(reference: &str) -> String {
    let last = reference.rsplit('/').next().unwrap_or(reference);
    let name: String = last
        .chars()
        .filter(|one| one.is_ascii_alphanumeric() || *one == '_')
        .take(40)
        .collect();
    format!("{name}_{}", super::names::hash(reference))
}

impl<'s> Maker<'s> {
    fn schema(&mut self, schema: &'s Value, depth: usize, hops: usize) -> Map<String, Value> {
        let Some(hops) = hops.checked_sub(1) else {
            return Map::new();
        };
        let Some(left) = self.left.checked_sub(1) else {
            return cut(own_words(self.document.resolve(schema)));
        };
        self.left = left;
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            return self.reference(schema, reference, depth, hops);
        }
        let mut made = own_words(schema);
        self.combined(schema, &mut made, depth, hops);
        let Some(depth) = depth.checked_sub(1) else {
            return cut(made);
        };
        self.inside(schema, &mut made, depth);
        settle(&mut made);
        made
    }

    fn reference(
        &mut self,
        schema: &'s Value,
        reference: &'s str,
        depth: usize,
        hops: usize,
    ) -> Map<String, Value> {
        if self.open.contains(&reference) {
            if depth == 0 {
                let target = self.document.target(reference).unwrap_or(&Value::Null);
                return cut(own_words(target));
            }
            self.cyclic.insert(reference);
            return Map::from_iter([(
                "$ref".to_owned(),
                json!(format!("#/$defs/{}", def_name(reference))),
            )]);
        }
        let Some(target) = self.document.target(reference) else {
            return Map::new();
        };
        self.open.push(reference);
        let mut made = self.schema(target, depth, hops);
        self.open.pop();
        if let Some(about) = schema.get("description").and_then(Value::as_str) {
            let about = sentence(about, ABOUT);
            if !about.is_empty() {
                made.insert("description".to_owned(), json!(about));
            }
        }
        made
    }

    /// `allOf` taken into the schema; `oneOf` and `anyOf` beside it.
    fn combined(&mut self, schema: &'s Value, made: &mut Map<String, Value>, depth: usize, hops: usize) {
        for part in list(schema, "allOf") {
            let part = self.schema(part, depth, hops);
            narrow(made, part);
        }
        for key in ["oneOf", "anyOf"] {
            let parts = list(schema, key);
            if parts.is_empty() || parts.len() > 12 || depth == 0 {
                continue;
            }
            let mut variants: Vec<Map<String, Value>> = Vec::new();
            let mut null = false;
            for part in parts {
                let part = self.schema(part, depth.saturating_sub(1), hops);
                if part.get("type").is_some_and(|kind| kind == "null") {
                    null = true;
                } else if !variants.contains(&part) {
                    variants.push(part);
                }
            }
            let open = variants.iter().any(Map::is_empty);
            match variants.as_slice() {
                [] => {}
                [one] => {
                    let mut one = one.clone();
                    if null {
                        nullable(&mut one);
                    }
                    narrow(made, one);
                }
                _ if open => {}
                _ => {
                    if null {
                        variants.push(Map::from_iter([("type".to_owned(), json!("null"))]));
                    }
                    // One of several that are alike is told as any of them: the platform decides which.
                    made.insert(
                        "anyOf".to_owned(),
                        variants.into_iter().map(Value::Object).collect(),
                    );
                }
            }
        }
    }

    /// Properties, items and what else may stand there.
    fn inside(&mut self, schema: &'s Value, made: &mut Map<String, Value>, depth: usize) {
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            let mut own = Map::new();
            for (name, inner) in properties {
                if is_true(self.document.resolve(inner), "readOnly") || is_true(inner, "readOnly") {
                    continue;
                }
                own.insert(name.clone(), Value::Object(self.schema(inner, depth, INNER_HOPS)));
            }
            let required: Vec<Value> = list(schema, "required")
                .iter()
                .filter(|name| name.as_str().is_some_and(|name| own.contains_key(name)))
                .cloned()
                .collect();
            narrow(
                made,
                Map::from_iter([
                    ("properties".to_owned(), Value::Object(own)),
                    ("required".to_owned(), json!(required)),
                ]),
            );
        }
        // A list of schemas is for each place; they are taken as saying nothing.
        if let Some(items @ Value::Object(_)) = schema.get("items") {
            let items = self.schema(items, depth, INNER_HOPS);
            made.insert("items".to_owned(), Value::Object(items));
        }
        match schema.get("additionalProperties") {
            Some(Value::Bool(false))
                if schema
                    .get("properties")
                    .is_some_and(|all| all.as_object().is_some_and(|all| !all.is_empty())) =>
            {
                made.insert("additionalProperties".to_owned(), json!(false));
            }
            Some(inner @ Value::Object(_)) => {
                let inner = self.schema(inner, depth, INNER_HOPS);
                if !inner.is_empty() {
                    made.insert("additionalProperties".to_owned(), Value::Object(inner));
                }
            }
            _ => {}
        }
    }
}

/// What a schema says itself, without what stands inside.
fn own_words(schema: &Value) -> Map<String, Value> {
    let mut made = Map::new();
    let Some(schema) = schema.as_object() else {
        return made;
    };
    let kinds = kinds(schema);
    match kinds.as_slice() {
        [] if schema
            .get("properties")
            .is_some_and(|all| all.as_object().is_some_and(|all| !all.is_empty())) =>
        {
            made.insert("type".to_owned(), json!("object"));
        }
        [] => {}
        [one] => drop(made.insert("type".to_owned(), json!(one))),
        several => drop(made.insert("type".to_owned(), json!(several))),
    }
    if let Some(about) = schema.get("description").and_then(Value::as_str) {
        let about = sentence(about, ABOUT);
        if !about.is_empty() {
            made.insert("description".to_owned(), json!(about));
        }
    }
    if let Some(values) = enumerated(schema, &kinds) {
        listed(&mut made, &values, &kinds);
    }
    if let Some(format) = schema
        .get("format")
        .and_then(Value::as_str)
        .filter(|format| FORMATS.contains(format))
    {
        made.insert("format".to_owned(), json!(format));
    }
    if schema.get("format").is_some_and(|format| format == "byte") && kinds.contains(&"string") {
        made.insert("contentEncoding".to_owned(), json!("base64"));
    }
    if let Some(pattern) = schema
        .get("pattern")
        .and_then(Value::as_str)
        .filter(|pattern| pattern.len() <= 300 && is_pattern(pattern))
    {
        made.insert("pattern".to_owned(), json!(pattern));
    }
    bounds(schema, &mut made);
    made
}

/// How often a pattern repeats something at most, were all its counts inside one another: what compiling it costs.
fn repetitions(pattern: &str) -> u64 {
    let counted = pattern
        .split('{')
        .skip(1)
        .filter_map(|behind| behind.split_once('}'));
    counted
        .filter_map(|(counts, _)| {
            counts
                .rsplit(',')
                .find_map(|count| count.trim().parse::<u64>().ok())
        })
        .fold(1, |all, count| all.saturating_mul(count.max(1)))
}

/// Whether a pattern is one that arguments can be checked by: others are checked by the platform alone.
fn is_pattern(pattern: &str) -> bool {
    repetitions(pattern) <= MOST_REPETITIONS && Check::new(json!({ "pattern": pattern })).compile().is_ok()
}

/// The types, those that JSON Schema knows.
fn kinds(schema: &Map<String, Value>) -> Vec<&str> {
    const KNOWN: [&str; 7] = [
        "string", "number", "integer", "boolean", "array", "object", "null",
    ];
    let mut kinds: Vec<&str> = match schema.get("type") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    for kind in &mut kinds {
        // What Swagger calls a file goes as text outside of forms.
        if *kind == "file" {
            *kind = "string";
        }
    }
    kinds.retain(|kind| KNOWN.contains(kind));
    kinds.dedup();
    if !kinds.is_empty() && is_true_in(schema, "nullable") && !kinds.contains(&"null") {
        kinds.push("null");
    }
    kinds
}

/// Adds the values that are listed. TOML cannot say null: where that is one of them, it stands beside the others.
fn listed(made: &mut Map<String, Value>, values: &[Value], kinds: &[&str]) {
    if !kinds.contains(&"null") {
        made.insert("enum".to_owned(), json!(values));
        return;
    }
    made.remove("type");
    made.insert(
        "anyOf".to_owned(),
        json!([{ "enum": values }, { "type": "null" }]),
    );
}

/// The values that are listed, in the type that the schema has: YAML makes `yes` and `1` of texts.
fn enumerated(schema: &Map<String, Value>, kinds: &[&str]) -> Option<Vec<Value>> {
    let listed: Vec<&Value> = match schema.get("enum").and_then(Value::as_array) {
        Some(values) if !values.is_empty() => values.iter().collect(),
        _ => vec![schema.get("const")?],
    };
    if listed.len() > VALUES {
        return None;
    }
    let text_only = kinds.contains(&"string")
        && !kinds
            .iter()
            .any(|kind| matches!(*kind, "integer" | "number" | "boolean"));
    let mut values: Vec<Value> = Vec::new();
    for value in listed {
        let value = match value {
            Value::Null => continue,
            Value::Bool(_) | Value::Number(_) if text_only => Value::String(value.to_string()),
            Value::String(text) if kinds == ["integer"] || kinds == ["number"] => {
                serde_json::from_str(text).ok()?
            }
            Value::Array(_) | Value::Object(_) => return None,
            other => other.clone(),
        };
        let fits = kinds.is_empty()
            || kinds.contains(&type_of(&value))
            || (value.is_number() && kinds.contains(&"number"));
        if !fits || value.as_str().is_some_and(|text| text.len() > 200) {
            return None;
        }
        if !values.contains(&value) {
            values.push(value);
        }
    }
    let length: usize = values.iter().filter_map(Value::as_str).map(str::len).sum();
    if length > VALUES_LENGTH {
        return None;
    }
    (!values.is_empty()).then_some(values)
}

/// Limits that are ones: some descriptions hold negative lengths, and bounds as texts.
fn bounds(schema: &Map<String, Value>, made: &mut Map<String, Value>) {
    for key in ["minLength", "maxLength", "minItems", "maxItems"] {
        if let Some(count) = schema
            .get(key)
            .and_then(whole)
            .filter(|count| *count <= 1_000_000)
        {
            made.insert(key.to_owned(), json!(count));
        }
    }
    for (least, most) in [
        ("minLength", "maxLength"),
        ("minItems", "maxItems"),
        ("minimum", "maximum"),
    ] {
        for (key, strict) in [(least, "exclusiveMinimum"), (most, "exclusiveMaximum")] {
            let is_number = matches!(key, "minimum" | "maximum");
            if !is_number {
                continue;
            }
            let bound = schema
                .get(key)
                .filter(|bound| bound.is_number() && bound.as_f64().is_some_and(|size| size.abs() < 9e15));
            match (bound, schema.get(strict)) {
                (Some(bound), Some(Value::Bool(true))) => drop(made.insert(strict.to_owned(), bound.clone())),
                (Some(bound), _) => drop(made.insert(key.to_owned(), bound.clone())),
                (None, Some(bound)) if bound.is_number() => {
                    drop(made.insert(strict.to_owned(), bound.clone()));
                }
                _ => {}
            }
        }
        let size = |key: &str| made.get(key).and_then(Value::as_f64);
        if size(least).zip(size(most)).is_some_and(|(low, high)| low > high) {
            made.remove(least);
            made.remove(most);
        }
    }
    if is_true_in(schema, "uniqueItems") {
        made.insert("uniqueItems".to_owned(), json!(true));
    }
}

fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let float = value
            .as_f64()
            .filter(|float| *float >= 0.0 && float.fract() == 0.0 && *float < 1e9)?;
        format!("{float:.0}").parse().ok()
    })
}

/// Both must hold.
fn narrow(made: &mut Map<String, Value>, other: Map<String, Value>) {
    for (key, value) in other {
        match (key.as_str(), made.get_mut(&key), value) {
            ("properties", Some(Value::Object(mine)), Value::Object(theirs)) => {
                for (name, schema) in theirs {
                    let keep = mine
                        .get(&name)
                        .and_then(Value::as_object)
                        .is_some_and(|own| !own.is_empty());
                    if !keep {
                        mine.insert(name, schema);
                    }
                }
            }
            ("required", Some(Value::Array(mine)), Value::Array(theirs)) => {
                let further: Vec<Value> = theirs.into_iter().filter(|name| !mine.contains(name)).collect();
                mine.extend(further);
            }
            (_, Some(_), _) => {}
            (_, None, value) => drop(made.insert(key, value)),
        }
    }
}

fn nullable(schema: &mut Map<String, Value>) {
    if let Some(Value::String(kind)) = schema.get("type").cloned() {
        schema.remove("enum");
        schema.insert("type".to_owned(), json!([kind, "null"]));
    }
}

/// What is left of a schema that lies too deep: its type and text.
fn cut(mut made: Map<String, Value>) -> Map<String, Value> {
    made.retain(|key, _| {
        matches!(
            key.as_str(),
            "type" | "description" | "enum" | "format" | "contentEncoding"
        )
    });
    made
}

/// Leaves out what says nothing, and names no property as required that is not told.
fn settle(made: &mut Map<String, Value>) {
    let names: BTreeSet<String> = made
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect();
    if let Some(Value::Array(required)) = made.get_mut("required") {
        required.retain(|name| name.as_str().is_some_and(|name| names.contains(name)));
    }
    let nothing = |made: &Map<String, Value>, key: &str| {
        made.get(key).is_some_and(|value| {
            value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty)
        })
    };
    for key in ["required", "properties"] {
        if nothing(made, key) {
            made.remove(key);
        }
    }
    if !names.is_empty() && !made.contains_key("type") && !made.contains_key("anyOf") {
        made.insert("type".to_owned(), json!("object"));
    }
}

fn list<'v>(schema: &'v Value, key: &str) -> &'v [Value] {
    schema
        .get(key)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

fn is_true(schema: &Value, key: &str) -> bool {
    schema.get(key).and_then(Value::as_bool) == Some(true)
}

fn is_true_in(schema: &Map<String, Value>, key: &str) -> bool {
    schema.get(key).and_then(Value::as_bool) == Some(true)
}

/// Takes every `pattern` out of a schema.
pub(super) fn without_patterns(schema: &mut Map<String, Value>) {
    schema.remove("pattern");
    for (_, inner) in schema.iter_mut() {
        strip(inner);
    }
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(map) => {
            // A property may be called `pattern`; its schema is an object.
            if map.get("pattern").is_some_and(Value::is_string) {
                map.remove("pattern");
            }
            map.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}
