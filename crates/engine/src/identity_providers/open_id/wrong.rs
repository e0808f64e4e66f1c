//! Why a provider's word was not taken, for the person who signs in, for the admin who set it up, and for the log.

use super::super::Provider;
use crate::error::Error;
use crate::outbound::OutboundError;
use openidconnect::core::CoreErrorResponseType;
use openidconnect::{ClaimsVerificationError, DiscoveryError, RequestTokenError, StandardErrorResponse};
use solder_model::{Code, Problem};

/// Why a provider's word was not taken. Nothing here holds a token, a code or a secret.
#[derive(Debug)]
pub(crate) enum Wrong {
    /// It could not be reached.
    Outbound(OutboundError),
    /// Its description does not hold.
    Unusable(String),
    /// What it answered does not hold.
    Refused(String),
    /// The address is not verified.
    Unverified,
    /// The address is of a domain that is not let in.
    Domain(String),
}

impl Wrong {
    /// The answer came from another provider than the one that was asked, or does not say from which.
    pub(super) fn mixed_up(issuer: &str) -> Self {
        Self::Refused(format!(
            "the answer names another issuer (iss): `{}`",
            crate::near::shown(issuer)
        ))
    }

    pub(super) fn discovery(error: DiscoveryError<OutboundError>) -> Self {
        match error {
            DiscoveryError::Request(error) => Self::Outbound(error),
            DiscoveryError::Validation(what) => Self::Unusable(what),
            DiscoveryError::Response(status, _, _) => Self::Unusable(format!(
                "its description at `/.well-known/openid-configuration` or its keys were not given as JSON (HTTP {})",
                status.as_u16()
            )),
            DiscoveryError::Parse(error) => Self::Unusable(format!(
                "its description or its keys cannot be read at `{}`",
                error.path()
            )),
            _ => Self::Unusable("its description or its keys cannot be read".to_owned()),
        }
    }

    pub(super) fn exchange(
        error: RequestTokenError<OutboundError, StandardErrorResponse<CoreErrorResponseType>>,
    ) -> Self {
        match error {
            RequestTokenError::Request(error) => Self::Outbound(error),
            RequestTokenError::ServerResponse(refusal) => Self::Refused(format!(
                "it did not take the code: {}",
                word(refusal.error().as_ref())
            )),
            RequestTokenError::Parse(error, _) => {
                Self::Refused(format!("its tokens cannot be read at `{}`", error.path()))
            }
            RequestTokenError::Other(_) => Self::Refused("it gave no tokens".to_owned()),
        }
    }

    pub(super) fn token(error: &ClaimsVerificationError) -> Self {
        Self::Refused(format!("its ID token does not hold: {error}"))
    }

    /// What the log is told, where an admin can do something about it.
    pub(super) fn detail(&self) -> Option<String> {
        match self {
            Self::Outbound(error) => Some(error.to_string()),
            Self::Unusable(what) | Self::Refused(what) => Some(what.clone()),
            Self::Unverified | Self::Domain(_) => None,
        }
    }

    /// The refusal as the person who signs in reads it.
    pub(super) fn told(&self, provider: &Provider) -> Error {
        let name = &provider.name;
        let (code, message) = match self {
            Self::Outbound(error) => (
                error.code(),
                format!("{name} cannot be reached now. Try again in a moment, or sign in another way."),
            ),
            Self::Unusable(_) => (
                Code::PlatformError,
                format!("Signing in by {name} is not set up right. Tell the administrator of this account."),
            ),
            Self::Refused(_) => (
                Code::PlatformError,
                format!(
                    "What {name} answered does not prove who you are, so nothing was done. Try again; if it stays so, tell the \
                     administrator of this account."
                ),
            ),
            Self::Unverified => (
                Code::PlatformForbidden,
                format!(
                    "{name} does not say that your e-mail address is verified. Verify it there, and try again."
                ),
            ),
            Self::Domain(domain) => (
                Code::PlatformForbidden,
                format!(
                    "Addresses at {domain} are not let in here. Sign in at {name} with an address of your organisation."
                ),
            ),
        };
        Error::Platform(Problem::new(code, message))
    }

    /// What is wrong with the issuer, as the admin who names it reads it.
    pub(crate) fn for_admin(&self) -> String {
        match self {
            Self::Outbound(error) => format!("the provider's description could not be read: {error}"),
            Self::Unusable(what) | Self::Refused(what) => format!("the provider cannot be used: {what}"),
            Self::Unverified | Self::Domain(_) => "the provider cannot be used".to_owned(),
        }
    }
}

/// An error's code, which a provider may write anything into.
pub(crate) fn word(code: &str) -> String {
    let plain = |character: &char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.');
    code.chars().filter(plain).take(60).collect()
}
