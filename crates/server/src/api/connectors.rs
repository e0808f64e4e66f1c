//! Connectors over REST: what there is to call, and calling it, as the tools do; and, for admins, the account's own.

pub(crate) mod delete;
pub(crate) mod execute;
pub(crate) mod execute_by_body;
pub(crate) mod get;
pub(crate) mod get_action;
pub(crate) mod get_file;
pub(crate) mod get_version;
pub(crate) mod import;
pub(crate) mod list;
pub(crate) mod list_options;
pub(crate) mod list_versions;
pub(crate) mod put;
pub(crate) mod restore_version;
mod schema;

use crate::path::Segments;
pub(crate) use schema::Shaped;

/// The version that a path names; one that is no number is no version.
fn version(segments: &Segments) -> i64 {
    segments.text("version").parse().unwrap_or_default()
}
