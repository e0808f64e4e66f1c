//! The caller's windows at the MCP endpoint: which messages count, and what those over the limit are answered.

use super::Guest;
use crate::problem::Failure;
use axum::body::Body;
use axum::response::Response;
use solder_engine::{Error, RateState};
use solder_mcp::{
    Call, CallToolResult, Head, Incoming, Message, Method, Reply, ResultBody, RpcError, SessionHeader,
};
use solder_model::Problem;

/// The name of the window of calls in the `RateLimit` headers.
pub(crate) const CALLS: &str = "default";
/// The name of the wider one.
const OTHERS: &str = "other";

impl Guest {
    /// Asks the wider window.
    pub(super) async fn limit_others(&self) -> Result<(), Error> {
        match self.app.engine.limit_others(&self.caller).await {
            Some(state) => self.tell(OTHERS, state),
            None => Ok(()),
        }
    }

    /// Asks the window of calls for one.
    pub(super) async fn limit_one(&self) -> Result<(), Error> {
        match self.app.engine.limit_calls(&self.caller, 1).await {
            Some(state) => self.tell(CALLS, state),
            None => Ok(()),
        }
    }

    /// Asks the window that the messages belong to. `Some` is the answer to messages that are over the limit and
    /// get one in the form of their own kind.
    pub(super) async fn limit(
        &self,
        head: &Head<'_>,
        incoming: &Incoming,
    ) -> Result<Option<Response>, Failure> {
        let cost = cost(incoming);
        if cost == 0 {
            return Ok(self.limit_others().await.map(|()| None)?);
        }
        let state = self.app.engine.limit_calls(&self.caller, cost).await;
        let Some(Err(error)) = state.map(|state| self.tell(CALLS, state)) else {
            return Ok(None);
        };
        let failure = Failure::from(error);
        let has_session = head.session() != SessionHeader::Absent;
        match incoming {
            Incoming::One(Message::Call(call)) if has_session && call.method == Method::ToolsCall => {
                let reply = self.over_limit(call, failure.problem());
                Ok(Some(head.render(&reply).into_response().map(Body::from)))
            }
            Incoming::One(Message::Call(call)) => Ok(Some(super::respond(
                head.refuse_call(call, failure.problem()),
                &failure,
            ))),
            Incoming::Batch(messages) if has_session => {
                let replies = self.batch_over_limit(messages, failure.problem());
                Ok(Some(head.render_batch(&replies).into_response().map(Body::from)))
            }
            _ => Err(failure),
        }
    }

    fn tell(&self, policy: &'static str, state: RateState) -> Result<(), Error> {
        self.arrival.tell_rate(policy, state);
        state.refusal()
    }

    /// A bare 429 ends a session, so that a tool's call is answered by a result that says when to try again.
    fn over_limit(&self, call: &Call, problem: &Problem) -> Reply {
        if call.method == Method::ToolsCall {
            let body = ResultBody::call(CallToolResult::problem(problem));
            self.offer(call).reply(call, body)
        } else {
            Reply::error(call, RpcError::refused(problem))
        }
    }

    fn batch_over_limit(&self, messages: &[Message], problem: &Problem) -> Vec<Reply> {
        let answer = |message: &Message| match message {
            Message::Call(call) => Some(self.over_limit(call, problem)),
            Message::Faulty(reply) => Some(Reply::clone(reply)),
            Message::Notification(_) | Message::Response => None,
        };
        messages.iter().filter_map(answer).collect()
    }
}

/// How many calls the messages are. What is no message counts too, or a batch of it would cost nothing.
fn cost(incoming: &Incoming) -> u32 {
    let counts = |message: &Message| match message {
        Message::Call(call) => call.method.counts(),
        Message::Faulty(_) => true,
        Message::Notification(_) | Message::Response => false,
    };
    match incoming {
        Incoming::One(message) => u32::from(counts(message)),
        Incoming::Batch(messages) => {
            u32::try_from(messages.iter().filter(|message| counts(message)).count()).unwrap_or(u32::MAX)
        }
    }
}
