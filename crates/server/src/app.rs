//! What every handler shares.

use crate::Settings;
use crate::gate::Gate;
use crate::request_id::RequestIds;
use solder_engine::{Engine, tool_descriptors};
use solder_mcp::{Catalogue, ServerInfo};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The engine and what the HTTP surface keeps beside it.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) engine: Arc<Engine>,
    pub(crate) settings: Settings,
    pub(crate) gate: Gate,
    pub(crate) request_ids: RequestIds,
    /// The tools, rendered once for each revision.
    pub(crate) catalogue: Arc<Catalogue>,
    /// Who answers where answers do not tell who does.
    pub(crate) nameless: ServerInfo,
    /// Calls that go on when their connection breaks off.
    pub(crate) calls: TaskTracker,
    /// Cancelled when nothing is waited for any more.
    pub(crate) stopped: CancellationToken,
}

impl App {
    /// Errors: a tool that clients would drop, which must not be published.
    pub(crate) fn new(engine: Arc<Engine>, settings: Settings) -> Result<Self, solder_mcp::Error> {
        Ok(Self {
            gate: Gate::new(&settings),
            request_ids: RequestIds::new(&engine.request_id()),
            engine,
            settings,
            catalogue: Arc::new(Catalogue::new(&tool_descriptors())?.with_templates(&crate::mcp::TEMPLATES)),
            nameless: ServerInfo::new("", ""),
            calls: TaskTracker::new(),
            stopped: CancellationToken::new(),
        })
    }
}
