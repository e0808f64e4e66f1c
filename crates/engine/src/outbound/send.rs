//! A request whose body comes while it is sent, and is never held as a whole.

use super::client::explain;
use super::exchange::{outgoing, read, target};
use super::{Caps, Outbound, OutboundError, Reach};
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use http::HeaderValue;
use http::header::CONTENT_LENGTH;
use parking_lot::Mutex;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout};

/// How long a source may pause between two pieces.
const PAUSE: Duration = Duration::from_mins(1);

/// How long a whole request may take, however steadily it moves.
const LONGEST: Duration = Duration::from_hours(1);

/// Pieces of something that comes.
pub type Pieces = BoxStream<'static, Result<Bytes, io::Error>>;

/// A body with a part that comes.
pub(crate) struct Flow {
    pub(crate) head: Bytes,
    pub(crate) pieces: Pieces,
    pub(crate) tail: Bytes,
    /// How long what comes is, where it was told: exactly so long it has to be.
    pub(crate) length: Option<u64>,
    /// How long it may be.
    pub(crate) most: u64,
}

/// Why a source was not read to its end. The platform then got no whole request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SourceFault {
    /// It paused for a minute.
    #[error("nothing of it came for a minute")]
    Paused,
    /// It broke off.
    #[error("it broke off")]
    Broken,
    /// It is not as long as was told.
    #[error("it is not as long as was told")]
    OtherLength,
    /// It is larger than what is taken.
    #[error("it is larger than the {0} bytes that are taken")]
    TooLarge(u64),
}

/// Why a request whose body comes got no answer.
#[derive(Debug)]
pub(crate) enum FlowError {
    /// By its source.
    Source(SourceFault),
    /// As any request.
    Outbound(OutboundError),
}

impl From<OutboundError> for FlowError {
    fn from(error: OutboundError) -> Self {
        Self::Outbound(error)
    }
}

/// What is known of a body under way.
struct Watch {
    /// When it has stood still for too long.
    until: Mutex<Instant>,
    fault: Mutex<Option<SourceFault>>,
}

impl Watch {
    fn wait_for(&self, time: Duration) {
        *self.until.lock() = Instant::now() + time;
    }

    fn fail(&self, fault: SourceFault) -> io::Error {
        let told = io::Error::other(fault.to_string());
        *self.fault.lock() = Some(fault);
        told
    }

    /// Until nothing has moved for too long, or all of it takes too long.
    async fn stand_still(&self, end: Instant) {
        loop {
            let until = (*self.until.lock()).min(end);
            if Instant::now() >= until {
                return;
            }
            sleep_until(until).await;
        }
    }
}

impl Outbound {
    /// Sends a request once and reads the whole answer. `quiet` is how long the platform may take neither a piece nor answer.
    /// No redirect is followed and nothing is sent again, since what came is gone.
    pub(crate) async fn send_flow(
        &self,
        reach: Reach,
        request: http::Request<Flow>,
        quiet: Duration,
        max_response_bytes: usize,
    ) -> Result<http::Response<Bytes>, FlowError> {
        let (parts, flow) = request.into_parts();
        let watch = Arc::new(Watch {
            until: Mutex::new(Instant::now() + quiet),
            fault: Mutex::default(),
        });
        let end = Instant::now() + LONGEST;
        let head = http::Request::from_parts(parts, Bytes::new());
        let url = target(head.uri())?;
        let plain = url.scheme() == "http";
        let client = self.clients.find(reach, &url)?;
        let mut sent = outgoing(url, &head);
        sent.headers_mut().remove(CONTENT_LENGTH);
        if let Some(length) = flow.length {
            let whole = length + (flow.head.len() + flow.tail.len()) as u64;
            sent.headers_mut()
                .insert(CONTENT_LENGTH, HeaderValue::from(whole));
        }
        *sent.body_mut() = Some(reqwest::Body::wrap_stream(body(flow, Arc::clone(&watch), quiet)));
        let caps = Caps::starting_now(LONGEST, max_response_bytes);
        let asked = async {
            let response = client
                .execute(sent)
                .await
                .map_err(|error| explain(error, plain))?;
            read(response, &caps, plain).await
        };
        let answer = tokio::select! {
            answer = asked => answer,
            () = watch.stand_still(end) => Err(OutboundError::Timeout),
        };
        match (answer, watch.fault.lock().take()) {
            // What answered before it was all there has refused it: that is worth more than why it broke off.
            (Ok(answer), _) => Ok(answer),
            (Err(_), Some(fault)) => Err(FlowError::Source(fault)),
            (Err(error), None) => Err(error.into()),
        }
    }
}

/// Head, pieces and tail, counted.
fn body(flow: Flow, watch: Arc<Watch>, quiet: Duration) -> Pieces {
    let Flow {
        head,
        pieces,
        tail,
        length,
        most,
    } = flow;
    let next = move |(mut pieces, count): (Pieces, u64)| {
        let watch = Arc::clone(&watch);
        async move {
            // As long as the source is waited for, the platform is not.
            watch.wait_for(PAUSE + quiet);
            let piece = timeout(PAUSE, pieces.next()).await;
            watch.wait_for(quiet);
            let piece = match piece {
                Err(_elapsed) => return Err(watch.fail(SourceFault::Paused)),
                Ok(Some(Err(_broken))) => return Err(watch.fail(SourceFault::Broken)),
                Ok(Some(Ok(piece))) => piece,
                Ok(None) if length.is_some_and(|length| length != count) => {
                    return Err(watch.fail(SourceFault::OtherLength));
                }
                Ok(None) => return Ok(None),
            };
            let count = count + piece.len() as u64;
            if count > most {
                return Err(watch.fail(SourceFault::TooLarge(most)));
            }
            if length.is_some_and(|length| count > length) {
                return Err(watch.fail(SourceFault::OtherLength));
            }
            Ok(Some((piece, (pieces, count))))
        }
    };
    let fixed = |bytes: Bytes| stream::iter((!bytes.is_empty()).then_some(Ok(bytes)));
    let middle = stream::try_unfold((pieces, 0_u64), next);
    fixed(head).chain(middle).chain(fixed(tail)).boxed()
}
