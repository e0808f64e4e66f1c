//! Refusals as OAuth words them.

use crate::Error;
use std::borrow::Cow;

macro_rules! errors {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// An error code of OAuth.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum OauthError { $($(#[$doc])* $name,)* }

        impl OauthError {
            /// The code as clients read it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

errors! {
    /// A parameter is missing, repeated or malformed (RFC 6749, 4.1.2.1 and 5.2).
    InvalidRequest = "invalid_request";
    /// The client is unknown or did not prove itself (RFC 6749, 5.2).
    InvalidClient = "invalid_client";
    /// The code or the refresh token does not hold (RFC 6749, 5.2).
    InvalidGrant = "invalid_grant";
    /// The client may not ask for this (RFC 6749, 4.1.2.1).
    UnauthorizedClient = "unauthorized_client";
    /// The grant type is none of ours (RFC 6749, 5.2).
    UnsupportedGrantType = "unsupported_grant_type";
    /// The response type is not `code` (RFC 6749, 4.1.2.1).
    UnsupportedResponseType = "unsupported_response_type";
    /// No scope that is known, or more than was granted (RFC 6749, 4.1.2.1 and 6).
    InvalidScope = "invalid_scope";
    /// The resource is missing, or is none of ours (RFC 8707, 2).
    InvalidTarget = "invalid_target";
    /// The user did not allow it (RFC 6749, 4.1.2.1).
    AccessDenied = "access_denied";
    /// A redirect URI that cannot be registered (RFC 7591, 3.2.2).
    InvalidRedirectUri = "invalid_redirect_uri";
    /// Other metadata that cannot be registered (RFC 7591, 3.2.2).
    InvalidClientMetadata = "invalid_client_metadata";
    /// Request objects are not taken (RFC 9101).
    RequestNotSupported = "request_not_supported";
    /// Nor are references to them.
    RequestUriNotSupported = "request_uri_not_supported";
    /// Too much at once, or the server is stopping.
    TemporarilyUnavailable = "temporarily_unavailable";
    /// A fault of ours.
    ServerError = "server_error";
}

/// Why an endpoint of OAuth refused.
#[derive(Debug)]
pub struct OauthRefusal {
    /// The code.
    pub error: OauthError,
    /// For a developer: visible ASCII without quotes and backslashes (RFC 6749, 5.2).
    pub description: Cow<'static, str>,
    /// Seconds to wait, where waiting helps.
    pub retry_after_s: Option<i64>,
}

impl OauthRefusal {
    /// A refusal; what may not stand in its description is replaced.
    pub fn new(error: OauthError, description: impl Into<Cow<'static, str>>) -> Self {
        let description = description.into();
        let description = if description.bytes().all(may_stand) {
            description
        } else {
            let kept = |letter: char| match u8::try_from(letter) {
                Ok(b'"' | b'`') => '\'',
                Ok(byte) if may_stand(byte) => letter,
                _ => '?',
            };
            Cow::Owned(description.chars().map(kept).collect())
        };
        Self {
            error,
            description,
            retry_after_s: None,
        }
    }

    /// The HTTP status of an answer in JSON.
    pub const fn status(&self) -> u16 {
        match (self.error, self.retry_after_s) {
            (OauthError::InvalidClient, _) => 401,
            (OauthError::TemporarilyUnavailable, Some(_)) => 429,
            (OauthError::TemporarilyUnavailable, None) => 503,
            (OauthError::ServerError, _) => 500,
            _ => 400,
        }
    }
}

impl From<Error> for OauthRefusal {
    /// Logs the cause where it is a fault of ours; the answer holds nothing of it.
    fn from(error: Error) -> Self {
        error.log();
        match error {
            Error::RateLimited { retry_after_s } => Self {
                retry_after_s: Some(retry_after_s),
                ..Self::new(
                    OauthError::TemporarilyUnavailable,
                    "Too many tries: wait a little",
                )
            },
            Error::Stopping => Self::new(OauthError::TemporarilyUnavailable, "The server is stopping"),
            _ => Self::new(OauthError::ServerError, "Something went wrong on our side"),
        }
    }
}

impl From<solder_storage::Error> for OauthRefusal {
    fn from(error: solder_storage::Error) -> Self {
        Error::from(error).into()
    }
}

/// RFC 6749, appendix A.8: %x20-21 / %x23-5B / %x5D-7E; and no backtick, which reads like a quote.
const fn may_stand(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e) && !matches!(byte, b'"' | b'\\' | b'`')
}

#[cfg(test)]
mod tests {
    use super::{OauthError, OauthRefusal};

    #[test]
    fn descriptions_keep_to_the_letters_that_may_stand_in_them() {
        let refusal = OauthRefusal::new(OauthError::InvalidRequest, "`a` \"b\" \\ é\n");
        assert_eq!(refusal.description, "'a' 'b' ? ??");
        assert_eq!(refusal.status(), 400);
    }
}
