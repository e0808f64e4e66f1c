//! Parameters and refusals that many endpoints have.

use serde_json::Value;
use utoipa::{IntoParams, IntoResponses, ToSchema};

/// The user that the key acts as.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header; nothing makes one")]
pub(crate) struct UserIdHeader {
    /// The user that acts, by the customer's own id; absent: the key's own. 1 to 10,000 characters. A user comes to be
    /// when a key that may name users first does. A user-bound key that names another user is refused.
    #[param(rename = "x-alloy-userid", value_type = String, required = false, min_length = 1, max_length = 10_000)]
    user_id: Option<String>,
}

/// Which part of a list is asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes a query; nothing makes one")]
pub(crate) struct PageParams {
    /// How many at most.
    #[param(minimum = 1, maximum = 1000, default = 1000)]
    limit: Option<u32>,
    /// How many are passed over.
    #[param(minimum = 0, default = 0)]
    offset: Option<u64>,
}

/// A filter.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a query; nothing makes one")]
pub(crate) struct ConnectorParam {
    /// Only those of this connector.
    #[param(example = "slack")]
    connector_id: Option<String>,
}

/// A server.
#[derive(IntoParams)]
#[into_params(parameter_in = Path, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a path; nothing makes one")]
pub(crate) struct ServerPath {
    /// The server's id.
    #[param(example = "production-server-a1b2c3d4")]
    server_id: String,
}

/// A credential.
#[derive(IntoParams)]
#[into_params(parameter_in = Path, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a path; nothing makes one")]
pub(crate) struct CredentialPath {
    /// The credential's id: 24 lower-case hex characters.
    #[param(example = "66f2a1b09c3d4e5f60718293")]
    credential_id: String,
}

/// An API key.
#[derive(IntoParams)]
#[into_params(parameter_in = Path, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a path; nothing makes one")]
pub(crate) struct KeyPath {
    /// The key's id, which is no secret.
    #[param(example = "key_a1b2c3d4e5f6a7b8")]
    key_id: String,
}

/// A user.
#[derive(IntoParams)]
#[into_params(parameter_in = Path, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a path; nothing makes one")]
pub(crate) struct UserPath {
    /// The user's internal id, not the customer's own.
    #[param(example = "usr_a1b2c3d4e5f6a7b8")]
    user_id: String,
}

/// A connect ticket.
#[derive(IntoParams)]
#[into_params(parameter_in = Path, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a path; nothing makes one")]
pub(crate) struct TicketPath {
    /// The ticket's id, not what stands in its link.
    #[param(example = "tkt_4f7k2m9q8r1s5t3v")]
    ticket_id: String,
}

/// A JWT key.
#[derive(IntoParams)]
#[into_params(parameter_in = Path, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a path; nothing makes one")]
pub(crate) struct JwtKeyPath {
    /// The JWT key's id: `jwt_` and 16 characters.
    #[param(example = "jwt_4f0m2k9q8w1x7c3v")]
    jwt_key_id: String,
}

/// An OAuth app.
#[derive(IntoParams)]
#[into_params(parameter_in = Path, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a path; nothing makes one")]
pub(crate) struct OAuthAppPath {
    /// The app's id.
    #[param(rename = "oauthAppId", example = "app_4f7k2m9q8r1s5t3v")]
    oauth_app_id: String,
}

/// A redirect URI.
#[derive(IntoParams)]
#[into_params(parameter_in = Path, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a path; nothing makes one")]
pub(crate) struct RedirectUriPath {
    /// Its id.
    #[param(example = "uri_4f7k2m9q8r1s5t3v")]
    redirect_uri_id: String,
}

/// Where a browser goes after a consent.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header; nothing makes one")]
pub(crate) struct RedirectUriHeader {
    /// Where the browser goes after a person has consented; `redirectUri` in the body wins over it.
    #[param(rename = "x-redirect-uri", value_type = String, required = false)]
    redirect_uri: Option<String>,
}

/// An identity provider.
#[derive(IntoParams)]
#[into_params(parameter_in = Path, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a path; nothing makes one")]
pub(crate) struct IdentityProviderPath {
    /// The provider's id.
    #[param(example = "idp_a1b2c3d4e5f6a7b8")]
    provider_id: String,
}

/// A refusal.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
pub(crate) struct ErrorEnvelope {
    error: ErrorObject,
}

/// What was wrong.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
struct ErrorObject {
    /// The stable cause; the table of them stands at the top of this description.
    #[schema(example = "INVALID_REQUEST")]
    code: String,
    /// For a person.
    message: String,
    /// Further facts. Of an `INVALID_REQUEST`: `field`, the first that is wrong, and `faults`, all of them.
    #[schema(value_type = Object)]
    details: Value,
}

/// Refusals that every endpoint behind a key has.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes answers; nothing makes one")]
pub(crate) enum Refusals {
    /// `INVALID_REQUEST`, every fault listed; `CREDENTIAL_NOT_FOUND`
    #[response(status = 400)]
    Invalid(ErrorEnvelope),
    /// `UNAUTHORIZED`: no key and no JWT, or one that does not hold
    #[response(status = 401)]
    Unauthorized(ErrorEnvelope),
    /// `FORBIDDEN`: somebody else's, a key that may not name users, identities that disagree, or what is for admins
    #[response(status = 403)]
    Forbidden(ErrorEnvelope),
    /// `REQUEST_TIMEOUT`: the body did not arrive in time
    #[response(status = 408)]
    Timeout(ErrorEnvelope),
    /// `PAYLOAD_TOO_LARGE`: a body over 10 MB
    #[response(status = 413)]
    TooLarge(ErrorEnvelope),
    /// `UNSUPPORTED_MEDIA_TYPE`: a body that is not JSON
    #[response(status = 415)]
    MediaType(ErrorEnvelope),
    /// `RATE_LIMITED`: `Retry-After` says how long to wait
    #[response(status = 429)]
    RateLimited(ErrorEnvelope),
    /// `INTERNAL_ERROR`, with the request's id
    #[response(status = 500)]
    Internal(ErrorEnvelope),
    /// `UNAVAILABLE`: the server is stopping
    #[response(status = 503)]
    Unavailable(ErrorEnvelope),
}

/// The refusal of endpoints that name a server.
#[derive(IntoResponses)]
#[response(status = 404, description = "NOT_FOUND: no such server for this caller")]
#[expect(dead_code, reason = "describes an answer; nothing makes one")]
pub(crate) struct ServerNotFound(ErrorEnvelope);

/// The refusal of endpoints that name a connector.
#[derive(IntoResponses)]
#[response(status = 404, description = "CONNECTOR_NOT_FOUND: no such connector")]
#[expect(dead_code, reason = "describes an answer; nothing makes one")]
pub(crate) struct ConnectorNotFound(ErrorEnvelope);

/// The refusal of endpoints that name a user.
#[derive(IntoResponses)]
#[response(
    status = 404,
    description = "NOT_FOUND: the account has no such user, or the user has no password"
)]
#[expect(dead_code, reason = "describes an answer; nothing makes one")]
pub(crate) struct UserNotFound(ErrorEnvelope);

/// The refusal of endpoints that name a ticket.
#[derive(IntoResponses)]
#[response(status = 404, description = "NOT_FOUND: no such ticket of this user")]
#[expect(dead_code, reason = "describes an answer; nothing makes one")]
pub(crate) struct TicketNotFound(ErrorEnvelope);

/// The refusal of endpoints that name a JWT key.
#[derive(IntoResponses)]
#[response(status = 404, description = "NOT_FOUND: the account has no such JWT key")]
#[expect(dead_code, reason = "describes an answer; nothing makes one")]
pub(crate) struct JwtKeyNotFound(ErrorEnvelope);

/// The refusal of endpoints that name an API key.
#[derive(IntoResponses)]
#[response(status = 404, description = "NOT_FOUND: the account has no such key")]
#[expect(dead_code, reason = "describes an answer; nothing makes one")]
pub(crate) struct KeyNotFound(ErrorEnvelope);

/// The refusal of endpoints that name something of the account's.
#[derive(IntoResponses)]
#[response(status = 404, description = "NOT_FOUND: the account has nothing of that id")]
#[expect(dead_code, reason = "describes an answer; nothing makes one")]
pub(crate) struct NothingOfThatId(ErrorEnvelope);

/// The refusal of endpoints that name an identity provider.
#[derive(IntoResponses)]
#[response(
    status = 404,
    description = "NOT_FOUND: the account has no such identity provider"
)]
#[expect(dead_code, reason = "describes an answer; nothing makes one")]
pub(crate) struct IdentityProviderNotFound(ErrorEnvelope);
