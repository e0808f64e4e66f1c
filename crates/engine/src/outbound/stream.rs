//! An answer that is handed on piece by piece, never held as a whole.

use super::client::explain;
use super::redirect::{self, Leads};
use super::{Outbound, OutboundError, Reach};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream, Stream};
use http::HeaderValue;
use http::header::ACCEPT;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::timeout;

/// How long a platform may pause between two pieces.
const PAUSE: Duration = Duration::from_mins(1);

/// The body of an answer on its way. It ends with an error where the platform pauses for a minute, breaks off, or sends more
/// than was to be taken.
pub struct Body(BoxStream<'static, Result<Bytes, std::io::Error>>);

impl std::fmt::Debug for Body {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Body")
    }
}

impl Stream for Body {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(context)
    }
}

impl Body {
    fn new(response: reqwest::Response, most: u64, plain: bool) -> Self {
        let next = move |(mut response, left): (reqwest::Response, u64)| async move {
            let piece = match timeout(PAUSE, response.chunk()).await {
                Err(_elapsed) => Err(OutboundError::Timeout),
                Ok(Err(error)) => Err(explain(error, plain)),
                Ok(Ok(None)) => return Ok(None),
                Ok(Ok(Some(piece))) => Ok(piece),
            };
            let piece = piece.map_err(std::io::Error::other)?;
            let left = left
                .checked_sub(piece.len() as u64)
                .ok_or_else(|| std::io::Error::other(too_large(most)))?;
            Ok(Some((piece, (response, left))))
        };
        Self(stream::try_unfold((response, most), next).boxed())
    }

    /// The beginning of it, so many bytes at most.
    pub(crate) async fn beginning(mut self, most: usize) -> Bytes {
        let mut begun = BytesMut::new();
        while let Some(Ok(piece)) = self.next().await {
            let room = most.saturating_sub(begun.len());
            begun.extend_from_slice(piece.get(..room).unwrap_or(&piece));
            if begun.len() >= most {
                break;
            }
        }
        begun.freeze()
    }
}

fn too_large(most: u64) -> OutboundError {
    OutboundError::TooLarge {
        limit: usize::try_from(most).unwrap_or(usize::MAX),
    }
}

impl Outbound {
    /// Sends a request and gives the answer as soon as it begins, which may take `wait`; at most `most` bytes of it come.
    /// Redirects are followed as for other requests.
    pub(crate) async fn open(
        &self,
        reach: Reach,
        request: &http::Request<Bytes>,
        wait: Duration,
        most: u64,
    ) -> Result<http::Response<Body>, OutboundError> {
        self.open_leading(reach, request, (wait, most), Leads::Within)
            .await
    }

    /// The same for a request that carries no credential and never will: redirects may lead to any host that the reach allows.
    pub(crate) async fn fetch(
        &self,
        reach: Reach,
        url: &url::Url,
        wait: Duration,
        most: u64,
    ) -> Result<http::Response<Body>, OutboundError> {
        let mut request = http::Request::new(Bytes::new());
        let uri = url.as_str().parse();
        *request.uri_mut() = uri.map_err(|_not_it| OutboundError::BadRequest("the URL cannot be read"))?;
        request
            .headers_mut()
            .insert(ACCEPT, HeaderValue::from_static("*/*"));
        self.open_leading(reach, &request, (wait, most), Leads::Anywhere)
            .await
    }

    async fn open_leading(
        &self,
        reach: Reach,
        request: &http::Request<Bytes>,
        (wait, most): (Duration, u64),
        leads: Leads,
    ) -> Result<http::Response<Body>, OutboundError> {
        let asked = redirect::follow_unread(&self.clients, reach, request, leads);
        let (mut response, plain) = timeout(wait, asked)
            .await
            .map_err(|_elapsed| OutboundError::Timeout)??;
        if response.content_length().is_some_and(|length| length > most) {
            return Err(too_large(most));
        }
        let length = response.content_length();
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let mut answer = http::Response::new(Body::new(response, most, plain));
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        answer.extensions_mut().insert(Length(length));
        Ok(answer)
    }
}

/// How long a body is, where that is known: what was decompressed is longer than its header says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Length(pub(crate) Option<u64>);
