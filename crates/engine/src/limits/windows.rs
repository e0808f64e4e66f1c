//! Many windows, found by their key, in bounded memory.

use super::WindowKey;
use parking_lot::Mutex;
use solder_model::{Limit, Timestamp, Verdict, Window};
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

const SHARDS: u64 = 32;
/// A shard is swept when it has grown to twice what the last sweep left, and not before it holds so many.
const SWEEP_FROM: usize = 64;
/// So many windows are kept in all; beyond that, the quietest eighth of a full shard is forgotten. More callers than
/// this within one window's length can only be made-up ones.
const MOST: usize = 1 << 20;

/// A window, and when it will be empty if nothing more comes.
struct Entry {
    window: Window,
    idle_at: Timestamp,
}

struct Shard {
    entries: HashMap<WindowKey, Entry>,
    sweep_at: usize,
}

/// Windows by key. Requests of different callers wait for each other only where their keys fall into one shard, and
/// then for less than a microsecond, sweeps apart.
pub(super) struct Windows {
    shards: Box<[Mutex<Shard>]>,
    hasher: RandomState,
    most_in_shard: usize,
}

impl Default for Windows {
    fn default() -> Self {
        Self::holding(MOST)
    }
}

impl Windows {
    /// At most about `most` windows.
    pub(super) fn holding(most: usize) -> Self {
        let shard = |_| {
            Mutex::new(Shard {
                entries: HashMap::new(),
                sweep_at: SWEEP_FROM,
            })
        };
        Self {
            shards: (0..SHARDS).map(shard).collect(),
            hasher: RandomState::new(),
            most_in_shard: most.div_ceil(32).max(8),
        }
    }

    /// Asks the window of `key` for `cost` at `now`: all or nothing.
    pub(super) fn take(&self, key: &WindowKey, limit: Limit, now: Timestamp, cost: u32) -> Verdict {
        let place = usize::try_from(self.hasher.hash_one(key) % SHARDS);
        match place.ok().and_then(|place| self.shards.get(place)) {
            Some(shard) => shard.lock().take(key, limit, now, cost, self.most_in_shard),
            // Not met: a place is always within the shards.
            None => Window::default().take(limit, now, cost),
        }
    }

    /// How many windows are held, idle ones that were not swept yet included.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().entries.len()).sum()
    }
}

impl Shard {
    fn take(&mut self, key: &WindowKey, limit: Limit, now: Timestamp, cost: u32, most: usize) -> Verdict {
        if let Some(entry) = self.entries.get_mut(key) {
            let verdict = entry.window.take(limit, now, cost);
            entry.idle_at = now.plus_ms(verdict.reset_after_ms);
            return verdict;
        }
        let mut window = Window::default();
        let verdict = window.take(limit, now, cost);
        if verdict.reset_after_ms > 0 {
            self.make_room(now, most);
            let idle_at = now.plus_ms(verdict.reset_after_ms);
            self.entries.insert(key.clone(), Entry { window, idle_at });
        }
        verdict
    }

    fn make_room(&mut self, now: Timestamp, most: usize) {
        if self.entries.len() < self.sweep_at.min(most) {
            return;
        }
        self.entries.retain(|_, entry| entry.idle_at > now);
        if self.entries.len() >= most {
            let mut ends: Vec<Timestamp> = self.entries.values().map(|entry| entry.idle_at).collect();
            let mut surplus = self.entries.len().saturating_sub(most - most / 8);
            let (_, last, _) = ends.select_nth_unstable(surplus);
            let last = *last;
            self.entries.retain(|_, entry| {
                let goes = surplus > 0 && entry.idle_at <= last;
                surplus -= usize::from(goes);
                !goes
            });
        }
        self.entries.shrink_to(self.entries.len().saturating_mul(2));
        self.sweep_at = self.entries.len().saturating_mul(2).max(SWEEP_FROM);
    }
}
