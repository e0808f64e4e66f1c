//! Users of an account, for admins.

pub(crate) mod create;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod remove_password;
pub(crate) mod set_password;
