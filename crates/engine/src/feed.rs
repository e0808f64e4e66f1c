//! Follows the change feed, so that what another node or another process changed holds here within a second.

use crate::Engine;
use crate::error::Result;
use solder_model::{Digest, Timestamp};
use solder_storage::{Change, ChangeKind};
use std::collections::HashSet;
use std::sync::Arc;

/// Changes are numbered when they are written and seen when they are committed, which can be out of order: so
/// many numbers are looked at again.
const OVERLAP: i64 = 64;

const BATCH: u32 = 1_000;

/// Storage drops changes that are older than an hour. Whoever was away for half of one trusts nothing it holds.
const TOO_LATE_MS: i64 = 1_800_000;

/// Where the feed stands.
pub(crate) struct Feed {
    last: i64,
    seen: HashSet<i64>,
    /// When the feed was last read to its end.
    read_at: Timestamp,
    /// Set when a look at the feed failed, or came too late: what was missed is not known, so everything is dropped.
    missed: bool,
}

impl Feed {
    pub(crate) fn from(last: i64, now: Timestamp) -> Self {
        Self {
            last,
            read_at: now,
            seen: HashSet::new(),
            missed: false,
        }
    }

    fn is_new(&mut self, change: &Change) -> bool {
        self.last = self.last.max(change.seq);
        self.seen.insert(change.seq)
    }

    fn forget_old(&mut self) {
        let oldest = self.last - OVERLAP;
        self.seen.retain(|seq| *seq > oldest);
    }
}

impl Engine {
    /// Follows the feed until the engine stops.
    pub(crate) async fn follow(self: Arc<Self>, mut feed: Feed) {
        let mut tick = tokio::time::interval(self.settings.feed_interval);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = self.stopping.cancelled() => return,
                _ = tick.tick() => {}
            }
            match self.catch_up(&mut feed).await {
                Ok(false) => {}
                // The source may take its time, and the feed goes on.
                Ok(true) => drop(self.tasks.spawn(Arc::clone(&self).follow_master_key())),
                Err(error) => {
                    feed.missed = true;
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the change feed could not be read"
                    );
                }
            }
        }
    }

    /// Reads the feed to its end. Says whether the master keys may be others than before.
    async fn catch_up(&self, feed: &mut Feed) -> Result<bool> {
        let now = self.clock.now();
        let mut other_keys = false;
        feed.missed |= now.since(feed.read_at) > TOO_LATE_MS;
        loop {
            let changes = self.storage.changes_after(feed.last - OVERLAP, BATCH).await?;
            if feed.missed {
                feed.missed = false;
                other_keys = true;
                self.forget_everything();
                self.ended
                    .replace(self.storage.list_ended_sessions(self.clock.now()).await?);
            }
            let full = changes.len() >= usize::try_from(BATCH).unwrap_or(usize::MAX);
            for change in &changes {
                if feed.is_new(change) {
                    other_keys |= change.kind == ChangeKind::MasterKey;
                    self.apply(change);
                }
            }
            feed.forget_old();
            if !full {
                feed.read_at = now;
                return Ok(other_keys);
            }
        }
    }

    /// Drops every record that is kept warm.
    pub(crate) fn forget_everything(&self) {
        self.warm.clear();
        self.jwts.clear();
    }

    fn apply(&self, change: &Change) {
        self.warm.apply(change);
        self.jwts.apply(change);
        if change.kind == ChangeKind::Session
            && let Some(digest) = digest_from_hex(&change.key)
        {
            self.ended.add(digest);
        }
    }
}

pub(crate) fn digest_from_hex(text: &str) -> Option<Digest> {
    let mut bytes = [0_u8; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(Digest(bytes))
}
