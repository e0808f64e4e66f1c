//! How a command ends where it does not end well.

use crate::settings::Faults;
use solder_engine::CatalogError;

/// Why a command ended, in words for a person.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The settings or the command line are wrong: nothing was done.
    Settings(String),
    /// It was tried and did not work.
    Failed(String),
    /// It was done, and the answer is no; everything has been printed.
    Told,
    /// Whoever reads our output has gone; there is nobody to tell.
    NobodyReads,
}

/// What commands give.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// A failure in one sentence and its cause.
    pub(crate) fn because(what: impl std::fmt::Display, cause: &dyn std::error::Error) -> Self {
        let mut text = format!("{what}: {cause}");
        let mut inner = cause.source();
        while let Some(error) = inner {
            text.push_str(": ");
            text.push_str(&error.to_string());
            inner = error.source();
        }
        Self::Failed(text)
    }

    /// The process's exit code.
    pub(crate) const fn code(&self) -> u8 {
        match self {
            Self::Settings(_) => 2,
            Self::Failed(_) | Self::Told => 1,
            Self::NobodyReads => 0,
        }
    }

    /// What is said of it on standard error.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Settings(text) | Self::Failed(text) => Some(text),
            Self::Told | Self::NobodyReads => None,
        }
    }
}

impl From<Faults> for Failure {
    fn from(faults: Faults) -> Self {
        Self::Settings(faults.to_string())
    }
}

impl From<solder_engine::Error> for Failure {
    fn from(error: solder_engine::Error) -> Self {
        match error {
            solder_engine::Error::Invalid(faults) => {
                let faults: Vec<_> = faults
                    .iter()
                    .map(|fault| format!("{}: {}", fault.field, fault.message))
                    .collect();
                Self::Failed(faults.join("\n"))
            }
            solder_engine::Error::Storage(cause) => Self::because("the database", &cause),
            solder_engine::Error::Vault(cause) => Self::because("the vault", &cause),
            other => Self::Failed(other.to_string()),
        }
    }
}

impl From<CatalogError> for Failure {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::Faults(faults) => {
                let faults: Vec<_> = faults.iter().map(|fault| format!("\n  {fault}")).collect();
                Self::Failed(format!("connector files have faults:{}", faults.concat()))
            }
            CatalogError::Folder(..) => Self::because("SOLDER_CONNECTORS_DIR", &error),
        }
    }
}
