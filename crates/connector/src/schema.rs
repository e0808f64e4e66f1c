//! A JSON Schema (2020-12) with its validator, compiled at first use, and faults that a model can mend.

use crate::fault::nearest_few;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::paths::LocationSegment;
use jsonschema::{Draft, JsonType, PatternOptions, ValidationError, Validator};
use serde_json::{Value, json};
use solder_model::Fault;
use std::sync::{Arc, OnceLock};

/// A schema that values are checked against. Cheap to clone; clones share the compiled validator.
#[derive(Debug, Clone)]
pub(crate) struct Check {
    schema: Arc<Value>,
    compiled: Arc<OnceLock<Result<Validator, String>>>,
}

impl Check {
    pub(crate) fn new(schema: Value) -> Self {
        Self {
            schema: Arc::new(schema),
            compiled: Arc::default(),
        }
    }

    pub(crate) fn schema(&self) -> &Value {
        &self.schema
    }

    /// Compiles it now, so that a loader can tell what is wrong with the schema.
    pub(crate) fn compile(&self) -> Result<&Validator, &str> {
        let made = self.compiled.get_or_init(|| {
            jsonschema::options()
                .with_draft(Draft::Draft202012)
                .should_validate_formats(true)
                .offline()
                // The engine without backtracking: no pattern can make a check take long.
                .with_pattern_options(PatternOptions::regex())
                .build(&self.schema)
                .map_err(|error| error.to_string())
        });
        made.as_ref().map_err(String::as_str)
    }

    /// Adds everything that is wrong with a value, which callers know by `name`.
    pub(crate) fn faults(&self, value: &Value, name: &str, faults: &mut Vec<Fault>) {
        match self.compile() {
            Ok(validator) => {
                if !validator.is_valid(value) {
                    faults.extend(validator.iter_errors(value).map(|error| worded(name, &error)));
                }
            }
            Err(error) => faults.push(Fault::new(name, format!("cannot be checked: {error}"))),
        }
    }

    pub(crate) fn accepts(&self, value: &Value) -> bool {
        self.compile().is_ok_and(|validator| validator.is_valid(value))
    }

    /// A value that shows what is meant. It follows the schema as far as type, enum, format and bounds go.
    pub(crate) fn sample(&self, name: &str) -> Value {
        sample(&self.schema, name)
    }
}

/// What is wrong with a name that is not known.
pub(crate) fn unknown<'k>(name: &str, known: impl IntoIterator<Item = &'k str>, noun: &str) -> String {
    let all: Vec<&str> = known.into_iter().collect();
    let near = nearest_few(name, all.iter().copied(), 3);
    let list = |names: &[&str]| {
        names
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    if all.is_empty() {
        format!("there is no such {noun}: none is taken")
    } else if near.is_empty() {
        let few: Vec<_> = all.iter().copied().take(30).collect();
        format!("there is no such {noun}; known are {}", list(&few))
    } else {
        format!("there is no such {noun}; the nearest known: {}", list(&near))
    }
}

fn worded(name: &str, error: &ValidationError<'_>) -> Fault {
    let mut field = name.to_owned();
    for segment in error.instance_path().segments() {
        match segment {
            LocationSegment::Property(property) => {
                field.push('.');
                field.push_str(&property);
            }
            LocationSegment::Index(index) => field = format!("{field}[{index}]"),
        }
    }
    Fault::new(field, sentence(error))
}

fn sentence(error: &ValidationError<'_>) -> String {
    use ValidationErrorKind as Kind;
    let list = |options: &Value| {
        let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
        options
            .iter()
            .map(|option| format!("`{}`", bare(option)))
            .collect::<Vec<_>>()
            .join(", ")
    };
    match error.kind() {
        Kind::Type { kind } => wrong_type(kind, error.instance()),
        Kind::Enum { options } => match error.instance().as_ref() {
            // The type is told by a fault of its own where the schema states one.
            Value::String(given) => format!("`{}` is none of {}", short(given), list(options)),
            _ => format!("must be one of {}", list(options)),
        },
        Kind::Constant { expected_value } => format!("must be `{}`", bare(expected_value)),
        Kind::Required { property } => format!("lacks `{}`", bare(property)),
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            format!(
                "has unknown properties: {}",
                unexpected
                    .iter()
                    .map(|name| format!("`{name}`"))
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        }
        Kind::MinLength { limit: 1 } => "must not be empty".to_owned(),
        Kind::MinLength { limit } => format!("must have {limit} characters or more"),
        Kind::MaxLength { limit } => format!("must have {limit} characters at most"),
        Kind::MinItems { limit } => format!("must have {limit} items or more"),
        Kind::MaxItems { limit } => format!("must have {limit} items at most"),
        Kind::Minimum { limit } => format!("must be {limit} or more"),
        Kind::Maximum { limit } => format!("must be {limit} at most"),
        Kind::ExclusiveMinimum { limit } => format!("must be more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("must be less than {limit}"),
        Kind::Pattern { pattern } => format!("must match the pattern `{pattern}`"),
        Kind::Format { format } => format!("must be {}", format_words(format)),
        Kind::UniqueItems => "must not hold the same item twice".to_owned(),
        Kind::FalseSchema => "must not be given".to_owned(),
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => "has none of the forms that are taken".to_owned(),
        Kind::OneOfMultipleValid { .. } => {
            "has more than one of the forms that are taken; exactly one must fit".to_owned()
        }
        _ => short(&error.masked().to_string()),
    }
}

fn format_words(format: &str) -> String {
    match format {
        "date" => "a date such as `2026-01-31`".to_owned(),
        "date-time" => "a moment in RFC 3339, such as `2026-01-31T12:00:00Z`".to_owned(),
        "uri" => "a URL such as `https://example.com/page`".to_owned(),
        "email" => "an e-mail address".to_owned(),
        "uuid" => "a UUID".to_owned(),
        other => format!("a `{other}`"),
    }
}

fn wrong_type(kind: &TypeKind, value: &Value) -> String {
    let wanted: Vec<JsonType> = match kind {
        TypeKind::Single(one) => vec![*one],
        TypeKind::Multiple(several) => several.iter().collect(),
    };
    let words: Vec<_> = wanted.iter().map(|kind| type_words(*kind)).collect();
    let mut text = format!("must be {}, not {}", words.join(" or "), given(value));
    if let Some(advice) = wanted.iter().find_map(|kind| advice(*kind, value)) {
        text.push_str(&advice);
    }
    text
}

/// What to do where the value was meant well. Nothing is ever changed for the caller: an id `007` is not 7.
fn advice(wanted: JsonType, value: &Value) -> Option<String> {
    match (wanted, value) {
        (_, Value::Null) => Some("; leave it out instead".to_owned()),
        (JsonType::Integer | JsonType::Number | JsonType::Boolean, Value::String(text)) => {
            let inner: Value = serde_json::from_str(text.trim()).ok()?;
            let fits = match wanted {
                JsonType::Integer => inner.is_i64() || inner.is_u64(),
                JsonType::Number => inner.is_number(),
                _ => inner.is_boolean(),
            };
            fits.then(|| format!("; write {inner} without quotes"))
        }
        (JsonType::String, Value::Number(_) | Value::Bool(_)) => {
            Some(format!("; write \"{value}\", with quotes"))
        }
        (JsonType::Array, Value::String(text)) if !text.starts_with('[') => {
            Some(format!("; write [{}]", short(&value.to_string())))
        }
        (JsonType::Array | JsonType::Object, Value::String(text)) => {
            let inner: Value = serde_json::from_str(text.trim()).ok()?;
            let fits = if wanted == JsonType::Array {
                inner.is_array()
            } else {
                inner.is_object()
            };
            fits.then(|| "; send the JSON itself, not a text that holds it".to_owned())
        }
        _ => None,
    }
}

fn type_words(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Null => "null",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "an integer",
        JsonType::Number => "a number",
        JsonType::String => "a string",
        JsonType::Array => "an array",
        JsonType::Object => "an object",
    }
}

fn given(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => format!("the string \"{}\"", short(text)),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

fn bare(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn short(text: &str) -> String {
    let mut cut: String = text.chars().take(60).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

fn sample(schema: &Value, name: &str) -> Value {
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
    let kind = part("type").and_then(|kind| kind.as_str().or_else(|| kind.as_array()?.first()?.as_str()));
    match kind {
        Some("integer" | "number") => part("minimum").cloned().unwrap_or_else(|| json!(1)),
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
    match schema.get("format").and_then(Value::as_str) {
        Some("date") => json!("2026-01-31"),
        Some("date-time") => json!("2026-01-31T12:00:00Z"),
        Some("uri") => json!("https://example.com/page"),
        Some("email") => json!("someone@example.com"),
        Some("uuid") => json!("00000000-0000-4000-8000-000000000000"),
        _ => {
            let least = bound("minLength").unwrap_or(0).min(10_000);
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

#[cfg(test)]
mod tests {
    use super::Check;
    use serde_json::{Value, json};

    fn told(schema: Value, value: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        Check::new(schema).faults(value, "x", &mut faults);
        faults
            .into_iter()
            .map(|fault| format!("{}: {}", fault.field, fault.message))
            .collect()
    }

    #[test]
    fn a_value_of_the_wrong_type_is_told_what_would_be_right() {
        for (kind, value, wanted) in [
            (
                "integer",
                json!("5"),
                "x: must be an integer, not the string \"5\"; write 5 without quotes",
            ),
            (
                "integer",
                json!("five"),
                "x: must be an integer, not the string \"five\"",
            ),
            (
                "boolean",
                json!("true"),
                "x: must be true or false, not the string \"true\"; write true without quotes",
            ),
            (
                "string",
                json!(7),
                "x: must be a string, not 7; write \"7\", with quotes",
            ),
            (
                "string",
                Value::Null,
                "x: must be a string, not null; leave it out instead",
            ),
            (
                "array",
                json!("a"),
                "x: must be an array, not the string \"a\"; write [\"a\"]",
            ),
            (
                "object",
                json!("{}"),
                "x: must be an object, not the string \"{}\"; send the JSON itself, not a text that holds it",
            ),
        ] {
            assert_eq!(told(json!({"type": kind}), &value), [wanted]);
        }
    }

    #[test]
    fn every_fault_inside_a_value_is_told_with_its_place() {
        let schema = json!({"type": "array", "items": {
            "type": "object", "required": ["id"], "additionalProperties": false,
            "properties": {"id": {"type": "string", "minLength": 1}, "when": {"type": "string", "format": "date"}}}});
        assert_eq!(
            told(schema, &json!([{"id": ""}, {"when": "soon", "no": 1}])),
            [
                "x[0].id: must not be empty",
                "x[1].when: must be a date such as `2026-01-31`",
                "x[1]: has unknown properties: `no`",
                "x[1]: lacks `id`",
            ]
        );
    }

    #[test]
    fn a_schema_never_reaches_out() {
        assert!(
            Check::new(json!({"$ref": "https://example.com/schema.json"}))
                .compile()
                .is_err()
        );
        assert!(
            Check::new(json!({"$ref": "file:///etc/passwd"}))
                .compile()
                .is_err()
        );
    }

    #[test]
    fn a_sample_follows_the_schema() {
        for schema in [
            json!({"type": "string", "minLength": 12}),
            json!({"type": "string", "maxLength": 2}),
            json!({"type": "string", "enum": ["b", "a"]}),
            json!({"type": "integer", "minimum": 5}),
            json!({"type": "array", "items": {"type": "string", "format": "date"}, "minItems": 2}),
            json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "boolean"}}}),
            json!({}),
        ] {
            let check = Check::new(schema.clone());
            assert!(
                check.accepts(&check.sample("name")),
                "{schema} {}",
                check.sample("name")
            );
        }
    }
}
