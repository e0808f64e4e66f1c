//! The connector files that are part of the binary.

include!(concat!(env!("OUT_DIR"), "/built_in.rs"));

/// Every connector that is built in: its id and its file's text, in the order of the ids. Parsing is left to whoever
/// needs one.
pub fn built_in() -> &'static [(&'static str, &'static str)] {
    CONNECTORS
}

/// The recorded calls of the built-in connectors: the id and the text of the examples' file.
pub fn built_in_examples() -> &'static [(&'static str, &'static str)] {
    EXAMPLES
}
