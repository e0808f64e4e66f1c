//! What was wrong with a request: one [`Problem`], with every [`Fault`] in it.

use crate::Code;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// One thing that is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Where: a path of names and indices from the body's root, `restrictions.users.mode` or `parameters.limit`.
    pub field: String,
    /// What is wrong and what would be right, as a sentence.
    pub message: String,
}

impl Fault {
    /// A fault of a field.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
        }
    }

    /// The same fault, seen from one level further out.
    #[must_use]
    pub fn under(mut self, outer: &str) -> Self {
        self.field = if self.field.is_empty() {
            outer.to_owned()
        } else if self.field.starts_with('[') {
            format!("{outer}{}", self.field)
        } else {
            format!("{outer}.{}", self.field)
        };
        self
    }
}

/// A refusal as the caller reads it: the error object of every HTTP answer and of every failed tool call.
///
/// The text is for the caller. The inner cause of a fault of ours goes to the log and never in here.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The stable cause.
    pub code: Code,
    /// One or two sentences for a person or a model.
    pub message: String,
    /// Further facts: `field` and `faults`, `suggestions`, `retryAfterSeconds`, …
    pub details: Map<String, Value>,
}

impl Problem {
    /// A problem without details.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            details: Map::new(),
        }
    }

    /// An `INVALID_REQUEST` that lists every fault. `field` names the first one, for clients that read one.
    pub fn invalid(faults: &[Fault]) -> Self {
        let message = match faults {
            [] => "The request is not valid".to_owned(),
            [one] if one.field.is_empty() => one.message.clone(),
            [one] => format!("{}: {}", one.field, one.message),
            [first, rest @ ..] => {
                format!("{}: {} (and {} more)", first.field, first.message, rest.len())
            }
        };
        let mut problem = Self::new(Code::InvalidRequest, message);
        if let Some(first) = faults.first().filter(|fault| !fault.field.is_empty()) {
            problem.details.insert("field".into(), json!(first.field));
        }
        problem.details.insert("faults".into(), json!(faults));
        problem
    }

    /// The same problem with one more fact.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// `{"code","message","details"}`; `details` is always an object.
    pub fn to_value(&self) -> Value {
        json!({ "code": self.code.as_str(), "message": self.message, "details": self.details })
    }

    /// The envelope of an HTTP answer: `{"error":{…}}`.
    pub fn to_envelope(&self) -> Value {
        json!({ "error": self.to_value() })
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::{Fault, Problem};

    #[test]
    fn every_fault_is_listed_and_the_first_is_named() {
        let problem = Problem::invalid(&[
            Fault::new("mode", "must be `allowlist` or `blocklist`")
                .under("users")
                .under("restrictions"),
            Fault::new("[3]", "must be a string").under("allowedIds"),
        ]);
        assert_eq!(problem.details["field"], "restrictions.users.mode");
        assert_eq!(problem.details["faults"][1]["field"], "allowedIds[3]");
        assert!(problem.message.ends_with("(and 1 more)"));
    }
}
