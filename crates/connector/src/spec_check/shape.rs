//! What a JSON Schema takes, as far as two of them can be compared: types, values, properties, items.

use crate::schema::type_of;
use serde_json::Value;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// References and combinations are followed so deep: real descriptions hold cycles.
const DEPTH: usize = 12;

/// So many schemas are taken together at most: combinations of combinations multiply.
const VISITS: usize = 2000;

/// A schema with its references and combinations taken together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shape<'s> {
    /// The JSON types that it takes; nothing where it does not say.
    types: Option<BTreeSet<&'s str>>,
    /// The values that it takes; nothing where it does not list them.
    pub(crate) values: Option<Vec<&'s Value>>,
    /// Its properties, each with every schema that is stated for it.
    pub(crate) properties: BTreeMap<&'s str, Vec<&'s Value>>,
    /// The properties that cannot be left out.
    pub(crate) required: BTreeSet<&'s str>,
    /// Whether it says that it takes further properties.
    pub(crate) open: bool,
    /// The schemas of its items.
    pub(crate) items: Vec<&'s Value>,
}

/// A document in which references point.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Document<'s>(pub(crate) &'s Value);

impl<'s> Document<'s> {
    /// What a local reference points at, or the value itself. References to elsewhere stay as they are.
    pub(crate) fn resolve(self, value: &'s Value) -> &'s Value {
        let mut value = value;
        for _ in 0..DEPTH {
            let Some(target) = value
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|text| self.target(text))
            else {
                break;
            };
            value = target;
        }
        value
    }

    /// What a local reference points at.
    pub(crate) fn target(self, reference: &str) -> Option<&'s Value> {
        let pointer = reference.strip_prefix('#')?;
        let decoded = percent_encoding::percent_decode_str(pointer).decode_utf8().ok()?;
        self.0.pointer(&decoded)
    }

    /// The shape of a schema.
    pub(crate) fn shape(self, schema: &'s Value) -> Shape<'s> {
        self.gather(schema, DEPTH, &Cell::new(VISITS))
    }

    /// The shape of what any of these schemas takes.
    pub(crate) fn any(self, schemas: &[&'s Value]) -> Shape<'s> {
        self.any_of(schemas.iter().copied(), DEPTH, &Cell::new(VISITS))
    }

    fn gather(self, schema: &'s Value, depth: usize, left: &Cell<usize>) -> Shape<'s> {
        let schema = self.resolve(schema);
        let mut shape = Shape::of(schema);
        let (Some(depth), Some(visits)) = (depth.checked_sub(1), left.get().checked_sub(1)) else {
            return shape;
        };
        left.set(visits);
        let list = |key: &str| {
            schema
                .get(key)
                .and_then(Value::as_array)
                .map(Vec::as_slice)
                .unwrap_or_default()
        };
        for part in list("allOf") {
            shape.narrow(self.gather(part, depth, left));
        }
        for key in ["oneOf", "anyOf"] {
            if !list(key).is_empty() {
                shape.narrow(self.any_of(list(key).iter(), depth, left));
            }
        }
        shape
    }

    fn any_of(self, schemas: impl Iterator<Item = &'s Value>, depth: usize, left: &Cell<usize>) -> Shape<'s> {
        let shapes = schemas.map(|schema| self.gather(schema, depth, left));
        shapes.reduce(Shape::widen).unwrap_or_default()
    }
}

impl<'s> Shape<'s> {
    /// What a schema says itself.
    fn of(schema: &'s Value) -> Self {
        let mut shape = Self::default();
        match schema.get("type") {
            Some(Value::String(one)) => shape.types = Some(BTreeSet::from([one.as_str()])),
            Some(Value::Array(several)) => {
                shape.types = Some(several.iter().filter_map(Value::as_str).collect());
            }
            _ => {}
        }
        if let (Some(types), Some(true)) = (&mut shape.types, schema.get("nullable").and_then(Value::as_bool))
        {
            types.insert("null");
        }
        let listed = schema
            .get("enum")
            .and_then(Value::as_array)
            .filter(|values| !values.is_empty());
        shape.values = listed
            .map(|values| values.iter().collect())
            .or_else(|| Some(vec![schema.get("const")?]));
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            let pairs = properties
                .iter()
                .map(|(name, schema)| (name.as_str(), vec![schema]));
            shape.properties = pairs.collect();
        }
        if let Some(required) = schema.get("required").and_then(Value::as_array) {
            let writable = |name: &&str| {
                let read_only = schema
                    .get("properties")
                    .and_then(|all| all.get(*name)?.get("readOnly")?.as_bool());
                read_only != Some(true)
            };
            shape.required = required
                .iter()
                .filter_map(Value::as_str)
                .filter(writable)
                .collect();
        }
        shape.open = match schema.get("additionalProperties") {
            None | Some(Value::Bool(false)) => false,
            Some(_) => true,
        };
        shape.items.extend(schema.get("items"));
        shape
    }

    /// Both must hold (`allOf`).
    fn narrow(&mut self, other: Self) {
        self.types = both(self.types.take(), other.types, |mine, theirs| {
            mine.intersection(&theirs).copied().collect()
        });
        self.values = both(self.values.take(), other.values, |mine, theirs| {
            mine.into_iter().filter(|value| theirs.contains(value)).collect()
        });
        self.required.extend(other.required);
        self.open |= other.open;
        self.take(other.properties, other.items);
    }

    /// One of them must hold (`anyOf`).
    fn widen(mut self, other: Self) -> Self {
        self.types = self
            .implied_types()
            .zip(other.implied_types())
            .map(|(mine, theirs)| &mine | &theirs);
        self.values = self.values.zip(other.values).map(|(mut mine, theirs)| {
            mine.extend(theirs);
            mine
        });
        self.required = &self.required & &other.required;
        self.open |= other.open;
        self.take(other.properties, other.items);
        self
    }

    fn take(&mut self, properties: BTreeMap<&'s str, Vec<&'s Value>>, items: Vec<&'s Value>) {
        for (name, schemas) in properties {
            self.properties.entry(name).or_default().extend(schemas);
        }
        self.items.extend(items);
    }

    /// The types that it takes, also where only its values or its properties tell.
    pub(crate) fn implied_types(&self) -> Option<BTreeSet<&'s str>> {
        if let Some(types) = &self.types {
            return Some(types.clone());
        }
        if let Some(values) = &self.values {
            return Some(values.iter().map(|value| type_of(value)).collect());
        }
        (!self.properties.is_empty()).then(|| BTreeSet::from(["object"]))
    }

    /// The types of this shape that another one does not take.
    pub(super) fn types_beyond(&self, other: &Self) -> Vec<&'s str> {
        let (Some(mine), Some(theirs)) = (self.implied_types(), other.implied_types()) else {
            return Vec::new();
        };
        let taken = |one: &str| theirs.contains(one) || (one == "integer" && theirs.contains("number"));
        mine.into_iter().filter(|one| !taken(one)).collect()
    }

    /// The values that this shape lists and another one, which lists some too, does not.
    pub(super) fn values_beyond(&self, other: &Self) -> Vec<&'s Value> {
        let (Some(mine), Some(theirs)) = (&self.values, &other.values) else {
            return Vec::new();
        };
        mine.iter()
            .copied()
            .filter(|value| !theirs.contains(value))
            .collect()
    }

    /// Whether anything may stand inside: nothing is said of its properties, or that there are more.
    pub(super) fn is_free(&self) -> bool {
        self.open || self.properties.is_empty()
    }
}

fn both<T>(mine: Option<T>, theirs: Option<T>, join: impl FnOnce(T, T) -> T) -> Option<T> {
    match (mine, theirs) {
        (Some(mine), Some(theirs)) => Some(join(mine, theirs)),
        (mine, theirs) => mine.or(theirs),
    }
}

#[cfg(test)]
mod tests {
    use super::Document;
    use serde_json::json;

    #[test]
    fn references_and_combinations_are_taken_together() {
        let document = json!({"components": {"schemas": {
            "base": {"type": "object", "properties": {"id": {"type": "string", "readOnly": true}, "a": {}}, "required": ["id", "a"]},
            "one": {"allOf": [{"$ref": "#/components/schemas/base"}, {"properties": {"b": {}}, "required": ["b"]}]},
            "two": {"oneOf": [{"$ref": "#/components/schemas/one"}, {"properties": {"c": {}, "b": {}}, "required": ["b", "c"]}]},
        }}});
        let schema = json!({"$ref": "#/components/schemas/two"});
        let shape = Document(&document).shape(&schema);
        assert_eq!(
            shape.properties.keys().copied().collect::<Vec<_>>(),
            ["a", "b", "c", "id"]
        );
        assert_eq!(shape.required.iter().copied().collect::<Vec<_>>(), ["b"]);
        assert_eq!(shape.implied_types().map(|types| types.len()), Some(1));
    }

    #[test]
    fn a_cycle_ends() {
        let document = json!({"a": {"allOf": [{"$ref": "#/a"}], "type": "string"}, "b": {"$ref": "#/b"}});
        assert!(
            Document(&document)
                .shape(&document["a"])
                .implied_types()
                .is_some()
        );
        assert!(
            Document(&document)
                .shape(&document["b"])
                .implied_types()
                .is_none()
        );
    }

    #[test]
    fn an_integer_is_a_number_and_null_is_a_type() {
        let schemas = json!([{"type": "integer"}, {"type": "number"}, {"type": ["integer", "null"]}, {"type": "number", "nullable": true}, {"enum": [1, "a"]}]);
        let shape = |at: usize| Document(&schemas).shape(&schemas[at]);
        assert!(shape(0).types_beyond(&shape(1)).is_empty());
        assert_eq!(shape(1).types_beyond(&shape(0)), ["number"]);
        assert_eq!(shape(2).types_beyond(&shape(1)), ["null"]);
        assert!(shape(2).types_beyond(&shape(3)).is_empty());
        assert_eq!(shape(4).types_beyond(&shape(0)), ["string"]);
    }
}
