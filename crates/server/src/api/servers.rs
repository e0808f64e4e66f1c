//! Servers over REST. What is allowed and what happens is the engine's.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod rotate_token;
mod schema;
pub(crate) mod update;
