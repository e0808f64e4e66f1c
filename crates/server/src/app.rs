//! What every handler shares.

use crate::Settings;
use crate::gate::Gate;
use crate::mcp::ToolLists;
use solder_engine::Engine;
use solder_mcp::ServerInfo;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The engine and what the HTTP surface keeps beside it.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) engine: Arc<Engine>,
    pub(crate) settings: Settings,
    pub(crate) gate: Gate,
    /// The list of tools, rendered once for each revision.
    pub(crate) tools: ToolLists,
    /// Who answers where answers do not tell who does.
    pub(crate) nameless: ServerInfo,
    /// Calls that go on when their connection breaks off.
    pub(crate) calls: TaskTracker,
    /// Cancelled when nothing is waited for any more.
    pub(crate) stopped: CancellationToken,
}

impl App {
    pub(crate) fn new(engine: Arc<Engine>, settings: Settings) -> Self {
        Self {
            gate: Gate::new(&settings),
            engine,
            settings,
            tools: ToolLists::default(),
            nameless: ServerInfo::new("", ""),
            calls: TaskTracker::new(),
            stopped: CancellationToken::new(),
        }
    }
}
