//! OAuth clients of an account over REST. What is allowed and what happens is the engine's.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod list;
