//! The published description of the management API: what stands in no handler's documentation because all of them
//! share it.

mod catalogue;
mod shared;

pub(crate) use catalogue::{
    ActionNotFound, ActionPath, ConnectorFilterParams, ConnectorOrServerNotFound, ConnectorPath,
    ConnectorVersionPath, CredentialHeader, OptionsParams, OptionsPath, PlatformRefusals, ServerHeader,
    ServerParam,
};
pub(crate) use shared::ErrorEnvelope;
pub(crate) use shared::{
    ConnectorNotFound, ConnectorParam, CredentialPath, IdentityProviderNotFound, IdentityProviderPath,
    JwtKeyNotFound, JwtKeyPath, KeyNotFound, KeyPath, NothingOfThatId, OAuthAppPath, PageParams,
    RedirectUriHeader, RedirectUriPath, Refusals, ServerNotFound, ServerPath, TicketNotFound, TicketPath,
    UserIdHeader, UserNotFound, UserPath,
};

use bytes::Bytes;
use solder_model::{Code, Retry};
use std::fmt::Write;
use std::sync::OnceLock;
use utoipa::OpenApi as _;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, SecurityRequirement, ServerBuilder};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Solder", license(name = "Apache-2.0", identifier = "Apache-2.0")),
    tags(
        (name = "Servers", description = "MCP servers: what an assistant connects to, and what it may do there"),
        (name = "Connectors", description = "Platforms, what can be done there, and doing it: what the tools do, over REST"),
        (name = "Own connectors", description = "Connectors that an account alone has, for admins"),
        (name = "Credentials", description = "Sealed secrets of users at platforms"),
        (name = "OAuth", description = "MCP clients that sign their user in, and what users have allowed them"),
        (name = "Users", description = "The users of the account, for admins"),
        (name = "Connect tickets", description = "Links to pages where users connect platforms in a browser"),
        (name = "JWT keys", description = "Keys that verify the JWTs by which an account's own users are told apart"),
        (name = "API keys", description = "Keys of the account: several live at once, so that one takes over without a gap"),
        (name = "Audit", description = "Every change in the account"),
        (name = "Connections", description = "What connecting by OAuth goes through: apps at platforms, and where browsers end"),
        (name = "Identity providers", description = "By what the account's users sign in to pages, for admins"),
        (name = "Health", description = "Whether the process serves, and what it offers")
    ),
    components(schemas(ErrorEnvelope))
)]
struct Description;

const ABOUT: &str = "Manages the MCP servers of an account and the credentials that they work with, and does over REST what their \
tools do.

Authenticate by `Authorization: Bearer <API key>`. A key acts as its own user, or as the user that `x-alloy-userid` names \
where the key may name users. In place of a key, or beside one as `x-alloy-user-token`, a JWT acts as the user whom its \
claim `userId`, else `sub`, names; a registered JWT key of the account verifies it, `exp` is required, and what it may do \
is a member's. Identities that disagree are refused. Every answer carries `x-request-id`, and every answer to a caller whose calls are counted \
carries `RateLimit` and `RateLimit-Policy`.

On a public server (`isPublic`) user ids are unsigned: on a public server the users layer is convenience and no \
protection.

Assistants speak MCP at `/mcp/{serverId}/{accessToken}`, and with an API key or a JWT at `/mcp/{serverId}`, or at `/mcp` with \
`x-mcp-server-id`.

Every refusal is `{\"error\":{\"code\",\"message\",\"details\"}}`:

| code | status | can the same request succeed later? |
|---|---|---|
";

/// The part of the description that handlers do not write.
pub(crate) fn described() -> OpenApi {
    let mut api = Description::openapi();
    let mut about = ABOUT.to_owned();
    for code in Code::ALL {
        let later = if code.retry() == Retry::Later { "yes" } else { "no" };
        // Writing into a text cannot fail.
        writeln!(about, "| `{code}` | {} | {later} |", code.status()).unwrap_or_default();
    }
    api.info.description = Some(about);
    env!("CARGO_PKG_VERSION").clone_into(&mut api.info.version);
    api.servers = Some(vec![
        ServerBuilder::new()
            .url("/")
            .description(Some("This installation"))
            .build(),
    ]);
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("API key or JWT")
        .description(Some(
            "An API key of the account, or a JWT that names one of its users",
        ))
        .build();
    api.components
        .get_or_insert_default()
        .add_security_scheme("bearerAuth", SecurityScheme::Http(bearer));
    api.security = Some(vec![SecurityRequirement::new("bearerAuth", Vec::<String>::new())]);
    api
}

/// The whole description as JSON, with a line break at its end.
pub fn openapi_json() -> String {
    let described = crate::router::api().into_openapi();
    let json = serde_json::to_string_pretty(&described);
    json.map_or_else(|_never| String::new(), |json| json + "\n")
}

/// The same as bytes, made once.
pub(crate) fn document() -> Bytes {
    static DOCUMENT: OnceLock<Bytes> = OnceLock::new();
    DOCUMENT.get_or_init(|| openapi_json().into()).clone()
}
