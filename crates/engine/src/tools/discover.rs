//! From a sentence to the actions that would do it, with what is still missing before the first can run.

use super::{ToolContext, ToolOutcome};
use crate::Engine;
use crate::error::Result;
use crate::fields::Fields;
use serde_json::{Map, Value, json};
use solder_connector::{Action, Connector};
use std::collections::HashMap;

/// How many actions are offered: enough to choose from, few enough to read.
const OFFERED: usize = 5;

/// The longest goal, in characters.
const MAX_GOAL: usize = 1_000;

impl Engine {
    /// `discover_action_path_alloy`
    pub(super) async fn discover(
        &self,
        context: &ToolContext<'_>,
        arguments: &Map<String, Value>,
    ) -> Result<ToolOutcome> {
        let mut fields = Fields::new(arguments);
        fields.only(&["goal"]);
        let goal = fields.required("goal", "what shall be done, as a sentence");
        if goal.chars().count() > MAX_GOAL {
            fields.fault("goal", format!("must be at most {MAX_GOAL} characters long"));
        }
        let goal = fields.finish(goal)?;
        let policy = context.scope.policy();
        let shelf = self.shelf(&context.caller.account).await?;
        let near = self.connected(context.caller, context.scope).await?;
        let hits = shelf.search(&goal, policy, &near, OFFERED);
        let mut connected = HashMap::new();
        let mut actions = Vec::with_capacity(hits.len());
        for hit in hits {
            let entry = shelf.seen(hit.connector.as_str(), policy)?;
            let connector = entry.connector()?;
            let action = crate::catalog::seen_action(&connector, &hit.action, policy)?;
            let needs = connector.needs_credential() && action.needs_credential;
            let has = if !needs {
                true
            } else if let Some(known) = connected.get(&hit.connector) {
                *known
            } else {
                let has = self
                    .pick_credential(context.caller, context.scope, entry, None, |_| true)
                    .await?
                    .is_some();
                connected.insert(hit.connector.clone(), has);
                has
            };
            actions.push(offer(&connector, &action, hit.score, has));
        }
        let message = match actions.len() {
            0 => "No action in reach fits this goal; list_connectors_alloy shows what there is".to_owned(),
            1 => "Found 1 action".to_owned(),
            count => format!("Found {count} actions, the best first"),
        };
        ToolOutcome::structured(&json!({ "goal": goal, "actions": actions, "message": message }))
    }
}

fn offer(connector: &Connector, action: &Action, score: f32, has_credential: bool) -> Value {
    let (id, action_id) = (connector.id.as_str(), action.id.as_str());
    let required = action
        .input_schema
        .get("required")
        .cloned()
        .unwrap_or_else(|| json!([]));
    let mut steps = Vec::new();
    let mut missing = Vec::new();
    if !has_credential {
        steps.push(json!({ "tool": "get_credential_metadata_alloy", "arguments": { "connectorId": id } }));
        steps.push(json!({ "tool": "create_credential_alloy", "arguments": { "connectorId": id } }));
        missing.push(json!({ "what": "credential", "message": format!("This user has no credential for {}", connector.name) }));
    }
    if required.as_array().is_some_and(|names| !names.is_empty()) {
        missing.push(json!({ "what": "parameters", "names": required, "message": "Values for the required parameters" }));
    }
    let arguments = json!({ "connectorId": id, "actionId": action_id });
    steps.push(json!({ "tool": "get_action_details_alloy", "arguments": arguments }));
    let sample = json!({ "connectorId": id, "actionId": action_id, "parameters": action.sample });
    steps.push(json!({ "tool": "execute_action_alloy", "arguments": sample }));
    json!({
        "connectorId": id,
        "actionId": action_id,
        "name": action.title,
        "description": action.about,
        "kind": action.kind.as_str(),
        "score": (f64::from(score) * 100.0).round() / 100.0,
        "ready": missing.is_empty(),
        "missing": missing,
        "steps": steps,
    })
}
