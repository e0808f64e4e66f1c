//! The limits of a request: calls, the wider guard of what stands outside them, failed authentication, and a
//! connector's own brake.
//!
//! Nothing here knows what a request is: callers name the window and say how much they take of it.

mod key;
#[cfg(test)]
mod tests;
mod windows;

pub(crate) use key::WindowKey;

use solder_model::{Limit, Timestamp, Verdict};
use std::future::{Ready, ready};
use std::net::IpAddr;
use std::time::Duration;
use windows::Windows;

/// The wide guard lets so many times more pass than the limit of calls.
const WIDER: u32 = 10;

/// Wrong passwords of one user. The window opens again by itself: nobody is locked out for good.
const GUESSES: Limit = Limit {
    count: 10,
    window: Duration::from_mins(15),
};

/// The configured limits; `None` is off.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LimitSettings {
    /// Calls of one API key, of one server's token URL, or of one JWT's user. 100 in 60 s by default.
    pub(crate) calls: Option<Limit>,
    /// Failed authentications of one client address. 30 in 60 s by default.
    pub(crate) failures: Option<Limit>,
}

impl Default for LimitSettings {
    fn default() -> Self {
        let a_minute = |count| Limit {
            count,
            window: Duration::from_mins(1),
        };
        Self {
            calls: Some(a_minute(100)),
            failures: Some(a_minute(30)),
        }
    }
}

/// What a window said, and the limit that it said it under: together they are the `RateLimit` headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Taken {
    /// The window's word.
    pub(crate) verdict: Verdict,
    /// The limit that was asked.
    pub(crate) limit: Limit,
}

/// Every window of this process.
///
/// In memory an answer is ready at once. It is a future all the same: nodes that share their windows have to ask for
/// them, and callers shall not have to change for it.
pub(crate) struct Limits {
    calls: Option<Limit>,
    failures: Option<Limit>,
    call_windows: Windows,
    wide_windows: Windows,
    failure_windows: Windows,
    guess_windows: Windows,
    brake_windows: Windows,
}

impl Limits {
    /// No request made yet.
    pub(crate) fn new(settings: LimitSettings) -> Self {
        Self {
            calls: settings.calls,
            failures: settings.failures,
            call_windows: Windows::default(),
            wide_windows: Windows::default(),
            failure_windows: Windows::default(),
            guess_windows: Windows::default(),
            brake_windows: Windows::default(),
        }
    }

    /// Asks for `cost` calls: each request of a batch is one. `None` where the limit is off.
    pub(crate) fn calls(&self, key: &WindowKey, cost: u32, now: Timestamp) -> Ready<Option<Taken>> {
        ready(ask(&self.call_windows, self.calls, key, cost, now))
    }

    /// Asks for one of what stands outside the limit of calls: `server/discover`, `initialize`, notifications, GET and
    /// DELETE. Ten times the limit of calls; off where that is off.
    pub(crate) fn wide(&self, key: &WindowKey, now: Timestamp) -> Ready<Option<Taken>> {
        let wider = self.calls.map(|limit| Limit {
            count: limit.count.saturating_mul(WIDER),
            ..limit
        });
        ready(ask(&self.wide_windows, wider, key, 1, now))
    }

    /// Counts a failed authentication of a client. Where the verdict refuses, the client is told to wait in place of
    /// what was wrong. Ask only once it has failed: one that succeeds is never touched by this window.
    pub(crate) fn failed_authentication(&self, client: IpAddr, now: Timestamp) -> Ready<Option<Taken>> {
        let key = WindowKey::client(client);
        ready(ask(&self.failure_windows, self.failures, &key, 1, now))
    }

    /// What a user's window of wrong passwords or the client's of failed authentication says, where one is full. Ask it
    /// before a password is looked at: behind a full window a right one is refused like any other, or it would go on
    /// telling who guesses whether they guessed right.
    pub(crate) fn full_of_guesses(
        &self,
        user: &WindowKey,
        client: IpAddr,
        now: Timestamp,
    ) -> Option<Verdict> {
        let client = WindowKey::client(client);
        let failures = self.failures.map(|limit| (&self.failure_windows, &client, limit));
        let windows = [Some((&self.guess_windows, user, GUESSES)), failures];
        windows.into_iter().flatten().find_map(|(windows, key, limit)| {
            // Behind a full window asking takes nothing, and tells how long to wait.
            let is_full = windows.take(key, limit, now, 0).remaining == 0;
            is_full.then(|| windows.take(key, limit, now, 1))
        })
    }

    /// Counts a wrong password of a user, from a client.
    pub(crate) fn wrong_guess(&self, user: &WindowKey, client: IpAddr, now: Timestamp) {
        self.guess_windows.take(user, GUESSES, now, 1);
        if let Some(limit) = self.failures {
            self.failure_windows
                .take(&WindowKey::client(client), limit, now, 1);
        }
    }

    /// Asks a connector's own brake (`[limits] rate` of its file) for one request through `key`'s connection.
    pub(crate) fn brake(&self, key: &WindowKey, limit: Limit, now: Timestamp) -> Ready<Verdict> {
        ready(self.brake_windows.take(key, limit, now, 1))
    }
}

fn ask(windows: &Windows, limit: Option<Limit>, key: &WindowKey, cost: u32, now: Timestamp) -> Option<Taken> {
    limit.map(|limit| Taken {
        verdict: windows.take(key, limit, now, cost),
        limit,
    })
}
