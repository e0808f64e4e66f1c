//! Errors of the protocol: number, text, data, and the HTTP status that goes with them.

use crate::json::cut;
use crate::{Era, Revision};
use serde_json::{Value, json};
use solder_model::Problem;
use std::borrow::Cow;

/// Characters of a client's own text that an error repeats at most.
const ECHO: usize = 200;

/// A JSON-RPC error. What a model can mend is no such error but a [`crate::CallToolResult`].
#[derive(Debug, Clone, PartialEq)]
pub struct RpcError {
    code: i64,
    message: Cow<'static, str>,
    data: Option<Value>,
    status: u16,
}

impl RpcError {
    fn new(code: i64, status: u16, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            data: None,
            status,
        }
    }

    fn with(mut self, data: Value) -> Self {
        self.data = Some(data);
        self
    }

    /// The body is no JSON: -32700, HTTP 400.
    pub(crate) fn parse(message: &'static str) -> Self {
        Self::new(-32700, 400, message)
    }

    /// The body is JSON and no message: -32600, HTTP 400.
    pub(crate) fn invalid_request(message: &'static str) -> Self {
        Self::new(-32600, 400, message)
    }

    /// No such method in this era: -32601; HTTP 404 in the modern era.
    pub fn unknown_method(name: &str) -> Self {
        Self::new(-32601, 404, format!("Method not found: {}", cut(name, ECHO)))
    }

    /// The parameters are wrong: -32602, HTTP 200.
    pub fn invalid_params(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(-32602, 200, message)
    }

    /// No such tool for this caller: -32602.
    pub fn unknown_tool(name: &str) -> Self {
        Self::invalid_params(format!("Unknown tool: {}", cut(name, ECHO)))
    }

    /// No such prompt for this caller: -32602.
    pub fn unknown_prompt(name: &str) -> Self {
        Self::invalid_params(format!("Unknown prompt: {}", cut(name, ECHO)))
    }

    /// No such resource for this caller, with `data.uri`: -32602, and -32002 for legacy clients, which know that one.
    pub fn unknown_resource(uri: &str, era: Era) -> Self {
        let code = if era.is_modern() { -32602 } else { -32002 };
        Self::new(code, 200, "Resource not found").with(json!({ "uri": uri }))
    }

    /// A cursor that no list gave out: -32602.
    pub fn bad_cursor() -> Self {
        Self::invalid_params("Invalid cursor: start again without one")
    }

    /// A fault of ours, without anything of the inside: -32603. `reference` finds it in the log.
    pub fn internal(reference: &str) -> Self {
        Self::new(-32603, 200, "Internal error").with(json!({ "requestId": reference }))
    }

    /// A modern request lacks what every request carries in `_meta`: -32602, HTTP 400.
    pub(crate) fn missing_meta(message: &'static str) -> Self {
        Self::new(-32602, 400, message)
    }

    /// A header that mirrors the body is missing, repeated, unreadable or says something else: -32020, HTTP 400.
    pub(crate) fn header_mismatch(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(-32020, 400, message)
    }

    /// The client has not declared a capability that the request needs: -32021, HTTP 400. `required` is an object of
    /// capabilities, such as `{"elicitation":{}}`.
    pub fn missing_capability(required: &Value) -> Self {
        Self::new(
            -32021,
            400,
            "The client has not declared a capability that this request needs",
        )
        .with(json!({ "requiredCapabilities": required }))
    }

    /// A revision that is not served: -32022, HTTP 400.
    pub(crate) fn unsupported_version(requested: &str, supported: &[Revision]) -> Self {
        let names: Vec<_> = supported.iter().map(|revision| revision.as_str()).collect();
        let message = format!(
            "Unsupported protocol version: {}. Supported: {}",
            cut(requested, ECHO),
            names.join(", ")
        );
        Self::new(-32022, 400, message).with(json!({ "supported": names, "requested": requested }))
    }

    /// A refusal that has no number of its own in the protocol: the number is the HTTP status, and `data` the error
    /// object of the HTTP endpoints (contract part 4).
    pub fn refused(problem: &Problem) -> Self {
        let status = problem.code.status();
        Self::new(i64::from(status), status, problem.message.clone()).with(problem.to_value())
    }

    /// The number.
    pub const fn code(&self) -> i64 {
        self.code
    }

    /// The text for a person.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The further facts.
    pub const fn data(&self) -> Option<&Value> {
        self.data.as_ref()
    }

    /// The HTTP status wherever the status is not 200 by the legacy rule.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// `{"code","message","data"?}`.
    pub(crate) fn to_value(&self) -> Value {
        let mut value = json!({ "code": self.code, "message": self.message });
        if let (Some(object), Some(data)) = (value.as_object_mut(), &self.data) {
            object.insert("data".to_owned(), data.clone());
        }
        value
    }
}
