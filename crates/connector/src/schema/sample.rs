//! Values that show what a schema takes.

use serde_json::{Value, json};

/// A value that follows the schema as far as type, enum, format, pattern and bounds go.
pub(super) fn sample(schema: &Value, name: &str) -> Value {
    let part = |key: &str| schema.get(key);
    if let Some(value) = part("default").or_else(|| part("const")) {
        return value.clone();
    }
    let listed = ["examples", "enum"]
        .iter()
        .find_map(|key| part(key)?.as_array()?.first());
    if let Some(value) = listed {
        return value.clone();
    }
    let variant = ["anyOf", "oneOf"]
        .iter()
        .find_map(|key| part(key)?.as_array()?.first());
    if let Some(variant) = variant.filter(|_| part("type").is_none()) {
        return sample(variant, name);
    }
    let kind = part("type").and_then(|kind| kind.as_str().or_else(|| kind.as_array()?.first()?.as_str()));
    match kind {
        Some("integer" | "number") => {
            let below = part("maximum").filter(|most| most.as_f64().is_some_and(|most| most < 1.0));
            part("minimum").or(below).cloned().unwrap_or_else(|| json!(1))
        }
        Some("boolean") => json!(true),
        Some("array") => {
            let least = part("minItems").and_then(Value::as_u64).unwrap_or(1).clamp(1, 5);
            let item = part("items").map_or_else(|| json!("text"), |items| sample(items, name));
            (0..least).map(|_| item.clone()).collect()
        }
        Some("object") => sample_object(schema),
        _ => sample_text(schema, name),
    }
}

fn sample_object(schema: &Value) -> Value {
    let names = schema
        .get("required")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let pairs = names.iter().filter_map(Value::as_str).map(|name| {
        let inner = schema
            .get("properties")
            .and_then(|properties| properties.get(name));
        (
            name.to_owned(),
            inner.map_or_else(|| json!("text"), |inner| sample(inner, name)),
        )
    });
    Value::Object(pairs.collect())
}

fn sample_text(schema: &Value, name: &str) -> Value {
    let bound = |key: &str| {
        schema
            .get(key)
            .and_then(Value::as_u64)
            .and_then(|bound| usize::try_from(bound).ok())
    };
    let least = bound("minLength").unwrap_or(0).min(10_000);
    let fitting = schema
        .get("pattern")
        .and_then(Value::as_str)
        .and_then(|pattern| super::pattern::fitting(pattern, least));
    if let Some(text) = fitting {
        return Value::String(text);
    }
    match schema.get("format").and_then(Value::as_str) {
        Some("date") => json!("2026-01-31"),
        Some("date-time") => json!("2026-01-31T12:00:00Z"),
        Some("uri") => json!("https://example.com/page"),
        Some("email") => json!("someone@example.com"),
        Some("uuid") => json!("00000000-0000-4000-8000-000000000000"),
        _ => {
            let most = bound("maxLength").unwrap_or(usize::MAX).max(least);
            let text: String = name
                .chars()
                .cycle()
                .take(least.max(name.chars().count()).min(most))
                .collect();
            Value::String(text)
        }
    }
}
