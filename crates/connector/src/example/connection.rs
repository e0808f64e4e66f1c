//! Reading a recorded connection: how a person or a client comes to tokens by OAuth, step by step.

use super::read::{NOW, Sent, answer, sent};
use crate::load::{Item, Reader, Source};
use bytes::Bytes;
use http::Response;
use serde_json::{Map, Value};
use solder_model::{Timestamp, parse_duration};
use std::collections::BTreeMap;
use std::time::Duration;

/// One recorded connection.
pub(super) struct Connection {
    pub(super) line: usize,
    /// The kind of the OAuth table.
    pub(super) auth: String,
    /// What the person gives: variables and secrets, by name.
    pub(super) given: Vec<(String, String)>,
    /// The actions that the server allows; all of them where it is not stated.
    pub(super) actions: Option<Vec<String>>,
    /// What the callback brings besides the code and the state.
    pub(super) callback: Vec<(String, String)>,
    pub(super) now: Timestamp,
    /// The URL at which the person consents.
    pub(super) consent: Option<String>,
    /// How a consent on another device begins.
    pub(super) device: Option<Begun>,
    /// What is signed.
    pub(super) claims: Option<Map<String, Value>>,
    pub(super) exchange: Exchange,
    pub(super) discover: Vec<Discovery>,
    pub(super) refresh: Option<Exchange>,
    pub(super) refused: Vec<Refusal>,
    pub(super) call: Option<Call>,
    pub(super) revoke: Option<Sent>,
}

/// A call with what the connection came to.
pub(super) struct Call {
    pub(super) action: String,
    pub(super) arguments: Map<String, Value>,
    pub(super) request: Sent,
}

/// A request to a token endpoint with its answer.
pub(super) struct Exchange {
    pub(super) request: Sent,
    pub(super) answer: Response<Bytes>,
    pub(super) from: String,
    /// Everything that the credential gets.
    pub(super) kept: BTreeMap<String, String>,
    /// How long the access token lasts; nothing where it does not end or nobody knows.
    pub(super) expires_in: Option<Duration>,
}

/// A consent on another device.
pub(super) struct Begun {
    pub(super) request: Sent,
    pub(super) answer: Response<Bytes>,
    pub(super) user_code: String,
    pub(super) verification_uri: String,
}

/// A call that finds out what the connection is for.
pub(super) struct Discovery {
    pub(super) request: Sent,
    pub(super) answer: Response<Bytes>,
    /// What is found, each a label and the variables; the first one is taken.
    pub(super) found: Vec<(String, BTreeMap<String, String>)>,
}

/// An answer without tokens.
pub(super) struct Refusal {
    /// Whether a code was refused, in place of a refresh token.
    pub(super) of_code: bool,
    pub(super) answer: Response<Bytes>,
    /// Who can mend it: `gone`, `misconfigured`, `later`, `refused` or `unreadable`.
    pub(super) blame: &'static str,
    /// Part of what is said.
    pub(super) text: Option<String>,
}

const BLAMES: [(&str, &str); 5] = [
    ("gone", "gone"),
    ("misconfigured", "misconfigured"),
    ("later", "later"),
    ("refused", "refused"),
    ("unreadable", "unreadable"),
];

pub(super) fn read(source: &Source, item: &Item<'_>) -> Option<Connection> {
    let table = item.table()?;
    let claims = table.find("claims").map(|item| object(&item));
    let now = table.parse("now", str::parse::<jiff::Timestamp>);
    let connection = Connection {
        line: source.line(&item.span),
        auth: table.needed("auth"),
        given: table.pairs("given"),
        actions: table.find("actions").map(|item| item.texts()),
        callback: table.pairs("callback"),
        now: now.map_or(NOW, |now| Timestamp(now.as_millisecond())),
        consent: table.text("consent"),
        device: table.table("device").and_then(|table| begun(&table)),
        claims,
        exchange: exchange(&table.get("exchange")?.table()?)?,
        discover: each(&table, "discover", discovery),
        refresh: table.table("refresh").and_then(|table| exchange(&table)),
        refused: each(&table, "refused", refusal),
        call: table.table("call").and_then(|table| call(&table)),
        revoke: table.table("revoke").map(|table| sent(&table)),
    };
    table.finish();
    Some(connection)
}

fn each<T>(table: &Reader<'_>, key: &'static str, read: impl Fn(&Reader<'_>) -> Option<T>) -> Vec<T> {
    let items = table.find(key).map(|item| item.list()).unwrap_or_default();
    items.iter().filter_map(|item| read(&item.table()?)).collect()
}

fn object(item: &Item<'_>) -> Map<String, Value> {
    let Value::Object(map) = item.json() else {
        item.fault("must be a table");
        return Map::new();
    };
    map
}

fn call(table: &Reader<'_>) -> Option<Call> {
    let call = Call {
        action: table.needed("action"),
        arguments: table
            .find("arguments")
            .map(|item| object(&item))
            .unwrap_or_default(),
        request: sent(&table.get("request")?.table()?),
    };
    table.finish();
    Some(call)
}

fn exchange(table: &Reader<'_>) -> Option<Exchange> {
    let request = sent(&table.get("request")?.table()?);
    let (answer, from) = answer(&table.get("answer")?.table()?);
    let exchange = Exchange {
        request,
        answer,
        from,
        kept: table.pairs("kept").into_iter().collect(),
        expires_in: table.parse("expires_in", parse_duration),
    };
    table.finish();
    Some(exchange)
}

fn begun(table: &Reader<'_>) -> Option<Begun> {
    let begun = Begun {
        request: sent(&table.get("request")?.table()?),
        answer: answer(&table.get("answer")?.table()?).0,
        user_code: table.needed("user_code"),
        verification_uri: table.needed("verification_uri"),
    };
    table.finish();
    Some(begun)
}

fn discovery(table: &Reader<'_>) -> Option<Discovery> {
    let discovery = Discovery {
        request: sent(&table.get("request")?.table()?),
        answer: answer(&table.get("answer")?.table()?).0,
        found: each(table, "found", |table| {
            let found = (
                table.needed("label"),
                table.pairs("set").into_iter().collect::<BTreeMap<_, _>>(),
            );
            table.finish();
            Some(found)
        }),
    };
    table.finish();
    Some(discovery)
}

fn refusal(table: &Reader<'_>) -> Option<Refusal> {
    let refusal = Refusal {
        of_code: table
            .word("asked", &[("refresh", false), ("code", true)])
            .unwrap_or(false),
        answer: answer(&table.get("answer")?.table()?).0,
        blame: table.get("blame").and_then(|_| table.word("blame", &BLAMES))?,
        text: table.text("text"),
    };
    table.finish();
    Some(refusal)
}
