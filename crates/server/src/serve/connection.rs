//! The connections of a listener: how each is spoken with, and how all of them end.

use super::turns::Turns;
use crate::arrival::Peer;
use crate::{App, Settings};
use axum::Router;
use axum::body::Body;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, Stream, StreamExt};
use http::header::EXPECT;
use http::{Request, Version};
use http_body_util::{BodyStream, StreamBody};
use hyper::body::{Body as _, Incoming};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use std::future::poll_fn;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service;

/// The most that the headers of a request may come to, in both versions of HTTP (contract, part 2).
const MAX_HEADERS: u32 = 64 * 1024;

/// Room for the request line, which HTTP/1.1 counts with the headers.
const REQUEST_LINE: usize = 8 * 1024;

/// How long a peer that says nothing over HTTP/2 is asked whether it is there, and waited for.
const PING_EVERY: Duration = Duration::from_secs(30);
const PING_WITHIN: Duration = Duration::from_secs(20);

/// What comes to a connection from outside.
#[derive(Debug, Clone, Copy)]
enum Signal {
    /// Finish what is under way, and take nothing new.
    Drain,
    /// The time for that is over.
    End,
    /// The time for a first request is over.
    Silence,
}

/// All connections of a listener.
pub(super) struct Connections {
    router: Router,
    builder: Builder<TokioExecutor>,
    first_request: Duration,
    tasks: TaskTracker,
    /// Finish what is under way and take nothing new.
    draining: CancellationToken,
    /// The time for that is over.
    ending: CancellationToken,
}

impl Connections {
    pub(super) fn new(settings: &Settings, router: Router) -> Self {
        Self {
            router,
            builder: builder(settings),
            first_request: settings.header_timeout,
            tasks: TaskTracker::new(),
            draining: CancellationToken::new(),
            ending: CancellationToken::new(),
        }
    }

    /// Serves a connection, in a task of its own.
    pub(super) fn take(&self, stream: TcpStream, peer: IpAddr) {
        // Without it an event stream waits for the acknowledgement of its head: 40 ms on many systems.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "a connection ended before it began"
            );
            return;
        }
        let has_asked = Arc::new(AtomicBool::new(false));
        let service = service(self.router.clone(), peer, Arc::clone(&has_asked));
        let connection = self
            .builder
            .serve_connection(TokioIo::new(stream), service)
            .into_owned();
        let signals = self.signals();
        self.tasks.spawn(async move {
            tokio::pin!(connection, signals);
            let turns = Turns::new();
            loop {
                tokio::select! {
                    biased;
                    // How a connection broke off is the client's to know; nothing of it is ours to mend.
                    _ended = poll_fn(|context| turns.poll(context, connection.as_mut())) => return,
                    signal = signals.next() => match signal {
                        Some(Signal::Drain) => connection.as_mut().graceful_shutdown(),
                        // Before its first request a connection has told not even its version, and HTTP's own
                        // timeouts do not run yet.
                        Some(Signal::Silence) if has_asked.load(Ordering::Relaxed) => {}
                        Some(Signal::Silence | Signal::End) | None => return,
                    },
                }
            }
        });
    }

    /// What can come to a connection from outside. Each is looked at when it comes and not whenever the connection
    /// has something to do: asking a token takes a lock that all connections share.
    fn signals(&self) -> impl Stream<Item = Signal> + Send + use<> {
        let (draining, ending) = (self.draining.clone(), self.ending.clone());
        let silence = tokio::time::sleep(self.first_request);
        let signals = FuturesUnordered::new();
        signals.push(
            async move {
                draining.cancelled().await;
                Signal::Drain
            }
            .boxed(),
        );
        signals.push(
            async move {
                ending.cancelled().await;
                Signal::End
            }
            .boxed(),
        );
        signals.push(
            async move {
                silence.await;
                Signal::Silence
            }
            .boxed(),
        );
        signals
    }

    /// Waits for what is under way, calls of broken connections that go on included, within the bound.
    pub(super) async fn drain(self, app: &App) {
        self.draining.cancel();
        self.tasks.close();
        app.calls.close();
        let done = async {
            self.tasks.wait().await;
            app.calls.wait().await;
        };
        if tokio::time::timeout(app.settings.shutdown_grace, done)
            .await
            .is_err()
        {
            tracing::warn!("requests under way were dropped: they took longer than a stop waits");
        }
        self.ending.cancel();
        app.stopped.cancel();
        self.tasks.wait().await;
        app.calls.wait().await;
    }
}

fn builder(settings: &Settings) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(settings.header_timeout)
        .max_buf_size(MAX_HEADERS as usize + REQUEST_LINE);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(MAX_HEADERS)
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(PING_WITHIN);
    builder
}

/// The router, told who the peer is.
fn service(
    router: Router,
    peer: IpAddr,
    has_asked: Arc<AtomicBool>,
) -> impl hyper::service::Service<
    Request<Incoming>,
    Response = axum::response::Response,
    Error = std::convert::Infallible,
    Future: Send,
> + Clone {
    hyper::service::service_fn(move |request: Request<Incoming>| {
        has_asked.store(true, Ordering::Relaxed);
        let is_wanted = request.version() != Version::HTTP_2 && !request.headers().contains_key(EXPECT);
        let mut request = request.map(|body| if is_wanted { wanted(body) } else { Body::new(body) });
        request.extensions_mut().insert(Peer(peer));
        router.clone().call(request)
    })
}

/// Says that an HTTP/1.1 body is wanted, so that what of it came with the head is handed over with it. Said later, it
/// costs the connection a second turn, which wakes another thread. A client that asks before it sends its body
/// (`Expect: 100-continue`) is no case of it: that one is answered only once somebody reads.
fn wanted(mut body: Incoming) -> Body {
    let mut context = Context::from_waker(Waker::noop());
    match Pin::new(&mut body).poll_frame(&mut context) {
        Poll::Pending | Poll::Ready(None) => Body::new(body),
        Poll::Ready(Some(first)) => {
            let rest = BodyStream::new(body);
            Body::new(StreamBody::new(futures_util::stream::iter([first]).chain(rest)))
        }
    }
}
