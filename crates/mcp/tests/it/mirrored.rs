//! Headers that mirror the body of a modern request.

use crate::support::{MODERN, Seen, headers, post, send, tools, with_meta};
use serde_json::{Value, json};
use solder_mcp::Catalogue;

fn call(name: &str, arguments: &Value, more: &[(&str, &str)]) -> Seen {
    let params = with_meta(json!({ "name": name, "arguments": arguments }));
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    let mut all = vec![("mcp-protocol-version", MODERN), ("mcp-method", "tools/call")];
    all.extend_from_slice(more);
    send(&all, &body.to_string())
}

fn refused(seen: &Seen) -> bool {
    (seen.status, seen.code()) == (400, -32020) && seen.body["id"] == 1
}

#[test]
fn mcp_method_must_equal_the_method() {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": with_meta(json!({})) })
        .to_string();
    for (sent, is_good) in [
        (&["tools/list"][..], true),
        (&["  tools/list\t"], true),
        (&[], false),
        (&["prompts/list"], false),
        (&["TOOLS/LIST"], false),
        (&["tools/list", "tools/list"], false),
        (&["tools/list", "prompts/list"], false),
        (&["=?base64?dG9vbHMvbGlzdA==?="], false),
    ] {
        let mut all = vec![("mcp-protocol-version", MODERN)];
        all.extend(sent.iter().map(|value| ("MCP-METHOD", *value)));
        let seen = send(&all, &body);
        assert_eq!(seen.status == 200, is_good, "{sent:?}");
        assert_eq!(refused(&seen), !is_good, "{sent:?}");
    }
}

#[test]
fn mcp_name_must_equal_the_name_once_it_is_decoded() {
    for (name, sent, is_good) in [
        ("find", &["find"][..], true),
        ("find", &[" find "], true),
        ("find", &["=?base64?ZmluZA==?="], true),
        ("find", &[], false),
        ("find", &["wrong"], false),
        ("find", &["Find"], false),
        ("find", &["find", "find"], false),
        ("find", &["=?base64?ZmluZA?="], false),
        ("find", &["=?base64?Zm!uZA==?="], false),
        ("find", &["ZmluZA=="], false),
    ] {
        let more: Vec<_> = sent.iter().map(|value| ("mcp-name", *value)).collect();
        let seen = call(name, &json!({}), &more);
        assert_eq!(seen.status == 200, is_good, "{sent:?}");
        assert_eq!(refused(&seen), !is_good, "{sent:?}");
    }
}

#[test]
fn a_name_beyond_ascii_is_sent_encoded() {
    let encoded = call("größe", &json!({}), &[("mcp-name", "=?base64?Z3LDtsOfZQ==?=")]);
    assert_eq!(
        (encoded.status, encoded.code()),
        (200, -32602),
        "unknown, but well mirrored"
    );
    assert!(refused(&call("größe", &json!({}), &[("mcp-name", "größe")])));
}

#[test]
fn prompts_are_mirrored_by_name_and_resources_by_uri() {
    for (method, params, name, code) in [
        ("prompts/get", json!({ "name": "p" }), "p", -32602),
        ("prompts/get", json!({ "name": "p" }), "q", -32020),
        ("prompts/get", json!({ "name": "p" }), "", -32020),
        ("resources/read", json!({ "uri": "a://b" }), "a://b", -32602),
        (
            "resources/read",
            json!({ "uri": "a://b", "name": "n" }),
            "n",
            -32020,
        ),
        ("resources/read", json!({ "uri": "a://b" }), "", -32020),
        ("tools/call", json!({}), "", -32602),
        ("tools/call", json!({}), "find", -32020),
        ("tools/call", json!({ "name": 7 }), "7", -32020),
        ("tools/list", json!({}), "anything", 0),
    ] {
        let body =
            json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": with_meta(params.clone()) });
        let more = [
            ("mcp-protocol-version", MODERN),
            ("mcp-method", method),
            ("mcp-name", name),
        ];
        let seen = send(&more, &body.to_string());
        assert_eq!(seen.code(), code, "{method} {params} {name}");
    }
}

#[test]
fn marked_arguments_must_be_mirrored() {
    let region = |value: &str| json!({ "region": value });
    let limit = |value: Value| json!({ "page": { "limit": value } });
    for (arguments, sent, is_good) in [
        (json!({}), &[][..], true),
        (json!({ "region": null }), &[], true),
        (region("eu"), &[("mcp-param-region", "eu")], true),
        (region("eu"), &[("MCP-PARAM-REGION", " eu ")], true),
        (
            region("Hello"),
            &[("mcp-param-region", "=?base64?SGVsbG8=?=")],
            true,
        ),
        (region("SGVsbG8="), &[("mcp-param-region", "SGVsbG8=")], true),
        (
            region("=?base64?SGVsbG8="),
            &[("mcp-param-region", "=?base64?SGVsbG8=")],
            true,
        ),
        (region(""), &[("mcp-param-region", "=?base64??=")], true),
        (region("eu"), &[], false),
        (region("eu"), &[("mcp-param-region", "EU")], false),
        (
            region("eu"),
            &[("mcp-param-region", "eu"), ("mcp-param-region", "eu")],
            false,
        ),
        (
            region("Hello"),
            &[("mcp-param-region", "=?base64?SGVsbG8?=")],
            false,
        ),
        (
            region("Hello"),
            &[("mcp-param-region", "=?base64?SGVs!!!bG8=?=")],
            false,
        ),
        (json!({}), &[("mcp-param-region", "eu")], false),
        (json!({ "region": null }), &[("mcp-param-region", "eu")], false),
        (limit(json!(42)), &[("mcp-param-limit", "42")], true),
        (limit(json!(42)), &[("mcp-param-limit", "42.0")], true),
        (limit(json!(42.0)), &[("mcp-param-limit", "42")], true),
        (limit(json!(42)), &[("mcp-param-limit", "43")], false),
        (limit(json!(42)), &[("mcp-param-limit", "forty-two")], false),
        (limit(json!(42)), &[], false),
        (
            limit(json!(9_007_199_254_740_993_i64)),
            &[("mcp-param-limit", "9007199254740992")],
            false,
        ),
        (limit(json!("42")), &[("mcp-param-limit", "42")], true),
        (limit(json!([1])), &[], true),
        (json!({ "all": true }), &[("mcp-param-all", "true")], true),
        (json!({ "all": true }), &[("mcp-param-all", "True")], false),
        (json!({ "all": false }), &[("mcp-param-all", "false")], true),
        (json!({ "all": false }), &[("mcp-param-all", "0")], false),
        (json!({ "other": 1 }), &[("mcp-param-other", "2")], true),
    ] {
        let mut more = vec![("mcp-name", "move")];
        more.extend_from_slice(sent);
        let seen = call("move", &arguments, &more);
        assert_eq!(seen.status == 200, is_good, "{arguments} {sent:?}");
        assert_eq!(refused(&seen), !is_good, "{arguments} {sent:?}");
    }
}

#[test]
fn legacy_requests_mirror_nothing() {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "move", "arguments": { "region": "eu" } } });
    let more = [
        ("mcp-protocol-version", "2025-11-25"),
        ("mcp-method", "x"),
        ("mcp-name", "y"),
        ("mcp-param-region", "z"),
    ];
    let seen = Seen::of(&post(&headers(&more), body.to_string().as_bytes()));
    assert_eq!(seen.body["result"]["isError"], false);
}

#[test]
fn a_mark_that_clients_would_not_take_is_refused_when_the_tool_is_published() {
    let string = |mark: &str| json!({ "type": "string", "x-mcp-header": mark });
    let with = |schema: Value| {
        let mut tool = tools().remove(0);
        tool.input_schema = schema;
        Catalogue::new(&[tool])
    };
    for good in [
        json!({ "properties": { "a": string("A"), "b": { "properties": { "c": string("C") } } } }),
        json!({ "properties": { "x-mcp-header": { "type": "object" } } }),
        json!({ "properties": { "a": { "type": "object", "default": { "x-mcp-header": 7 } } } }),
        json!(true),
    ] {
        assert!(with(good.clone()).is_ok(), "{good}");
    }
    for bad in [
        json!({ "x-mcp-header": "A" }),
        json!({ "properties": { "a": string("") } }),
        json!({ "properties": { "a": string("a b") } }),
        json!({ "properties": { "a": string("ä") } }),
        json!({ "properties": { "a": { "type": "string", "x-mcp-header": 7 } } }),
        json!({ "properties": { "a": { "type": "number", "x-mcp-header": "A" } } }),
        json!({ "properties": { "a": { "type": ["string", "null"], "x-mcp-header": "A" } } }),
        json!({ "properties": { "a": { "x-mcp-header": "A" } } }),
        json!({ "properties": { "a": string("Same"), "b": string("sAME") } }),
        json!({ "properties": { "a": { "type": "array", "items": string("A") } } }),
        json!({ "properties": { "a": { "items": { "properties": { "b": string("A") } } } } }),
        json!({ "oneOf": [{ "properties": { "a": string("A") } }] }),
        json!({ "if": { "properties": { "a": string("A") } } }),
        json!({ "$defs": { "d": string("A") } }),
        json!({ "patternProperties": { "^a": string("A") } }),
        json!({ "additionalProperties": string("A") }),
    ] {
        assert!(with(bad.clone()).is_err(), "{bad}");
    }
    let mut deep = string("A");
    for _ in 0..100 {
        deep = json!({ "properties": { "a": deep } });
    }
    assert!(with(deep).is_err());
}
