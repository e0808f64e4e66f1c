//! The list of tools, rendered once for each revision and served as it is from then on.

use solder_engine::tool_descriptors;
use solder_mcp::{Revision, ToolList, render_tool_list};
use std::sync::OnceLock;

/// One rendered list for each revision.
#[derive(Debug, Default)]
pub(crate) struct ToolLists([OnceLock<ToolList>; Revision::SERVED.len()]);

impl ToolLists {
    /// The list as the revision reads it.
    pub(crate) fn of(&self, revision: Revision) -> ToolList {
        let render = || render_tool_list(&tool_descriptors(), revision);
        match self.0.get(revision.index()) {
            Some(list) => list.get_or_init(render).clone(),
            None => render(),
        }
    }
}
