//! Requests to a platform's OAuth endpoints, sent through the guarded client, and what can come of them.

use super::client::{Client, input, reach};
use crate::Engine;
use crate::catalog::Entry;
use crate::credentials::OpenedFields;
use crate::outbound::{Caps, OutboundError};
use bytes::Bytes;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use solder_connector::{Asked, Auth, BuildError, Connector, Grant, Scopes, TokenFailure, Tokens};
use solder_model::{Code, Secret};
use std::time::Duration;

/// How long an OAuth endpoint may take. A lease on a credential is longer.
pub(super) const TIMEOUT: Duration = Duration::from_secs(20);

/// The largest answer that is taken of one, in bytes.
const LARGEST: usize = 1024 * 1024;

/// Why no tokens came.
#[derive(Debug)]
pub(super) enum TokenError {
    /// The platform's answer says why.
    Platform(TokenFailure),
    /// No answer came.
    Unanswered(OutboundError),
    /// No request can be made of what there is; the text says what is missing.
    Unbuilt(String),
}

impl TokenError {
    /// The code that a caller gets.
    pub(super) fn code(&self) -> Code {
        match self {
            Self::Platform(TokenFailure::Later { .. }) => Code::PlatformRateLimited,
            Self::Platform(TokenFailure::Refused { .. } | TokenFailure::Misconfigured { .. }) => {
                Code::PlatformForbidden
            }
            Self::Platform(TokenFailure::Unreadable { .. }) => Code::PlatformError,
            Self::Unanswered(error) => error.code(),
            Self::Platform(TokenFailure::Gone { .. }) | Self::Unbuilt(_) => Code::PlatformReconnect,
        }
    }

    /// What happened, for a person. No token stands in it.
    pub(super) fn text(&self, platform: &str) -> String {
        match self {
            Self::Platform(failure) => failure.to_string(),
            Self::Unanswered(error) => format!("{platform}: {error}"),
            Self::Unbuilt(text) => format!("{platform}: {text}"),
        }
    }

    /// How long the platform asks to wait.
    pub(super) fn wait(&self) -> Option<Duration> {
        match self {
            Self::Platform(TokenFailure::Later { wait, .. }) => *wait,
            _ => None,
        }
    }
}

impl From<BuildError> for TokenError {
    fn from(error: BuildError) -> Self {
        let (BuildError::Arguments(faults) | BuildError::Connection(faults)) = error;
        let told: Vec<String> = faults
            .iter()
            .map(|fault| format!("{} {}", fault.field, fault.message).trim().to_owned())
            .collect();
        Self::Unbuilt(told.join("; "))
    }
}

/// A connector, one of its OAuth kinds, and the app that is shown: what every request here is for.
pub(super) struct At<'a> {
    pub(super) entry: &'a Entry,
    pub(super) connector: &'a Connector,
    pub(super) auth: &'a Auth,
    pub(super) client: Option<&'a Client>,
}

impl Engine {
    /// Sends a request to an OAuth endpoint, once: a code and a rotating refresh token are spent by the first time.
    pub(super) async fn send_token_request(
        &self,
        at: &At<'_>,
        request: &http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TokenError> {
        let caps = Caps::starting_now(TIMEOUT, LARGEST);
        let sent = self.outbound.send(reach(at.entry), request, &caps).await;
        sent.map_err(|error| {
            tracing::debug!(
                connector = at.connector.id.as_str(),
                error = &error as &dyn std::error::Error,
                "an OAuth endpoint gave no answer"
            );
            TokenError::Unanswered(error)
        })
    }

    /// Exchanges a code.
    pub(super) async fn exchange(
        &self,
        at: &At<'_>,
        fields: &OpenedFields,
        code: &str,
        verifier: Option<&Secret>,
    ) -> Result<Tokens, TokenError> {
        let input = input(at.entry, at.client, fields);
        let uri = self.callback_uri(at.connector.id.as_str());
        let request = at
            .connector
            .exchange_code(at.auth, &input, code, &uri, verifier)?;
        let response = self.send_token_request(at, &request).await?;
        self.read_tokens(at, Asked::Code, &response)
    }

    /// Gets tokens for the client itself, or for a signed assertion: no person is needed.
    pub(super) async fn tokens_without_a_person(
        &self,
        at: &At<'_>,
        fields: &OpenedFields,
        scopes: &Scopes,
    ) -> Result<Tokens, TokenError> {
        let input = input(at.entry, at.client, fields);
        let grant = at.auth.oauth.as_ref().map(|oauth| oauth.grant);
        let request = if grant == Some(Grant::JwtBearer) {
            let unsigned = at
                .connector
                .assertion(at.auth, &input, scopes, self.clock.now())?;
            let assertion = sign(&unsigned)?;
            at.connector.jwt_bearer(at.auth, &input, &assertion)?
        } else {
            at.connector.client_credentials(at.auth, &input, scopes)?
        };
        let response = self.send_token_request(at, &request).await?;
        self.read_tokens(at, Asked::Client, &response)
    }

    pub(super) fn read_tokens(
        &self,
        at: &At<'_>,
        asked: Asked<'_>,
        response: &http::Response<Bytes>,
    ) -> Result<Tokens, TokenError> {
        at.connector
            .read_tokens(at.auth, asked, response, self.clock.now())
            .map_err(TokenError::Platform)
    }
}

/// Signs an assertion with the person's own key.
fn sign(unsigned: &solder_connector::Unsigned) -> Result<Secret, TokenError> {
    let not_a_key = |_bad| {
        TokenError::Unbuilt("the private key cannot be read: paste it whole, as it was given out".to_owned())
    };
    let pem = unsigned.key.expose().as_bytes();
    let (algorithm, key) = match unsigned.algorithm {
        "ES256" => (
            Algorithm::ES256,
            EncodingKey::from_ec_pem(pem).map_err(not_a_key)?,
        ),
        _ => (
            Algorithm::RS256,
            EncodingKey::from_rsa_pem(pem).map_err(not_a_key)?,
        ),
    };
    let mut header = Header::new(algorithm);
    header.kid.clone_from(&unsigned.key_id);
    let signed = jsonwebtoken::encode(&header, &unsigned.claims, &key).map_err(not_a_key)?;
    Ok(Secret::new(signed))
}
