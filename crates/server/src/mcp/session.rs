//! Legacy sessions. None is ever needed; one that is named must be this caller's on this server, and live.

use super::Guest;
use crate::problem::Failure;
use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode};
use solder_mcp::{Head, Revision, SessionHeader};
use solder_model::{Code, Problem};

const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");

impl Guest {
    /// GET with a session: the stream of what the server would say by itself. There is nothing that it would, so
    /// that a live session's stream is 405, as the transport allows.
    pub(super) async fn listen(&self, head: &Head<'_>) -> Result<Response, Failure> {
        self.limit_others().await?;
        self.app.engine.admit(&self.caller, &self.entry)?;
        head.check_stream()?;
        self.check_session(head)?;
        let message = "Method not allowed: this server announces nothing, so that there is no stream; send messages by POST";
        Err(Problem::new(Code::MethodNotAllowed, message).into())
    }

    /// DELETE with a session: its end.
    pub(super) async fn end(&self, head: &Head<'_>) -> Result<Response, Failure> {
        self.limit_others().await?;
        self.app.engine.admit(&self.caller, &self.entry)?;
        let has_ended = match head.session() {
            SessionHeader::Id(id) => self.app.engine.end_session(&self.caller, &self.entry, id).await?,
            SessionHeader::Absent | SessionHeader::Malformed => false,
        };
        if !has_ended {
            return Err(unknown().into());
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        Ok(response)
    }

    /// Refuses a session that is not this caller's on this server; the client then begins a new one.
    pub(super) fn check_session(&self, head: &Head<'_>) -> Result<(), Problem> {
        let is_live = match head.session() {
            SessionHeader::Absent => true,
            SessionHeader::Id(id) => self.app.engine.has_session(&self.caller, &self.entry, id),
            SessionHeader::Malformed => false,
        };
        if is_live { Ok(()) } else { Err(unknown()) }
    }

    /// Begins a session for clients of a revision that has them.
    pub(super) fn begin_session(&self, revision: Revision, response: &mut Response) {
        if revision >= Revision::V2025_03_26 {
            let id = self.app.engine.begin_session(&self.caller, &self.entry);
            if let Ok(id) = HeaderValue::try_from(id) {
                response.headers_mut().insert(SESSION, id);
            }
        }
    }
}

fn unknown() -> Problem {
    Problem::new(
        Code::NotFound,
        "Session not found: begin a new one with `initialize`",
    )
}
