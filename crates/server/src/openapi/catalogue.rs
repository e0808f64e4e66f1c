//! Parameters and refusals of the endpoints that list and execute actions.

use super::shared::ErrorEnvelope;
use utoipa::{IntoParams, IntoResponses};

/// Which connectors are listed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a query; nothing makes one")]
pub(crate) struct ConnectorFilterParams {
    /// Only those of this category.
    #[param(example = "communication", min_length = 1, max_length = 1_000)]
    category: Option<String>,
    /// Only those that these words fit: a part of the name, or what is to be done.
    #[param(example = "send a message", min_length = 1, max_length = 1_000)]
    query: Option<String>,
}

/// The server whose restrictions hold.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a query; nothing makes one")]
pub(crate) struct ServerParam {
    /// A server of the account: its restrictions hold, its users layer first. Absent: everything that the account has.
    #[param(example = "production-server-a1b2c3d4")]
    server_id: Option<String>,
}

/// The same, as a header.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header; nothing makes one")]
pub(crate) struct ServerHeader {
    /// The same as `serverId`; where both are sent, they are equal.
    #[param(rename = "x-mcp-server-id", value_type = String, required = false, min_length = 1)]
    server_id: Option<String>,
}

/// The credential that is used.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header; nothing makes one")]
pub(crate) struct CredentialHeader {
    /// Which credential is used; where the body names one too, they are equal.
    #[param(rename = "x-credential-id", value_type = String, required = false, example = "66f2a1b09c3d4e5f60718293")]
    credential_id: Option<String>,
}

/// A connector.
#[derive(IntoParams)]
#[into_params(parameter_in = Path, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a path; nothing makes one")]
pub(crate) struct ConnectorPath {
    /// The connector's id.
    #[param(example = "slack")]
    connector_id: String,
}

/// A version of a connector of the account's own.
#[derive(IntoParams)]
#[into_params(parameter_in = Path, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a path; nothing makes one")]
pub(crate) struct ConnectorVersionPath {
    /// The connector's id.
    #[param(example = "acme")]
    connector_id: String,
    /// The version's number, from 1.
    #[param(minimum = 1, example = 2)]
    version: i64,
}

/// An action of a connector.
#[derive(IntoParams)]
#[into_params(parameter_in = Path, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a path; nothing makes one")]
pub(crate) struct ActionPath {
    /// The connector's id.
    #[param(example = "slack")]
    connector_id: String,
    /// The action's id as one segment: `issues/create` is written `issues%2Fcreate`. Ids are case-sensitive.
    #[param(example = "chat_postMessage")]
    action_id: String,
}

/// A parameter of an action.
#[derive(IntoParams)]
#[into_params(parameter_in = Path, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a path; nothing makes one")]
pub(crate) struct OptionsPath {
    /// The connector's id.
    #[param(example = "slack")]
    connector_id: String,
    /// The action's id as one segment: `issues/create` is written `issues%2Fcreate`. Ids are case-sensitive.
    #[param(example = "chat_postMessage")]
    action_id: String,
    /// The parameter's name.
    #[param(example = "channel")]
    parameter: String,
}

/// Which choices are listed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a query; nothing makes one")]
pub(crate) struct OptionsParams {
    /// Only those whose value or name begins so, whatever the case; or what the platform finds by it, where its listing
    /// can search.
    #[param(example = "gen", max_length = 1_000)]
    q: Option<String>,
    /// Which credential is used; absent: the newest of the acting user that fits.
    #[param(example = "66f2a1b09c3d4e5f60718293")]
    credential_id: Option<String>,
}

/// The refusals of endpoints that name a connector, and perhaps a server.
#[derive(IntoResponses)]
#[response(
    status = 404,
    description = "CONNECTOR_NOT_FOUND, with the nearest ids in reach; NOT_FOUND: no such server for this caller"
)]
#[expect(dead_code, reason = "describes an answer; nothing makes one")]
pub(crate) struct ConnectorOrServerNotFound(ErrorEnvelope);

/// The refusals of endpoints that name an action.
#[derive(IntoResponses)]
#[response(
    status = 404,
    description = "CONNECTOR_NOT_FOUND and ACTION_NOT_FOUND, with the nearest ids in reach; NOT_FOUND: no such server for \
                   this caller; PLATFORM_NOT_FOUND: the platform has no such object"
)]
#[expect(dead_code, reason = "describes an answer; nothing makes one")]
pub(crate) struct ActionNotFound(ErrorEnvelope);

/// What platforms refuse with, beside what every endpoint does. `PLATFORM_INVALID` is 400, `PLATFORM_RECONNECT` 401,
/// `PLATFORM_FORBIDDEN` 403, `PLATFORM_RATE_LIMITED` and `PLATFORM_QUOTA` are 429.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes answers; nothing makes one")]
pub(crate) enum PlatformRefusals {
    /// `PLATFORM_CONFLICT`: the object's state at the platform stands against it
    #[response(status = 409)]
    Conflict(ErrorEnvelope),
    /// `PLATFORM_ERROR`: a fault of the platform; `PLATFORM_UNREACHABLE`: no connection could be made
    #[response(status = 502)]
    Failed(ErrorEnvelope),
    /// `PLATFORM_TIMEOUT`: the platform did not answer in time
    #[response(status = 504)]
    Late(ErrorEnvelope),
}
