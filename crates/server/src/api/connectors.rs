//! Connectors over REST: what there is to call, and calling it, as the tools do.

pub(crate) mod execute;
pub(crate) mod execute_by_body;
pub(crate) mod get;
pub(crate) mod get_action;
pub(crate) mod list;
pub(crate) mod list_options;
mod schema;
