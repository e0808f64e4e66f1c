//! Arguments that modern clients mirror in `Mcp-Param-*` headers (SEP-2243).

use crate::header::{self, Single, decode};
use crate::select::required;
use crate::{Error, Head, RpcError, ToolCall};
use http::HeaderName;
use serde_json::Value;

/// Levels of a schema that are looked through.
const MAX_LEVELS: usize = 64;

/// Keywords that hold one schema, or a list of them.
const NESTED: &[&str] = &[
    "items",
    "prefixItems",
    "additionalItems",
    "contains",
    "additionalProperties",
    "unevaluatedItems",
    "unevaluatedProperties",
    "propertyNames",
    "contentSchema",
    "oneOf",
    "anyOf",
    "allOf",
    "not",
    "if",
    "then",
    "else",
];

/// Keywords that hold schemas by name.
const NAMED: &[&str] = &["patternProperties", "dependentSchemas", "$defs", "definitions"];

/// The arguments of a tool that modern clients mirror in headers: what its schema marks with `x-mcp-header`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeaderParams(Vec<HeaderParam>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct HeaderParam {
    header: HeaderName,
    path: Vec<String>,
}

impl HeaderParams {
    /// Reads the marks of a schema. A mark names a header by a token, once in a tool, on a string, an integer or a
    /// boolean that is reached through `properties` alone: clients drop a tool that breaks this, so that it must not
    /// be published.
    pub(crate) fn compile(schema: &Value) -> Result<Self, Error> {
        let mut found = Self::default();
        found.visit(schema, &mut Vec::new(), true)?;
        Ok(found)
    }

    /// Whether no argument is mirrored.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn visit(&mut self, schema: &Value, path: &mut Vec<String>, reachable: bool) -> Result<(), Error> {
        let Some(schema) = schema.as_object() else {
            return Ok(());
        };
        if path.len() > MAX_LEVELS {
            return Err(fault(path, "the schema nests too deep"));
        }
        if let Some(mark) = schema.get("x-mcp-header") {
            let reachable = reachable && !path.is_empty();
            self.take(mark, schema.get("type"), path, reachable)?;
        }
        for (name, inner) in schema
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            self.descend(inner, path, name, reachable)?;
        }
        for keyword in NESTED {
            match schema.get(*keyword) {
                Some(Value::Array(schemas)) => {
                    schemas
                        .iter()
                        .try_for_each(|inner| self.descend(inner, path, keyword, false))?;
                }
                Some(inner) => self.descend(inner, path, keyword, false)?,
                None => {}
            }
        }
        let named = NAMED
            .iter()
            .filter_map(|keyword| schema.get(*keyword)?.as_object())
            .flatten();
        for (name, inner) in named {
            self.descend(inner, path, name, false)?;
        }
        Ok(())
    }

    fn descend(
        &mut self,
        schema: &Value,
        path: &mut Vec<String>,
        name: &str,
        reachable: bool,
    ) -> Result<(), Error> {
        path.push(name.to_owned());
        let visited = self.visit(schema, path, reachable);
        path.pop();
        visited
    }

    fn take(
        &mut self,
        mark: &Value,
        kind: Option<&Value>,
        path: &[String],
        reachable: bool,
    ) -> Result<(), Error> {
        if !reachable {
            return Err(fault(
                path,
                "`x-mcp-header` stands where no argument is reached by names alone",
            ));
        }
        if !matches!(
            kind.and_then(Value::as_str),
            Some("string" | "integer" | "boolean")
        ) {
            return Err(fault(
                path,
                "`x-mcp-header` is for strings, integers and booleans",
            ));
        }
        let name = mark.as_str().filter(|name| !name.is_empty());
        let header =
            name.and_then(|name| HeaderName::from_bytes(format!("{}{name}", header::PARAM).as_bytes()).ok());
        let Some(header) = header else {
            return Err(fault(path, "`x-mcp-header` must be a token of RFC 9110"));
        };
        if self.0.iter().any(|param| param.header == header) {
            return Err(fault(
                path,
                "`x-mcp-header` names a header that the tool has already",
            ));
        }
        self.0.push(HeaderParam {
            header,
            path: path.to_vec(),
        });
        Ok(())
    }
}

fn fault(path: &[String], reason: &'static str) -> Error {
    Error::HeaderAnnotation {
        path: path.join("."),
        reason,
    }
}

impl Head<'_> {
    /// Checks the `Mcp-Param-*` headers of a modern `tools/call` against its arguments: -32020 where one is missing,
    /// repeated, badly encoded, or says something else. Headers that mirror nothing of the tool are not looked at.
    pub fn check_params(&self, call: &ToolCall<'_>, params: &HeaderParams) -> Result<(), RpcError> {
        if params.is_empty() {
            return Ok(());
        }
        let arguments = Value::Object(call.parse_arguments()?);
        params
            .0
            .iter()
            .try_for_each(|param| self.check_param(param, &arguments))
    }

    fn check_param(&self, param: &HeaderParam, arguments: &Value) -> Result<(), RpcError> {
        let name = param.header.as_str();
        let argument = param.path.iter().try_fold(arguments, |value, key| value.get(key));
        let found = Single::read(self.headers(), name);
        // What no header can say is not mirrored; the tool's schema refuses it later.
        let mirrored = argument.filter(|value| value.is_string() || value.is_number() || value.is_boolean());
        let Some(argument) = mirrored else {
            return if found == Single::Absent {
                Ok(())
            } else {
                Err(RpcError::header_mismatch(format!(
                    "Header mismatch: `{name}` mirrors an argument that is not there"
                )))
            };
        };
        let Some(decoded) = decode(required(found, name)?) else {
            return Err(RpcError::header_mismatch(format!(
                "Header mismatch: `{name}` is not base64 of UTF-8 between `=?base64?` and `?=`"
            )));
        };
        if says(&decoded, argument) {
            Ok(())
        } else {
            Err(RpcError::header_mismatch(format!(
                "Header mismatch: `{name}` must equal the argument `{}`",
                param.path.join(".")
            )))
        }
    }
}

/// Whether a header's text says the same as an argument. Numbers are compared as numbers: 42.0 is 42.
fn says(text: &str, argument: &Value) -> bool {
    match argument {
        Value::String(value) => value == text,
        Value::Bool(value) => text == if *value { "true" } else { "false" },
        Value::Number(value) => match serde_json::from_str::<serde_json::Number>(text) {
            Ok(number) if number == *value => true,
            Ok(number) => {
                let whole = |number: &serde_json::Number| number.is_i64() || number.is_u64();
                // Two whole numbers that differ may still be one and the same as floating point.
                !(whole(&number) && whole(value)) && number.as_f64() == value.as_f64()
            }
            Err(_) => false,
        },
        _ => false,
    }
}
