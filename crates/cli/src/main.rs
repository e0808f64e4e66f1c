//! The one binary, `solder`.
fn main() {}
