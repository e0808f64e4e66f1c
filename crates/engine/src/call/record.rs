//! The last step: what was called, by whom, and how it went. Calls are put into a bounded queue and written down
//! in sums, so that no answer waits for them. What is in the queue is lost with the process; what the queue could not
//! take is counted.

use super::resolve::Target;
use crate::Engine;
use crate::caller::Caller;
use crate::error::Error;
use crate::scope::Scope;
use solder_model::{Clock, Timestamp};
use solder_storage::{Storage, Usage};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const QUEUE: usize = 10_000;

const WRITTEN_EVERY: Duration = Duration::from_secs(5);

const HOUR_MS: i64 = 3_600_000;

/// The near end of the queue.
pub(crate) struct Recorder {
    queue: mpsc::Sender<Usage>,
    lost: AtomicU64,
}

/// The far end.
pub(crate) struct Recorded(mpsc::Receiver<Usage>);

impl Recorder {
    pub(crate) fn new() -> (Self, Recorded) {
        let (queue, far) = mpsc::channel(QUEUE);
        (
            Self {
                queue,
                lost: AtomicU64::new(0),
            },
            Recorded(far),
        )
    }

    /// How many calls could not be taken into the queue.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    fn put(&self, usage: Usage) {
        if self.queue.try_send(usage).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// What calls are summed by.
type Sum = (String, Option<String>, String, String, String, i64);

impl Recorded {
    /// Writes sums down until the engine stops, and once more then.
    pub(crate) async fn write_down(
        mut self,
        storage: Storage,
        clock: Arc<dyn Clock>,
        stopping: CancellationToken,
    ) {
        let mut sums = HashMap::<Sum, Usage>::new();
        let mut tick = tokio::time::interval(WRITTEN_EVERY);
        loop {
            tokio::select! {
                usage = self.0.recv() => match usage {
                    Some(usage) => add(&mut sums, usage),
                    None => break,
                },
                _ = tick.tick() => flush(&storage, clock.now(), &mut sums).await,
                () = stopping.cancelled() => break,
            }
        }
        while let Ok(usage) = self.0.try_recv() {
            add(&mut sums, usage);
        }
        flush(&storage, clock.now(), &mut sums).await;
    }
}

fn add(sums: &mut HashMap<Sum, Usage>, usage: Usage) {
    let key = (
        usage.account.as_str().to_owned(),
        usage.server.as_ref().map(|id| id.as_str().to_owned()),
        usage.connector.clone(),
        usage.action.clone(),
        usage.outcome.clone(),
        usage.hour.0,
    );
    match sums.get_mut(&key) {
        Some(sum) => {
            sum.calls += usage.calls;
            sum.total_ms += usage.total_ms;
        }
        None => drop(sums.insert(key, usage)),
    }
}

async fn flush(storage: &Storage, now: Timestamp, sums: &mut HashMap<Sum, Usage>) {
    if sums.is_empty() {
        return;
    }
    let rows: Vec<Usage> = sums.values().cloned().collect();
    match storage.add_usage(&rows, now).await {
        Ok(()) => sums.clear(),
        Err(error) => tracing::warn!(
            error = &error as &dyn std::error::Error,
            "usage could not be written down"
        ),
    }
}

impl Engine {
    pub(super) fn record(
        &self,
        caller: &Caller,
        scope: Scope<'_>,
        target: &Target,
        began: Timestamp,
        error: Option<&Error>,
    ) {
        let now = self.clock.now();
        let total_ms = now.since(began).max(0);
        let outcome = error.map_or("OK", |error| error.code().as_str());
        tracing::debug!(
            connector = target.connector.id.as_str(),
            action = target.action.id.as_str(),
            outcome,
            latency_ms = total_ms,
            "call"
        );
        self.recorder.put(Usage {
            account: caller.account.clone(),
            server: scope.server_id().cloned(),
            connector: target.connector.id.as_str().to_owned(),
            action: target.action.id.clone(),
            outcome: outcome.to_owned(),
            hour: Timestamp(now.0 - now.0.rem_euclid(HOUR_MS)),
            calls: 1,
            total_ms,
        });
    }
}
