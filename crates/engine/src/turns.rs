//! Work that costs a core and much memory: off the reactor, and only a few at a time.

use crate::error::{Error, Result};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long one waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// Hands out turns.
pub(crate) struct Turns(Arc<Semaphore>);

/// The right to do one piece of work.
pub(crate) struct Turn(OwnedSemaphorePermit);

impl Turns {
    /// So many turns at once.
    pub(crate) fn of(at_once: usize) -> Self {
        Self(Arc::new(Semaphore::new(at_once)))
    }

    /// Waits for a turn. [`Error::RateLimited`] where it does not come, since too many others wait.
    pub(crate) async fn turn(&self) -> Result<Turn> {
        let turn = Arc::clone(&self.0).acquire_owned();
        match tokio::time::timeout(PATIENCE, turn).await {
            Ok(Ok(permit)) => Ok(Turn(permit)),
            Ok(Err(_closed)) => Err(Error::Stopping),
            Err(_elapsed) => Err(Error::RateLimited { retry_after_s: 5 }),
        }
    }
}

impl Turn {
    /// Does the work. The turn lasts until it is done, be its caller gone.
    pub(crate) async fn work<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(self.0);
            done
        });
        done.await
            .map_err(|_panicked| Error::Internal("a piece of work broke off"))
    }
}
