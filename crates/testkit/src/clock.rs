//! A clock that stands still until it is told to go on.

use solder_model::{Clock, Timestamp};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// 2026-11-22T12:00:00Z.
const START: i64 = 1_795_348_800_000;

/// A clock for tests.
#[derive(Debug)]
pub struct FakeClock(AtomicI64);

impl Default for FakeClock {
    fn default() -> Self {
        Self(AtomicI64::new(START))
    }
}

impl FakeClock {
    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        self.0
            .fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}
