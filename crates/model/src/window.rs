//! An exact sliding window: never more than the limit in any stretch of the window's length, to the millisecond.

use crate::{Limit, Timestamp};
use std::collections::VecDeque;

/// What a window says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the request may pass. One that may not has taken nothing.
    pub allowed: bool,
    /// How many more may pass now.
    pub remaining: u32,
    /// Milliseconds until the request could pass; 0 where it may.
    pub retry_after_ms: i64,
    /// Milliseconds until the window is empty again if nothing more comes.
    pub reset_after_ms: i64,
}

/// The requests of one caller in the last stretch of time. Holds one entry a millisecond at most, however large
/// the limit is.
#[derive(Debug, Clone, Default)]
pub struct Window {
    entries: VecDeque<(Timestamp, u32)>,
    taken: u32,
}

impl Window {
    /// Asks for `cost` requests at `now`: all pass or none does. A clock that steps back does not open the window.
    pub fn take(&mut self, limit: Limit, now: Timestamp, cost: u32) -> Verdict {
        let now = self.entries.back().map_or(now, |(last, _)| now.max(*last));
        self.forget(limit, now);
        let allowed = self.taken.checked_add(cost).is_some_and(|sum| sum <= limit.count);
        if allowed && cost > 0 {
            match self.entries.back_mut() {
                Some((last, count)) if *last == now => *count += cost,
                _ => self.entries.push_back((now, cost)),
            }
            self.taken += cost;
        }
        let until_gone = |moment: Timestamp| moment.plus_ms(limit.window_ms()).since(now);
        Verdict {
            allowed,
            remaining: limit.count.saturating_sub(self.taken),
            retry_after_ms: if allowed {
                0
            } else {
                until_gone(self.frees(limit, cost, now))
            },
            reset_after_ms: self.entries.back().map_or(0, |(last, _)| until_gone(*last)),
        }
    }

    /// Whether nothing is left in the window at `now`, so that it can be dropped.
    pub fn is_idle(&mut self, limit: Limit, now: Timestamp) -> bool {
        self.forget(limit, now);
        self.entries.is_empty()
    }

    fn forget(&mut self, limit: Limit, now: Timestamp) {
        while let Some((moment, count)) = self.entries.front() {
            if now.since(*moment) < limit.window_ms() {
                break;
            }
            self.taken -= count;
            self.entries.pop_front();
        }
    }

    /// The entry whose leaving makes room for `cost`; `now` where no wait could, so that a whole window is waited.
    fn frees(&self, limit: Limit, cost: u32, now: Timestamp) -> Timestamp {
        let mut over = u64::from(self.taken) + u64::from(cost);
        for (moment, count) in &self.entries {
            over = over.saturating_sub(u64::from(*count));
            if over <= u64::from(limit.count) {
                return *moment;
            }
        }
        now
    }
}

#[cfg(test)]
mod tests {
    use super::Window;
    use crate::{Limit, Timestamp};
    use proptest::prelude::*;
    use std::time::Duration;

    proptest! {
        #[test]
        fn it_allows_what_counting_each_request_allows(
            count in 1_u32..6,
            steps in proptest::collection::vec((0_i64..40, 1_u32..3), 0..60),
        ) {
            let limit = Limit { count, window: Duration::from_millis(50) };
            let (mut window, mut plain, mut now) = (Window::default(), Vec::<i64>::new(), 0_i64);
            for (pause, cost) in steps {
                now += pause;
                let used = u32::try_from(plain.iter().filter(|moment| now - **moment < 50).count()).unwrap();
                let verdict = window.take(limit, Timestamp(now), cost);
                prop_assert_eq!(verdict.allowed, used + cost <= count);
                if verdict.allowed {
                    plain.extend(std::iter::repeat_n(now, cost as usize));
                } else if cost <= count {
                    let mut later = window.clone();
                    let wait = verdict.retry_after_ms;
                    prop_assert!(wait > 0);
                    prop_assert!(!later.take(limit, Timestamp(now + wait - 1), cost).allowed);
                    prop_assert!(later.take(limit, Timestamp(now + wait), cost).allowed);
                }
            }
        }
    }

    #[test]
    fn a_clock_that_steps_back_opens_nothing() {
        let limit = Limit {
            count: 1,
            window: Duration::from_secs(1),
        };
        let mut window = Window::default();
        assert!(window.take(limit, Timestamp(10_000), 1).allowed);
        assert!(!window.take(limit, Timestamp(5_000), 1).allowed);
        assert!(!window.take(limit, Timestamp(10_999), 1).allowed);
        assert!(window.take(limit, Timestamp(11_000), 1).allowed);
    }
}
