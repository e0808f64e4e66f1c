//! The MCP endpoint: three paths, one way in.
//!
//! Hosts and origins stand at the edge; here come authentication, the users layer, media types, the message, the
//! caller's window, the session, and then the answer. Who is outside the users layer is counted all the same, and
//! what was sent is not read: which window a message belongs to is known only once it is.

mod completion;
mod dispatch;
mod limit;
mod scope;
mod session;

pub(crate) use completion::TEMPLATES;
pub(crate) use limit::CALLS;

use crate::App;
use crate::arrival::Arrival;
use crate::body::read_body;
use crate::identity::{IdentityHeaders, SERVER_ID};
use crate::path::Segments;
use crate::problem::{Challenge, Failure};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, Method};
use solder_engine::{Caller, ServerEntry};
use solder_mcp::{Head, Rendered, Verb};
use solder_model::{Code, Fault, Problem, Secret};
use std::sync::Arc;

/// `/mcp`: the server is named by a header, the caller by a key.
pub(crate) async fn by_header(State(app): State<Arc<App>>, arrival: Arrival, request: Request) -> Response {
    Endpoint {
        app,
        arrival,
        server: None,
        token: None,
    }
    .answer(request)
    .await
}

/// `/mcp/{serverId}`: the caller is named by a key.
pub(crate) async fn by_id(
    State(app): State<Arc<App>>,
    arrival: Arrival,
    segments: Segments,
    request: Request,
) -> Response {
    let server = Some(segments.text("serverId").to_owned());
    Endpoint {
        app,
        arrival,
        server,
        token: None,
    }
    .answer(request)
    .await
}

/// `/mcp/{serverId}/{accessToken}`: whoever has the URL may enter.
pub(crate) async fn by_token(
    State(app): State<Arc<App>>,
    arrival: Arrival,
    segments: Segments,
    request: Request,
) -> Response {
    let server = Some(segments.text("serverId").to_owned());
    let token = Some(Secret::new(segments.text("accessToken")));
    Endpoint {
        app,
        arrival,
        server,
        token,
    }
    .answer(request)
    .await
}

/// A refusal from before a message was read, in the form that MCP clients read.
pub(crate) fn refuse(method: &Method, headers: &HeaderMap, failure: &Failure) -> Response {
    respond(Head::read(method, headers).refuse(failure.problem()), failure)
}

fn respond(rendered: Rendered, failure: &Failure) -> Response {
    let mut response = rendered.into_response().map(Body::from);
    failure.write_headers(response.headers_mut());
    response
}

/// What the path says, and who asks.
struct Endpoint {
    app: Arc<App>,
    arrival: Arrival,
    server: Option<String>,
    token: Option<Secret>,
}

/// Someone who was let in to a server. Cheap to clone: calls that outlive their connection take it along.
#[derive(Debug, Clone)]
struct Guest {
    app: Arc<App>,
    arrival: Arrival,
    caller: Caller,
    entry: Arc<ServerEntry>,
    credential: Option<Arc<str>>,
    redirect_uri: Option<Arc<str>>,
    /// Whether the path names the server and holds no token: there alone the server's metadata are told of.
    is_by_id: bool,
}

impl Endpoint {
    async fn answer(self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let head = Head::read(&parts.method, &parts.headers);
        match self.enter(&head, &parts, body).await {
            Ok(response) => response,
            Err(failure) => respond(head.refuse(&self.signed(failure.problem())), &failure),
        }
    }

    async fn enter(&self, head: &Head<'_>, parts: &Parts, body: Body) -> Result<Response, Failure> {
        // Clients open by a GET and take any 200 for a stream, and most of them ask before they know a token.
        let verb = head.verb()?;
        let guest = self.authenticate(&parts.headers).await?;
        if let Err(outside) = self.app.engine.admit(&guest.caller, &guest.entry) {
            // What was sent is not looked at, and counts as one call whatever it is.
            guest.limit_one().await?;
            return Err(outside.into());
        }
        match verb {
            Verb::Post => self.post(guest, head, parts, body).await,
            Verb::Listen => guest.listen(head).await,
            Verb::End => guest.end(head).await,
        }
    }

    async fn authenticate(&self, headers: &HeaderMap) -> Result<Guest, Failure> {
        let identity = IdentityHeaders::read(headers)?;
        let server = self.server_id(&identity)?;
        let asks = match (&self.token, identity.has_proof()) {
            (None, false) => Challenge::Bearer,
            _ => Challenge::InvalidToken,
        };
        let found = self
            .app
            .engine
            .authenticate_mcp(
                server,
                self.token.as_ref(),
                &identity.identity(self.arrival.client()),
            )
            .await;
        let (caller, entry) = match found {
            Ok(found) => found,
            Err(error) => return Err(self.challenged(error, asks).await),
        };
        Ok(Guest {
            app: Arc::clone(&self.app),
            arrival: self.arrival.clone(),
            caller,
            entry,
            credential: identity.credential.map(Arc::from),
            redirect_uri: identity.redirect_uri.map(Arc::from),
            is_by_id: self.is_by_id(),
        })
    }

    /// Whether the path names the server and holds no token.
    fn is_by_id(&self) -> bool {
        self.server.is_some() && self.token.is_none()
    }

    /// The server, by path or by header; where both name one, they agree.
    fn server_id<'a>(&'a self, identity: &IdentityHeaders<'a>) -> Result<&'a str, Problem> {
        match (self.server.as_deref(), identity.server) {
            (Some(path), Some(header)) if path != header => {
                Err(fault("must equal the server that the path names, or be left out"))
            }
            (Some(path), _) => Ok(path),
            (None, Some(header)) => Ok(header),
            (None, None) => Err(fault(
                "is required at /mcp, or name the server in the path: /mcp/{serverId}",
            )),
        }
    }

    async fn post(
        &self,
        guest: Guest,
        head: &Head<'_>,
        parts: &Parts,
        body: Body,
    ) -> Result<Response, Failure> {
        head.check_media()?;
        let bytes = read_body(&self.app, &parts.headers, body).await?;
        match head.read_body(&bytes) {
            Ok(incoming) => guest.message(head, incoming).await,
            Err(reply) => {
                guest.limit_others().await?;
                Ok(head.render(&reply).into_response().map(Body::from))
            }
        }
    }

    /// A fault of ours tells the request's id, which finds it in the log.
    fn signed(&self, problem: &Problem) -> Problem {
        let problem = problem.clone();
        match problem.code {
            Code::InternalError => problem.with("requestId", self.arrival.request_id_text()),
            _ => problem,
        }
    }
}

fn fault(message: &str) -> Problem {
    Problem::invalid(&[Fault::new(SERVER_ID.as_str(), message)])
}
