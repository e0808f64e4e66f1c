//! From messages to answers.

use super::Guest;
use crate::problem::Failure;
use axum::body::Body;
use axum::response::Response;
use futures_util::StreamExt;
use futures_util::stream;
use http::{HeaderName, HeaderValue};
use serde_json::value::RawValue;
use solder_engine::{Tool, ToolContext, ToolOutcome};
use solder_mcp::{
    CacheHint, Call, CallToolResult, Head, Incoming, List, Message, Method, Rendered, Reply, ResultBody, RpcError,
    ServerInfo,
};
use tracing::Instrument;

/// How long clients may keep lists and the server's presentation. Instructions change with the server, and tools with
/// the binary. Private: which server it is was told by a token.
const KEEP: CacheHint = CacheHint::private(60_000);

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
        Self { reply, is_cached: false }
    }
}

impl Guest {
    /// Answers a body: limit, users layer, session, then each message.
    pub(super) async fn message(self, head: &Head<'_>, incoming: Incoming) -> Result<Response, Failure> {
        if let Some(over_limit) = self.limit(head, &incoming).await? {
            return Ok(over_limit);
        }
        self.app.engine.admit(&self.caller, &self.entry)?;
        if let Err(problem) = self.check_session(head) {
            let failure = Failure::new(problem);
            return match &incoming {
                Incoming::One(Message::Call(call)) => {
                    Ok(super::respond(head.refuse_call(call, failure.problem()), &failure))
                }
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

    async fn one(self, head: &Head<'_>, call: Call) -> Response {
        if call.method == Method::Initialize {
            return self.initialize(head, &call);
        }
        let answered = if call.method != Method::ToolsCall {
            self.at_once(&call).into()
        } else if call.era.is_modern() {
            // Whoever hangs up cancels: what is dropped here ends the call.
            self.call_tool(&call).await
        } else {
            self.outlive(call).await
        };
        let mut response = plain(head.render(&answered.reply));
        if answered.is_cached {
            response.headers_mut().insert(CACHE_HIT, HeaderValue::from_static("true"));
        }
        response
    }

    /// A legacy call goes on when its connection breaks off: there, hanging up is no cancellation.
    async fn outlive(self, call: Call) -> Answered {
        let failed = Reply::error(&call, self.internal());
        let app = self.app.clone();
        let stopped = app.stopped.clone();
        let task = async move {
            tokio::select! {
                answered = self.call_tool(&call) => Some(answered),
                () = stopped.cancelled() => None,
            }
        };
        match app.calls.spawn(task.in_current_span()).await {
            Ok(Some(answered)) => answered,
            Ok(None) => failed.into(),
            Err(panic) => {
                tracing::error!(is_panic = panic.is_panic(), "a call ended without an answer");
                failed.into()
            }
        }
    }

    /// Answers a batch in its order. All of it is legacy.
    async fn batch(self, head: &Head<'_>, messages: Vec<Message>) -> Response {
        let answers = stream::iter(messages).map(|message| {
            let guest = self.clone();
            async move {
                match message {
                    Message::Call(call) if call.method == Method::ToolsCall => Some(guest.outlive(call).await.reply),
                    Message::Call(call) => Some(guest.at_once(&call)),
                    Message::Faulty(reply) => Some(*reply),
                    Message::Notification(_) | Message::Response => None,
                }
            }
        });
        let replies: Vec<Reply> = answers.buffered(AT_A_TIME).filter_map(std::future::ready).collect().await;
        plain(head.render_batch(&replies))
    }

    fn initialize(&self, head: &Head<'_>, call: &Call) -> Response {
        match call.initialize() {
            Ok(initialize) => {
                let server = self.present();
                let reply = Reply::result(call, &server, ResultBody::initialize(&initialize, &server));
                let mut response = plain(head.render(&reply));
                self.begin_session(initialize.revision, &mut response);
                response
            }
            Err(error) => plain(head.render(&Reply::error(call, error))),
        }
    }

    /// Answers what needs no waiting.
    fn at_once(&self, call: &Call) -> Reply {
        let body = match call.method {
            Method::Ping => Ok(ResultBody::empty()),
            Method::Discover => Ok(ResultBody::discover(&self.present(), KEEP)),
            Method::List(list) => self.list(call, list),
            Method::PromptsGet => call.prompt_name().and_then(|name| Err(RpcError::unknown_prompt(&name))),
            Method::ResourcesRead => {
                call.resource_uri().and_then(|uri| Err(RpcError::unknown_resource(&uri, call.era)))
            }
            Method::Initialize | Method::ToolsCall | Method::Unknown => Err(call.unknown_method()),
        };
        match body {
            Ok(body) => Reply::result(call, &self.server_info(call), body),
            Err(error) => Reply::error(call, error),
        }
    }

    /// A list, whole: no list has a second page, so that every cursor is one that none gave out.
    fn list(&self, call: &Call, list: List) -> Result<ResultBody, RpcError> {
        call.check_only_page()?;
        Ok(match list {
            List::Tools => ResultBody::tools(&self.app.tools.of(call.era.revision()), KEEP),
            List::Prompts | List::Resources | List::ResourceTemplates => ResultBody::empty_list(list, KEEP),
        })
    }

    async fn call_tool(&self, call: &Call) -> Answered {
        let asked = match call.tool_call() {
            Ok(asked) => asked,
            Err(error) => return Reply::error(call, error).into(),
        };
        let Some(tool) = Tool::find(&asked.name) else {
            return Reply::error(call, RpcError::unknown_tool(&asked.name)).into();
        };
        let context =
            ToolContext { caller: &self.caller, server: &self.entry, credential: self.credential.as_deref() };
        let outcome = self.app.engine.call_tool(tool, &context, asked.arguments).await;
        let is_cached = outcome.cache_hit;
        let body = ResultBody::call(result(outcome));
        Answered { reply: Reply::result(call, &self.server_info(call), body), is_cached }
    }

    /// Who answers, as every modern result tells; legacy results do not, and need no text for it.
    pub(super) fn server_info(&self, call: &Call) -> ServerInfo {
        if call.era.is_modern() { self.present() } else { self.app.nameless.clone() }
    }

    /// How the server presents itself.
    fn present(&self) -> ServerInfo {
        let server = &self.entry.server;
        let info = ServerInfo::new(&server.name, env!("CARGO_PKG_VERSION"));
        match &server.custom_instructions {
            Some(text) => info.with_instructions(text),
            None => info,
        }
    }

    fn internal(&self) -> RpcError {
        RpcError::internal(self.arrival.request_id_text())
    }
}

fn result(outcome: ToolOutcome) -> CallToolResult {
    if outcome.is_error {
        CallToolResult::failure(outcome.text)
    } else if outcome.structured {
        match RawValue::from_string(outcome.text) {
            Ok(value) => CallToolResult::json(value),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a tool's structured result is no JSON");
                CallToolResult::problem(&crate::problem::own_fault())
            }
        }
    } else {
        CallToolResult::text(outcome.text)
    }
}

fn plain(rendered: Rendered) -> Response {
    rendered.into_response().map(Body::from)
}
