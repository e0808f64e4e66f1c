//! From what a provider says of somebody to the user.

use super::super::Provider;
use super::wrong::Wrong;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::CoreIdToken;
use serde_json::{Map, Value};
use solder_model::UserName;

/// What a provider says of one user, in one place: claims of different places are not mixed.
#[derive(Debug, Clone)]
pub(super) struct Facts(Map<String, Value>);

impl Facts {
    /// The claims of a token whose signature, issuer, audience, nonce and expiry were checked. What is left to check is the
    /// party that it was given to (OpenID Connect Core 1.0, 3.1.3.7, steps 4 and 5).
    pub(super) fn of_id_token(token: &CoreIdToken, client_id: &str) -> Result<Self, Wrong> {
        let text = token.to_string();
        let claims = text
            .split('.')
            .nth(1)
            .and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
        let claims = claims.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let claims: Map<String, Value> =
            claims.ok_or_else(|| Wrong::Refused("its ID token cannot be read".to_owned()))?;
        match claims.get("azp") {
            None => Ok(Self(claims)),
            Some(party) if party.as_str() == Some(client_id) => Ok(Self(claims)),
            Some(_) => Err(Wrong::Refused(
                "its ID token was given to another client (azp)".to_owned(),
            )),
        }
    }

    /// The user's details, if they are of the same user.
    pub(super) fn of_user_info(info: Map<String, Value>, token: &Self) -> Result<Self, Wrong> {
        let subject =
            |facts: &Map<String, Value>| facts.get("sub").and_then(Value::as_str).map(str::to_owned);
        let (told, proven) = (subject(&info), subject(&token.0));
        if proven.is_some() && told == proven {
            Ok(Self(info))
        } else {
            Err(Wrong::Refused(
                "the user's details are another user's (sub)".to_owned(),
            ))
        }
    }

    /// Whether everything that is asked for is said here.
    pub(super) fn suffice(&self, provider: &Provider) -> bool {
        let has = |claim: &str| self.0.contains_key(claim);
        let needs_address = provider.user_claim == "email" || !provider.allowed_domains.is_empty();
        has(&provider.user_claim) && (!needs_address || (has("email") && has("email_verified")))
    }

    /// The user, if the provider's rules let this one in.
    pub(super) fn user(&self, provider: &Provider) -> Result<UserName, Wrong> {
        if provider.user_claim == "email" || !provider.allowed_domains.is_empty() {
            let address = self.verified_address()?;
            let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
            let domain = domain.to_ascii_lowercase();
            if !provider.allowed_domains.is_empty() && !provider.allowed_domains.contains(&domain) {
                return Err(Wrong::Domain(crate::near::shown(&domain)));
            }
        }
        let claim = &provider.user_claim;
        let Some(value) = self.0.get(claim) else {
            return Err(Wrong::Refused(format!("it does not tell the claim `{claim}`")));
        };
        let name = value.as_str().and_then(|text| UserName::new(text).ok());
        name.ok_or_else(|| Wrong::Refused(format!("its claim `{claim}` is no text that can be a user's id")))
    }

    /// The address, which counts only where the provider says that it is the user's own.
    fn verified_address(&self) -> Result<&str, Wrong> {
        let address = self.0.get("email").and_then(Value::as_str).unwrap_or_default();
        if address.is_empty() {
            return Err(Wrong::Refused("it does not tell the e-mail address".to_owned()));
        }
        if self.0.get("email_verified") == Some(&Value::Bool(true)) {
            Ok(address)
        } else {
            Err(Wrong::Unverified)
        }
    }
}
