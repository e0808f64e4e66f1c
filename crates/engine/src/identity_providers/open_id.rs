//! Speaking OpenID Connect with a provider: its description, the address to send people to, and what comes back.
//!
//! The authorization code flow with PKCE (RFC 7636) and a nonce. Every request goes through the guarded client with the
//! reach of whoever named the issuer, wherever the provider's description says that its endpoints are.

mod claims;
mod http;
mod wrong;

pub(crate) use wrong::{Wrong, word};

use super::Provider;
use crate::Engine;
use crate::error::{Error, Result};
use claims::Facts;
use http::Http;
use moka::sync::Cache;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod,
    CoreGrantType, CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKey, CoreJsonWebKeySet,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm,
    CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType, CoreTokenResponse,
};
use openidconnect::{
    AdditionalProviderMetadata, AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret,
    CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata, RedirectUrl, Scope, SignatureVerificationError,
    TokenResponse,
};
use serde::{Deserialize, Serialize};
use solder_model::{Secret, Timestamp, UserName};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

/// How long a description and its keys are believed.
const KEPT_MS: i64 = 3_600_000;
/// How soon the keys are read again where a token names one that is not among them.
const KEYS_AGAIN_MS: i64 = 60_000;
/// How long after its end a token is still taken, for clocks that differ.
const LEEWAY_MS: i64 = 60_000;
/// So many descriptions are kept.
const KEPT: u64 = 1_000;

/// The signatures that are taken: a provider's own alone, none that the client's secret could make, and never none.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// What RFC 9207 adds to a description.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct More {
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for More {}

type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A provider's description, with its keys.
pub(crate) struct Description {
    metadata: Metadata,
    read_at: Timestamp,
    keys_read_at: Timestamp,
}

/// The descriptions that are kept, by who may be reached and the issuer.
pub(crate) struct Descriptions(Cache<String, Arc<Description>>);

impl Default for Descriptions {
    fn default() -> Self {
        Self(Cache::new(KEPT))
    }
}

/// What is remembered of a browser that was sent to a provider.
#[derive(Serialize, Deserialize)]
pub(crate) struct AtProvider {
    /// The provider's id.
    pub(crate) provider: String,
    nonce: String,
    verifier: String,
}

/// What a browser brings back from a provider.
#[derive(Debug)]
pub(crate) struct Proof<'a> {
    pub(crate) code: &'a str,
    /// RFC 9207.
    pub(crate) issuer: Option<&'a str>,
}

impl Engine {
    /// Where to send a browser, and what to remember of it. `state` goes along and comes back.
    pub(crate) async fn ask_provider(
        &self,
        provider: &Provider,
        state: &Secret,
    ) -> Result<(String, AtProvider)> {
        let described = self
            .described(provider)
            .await
            .map_err(|wrong| wrong.told(provider))?;
        let (nonce, verifier) = (
            crate::new_secret(&*self.entropy, ""),
            crate::new_secret(&*self.entropy, ""),
        );
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(
            verifier.expose().to_owned(),
        ));
        let client = self.provider_client(provider, &described)?;
        let (csrf, once) = (
            CsrfToken::new(state.expose().to_owned()),
            Nonce::new(nonce.expose().to_owned()),
        );
        let asked = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || csrf,
                move || once,
            )
            .set_pkce_challenge(challenge);
        let more = provider.scopes.iter().filter(|scope| *scope != "openid");
        let asked = asked.add_scopes(more.map(|scope| Scope::new(scope.clone())));
        let (url, _state, _nonce) = asked.url();
        if !matches!(url.scheme(), "https" | "http") {
            return Err(Wrong::Unusable("its sign-in page is at no web address".to_owned()).told(provider));
        }
        let remembered = AtProvider {
            provider: provider.id.as_str().to_owned(),
            nonce: nonce.expose().to_owned(),
            verifier: verifier.expose().to_owned(),
        };
        Ok((url.into(), remembered))
    }

    /// The user that a provider's answer proves.
    pub(crate) async fn user_proven_by(
        &self,
        provider: &Provider,
        sent: &AtProvider,
        proof: &Proof<'_>,
    ) -> Result<UserName> {
        let proven = self.prove_by_code(provider, sent, proof).await;
        proven.map_err(|wrong| {
            if let Some(detail) = wrong.detail() {
                tracing::warn!(
                    provider = provider.id.as_str(),
                    detail,
                    "an identity provider's answer does not hold"
                );
            }
            wrong.told(provider)
        })
    }

    async fn prove_by_code(
        &self,
        provider: &Provider,
        sent: &AtProvider,
        proof: &Proof<'_>,
    ) -> std::result::Result<UserName, Wrong> {
        let described = self.described(provider).await?;
        let must_name = described
            .metadata
            .additional_metadata()
            .authorization_response_iss_parameter_supported;
        match proof.issuer {
            Some(issuer) if issuer != provider.issuer => return Err(Wrong::mixed_up(issuer)),
            None if must_name => return Err(Wrong::mixed_up("")),
            _ => {}
        }
        let client = self
            .provider_client(provider, &described)
            .map_err(|_bad| Wrong::Unusable("the address to come back to is no URL".to_owned()))?;
        let http = Http::new(&self.outbound, provider.reach);
        let request = client
            .exchange_code(AuthorizationCode::new(proof.code.to_owned()))
            .map_err(|error| Wrong::Unusable(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(sent.verifier.clone()));
        let tokens: CoreTokenResponse = request.request_async(&http).await.map_err(Wrong::exchange)?;
        let token = tokens
            .id_token()
            .ok_or_else(|| Wrong::Refused("it gave no ID token".to_owned()))?;
        self.verify_id_token(provider, described, token, &Nonce::new(sent.nonce.clone()))
            .await?;
        let facts = Facts::of_id_token(token, &provider.client_id)?;
        let facts = if facts.suffice(provider) {
            facts
        } else {
            self.user_info(provider, &facts, tokens.access_token().secret())
                .await?
        };
        facts.user(provider)
    }

    /// Checks signature, issuer, audience, nonce and expiry. Where the token names a key that is not known, the keys are
    /// read again, once a minute at most.
    async fn verify_id_token(
        &self,
        provider: &Provider,
        described: Arc<Description>,
        token: &CoreIdToken,
        nonce: &Nonce,
    ) -> std::result::Result<(), Wrong> {
        let unknown_key = |error: &ClaimsVerificationError| {
            matches!(
                error,
                ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)
            )
        };
        let first = token
            .claims(&self.id_token_verifier(provider, &described)?, nonce)
            .map(drop);
        let now = self.clock.now();
        match first {
            Err(error) if unknown_key(&error) && now.since(described.keys_read_at) >= KEYS_AGAIN_MS => {
                let described = self.with_keys_anew(provider, &described, now).await?;
                let again = token.claims(&self.id_token_verifier(provider, &described)?, nonce);
                again.map(drop).map_err(|error| Wrong::token(&error))
            }
            first => first.map_err(|error| Wrong::token(&error)),
        }
    }

    fn id_token_verifier(
        &self,
        provider: &Provider,
        described: &Description,
    ) -> std::result::Result<CoreIdTokenVerifier<'static>, Wrong> {
        let issuer = issuer(provider)?;
        let past = self.clock.now().plus_ms(-LEEWAY_MS);
        let past = Duration::from_millis(u64::try_from(past.0).unwrap_or(0));
        Ok(CoreIdTokenVerifier::new_public_client(
            ClientId::new(provider.client_id.clone()),
            issuer,
            described.metadata.jwks().clone(),
        )
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || (UNIX_EPOCH + past).into()))
    }

    fn provider_client(&self, provider: &Provider, described: &Description) -> Result<Client> {
        let redirect = RedirectUrl::new(self.redirect_uri())
            .map_err(|_bad| Error::Internal("the public URL makes no redirect URI"))?;
        let secret = provider.secret.as_ref();
        let client = CoreClient::from_provider_metadata(
            described.metadata.clone(),
            ClientId::new(provider.client_id.clone()),
            secret.map(|secret| ClientSecret::new(secret.expose().to_owned())),
        );
        Ok(client
            .set_redirect_uri(redirect)
            .set_auth_type(auth_type(&described.metadata)))
    }

    /// The provider's description, as it is kept or read now.
    async fn described(&self, provider: &Provider) -> std::result::Result<Arc<Description>, Wrong> {
        let kept = self.descriptions.0.get(&key(provider));
        let now = self.clock.now();
        match kept.filter(|kept| now.since(kept.read_at) < KEPT_MS) {
            Some(kept) => Ok(kept),
            None => self.discover_anew(provider).await,
        }
    }

    /// Reads the provider's description and its keys.
    pub(super) async fn discover_anew(
        &self,
        provider: &Provider,
    ) -> std::result::Result<Arc<Description>, Wrong> {
        let http = Http::new(&self.outbound, provider.reach);
        let metadata = Metadata::discover_async(issuer(provider)?, &http)
            .await
            .map_err(Wrong::discovery)?;
        let now = self.clock.now();
        Ok(self.keep_description(provider, metadata, now, now))
    }

    async fn with_keys_anew(
        &self,
        provider: &Provider,
        described: &Description,
        now: Timestamp,
    ) -> std::result::Result<Arc<Description>, Wrong> {
        let http = Http::new(&self.outbound, provider.reach);
        let keys = CoreJsonWebKeySet::fetch_async(described.metadata.jwks_uri(), &http)
            .await
            .map_err(Wrong::discovery)?;
        let metadata = described.metadata.clone().set_jwks(keys);
        Ok(self.keep_description(provider, metadata, described.read_at, now))
    }

    fn keep_description(
        &self,
        provider: &Provider,
        metadata: Metadata,
        read_at: Timestamp,
        keys_read_at: Timestamp,
    ) -> Arc<Description> {
        let described = Arc::new(Description {
            metadata,
            read_at,
            keys_read_at,
        });
        self.descriptions.0.insert(key(provider), Arc::clone(&described));
        described
    }

    /// What the provider says of the user where its token does not say enough (OpenID Connect Core 1.0, 5.3). It has to
    /// be the same user's.
    async fn user_info(
        &self,
        provider: &Provider,
        of: &Facts,
        access_token: &str,
    ) -> std::result::Result<Facts, Wrong> {
        let described = self.described(provider).await?;
        let Some(endpoint) = described.metadata.userinfo_endpoint() else {
            // What is missing is told by whoever looks for it.
            return Ok(of.clone());
        };
        let http = Http::new(&self.outbound, provider.reach);
        let info = http.user_info(endpoint.url(), access_token).await?;
        Facts::of_user_info(info, of)
    }
}

/// Descriptions that an account's networks reach are not the operator's.
fn key(provider: &Provider) -> String {
    format!("{:?} {}", provider.reach, provider.issuer)
}

fn issuer(provider: &Provider) -> std::result::Result<IssuerUrl, Wrong> {
    IssuerUrl::new(provider.issuer.clone()).map_err(|error| Wrong::Unusable(error.to_string()))
}

/// How the client proves itself: as the provider asks, and by the header where it does not say (RFC 8414, 2).
fn auth_type(metadata: &Metadata) -> AuthType {
    let takes = |method: &CoreClientAuthMethod| {
        metadata
            .token_endpoint_auth_methods_supported()
            .is_none_or(|all| all.contains(method))
    };
    if !takes(&CoreClientAuthMethod::ClientSecretBasic) && takes(&CoreClientAuthMethod::ClientSecretPost) {
        AuthType::RequestBody
    } else {
        AuthType::BasicAuth
    }
}
