//! A bounded cache in which nothing survives that was loaded while its key was being invalidated.
//!
//! A load reads the truth, then keeps what it read. Where the truth changes in between, what was read is old by the
//! time that it is kept, and a plain cache would serve it for ever. So each load takes a [`Ticket`] before it reads,
//! an invalidation makes the tickets of its key worthless, and a value is kept only for a ticket that still counts.

#[cfg(test)]
mod tests;

use moka::sync::Cache;
use parking_lot::Mutex;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Loads of different keys meet in a gate by chance only, and all that a meeting costs is one more load.
const GATES: u64 = 128;
/// What is known to be absent gets this share of the room, and never any of the room of what is there: a flood of
/// unknown names pushes nothing out.
const ABSENT_SHARE: u64 = 4;
/// How many values there may be where the room is not told in values, as far as absent keys go.
const FEW: u32 = 1_000;

/// What the cache knows of a key.
#[derive(Debug)]
pub(crate) enum Found<V> {
    /// It is there.
    Present(Arc<V>),
    /// It was looked for, and there is none.
    Absent,
}

impl<V> Found<V> {
    /// The value, if it is there.
    pub(crate) fn into_option(self) -> Option<Arc<V>> {
        match self {
            Self::Present(value) => Some(value),
            Self::Absent => None,
        }
    }
}

struct Slot<T> {
    epoch: u64,
    value: T,
}

impl<T: Clone> Clone for Slot<T> {
    fn clone(&self) -> Self {
        Self {
            epoch: self.epoch,
            value: self.value.clone(),
        }
    }
}

/// The right to keep what is loaded from now on; worthless once its key has been invalidated or all was cleared.
struct Ticket {
    generation: u64,
    epoch: u64,
}

/// A bounded cache of `Arc<V>` by `K`, which also remembers what is absent.
///
/// A warm [`find`](Self::find) allocates nothing and takes no lock of this type. Expiry is not the cache's business: callers
/// check it on what they get.
pub(crate) struct Guarded<K, V> {
    present: Cache<K, Slot<Arc<V>>>,
    absent: Cache<K, Slot<()>>,
    hasher: RandomState,
    gates: Box<[Mutex<u64>]>,
    epoch: AtomicU64,
}

impl<K, V> Guarded<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    /// A cache of at most `entries` values, and a quarter as many absent keys.
    pub(crate) fn new(entries: u64) -> Self {
        Self::of(Cache::new(entries), entries)
    }

    /// A cache of values that weigh `room` together at most. There are few absent keys.
    pub(crate) fn weighed(room: u64, weigh: impl Fn(&V) -> usize + Send + Sync + 'static) -> Self {
        let weigh = move |_: &K, slot: &Slot<Arc<V>>| u32::try_from(weigh(&slot.value)).unwrap_or(u32::MAX);
        let present = Cache::builder().max_capacity(room).weigher(weigh).build();
        Self::of(present, u64::from(FEW))
    }

    fn of(present: Cache<K, Slot<Arc<V>>>, entries: u64) -> Self {
        Self {
            present,
            absent: Cache::new(entries.div_ceil(ABSENT_SHARE)),
            hasher: RandomState::new(),
            gates: (0..GATES).map(|_| Mutex::new(0)).collect(),
            epoch: AtomicU64::new(0),
        }
    }

    /// What is known of `key`; `None` where nothing is, so that it has to be loaded.
    pub(crate) fn find(&self, key: &K) -> Option<Found<V>> {
        let epoch = self.epoch.load(Ordering::Acquire);
        if let Some(slot) = self.present.get(key).filter(|slot| slot.epoch == epoch) {
            return Some(Found::Present(slot.value));
        }
        self.absent
            .get(key)
            .filter(|slot| slot.epoch == epoch)
            .map(|_| Found::Absent)
    }

    /// What is known of `key`, loaded where nothing is. `None` is the loader's word that there is none; it is kept
    /// too. An error is handed through and not kept.
    ///
    /// Callers that miss together load together: a load is a look-up, and one that waits for another's would wait
    /// for its failure too.
    pub(crate) async fn get_or_load<E, L, F>(&self, key: &K, load: L) -> Result<Option<Arc<V>>, E>
    where
        E: Send,
        L: FnOnce() -> F + Send,
        F: Future<Output = Result<Option<V>, E>> + Send,
    {
        if let Some(found) = self.find(key) {
            return Ok(found.into_option());
        }
        let ticket = self.ticket(key);
        let loaded = load().await?.map(Arc::new);
        self.keep(key, &ticket, loaded.as_ref());
        Ok(loaded)
    }

    /// Forgets `key`. A load of it that is under way is answered, and not kept.
    pub(crate) fn invalidate(&self, key: &K) {
        let mut generation = self.gate(key).lock();
        *generation = generation.wrapping_add(1);
        self.present.invalidate(key);
        self.absent.invalidate(key);
    }

    /// Forgets everything. Loads that are under way are answered, and not kept.
    pub(crate) fn clear(&self) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
        self.present.invalidate_all();
        self.absent.invalidate_all();
    }

    fn ticket(&self, key: &K) -> Ticket {
        Ticket {
            epoch: self.epoch.load(Ordering::Acquire),
            generation: *self.gate(key).lock(),
        }
    }

    fn keep(&self, key: &K, ticket: &Ticket, value: Option<&Arc<V>>) {
        let epoch = ticket.epoch;
        // Held until the value stands, so that no invalidation can pass between the look and the keeping.
        let generation = self.gate(key).lock();
        if *generation != ticket.generation || self.epoch.load(Ordering::Acquire) != epoch {
            return;
        }
        if let Some(value) = value {
            let value = Arc::clone(value);
            self.absent.invalidate(key);
            self.present.insert(key.clone(), Slot { epoch, value });
        } else {
            self.present.invalidate(key);
            self.absent.insert(key.clone(), Slot { epoch, value: () });
        }
    }

    fn gate(&self, key: &K) -> &Mutex<u64> {
        static SPARE: Mutex<u64> = Mutex::new(0);
        let place = usize::try_from(self.hasher.hash_one(key) % GATES);
        place
            .ok()
            .and_then(|place| self.gates.get(place))
            .unwrap_or(&SPARE)
    }
}
