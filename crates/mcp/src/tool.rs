//! A tool as clients see it.

use crate::{Error, HeaderParams, Revision};
use serde_json::{Map, Value, json};

/// What a client may expect of a tool (2025-03-26 and later). Every hint is told: the protocol takes silence for the
/// more dangerous reading.
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent hints, as the protocol has them"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Annotations {
    /// It changes nothing.
    pub read_only: bool,
    /// It may destroy or overwrite.
    pub destructive: bool,
    /// A repeat of the same call changes nothing further.
    pub idempotent: bool,
    /// It reaches a world outside, such as a platform.
    pub open_world: bool,
}

/// A tool as clients see it.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolDescriptor {
    /// The name that calls use.
    pub name: String,
    /// A name for people.
    pub title: String,
    /// What it does, for the model.
    pub description: String,
    /// JSON Schema of the arguments, of type `object`.
    pub input_schema: Value,
    /// JSON Schema of the structured content; none where results are text alone.
    pub output_schema: Option<Value>,
    /// What to expect of it.
    pub annotations: Annotations,
}

impl ToolDescriptor {
    /// The arguments that modern clients mirror in headers. Errors: `x-mcp-header` where it must not stand.
    pub fn header_params(&self) -> Result<HeaderParams, Error> {
        HeaderParams::compile(&self.input_schema)
    }

    /// The tool as the revision reads it.
    pub(crate) fn to_value(&self, revision: Revision) -> Value {
        let mut tool = Map::new();
        tool.insert("name".to_owned(), json!(self.name));
        let has_title = revision >= Revision::V2025_06_18;
        if has_title {
            tool.insert("title".to_owned(), json!(self.title));
        }
        tool.insert("description".to_owned(), json!(self.description));
        tool.insert("inputSchema".to_owned(), self.input_schema.clone());
        if let Some(schema) = self.output_schema_for(revision) {
            tool.insert("outputSchema".to_owned(), schema.clone());
        }
        if revision >= Revision::V2025_03_26 {
            let mut annotations = json!({
                "readOnlyHint": self.annotations.read_only,
                "destructiveHint": self.annotations.destructive,
                "idempotentHint": self.annotations.idempotent,
                "openWorldHint": self.annotations.open_world,
            });
            if let (false, Some(members)) = (has_title, annotations.as_object_mut()) {
                // The one place that 2025-03-26 has for it.
                members.insert("title".to_owned(), json!(self.title));
            }
            tool.insert("annotations".to_owned(), annotations);
        }
        Value::Object(tool)
    }

    /// Before 2026-07-28 structured content is an object, and a schema of anything else is a fault.
    fn output_schema_for(&self, revision: Revision) -> Option<&Value> {
        let schema = self.output_schema.as_ref()?;
        let of_object = schema.get("type").and_then(Value::as_str) == Some("object");
        (revision.is_modern() || (revision >= Revision::V2025_06_18 && of_object)).then_some(schema)
    }
}
