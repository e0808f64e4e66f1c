//! What stands around every handler: the request's id and span, hosts and origins, the headers that every answer
//! carries, and what a panic becomes. One layer, since each costs on every request.

mod cors;
mod headers;

use crate::App;
use crate::arrival::{Arrival, Peer};
use crate::client_address::client_address;
use crate::gate::{Gate, Origin};
use crate::mcp;
use crate::problem::{Failure, OwnFault, envelope, own_fault};
use crate::unbroken::unbroken;
use axum::body::Body;
use axum::extract::MatchedPath;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::{Method, Request};
use solder_model::Problem;
use std::convert::Infallible;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;
use tower::{Layer, Service};
use tracing::{Instrument, Span, field};

/// Puts an [`Edge`] around each route.
#[derive(Debug, Clone)]
pub(crate) struct EdgeLayer(pub(crate) Arc<App>);

/// A route with everything that stands around it.
#[derive(Debug, Clone)]
pub(crate) struct Edge<S> {
    app: Arc<App>,
    inner: S,
}

impl<S> Layer<S> for EdgeLayer {
    type Service = Edge<S>;

    fn layer(&self, inner: S) -> Edge<S> {
        Edge {
            app: Arc::clone(&self.0),
            inner,
        }
    }
}

impl<S> Service<Request<Body>> for Edge<S>
where
    S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let mut request = unbroken(request, self.app.settings.max_body_bytes);
        let peer = Peer::of(request.extensions());
        let client = client_address(peer, request.headers(), &self.app.settings.trusted_proxies);
        let arrival = Arrival::new(self.app.request_ids.next(), client);
        request.extensions_mut().insert(arrival.clone());
        let origin = self.app.gate.origin(request.headers());
        let visit = Visit {
            span: span(&request, &arrival),
            arrival,
            origin,
            began: Instant::now(),
        };
        match answer_early(&self.app, &request, &visit.origin) {
            None => {
                let span = visit.span.clone();
                let answer = AssertUnwindSafe(self.inner.call(request))
                    .catch_unwind()
                    .instrument(span);
                Box::pin(async move { Ok(visit.leave(answer.await)) })
            }
            Some(early) => Box::pin(std::future::ready(Ok(visit.leave(Ok(Ok(early)))))),
        }
    }
}

/// The span of a request. The route's template stands for its path, which may hold a token; where no route
/// matched, nothing of the path is known to be harmless.
fn span(request: &Request<Body>, arrival: &Arrival) -> Span {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("(none)", MatchedPath::as_str);
    tracing::info_span!(
        "request",
        method = method_name(request.method()),
        route,
        request_id = arrival.request_id_text(),
        status = field::Empty,
        latency_ms = field::Empty,
    )
}

/// The method, where it is one that anybody knows: others are texts of the client's own making.
fn method_name(method: &Method) -> &str {
    match *method {
        Method::GET
        | Method::POST
        | Method::PUT
        | Method::DELETE
        | Method::HEAD
        | Method::OPTIONS
        | Method::PATCH
        | Method::TRACE
        | Method::CONNECT => method.as_str(),
        _ => "(other)",
    }
}

/// Checks host and origin, and answers preflights; what is answered here never reaches a handler.
fn answer_early(app: &App, request: &Request<Body>, origin: &Origin) -> Option<Response> {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("", MatchedPath::as_str);
    let mut host = Gate::check_one_host(request.version(), request.headers());
    if route != "/health" {
        host = host.and_then(|()| app.gate.check_host(request.uri(), request.headers()));
    }
    if let Err(problem) = host {
        return Some(refuse(route, request, problem));
    }
    let is_preflight = cors::is_preflight(request);
    match origin {
        Origin::Refused if is_preflight || is_driven(route) => {
            Some(refuse(route, request, Gate::origin_refusal(request.headers())))
        }
        Origin::Allowed(_) if is_preflight => Some(cors::preflight(request)),
        _ => None,
    }
}

/// Whether whoever reaches the route has all that it takes to act: no page of an unknown origin gets there.
fn is_driven(route: &str) -> bool {
    route.starts_with("/mcp") || route.starts_with("/uploads")
}

/// A refusal in the form that the route's clients read.
fn refuse(route: &str, request: &Request<Body>, problem: Problem) -> Response {
    if route.starts_with("/mcp") {
        mcp::refuse(request.method(), request.headers(), &Failure::new(problem))
    } else {
        Failure::new(problem).into_response()
    }
}

/// A request under way.
struct Visit {
    span: Span,
    arrival: Arrival,
    origin: Origin,
    began: Instant,
}

type Caught = Result<Result<Response, Infallible>, Box<dyn std::any::Any + Send>>;

impl Visit {
    /// Makes the answer ready to go out.
    fn leave(self, answer: Caught) -> Response {
        let mut response = match answer {
            Ok(Ok(response)) => response,
            Err(panic) => {
                // A text that stands in the code is known to be harmless; one that was put together is not.
                let what = panic
                    .downcast_ref::<&'static str>()
                    .copied()
                    .unwrap_or("(no static text)");
                self.span.in_scope(|| tracing::error!(what, "a handler panicked"));
                Failure::new(own_fault()).into_response()
            }
        };
        if let Some(OwnFault(problem)) = response.extensions_mut().remove() {
            response = self.name_request(&problem);
        }
        headers::write(&mut response, &self.arrival);
        if let Origin::Allowed(origin) = self.origin {
            cors::write(&mut response, origin);
        }
        let status = response.status();
        let latency_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.span.record("status", status.as_u16());
        self.span.record("latency_ms", latency_ms);
        self.span.in_scope(|| {
            if status.is_server_error() {
                tracing::warn!("answered with a fault");
            } else {
                tracing::debug!("answered");
            }
        });
        response
    }

    /// A fault of ours tells the request's id, which finds it in the log.
    fn name_request(&self, problem: &Problem) -> Response {
        envelope(&problem.clone().with("requestId", self.arrival.request_id_text()))
    }
}

#[cfg(test)]
mod tests {
    use super::EdgeLayer;
    use crate::{App, Settings};
    use axum::body::Body;
    use http::Request;
    use solder_testkit::Solder;
    use std::sync::Arc;
    use tower::{Layer, ServiceExt, service_fn};

    #[tokio::test]
    async fn a_panic_becomes_the_envelope_of_a_fault_with_the_requests_id() {
        let solder = Solder::start().await;
        let app = App::new(Arc::clone(&solder.engine), Settings::default()).unwrap();
        let panics = service_fn(async |_: Request<Body>| panic!("what a handler knew: {}", "mcp_secret"));
        let edge = EdgeLayer(Arc::new(app)).layer(panics);
        let request = Request::get("/")
            .header("host", "localhost")
            .body(Body::empty())
            .unwrap();
        let response = edge.oneshot(request).await.unwrap();
        assert_eq!(response.status(), 500);
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX)
            .await
            .unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(
            text.contains("INTERNAL_ERROR") && text.contains(&id) && !text.contains("mcp_secret"),
            "{text}"
        );
    }
}
