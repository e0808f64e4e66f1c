//! When a request is sent again, and after what wait.

use super::OutboundError;
use http::StatusCode;
use solder_model::Entropy;
use std::time::Duration;

/// What sending a request twice would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It changes nothing.
    Read,
    /// It may do something twice.
    Write,
}

impl Effect {
    /// Whether it may be sent again after an answer: a write only where the platform says that it did not look at it.
    pub(super) fn allows_after(self, status: StatusCode) -> bool {
        self == Self::Read || status == StatusCode::TOO_MANY_REQUESTS
    }

    /// Whether it may be sent again after an error: a write only where it was never sent.
    pub(super) fn allows_after_error(self, error: &OutboundError) -> bool {
        match error {
            OutboundError::Unreachable(_) => true,
            OutboundError::Broken(_) => self == Self::Read,
            _ => false,
        }
    }
}

/// What the reader of an answer makes of it.
#[derive(Debug)]
pub(crate) enum Attempt<T> {
    /// This is the outcome.
    Done(T),
    /// It should be sent again.
    Again {
        /// The wait that the platform asks for; without one, the policy's own.
        wait: Option<Duration>,
        /// The outcome where it is not sent again, since no attempt or no time is left.
        otherwise: T,
    },
}

/// How often and how soon a request is sent again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RetryPolicy {
    /// How often it is sent in all, at least once.
    pub(crate) attempts: u32,
    /// The wait after the first attempt; each later one is twice as long.
    pub(crate) first_wait: Duration,
    /// The longest wait of the policy's own. What a platform asks for is bounded by the call's deadline alone.
    pub(crate) longest_wait: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 3,
            first_wait: Duration::from_millis(250),
            longest_wait: Duration::from_secs(4),
        }
    }
}

impl RetryPolicy {
    /// The wait before the next attempt, after `made` of them; `None` where they are used up.
    ///
    /// Waits are spread, so that callers who failed together do not come back together: an own one over its upper
    /// half, an asked one over a tenth more, and never less than what was asked.
    pub(super) fn wait(&self, made: u32, asked: Option<Duration>, entropy: &dyn Entropy) -> Option<Duration> {
        if made >= self.attempts {
            return None;
        }
        let (least, spread) = if let Some(asked) = asked {
            (asked, asked / 10)
        } else {
            let doubled = 1_u32.checked_shl(made.saturating_sub(1)).unwrap_or(u32::MAX);
            let half = self.first_wait.saturating_mul(doubled).min(self.longest_wait) / 2;
            (half, half)
        };
        let mut byte = [0_u8; 1];
        entropy.fill(&mut byte);
        let [byte] = byte;
        Some(least.saturating_add(spread.saturating_mul(u32::from(byte)) / 255))
    }
}

#[cfg(test)]
mod tests {
    use super::{Effect, RetryPolicy};
    use crate::outbound::OutboundError;
    use http::StatusCode;
    use solder_model::Entropy;
    use std::time::Duration;

    struct Always(u8);

    impl Entropy for Always {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    const MS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn own_waits_double_up_to_the_longest_and_are_spread_over_their_upper_half() {
        let policy = RetryPolicy {
            attempts: 6,
            first_wait: MS(100),
            longest_wait: MS(500),
        };
        let waits = |spread| -> Vec<Option<Duration>> {
            (1..=6)
                .map(|made| policy.wait(made, None, &Always(spread)))
                .collect()
        };
        let wanted = |times: [u64; 5]| -> Vec<Option<Duration>> {
            times
                .into_iter()
                .map(|time| Some(MS(time)))
                .chain([None])
                .collect()
        };
        assert_eq!(waits(255), wanted([100, 200, 400, 500, 500]));
        assert_eq!(waits(0), wanted([50, 100, 200, 250, 250]));
    }

    #[test]
    fn an_asked_wait_is_never_shortened() {
        let policy = RetryPolicy::default();
        let asked = Some(MS(30_000));
        assert_eq!(policy.wait(1, asked, &Always(0)), asked);
        assert_eq!(policy.wait(1, asked, &Always(255)), Some(MS(33_000)));
        assert_eq!(policy.wait(3, asked, &Always(0)), None);
        assert_eq!(
            policy.wait(1, Some(Duration::MAX), &Always(255)),
            Some(Duration::MAX)
        );
    }

    #[test]
    fn a_write_is_sent_again_only_where_it_cannot_have_been_done() {
        let unreachable = OutboundError::Unreachable("x".into());
        let broken = OutboundError::Broken("x".into());
        assert!(Effect::Write.allows_after(StatusCode::TOO_MANY_REQUESTS));
        assert!(!Effect::Write.allows_after(StatusCode::SERVICE_UNAVAILABLE));
        assert!(Effect::Write.allows_after_error(&unreachable));
        assert!(!Effect::Write.allows_after_error(&broken));
        assert!(Effect::Read.allows_after(StatusCode::BAD_GATEWAY));
        assert!(Effect::Read.allows_after_error(&broken));
        assert!(!Effect::Read.allows_after_error(&OutboundError::Timeout));
    }
}
