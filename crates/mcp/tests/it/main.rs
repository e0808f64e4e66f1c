//! The protocol from head to answer, as a server would drive it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "helpers of tests: a fault in them is a failed test, and values written in place read best"
)]

mod batches;
mod eras;
mod exchanges;
mod media;
mod messages;
mod mirrored;
mod properties;
mod refusals;
mod results;
mod support;
