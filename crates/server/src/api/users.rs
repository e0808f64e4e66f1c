//! Users of an account, for admins.

pub(crate) mod remove_password;
pub(crate) mod set_password;
