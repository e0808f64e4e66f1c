//! For tests alone: a running server with a database of its own, clients by role, a fake clock, seeded entropy and
//! a fake platform.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on ends"
)]

mod answer;
mod browser;
mod client;
mod clock;
mod entropy;
mod jwt;
mod keys;
mod mcp;
mod platform;
mod raw;
mod solder;

pub use answer::Answer;
pub use browser::Browser;
pub use client::{Client, http_client};
pub use clock::FakeClock;
pub use entropy::SeededEntropy;
pub use jwt::{P384, RSA_PKCS1, RSA_PRIVATE, RSA_WEAK, Signer};
pub use keys::Keys;
pub use mcp::Mcp;
pub use platform::{FakePlatform, PlatformAnswer, Received};
pub use raw::{raw, raw_connection};
pub use solder::{Account, Solder, SolderBuilder};
