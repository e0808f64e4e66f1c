//! Reading a file of examples.

use super::connection::{self, Connection};
use crate::LoadFault;
use crate::load::{Item, Reader, Source};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response};
use serde_json::{Map, Value, json};
use solder_model::{Timestamp, parse_duration};
use std::time::Duration;
use toml::de::DeTable;

/// One recorded call.
pub(super) struct Example {
    pub(super) action: String,
    pub(super) line: usize,
    pub(super) arguments: Map<String, Value>,
    pub(super) auth: Option<String>,
    pub(super) vars: Map<String, Value>,
    pub(super) idempotency_key: Option<String>,
    pub(super) now: Timestamp,
    pub(super) request: Sent,
    pub(super) answer: Response<Bytes>,
    pub(super) from: String,
    pub(super) outcome: Outcome,
}

/// The request that must go out.
pub(super) struct Sent {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Body,
}

/// A recorded body.
pub(super) enum Body {
    None,
    Json(Value),
    Text(String),
}

/// What the answer must come to.
pub(super) enum Outcome {
    Value {
        value: Value,
        next_cursor: Option<String>,
    },
    Error(Expected),
}

/// What is said of a failure; what is not stated is not looked at.
#[derive(Default)]
pub(super) struct Expected {
    pub(super) code: String,
    pub(super) message: Option<String>,
    pub(super) hint: Option<String>,
    pub(super) platform_code: Option<String>,
    pub(super) retry_after: Option<Duration>,
    pub(super) retryable: Option<bool>,
}

/// 2026-01-01T00:00:00Z, when examples play unless they say otherwise.
pub(super) const NOW: Timestamp = Timestamp(1_767_225_600_000);

/// What a file records.
#[derive(Default)]
pub(super) struct Recorded {
    pub(super) calls: Vec<Example>,
    pub(super) connections: Vec<Connection>,
}

/// Reads a file, or tells every fault of it.
pub(super) fn parse(file: &str, text: &str) -> Result<Recorded, Vec<LoadFault>> {
    let source = Source::new(file, text);
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        source.fault(
            &error.span().unwrap_or(0..0),
            "",
            format!("is not TOML: {}", error.message()),
        );
    }
    let mut recorded = Recorded::default();
    if errors.is_empty() {
        let root = Reader::new(&source, document.get_ref(), 0..0, String::new());
        let items = root.get("example").map(|item| item.list()).unwrap_or_default();
        recorded.calls = items.iter().filter_map(|item| example(&source, item)).collect();
        let items = root
            .find("connection")
            .map(|item| item.list())
            .unwrap_or_default();
        recorded.connections = items
            .iter()
            .filter_map(|item| connection::read(&source, item))
            .collect();
        root.finish();
    }
    if source.has_faults() {
        Err(source.into_faults())
    } else {
        Ok(recorded)
    }
}

fn example(source: &Source, item: &Item<'_>) -> Option<Example> {
    let table = item.table()?;
    let arguments = match (table.find("arguments"), table.find("arguments_json")) {
        (Some(both), Some(_)) => {
            both.fault("stands beside `arguments_json`: one of them is enough");
            json!({})
        }
        (Some(item), None) => item.json(),
        (None, Some(item)) => item.parse(json_text).unwrap_or_default(),
        (None, None) => json!({}),
    };
    let object = |value: Value, what: &str| {
        let Value::Object(map) = value else {
            table.fault(format!("`{what}` must be a table"));
            return Map::new();
        };
        map
    };
    let now = table.parse("now", str::parse::<jiff::Timestamp>);
    let answer = table.get("answer").and_then(|item| item.table());
    let (answer, from) = answer.map(|answer| self::answer(&answer))?;
    let example = Example {
        action: table.needed("action"),
        line: source.line(&item.span),
        arguments: object(arguments, "arguments"),
        auth: table.text("auth"),
        vars: table
            .find("vars")
            .map(|item| object(item.json(), "vars"))
            .unwrap_or_default(),
        idempotency_key: table.text("idempotency_key"),
        now: now.map_or(NOW, |now| Timestamp(now.as_millisecond())),
        request: sent(&table.get("request")?.table()?),
        answer,
        from,
        outcome: outcome(&table.get("outcome")?.table()?)?,
    };
    table.finish();
    Some(example)
}

fn json_text(text: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(text)
}

/// `body`, `json` or `text`: one of them at most.
fn body(table: &Reader<'_>) -> Body {
    let (plain, json, text) = (table.find("body"), table.find("json"), table.find("text"));
    if [&plain, &json, &text].into_iter().flatten().count() > 1 {
        table.fault("has more than one of `body`, `json` and `text`");
    }
    match (plain, json, text) {
        (Some(item), _, _) => Body::Json(item.json()),
        (_, Some(item), _) => item.parse(json_text).map_or(Body::None, Body::Json),
        (_, _, Some(item)) => Body::Text(item.any_text().unwrap_or_default().to_owned()),
        _ => Body::None,
    }
}

pub(super) fn sent(table: &Reader<'_>) -> Sent {
    let sent = Sent {
        method: table.needed("method"),
        url: table.needed("url"),
        headers: table.pairs("headers"),
        body: body(table),
    };
    table.finish();
    sent
}

pub(super) fn answer(table: &Reader<'_>) -> (Response<Bytes>, String) {
    let status = table
        .find("status")
        .and_then(|item| item.integer(100..=599))
        .and_then(|status| u16::try_from(status).ok());
    let words = [
        ("description", "description"),
        ("stand-in", "stand-in"),
        ("written", "written"),
    ];
    let from = table
        .get("from")
        .and_then(|_| table.word("from", &words))
        .unwrap_or_default();
    let (bytes, kind) = match body(table) {
        Body::None => (Bytes::new(), None),
        Body::Json(value) => (Bytes::from(value.to_string()), Some("application/json")),
        Body::Text(text) => (Bytes::from(text), None),
    };
    let mut response = Response::new(bytes);
    *response.status_mut() = http::StatusCode::from_u16(status.unwrap_or(200)).unwrap_or_default();
    if let Some(kind) = kind {
        response
            .headers_mut()
            .insert(http::header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    for (name, value) in table.pairs("headers") {
        match (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            (Ok(name), Ok(value)) => drop(response.headers_mut().insert(name, value)),
            _ => table.fault(format!("`{name}: {value}` is not a header")),
        }
    }
    table.finish();
    (response, from.to_owned())
}

fn outcome(table: &Reader<'_>) -> Option<Outcome> {
    let (value, json, error) = (table.find("value"), table.find("json"), table.find("error"));
    let next_cursor = table.text("next_cursor");
    table.finish();
    if [&value, &json, &error].into_iter().flatten().count() != 1 {
        table.fault("must have one of `value`, `json` and `error`");
        return None;
    }
    if let Some(error) = error {
        if next_cursor.is_some() {
            error.fault("has no next page");
        }
        return Some(Outcome::Error(expected(&error.table()?)));
    }
    let value = match (value, json) {
        (Some(item), _) => item.json(),
        (_, Some(item)) => item.parse(json_text)?,
        _ => return None,
    };
    Some(Outcome::Value { value, next_cursor })
}

fn expected(table: &Reader<'_>) -> Expected {
    let expected = Expected {
        code: table.needed("code"),
        message: table.text("message"),
        hint: table.text("hint"),
        platform_code: table.text("platform_code"),
        retry_after: table.parse("retry_after", parse_duration),
        retryable: table.boolean("retryable"),
    };
    table.finish();
    expected
}
