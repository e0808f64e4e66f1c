//! The Model Context Protocol on the wire: messages, both eras, header rules, event-stream frames.
//!
//! Pure: nothing here waits, reads a clock or speaks to a network, and nothing knows what a tool does. The way of
//! a POST is one line:
//!
//! 1. [`Head::read`], which never fails. What is refused from here to step 4 goes through [`Head::refuse`].
//! 2. [`Head::verb`], then whatever else is to be known of the caller: origin, authentication.
//! 3. [`Head::check_media`].
//! 4. [`Head::read_body`]: one [`Message`] or a batch; or the answer to a body that is neither.
//! 5. For each [`Call`]: the caller's window (where [`Method::counts`]), the session, then [`Offer::answer`], which is
//!    the whole answer or the tool that has to run, whose [`CallToolResult`] goes through [`Offer::reply`].
//! 6. [`Head::render`] or [`Head::render_batch`]; [`Rendered::accepted`] where nothing is to be answered.
//!
//! *Modern* is 2026-07-28 and later: every request stands alone and names its revision. *Legacy* is every revision
//! that begins with `initialize`. One endpoint serves both.

mod accept;
mod body;
mod call;
mod catalogue;
mod completion;
mod error;
mod handshake;
mod head;
mod header;
mod id;
mod json;
mod method;
mod offer;
mod outcome;
mod param;
mod render;
mod reply;
mod revision;
mod select;
mod sse;
mod tool;

pub use body::{Incoming, MAX_BATCH, MAX_DEPTH, Message, Notification};
pub use call::{Call, Initialize, ToolCall, Trace};
pub use catalogue::{CacheHint, CacheScope, Catalogue, ResourceTemplate, ToolList, render_tool_list};
pub use completion::{Completion, MAX_COMPLETIONS};
pub use error::RpcError;
pub use handshake::ServerInfo;
pub use head::{Head, SessionHeader, Verb};
pub use id::Id;
pub use method::{List, Method};
pub use offer::{Answer, Offer};
pub use outcome::CallToolResult;
pub use param::HeaderParams;
pub use render::Rendered;
pub use reply::{Reply, ResultBody};
pub use revision::{Era, Revision};
pub use tool::{Annotations, ToolDescriptor};

/// A tool definition that must not be published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// `x-mcp-header` stands where no client could mirror it, or names no header (SEP-2243).
    #[error("{path}: {reason}")]
    HeaderAnnotation {
        /// Names from the schema's root, joined by `.`.
        path: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}
