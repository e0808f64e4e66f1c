//! The one table of error codes: what a caller reads, its HTTP status, and whether trying again can help.

/// Whether the same request can succeed later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// The request has to change first.
    No,
    /// The same request may succeed after a wait.
    Later,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:literal, $retry:ident;)*) => {
        /// A stable, machine-readable cause of a refusal.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code as callers read it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The HTTP status that goes with the code.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// Whether the same request can succeed later.
            pub const fn retry(self) -> Retry {
                match self { $(Self::$name => Retry::$retry,)* }
            }
        }
    };
}

codes! {
    /// A body, field, header or argument is wrong; every fault is listed in the details.
    InvalidRequest = "INVALID_REQUEST", 400, No;
    /// The key, token or signature is missing or does not hold.
    Unauthorized = "UNAUTHORIZED", 401, No;
    /// The caller is known and may not do this.
    Forbidden = "FORBIDDEN", 403, No;
    /// There is no such thing, or none that this caller may know of.
    NotFound = "NOT_FOUND", 404, No;
    /// The path exists, the method does not.
    MethodNotAllowed = "METHOD_NOT_ALLOWED", 405, No;
    /// The caller takes none of the media types that could be answered.
    NotAcceptable = "NOT_ACCEPTABLE", 406, No;
    /// The body did not arrive in time.
    RequestTimeout = "REQUEST_TIMEOUT", 408, Later;
    /// The body is larger than what is taken.
    PayloadTooLarge = "PAYLOAD_TOO_LARGE", 413, No;
    /// The body's media type is not one that is read.
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE", 415, No;
    /// The caller's window is full.
    RateLimited = "RATE_LIMITED", 429, Later;
    /// A fault of ours.
    InternalError = "INTERNAL_ERROR", 500, Later;
    /// The server is stopping or its storage does not answer.
    Unavailable = "UNAVAILABLE", 503, Later;
    /// No usable credential, or not the one that was named.
    CredentialNotFound = "CREDENTIAL_NOT_FOUND", 400, No;
    /// No such connector for this caller.
    ConnectorNotFound = "CONNECTOR_NOT_FOUND", 404, No;
    /// No such action for this caller.
    ActionNotFound = "ACTION_NOT_FOUND", 404, No;
    /// The platform refused the arguments.
    PlatformInvalid = "PLATFORM_INVALID", 400, No;
    /// The platform does not take the credential any more.
    PlatformReconnect = "PLATFORM_RECONNECT", 401, No;
    /// The platform does not allow this to the credential.
    PlatformForbidden = "PLATFORM_FORBIDDEN", 403, No;
    /// The platform has no such object.
    PlatformNotFound = "PLATFORM_NOT_FOUND", 404, No;
    /// The object's state at the platform stands against it.
    PlatformConflict = "PLATFORM_CONFLICT", 409, No;
    /// The platform asks to slow down.
    PlatformRateLimited = "PLATFORM_RATE_LIMITED", 429, Later;
    /// The platform's quota for the account is used up.
    PlatformQuota = "PLATFORM_QUOTA", 429, Later;
    /// The platform answered with a fault of its own, or with something that could not be read.
    PlatformError = "PLATFORM_ERROR", 502, Later;
    /// No connection to the platform could be made, or none was allowed.
    PlatformUnreachable = "PLATFORM_UNREACHABLE", 502, Later;
    /// The platform did not answer in time.
    PlatformTimeout = "PLATFORM_TIMEOUT", 504, Later;
}

impl Code {
    /// The code that a connector file names with a short word, such as `not_found`, in its error map.
    pub fn from_platform_word(word: &str) -> Option<Self> {
        Some(match word {
            "invalid" => Self::PlatformInvalid,
            "reconnect" => Self::PlatformReconnect,
            "forbidden" => Self::PlatformForbidden,
            "not_found" => Self::PlatformNotFound,
            "conflict" => Self::PlatformConflict,
            "rate_limited" => Self::PlatformRateLimited,
            "quota" => Self::PlatformQuota,
            "error" => Self::PlatformError,
            _ => return None,
        })
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn every_code_is_spelt_once_and_has_an_error_status() {
        let mut seen = std::collections::HashSet::new();
        for code in Code::ALL {
            assert!(seen.insert(code.as_str()), "{code} stands twice");
            assert!((400..600).contains(&code.status()), "{code} is no error");
        }
    }
}
