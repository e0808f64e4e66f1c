//! Redirect URIs over REST: for admins.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod list;
