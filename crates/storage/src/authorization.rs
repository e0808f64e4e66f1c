//! What MCP clients are authorized by: registered clients, requests that wait for their user, grants and their tokens.
//! Codes, tokens and secrets are digests here.

mod client;
mod grant;
mod request;
mod token;
