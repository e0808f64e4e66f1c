//! Storage as its users see it. The contract is written once and held by both databases; what only one of them has
//! stands in a file of its own.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]
#![expect(
    clippy::cognitive_complexity,
    reason = "a test is a straight list of what must hold, and each line counts as a branch"
)]

mod contract;
mod fixtures;
mod postgres;
mod sqlite;
