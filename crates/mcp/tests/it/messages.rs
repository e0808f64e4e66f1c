//! Shapes of single messages: ids, parameters, notifications, responses, depth.

use crate::support::{LEGACY, MODERN, legacy, modern, post, send};
use crate::support::{Seen, headers};
use serde_json::json;

#[test]
fn an_id_is_echoed_as_it_came() {
    for id in [
        "0",
        "-1",
        "7",
        "123456789012345678901234567890",
        r#""""#,
        r#""a-1""#,
        r#""\u0061\/\ud83d\ude00""#,
    ] {
        let body = format!(r#"{{"jsonrpc":"2.0","method":"ping","id":{id}}}"#);
        let rendered = post(&headers(&[]), body.as_bytes());
        let text = std::str::from_utf8(&rendered.body).unwrap();
        assert!(
            text.contains(&format!(r#""id":{id},"result":{{}}"#)),
            "{id}: {text}"
        );
    }
}

#[test]
fn malformed_messages_are_400_with_the_id_where_one_could_be_read() {
    for (body, code, id) in [
        ("", -32700, None),
        ("nope", -32700, None),
        (r#"{"jsonrpc":"2.0","id":1"#, -32700, None),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping"} x"#, -32700, None),
        (r#"{"jsonrpc":"2.0","id":01,"method":"ping"}"#, -32700, None),
        (
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"pi\nng\"}",
            -32700,
            None,
        ),
        (
            "\u{feff}{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}",
            -32700,
            None,
        ),
        ("42", -32600, None),
        ("null", -32600, None),
        (r#""ping""#, -32600, None),
        ("{}", -32600, None),
        (r#"{"id":1,"method":"ping"}"#, -32600, Some(1)),
        (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600, Some(1)),
        (r#"{"jsonrpc":2.0,"id":1,"method":"ping"}"#, -32600, Some(1)),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600, None),
        (r#"{"jsonrpc":"2.0","id":1.0,"method":"ping"}"#, -32600, None),
        (r#"{"jsonrpc":"2.0","id":1e0,"method":"ping"}"#, -32600, None),
        (r#"{"jsonrpc":"2.0","id":true,"method":"ping"}"#, -32600, None),
        (r#"{"jsonrpc":"2.0","id":[1],"method":"ping"}"#, -32600, None),
        (r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, -32600, None),
        (
            r#"{"jsonrpc":"2.0","id":null,"method":"notifications/x"}"#,
            -32600,
            None,
        ),
        (r#"{"jsonrpc":"2.0","id":1}"#, -32600, Some(1)),
        (r#"{"jsonrpc":"2.0","id":1,"method":7}"#, -32600, Some(1)),
        (r#"{"jsonrpc":"2.0","id":1,"method":null}"#, -32600, Some(1)),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#,
            -32600,
            Some(1),
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":"x"}"#,
            -32600,
            Some(1),
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":7}"#,
            -32600,
            Some(1),
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}"#,
            -32600,
            Some(1),
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"result":{},"error":{}}"#,
            -32600,
            Some(1),
        ),
        (r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#, -32600, None),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","method":"x"}"#,
            -32600,
            None,
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"find","name":"move"}}"#,
            -32600,
            Some(1),
        ),
    ] {
        for version in [&[][..], &[("mcp-protocol-version", "2025-11-25")]] {
            let seen = send(version, body);
            assert_eq!(
                (seen.status, seen.code(), seen.is_stream),
                (400, code, false),
                "{body}"
            );
            assert_eq!(seen.body.get("id"), id.map(|id| json!(id)).as_ref(), "{body}");
        }
    }
}

#[test]
fn a_body_that_is_not_utf_8_cannot_be_parsed() {
    let body = b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"x\":\"\xff\"}";
    let seen = Seen::of(&post(&headers(&[]), body));
    assert_eq!((seen.status, seen.code()), (400, -32700));
}

#[test]
fn a_body_that_nests_128_levels_cannot_be_parsed_and_one_less_can() {
    for (levels, status) in [(125, 200), (126, 400), (100_000, 400)] {
        let deep = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{{"x":{deep}}}}}"#);
        let seen = send(&[], &body);
        assert_eq!(seen.status, status, "{levels}");
        if status == 400 {
            assert_eq!(seen.code(), -32700);
        }
    }
    let text = "[".repeat(1000);
    let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{{"x":"{text}"}}}}"#);
    assert_eq!(send(&[], &body).status, 200);
}

#[test]
fn params_may_be_absent_null_or_empty_and_unknown_members_are_passed_over() {
    for params in [
        "",
        r#","params":null"#,
        r#","params":{}"#,
        r#","params":{"_meta":{"progressToken":1},"y":[]}"#,
    ] {
        for method in [
            "ping",
            "tools/list",
            "prompts/list",
            "resources/list",
            "resources/templates/list",
        ] {
            let body = format!(r#" {{"jsonrpc":"2.0","id":1,"method":"{method}","extra":{{}}{params}}} "#);
            let seen = send(&[], &body);
            assert_eq!(seen.status, 200, "{body}");
            assert!(seen.body["result"].is_object(), "{body}");
        }
    }
}

#[test]
fn notifications_are_202_without_a_body_in_both_eras() {
    for method in [
        "notifications/initialized",
        "notifications/cancelled",
        "notifications/unheard/of",
        "ping",
    ] {
        let body = json!({ "jsonrpc": "2.0", "method": method }).to_string();
        for version in LEGACY.iter().chain([&MODERN, &""]) {
            let seen = send(&[("mcp-protocol-version", version)], &body);
            assert_eq!((seen.status, seen.body), (202, json!(null)), "{method} {version}");
        }
    }
}

#[test]
fn responses_are_202_for_legacy_clients_and_refused_from_modern_ones() {
    for body in [
        r#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":"a","error":{"code":-1,"message":"no"}}"#,
        r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no"}}"#,
    ] {
        assert_eq!(send(&[], body).status, 202, "{body}");
        assert_eq!(
            send(&[("mcp-protocol-version", "2025-11-25")], body).status,
            202,
            "{body}"
        );
        let seen = send(&[("mcp-protocol-version", MODERN)], body);
        assert_eq!((seen.status, seen.code()), (400, -32600), "{body}");
    }
}

#[test]
fn a_call_of_a_tool_reads_its_name_and_takes_absent_arguments_for_none() {
    let call = |params: serde_json::Value| legacy("2025-11-25", "tools/call", params);
    for params in [
        json!({ "name": "find" }),
        json!({ "name": "find", "arguments": {} }),
        json!({ "name": "find", "arguments": null }),
    ] {
        assert_eq!(call(params.clone()).body["result"]["isError"], false, "{params}");
    }
    for params in [
        json!({}),
        json!({ "name": 7 }),
        json!({ "name": null }),
        json!({ "name": "find", "arguments": [] }),
        json!({ "name": "find", "arguments": "{}" }),
        json!({ "name": "nothing" }),
        json!({ "name": "FIND" }),
    ] {
        let seen = call(params.clone());
        assert_eq!((seen.status, seen.code()), (200, -32602), "{params}");
    }
    assert_eq!(modern("tools/call", json!({ "name": "nothing" })).code(), -32602);
    assert_eq!(modern("tools/call", json!({})).code(), -32602);
}

#[test]
fn arguments_are_read_to_the_end_or_refused() {
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"move","arguments":{"x":"\ud800"}}}"#;
    let headers = headers(&[]);
    let head = solder_mcp::Head::read(&http::Method::POST, &headers);
    let Ok(solder_mcp::Incoming::One(solder_mcp::Message::Call(call))) = head.read_body(body.as_bytes())
    else {
        panic!("not a call");
    };
    let error = call.tool_call().unwrap().parse_arguments().unwrap_err();
    assert_eq!(error.code(), -32602);
}
