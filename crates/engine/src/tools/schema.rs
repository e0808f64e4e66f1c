//! The schemas of the eight tools, as models and clients read them: short, since every token counts.

use super::Tool;
use serde_json::{Value, json};
use solder_mcp::{Annotations, ToolDescriptor};

/// The descriptors of all tools, in the order in which they are listed.
pub fn tool_descriptors() -> Vec<ToolDescriptor> {
    Tool::ALL.into_iter().map(descriptor).collect()
}

fn descriptor(tool: Tool) -> ToolDescriptor {
    ToolDescriptor {
        name: tool.name().to_owned(),
        title: title(tool).to_owned(),
        description: description(tool).to_owned(),
        input_schema: input(tool),
        output_schema: output(tool),
        annotations: annotations(tool),
    }
}

const fn title(tool: Tool) -> &'static str {
    match tool {
        Tool::ListConnectors => "List connectors",
        Tool::GetConnectorResources => "List a connector's actions",
        Tool::GetActionDetails => "Show an action",
        Tool::ExecuteAction => "Execute an action",
        Tool::CreateCredential => "Create a credential",
        Tool::GetCredentials => "List credentials",
        Tool::GetCredentialMetadata => "Show what a credential needs",
        Tool::DiscoverActionPath => "Find actions for a goal",
    }
}

const fn description(tool: Tool) -> &'static str {
    match tool {
        Tool::ListConnectors => "List the connectors that are in reach: platforms such as Slack or GitHub.",
        Tool::GetConnectorResources => {
            "List what a connector can do: its resources, each with its actions (id, name, description)."
        }
        Tool::GetActionDetails => {
            "Show one action: its parameters, the JSON Schema of its arguments, and a sample call. Read this before \
             executing an action for the first time."
        }
        Tool::ExecuteAction => {
            "Execute an action on its platform. `parameters` is one flat object with the names that \
             get_action_details_alloy gives; what goes into path, query, header or body is sorted out here. Long \
             lists come cut, with a note how to go on."
        }
        Tool::CreateCredential => {
            "Connect a connector. `authenticationType` and `fields` are those that get_credential_metadata_alloy gives. \
             By OAuth the answer holds an `oauthUrl`, which the person opens in a browser to consent (with a `userCode` \
             to type there, where there is one); else the id of the stored credential, never the secret."
        }
        Tool::GetCredentials => "List the stored credentials, newest first, without any secret.",
        Tool::GetCredentialMetadata => {
            "Show the ways to connect a connector, with the fields that each needs."
        }
        Tool::DiscoverActionPath => {
            "Say in a sentence what shall be done and get the best matching actions, each with the steps to take and \
             what is still missing, such as a credential."
        }
    }
}

fn annotations(tool: Tool) -> Annotations {
    let reads = Annotations {
        read_only: true,
        destructive: false,
        idempotent: true,
        open_world: false,
    };
    match tool {
        Tool::ExecuteAction => Annotations {
            read_only: false,
            destructive: true,
            idempotent: false,
            open_world: true,
        },
        Tool::CreateCredential => Annotations {
            read_only: false,
            destructive: false,
            idempotent: false,
            ..reads
        },
        Tool::ListConnectors
        | Tool::GetConnectorResources
        | Tool::GetActionDetails
        | Tool::GetCredentials
        | Tool::GetCredentialMetadata
        | Tool::DiscoverActionPath => reads,
    }
}

fn text(about: &str) -> Value {
    json!({ "type": "string", "description": about })
}

/// An object that answers hold: more than what is listed may stand in it.
fn object(properties: &Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required })
}

/// An object of arguments: nothing beside what is listed.
fn arguments(properties: &Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn list(items: &Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn input(tool: Tool) -> Value {
    let connector = text("A connector's id, such as `slack`");
    let action = text("An action's id, such as `chat_postMessage`; case-sensitive");
    match tool {
        Tool::ListConnectors => arguments(
            &json!({ "category": text("Only connectors of this category") }),
            &[],
        ),
        Tool::GetConnectorResources | Tool::GetCredentialMetadata => {
            arguments(&json!({ "connectorId": connector }), &["connectorId"])
        }
        Tool::GetActionDetails => arguments(
            &json!({ "connectorId": connector, "actionId": action }),
            &["connectorId", "actionId"],
        ),
        Tool::GetCredentials => arguments(&json!({ "connectorId": connector }), &[]),
        Tool::DiscoverActionPath => {
            let goal = json!({ "type": "string", "maxLength": 1000, "description": "What shall be done, as a sentence" });
            arguments(&json!({ "goal": goal }), &["goal"])
        }
        Tool::ExecuteAction => arguments(
            &json!({
                "connectorId": connector,
                "actionId": action,
                "parameters": { "type": "object", "description": "The action's parameters, flat" },
                "fields": text("JMESPath for only what you need, such as `items[*].{id: id, name: name}`"),
                "credentialId": text("Which credential to use; by default the newest for the connector"),
                "timeout": {
                    "type": "integer",
                    "minimum": 1000,
                    "maximum": 300_000,
                    "description": "Milliseconds; 30000 by default",
                },
            }),
            &["connectorId", "actionId"],
        ),
        Tool::CreateCredential => arguments(
            &json!({
                "connectorId": connector,
                "authenticationType": text("One of those that get_credential_metadata_alloy lists"),
                "fields": { "type": "object", "description": "The fields that this type needs" },
                "data": { "type": "object", "description": "Another name for `fields`" },
                "name": text("A name for people"),
                "redirectUri": text("Where the browser goes after an OAuth sign-in"),
                "credentialId": text("A credential to connect again by OAuth; it keeps its id"),
            }),
            &["connectorId", "authenticationType"],
        ),
    }
}

fn output(tool: Tool) -> Option<Value> {
    let string = json!({ "type": "string" });
    let strings = list(&string);
    Some(match tool {
        Tool::ExecuteAction => return None,
        Tool::ListConnectors => {
            let properties = json!({ "id": string, "name": string, "category": strings });
            let connector = object(&properties, &["id", "name", "category"]);
            let properties =
                json!({ "connectors": list(&connector), "count": { "type": "integer" }, "message": string });
            object(&properties, &["connectors", "count", "message"])
        }
        Tool::GetConnectorResources => {
            let action = object(
                &json!({ "id": string, "name": string, "description": string }),
                &["id", "name"],
            );
            let properties =
                json!({ "id": string, "name": string, "description": string, "actions": list(&action) });
            let resource = object(&properties, &["id", "name", "actions"]);
            let properties = json!({ "connectorId": string, "resources": list(&resource) });
            object(&properties, &["connectorId", "resources"])
        }
        Tool::GetActionDetails => {
            let any = json!({ "type": "object" });
            let properties = json!({
                "id": string,
                "displayName": string,
                "description": string,
                "httpMethod": string,
                "path": string,
                "parameters": list(&any),
                "requestBody": any,
            });
            let action = object(
                &properties,
                &[
                    "id",
                    "displayName",
                    "description",
                    "httpMethod",
                    "path",
                    "parameters",
                ],
            );
            let properties = json!({ "connectorId": string, "action": action, "sample": any });
            object(&properties, &["connectorId", "action", "sample"])
        }
        Tool::CreateCredential => {
            let properties = json!({
                "credentialId": string, "oauthUrl": string, "userCode": string, "expiresAt": string, "message": string,
            });
            object(&properties, &[])
        }
        Tool::GetCredentials => {
            let properties = json!({
                "credentialId": string,
                "name": string,
                "type": string,
                "connectorId": string,
                "authenticationType": string,
                "status": string,
                "statusReason": string,
                "identity": string,
                "scopes": strings,
                "expiresAt": string,
                "createdAt": string,
                "updatedAt": string,
            });
            let credential = object(
                &properties,
                &["credentialId", "name", "type", "createdAt", "updatedAt"],
            );
            object(&json!({ "credentials": list(&credential) }), &["credentials"])
        }
        Tool::GetCredentialMetadata => {
            let properties = json!({
                "authenticationType": string,
                "authConfigRequired": { "type": "boolean" },
                "message": string,
                "inputSchema": { "type": "object" },
                "sampleInput": { "type": "object" },
            });
            let kind = object(
                &properties,
                &[
                    "authenticationType",
                    "authConfigRequired",
                    "inputSchema",
                    "sampleInput",
                ],
            );
            object(&json!({ "metadata": list(&kind) }), &["metadata"])
        }
        Tool::DiscoverActionPath => discovered(&string),
    })
}

fn discovered(string: &Value) -> Value {
    let step = object(
        &json!({ "tool": string, "arguments": { "type": "object" } }),
        &["tool", "arguments"],
    );
    let missing = object(
        &json!({ "what": string, "message": string, "names": list(string) }),
        &["what", "message"],
    );
    let properties = json!({
        "connectorId": string,
        "actionId": string,
        "name": string,
        "description": string,
        "kind": string,
        "score": { "type": "number" },
        "ready": { "type": "boolean" },
        "missing": list(&missing),
        "steps": list(&step),
    });
    let action = object(
        &properties,
        &[
            "connectorId",
            "actionId",
            "name",
            "description",
            "missing",
            "steps",
        ],
    );
    let properties = json!({ "goal": string, "actions": list(&action), "message": string });
    object(&properties, &["goal", "actions", "message"])
}
