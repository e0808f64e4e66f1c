//! Reads request bodies: never more than the limit, never longer than the time, and JSON objects for the
//! management API.

use crate::App;
use crate::problem::Failure;
use axum::body::{Body, HttpBody};
use axum::extract::{FromRequest, Request};
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use http_body_util::BodyExt;
use serde_json::{Map, Value};
use solder_model::{Code, Problem};
use std::sync::Arc;
use std::time::Duration;

/// How long what is left of a refused body is still taken, and thrown away, so that the client reads the refusal
/// instead of a broken connection.
const LINGER: Duration = Duration::from_secs(5);

/// Reads a whole body.
pub(crate) async fn read_body(app: &App, headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
    let most = app.settings.max_body_bytes;
    let declared = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|length| length > most as u64) {
        linger(body, most);
        return Err(too_large(most));
    }
    match tokio::time::timeout(app.settings.body_timeout, collect(body, most)).await {
        Ok(read) => read,
        Err(_elapsed) => Err(Problem::new(
            Code::RequestTimeout,
            "The body did not arrive in time",
        )),
    }
}

/// Puts the pieces together; a body of one piece is not copied.
async fn collect(mut body: Body, most: usize) -> Result<Bytes, Problem> {
    let mut first = Bytes::new();
    let mut whole = BytesMut::new();
    while !body.is_end_stream() {
        let Some(frame) = body.frame().await else { break };
        let frame = frame.map_err(|_broken| Problem::new(Code::InvalidRequest, "The body broke off"))?;
        let Ok(piece) = frame.into_data() else { continue };
        if first.len() + whole.len() + piece.len() > most {
            linger(body, most);
            return Err(too_large(most));
        }
        if first.is_empty() && whole.is_empty() {
            first = piece;
        } else {
            whole.extend_from_slice(&std::mem::take(&mut first));
            whole.extend_from_slice(&piece);
        }
    }
    Ok(if whole.is_empty() { first } else { whole.freeze() })
}

fn too_large(most: usize) -> Problem {
    Problem::new(Code::PayloadTooLarge, format!("The body is over {most} bytes")).with("maxBytes", most)
}

/// Takes what a client still sends after its body was refused, as much again and no longer than [`LINGER`].
pub(crate) fn linger(mut body: Body, most: usize) {
    let drain = async move {
        let mut taken = 0_usize;
        while let Some(Ok(frame)) = body.frame().await {
            taken = taken.saturating_add(frame.data_ref().map_or(0, Bytes::len));
            if taken > most {
                return;
            }
        }
    };
    // A task of its own: the answer does not wait for it.
    drop(tokio::spawn(tokio::time::timeout(LINGER, drain)));
}

/// A body that is a JSON object.
#[derive(Debug)]
pub(crate) struct JsonObject(pub(crate) Map<String, Value>);

/// A body that may be empty or `null`, and is a JSON object where it is neither.
#[derive(Debug)]
pub(crate) struct OptionalObject(pub(crate) Map<String, Value>);

impl FromRequest<Arc<App>> for JsonObject {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let bytes = read_body(app, &parts.headers, body).await?;
        check_media(parts.headers.get(CONTENT_TYPE))?;
        Ok(Self(object(&bytes)?))
    }
}

impl FromRequest<Arc<App>> for OptionalObject {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let bytes = read_body(app, &parts.headers, body).await?;
        if bytes.is_empty() || bytes.trim_ascii() == b"null" {
            return Ok(Self(Map::new()));
        }
        check_media(parts.headers.get(CONTENT_TYPE))?;
        Ok(Self(object(&bytes)?))
    }
}

/// `application/json`, in UTF-8 where a charset is named.
fn check_media(sent: Option<&HeaderValue>) -> Result<(), Problem> {
    let text = sent.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = text.split(';').map(str::trim);
    let is_json = parts
        .next()
        .is_some_and(|media| media.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts.all(|parameter| match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            let value = value.trim().trim_matches('"');
            value.eq_ignore_ascii_case("utf-8") || value.eq_ignore_ascii_case("utf8")
        }
        _ => true,
    });
    if is_json && is_utf8 {
        return Ok(());
    }
    let message = "The body must be JSON in UTF-8: send `Content-Type: application/json`";
    Err(Problem::new(Code::UnsupportedMediaType, message))
}

/// Reads a JSON object. Faults are told by line and column.
fn object(bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
    if bytes.is_empty() {
        return Err(Problem::new(
            Code::InvalidRequest,
            "The body is empty: send a JSON object",
        ));
    }
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Problem::new(
            Code::InvalidRequest,
            "The body must be a JSON object",
        )),
        Err(error) => {
            let (line, column) = (error.line(), error.column());
            let message = match std::str::from_utf8(bytes) {
                Ok(_) => format!("The body is no valid JSON: {error}"),
                Err(_) => format!("The body is not UTF-8 (line {line}, column {column})"),
            };
            Err(Problem::new(Code::InvalidRequest, message)
                .with("line", line)
                .with("column", column))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{check_media, object};
    use http::HeaderValue;

    #[test]
    fn json_in_utf_8_is_the_only_media_type() {
        let taken = |text: &'static str| check_media(Some(&HeaderValue::from_static(text))).is_ok();
        for good in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"; x=y",
        ] {
            assert!(taken(good), "{good}");
        }
        for bad in [
            "",
            "text/plain",
            "application/jsonx",
            "application/json; charset=latin1",
            "text/json",
        ] {
            assert!(!taken(bad), "{bad}");
        }
        assert!(check_media(None).is_err());
    }

    #[test]
    fn bad_bodies_say_where_they_are_bad() {
        let problem = object(b"{\n \"a\": 1,\n}").unwrap_err();
        assert!(problem.message.contains("line 3"), "{}", problem.message);
        assert_eq!(problem.details["line"], 3);
        assert!(object(b"{\"a\":\"\xff\"}").unwrap_err().message.contains("UTF-8"));
        for bad in ["", "[]", "null", "7", "{} {}", "\"x\""] {
            assert!(object(bad.as_bytes()).is_err(), "{bad}");
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(1_000), "]".repeat(1_000));
        assert!(
            object(deep.as_bytes())
                .unwrap_err()
                .message
                .contains("recursion limit")
        );
        assert_eq!(object(b"{\"a\":{}}").unwrap().len(), 1);
    }
}
