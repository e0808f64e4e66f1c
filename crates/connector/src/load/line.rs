//! Parameter lines: `type[!] [limits] [= default] | text`, shorthand for JSON Schema.

#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

/// What a line says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// The schema, without description and default.
    pub(super) schema: Map<String, Value>,
    pub(super) required: bool,
    pub(super) default: Option<Value>,
    pub(super) about: String,
    pub(super) base: BaseType,
    pub(super) array: bool,
}

/// The type before `[]` and `!`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BaseType {
    Text,
    Integer,
    Number,
    Boolean,
    Date,
    DateTime,
    Object,
    Any,
    File,
    Enum,
}

impl BaseType {
    /// Whether a default of this type is checked by the line alone.
    pub(super) fn is_plain(self) -> bool {
        !matches!(self, Self::Date | Self::DateTime)
    }
}

const GRAMMAR: &str = "a line is `type[!] [limits] [= default] | text`";

/// Reads a line; the error is a sentence.
pub(super) fn parse(line: &str) -> Result<Line, String> {
    let (spec, about) = line
        .split_once('|')
        .ok_or_else(|| format!("has no text: {GRAMMAR}"))?;
    let about = about.trim();
    if about.is_empty() {
        return Err(format!("has no text behind `|`: {GRAMMAR}"));
    }
    let (head, default) = match spec.split_once('=') {
        Some((head, default)) => (head, Some(default.trim())),
        None => (spec, None),
    };
    let mut words = head.split_whitespace();
    let kind = words.next().ok_or_else(|| format!("has no type: {GRAMMAR}"))?;
    let limits = words.next();
    if let Some(word) = words.next() {
        return Err(format!("`{word}` stands where nothing is expected: {GRAMMAR}"));
    }
    let (kind, required) = match kind.strip_suffix('!') {
        Some(kind) => (kind, true),
        None => (kind, false),
    };
    let (kind, array) = match kind.strip_suffix("[]") {
        Some(kind) => (kind, true),
        None => (kind, false),
    };
    let (base, mut schema) = base_type(kind)?;
    if array {
        schema = object(json!({ "type": "array", "items": schema }));
    }
    if let Some(limits) = limits {
        limit(&mut schema, base, array, limits)?;
    }
    if required && default.is_some() {
        return Err("is required and has a default: leave out one of them".to_owned());
    }
    let default = default.map(|text| default_value(text, base, array)).transpose()?;
    if let Some(value) = &default
        && !is_plainly(value, &schema, base, array)
    {
        return Err(format!(
            "has the default `{value}`, which is not one of its own values"
        ));
    }
    Ok(Line {
        schema,
        required,
        default,
        about: about.to_owned(),
        base,
        array,
    })
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn base_type(word: &str) -> Result<(BaseType, Map<String, Value>), String> {
    let (base, schema) = match word {
        "string" => (BaseType::Text, json!({ "type": "string" })),
        "integer" => (BaseType::Integer, json!({ "type": "integer" })),
        "number" => (BaseType::Number, json!({ "type": "number" })),
        "boolean" => (BaseType::Boolean, json!({ "type": "boolean" })),
        "date" => (BaseType::Date, json!({ "type": "string", "format": "date" })),
        "datetime" => (
            BaseType::DateTime,
            json!({ "type": "string", "format": "date-time" }),
        ),
        "object" => (BaseType::Object, json!({ "type": "object" })),
        "any" => (BaseType::Any, json!({})),
        "file" => (BaseType::File, file_schema()),
        _ => return enumeration(word),
    };
    Ok((base, object(schema)))
}

fn file_schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "name": { "type": "string", "description": "The file's name", "minLength": 1, "maxLength": 255 },
            "type": { "type": "string", "description": "Its media type, such as text/plain", "maxLength": 127 },
            "text": { "type": "string", "description": "Its content, where that is text" },
            "base64": { "type": "string", "description": "Its content in base64, where that is not text" },
            "url": { "type": "string", "description": "Or where it is fetched from: a https URL, or a link to a file that an action answered", "minLength": 1, "maxLength": 8192 },
            "upload": { "const": true, "description": "Or true: the answer is a link that the file is sent to, from the user's machine" },
        },
        "additionalProperties": false,
    })
}

fn enumeration(word: &str) -> Result<(BaseType, Map<String, Value>), String> {
    let known = "string integer number boolean date datetime object any file";
    let values: Vec<&str> = word.split('/').collect();
    if values.len() < 2 {
        return Err(format!(
            "`{word}` is no type: known are {known}, and enums such as `asc/desc`"
        ));
    }
    let plain = |value: &&str| {
        !value.is_empty()
            && value
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':' | b'+' | b'-'))
    };
    if let Some(bad) = values.iter().find(|value| !plain(value)) {
        return Err(format!(
            "`{bad}` cannot stand in an enum's line: use a schema table"
        ));
    }
    let mut seen = std::collections::HashSet::new();
    if let Some(twice) = values.iter().find(|value| !seen.insert(**value)) {
        return Err(format!("`{twice}` stands twice in the enum"));
    }
    Ok((
        BaseType::Enum,
        object(json!({ "type": "string", "enum": values })),
    ))
}

fn limit(schema: &mut Map<String, Value>, base: BaseType, array: bool, limits: &str) -> Result<(), String> {
    let bad = || format!("`{limits}` is not a limit: write `1..200`, `1..` or `..200`");
    let (low, high) = limits.split_once("..").ok_or_else(bad)?;
    let (least, most) = match (array, base) {
        (true, _) => ("minItems", "maxItems"),
        (false, BaseType::Text) => ("minLength", "maxLength"),
        (false, BaseType::Integer | BaseType::Number) => ("minimum", "maximum"),
        _ => return Err("limits are for texts, numbers and arrays".to_owned()),
    };
    let counts = array || base == BaseType::Text;
    let bound = |text: &str| -> Result<Option<Value>, String> {
        if text.is_empty() {
            return Ok(None);
        }
        let number: Value = serde_json::from_str(text).map_err(|_not_a_number| bad())?;
        let fits = match base {
            _ if counts => number.is_u64(),
            BaseType::Integer => number.is_i64() || number.is_u64(),
            _ => number.is_number(),
        };
        if fits { Ok(Some(number)) } else { Err(bad()) }
    };
    let (low, high) = (bound(low)?, bound(high)?);
    let size = |value: &Option<Value>| value.as_ref().and_then(Value::as_f64);
    if low.is_none() && high.is_none() {
        return Err(bad());
    }
    if size(&low).zip(size(&high)).is_some_and(|(low, high)| low > high) {
        return Err(format!("`{limits}` allows nothing"));
    }
    schema.extend(
        [(least, low), (most, high)]
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?))),
    );
    Ok(())
}

fn default_value(text: &str, base: BaseType, array: bool) -> Result<Value, String> {
    if text.is_empty() {
        return Err("has nothing behind `=`".to_owned());
    }
    let json = || {
        serde_json::from_str::<Value>(text)
            .map_err(|_not_json| format!("the default `{text}` is not JSON of this type"))
    };
    match base {
        _ if array => json(),
        BaseType::Text | BaseType::Date | BaseType::DateTime | BaseType::Enum => {
            Ok(Value::String(text.to_owned()))
        }
        BaseType::File => Err("a file has no default".to_owned()),
        _ => json(),
    }
}

/// Whether a default fits what the line itself says. A line can say so little that this is quicker than compiling a
/// schema, of which a file has dozens; arrays and dates ([`BaseType::is_plain`]) are left to that.
fn is_plainly(value: &Value, schema: &Map<String, Value>, base: BaseType, array: bool) -> bool {
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    let within = |size: f64, least: &str, most: &str| {
        bound(least).is_none_or(|least| least <= size) && bound(most).is_none_or(|most| size <= most)
    };
    match base {
        _ if array => true,
        BaseType::Text => value.as_str().is_some_and(|text| {
            let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
            within(f64::from(length), "minLength", "maxLength")
        }),
        BaseType::Integer | BaseType::Number => {
            let whole = base == BaseType::Number || value.is_i64() || value.is_u64();
            whole
                && value
                    .as_f64()
                    .is_some_and(|size| within(size, "minimum", "maximum"))
        }
        BaseType::Boolean => value.is_boolean(),
        BaseType::Object => value.is_object(),
        BaseType::Enum => {
            let values = schema.get("enum").and_then(Value::as_array);
            values.is_some_and(|values| values.contains(value))
        }
        BaseType::Date | BaseType::DateTime | BaseType::Any | BaseType::File => true,
    }
}
