//! What is known of a request when it comes in, shared between the edge and the handler.

use axum::extract::FromRequestParts;
use http::HeaderValue;
use http::request::Parts;
use solder_engine::RateState;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, OnceLock};

/// The other end of the connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

impl Peer {
    /// The peer of a request; loopback where no listener put one there, as in tests that call the router itself.
    pub(crate) fn of(extensions: &http::Extensions) -> IpAddr {
        extensions
            .get::<Self>()
            .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0)
    }
}

/// A request's id and client, and what its handler wants the edge to add to the answer.
#[derive(Debug, Clone)]
pub(crate) struct Arrival(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    request_id: HeaderValue,
    client: IpAddr,
    rate: OnceLock<Rate>,
}

/// A window's state and the window's name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    /// `default` for calls; `other` for what stands outside their window.
    pub(crate) policy: &'static str,
    /// What the window said.
    pub(crate) state: RateState,
}

impl Arrival {
    pub(crate) fn new(request_id: HeaderValue, client: IpAddr) -> Self {
        Self(Arc::new(Inner {
            request_id,
            client,
            rate: OnceLock::new(),
        }))
    }

    /// The request's id, as the answer's header carries it.
    pub(crate) fn request_id(&self) -> &HeaderValue {
        &self.0.request_id
    }

    /// The same as text.
    pub(crate) fn request_id_text(&self) -> &str {
        self.0.request_id.to_str().unwrap_or_default()
    }

    /// The client's address.
    pub(crate) fn client(&self) -> IpAddr {
        self.0.client
    }

    /// Remembers what a window said, for the answer's headers. The first window that was asked is the one told of.
    pub(crate) fn tell_rate(&self, policy: &'static str, state: RateState) {
        self.0.rate.get_or_init(|| Rate { policy, state });
    }

    /// What a window said, if one was asked.
    pub(crate) fn rate(&self) -> Option<Rate> {
        self.0.rate.get().copied()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Arrival {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        // The edge put it there; without one the answer is the same but for its id.
        let found = parts.extensions.get::<Self>().cloned();
        Ok(found.unwrap_or_else(|| Self::new(HeaderValue::from_static("none"), Peer::of(&parts.extensions))))
    }
}
