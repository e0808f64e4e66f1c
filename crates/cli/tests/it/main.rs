//! The binary from outside: help, exit codes, settings, commands, first and later starts.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail the test"
)]

mod commands;
mod connectors;
mod help;
mod import;
mod jwt_keys;
mod refusals;
mod solder;
mod starts;
mod vault;
