//! Why a request got no answer. Nothing here holds a URL, a query, a header or a body.

use solder_model::Code;

/// A cause as the log may have it: its chain names operating system and protocol errors, never the URL.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a request got no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutboundError {
    /// No connection was made, so nothing was sent: sending it again does nothing twice.
    #[error("no connection to the platform could be made")]
    Unreachable(#[source] Cause),
    /// The URL leads where its author may not reach.
    #[error("{0}")]
    Refused(&'static str),
    /// The connection broke before the whole answer was there. The platform may have acted.
    #[error("the connection to the platform broke before its whole answer was there")]
    Broken(#[source] Cause),
    /// The time ran out. The platform may have acted.
    #[error("the platform did not answer in time")]
    Timeout,
    /// The answer is larger than what is taken.
    #[error("the platform's answer is larger than the {limit} bytes that are taken")]
    TooLarge {
        /// The limit, in bytes after decompression.
        limit: usize,
    },
    /// The answer came, and cannot be read.
    #[error("the platform's answer could not be read: {0}")]
    BadAnswer(&'static str),
    /// A redirect that is not followed.
    #[error("{0}")]
    Redirected(&'static str),
    /// The request's URL is not one that is sent.
    #[error("{0}")]
    BadRequest(&'static str),
    /// The client itself could not be made: no root certificates were found, say.
    #[error("no secure connection can be made from this machine")]
    Unusable(#[source] Cause),
}

impl OutboundError {
    /// The code that a caller gets.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::Unreachable(_) | Self::Refused(_) | Self::Unusable(_) => Code::PlatformUnreachable,
            Self::Timeout => Code::PlatformTimeout,
            Self::Broken(_) | Self::TooLarge { .. } | Self::BadAnswer(_) | Self::Redirected(_) => {
                Code::PlatformError
            }
            Self::BadRequest(_) => Code::InternalError,
        }
    }
}
