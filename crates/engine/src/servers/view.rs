//! How servers are shown.

use serde::Serialize;
use serde_json::Value;
use solder_model::{Secret, Server, ServerId, Timestamp};
use utoipa::ToSchema;

/// A server as the API shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServerView {
    /// The id, which never changes.
    #[schema(value_type = String, example = "production-server-a1b2c3d4")]
    pub server_id: ServerId,
    /// The name.
    #[schema(example = "Production Server")]
    pub name: String,
    /// The description.
    pub description: String,
    /// What the server offers: `connectivity` is the eight tools.
    #[schema(example = "connectivity")]
    pub mode: String,
    /// Whether unsigned user ids are obeyed on the token URL. The users restriction then protects nothing there.
    pub is_public: bool,
    /// By which ways callers come in: `tokenUrl`, `apiKey` (API keys and JWTs), `oauth`.
    #[schema(example = json!(["tokenUrl", "apiKey", "oauth"]))]
    pub ways_in: Vec<&'static str>,
    /// The access token: in the answers of a creation and a rotation alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
    /// The MCP address for callers with an API key.
    pub url: String,
    /// The MCP address that needs nothing else: whoever has it may use the server, while `waysIn` names `tokenUrl`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_url: Option<String>,
    /// The restrictions as they were sent.
    #[schema(value_type = Object)]
    pub restrictions: Value,
    /// Whether any of the restrictions can refuse something.
    pub has_restrictions: bool,
    /// The MCP `instructions`.
    #[schema(required)]
    pub custom_instructions: Option<String>,
    /// When the access token ends; never where `null`.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub token_expires_at: Option<Timestamp>,
    /// When the server was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl ServerView {
    /// The view of a server; without `token` it has no access URL.
    pub(crate) fn new(server: &Server, public_url: &str, token: Option<&Secret>) -> Self {
        let url = format!("{public_url}/mcp/{}", server.id);
        Self {
            server_id: server.id.clone(),
            name: server.name.clone(),
            description: server.description.clone(),
            mode: server.mode.clone(),
            is_public: server.is_public,
            ways_in: server.ways_in.words(),
            access_token: None,
            access_url: token.map(|token| format!("{url}/{}", token.expose())),
            url,
            restrictions: server.restrictions.as_sent(),
            has_restrictions: server.restrictions.policy().can_refuse(),
            custom_instructions: server.custom_instructions.clone(),
            token_expires_at: server.token_expires_at,
            created_at: server.created_at,
            updated_at: server.updated_at,
        }
    }
}

/// A page of servers.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServerList {
    /// This page, newest first.
    pub servers: Vec<ServerView>,
    /// How many servers the user has in all.
    pub count: u64,
    /// The same as `count`.
    pub total: u64,
    /// The largest number of servers on this page.
    pub limit: u32,
    /// How many were passed over.
    pub offset: u64,
    /// Whether more follow.
    pub has_more: bool,
}

/// The answer of a deletion.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Deleted {
    /// For a person.
    #[schema(example = "Server deleted")]
    pub message: &'static str,
    /// The server that is gone.
    #[schema(value_type = String)]
    pub server_id: ServerId,
}

impl Deleted {
    pub(super) fn server(id: &ServerId) -> Self {
        Self {
            message: "Server deleted",
            server_id: id.clone(),
        }
    }
}
