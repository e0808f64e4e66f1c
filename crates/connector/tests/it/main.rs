//! Tests of the connector format, from a file's text to requests and readings.

mod built_in;
