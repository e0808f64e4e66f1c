//! The fixed documents of GraphQL actions against a schema: first the document itself, then what the action gives its
//! variables.
//!
//! The variables are told as the JSON body of an operation, so that they are compared as any body is.

mod introspection;
mod types;

pub(crate) use types::Needed;

use crate::action::Action;
use apollo_compiler::executable::{Operation, Selection, SelectionSet};
use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{ExecutableDocument, Schema};
use serde_json::{Map, Value, json};

/// So many mistakes of a schema or document are told.
const TOLD: usize = 5;

/// Reads a schema: SDL.
pub(crate) fn from_sdl(text: &str) -> Result<Valid<Schema>, String> {
    // Vendors' schemas need not be without fault themselves, and some state what is built in; what can be read decides.
    let builder = Schema::builder().ignore_builtin_redefinitions();
    let built = builder.parse(text, "schema").build();
    built
        .map(Valid::assume_valid)
        .map_err(|found| mistakes(&found.errors).join("; "))
}

/// Reads a schema: the answer to an introspection query. Nothing where it is none.
pub(crate) fn from_introspection(answer: &Value) -> Option<Result<Valid<Schema>, String>> {
    introspection::to_sdl(answer).map(|text| from_sdl(&text))
}

fn mistakes(found: &DiagnosticList) -> Vec<String> {
    let told = found.iter().take(TOLD).map(|mistake| {
        let mistake = mistake.unstable_to_json_compat();
        let line = mistake
            .locations
            .first()
            .map(|place| format!("line {}: ", place.line));
        format!("{}{}", line.unwrap_or_default(), mistake.message)
    });
    told.collect()
}

/// What a schema says of an action's document.
pub(super) struct Read {
    /// Its one operation as an `OpenAPI` description: its id is the root field, its body the variables. Nothing where the
    /// document does not fit the schema.
    pub(super) description: Option<Value>,
    /// Key and sentence of each difference.
    pub(super) differences: Vec<(String, String)>,
}

/// Compares the document of an action with a schema; nothing where the action has none.
pub(super) fn read(schema: &Valid<Schema>, action: &Action) -> Option<Read> {
    let text = action.document()?;
    let document = match ExecutableDocument::parse_and_validate(schema, text, "document") {
        Ok(document) => document,
        Err(found) => return Some(Read::broken(mistakes(&found.errors).join("; "))),
    };
    let mut operations = document.operations.iter();
    let (Some(operation), None) = (operations.next(), operations.next()) else {
        return Some(Read::broken(
            "the document must have exactly one operation".to_owned(),
        ));
    };
    let mut differences = Vec::new();
    deprecated(&document, &operation.selection_set, DEPTH, &mut differences);
    Some(Read {
        description: Some(description(schema, action, &document, operation)),
        differences,
    })
}

impl Read {
    fn broken(what: String) -> Self {
        Self {
            description: None,
            differences: vec![("document".to_owned(), what)],
        }
    }
}

/// Selections are followed so deep; deeper documents are refused by the parser.
const DEPTH: usize = 64;

/// Notes the deprecated fields that a document asks for.
fn deprecated(
    document: &ExecutableDocument,
    set: &SelectionSet,
    depth: usize,
    found: &mut Vec<(String, String)>,
) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for selection in &set.selections {
        match selection {
            Selection::Field(field) => {
                if let Some(mark) = field.definition.directives.get("deprecated") {
                    let why = mark
                        .specified_argument_by_name("reason")
                        .and_then(|why| why.as_str());
                    let why = why.map_or_else(String::new, |why| format!(": {why}"));
                    let name = format!("{}.{}", set.ty, field.name);
                    let what = format!("the description says that `{name}` is deprecated{why}");
                    found.push((format!("deprecated.{name}"), what));
                }
                deprecated(document, &field.selection_set, depth, found);
            }
            Selection::InlineFragment(inline) => deprecated(document, &inline.selection_set, depth, found),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = spread.fragment_def(document) {
                    deprecated(document, &fragment.selection_set, depth, found);
                }
            }
        }
    }
}

fn description(
    schema: &Schema,
    action: &Action,
    document: &ExecutableDocument,
    operation: &Operation,
) -> Value {
    let roots: Vec<_> = operation
        .root_fields(document)
        .map(|field| field.name.as_str())
        .collect();
    // A document may ask for several things at once; any of them may give the action its name.
    let named = action.op.as_deref().unwrap_or(&action.id);
    let root = roots
        .iter()
        .find(|root| **root == named)
        .or(roots.first())
        .copied();
    let mut needed = Needed::default();
    let mut properties = Map::new();
    let mut required = Vec::new();
    for variable in &operation.variables {
        properties.insert(variable.name.to_string(), needed.schema(schema, &variable.ty));
        if variable.ty.is_non_null() && variable.default_value.is_none() {
            required.push(variable.name.as_str());
        }
    }
    let body = json!({ "type": "object", "properties": properties, "required": required });
    let content = json!({ "application/json": { "schema": body } });
    let operation = json!({ "operationId": root, "requestBody": { "content": content } });
    let item = Map::from_iter([(action.method.as_str().to_ascii_lowercase(), operation)]);
    let paths = Map::from_iter([(action.path.clone(), Value::Object(item))]);
    json!({ "openapi": "3.1.0", "paths": paths, "components": { "schemas": needed.all(schema) } })
}
