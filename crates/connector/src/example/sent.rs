//! Comparing the request that was built with the recorded one.

use super::read::{Body, Sent};
use bytes::Bytes;
use http::Request;
use http::header::CONTENT_TYPE;
use serde_json::Value;

/// Adds what is not as recorded.
pub(super) fn compare(wanted: &Sent, request: &Request<Bytes>, differences: &mut Vec<String>) {
    let mut differ = |what: &str, got: &str, wanted: &str| {
        if got != wanted {
            differences.push(format!("request {what}: is `{got}`, recorded is `{wanted}`"));
        }
    };
    differ("method", request.method().as_str(), &wanted.method);
    differ("url", &request.uri().to_string(), &wanted.url);
    for (name, value) in &wanted.headers {
        let got = request.headers().get(name).and_then(|value| value.to_str().ok());
        differ(&format!("header {name}"), got.unwrap_or("(not sent)"), value);
    }
    let bytes = request.body();
    let kind = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let text = String::from_utf8_lossy(bytes);
    match &wanted.body {
        Body::None => differ("body", &text, ""),
        Body::Text(wanted) => differ("body", &text, wanted),
        Body::Json(wanted) if kind.starts_with("application/x-www-form-urlencoded") => {
            let mut got: Vec<(String, String)> = form_urlencoded::parse(bytes).into_owned().collect();
            let mut wanted = pairs(wanted);
            got.sort();
            wanted.sort();
            differ("form", &format!("{got:?}"), &format!("{wanted:?}"));
        }
        Body::Json(wanted) => match serde_json::from_slice::<Value>(bytes) {
            Ok(got) if same(&got, wanted) => {}
            Ok(got) => differ("body", &got.to_string(), &wanted.to_string()),
            Err(_) => differ("body", &text, &wanted.to_string()),
        },
    }
}

/// The pairs of a form that is recorded as a table; a list is a name that stands several times.
fn pairs(value: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| crate::request::encode::plain(value).into_owned();
    let entries = value.as_object().into_iter().flatten();
    entries
        .flat_map(|(name, value)| match value {
            Value::Array(items) => items.iter().map(|item| (name.clone(), text(item))).collect(),
            other => vec![(name.clone(), text(other))],
        })
        .collect()
}

/// Whether two values are the same: the order of names does not count, nor whether a number is written `1` or `1.0`.
pub(super) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(name, value)| other.get(name).is_some_and(|other| same(value, other)))
        }
        _ => one == other,
    }
}
