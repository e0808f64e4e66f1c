//! Media types, HTTP methods, sessions: what is judged before the body.

use crate::support::{LEGACY, MODERN, headers, modern, send, with_meta};
use http::{HeaderMap, HeaderValue, Method};
use serde_json::json;
use solder_mcp::{Head, SessionHeader, Verb};

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

#[test]
fn a_legacy_answer_is_a_stream_or_406() {
    for (accept, status) in [
        ("application/json, text/event-stream", 200),
        ("application/json,text/event-stream", 200),
        ("text/event-stream", 200),
        ("*/*", 200),
        ("text/*", 200),
        ("", 200),
        ("application/json;q=1, text/event-stream;q=0.1", 200),
        ("application/json", 406),
        ("application/json, text/event-stream;q=0", 406),
        ("text/html", 406),
    ] {
        for version in LEGACY.iter().chain([&""]) {
            let seen = send(&[("accept", accept), ("mcp-protocol-version", version)], PING);
            assert_eq!(seen.status, status, "{accept}");
            assert_eq!(seen.is_stream, status == 200, "{accept}");
        }
    }
}

#[test]
fn a_modern_answer_is_what_the_client_prefers_of_json_and_stream_or_406() {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": with_meta(json!({})) });
    for (accept, status, is_stream) in [
        ("application/json, text/event-stream", 200, false),
        ("application/json", 200, false),
        ("text/event-stream", 200, true),
        ("text/*", 200, true),
        ("*/*", 200, false),
        ("", 200, false),
        ("application/json;q=0.2, text/event-stream", 200, true),
        ("application/json;q=0, text/event-stream", 200, true),
        ("application/json, text/event-stream;q=0", 200, false),
        ("text/html", 406, false),
        ("*/*;q=0", 406, false),
    ] {
        let more = [
            ("accept", accept),
            ("mcp-protocol-version", MODERN),
            ("mcp-method", "tools/list"),
        ];
        let seen = send(&more, &body.to_string());
        assert_eq!((seen.status, seen.is_stream), (status, is_stream), "{accept}");
    }
}

#[test]
fn a_modern_error_with_its_own_status_is_json_even_where_a_stream_is_preferred() {
    let more = [
        ("accept", "text/event-stream"),
        ("mcp-protocol-version", MODERN),
        ("mcp-method", "nothing"),
    ];
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "nothing", "params": with_meta(json!({})) });
    let seen = send(&more, &body.to_string());
    assert_eq!((seen.status, seen.is_stream), (404, false));
    assert!(!modern("tools/call", json!({ "name": "nothing" })).is_stream);
}

#[test]
fn a_body_that_is_not_json_is_415() {
    for media in [
        "",
        "text/plain",
        "application/json-rpc",
        "application/json; charset=utf-16",
        "multipart/form-data",
    ] {
        let mut sent = headers(&[]);
        sent.remove("content-type");
        if !media.is_empty() {
            sent.insert("content-type", HeaderValue::from_static(media));
        }
        let problem = Head::read(&Method::POST, &sent).check_media().unwrap_err();
        assert_eq!(problem.code.status(), 415, "{media}");
    }
    let sent = headers(&[("content-type", "Application/Json; Charset=UTF-8")]);
    assert!(Head::read(&Method::POST, &sent).check_media().is_ok());
}

#[test]
fn get_and_delete_need_a_session_and_no_modern_request_has_one() {
    let verb = |method: &Method, more: &[(&str, &str)]| {
        Head::read(method, &headers(more))
            .verb()
            .map_err(|problem| problem.code.status())
    };
    let session = ("mcp-session-id", "abc");
    assert_eq!(verb(&Method::POST, &[]), Ok(Verb::Post));
    assert_eq!(verb(&Method::POST, &[session]), Ok(Verb::Post));
    assert_eq!(verb(&Method::GET, &[session]), Ok(Verb::Listen));
    assert_eq!(verb(&Method::DELETE, &[session]), Ok(Verb::End));
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(verb(&method, &[]), Err(405));
        assert_eq!(
            verb(&method, &[session, ("mcp-protocol-version", MODERN)]),
            Err(405)
        );
    }
    for method in [Method::PUT, Method::PATCH, Method::HEAD, Method::OPTIONS] {
        assert_eq!(verb(&method, &[session]), Err(405));
    }
}

#[test]
fn a_session_id_is_visible_ascii_and_stands_once() {
    for (values, expected) in [
        (&[][..], SessionHeader::Absent),
        (&[&b"a-1!~"[..]], SessionHeader::Id("a-1!~")),
        (&[b""], SessionHeader::Malformed),
        (&[b"a b"], SessionHeader::Malformed),
        (&[b"a\xc3\xa9"], SessionHeader::Malformed),
        (&[b"a", b"a"], SessionHeader::Malformed),
    ] {
        let mut sent = HeaderMap::new();
        for value in values {
            sent.append("mcp-session-id", HeaderValue::from_bytes(value).unwrap());
        }
        assert_eq!(Head::read(&Method::POST, &sent).session(), expected, "{values:?}");
        sent.insert("mcp-protocol-version", HeaderValue::from_static(MODERN));
        assert_eq!(Head::read(&Method::POST, &sent).session(), SessionHeader::Absent);
    }
}

#[test]
fn a_stream_is_given_to_those_who_accept_one() {
    let check = |accept| Head::read(&Method::GET, &headers(&[("accept", accept)])).check_stream();
    assert!(check("text/event-stream").is_ok());
    assert_eq!(check("application/json").unwrap_err().code.status(), 406);
}
