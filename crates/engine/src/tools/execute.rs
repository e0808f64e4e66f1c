//! `execute_action_alloy`: reads the arguments and walks the way of a call.

use super::{ToolContext, ToolOutcome};
use crate::Engine;
use crate::call::{KNOWN, Request, take_parameters};
use crate::error::Result;
use crate::fields::Fields;
use serde_json::{Map, Value};

impl Engine {
    /// `execute_action_alloy`
    pub(super) async fn execute_action_tool(
        &self,
        context: &ToolContext<'_>,
        mut arguments: Map<String, Value>,
    ) -> Result<ToolOutcome> {
        let parameters = take_parameters(&mut arguments);
        let mut fields = Fields::new(&arguments);
        let known: Vec<&str> = ["connectorId", "actionId"].into_iter().chain(KNOWN).collect();
        fields.only(&known);
        let connector = fields.required("connectorId", super::CONNECTOR);
        let action = fields.required("actionId", super::ACTION);
        let request = Request::read(&mut fields, (connector, action), parameters, context.credential);
        let request = fields.finish(request)?;
        let answer = self.execute(context.caller, context.scope, request).await?;
        Ok(ToolOutcome {
            text: answer.text,
            structured: false,
            is_error: false,
            cache_hit: answer.cache_hit,
        })
    }
}
