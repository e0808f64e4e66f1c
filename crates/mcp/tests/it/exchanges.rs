//! Canonical exchanges, byte for byte.

use crate::support::{MODERN, headers, post, with_meta};
use serde_json::{Value, json};
use solder_mcp::Rendered;

fn show(rendered: &Rendered) -> String {
    let media = rendered.content_type.unwrap_or("-");
    format!(
        "{} {media}\n{}",
        rendered.status,
        std::str::from_utf8(&rendered.body).unwrap()
    )
}

fn legacy(version: &str, method: &str, params: Value) -> String {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    show(&post(
        &headers(&[("mcp-protocol-version", version)]),
        body.to_string().as_bytes(),
    ))
}

fn modern(method: &str, name: &str, params: Value) -> String {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": with_meta(params) });
    let more = [
        ("mcp-protocol-version", MODERN),
        ("mcp-method", method),
        ("mcp-name", name),
    ];
    show(&post(&headers(&more), body.to_string().as_bytes()))
}

#[test]
fn an_old_client_begins_lists_and_calls() {
    let begun = legacy(
        "",
        "initialize",
        json!({ "protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": { "name": "old", "version": "1" } }),
    );
    insta::assert_snapshot!(begun, @r#"
    200 text/event-stream
    event: message
    data: {"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2024-11-05","capabilities":{"tools":{},"prompts":{},"resources":{},"completions":{}},"serverInfo":{"name":"Team \"A\"","version":"0.1.0"},"instructions":"Be kind."}}
    "#);
    let listed = legacy("2024-11-05", "tools/list", json!({}));
    insta::assert_snapshot!(listed, @r#"
    200 text/event-stream
    event: message
    data: {"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"find","description":"Does find.","inputSchema":{"type":"object"}},{"name":"count","description":"Does count.","inputSchema":{"type":"object"}},{"name":"move","description":"Does move.","inputSchema":{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"},"page":{"type":"object","properties":{"limit":{"type":"integer","x-mcp-header":"Limit"}}},"all":{"type":"boolean","x-mcp-header":"All"}}}}]}}
    "#);
    insta::assert_snapshot!(legacy("2024-11-05", "tools/call", json!({ "name": "find" })), @r#"
    200 text/event-stream
    event: message
    data: {"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"{\"found\":[\"a\u2028b\u2029c\u0085d\"],\n\"count\":1}"}],"isError":false}}
    "#);
}

#[test]
fn revision_2025_03_26_lists_and_calls() {
    insta::assert_snapshot!(legacy("", "tools/list", json!({})), @r#"
    200 text/event-stream
    event: message
    data: {"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"find","description":"Does find.","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":true,"destructiveHint":false,"idempotentHint":true,"openWorldHint":false,"title":"The find"}},{"name":"count","description":"Does count.","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":true,"destructiveHint":false,"idempotentHint":true,"openWorldHint":false,"title":"The count"}},{"name":"move","description":"Does move.","inputSchema":{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"},"page":{"type":"object","properties":{"limit":{"type":"integer","x-mcp-header":"Limit"}}},"all":{"type":"boolean","x-mcp-header":"All"}}},"annotations":{"readOnlyHint":true,"destructiveHint":false,"idempotentHint":true,"openWorldHint":false,"title":"The move"}}]}}
    "#);
    insta::assert_snapshot!(legacy("", "tools/call", json!({ "name": "find" })), @r#"
    200 text/event-stream
    event: message
    data: {"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"{\"found\":[\"a\u2028b\u2029c\u0085d\"],\n\"count\":1}"}],"isError":false}}
    "#);
}

#[test]
fn revision_2025_06_18_lists_and_calls() {
    insta::assert_snapshot!(legacy("2025-06-18", "tools/list", json!({})), @r#"
    200 text/event-stream
    event: message
    data: {"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"find","title":"The find","description":"Does find.","inputSchema":{"type":"object"},"outputSchema":{"type":"object","properties":{"count":{"type":"integer"}}},"annotations":{"readOnlyHint":true,"destructiveHint":false,"idempotentHint":true,"openWorldHint":false}},{"name":"count","title":"The count","description":"Does count.","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":true,"destructiveHint":false,"idempotentHint":true,"openWorldHint":false}},{"name":"move","title":"The move","description":"Does move.","inputSchema":{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"},"page":{"type":"object","properties":{"limit":{"type":"integer","x-mcp-header":"Limit"}}},"all":{"type":"boolean","x-mcp-header":"All"}}},"annotations":{"readOnlyHint":true,"destructiveHint":false,"idempotentHint":true,"openWorldHint":false}}]}}
    "#);
    insta::assert_snapshot!(legacy("2025-06-18", "tools/call", json!({ "name": "find" })), @r#"
    200 text/event-stream
    event: message
    data: {"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"{\"found\":[\"a\u2028b\u2029c\u0085d\"],\n\"count\":1}"}],"structuredContent":{"found":["a\u2028b\u2029c\u0085d"], "count":1},"isError":false}}
    "#);
}

#[test]
fn revision_2025_11_25_begins_and_fails() {
    insta::assert_snapshot!(legacy("", "initialize", json!({ "protocolVersion": "2025-11-25" })), @r#"
    200 text/event-stream
    event: message
    data: {"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{},"prompts":{},"resources":{},"completions":{}},"serverInfo":{"name":"Team \"A\"","version":"0.1.0"},"instructions":"Be kind."}}
    "#);
    insta::assert_snapshot!(legacy("2025-11-25", "ping", json!({})), @r#"
    200 text/event-stream
    event: message
    data: {"jsonrpc":"2.0","id":1,"result":{}}
    "#);
    insta::assert_snapshot!(legacy("2025-11-25", "tools/call", json!({ "name": "find", "arguments": { "x": 1 } })), @r#"
    200 text/event-stream
    event: message
    data: {"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"{\"error\":{\"code\":\"INVALID_REQUEST\",\"message\":\"find takes nothing\",\"details\":{}}}"}],"isError":true}}
    "#);
    insta::assert_snapshot!(legacy("2025-11-25", "nothing", json!({})), @r#"
    200 text/event-stream
    event: message
    data: {"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found: nothing"}}
    "#);
}

#[test]
fn revision_2026_07_28_discovers_lists_and_calls() {
    insta::assert_snapshot!(modern("server/discover", "", json!({})), @r#"
    200 application/json
    {"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","supportedVersions":["2026-07-28","2025-11-25","2025-06-18","2025-03-26","2024-11-05"],"capabilities":{"tools":{},"prompts":{},"resources":{},"completions":{}},"instructions":"Be kind.","ttlMs":60000,"cacheScope":"private","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"Team \"A\"","version":"0.1.0"}}}}
    "#);
    insta::assert_snapshot!(modern("tools/list", "", json!({})), @r#"
    200 application/json
    {"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","tools":[{"name":"find","title":"The find","description":"Does find.","inputSchema":{"type":"object"},"outputSchema":{"type":"object","properties":{"count":{"type":"integer"}}},"annotations":{"readOnlyHint":true,"destructiveHint":false,"idempotentHint":true,"openWorldHint":false}},{"name":"count","title":"The count","description":"Does count.","inputSchema":{"type":"object"},"outputSchema":{"type":"array"},"annotations":{"readOnlyHint":true,"destructiveHint":false,"idempotentHint":true,"openWorldHint":false}},{"name":"move","title":"The move","description":"Does move.","inputSchema":{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"},"page":{"type":"object","properties":{"limit":{"type":"integer","x-mcp-header":"Limit"}}},"all":{"type":"boolean","x-mcp-header":"All"}}},"annotations":{"readOnlyHint":true,"destructiveHint":false,"idempotentHint":true,"openWorldHint":false}}],"ttlMs":60000,"cacheScope":"private","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"Team \"A\"","version":"0.1.0"}}}}
    "#);
    insta::assert_snapshot!(modern("resources/templates/list", "", json!({})), @r#"
    200 application/json
    {"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","resourceTemplates":[],"ttlMs":60000,"cacheScope":"private","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"Team \"A\"","version":"0.1.0"}}}}
    "#);
    insta::assert_snapshot!(modern("tools/call", "find", json!({ "name": "find" })), @r#"
    200 application/json
    {"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[{"type":"text","text":"{\"found\":[\"a\u2028b\u2029c\u0085d\"],\n\"count\":1}"}],"structuredContent":{"found":["a\u2028b\u2029c\u0085d"], "count":1},"isError":false,"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"Team \"A\"","version":"0.1.0"}}}}
    "#);
}

#[test]
fn revision_2026_07_28_refuses() {
    insta::assert_snapshot!(modern("initialize", "", json!({ "protocolVersion": "2025-11-25" })), @r#"
    404 application/json
    {"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found: initialize"}}
    "#);
    insta::assert_snapshot!(modern("tools/call", "wrong", json!({ "name": "find" })), @r#"
    400 application/json
    {"jsonrpc":"2.0","id":1,"error":{"code":-32020,"message":"Header mismatch: `Mcp-Name` must equal the body's `params.name`"}}
    "#);
    insta::assert_snapshot!(modern("resources/read", "a://b", json!({ "uri": "a://b" })), @r#"
    200 application/json
    {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Resource not found","data":{"uri":"a://b"}}}
    "#);
    let refused = post(
        &headers(&[("accept", "text/html"), ("mcp-protocol-version", MODERN)]),
        b"{}",
    );
    insta::assert_snapshot!(show(&refused), @r#"
    406 application/json
    {"jsonrpc":"2.0","error":{"code":406,"message":"The client must accept the answer: send `Accept: application/json, text/event-stream`","data":{"code":"NOT_ACCEPTABLE","message":"The client must accept the answer: send `Accept: application/json, text/event-stream`","details":{}}}}
    "#);
}
