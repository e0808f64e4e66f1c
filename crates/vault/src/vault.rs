//! The vault of an installation: its key ring, which can be replaced while it serves, and the hash key that the ring
//! wraps.

use crate::envelope::key_of;
use crate::key::{ID_BYTES, KEY_BYTES, KeyRing, keyed_hash};
use crate::{Context, Error};
use hmac::Mac;
use parking_lot::{Mutex, RwLock};
use solder_model::{Clock, Digest, Entropy, Sealed, Timestamp};
use std::sync::{Arc, OnceLock};
use zeroize::Zeroizing;

/// Records that name a key that the ring does not have make the source be read once in so many milliseconds at most:
/// whoever sends made-up bytes must not keep it busy.
const LOOKED_AGAIN_EVERY_MS: i64 = 1_000;

/// Where the ring comes from, and can be had from again: a file, the environment, a command.
pub trait KeySource: Send + Sync {
    /// The ring as the source gives it now. It may wait, some seconds where the source is another program; whoever fails
    /// says so to the log by itself, without a secret.
    fn read(&self) -> Option<KeyRing>;

    /// Does work that may wait as [`KeySource::read`] does. A source whose readers share a thread with others steps
    /// aside here.
    fn aside(&self, work: &mut dyn FnMut()) {
        work();
    }
}

struct Following {
    source: Arc<dyn KeySource>,
    clock: Arc<dyn Clock>,
    looked_at: Mutex<Option<Timestamp>>,
}

/// Seals, opens and hashes for one installation.
pub struct Vault {
    ring: RwLock<Arc<KeyRing>>,
    hash_key: Zeroizing<[u8; KEY_BYTES]>,
    following: OnceLock<Following>,
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
        Ok(Self {
            ring: RwLock::new(Arc::new(ring)),
            hash_key,
            following: OnceLock::new(),
        })
    }

    /// From now on the ring is read again from this source where a record names a key that it does not have. The first
    /// source that is named stays.
    pub fn follow(&self, source: Arc<dyn KeySource>, clock: Arc<dyn Clock>) {
        let following = Following {
            source,
            clock,
            looked_at: Mutex::new(None),
        };
        // A second source is not taken, as the documentation says.
        self.following.set(following).ok();
    }

    /// The ring as its source gives it now; none where there is no source, or where it could not be read.
    pub fn read_source(&self) -> Option<KeyRing> {
        self.following.get()?.source.read()
    }

    /// The ring that seals and opens at this moment.
    pub fn ring(&self) -> Arc<KeyRing> {
        Arc::clone(&self.ring.read())
    }

    /// Puts another ring in the place of this one. What is being sealed or opened is finished with the ring it began with.
    pub fn replace(&self, ring: KeyRing) {
        *self.ring.write() = Arc::new(ring);
    }

    /// Whether the hash key's record opens with a ring: a ring for which it does not is not this installation's.
    pub fn is_opened_by(ring: &KeyRing, hash_key: &Sealed) -> bool {
        ring.open(hash_key, &hash_key_context()).is_ok()
    }

    /// Seals a record under a key of its own, for this context alone.
    pub fn seal(&self, entropy: &dyn Entropy, plain: &[u8], context: &Context) -> Sealed {
        self.ring().seal(entropy, plain, context)
    }

    /// Opens what was sealed for the same context; the bytes are wiped when dropped. Where the record names a key that
    /// the ring does not have, the ring's source is asked once more, at a bounded rate.
    pub fn open(&self, sealed: &Sealed, context: &Context) -> Result<Zeroizing<Vec<u8>>, Error> {
        match self.ring().open(sealed, context) {
            Err(Error::WrongKey) if self.finds(key_of(sealed)?) => self.ring().open(sealed, context),
            done => done,
        }
    }

    /// The record under the key that seals now, its content unchanged; none where it is so already.
    pub fn rewrap(
        &self,
        entropy: &dyn Entropy,
        sealed: &Sealed,
        context: &Context,
    ) -> Result<Option<Sealed>, Error> {
        self.ring().rewrap(entropy, sealed, context)
    }

    /// Reads the source again for the sake of a key; true where the ring has it then.
    fn finds(&self, id: [u8; ID_BYTES]) -> bool {
        let Some(following) = self.following.get() else {
            return false;
        };
        let mut found = false;
        following
            .source
            .aside(&mut || found = self.look_again(following, id));
        found
    }

    fn look_again(&self, following: &Following, id: [u8; ID_BYTES]) -> bool {
        let mut looked_at = following.looked_at.lock();
        // Somebody else may have read it while this one waited.
        if self.ring().find(id).is_some() {
            return true;
        }
        let now = following.clock.now();
        if looked_at.is_some_and(|before| (0..LOOKED_AGAIN_EVERY_MS).contains(&now.since(before))) {
            return false;
        }
        *looked_at = Some(now);
        // A ring that does not have the key either tells nothing, and could be a mistake: it is not taken.
        match following.source.read() {
            Some(ring) if ring.find(id).is_some() => {
                let whole = ring.and_keys_of(&self.ring());
                self.replace(whole);
                true
            }
            _ => false,
        }
    }

    /// The digest that an API key or an access token is looked up by: HMAC-SHA256 under the hash key.
    pub fn digest(&self, secret: &str) -> Digest {
        let mut mac = keyed_hash(&self.hash_key);
        mac.update(secret.as_bytes());
        Digest(mac.finalize().into_bytes().into())
    }

    /// The id of the master key that seals.
    pub fn key_id(&self) -> String {
        self.ring().current().id()
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Vault")
            .field("ring", &self.ring())
            .finish_non_exhaustive()
    }
}

fn hash_key_context() -> Context {
    Context::new("hash key", &[])
}
