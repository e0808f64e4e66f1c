//! Refusals by HTTP status, before a message was read and after.

use crate::support::{MODERN, Seen, headers};
use http::Method;
use serde_json::json;
use solder_mcp::{Head, Incoming, Message};
use solder_model::{Code, Problem};

#[test]
fn a_refusal_is_a_json_rpc_error_wherever_the_revision_header_is_sent_but_for_401_and_403() {
    for code in Code::ALL {
        let problem = Problem::new(*code, "Because").with("field", "x");
        for (version, knows_rpc) in [
            ("", false),
            ("2025-06-18", true),
            (MODERN, true),
            ("nonsense", true),
        ] {
            let sent = headers(&[("mcp-protocol-version", version)]);
            let seen = Seen::of(&Head::read(&Method::POST, &sent).refuse(&problem));
            assert_eq!((seen.status, seen.is_stream), (code.status(), false));
            if knows_rpc && !matches!(code.status(), 401 | 403) {
                let error =
                    json!({ "code": code.status(), "message": "Because", "data": problem.to_value() });
                assert_eq!(seen.body, json!({ "jsonrpc": "2.0", "error": error }));
            } else {
                assert_eq!(seen.body, problem.to_envelope());
            }
        }
    }
}

#[test]
fn a_refusal_of_a_message_that_was_read_carries_its_id() {
    let problem = Problem::new(Code::RateLimited, "Rate limit exceeded");
    let body = r#"{"jsonrpc":"2.0","id":"a","method":"ping"}"#;
    for (version, with_id) in [("", false), ("2025-11-25", true)] {
        let sent = headers(&[("mcp-protocol-version", version)]);
        let head = Head::read(&Method::POST, &sent);
        let Ok(Incoming::One(Message::Call(call))) = head.read_body(body.as_bytes()) else {
            panic!("not a call");
        };
        let seen = Seen::of(&head.refuse_call(&call, &problem));
        assert_eq!(seen.status, 429);
        assert_eq!(seen.body.get("id").is_some(), with_id);
    }
}

#[test]
fn a_wrong_method_is_told_the_right_one() {
    let sent = headers(&[]);
    let head = Head::read(&Method::GET, &sent);
    let rendered = head.refuse(&head.verb().unwrap_err());
    assert!(rendered.headers.contains(&("allow", "POST")));
    let response = rendered.into_response();
    assert_eq!(response.status(), 405);
    assert_eq!(response.headers()["allow"], "POST");
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers()["cache-control"], "no-store");
}
