//! Advice of the engine names the MCP tools, since models read most of it. Whoever speaks REST has no tools and reads the
//! endpoints' names in their place.

use serde_json::Value;
use solder_engine::Tool;
use solder_model::{Code, Problem};

/// The same problem, for callers of the management API.
pub(crate) fn by_endpoints(mut problem: Problem) -> Problem {
    // The message of any other code may hold a name that the caller chose.
    if problem.code == Code::InvalidRequest {
        reword(&mut problem.message);
    }
    if let Some(Value::String(hint)) = problem.details.get_mut("hint") {
        reword(hint);
    }
    if let Some(Value::Array(faults)) = problem.details.get_mut("faults") {
        for fault in faults {
            if let Some(Value::String(message)) = fault.get_mut("message") {
                reword(message);
            }
        }
    }
    problem
}

fn reword(text: &mut String) {
    if text.contains("_alloy") {
        for tool in Tool::ALL {
            *text = text.replace(tool.name(), endpoint(tool));
        }
    }
}

/// What does for callers of the management API what the tool does for models.
const fn endpoint(tool: Tool) -> &'static str {
    match tool {
        Tool::ListConnectors => "GET /api/connectors",
        Tool::DiscoverActionPath => "GET /api/connectors?query=",
        Tool::GetConnectorResources | Tool::GetCredentialMetadata => "GET /api/connectors/{connectorId}",
        Tool::GetActionDetails => "GET /api/connectors/{connectorId}/actions/{actionId}",
        Tool::ExecuteAction => "POST /api/connectors/{connectorId}/actions/{actionId}/execute",
        Tool::CreateCredential => "POST /api/credentials",
        Tool::GetCredentials => "GET /api/credentials",
    }
}

#[cfg(test)]
mod tests {
    use super::by_endpoints;
    use solder_engine::Tool;
    use solder_model::{Code, Fault, Problem};

    #[test]
    fn every_tool_has_an_endpoint_in_its_place() {
        for tool in Tool::ALL {
            let problem = Problem::new(Code::NotFound, "x").with("hint", format!("ask {}", tool.name()));
            let hint = by_endpoints(problem).details["hint"].as_str().unwrap().to_owned();
            assert!(hint.contains(" /api/") && !hint.contains("_alloy"), "{hint}");
        }
    }

    #[test]
    fn faults_are_reworded_and_what_the_caller_chose_is_not() {
        let fault = Fault::new(
            "list_connectors_alloy",
            "one of those that list_connectors_alloy lists",
        );
        let problem = by_endpoints(Problem::invalid(&[fault]));
        let fault = &problem.details["faults"][0];
        assert_eq!(fault["field"], "list_connectors_alloy");
        assert_eq!(fault["message"], "one of those that GET /api/connectors lists");
        let name = "Action not found: `list_connectors_alloy`";
        assert_eq!(
            by_endpoints(Problem::new(Code::ActionNotFound, name)).message,
            name
        );
    }
}
