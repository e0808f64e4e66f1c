//! What the tests share: a small connector, and requests and answers as text.

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Map, Value};
use solder_connector::{Around, BuildError, BuildInput, Coming, Connector, Failure, Reading, parse};
use solder_model::{Secret, Timestamp};
use std::collections::BTreeMap;

/// 2026-01-01T00:00:00Z.
pub(crate) const NOW: Timestamp = Timestamp(1_767_225_600_000);

/// The beginning of a file; tests add the rest. `extra` stands among the keys at the top.
pub(crate) fn head(extra: &str) -> String {
    format!(
        "id = \"sample\"\nname = \"Sample\"\nabout = \"A platform\"\ncategories = [\"test\"]\n\
         base = \"https://api.example.com/v1\"\n{extra}\n[resources]\nthings = \"Things | What there is\"\n"
    )
}

/// An action with all that is needed but for `call` and what follows.
pub(crate) fn action(call: &str, rest: &str) -> String {
    let kind = if call.starts_with("GET") { "read" } else { "write" };
    action_of(kind, call, rest)
}

pub(crate) fn action_of(kind: &str, call: &str, rest: &str) -> String {
    format!(
        "\n[[action]]\nname = \"act\"\ntitle = \"Act\"\nabout = \"Does it\"\nresource = \"things\"\nkind = \"{kind}\"\n\
         call = \"{call}\"\n{rest}\n"
    )
}

pub(crate) fn load(text: &str) -> Connector {
    parse("sample.toml", text).unwrap_or_else(|faults| panic!("{}\n{text}", told(&faults)))
}

/// A connector with one action and nothing else.
pub(crate) fn with_action(call: &str, rest: &str) -> Connector {
    load(&(head("") + &action(call, rest)))
}

pub(crate) fn told(faults: &[solder_connector::LoadFault]) -> String {
    faults
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

/// The faults of a text that does not load.
pub(crate) fn faults(text: &str) -> String {
    parse("sample.toml", text).map_or_else(|faults| told(&faults), |_| panic!("it loads:\n{text}"))
}

pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is not an object"),
    }
}

/// How a test connects.
#[derive(Default)]
pub(crate) struct Connection {
    pub(crate) kind: Option<&'static str>,
    pub(crate) fields: Vec<(&'static str, &'static str)>,
    pub(crate) vars: Map<String, Value>,
    pub(crate) base_override: Option<&'static str>,
    pub(crate) idempotency_key: Option<&'static str>,
}

impl Connection {
    pub(crate) fn build(
        &self,
        connector: &Connector,
        arguments: Value,
    ) -> Result<Request<Bytes>, BuildError> {
        let action = connector.action("act").unwrap();
        let arguments = object(arguments);
        assert_eq!(action.validate(&arguments), Ok(()));
        let fields: BTreeMap<String, Secret> = self
            .fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Secret::new(*value)))
            .collect();
        let url = self.base_override.map(|url| url.parse().unwrap());
        let auth = self.kind.map(|kind| (connector.auth(kind).unwrap(), &fields));
        let input = BuildInput {
            base_override: url.as_ref(),
            arguments: &arguments,
            auth,
            vars: &self.vars,
            idempotency_key: self.idempotency_key,
        };
        connector.build(action, &input)
    }
}

/// The request of the one action, without a credential.
pub(crate) fn build(connector: &Connector, arguments: Value) -> Request<Bytes> {
    Connection::default().build(connector, arguments).unwrap()
}

/// The request of the one action around a file that comes, without a credential.
pub(crate) fn around(
    connector: &Connector,
    arguments: Value,
    coming: &Coming<'_>,
) -> Result<Request<Around>, BuildError> {
    let arguments = object(arguments);
    let input = BuildInput {
        base_override: None,
        arguments: &arguments,
        auth: None,
        vars: &Map::new(),
        idempotency_key: None,
    };
    connector.build_around(connector.action("act").unwrap(), &input, coming)
}

/// `METHOD url`, then headers but for `accept`, then the body.
pub(crate) fn written(request: &Request<Bytes>) -> String {
    let mut text = format!("{} {}", request.method(), request.uri());
    let mut headers: Vec<_> = request
        .headers()
        .iter()
        .filter(|(name, _)| *name != http::header::ACCEPT)
        .collect();
    headers.sort_by_key(|(name, _)| name.as_str());
    for (name, value) in headers {
        text += &format!("\n{name}: {}", value.to_str().unwrap());
    }
    if !request.body().is_empty() {
        text += &format!("\n{}", String::from_utf8_lossy(request.body()));
    }
    text
}

pub(crate) fn field_faults(error: &BuildError) -> Vec<String> {
    error
        .faults()
        .iter()
        .map(|fault| format!("{}: {}", fault.field, fault.message))
        .collect()
}

pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Response<Bytes> {
    let mut builder = Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(body.into()).unwrap()
}

pub(crate) fn read(connector: &Connector, response: &Response<Bytes>) -> Reading {
    connector.read(connector.action("act").unwrap(), None, response, NOW)
}

pub(crate) fn success(connector: &Connector, response: &Response<Bytes>) -> Value {
    match read(connector, response) {
        Reading::Success(answer) => answer.value,
        Reading::Failure(failure) => panic!("{failure:?}"),
    }
}

pub(crate) fn failure(connector: &Connector, response: &Response<Bytes>) -> Failure {
    match read(connector, response) {
        Reading::Failure(failure) => failure,
        Reading::Success(answer) => panic!("{answer:?}"),
    }
}
