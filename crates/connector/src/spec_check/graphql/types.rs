//! GraphQL's input types as JSON Schema.

use apollo_compiler::ast::Type;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Schema};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Custom scalars that are texts wherever they are met. What the others take, their names do not tell.
const TEXTS: [&str; 12] = [
    "Date",
    "DateTime",
    "Time",
    "URL",
    "URI",
    "HTML",
    "Decimal",
    "Money",
    "UUID",
    "FormattedString",
    "ISO8601DateTime",
    "UnsignedInt64",
];

/// The input objects that were met on the way.
#[derive(Default)]
pub(crate) struct Needed(BTreeSet<String>);

impl Needed {
    /// The schema of a type; input objects are references.
    pub(crate) fn schema(&mut self, schema: &Schema, kind: &Type) -> Value {
        let made = match kind {
            Type::Named(name) | Type::NonNullNamed(name) => self.named(schema, name.as_str()),
            Type::List(inner) | Type::NonNullList(inner) => {
                json!({ "type": "array", "items": self.schema(schema, inner) })
            }
        };
        if kind.is_non_null() { made } else { or_null(made) }
    }

    fn named(&mut self, schema: &Schema, name: &str) -> Value {
        match name {
            "String" => return json!({ "type": "string" }),
            "ID" => return json!({ "type": ["string", "integer"] }),
            "Int" => return json!({ "type": "integer" }),
            "Float" => return json!({ "type": "number" }),
            "Boolean" => return json!({ "type": "boolean" }),
            _ => {}
        }
        match schema.types.get(name) {
            Some(ExtendedType::Enum(list)) => {
                let values: Vec<_> = list.values.keys().map(Name::as_str).collect();
                json!({ "type": "string", "enum": values })
            }
            Some(ExtendedType::InputObject(_)) => {
                self.0.insert(name.to_owned());
                json!({ "$ref": format!("#/components/schemas/{name}") })
            }
            Some(ExtendedType::Scalar(_)) if TEXTS.contains(&name) => json!({ "type": "string" }),
            _ => json!({}),
        }
    }

    /// The schemas of all input objects that were met, and of those inside them.
    pub(crate) fn all(mut self, schema: &Schema) -> Map<String, Value> {
        let mut made = Map::new();
        while let Some(name) = self.0.pop_first() {
            if made.contains_key(&name) {
                continue;
            }
            let Some(input) = schema.get_input_object(&name) else {
                continue;
            };
            let mut required = Vec::new();
            let mut properties = Map::new();
            for (field, definition) in &input.fields {
                properties.insert(field.to_string(), self.schema(schema, &definition.ty));
                if definition.is_required() {
                    required.push(field.as_str());
                }
            }
            // Whether nothing may stand for it is not said here: a reference cannot say so beside itself.
            let whole = json!({ "type": ["object", "null"], "properties": properties, "required": required });
            made.insert(name, whole);
        }
        made
    }
}

/// The same schema, which takes `null` too.
fn or_null(mut schema: Value) -> Value {
    match schema.get_mut("type") {
        Some(Value::Array(several)) => several.push(json!("null")),
        Some(one) => *one = json!([one.take(), "null"]),
        None => {}
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.push(Value::Null);
    }
    schema
}
