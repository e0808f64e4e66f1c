//! A client of the MCP endpoint, in both eras.

use crate::{Answer, Client};
use reqwest::Method;
use serde_json::{Value, json};

const MODERN: &str = "2026-07-28";

/// A client of one MCP address.
#[derive(Debug, Clone)]
pub struct Mcp {
    client: Client,
    path: String,
}

impl Mcp {
    /// A client of the address `path`, which accepts both media types.
    pub fn new(client: &Client, path: &str) -> Self {
        Self {
            client: client.with("accept", "application/json,text/event-stream"),
            path: path.to_owned(),
        }
    }

    /// The same client with one more header.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        Self {
            client: self.client.with(name, value),
            path: self.path.clone(),
        }
    }

    /// Sends bytes.
    pub async fn post(&self, body: impl Into<Vec<u8>>) -> Answer {
        self.client
            .send(Method::POST, &self.path, Some(body.into()))
            .await
    }

    /// Sends no body, by another method.
    pub async fn send(&self, method: Method) -> Answer {
        self.client.send(method, &self.path, None).await
    }

    /// A request as clients of the handshake send it.
    pub async fn legacy(&self, method: &str, params: &Value) -> Answer {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        self.post(message.to_string()).await
    }

    /// A request that stands alone.
    pub async fn modern(&self, method: &str, params: &Value) -> Answer {
        let mut params = params.clone();
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let message = json!({ "jsonrpc": "2.0", "id": "m-1", "method": method, "params": params });
        let mut client = self
            .with("mcp-protocol-version", MODERN)
            .with("mcp-method", method);
        let mirrored = if method == "resources/read" { "uri" } else { "name" };
        if let Some(name) = params[mirrored].as_str() {
            client = client.with("mcp-name", name);
        }
        client.post(message.to_string()).await
    }

    /// Calls a tool, legacy.
    pub async fn call(&self, tool: &str, arguments: &Value) -> Answer {
        self.legacy("tools/call", &json!({ "name": tool, "arguments": arguments }))
            .await
    }

    /// Calls a tool, modern.
    pub async fn call_modern(&self, tool: &str, arguments: &Value) -> Answer {
        self.modern("tools/call", &json!({ "name": tool, "arguments": arguments }))
            .await
    }

    /// Executes an action, legacy.
    pub async fn execute(&self, connector: &str, action: &str, parameters: &Value) -> Answer {
        let arguments = json!({ "connectorId": connector, "actionId": action, "parameters": parameters });
        self.call("execute_action_alloy", &arguments).await
    }
}
