//! Tickets to the connect pages, over REST.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod get;
