//! `execute_action_alloy`: reads the arguments and walks the way of a call.

use super::{ToolContext, ToolOutcome};
use crate::Engine;
use crate::call::Request;
use crate::error::{Error, Result};
use crate::fields::Fields;
use serde_json::{Map, Value};
use std::time::Duration;

const KNOWN: [&str; 5] = ["connectorId", "actionId", "parameters", "credentialId", "timeout"];

impl Engine {
    /// `execute_action_alloy`
    pub(super) async fn execute_action(
        &self,
        context: &ToolContext<'_>,
        mut arguments: Map<String, Value>,
    ) -> Result<ToolOutcome> {
        let parameters = match arguments.get_mut("parameters").map(Value::take) {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(parameters)) => parameters,
            Some(_) => return Err(misplaced(&arguments)),
        };
        let request = read(context, &arguments, parameters)?;
        let answer = self.execute(context.caller, context.scope, request).await?;
        Ok(ToolOutcome {
            text: answer.text,
            structured: false,
            is_error: false,
            cache_hit: answer.cache_hit,
        })
    }
}

fn read(
    context: &ToolContext<'_>,
    arguments: &Map<String, Value>,
    parameters: Map<String, Value>,
) -> Result<Request> {
    let mut fields = Fields::new(arguments);
    fields.only(&KNOWN);
    let connector = fields.required("connectorId", super::CONNECTOR);
    let action = fields.required("actionId", super::ACTION);
    let credential = fields.text("credentialId", |_| None);
    let rule = "must be a whole number of milliseconds from 1000 to 300000";
    let timeout = fields.whole("timeout", 1_000..=300_000, rule);
    if let (Some(argument), Some(header)) = (&credential, context.credential)
        && argument != header
    {
        fields.fault(
            "credentialId",
            "differs from the x-credential-id header: send one of them",
        );
    }
    fields.finish(Request {
        connector,
        action,
        parameters,
        credential,
        credential_header: context.credential.map(str::to_owned),
        timeout: timeout
            .and_then(|ms| u64::try_from(ms).ok())
            .map(Duration::from_millis),
    })
}

/// `parameters` is no object: said together with whatever else is wrong.
fn misplaced(arguments: &Map<String, Value>) -> Error {
    let mut fields = Fields::new(arguments);
    fields.only(&KNOWN);
    fields.required("connectorId", super::CONNECTOR);
    fields.required("actionId", super::ACTION);
    fields.fault(
        "parameters",
        "must be an object: one flat object of the action's parameters, not a string of JSON",
    );
    match fields.finish(()) {
        Err(error) => error,
        Ok(()) => Error::invalid("parameters", "must be an object"),
    }
}
