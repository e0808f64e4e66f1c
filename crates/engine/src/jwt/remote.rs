//! Key sets that stand elsewhere: fetched through the guarded client, kept, and fetched again by one caller at a time
//! and not too often.

use super::jwks::KeySet;
use crate::Engine;
use crate::outbound::{Caps, Outbound, OutboundError, Reach};
use bytes::Bytes;
use moka::sync::Cache;
use parking_lot::Mutex;
use solder_model::{JwtKeyId, Timestamp};
use std::sync::Arc;
use std::time::Duration;

/// A set that is older is fetched again when it is next needed, so that a key that its issuer withdrew ends.
const FRESH_MS: i64 = 5 * 60_000;
/// So long after a fetch, good or bad, no other is made, however many unknown names are asked for.
const PAUSE_MS: i64 = 30_000;
/// How long a fetch may take.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The largest set that is taken, in bytes.
const MAX_BYTES: usize = 256 * 1024;
/// Sets that are kept at most.
const ENTRIES: u64 = 10_000;

/// The sets by the key that names their URL.
pub(super) struct Remotes(Cache<JwtKeyId, Arc<Remote>>);

/// One set.
#[derive(Default)]
struct Remote {
    state: Mutex<State>,
    /// Held by whoever fetches.
    flight: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default)]
struct State {
    /// The last good one.
    set: Option<Arc<KeySet>>,
    fetched_at: Option<Timestamp>,
    tried_at: Option<Timestamp>,
}

impl Default for Remotes {
    fn default() -> Self {
        Self(Cache::new(ENTRIES))
    }
}

impl State {
    /// Whether the set can be used as it is, or no other may be fetched yet.
    fn will_do(&self, kid: Option<&str>, now: Timestamp) -> bool {
        let is_fresh = self.fetched_at.is_some_and(|at| now.since(at) < FRESH_MS);
        let knows = kid.is_none_or(|kid| self.set.as_ref().is_some_and(|set| set.knows(kid)));
        let must_wait = self.tried_at.is_some_and(|at| now.since(at) < PAUSE_MS);
        (is_fresh && knows) || must_wait
    }
}

impl Engine {
    /// The key set at the URL, new enough for a token that names `kid`; absent where it never could be had. Where a
    /// fetch fails the last good set stands.
    pub(super) async fn key_set(&self, id: &JwtKeyId, url: &str, kid: Option<&str>) -> Option<Arc<KeySet>> {
        let remote = self.jwts.remotes.0.get_with_by_ref(id, Arc::default);
        if remote.state.lock().will_do(kid, self.clock.now()) {
            return remote.state.lock().set.clone();
        }
        let flight = Arc::clone(&remote.flight).lock_owned().await;
        let now = self.clock.now();
        {
            // Whoever waited finds what the one before has fetched.
            let state = remote.state.lock();
            if state.will_do(kid, now) {
                return state.set.clone();
            }
        }
        // A caller that goes away must not end a fetch that others wait for.
        let (outbound, url, id) = (Arc::clone(&self.outbound), url.to_owned(), id.clone());
        let fetching = Arc::clone(&remote);
        let fetch = self.tasks.spawn(async move {
            let fetched = fetch(&outbound, &url).await;
            let mut state = fetching.state.lock();
            state.tried_at = Some(now);
            match fetched {
                Ok(set) => {
                    state.set = Some(Arc::new(set));
                    state.fetched_at = Some(now);
                }
                Err(why) => {
                    tracing::warn!(jwt_key = id.as_str(), %why, "a key set could not be fetched");
                }
            }
            drop(state);
            drop(flight);
        });
        if fetch.await.is_err() {
            tracing::warn!("the fetch of a key set was given up");
        }
        remote.state.lock().set.clone()
    }
}

/// Why there is no set. Neither the URL nor anything of the answer is in it.
#[derive(Debug, thiserror::Error)]
enum NoSet {
    #[error("{0}")]
    Outbound(#[from] OutboundError),
    #[error("its URL cannot be read")]
    BadUrl,
    #[error("the answer has status {0}")]
    Status(u16),
    #[error("the answer is no JSON Web Key Set")]
    BadAnswer,
}

async fn fetch(outbound: &Outbound, url: &str) -> Result<KeySet, NoSet> {
    let request = http::Request::get(url)
        .header(http::header::ACCEPT, "application/jwk-set+json, application/json")
        .body(Bytes::new())
        .map_err(|_bad| NoSet::BadUrl)?;
    let caps = Caps::starting_now(TIMEOUT, MAX_BYTES);
    let answer = outbound.send(Reach::Account, &request, &caps).await?;
    if answer.status() != http::StatusCode::OK {
        return Err(NoSet::Status(answer.status().as_u16()));
    }
    KeySet::read(answer.body()).ok_or(NoSet::BadAnswer)
}
