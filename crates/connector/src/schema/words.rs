//! What is wrong with a value, in words that a model can act on.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::paths::LocationSegment;
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;
use solder_model::Fault;

/// A fault of the value that callers know by `name`, with the place inside it.
pub(super) fn worded(name: &str, error: &ValidationError<'_>) -> Fault {
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
