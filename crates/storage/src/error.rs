//! What can keep storage from answering.

use crate::dialect;

/// Why storage did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule of uniqueness stands against it; the text names what has to be unique, such as `server name`.
    #[error("the {0} is taken")]
    Conflict(&'static str),
    /// What the row would belong to (an account, a user) does not exist.
    #[error("what it belongs to does not exist")]
    NotFound,
    /// The database cannot be reached, is busy for too long, or failed.
    #[error("the database does not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row holds what was never written so; the text names the column.
    #[error("the database holds what cannot be read: {0}")]
    Corrupt(String),
    /// The URL is not one of a database that is known; the text says what is wrong and does not repeat the URL, which
    /// may hold a password.
    #[error("the database URL cannot be used: {0}")]
    BadUrl(String),
    /// The database's tables are not those of this program, or are newer.
    #[error("the database could not be brought up to date")]
    Migration(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(inner) if inner.is_unique_violation() => {
                Self::Conflict(dialect::broken_rule(inner.as_ref()))
            }
            sqlx::Error::Database(inner) if inner.is_foreign_key_violation() => Self::NotFound,
            sqlx::Error::ColumnDecode { index, .. } => Self::Corrupt(index),
            sqlx::Error::ColumnNotFound(name) => Self::Corrupt(name),
            other => Self::Unavailable(Box::new(other)),
        }
    }
}
