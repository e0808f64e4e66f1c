//! Batches, which 2025-03-26 alone has.

use crate::support::{LEGACY, MODERN, send, with_meta};
use serde_json::{Value, json};

fn ping(id: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": "ping" })
}

#[test]
fn a_batch_is_answered_in_one_event_and_in_its_order() {
    let note = json!({ "jsonrpc": "2.0", "method": "notifications/x" });
    let response = json!({ "jsonrpc": "2.0", "id": 5, "result": {} });
    let unknown = json!({ "jsonrpc": "2.0", "id": 1, "method": "nothing" });
    let body = json!([ping(json!(1)), note, response, ping(json!("b")), unknown, 7]).to_string();
    for version in ["", "2025-03-26"] {
        let seen = send(&[("mcp-protocol-version", version)], &body);
        assert_eq!((seen.status, seen.is_stream), (200, true));
        let answers = seen.body.as_array().unwrap();
        assert_eq!(answers.len(), 4);
        assert_eq!(answers[0], json!({ "jsonrpc": "2.0", "id": 1, "result": {} }));
        assert_eq!(answers[1]["id"], "b");
        assert_eq!(answers[2]["error"]["code"], -32601);
        assert_eq!(
            (&answers[3]["error"]["code"], answers[3].get("id")),
            (&json!(-32600), None)
        );
    }
}

#[test]
fn no_other_revision_has_batches() {
    let body = json!([ping(json!(1))]).to_string();
    for version in LEGACY
        .iter()
        .filter(|version| **version != "2025-03-26")
        .chain([&MODERN, &"abc"])
    {
        let seen = send(&[("mcp-protocol-version", version)], &body);
        assert_eq!(
            (seen.status, seen.code(), seen.body.get("id")),
            (400, -32600, None),
            "{version}"
        );
    }
}

#[test]
fn a_batch_that_needs_no_answer_is_202() {
    let body = json!([
        { "jsonrpc": "2.0", "method": "notifications/initialized" },
        { "jsonrpc": "2.0", "id": 5, "result": {} },
    ]);
    let seen = send(&[], &body.to_string());
    assert_eq!((seen.status, seen.body), (202, json!(null)));
}

#[test]
fn initialize_and_modern_requests_refuse_the_whole_batch() {
    let initialize = json!({ "jsonrpc": "2.0", "id": 2, "method": "initialize", "params": { "protocolVersion": "2025-03-26" } });
    let discover = json!({ "jsonrpc": "2.0", "id": 2, "method": "server/discover" });
    let modern = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": with_meta(json!({})) });
    let note = json!({ "jsonrpc": "2.0", "method": "notifications/x", "params": with_meta(json!({})) });
    for item in [initialize, discover, modern, note] {
        for body in [json!([item]), json!([ping(json!(1)), item])] {
            let seen = send(&[], &body.to_string());
            assert_eq!(
                (seen.status, seen.code(), seen.body.get("id")),
                (400, -32600, None),
                "{body}"
            );
        }
    }
}

#[test]
fn an_empty_too_large_or_wholly_faulty_batch_is_400() {
    assert_eq!(send(&[], "[]").code(), -32600);
    assert_eq!(send(&[], "[] x").code(), -32700);
    assert_eq!(send(&[], "[1,]").code(), -32700);
    let items = |count| json!(vec![ping(json!(1)); count]).to_string();
    let most = send(&[], &items(1000));
    assert_eq!((most.status, most.body.as_array().unwrap().len()), (200, 1000));
    let more = send(&[], &items(1001));
    assert_eq!((more.status, more.code()), (400, -32600));
    let faulty = send(&[], "[1,{},[]]");
    assert_eq!((faulty.status, faulty.is_stream), (400, false));
    assert_eq!(faulty.body.as_array().unwrap().len(), 3);
}
