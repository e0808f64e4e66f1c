//! When API keys were last used, to the minute. A use is noted in memory and written down later, so that no request
//! waits for it; what is noted and not yet written is lost with the process.

use solder_model::{ApiKey, ApiKeyId, Timestamp};
use solder_storage::Storage;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// How often the use of one key is noted at most, in milliseconds.
const NOTED_EVERY_MS: i64 = 60_000;

const QUEUE: usize = 10_000;

/// A key that is kept warm, with the moment for which its use was last noted.
pub(crate) struct KnownKey {
    pub(crate) key: Arc<ApiKey>,
    noted_at: AtomicI64,
}

impl KnownKey {
    pub(crate) fn new(key: ApiKey) -> Self {
        let noted_at = AtomicI64::new(key.last_used_at.map_or(i64::MIN, |moment| moment.0));
        Self {
            key: Arc::new(key),
            noted_at,
        }
    }

    /// Whether a use at `now` is to be noted; says so to one of many at once.
    fn is_due(&self, now: Timestamp) -> bool {
        let before = self.noted_at.load(Ordering::Relaxed);
        now.since(Timestamp(before)) >= NOTED_EVERY_MS
            && self
                .noted_at
                .compare_exchange(before, now.0, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}

/// The near end of the queue.
pub(crate) struct LastUse(mpsc::Sender<(ApiKeyId, Timestamp)>);

/// The far end.
pub(crate) struct Noted(mpsc::Receiver<(ApiKeyId, Timestamp)>);

impl LastUse {
    pub(crate) fn new() -> (Self, Noted) {
        let (near, far) = mpsc::channel(QUEUE);
        (Self(near), Noted(far))
    }

    /// Notes that a key was used. Where the queue is full, the next use after a minute is noted.
    pub(crate) fn note(&self, known: &KnownKey, now: Timestamp) {
        if known.is_due(now) {
            self.0.try_send((known.key.id.clone(), now)).ok();
        }
    }
}

impl Noted {
    /// Writes uses down, gathered for a while, until the engine stops, and once more then.
    pub(crate) async fn write_down(
        mut self,
        storage: Storage,
        gather: Duration,
        stopping: CancellationToken,
    ) {
        let mut uses = HashMap::new();
        loop {
            tokio::select! {
                used = self.0.recv() => match used {
                    Some(used) => add(&mut uses, used),
                    None => break,
                },
                () = stopping.cancelled() => break,
            }
            tokio::select! {
                () = tokio::time::sleep(gather) => {}
                () = stopping.cancelled() => {}
            }
            self.gather(&mut uses);
            flush(&storage, &mut uses).await;
        }
        self.gather(&mut uses);
        flush(&storage, &mut uses).await;
    }

    fn gather(&mut self, uses: &mut HashMap<ApiKeyId, Timestamp>) {
        while let Ok(used) = self.0.try_recv() {
            add(uses, used);
        }
    }
}

fn add(uses: &mut HashMap<ApiKeyId, Timestamp>, (key, at): (ApiKeyId, Timestamp)) {
    let latest = uses.entry(key).or_insert(at);
    *latest = at.max(*latest);
}

async fn flush(storage: &Storage, uses: &mut HashMap<ApiKeyId, Timestamp>) {
    if uses.is_empty() {
        return;
    }
    let rows: Vec<_> = uses.drain().collect();
    if let Err(error) = storage.note_key_use(&rows).await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the last use of API keys could not be written down"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{KnownKey, NOTED_EVERY_MS};
    use solder_model::{AccountId, ApiKey, ApiKeyId, Digest, Role, Timestamp, UserId, UserName};

    fn known(last_used_at: Option<Timestamp>) -> KnownKey {
        KnownKey::new(ApiKey {
            id: ApiKeyId::new("key_aaaaaaaaaaaaaaaa").unwrap(),
            account: AccountId::new("acc_aaaaaaaaaaaaaaaa").unwrap(),
            user: UserId::new("usr_aaaaaaaaaaaaaaaa").unwrap(),
            user_name: UserName::new("ada").unwrap(),
            name: String::new(),
            role: Role::Member,
            user_bound: false,
            digest: Digest([0; 32]),
            created_at: Timestamp(0),
            expires_at: None,
            last_used_at,
        })
    }

    #[test]
    fn a_use_is_noted_once_a_minute() {
        let (key, start) = (known(None), Timestamp(1_000));
        assert!(key.is_due(start));
        assert!(!key.is_due(start));
        assert!(!key.is_due(start.plus_ms(NOTED_EVERY_MS - 1)));
        assert!(key.is_due(start.plus_ms(NOTED_EVERY_MS)));
        assert!(!key.is_due(start.plus_ms(NOTED_EVERY_MS + 1)));
        assert!(
            !known(Some(start)).is_due(start.plus_ms(1)),
            "what was written counts"
        );
    }
}
