//! The vault of an installation: its key ring, and the hash key that the ring wraps.

use crate::key::{KEY_BYTES, KeyRing, keyed_hash};
use crate::{Context, Error};
use hmac::Mac;
use solder_model::{Digest, Entropy, Sealed};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Seals, opens and hashes for one installation.
pub struct Vault {
    ring: KeyRing,
    hash_key: Zeroizing<[u8; KEY_BYTES]>,
}

impl Vault {
    /// A hash key for a new installation, sealed with the ring's current key. It is made once and never changes,
    /// since every stored digest depends on it.
    pub fn new_hash_key(ring: &KeyRing, entropy: &dyn Entropy) -> Sealed {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        entropy.fill(key.as_mut_slice());
        ring.seal(entropy, key.as_slice(), &hash_key_context())
    }

    /// Opens an installation. [`Error::WrongKey`] where none of the ring's keys sealed the hash key.
    pub fn open_with(ring: KeyRing, hash_key: &Sealed) -> Result<Self, Error> {
        let opened = ring.open(hash_key, &hash_key_context())?;
        if opened.len() != KEY_BYTES {
            return Err(Error::Malformed);
        }
        let mut hash_key = Zeroizing::new([0; KEY_BYTES]);
        hash_key.copy_from_slice(&opened);
        Ok(Self { ring, hash_key })
    }

    /// Seals a record under a key of its own, for this context alone.
    pub fn seal(&self, entropy: &dyn Entropy, plain: &[u8], context: &Context) -> Sealed {
        self.ring.seal(entropy, plain, context)
    }

    /// Opens what was sealed for the same context; the bytes are wiped when dropped.
    pub fn open(&self, sealed: &Sealed, context: &Context) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.ring.open(sealed, context)
    }

    /// The digest that an API key or an access token is looked up by: HMAC-SHA256 under the hash key.
    pub fn digest(&self, secret: &str) -> Digest {
        let mut mac = keyed_hash(&self.hash_key);
        mac.update(secret.as_bytes());
        Digest(mac.finalize().into_bytes().into())
    }

    /// The id of the master key that seals.
    pub fn key_id(&self) -> String {
        self.ring.current().id()
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Vault")
            .field("ring", &self.ring)
            .finish_non_exhaustive()
    }
}

/// Whether two digests are the same, in a time that does not depend on where they differ.
pub fn same(a: &Digest, b: &Digest) -> bool {
    a.0.ct_eq(&b.0).into()
}

fn hash_key_context() -> Context {
    Context::new("hash key", &[])
}
