//! Sealing and opening, the key ring, and the keyed hash that API keys and access tokens are looked up by.
//!
//! Pure: nothing here reads a file or asks for a random byte by itself. A record is sealed in an envelope: a data
//! key of its own, wrapped by the master key. What a record is (whose, of what) goes in as [`Context`], so that
//! sealed bytes that were moved to another row do not open there.

mod context;
mod envelope;
mod error;
mod key;
mod vault;

pub use context::Context;
pub use envelope::sealed_by;
pub use error::Error;
pub use key::{KeyRing, MasterKey};
pub use vault::{KeySource, Vault};
