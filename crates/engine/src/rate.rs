//! The second step of a request: the caller's window.

use crate::Engine;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::limits::Taken;
use solder_model::Limit;

/// What the window said, for the `RateLimit` headers of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateState {
    /// The limit.
    pub limit: Limit,
    /// How many more may pass now.
    pub remaining: u32,
    /// Seconds until the window is empty again if nothing more comes.
    pub reset_s: i64,
    /// Seconds to wait before the next try; absent where the request passed.
    pub retry_after_s: Option<i64>,
}

impl RateState {
    fn from(taken: Taken) -> Self {
        let verdict = taken.verdict;
        Self {
            limit: taken.limit,
            remaining: verdict.remaining,
            reset_s: verdict.reset_after_ms.saturating_add(999).div_euclid(1_000),
            retry_after_s: (!verdict.allowed).then(|| crate::error::whole_seconds(verdict.retry_after_ms)),
        }
    }

    /// The refusal, where the request did not pass.
    pub fn refusal(&self) -> Result<()> {
        self.retry_after_s
            .map_or(Ok(()), |retry_after_s| Err(Error::RateLimited { retry_after_s }))
    }
}

impl Engine {
    /// Asks the caller's window for `cost` calls: each request of a batch is one. Absent where the limit is off.
    pub async fn limit_calls(&self, caller: &Caller, cost: u32) -> Option<RateState> {
        self.limits
            .calls(&caller.window(), cost, self.clock.now())
            .await
            .map(RateState::from)
    }

    /// Asks the wider window, which guards what stands outside the limit of calls: `server/discover`,
    /// `initialize`, notifications, GET and DELETE.
    pub async fn limit_others(&self, caller: &Caller) -> Option<RateState> {
        self.limits
            .wide(&caller.window(), self.clock.now())
            .await
            .map(RateState::from)
    }
}
