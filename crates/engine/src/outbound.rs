//! The guarded HTTP client: the only way out of the house.
//!
//! It decides which addresses may be reached, how long an answer may take and how large it may be, where a redirect may
//! lead, and when a request may be sent again. It knows nothing of connectors, credentials or what an answer means.

mod address;
mod client;
mod error;
mod exchange;
mod redirect;
mod resolver;
mod retry;
mod send;
mod stream;
#[cfg(test)]
mod tests;

pub(crate) use error::OutboundError;
pub(crate) use exchange::Cut;
pub(crate) use retry::{Attempt, Effect, RetryPolicy};
pub use send::Pieces;
pub(crate) use send::{Flow, FlowError, SourceFault};
pub use stream::Body;
pub(crate) use stream::Length;

use bytes::Bytes;
use client::Clients;
use ipnet::IpNet;
use solder_model::Entropy;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use url::Url;

/// Who chose the URL, and so which addresses it may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The catalogue: public addresses, by HTTPS.
    Public,
    /// The operator, in settings and in the connectors folder: public addresses by HTTPS, and those of
    /// `SOLDER_ALLOW_PRIVATE_NETWORKS` by HTTP too.
    Operator,
    /// The operator, as one connector's own `BASE_URL`: any address, by HTTP too.
    Override,
    /// An account: public addresses by HTTPS, and those of `SOLDER_ALLOW_PRIVATE_NETWORKS_ACCOUNTS` by HTTP too.
    Account,
}

/// What the guarded client is told once.
pub(crate) struct OutboundSettings {
    /// `SOLDER_ALLOW_PRIVATE_NETWORKS`.
    pub(crate) operator_networks: Vec<IpNet>,
    /// `SOLDER_ALLOW_PRIVATE_NETWORKS_ACCOUNTS`.
    pub(crate) account_networks: Vec<IpNet>,
    /// How long the making of a connection may take: name, TCP and TLS together.
    pub(crate) connect_timeout: Duration,
    /// How often and how soon a request is sent again.
    pub(crate) retry: RetryPolicy,
}

impl Default for OutboundSettings {
    fn default() -> Self {
        Self {
            operator_networks: Vec::new(),
            account_networks: Vec::new(),
            connect_timeout: Duration::from_secs(10),
            retry: RetryPolicy::default(),
        }
    }
}

/// What one call may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caps {
    /// When it must be over: redirects, waits and repetitions included.
    pub(crate) deadline: Instant,
    /// Bytes of an answer's body, counted after decompression.
    pub(crate) max_response_bytes: usize,
    /// Whether an answer that is larger is cut, and marked with [`Cut`], in place of an error.
    pub(crate) is_peek: bool,
}

impl Caps {
    /// A call that begins now.
    pub(crate) fn starting_now(total: Duration, max_response_bytes: usize) -> Self {
        let deadline = Instant::now() + total;
        Self {
            deadline,
            max_response_bytes,
            is_peek: false,
        }
    }

    /// The same for a call of whose answer only the beginning is wanted, so many bytes at most.
    pub(crate) fn peeking(self, most: usize) -> Self {
        Self {
            max_response_bytes: self.max_response_bytes.min(most),
            is_peek: true,
            ..self
        }
    }
}

/// The guarded HTTP client. Cheap to share, by reference or in an `Arc`: it holds the pools of connections.
pub(crate) struct Outbound {
    clients: Clients,
    retry: RetryPolicy,
    entropy: Arc<dyn Entropy>,
}

impl Outbound {
    /// A client that has connected to nothing yet.
    pub(crate) fn new(settings: OutboundSettings, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            retry: settings.retry,
            clients: Clients::new(settings),
            entropy,
        }
    }

    /// Says beforehand what can be said of a URL: whether its scheme is spoken, and whether an address that stands in it
    /// may be reached. What a name leads to is known only when it is asked for.
    pub(crate) fn judge(&self, reach: Reach, url: &Url) -> Result<(), OutboundError> {
        self.clients.find(reach, url).map(drop)
    }

    /// Sends a request once and reads the whole answer. A read (GET or HEAD) that is redirected within the same scheme,
    /// host and port is followed, three times at most; the status of any other answer is the caller's to judge.
    pub(crate) async fn send(
        &self,
        reach: Reach,
        request: &http::Request<Bytes>,
        caps: &Caps,
    ) -> Result<http::Response<Bytes>, OutboundError> {
        timeout_at(
            caps.deadline,
            redirect::follow(&self.clients, reach, request, caps),
        )
        .await
        .map_err(|_elapsed| OutboundError::Timeout)?
    }

    /// Sends a request until `read` is done with an answer, the attempts are used up, or no time is left for another.
    ///
    /// What `read` asks for is bounded by the request's `effect`: a write is sent again only after a 429, or where
    /// no connection was made; a read also after a connection that broke.
    pub(crate) async fn send_with_retry<T: Send>(
        &self,
        reach: Reach,
        request: &http::Request<Bytes>,
        caps: &Caps,
        effect: Effect,
        mut read: impl FnMut(&http::Response<Bytes>) -> Attempt<T> + Send,
    ) -> Result<T, OutboundError> {
        let mut made = 0;
        loop {
            made += 1;
            let answer = self.send(reach, request, caps).await;
            let (asked, otherwise) = match answer {
                Ok(response) => match read(&response) {
                    Attempt::Again { wait, otherwise } if effect.allows_after(response.status()) => {
                        (wait, Ok(otherwise))
                    }
                    Attempt::Done(read) | Attempt::Again { otherwise: read, .. } => return Ok(read),
                },
                Err(error) if effect.allows_after_error(&error) => (None, Err(error)),
                Err(error) => return Err(error),
            };
            let wait = self.retry.wait(made, asked, self.entropy.as_ref());
            match wait.filter(|wait| fits(*wait, caps.deadline)) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return otherwise,
            }
        }
    }
}

/// Whether time is left after a wait. A platform may ask for one that no clock can count.
fn fits(wait: Duration, deadline: Instant) -> bool {
    Instant::now().checked_add(wait).is_some_and(|end| end < deadline)
}
