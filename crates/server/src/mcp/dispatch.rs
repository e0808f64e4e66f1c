//! From messages to answers.

use super::Guest;
use crate::problem::{Failure, own_fault};
use axum::body::Body;
use axum::response::Response;
use futures_util::StreamExt;
use futures_util::stream;
use http::{HeaderName, HeaderValue};
use serde_json::value::RawValue;
use solder_engine::{Tool, ToolOutcome};
use solder_mcp::{
    Answer, Call, CallToolResult, Head, Incoming, Message, Method, Offer, Rendered, Reply, ResultBody,
    RpcError, ServerInfo,
};
use std::sync::Arc;
use tracing::Instrument;

/// How many calls of one batch run at a time.
const AT_A_TIME: usize = 8;

const CACHE_HIT: HeaderName = HeaderName::from_static("x-cache-hit");

/// An answer, and whether a platform's part of it came from a cache.
struct Answered {
    reply: Reply,
    is_cached: bool,
}

impl From<Reply> for Answered {
    fn from(reply: Reply) -> Self {
        Self {
            reply,
            is_cached: false,
        }
    }
}

impl Guest {
    /// Answers a body: limit, session, then each message.
    pub(super) async fn message(self, head: &Head<'_>, incoming: Incoming) -> Result<Response, Failure> {
        if let Some(over_limit) = self.limit(head, &incoming).await? {
            return Ok(over_limit);
        }
        if let Err(problem) = self.check_session(head) {
            let failure = Failure::new(problem);
            return match &incoming {
                Incoming::One(Message::Call(call)) => Ok(super::respond(
                    head.refuse_call(call, failure.problem()),
                    &failure,
                )),
                _ => Err(failure),
            };
        }
        if let Err(failure) = self.check_scopes(&incoming).await {
            return match &incoming {
                Incoming::One(Message::Call(call)) => Ok(super::respond(
                    head.refuse_call(call, failure.problem()),
                    &failure,
                )),
                _ => Err(failure),
            };
        }
        match incoming {
            Incoming::One(Message::Call(call)) => Ok(self.one(head, call).await),
            Incoming::One(Message::Faulty(reply)) => Ok(plain(head.render(&reply))),
            Incoming::One(Message::Notification(_) | Message::Response) => Ok(plain(Rendered::accepted())),
            Incoming::Batch(messages) => Ok(self.batch(head, messages).await),
        }
    }

    async fn one(&self, head: &Head<'_>, call: Call) -> Response {
        let begun = (call.method == Method::Initialize).then(|| call.era.revision());
        let answered = self.answer(head, call).await;
        let mut response = plain(head.render(&answered.reply));
        if answered.is_cached {
            response
                .headers_mut()
                .insert(CACHE_HIT, HeaderValue::from_static("true"));
        }
        if let (Some(revision), None) = (begun, answered.reply.as_error()) {
            self.begin_session(revision, &mut response);
        }
        response
    }

    /// Answers a batch in its order. All of it is legacy.
    async fn batch(&self, head: &Head<'_>, messages: Vec<Message>) -> Response {
        let answers = stream::iter(messages).map(|message| async move {
            match message {
                Message::Call(call) => Some(self.answer(head, call).await.reply),
                Message::Faulty(reply) => Some(*reply),
                Message::Notification(_) | Message::Response => None,
            }
        });
        let replies: Vec<Reply> = answers
            .buffered(AT_A_TIME)
            .filter_map(std::future::ready)
            .collect()
            .await;
        plain(head.render_batch(&replies))
    }

    async fn answer(&self, head: &Head<'_>, call: Call) -> Answered {
        let offer = self.offer(&call);
        let found = match offer.answer(head, &call) {
            Answer::Ready(reply) => return reply.into(),
            Answer::Complete(asked) => return self.complete(&offer, &call, &asked).await.into(),
            Answer::Read(uri) => return self.read(&offer, &call, &uri).await.into(),
            Answer::Run(asked) => Tool::find(&asked.name).ok_or_else(|| RpcError::unknown_tool(&asked.name)),
        };
        match found {
            // Whoever hangs up cancels: a future that is dropped here ends the call.
            Ok(tool) if call.era.is_modern() => self.run(&offer, tool, &call).await,
            Ok(tool) => self.outlive(offer, tool, call).await,
            Err(error) => Reply::error(&call, error).into(),
        }
    }

    /// A legacy call goes on when its connection breaks off: there, hanging up is no cancellation.
    async fn outlive(&self, offer: Offer, tool: Tool, call: Call) -> Answered {
        let failed = Reply::error(&call, RpcError::internal(self.arrival.request_id_text()));
        let (guest, stopped) = (self.clone(), self.app.stopped.clone());
        let task = async move {
            tokio::select! {
                answered = guest.run(&offer, tool, &call) => Some(answered),
                () = stopped.cancelled() => None,
            }
        };
        match self.app.calls.spawn(task.in_current_span()).await {
            Ok(Some(answered)) => answered,
            Ok(None) => failed.into(),
            Err(panic) => {
                tracing::error!(is_panic = panic.is_panic(), "a call ended without an answer");
                failed.into()
            }
        }
    }

    async fn run(&self, offer: &Offer, tool: Tool, call: &Call) -> Answered {
        let asked = match call.tool_call() {
            Ok(asked) => asked,
            Err(error) => return Reply::error(call, error).into(),
        };
        let context = self.context();
        // In a place of its own: it is large, and the room for it would be moved about with every other request too.
        let running = Box::pin(self.app.engine.call_tool(tool, &context, asked.arguments));
        let outcome = running.await;
        let is_cached = outcome.cache_hit;
        Answered {
            reply: offer.reply(call, ResultBody::call(result(outcome))),
            is_cached,
        }
    }

    /// What the server offers, presented by its name where the answer tells it: legacy answers but that to
    /// `initialize` do not, and need no text for it.
    pub(super) fn offer(&self, call: &Call) -> Offer {
        let is_presented = call.era.is_modern() || call.method == Method::Initialize;
        let info = if is_presented {
            self.present()
        } else {
            self.app.nameless.clone()
        };
        Offer::new(info, Arc::clone(&self.app.catalogue))
    }

    fn present(&self) -> ServerInfo {
        let server = &self.entry.server;
        let info = ServerInfo::new(&server.name, env!("CARGO_PKG_VERSION"));
        match &server.custom_instructions {
            Some(text) => info.with_instructions(text),
            None => info,
        }
    }
}

fn result(outcome: ToolOutcome) -> CallToolResult {
    if outcome.is_error {
        CallToolResult::failure(outcome.text)
    } else if outcome.structured {
        match RawValue::from_string(outcome.text) {
            Ok(value) => CallToolResult::json(value),
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a tool's structured result is no JSON"
                );
                CallToolResult::problem(&own_fault())
            }
        }
    } else {
        CallToolResult::text(outcome.text)
    }
}

fn plain(rendered: Rendered) -> Response {
    rendered.into_response().map(Body::from)
}
