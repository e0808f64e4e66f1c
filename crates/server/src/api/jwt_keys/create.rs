//! `POST /api/jwt-keys`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::body::JsonObject;
use crate::openapi::{Refusals, UserIdHeader};
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::JwtKeyView;
use std::sync::Arc;
use utoipa::ToSchema;

/// A new JWT key: exactly one of `secret`, `publicKey` and `jwksUrl`. The engine reads what was sent as it came; this is
/// its description.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
struct CreateJwtKey {
    /// `HS256` with `secret`; `RS256`, `ES256` or `EdDSA` with `publicKey`. With `jwksUrl` it may be left out: then the
    /// keys of the set say it themselves.
    #[schema(example = "HS256")]
    algorithm: Option<String>,
    /// The secret of HS256: 32 to 1024 bytes, taken as they are. It is sealed, and no answer ever holds it.
    #[schema(min_length = 32, max_length = 1024)]
    secret: Option<String>,
    /// A public key as PEM. RSA keys have 2048 to 8192 bits, `ES256` is on P-256, `EdDSA` is Ed25519.
    public_key: Option<String>,
    /// Where a JSON Web Key Set stands: an `https` URL at a public address. It is fetched when it is needed and kept for
    /// five minutes; where it cannot be fetched the last good one stands. Keys of other kinds in it are passed over.
    #[schema(example = "https://login.example.com/.well-known/jwks.json")]
    jwks_url: Option<String>,
    /// The signer's own name of the key. A token that names another is not tried with it. Not for `jwksUrl`.
    #[schema(min_length = 1, max_length = 256)]
    kid: Option<String>,
    /// The `iss` that tokens must have, byte for byte. Required with `jwksUrl`.
    #[schema(min_length = 1, max_length = 512)]
    issuer: Option<String>,
    /// The `aud` that tokens must name. Required with `jwksUrl`; where it is left out, tokens must name none.
    #[schema(min_length = 1, max_length = 512)]
    audience: Option<String>,
    /// A name for people.
    #[schema(max_length = 100)]
    name: Option<String>,
}

/// Register a JWT key
///
/// From now on JWTs that this key verifies name users of the account: as `x-alloy-user-token`, or as the bearer itself.
/// Several keys live at once (20 at most), so that a rotation has no gap. Fields that are not known are refused. For
/// admins.
#[utoipa::path(
    post,
    path = "/api/jwt-keys",
    operation_id = "create-jwt-key",
    tag = "JWT keys",
    params(UserIdHeader),
    request_body = CreateJwtKey,
    responses((status = CREATED, description = "The key, without its secret", body = JwtKeyView), Refusals)
)]
pub(crate) async fn create_jwt_key(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    JsonObject(body): JsonObject,
) -> Result<Answer<JwtKeyView>, Failure> {
    Ok(Answer::created(app.engine.create_jwt_key(&caller, &body).await?))
}
