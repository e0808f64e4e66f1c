//! Why something was refused: causes that a caller can act on, each with its code.

use solder_model::{Code, Fault, Problem, Verdict};

/// A refusal or a fault.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Missing or invalid key, token or signature; an expired or rotated token; a deleted server.
    #[error("Invalid or missing authentication")]
    Unauthorized,
    /// An identity header that cannot be read, or a body with faults. Lists every one.
    #[error("invalid request")]
    Invalid(Vec<Fault>),
    /// The caller's window, or the address's window for failed authentication, is full.
    #[error("Rate limit exceeded")]
    RateLimited {
        /// Whole seconds to wait, at least 1.
        retry_after_s: i64,
    },
    /// Known and not allowed; the text says why and what would be.
    #[error("{0}")]
    Forbidden(String),
    /// The access token allows less than this needs.
    #[error(
        "This needs the scope `write`, which the access token lacks: authorize the client again, and allow it to act"
    )]
    InsufficientScope,
    /// No such server for this caller.
    #[error("Server not found")]
    ServerNotFound,
    /// No such thing of another kind.
    #[error("{0}")]
    NotFound(&'static str),
    /// No usable credential; the text says how to make one.
    #[error("Credential not found")]
    CredentialNotFound(String),
    /// No such connector for this caller.
    #[error("no connector `{id}`")]
    ConnectorNotFound {
        /// What was asked for, cut to a length that can be shown.
        id: String,
        /// The nearest ids that the caller may see.
        near: Vec<String>,
    },
    /// No such action for this caller.
    #[error("no action `{connector}.{id}`")]
    ActionNotFound {
        /// The connector.
        connector: String,
        /// What was asked for, cut to a length that can be shown.
        id: String,
        /// The nearest ids that the caller may see.
        near: Vec<String>,
    },
    /// The platform refused, failed or could not be reached.
    #[error("{0}")]
    Platform(Problem),
    /// The engine is stopping.
    #[error("stopping")]
    Stopping,
    /// The database did not answer.
    #[error("storage")]
    Storage(#[from] solder_storage::Error),
    /// Sealed bytes could not be opened.
    #[error("vault")]
    Vault(#[from] solder_vault::Error),
    /// A connector file that was accepted at start does not load any more, or a like fault of ours.
    #[error("internal: {0}")]
    Internal(&'static str),
}

/// What this crate's operations give.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// One fault of one field.
    pub(crate) fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![Fault::new(field, message)])
    }

    /// Faults of an action's arguments, which callers send as `parameters`.
    pub(crate) fn of_parameters(faults: Vec<Fault>) -> Self {
        let faults = faults.into_iter().map(|fault| fault.under("parameters"));
        Self::Invalid(faults.collect())
    }

    /// A full window, with the whole seconds to wait.
    pub(crate) fn rate_limited(verdict: Verdict) -> Self {
        Self::RateLimited {
            retry_after_s: whole_seconds(verdict.retry_after_ms),
        }
    }

    /// The code of the cause.
    pub fn code(&self) -> Code {
        match self {
            Self::Unauthorized => Code::Unauthorized,
            Self::Invalid(_) => Code::InvalidRequest,
            Self::RateLimited { .. } => Code::RateLimited,
            Self::Forbidden(_) | Self::InsufficientScope => Code::Forbidden,
            Self::ServerNotFound | Self::NotFound(_) => Code::NotFound,
            Self::CredentialNotFound(_) => Code::CredentialNotFound,
            Self::ConnectorNotFound { .. } => Code::ConnectorNotFound,
            Self::ActionNotFound { .. } => Code::ActionNotFound,
            Self::Platform(problem) => problem.code,
            Self::Stopping => Code::Unavailable,
            Self::Storage(_) | Self::Vault(_) | Self::Internal(_) => Code::InternalError,
        }
    }

    /// Logs a fault of ours, with its causes. Refusals are no faults.
    pub fn log(&self) {
        if self.code() == Code::InternalError {
            let cause = std::error::Error::source(self).unwrap_or(self);
            tracing::error!(error = cause, "{self}");
        }
    }

    /// The refusal as the caller reads it. Inner causes are left out; whoever answers logs them.
    pub fn problem(&self) -> Problem {
        let code = self.code();
        match self {
            Self::Invalid(faults) => Problem::invalid(faults),
            Self::RateLimited { retry_after_s } => {
                Problem::new(code, self.to_string()).with("retryAfterSeconds", *retry_after_s)
            }
            Self::CredentialNotFound(how) => Problem::new(code, self.to_string()).with("hint", how.as_str()),
            Self::ConnectorNotFound { id, near } => {
                let problem = Problem::new(code, format!("Connector not found: `{id}`"));
                with_near(
                    problem,
                    near,
                    "list_connectors_alloy lists the connectors of this server",
                )
            }
            Self::ActionNotFound { connector, id, near } => {
                let problem = Problem::new(
                    code,
                    format!("Action not found: `{id}` of connector `{connector}`"),
                );
                let hint =
                    "get_connector_resources_alloy lists a connector's actions; ids are case-sensitive";
                with_near(problem, near, hint)
            }
            Self::Platform(problem) => problem.clone(),
            Self::Stopping => Problem::new(code, "The server is stopping; try again in a moment"),
            Self::Storage(_) | Self::Vault(_) | Self::Internal(_) => Problem::new(
                code,
                "Something went wrong on our side; the request id finds it in the log",
            ),
            Self::InsufficientScope => Problem::new(code, self.to_string()).with("scope", "read write"),
            Self::Unauthorized | Self::Forbidden(_) | Self::ServerNotFound | Self::NotFound(_) => {
                Problem::new(code, self.to_string())
            }
        }
    }
}

fn with_near(problem: Problem, near: &[String], hint: &str) -> Problem {
    let problem = if near.is_empty() {
        problem
    } else {
        problem.with("didYouMean", near.to_vec())
    };
    problem.with("hint", hint)
}

/// Milliseconds as whole seconds, rounded up, at least 1: what `Retry-After` takes.
pub(crate) fn whole_seconds(ms: i64) -> i64 {
    ms.saturating_add(999).div_euclid(1_000).max(1)
}
