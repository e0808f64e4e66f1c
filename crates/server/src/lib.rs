//! The HTTP surface: the management API, the MCP endpoint and their middleware.
