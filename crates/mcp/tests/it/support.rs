//! A server with three tools, driven without any network.

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Value, json};
use solder_mcp::{
    Annotations, Answer, Call, CallToolResult, Catalogue, Head, Incoming, Message, Offer, Rendered, Reply,
    ResultBody, RpcError, ServerInfo, ToolCall, ToolDescriptor,
};
use solder_model::{Code, Problem};
use std::sync::Arc;

pub(crate) const LEGACY: &[&str] = &["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];
pub(crate) const MODERN: &str = "2026-07-28";

/// The JSON of `find`'s result: with the characters that some readers take for line ends.
pub(crate) const FOUND: &str = "{\"found\":[\"a\u{2028}b\u{2029}c\u{85}d\"],\n\"count\":1}";

pub(crate) fn tools() -> Vec<ToolDescriptor> {
    let tool = |name: &str, input: Value, output: Option<Value>| ToolDescriptor {
        name: name.to_owned(),
        title: format!("The {name}"),
        description: format!("Does {name}."),
        input_schema: input,
        output_schema: output,
        annotations: Annotations {
            read_only: true,
            destructive: false,
            idempotent: true,
            open_world: false,
        },
    };
    let mirrored = json!({ "type": "object", "properties": {
        "region": { "type": "string", "x-mcp-header": "Region" },
        "page": { "type": "object", "properties": { "limit": { "type": "integer", "x-mcp-header": "Limit" } } },
        "all": { "type": "boolean", "x-mcp-header": "All" },
    } });
    let found = json!({ "type": "object", "properties": { "count": { "type": "integer" } } });
    vec![
        tool("find", json!({ "type": "object" }), Some(found)),
        tool(
            "count",
            json!({ "type": "object" }),
            Some(json!({ "type": "array" })),
        ),
        tool("move", mirrored, None),
    ]
}

pub(crate) fn offer() -> Offer {
    let server = ServerInfo::new("Team \"A\"", "0.1.0").with_instructions("Be kind.");
    Offer::new(server, Arc::new(Catalogue::new(&tools()).unwrap()))
}

fn run(tool: &ToolCall<'_>) -> CallToolResult {
    match tool.name.as_ref() {
        "find" if tool.arguments_json() != "{}" => {
            CallToolResult::problem(&Problem::new(Code::InvalidRequest, "find takes nothing"))
        }
        "find" => CallToolResult::json_text(FOUND.to_owned()),
        "count" => CallToolResult::json_text("[1,2]".to_owned()),
        _ => CallToolResult::text("moved"),
    }
}

fn answer(offer: &Offer, head: &Head<'_>, call: &Call) -> Reply {
    match offer.answer(head, call) {
        Answer::Ready(reply) => reply,
        Answer::Run(tool) => offer.reply(call, ResultBody::call(run(&tool))),
        Answer::Complete(asked) => {
            let values: Vec<String> = (0..120).map(|n| format!("{}{n}", asked.typed)).collect();
            offer.reply(call, ResultBody::completion(&values, false))
        }
        Answer::Read(uri) if uri == "test://known" => {
            offer.reply(call, offer.resource(&uri, "text/plain", "it"))
        }
        Answer::Read(uri) => Reply::error(call, RpcError::unknown_resource(&uri, call.era)),
    }
}

/// The way of a POST.
pub(crate) fn post(headers: &HeaderMap, body: &[u8]) -> Rendered {
    let head = Head::read(&Method::POST, headers);
    if let Err(problem) = head.check_media() {
        return head.refuse(&problem);
    }
    let offer = offer();
    match head.read_body(body) {
        Err(reply) => head.render(&reply),
        Ok(Incoming::One(Message::Call(call))) => head.render(&answer(&offer, &head, &call)),
        Ok(Incoming::One(Message::Faulty(reply))) => panic!("a single message came back faulty: {reply:?}"),
        Ok(Incoming::One(Message::Notification(_) | Message::Response)) => Rendered::accepted(),
        Ok(Incoming::Batch(messages)) => {
            let replies: Vec<_> = messages
                .into_iter()
                .filter_map(|message| match message {
                    Message::Call(call) => Some(answer(&offer, &head, &call)),
                    Message::Faulty(reply) => Some(*reply),
                    Message::Notification(_) | Message::Response => None,
                })
                .collect();
            head.render_batch(&replies)
        }
    }
}

/// The headers that every client sends, with `more` in place of or beside them; an empty value takes one away.
pub(crate) fn headers(more: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let usual = [
        ("content-type", "application/json"),
        ("accept", "application/json, text/event-stream"),
    ];
    for (name, value) in usual
        .iter()
        .filter(|(name, _)| more.iter().all(|(other, _)| other != name))
    {
        headers.append(*name, HeaderValue::from_static(value));
    }
    for (name, value) in more.iter().filter(|(_, value)| !value.is_empty()) {
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_bytes(value.as_bytes()).unwrap(),
        );
    }
    headers
}

/// What a client reads.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) is_stream: bool,
    pub(crate) body: Value,
}

impl Seen {
    /// Reads an answer as a strict client would: the frame, the media type and the headers have to agree.
    pub(crate) fn of(rendered: &Rendered) -> Self {
        let text = std::str::from_utf8(&rendered.body).unwrap();
        let is_stream = rendered.content_type == Some("text/event-stream");
        let expected = if is_stream {
            Some(("x-accel-buffering", "no"))
        } else {
            None
        };
        let buffering = rendered
            .headers
            .iter()
            .find(|(name, _)| *name == "x-accel-buffering");
        assert_eq!(buffering.copied(), expected);
        let json = if is_stream {
            let data = text
                .strip_prefix("event: message\ndata: ")
                .unwrap()
                .strip_suffix("\n\n")
                .unwrap();
            assert!(
                !data.contains(['\n', '\r', '\u{2028}', '\u{2029}', '\u{85}']),
                "{data:?}"
            );
            data
        } else {
            text
        };
        let body = match rendered.content_type {
            None => {
                assert_eq!(text, "");
                Value::Null
            }
            Some(_) => serde_json::from_str(json).unwrap(),
        };
        Self {
            status: rendered.status,
            is_stream,
            body,
        }
    }

    /// The number of a JSON-RPC error, 0 for none.
    pub(crate) fn code(&self) -> i64 {
        self.body["error"]["code"].as_i64().unwrap_or(0)
    }
}

/// Sends a body with the usual headers and `more`.
pub(crate) fn send(more: &[(&str, &str)], body: &str) -> Seen {
    Seen::of(&post(&headers(more), body.as_bytes()))
}

/// Sends a legacy request of a revision.
pub(crate) fn legacy(revision: &str, method: &str, params: Value) -> Seen {
    let version = [("mcp-protocol-version", revision)];
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    send(&version, &body.to_string())
}

/// Parameters with what every modern request carries.
pub(crate) fn with_meta(mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    params
}

/// Sends a modern request with the headers that mirror it.
pub(crate) fn modern(method: &str, params: Value) -> Seen {
    let name = params["name"]
        .as_str()
        .or(params["uri"].as_str())
        .unwrap_or_default()
        .to_owned();
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": with_meta(params) });
    send(
        &[
            ("mcp-protocol-version", MODERN),
            ("mcp-method", method),
            ("mcp-name", &name),
        ],
        &body.to_string(),
    )
}
