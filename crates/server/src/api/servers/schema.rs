//! Bodies of the server endpoints, for the published description alone: the engine reads what was sent as it came,
//! so that every fault in it can be told at once.

use serde::Deserialize;
use utoipa::ToSchema;

/// A new server.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
pub(super) struct CreateServer {
    /// Unique among the acting user's servers; not blank, no white space at either end.
    #[schema(min_length = 1, max_length = 100, example = "Production Server")]
    name: String,
    /// What the server is for.
    #[schema(default = "")]
    description: Option<String>,
    /// Days of 86,400 seconds until the access token ends; absent: never.
    #[schema(minimum = 1, maximum = 365)]
    token_expires_in_days: Option<u16>,
    restrictions: Option<Restrictions>,
    /// What assistants are told when they connect: the MCP `instructions`.
    custom_instructions: Option<String>,
    /// Whether user ids that nobody signed are obeyed on the token URL. Take care: on a public server the users layer
    /// is convenience and no protection.
    #[schema(default = false)]
    is_public: Option<bool>,
    /// By which ways callers come in; absent: by all. `apiKey` stands for JWTs too.
    #[schema(min_items = 1)]
    ways_in: Option<Vec<WayIn>>,
    /// What the server offers. `connectivity` is the eight tools.
    #[schema(default = "connectivity", example = "connectivity")]
    mode: Option<String>,
}

/// Any of the fields of a server. What is absent stays as it is.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
pub(super) struct UpdateServer {
    /// The new name. The server's id stays.
    #[schema(min_length = 1, max_length = 100, example = "Production Server")]
    name: Option<String>,
    /// The new description.
    description: Option<String>,
    /// Days from now until the access token ends; `null`: never.
    #[schema(minimum = 1, maximum = 365)]
    token_expires_in_days: Option<u16>,
    /// Replaces the whole of the old restrictions; `{}` takes all of them away.
    restrictions: Option<Restrictions>,
    /// What assistants are told when they connect: the MCP `instructions`.
    custom_instructions: Option<String>,
    /// Whether user ids that nobody signed are obeyed on the token URL. Take care: on a public server the users layer
    /// is convenience and no protection.
    is_public: Option<bool>,
    /// By which ways callers come in. A way that is left out is closed at once.
    #[schema(min_items = 1)]
    ways_in: Option<Vec<WayIn>>,
    /// What the server offers.
    #[schema(example = "connectivity")]
    mode: Option<String>,
}

/// A way by which callers come in.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a value; nothing makes one")]
pub(super) enum WayIn {
    /// The token URL.
    TokenUrl,
    /// API keys and JWTs.
    ApiKey,
    /// OAuth: the client signs its user in.
    Oauth,
}

/// How a rotation treats the old token.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
pub(super) struct RotateToken {
    /// Seconds that the old token goes on for, 30 days at most. It never outlives its own end.
    #[schema(default = 0, minimum = 0, maximum = 2_592_000)]
    grace_seconds: Option<u32>,
}

/// What a server is restricted to. Both forms may be sent together, and then both must allow. An unknown field in here
/// is refused, so that a mistyped restriction never means none.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
pub(super) struct Restrictions {
    /// Which connectors are in reach.
    connectors: Option<IdLayer>,
    /// Which actions are in reach.
    actions: Option<ActionLayer>,
    /// Which users may act. On a public server this layer is convenience and no protection: user ids are unsigned there.
    users: Option<IdLayer>,
    /// Connectors that are in reach, each with its actions; a connector that is not listed is not.
    #[schema(max_items = 1000)]
    permissions: Option<Vec<Permission>>,
}

/// A layer of ids. Only the list of the mode counts; an empty allowlist allows nothing.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
pub(super) struct IdLayer {
    mode: Mode,
    /// With `allowlist`: the ids that are allowed.
    #[schema(max_items = 1000)]
    allowed_ids: Option<Vec<String>>,
    /// With `blocklist`: the ids that are not.
    #[schema(max_items = 1000)]
    blocked_ids: Option<Vec<String>>,
}

/// A layer of actions. An entry is an action's id or `connectorId.actionId`; `*` stands for any run of characters.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
pub(super) struct ActionLayer {
    mode: Mode,
    /// With `allowlist`: the actions that are allowed.
    #[schema(max_items = 1000)]
    allowed_actions: Option<Vec<String>>,
    /// With `blocklist`: the actions that are not.
    #[schema(max_items = 1000)]
    blocked_actions: Option<Vec<String>>,
}

/// Which list of a layer counts.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Mode {
    Allowlist,
    Blocklist,
}

/// A connector that is in reach.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
pub(super) struct Permission {
    /// The connector.
    #[schema(example = "slack")]
    connector: String,
    /// Its actions; absent or `["*"]`: all of them.
    #[schema(max_items = 1000)]
    actions: Option<Vec<String>>,
}
