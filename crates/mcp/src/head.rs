//! What is known of a request before its body: method, revision, media types, session.

use crate::accept::{Accept, is_json_body};
use crate::header::{self, Single};
use crate::{Rendered, Reply, Revision};
use http::{HeaderMap, Method as HttpMethod};
use solder_model::{Code, Problem};

/// What the HTTP method asks of the endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// POST: a message, or a batch of them.
    Post,
    /// GET with a session: the stream of that session.
    Listen,
    /// DELETE with a session: its end.
    End,
}

/// The session that a legacy request names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionHeader<'h> {
    /// None, which is never an error; also where the header names a modern revision, which has no sessions.
    Absent,
    /// Visible ASCII. Whether such a session exists is not known here.
    Id(&'h str),
    /// Repeated, empty, or not visible ASCII (0x21 to 0x7E): no session has such an id, so it is an unknown one.
    Malformed,
}

/// The head of a request. Reading it never fails, so that even a request that is refused at once gets its answer in
/// the form that its client reads.
#[derive(Debug, Clone, Copy)]
pub struct Head<'h> {
    method: &'h HttpMethod,
    headers: &'h HeaderMap,
    version: Single<'h>,
    accept: Accept,
}

impl<'h> Head<'h> {
    /// Reads the head.
    pub fn read(method: &'h HttpMethod, headers: &'h HeaderMap) -> Self {
        Self {
            method,
            headers,
            version: Single::read(headers, header::VERSION),
            accept: Accept::read(headers),
        }
    }

    /// What is asked for. GET and DELETE are the legacy era's, and mean something with a session alone: without one
    /// they are 405, as clients open by a GET and take any 200 for a stream.
    pub fn verb(&self) -> Result<Verb, Problem> {
        let has_session = self.session() != SessionHeader::Absent;
        match *self.method {
            HttpMethod::POST => Ok(Verb::Post),
            HttpMethod::GET if has_session => Ok(Verb::Listen),
            HttpMethod::DELETE if has_session => Ok(Verb::End),
            _ => Err(Problem::new(
                Code::MethodNotAllowed,
                "Method not allowed: send messages by POST; GET and DELETE need `Mcp-Session-Id`",
            )),
        }
    }

    /// Whether the head names a revision of the modern era, be it served or not.
    pub fn declares_modern(&self) -> bool {
        matches!(self.version, Single::Text(text) if Revision::names_modern(text))
    }

    /// The session that is named.
    pub fn session(&self) -> SessionHeader<'h> {
        if self.declares_modern() {
            return SessionHeader::Absent;
        }
        match Single::read(self.headers, header::SESSION) {
            Single::Absent => SessionHeader::Absent,
            Single::Text(id) if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic()) => {
                SessionHeader::Id(id)
            }
            _ => SessionHeader::Malformed,
        }
    }

    /// Refuses a POST whose body is no JSON, and one whose client would not take the answer: legacy answers are event
    /// streams; modern ones are whichever of event stream and JSON the client takes.
    pub fn check_media(&self) -> Result<(), Problem> {
        if !is_json_body(self.headers) {
            return Err(Problem::new(
                Code::UnsupportedMediaType,
                "The body must be JSON in UTF-8: send `Content-Type: application/json`",
            ));
        }
        let taken = if self.declares_modern() {
            self.accept.any()
        } else {
            self.accept.events()
        };
        if taken {
            Ok(())
        } else {
            Err(Problem::new(
                Code::NotAcceptable,
                "The client must accept the answer: send `Accept: application/json, text/event-stream`",
            ))
        }
    }

    /// Whether a GET takes an event stream.
    pub fn check_stream(&self) -> Result<(), Problem> {
        if self.accept.events() {
            Ok(())
        } else {
            Err(Problem::new(
                Code::NotAcceptable,
                "The client must accept an event stream: send `Accept: text/event-stream`",
            ))
        }
    }

    /// Renders the answer to a single message.
    pub fn render(&self, reply: &Reply) -> Rendered {
        Rendered::single(reply, self.accept)
    }

    /// Renders the answers to a batch, in one array; 202 where there is nothing to answer.
    pub fn render_batch(&self, replies: &[Reply]) -> Rendered {
        Rendered::batch(replies, self.accept)
    }

    /// Renders a refusal from before the message was read (contract part 4).
    pub fn refuse(&self, problem: &Problem) -> Rendered {
        Rendered::refusal(problem, None, self.sends_version())
    }

    /// Renders a refusal of a message that was read, by its HTTP status: such as a full window.
    pub fn refuse_call(&self, call: &crate::Call, problem: &Problem) -> Rendered {
        Rendered::refusal(problem, Some(&call.id), self.sends_version())
    }

    pub(crate) fn version(&self) -> Single<'h> {
        self.version
    }

    pub(crate) fn headers(&self) -> &'h HeaderMap {
        self.headers
    }

    /// Official clients show a person the text of a JSON-RPC error and of no other body, and all that know JSON-RPC
    /// errors of a refusal send the header.
    fn sends_version(&self) -> bool {
        self.version != Single::Absent
    }
}
