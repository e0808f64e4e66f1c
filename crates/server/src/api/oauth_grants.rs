//! A user's grants to MCP clients over REST. What is allowed and what happens is the engine's.

pub(crate) mod list;
pub(crate) mod revoke;
