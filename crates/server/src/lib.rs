//! The HTTP surface: the management API, the MCP endpoint and what stands around both.
//!
//! Here requests are taken apart and answers put together; what is allowed and what happens is the engine's. The
//! way of a request: the listener (`serve`), the edge (request id, hosts, origins), the route's handler, which
//! asks the engine in the order of its documentation, and `problem`, which makes answers of refusals.

mod admitted;
mod answer;
mod api;
mod app;
mod arrival;
mod body;
mod client_address;
mod edge;
mod files;
mod gate;
mod identity;
mod mcp;
mod oauth;
mod openapi;
mod pages;
mod path;
mod problem;
mod query;
mod request_id;
mod router;
mod serve;
mod settings;
mod unbroken;
mod uploads;
mod within;
mod wording;

pub use openapi::openapi_json;
pub use serve::serve;
pub use settings::Settings;

use app::App;
