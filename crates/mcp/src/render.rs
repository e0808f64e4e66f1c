//! The HTTP form of an answer.

use crate::accept::Accept;
use crate::reply::start_message;
use crate::{Id, Reply, RpcError, json, sse};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use solder_model::{Code, Problem};

const JSON: &str = "application/json";
const EVENTS: &str = "text/event-stream";

/// What answers hold is for their caller alone.
const PLAIN_HEADERS: &[(&str, &str)] = &[("cache-control", "no-store")];
/// A proxy that gathers an event stream before it passes it on would hold the answer back.
const EVENT_HEADERS: &[(&str, &str)] = &[("cache-control", "no-store"), ("x-accel-buffering", "no")];
/// RFC 9110 part 15.5.6 wants the methods that the target takes.
const METHOD_HEADERS: &[(&str, &str)] = &[("cache-control", "no-store"), ("allow", "POST")];

/// An answer, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The HTTP status.
    pub status: u16,
    /// The media type of the body; none where there is no body.
    pub content_type: Option<&'static str>,
    /// Further headers, names in lower case.
    pub headers: &'static [(&'static str, &'static str)],
    /// The body.
    pub body: Bytes,
}

impl Rendered {
    /// 202 without a body: the answer to notifications and responses.
    pub const fn accepted() -> Self {
        Self {
            status: 202,
            content_type: None,
            headers: PLAIN_HEADERS,
            body: Bytes::new(),
        }
    }

    pub(crate) fn single(reply: &Reply, accept: Accept) -> Self {
        Self::framed(reply.status(), reply.is_modern, accept, reply.size(), |out| {
            reply.write(out);
        })
    }

    pub(crate) fn batch(replies: &[Reply], accept: Accept) -> Self {
        if replies.is_empty() {
            return Self::accepted();
        }
        // One good message makes the body well-formed; the others are answered in their place.
        let is_good = replies.iter().any(|reply| reply.status() == 200);
        let size = replies.iter().map(Reply::size).sum::<usize>() + replies.len() + 2;
        Self::framed(if is_good { 200 } else { 400 }, false, accept, size, |out| {
            for (place, reply) in replies.iter().enumerate() {
                out.push(if place == 0 { b'[' } else { b',' });
                reply.write(out);
            }
            out.push(b']');
        })
    }

    /// A refusal by HTTP status: a JSON-RPC error where the client knows such, else the envelope of the HTTP
    /// endpoints. 401 and 403 are the envelope always, as they are answered by layers that know no messages too.
    pub(crate) fn refusal(problem: &Problem, id: Option<&Id>, knows_rpc: bool) -> Self {
        let status = problem.code.status();
        let mut body = Vec::with_capacity(256);
        if knows_rpc && !matches!(status, 401 | 403) {
            start_message(&mut body, id);
            body.extend_from_slice(br#","error":"#);
            json::write(&mut body, &RpcError::refused(problem).to_value());
            body.push(b'}');
        } else {
            json::write(&mut body, &problem.to_envelope());
        }
        Self {
            status,
            content_type: Some(JSON),
            headers: match problem.code {
                Code::MethodNotAllowed => METHOD_HEADERS,
                _ => PLAIN_HEADERS,
            },
            body: body.into(),
        }
    }

    /// Writes a body in the form that its era and its client want: legacy answers are event streams, modern ones JSON
    /// unless the client prefers a stream, and whatever has another status than 200 is JSON.
    fn framed(
        status: u16,
        is_modern: bool,
        accept: Accept,
        size: usize,
        write: impl FnOnce(&mut Vec<u8>),
    ) -> Self {
        let is_plain = status != 200 || !accept.events() || (is_modern && accept.prefers_json());
        let mut body = Vec::with_capacity(size + 32);
        if is_plain {
            sse::line(&mut body, write);
        } else {
            sse::event(&mut body, write);
        }
        Self {
            status,
            content_type: Some(if is_plain { JSON } else { EVENTS }),
            headers: if is_plain { PLAIN_HEADERS } else { EVENT_HEADERS },
            body: body.into(),
        }
    }

    /// The same as a response of the `http` crate.
    pub fn into_response(self) -> http::Response<Bytes> {
        let mut response = http::Response::new(self.body);
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        for (name, value) in self.headers {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        if let Some(media) = self.content_type {
            headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static(media));
        }
        response
    }
}
