//! Master keys that a test changes while a server runs.

use solder_model::Entropy;
use solder_vault::{KeyRing, KeySource, MasterKey};
use std::sync::{Arc, Mutex};

/// A source of master keys in memory. A clone is the same source.
#[derive(Debug, Clone)]
pub struct Keys(Arc<Mutex<KeyRing>>);

impl Keys {
    /// A source that gives this ring.
    pub fn new(ring: KeyRing) -> Self {
        Self(Arc::new(Mutex::new(ring)))
    }

    /// What it gives.
    pub fn ring(&self) -> KeyRing {
        self.0.lock().unwrap().clone()
    }

    /// Puts a new key in front.
    pub fn put_newer(&self, entropy: &dyn Entropy) {
        let newer = self.ring().with_newer(MasterKey::generate(entropy));
        *self.0.lock().unwrap() = newer;
    }

    /// Drops all keys but the one in front.
    pub fn drop_old(&self) {
        let alone = self.ring().current_alone();
        *self.0.lock().unwrap() = alone;
    }
}

impl KeySource for Keys {
    fn read(&self) -> Option<KeyRing> {
        Some(self.ring())
    }
}
