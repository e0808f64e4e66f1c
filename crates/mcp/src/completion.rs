//! `completion/complete`: what a client asks to have completed, and what it is answered.

use crate::{Call, RpcError, json};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The most values that one answer holds (the specification's own limit).
pub const MAX_COMPLETIONS: usize = 100;

/// What is to be completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The resource template that the argument belongs to.
    pub template: String,
    /// The argument's name.
    pub argument: String,
    /// What was typed of it so far.
    pub typed: String,
    /// The template's arguments that are settled already.
    pub settled: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Params {
    #[serde(rename = "ref")]
    reference: Reference,
    argument: Argument,
    #[serde(default)]
    context: Option<Context>,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    uri: String,
}

#[derive(Deserialize)]
struct Argument {
    name: String,
    value: String,
}

#[derive(Default, Deserialize)]
struct Context {
    #[serde(default)]
    arguments: Option<BTreeMap<String, String>>,
}

impl Call {
    /// What is to be completed. There are no prompts, so that a reference to one is to nothing: -32602.
    pub fn completion(&self) -> Result<Completion, RpcError> {
        let raw = self.params.as_deref().map_or("{}", RawValue::get);
        let read: Params = serde_json::from_str(raw).map_err(|_unreadable| {
            RpcError::invalid_params(
                "Invalid params: `ref` must be {\"type\":\"ref/resource\",\"uri\"}, and `argument` {\"name\",\"value\"} of strings",
            )
        })?;
        match read.reference.kind.as_str() {
            "ref/resource" => Ok(Completion {
                template: read.reference.uri,
                argument: read.argument.name,
                typed: read.argument.value,
                settled: read
                    .context
                    .and_then(|context| context.arguments)
                    .unwrap_or_default(),
            }),
            "ref/prompt" => Err(RpcError::unknown_prompt(&read.reference.name)),
            _ => Err(RpcError::invalid_params(
                "Invalid params: `ref.type` must be \"ref/resource\" or \"ref/prompt\"",
            )),
        }
    }
}

/// Appends the member of the result: `"completion":{"values","hasMore"}`, at most [`MAX_COMPLETIONS`] values.
pub(crate) fn write(values: &[String], has_more: bool) -> Vec<u8> {
    let shown = values.get(..MAX_COMPLETIONS).unwrap_or(values);
    let mut out = br#""completion":{"values":"#.to_vec();
    json::write(&mut out, &shown);
    out.extend_from_slice(br#","hasMore":"#);
    json::write(&mut out, &(has_more || shown.len() < values.len()));
    out.push(b'}');
    out
}
