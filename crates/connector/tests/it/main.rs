//! Tests of the connector format, from a file's text to requests and readings.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "helpers of tests may fail loudly and read shortly, and tables of cases are long"
)]

mod build;
mod build_files;
mod built_in;
mod connection;
mod connections;
mod dialects;
mod examples;
mod load;
mod own_hosts;
mod paging;
mod paths;
mod pick;
mod read;
mod sessions;
mod support;
mod texts;
mod validate;
