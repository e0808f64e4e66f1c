//! The token endpoint: a code or a refresh token, once, for new tokens.
//!
//! A code that comes twice, and a refresh token that comes twice, are in two hands: the grant ends with everything that
//! came of it (RFC 9700, 4.14.2). No second try is forgiven, not even at once: a public client proves nothing that
//! would tell its own retry from a thief's, and what a client loses by it is one sign-in.

use super::form::OauthForm;
use super::refusal::{OauthError, OauthRefusal};
use super::{ACCESS_MS, REFRESH_MS};
use crate::Engine;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use solder_model::{ClientId, Grant, GrantToken, Scopes, Secret, Timestamp, TokenKind};

/// The answer of the token endpoint (RFC 6749, 5.1).
#[derive(Serialize)]
pub struct TokenAnswer {
    access_token: String,
    token_type: &'static str,
    /// Seconds.
    expires_in: i64,
    refresh_token: String,
    scope: &'static str,
}

impl std::fmt::Debug for TokenAnswer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("TokenAnswer(…)")
    }
}

type Refused<T> = Result<T, OauthRefusal>;

/// New tokens, and what is kept of them.
struct Issued {
    answer: TokenAnswer,
    kept: [GrantToken; 2],
    until: Timestamp,
}

impl Engine {
    /// Answers a request to the token endpoint.
    pub async fn exchange_token(&self, form: &OauthForm<'_>) -> Refused<TokenAnswer> {
        let grant_type = form.required("grant_type")?;
        if !matches!(grant_type, "authorization_code" | "refresh_token") {
            let words = "grant_type must be 'authorization_code' or 'refresh_token'";
            return Err(OauthRefusal::new(OauthError::UnsupportedGrantType, words));
        }
        let client = self.proven_client(form).await?;
        if grant_type == "authorization_code" {
            self.exchange_code(form, &client).await
        } else {
            self.exchange_refresh(form, &client).await
        }
    }

    async fn exchange_code(&self, form: &OauthForm<'_>, client: &ClientId) -> Refused<TokenAnswer> {
        let code = form.required("code")?;
        let redirect_uri = form.required("redirect_uri")?;
        let verifier = form.required("code_verifier")?;
        let found = self.storage.find_grant_by_code(&self.vault.digest(code)).await?;
        let grant = found
            .filter(|grant| grant.client == *client)
            .ok_or_else(|| invalid_grant("The code is unknown"))?;
        let reuse = self.grant_audit(
            &grant,
            "oauth-grant.revoke",
            form.from,
            json!({ "why": "code used twice" }),
        );
        if grant.code_used_at.is_some() {
            self.storage.end_grant(&grant.id, &reuse).await?;
            self.warm.forget_grant(&grant.id);
            return Err(invalid_grant(
                "The code was used before: everything that came of it has ended",
            ));
        }
        if grant.code_expires_at <= self.clock.now() {
            return Err(invalid_grant("The code is too old"));
        }
        if grant.redirect_uri != redirect_uri {
            return Err(invalid_grant(
                "redirect_uri is not the one that the code was sent to",
            ));
        }
        if !proves(verifier, &grant.challenge) {
            return Err(invalid_grant("code_verifier does not fit the code_challenge"));
        }
        self.check_target(form, &grant).await?;
        let issued = self.issue(&grant, grant.scopes, grant.scopes);
        let exchanged = self
            .storage
            .exchange_code(&grant, &issued.kept, issued.until, &reuse)
            .await?;
        // Whoever lost a race for the code ended the grant.
        self.warm.forget_grant(&grant.id);
        if exchanged {
            Ok(issued.answer)
        } else {
            Err(invalid_grant(
                "The code was used before: everything that came of it has ended",
            ))
        }
    }

    async fn exchange_refresh(&self, form: &OauthForm<'_>, client: &ClientId) -> Refused<TokenAnswer> {
        let sent = form.required("refresh_token")?;
        let unknown = || invalid_grant("The refresh token is unknown or has ended");
        let found = self.storage.find_token(&self.vault.digest(sent)).await?;
        let token = found
            .filter(|token| token.kind == TokenKind::Refresh)
            .ok_or_else(unknown)?;
        let grant = self.storage.find_grant(&token.grant).await?;
        let grant = grant
            .filter(|grant| grant.client == *client)
            .ok_or_else(unknown)?;
        let why = json!({ "why": "refresh token used twice" });
        let reuse = self.grant_audit(&grant, "oauth-grant.revoke", form.from, why);
        if token.replaced_at.is_none() {
            self.check_target(form, &grant).await?;
        }
        let scopes = narrowed(form.one("scope")?, token.scopes)?;
        let issued = self.issue(&grant, scopes, token.scopes);
        let exchanged = self
            .storage
            .exchange_refresh(&token, &grant, &issued.kept, issued.until, &reuse)
            .await?;
        if exchanged {
            return Ok(issued.answer);
        }
        self.warm.forget_grant(&grant.id);
        Err(invalid_grant(
            "The refresh token was used before, or is too old: the user signs in again",
        ))
    }

    /// Refuses another resource than the grant's (RFC 8707, 2.2), and a server that takes no OAuth any more.
    async fn check_target(&self, form: &OauthForm<'_>, grant: &Grant) -> Refused<()> {
        let resource = self.resource(&grant.server);
        let mut sent = form.fields.iter().filter(|(name, _)| name == "resource");
        if sent.any(|(_, asked)| *asked != resource) {
            let words = "resource is not the one that was authorized";
            return Err(OauthRefusal::new(OauthError::InvalidTarget, words));
        }
        match self.oauth_server(&grant.server).await? {
            Some(_) => Ok(()),
            None => Err(invalid_grant("The server takes no OAuth any more")),
        }
    }

    /// New tokens of a grant. A refresh token keeps what was granted, be its access token narrower (RFC 6749, 6).
    fn issue(&self, grant: &Grant, access: Scopes, refresh: Scopes) -> Issued {
        let now = self.clock.now();
        let make = |prefix: &str| crate::new_secret(&*self.entropy, prefix);
        let keep = |secret: &Secret, kind: TokenKind, scopes: Scopes, lives: i64| GrantToken {
            digest: self.vault.digest(secret.expose()),
            grant: grant.id.clone(),
            kind,
            scopes,
            expires_at: now.plus_ms(lives),
            replaced_at: None,
        };
        let (access_token, refresh_token) = (make(super::access::PREFIX), make("srt_"));
        Issued {
            kept: [
                keep(&access_token, TokenKind::Access, access, ACCESS_MS),
                keep(&refresh_token, TokenKind::Refresh, refresh, REFRESH_MS),
            ],
            until: now.plus_ms(REFRESH_MS),
            answer: TokenAnswer {
                access_token: access_token.expose().to_owned(),
                token_type: "Bearer",
                expires_in: ACCESS_MS / 1_000,
                refresh_token: refresh_token.expose().to_owned(),
                scope: access.as_str(),
            },
        }
    }
}

fn invalid_grant(words: &'static str) -> OauthRefusal {
    OauthRefusal::new(OauthError::InvalidGrant, words)
}

/// The scopes of a new access token: those of the refresh token, or fewer.
fn narrowed(asked: Option<&str>, granted: Scopes) -> Refused<Scopes> {
    let Some(list) = asked else { return Ok(granted) };
    Scopes::from_list(list)
        .filter(|scopes| *scopes <= granted)
        .ok_or_else(|| OauthRefusal::new(OauthError::InvalidScope, "scope is more than was granted"))
}

/// Whether the verifier is the one that the challenge was made of (RFC 7636, 4.6).
fn proves(verifier: &str, challenge: &str) -> bool {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let has_its_form = (43..=128).contains(&verifier.len()) && verifier.bytes().all(is_unreserved);
    let hash = |text: &str| solder_model::Digest(Sha256::digest(text.as_bytes()).into());
    // Compared as hashes once more, so that the time tells nothing of where they differ.
    let made = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    has_its_form && hash(&made) == hash(challenge)
}

#[cfg(test)]
mod tests {
    use super::{narrowed, proves};
    use solder_model::Scopes;

    #[test]
    fn a_verifier_proves_its_own_challenge() {
        // RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(proves(verifier, challenge));
        assert!(!proves(challenge, challenge) && !proves("", challenge));
        assert!(
            !proves(verifier.trim_start_matches('d'), challenge)
                && !proves(&format!("{verifier}="), challenge)
        );
    }

    #[test]
    fn scopes_only_ever_get_fewer() {
        assert_eq!(narrowed(None, Scopes::Write).unwrap(), Scopes::Write);
        assert_eq!(narrowed(Some("read"), Scopes::Write).unwrap(), Scopes::Read);
        assert!(narrowed(Some("read write"), Scopes::Read).is_err());
        assert!(narrowed(Some("admin"), Scopes::Write).is_err());
    }
}
