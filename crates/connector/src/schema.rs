//! A JSON Schema (2020-12) with its validator, compiled at first use, and faults that a model can mend.

mod pattern;
mod sample;
mod words;

use crate::fault::nearest_few;
use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;
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
                    faults.extend(
                        validator
                            .iter_errors(value)
                            .map(|error| words::worded(name, &error)),
                    );
                }
            }
            Err(error) => faults.push(Fault::new(name, format!("cannot be checked: {error}"))),
        }
    }

    pub(crate) fn accepts(&self, value: &Value) -> bool {
        self.compile().is_ok_and(|validator| validator.is_valid(value))
    }

    /// A value that shows what is meant. It follows the schema as far as type, enum, format, pattern and bounds go.
    pub(crate) fn sample(&self, name: &str) -> Value {
        sample::sample(&self.schema, name)
    }
}

/// The type of a value, in the word that schemas have for it; a number without a fraction is an integer.
pub(crate) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
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
