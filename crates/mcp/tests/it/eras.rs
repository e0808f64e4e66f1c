//! Which era a request belongs to, and the order in which a modern one is checked.

use crate::support::{LEGACY, MODERN, legacy, modern, send, with_meta};
use serde_json::{Value, json};

const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

fn request(method: &str, params: &Value) -> String {
    json!({ "jsonrpc": "2.0", "id": "x", "method": method, "params": params }).to_string()
}

fn meta(version: &str) -> Value {
    json!({ "_meta": { VERSION: version, CAPABILITIES: {} } })
}

#[test]
fn initialize_echoes_what_it_knows_and_never_settles_on_a_modern_revision() {
    for (asked, settled) in [
        ("2024-11-05", "2024-11-05"),
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("2026-07-28", "2025-11-25"),
        ("2099-01-01", "2025-11-25"),
        ("1.0", "2025-11-25"),
        ("", "2025-11-25"),
    ] {
        let params = json!({ "protocolVersion": asked, "capabilities": {}, "clientInfo": { "name": "c", "version": "1" } });
        for header in ["", "2025-06-18", "1999-01-01"] {
            let seen = send(
                &[("mcp-protocol-version", header)],
                &request("initialize", &params),
            );
            assert_eq!(seen.status, 200, "{asked}");
            assert_eq!(seen.body["result"]["protocolVersion"], settled, "{asked}");
            assert!(seen.body["result"].get("resultType").is_none());
        }
    }
    for params in [
        json!({}),
        json!({ "protocolVersion": 7 }),
        json!({ "protocolVersion": null }),
    ] {
        let seen = send(&[], &request("initialize", &params));
        assert_eq!((seen.status, seen.code()), (200, -32602), "{params}");
    }
}

#[test]
fn a_legacy_header_must_name_a_served_revision() {
    for version in LEGACY {
        assert_eq!(legacy(version, "ping", json!({})).status, 200, "{version}");
    }
    for version in ["1999-01-01", "2025-03-27", "abc", "v999.0.0", "2026-07-27"] {
        let seen = legacy(version, "tools/list", json!({}));
        assert_eq!(
            (seen.status, seen.code(), &seen.body["id"]),
            (400, -32022, &json!(1)),
            "{version}"
        );
        assert_eq!(seen.body["error"]["data"]["requested"], version);
        let body = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }).to_string();
        assert_eq!(
            send(&[("mcp-protocol-version", version)], &body).status,
            400,
            "{version}"
        );
    }
    for headers in [
        [
            ("mcp-protocol-version", "2025-06-18"),
            ("mcp-protocol-version", "2025-06-18"),
        ],
        [("mcp-protocol-version", "2025-06-18é"), ("x", "")],
    ] {
        let seen = send(&headers, &request("tools/list", &json!({})));
        assert_eq!((seen.status, seen.code()), (400, -32020), "{headers:?}");
    }
}

#[test]
fn a_request_is_modern_by_its_meta_by_its_header_or_by_being_a_discovery() {
    // (header, params, method, HTTP status, code)
    for (header, params, method, status, code) in [
        (MODERN, meta(MODERN), "server/discover", 200, 0),
        (MODERN, meta(MODERN), "tools/list", 200, 0),
        ("", json!({}), "server/discover", 400, -32602),
        ("2025-11-25", json!({}), "server/discover", 400, -32602),
        ("", meta(MODERN), "tools/list", 400, -32020),
        ("2025-11-25", meta(MODERN), "tools/list", 400, -32020),
        (MODERN, json!({}), "tools/list", 400, -32602),
        ("2099-01-01", json!({}), "tools/list", 400, -32602),
        ("2099-01-01", meta("2099-01-01"), "tools/list", 400, -32022),
        ("v999.0.0", meta("v999.0.0"), "server/discover", 400, -32022),
        (MODERN, meta("v999.0.0"), "server/discover", 400, -32020),
        ("2025-11-25", meta("2025-11-25"), "tools/list", 400, -32022),
        ("", json!({}), "tools/list", 200, 0),
        (
            "",
            json!({ "_meta": { "progressToken": 1 } }),
            "tools/list",
            200,
            0,
        ),
    ] {
        let seen = send(
            &[("mcp-protocol-version", header), ("mcp-method", method)],
            &request(method, &params),
        );
        assert_eq!(
            (seen.status, seen.code()),
            (status, code),
            "{header} {params} {method}"
        );
        assert_eq!(seen.body["id"], "x");
    }
}

#[test]
fn the_first_rule_that_is_broken_is_the_one_that_is_told() {
    let nothing = json!({});
    let no_version = json!({ "_meta": { CAPABILITIES: {} } });
    let no_capabilities = json!({ "_meta": { VERSION: "2099-01-01" } });
    // (header, Mcp-Method, params, code): each row breaks its own rule and every later one.
    for (header, mirrored, params, code) in [
        ("2099-01-01", "wrong", nothing, -32602),
        ("2099-01-01", "wrong", no_version, -32602),
        ("2099-01-02", "wrong", no_capabilities, -32602),
        ("2099-01-02", "wrong", meta("2099-01-01"), -32020),
        ("2099-01-01", "wrong", meta("2099-01-01"), -32022),
        (MODERN, "wrong", meta(MODERN), -32020),
        (MODERN, "unknown/method", meta(MODERN), -32601),
    ] {
        let seen = send(
            &[("mcp-protocol-version", header), ("mcp-method", mirrored)],
            &request("unknown/method", &params),
        );
        assert_eq!(seen.code(), code, "{header} {mirrored} {params}");
        assert_eq!(seen.status, if code == -32601 { 404 } else { 400 });
        assert_eq!(seen.body["id"], "x");
    }
}

#[test]
fn meta_must_hold_a_revision_and_capabilities_and_need_not_hold_a_client() {
    for value in [
        json!(null),
        json!([]),
        json!("x"),
        json!({}),
        json!({ VERSION: 7, CAPABILITIES: {} }),
        json!({ VERSION: null, CAPABILITIES: {} }),
        json!({ VERSION: MODERN }),
        json!({ VERSION: MODERN, CAPABILITIES: null }),
        json!({ VERSION: MODERN, CAPABILITIES: [] }),
        json!({ VERSION: MODERN, CAPABILITIES: "x" }),
    ] {
        let seen = modern_with(&json!({ "_meta": value }));
        assert_eq!((seen.status, seen.code()), (400, -32602), "{value}");
    }
    assert_eq!(modern_with(&meta(MODERN)).status, 200);
}

fn modern_with(params: &Value) -> crate::support::Seen {
    let headers = [
        ("mcp-protocol-version", MODERN),
        ("mcp-method", "server/discover"),
    ];
    send(&headers, &request("server/discover", params))
}

#[test]
fn an_unsupported_revision_names_those_that_are_served() {
    let seen = send(
        &[
            ("mcp-protocol-version", "v999.0.0"),
            ("mcp-method", "server/discover"),
        ],
        &request("server/discover", &meta("v999.0.0")),
    );
    let data = &seen.body["error"]["data"];
    assert_eq!(*data, json!({ "supported": [MODERN], "requested": "v999.0.0" }));
    let discovered = modern("server/discover", json!({}));
    let served = discovered.body["result"]["supportedVersions"].as_array().unwrap();
    assert!(served.contains(&data["supported"][0]));
    assert_eq!(served.len(), 5);
}

#[test]
fn methods_of_the_other_era_are_unknown() {
    for method in [
        "initialize",
        "ping",
        "logging/setLevel",
        "resources/subscribe",
        "resources/unsubscribe",
        "subscriptions/listen",
        "tasks/list",
        "tasks/get",
        "unknown/method",
    ] {
        let seen = modern(method, json!({ "protocolVersion": "2025-11-25" }));
        assert_eq!(
            (seen.status, seen.code(), seen.is_stream),
            (404, -32601, false),
            "{method}"
        );
        assert_eq!(seen.body["id"], 1);
    }
    for method in [
        "logging/setLevel",
        "resources/subscribe",
        "resources/unsubscribe",
        "subscriptions/listen",
        "roots/list",
        "unknown/method",
    ] {
        for version in LEGACY {
            let seen = legacy(version, method, json!({}));
            assert_eq!(
                (seen.status, seen.code(), seen.is_stream),
                (200, -32601, true),
                "{method}"
            );
        }
    }
}

#[test]
fn a_modern_notification_is_held_to_what_it_says() {
    let note = |params: &Value| {
        json!({ "jsonrpc": "2.0", "method": "notifications/x", "params": params }).to_string()
    };
    for (headers, params, status, code) in [
        (&[("mcp-protocol-version", MODERN)][..], json!({}), 202, 0),
        (&[("mcp-protocol-version", MODERN)], meta(MODERN), 202, 0),
        (
            &[
                ("mcp-protocol-version", MODERN),
                ("mcp-method", "notifications/x"),
            ],
            json!({}),
            202,
            0,
        ),
        (
            &[
                ("mcp-protocol-version", MODERN),
                ("mcp-method", "notifications/y"),
            ],
            json!({}),
            400,
            -32020,
        ),
        (
            &[("mcp-protocol-version", MODERN)],
            meta("2099-01-01"),
            400,
            -32020,
        ),
        (&[], meta(MODERN), 400, -32020),
        (&[("mcp-protocol-version", "2099-01-01")], json!({}), 400, -32022),
    ] {
        let seen = send(headers, &note(&params));
        assert_eq!((seen.status, seen.code()), (status, code), "{headers:?} {params}");
        assert!(seen.body.get("id").is_none());
    }
}

#[test]
fn a_session_lends_its_revision_to_requests_that_name_none() {
    let body = request("tools/list", &json!({}));
    for (header, assumed, spoken) in [
        ("", "2025-11-25", "2025-11-25"),
        ("", "2026-07-28", "2025-03-26"),
        ("2025-06-18", "2025-11-25", "2025-06-18"),
    ] {
        let headers = crate::support::headers(&[("mcp-protocol-version", header)]);
        let head = solder_mcp::Head::read(&http::Method::POST, &headers);
        let Ok(solder_mcp::Incoming::One(solder_mcp::Message::Call(mut call))) =
            head.read_body(body.as_bytes())
        else {
            panic!("not a call");
        };
        call.assume(solder_mcp::Revision::find(assumed).unwrap());
        assert_eq!(call.era.revision().as_str(), spoken);
    }
}

#[test]
fn what_a_client_tells_of_itself_is_read_and_bounded() {
    let long = "n".repeat(500);
    let mut params = with_meta(json!({}));
    params["_meta"]["io.modelcontextprotocol/clientInfo"] = json!({ "name": long, "version": "1" });
    params["_meta"]["traceparent"] = json!("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    params["_meta"]["baggage"] = json!(7);
    let headers = crate::support::headers(&[("mcp-protocol-version", MODERN), ("mcp-method", "tools/list")]);
    let head = solder_mcp::Head::read(&http::Method::POST, &headers);
    let body = request("tools/list", &params);
    let Ok(solder_mcp::Incoming::One(solder_mcp::Message::Call(call))) = head.read_body(body.as_bytes())
    else {
        panic!("not a call");
    };
    assert_eq!(call.client().unwrap().chars().count(), 201);
    let trace = call.trace();
    assert!(trace.parent.unwrap().starts_with("00-0af7"));
    assert_eq!((trace.state, trace.baggage), (None, None));
}
