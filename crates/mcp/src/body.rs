//! From the bytes of a body to messages: syntax, shape, batches. Which era a message belongs to is [`crate::select`]'s.

use crate::call::Params;
use crate::header::Single;
use crate::{Call, Era, Head, Id, Reply, Revision, RpcError, json, select};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A body that nests this many levels of arrays and objects, or more, is refused as unparsable: -32700.
pub const MAX_DEPTH: usize = 128;

/// Messages in one batch at most.
pub const MAX_BATCH: usize = 1000;

/// What a body holds.
#[derive(Debug)]
pub enum Incoming {
    /// One message.
    One(Message),
    /// A batch, which 2025-03-26 alone has: at least one message, at most [`MAX_BATCH`]. None of them is `initialize`
    /// and none is modern.
    Batch(Vec<Message>),
}

/// A message of the client's.
#[derive(Debug)]
pub enum Message {
    /// A request, which gets exactly one [`Reply`].
    Call(Call),
    /// A notification, which gets none: 202 where it came alone.
    Notification(Notification),
    /// An answer to a request of ours (legacy alone): 202 where it came alone.
    Response,
    /// An item of a batch that is no message, with the answer to it. A single message of that kind refuses the body.
    Faulty(Box<Reply>),
}

/// A notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Its name, `notifications/cancelled` say.
    pub method: String,
    /// How it is to be treated.
    pub era: Era,
}

/// The members of a message, each as it came.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default, deserialize_with = "json::present")]
    jsonrpc: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "json::present")]
    id: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "json::present")]
    method: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "json::present")]
    params: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "json::present")]
    result: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "json::present")]
    error: Option<&'a RawValue>,
}

/// A message of the right shape, whose era is not known yet.
enum Shaped<'a> {
    Request(Id, Members<'a>),
    Notification(Members<'a>),
    Response,
}

/// What a request and a notification hold.
struct Members<'a> {
    method: Cow<'a, str>,
    raw: Option<&'a RawValue>,
    params: Params<'a>,
}

impl Head<'_> {
    /// Reads a body. `Err` is the answer to a body that is refused as a whole.
    pub fn read_body(&self, body: &[u8]) -> Result<Incoming, Box<Reply>> {
        let text = std::str::from_utf8(body)
            .map_err(|_not_utf8| Reply::fault(None, RpcError::parse("Parse error: the body is not UTF-8")))?
            .trim_matches([' ', '\t', '\r', '\n']);
        if !json::nests_below(text, MAX_DEPTH) {
            let error = RpcError::parse("Parse error: the body nests 128 levels or more");
            return Err(Reply::fault(None, error));
        }
        if text.starts_with('[') {
            read_batch(self, text).map(Incoming::Batch)
        } else {
            select(self, shape(text)?).map(Incoming::One)
        }
    }
}

fn read_batch(head: &Head<'_>, text: &str) -> Result<Vec<Message>, Box<Reply>> {
    let refuse = |message| Reply::fault(None, RpcError::invalid_request(message));
    let items: Vec<&RawValue> = serde_json::from_str(text)
        .map_err(|_no_json| Reply::fault(None, RpcError::parse("Parse error: the body is not JSON")))?;
    let batches = match head.version() {
        Single::Absent => true,
        Single::Text(version) => version == Revision::V2025_03_26.as_str(),
        Single::Repeated | Single::Unreadable => false,
    };
    if !batches {
        return Err(refuse("Invalid request: only revision 2025-03-26 has batches"));
    }
    if items.is_empty() {
        return Err(refuse("Invalid request: the batch is empty"));
    }
    if items.len() > MAX_BATCH {
        return Err(refuse("Invalid request: a batch holds at most 1000 messages"));
    }
    let shaped: Vec<_> = items.iter().map(|item| shape(item.get())).collect();
    let alone = |shaped: &Shaped<'_>| match shaped {
        Shaped::Request(_, members) | Shaped::Notification(members) => {
            members.method == "initialize" || select::is_modern(head, &members.method, &members.params)
        }
        Shaped::Response => false,
    };
    if shaped.iter().flatten().any(alone) {
        return Err(refuse(
            "Invalid request: `initialize` and requests of 2026-07-28 or later stand alone, never in a batch",
        ));
    }
    let read = |item: Result<Shaped<'_>, Box<Reply>>| match item.and_then(|shaped| select(head, shaped)) {
        Ok(message) => message,
        Err(reply) => Message::Faulty(reply),
    };
    Ok(shaped.into_iter().map(read).collect())
}

/// Checks the shape of one message.
fn shape(text: &str) -> Result<Shaped<'_>, Box<Reply>> {
    let envelope = envelope(text).map_err(|error| Reply::fault(None, error))?;
    let id = match envelope.id.map(Id::read) {
        None => None,
        Some(Some(id)) => Some(id),
        // An error that answers what could not be read has the id `null`.
        Some(None) if envelope.method.is_none() && envelope.error.is_some() => None,
        Some(None) => {
            let error = RpcError::invalid_request("Invalid request: `id` must be a string or an integer");
            return Err(Reply::fault(None, error));
        }
    };
    match (members(&envelope), id) {
        (Ok(Some(members)), Some(id)) => Ok(Shaped::Request(id, members)),
        (Ok(Some(members)), None) => Ok(Shaped::Notification(members)),
        (Ok(None), _) => Ok(Shaped::Response),
        (Err(error), id) => Err(Reply::fault(id, error)),
    }
}

fn envelope(text: &str) -> Result<Envelope<'_>, RpcError> {
    let read = if text.starts_with('{') {
        serde_json::from_str(text).ok()
    } else {
        None
    };
    // A second look at what was refused tells what is no JSON from what is no message.
    read.ok_or_else(|| match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) => RpcError::invalid_request("Invalid request: a message is an object that repeats no member"),
        Err(_) => RpcError::parse("Parse error: the body is not JSON"),
    })
}

/// The members of a request or a notification; `None` for a response.
fn members<'a>(envelope: &Envelope<'a>) -> Result<Option<Members<'a>>, RpcError> {
    if envelope.jsonrpc.and_then(json::text).as_deref() != Some("2.0") {
        return Err(RpcError::invalid_request(
            "Invalid request: `jsonrpc` must be \"2.0\"",
        ));
    }
    let answers = usize::from(envelope.result.is_some()) + usize::from(envelope.error.is_some());
    let Some(method) = envelope.method else {
        return match answers {
            1 => Ok(None),
            _ => Err(RpcError::invalid_request("Invalid request: `method` is missing")),
        };
    };
    let method = json::text(method).filter(|_| answers == 0).ok_or_else(|| {
        RpcError::invalid_request("Invalid request: `method` must be a string, without `result` or `error`")
    })?;
    let raw = envelope.params.filter(|params| !json::is_null(params));
    let params = Params::read(raw)?;
    Ok(Some(Members { method, raw, params }))
}

/// Gives a message its era, with every check that belongs to it.
fn select(head: &Head<'_>, shaped: Shaped<'_>) -> Result<Message, Box<Reply>> {
    match shaped {
        Shaped::Request(id, members) => match select::request(head, &members.method, &members.params) {
            Ok(era) => Ok(Message::Call(Call::new(id, &members.method, era, members.raw))),
            Err(error) => Err(Reply::fault(Some(id), error)),
        },
        Shaped::Notification(members) => match select::notification(head, &members.method, &members.params) {
            Ok(era) => Ok(Message::Notification(Notification {
                method: members.method.into_owned(),
                era,
            })),
            Err(error) => Err(Reply::fault(None, error)),
        },
        Shaped::Response => match select::response(head) {
            Ok(()) => Ok(Message::Response),
            Err(error) => Err(Reply::fault(None, error)),
        },
    }
}
