//! API keys over REST. What is allowed and what happens is the engine's.

pub(crate) mod create;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod revoke;
pub(crate) mod rotate;
mod schema;
pub(crate) mod update;
