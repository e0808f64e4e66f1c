//! What Solder keeps: accounts, users, API keys, servers, sealed credentials, the audit log and the change feed, in
//! one SQL text for SQLite and PostgreSQL.
//!
//! Every method of [`Storage`] is one transaction. One that changes something writes the row, the audit row and the
//! rows of the change feed together, and has returned only once they are on the disk. Sealed bytes and digests come
//! and go as they are: nothing here can open them.
//!
//! Rules for the SQL: columns are TEXT, BIGINT and BLOB (BYTEA) alone; a statement is static text beside its function,
//! with `$1` for its first value; what the two databases need differently stands in `dialect` and in the two folders
//! of migrations, which have the same numbers and names and only ever go forward.

mod account;
mod api_key;
mod audit;
mod authorization;
mod change;
mod connect_pending;
mod connect_ticket;
mod credential;
mod database;
mod dialect;
mod error;
mod flow;
mod identity_provider;
mod installation;
mod jwt_key;
mod lease;
mod oauth_app;
mod own_connector;
mod password;
mod redirect_uri;
mod row;
mod sealed;
mod server;
mod session;
mod sign_in;
mod usage;
mod user;

pub use api_key::{KeyChange, Revoked};
pub use audit::{AuditEntry, AuditQuery};
pub use change::{Change, ChangeKind};
pub use database::Storage;
pub use error::Error;
pub use flow::Taken;
pub use lease::Lease;
pub use own_connector::{ConnectorVersion, LiveConnector, Next, OwnConnector, Rebinding, Unbound};
pub use sealed::{NOT_SEALED, RowKey, SEALED, SealedColumn, SealedRow};
pub use usage::Usage;
