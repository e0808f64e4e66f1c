//! The era of `initialize`, as published clients speak it: contract, part 7.

use serde_json::json;
use solder_testkit::{Answer, Mcp, Solder};

async fn initialize(mcp: &Mcp, revision: &str) -> Answer {
    let client = json!({ "name": "test", "version": "1" });
    let params = json!({ "protocolVersion": revision, "capabilities": {}, "clientInfo": client });
    mcp.legacy("initialize", &params).await
}

#[tokio::test]
async fn an_old_client_goes_straight_from_initialize_to_calls() {
    let solder = Solder::start().await;
    let mcp = solder
        .token_url(&json!({ "name": "My server", "customInstructions": "Be kind" }))
        .await;
    let hello = initialize(&mcp, "2024-11-05").await;
    assert_eq!((hello.status, hello.header("mcp-session-id")), (200, ""));
    let result = &hello.message()["result"];
    assert_eq!(
        (&result["protocolVersion"], &result["serverInfo"]["name"]),
        (&json!("2024-11-05"), &json!("My server"))
    );
    assert_eq!(result["instructions"], "Be kind");
    for capability in ["tools", "prompts", "resources"] {
        assert!(result["capabilities"][capability].is_object(), "{capability}");
    }
    for id in [json!(1), json!(1), json!("1"), json!("a"), json!(0), json!(-3)] {
        let body = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/list" });
        let answer = mcp.post(body.to_string()).await;
        assert!(
            answer.text.starts_with("event: message\ndata: {"),
            "{}",
            answer.text
        );
        let message = answer.message();
        assert_eq!(message["id"], id);
        assert_eq!(message["result"]["tools"][0]["name"], "list_connectors_alloy");
        assert_eq!(message["result"]["tools"].as_array().unwrap().len(), 8);
    }
    let (is_error, listed) = mcp.call("list_connectors_alloy", &json!({})).await.tool();
    assert!(!is_error);
    assert_eq!(listed["count"], listed["connectors"].as_array().unwrap().len());
    let absent = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "list_connectors_alloy" } });
    assert!(!mcp.post(absent.to_string()).await.tool().0);
}

#[tokio::test]
async fn every_legacy_revision_is_spoken_and_others_get_the_latest() {
    let solder = Solder::start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    for (asked, spoken) in [
        ("2024-11-05", "2024-11-05"),
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("2026-07-28", "2025-11-25"),
        ("1999-01-01", "2025-11-25"),
    ] {
        let hello = initialize(&mcp, asked).await;
        assert_eq!(hello.message()["result"]["protocolVersion"], spoken, "{asked}");
        assert_eq!(
            hello.header("mcp-session-id").is_empty(),
            spoken == "2024-11-05",
            "{asked}"
        );
    }
}

#[tokio::test]
async fn each_revision_reads_the_tools_in_its_own_words() {
    let solder = Solder::start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    for (revision, has_output) in [("2025-03-26", false), ("2025-06-18", true), ("2025-11-25", true)] {
        let client = mcp.with("mcp-protocol-version", revision);
        let listed = client.legacy("tools/list", &json!({})).await.message();
        let tool = &listed["result"]["tools"][0];
        assert_eq!(tool.get("outputSchema").is_some(), has_output, "{revision}");
        assert!(tool["description"].is_string() && tool["inputSchema"]["type"] == "object");
        let called = client.call("list_connectors_alloy", &json!({})).await.message();
        assert_eq!(
            called["result"].get("structuredContent").is_some(),
            has_output,
            "{revision}"
        );
        assert_eq!(listed["result"].get("resultType"), None);
    }
    let unknown = mcp
        .with("mcp-protocol-version", "2025-01-01")
        .legacy("ping", &json!({}))
        .await;
    assert_eq!(unknown.status, 400);
}

#[tokio::test]
async fn lists_of_what_is_not_there_are_empty_and_further_pages_are_no_pages() {
    let solder = Solder::start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    for (method, member) in [
        ("prompts/list", "prompts"),
        ("resources/list", "resources"),
        ("resources/templates/list", "resourceTemplates"),
    ] {
        let listed = mcp.legacy(method, &json!({})).await.message()["result"][member].clone();
        let there = usize::from(method == "resources/templates/list");
        assert_eq!(listed.as_array().unwrap().len(), there, "{method}: {listed}");
        let page = mcp.legacy(method, &json!({ "cursor": "x" })).await;
        assert_eq!(
            (page.status, &page.message()["error"]["code"]),
            (200, &json!(-32602)),
            "{method}"
        );
    }
    let prompt = mcp.legacy("prompts/get", &json!({ "name": "x" })).await.message();
    assert_eq!(prompt["error"]["code"], -32602);
    let resource = mcp
        .legacy("resources/read", &json!({ "uri": "x://y" }))
        .await
        .message();
    assert_eq!(
        (&resource["error"]["code"], &resource["error"]["data"]["uri"]),
        (&json!(-32002), &json!("x://y"))
    );
}

#[tokio::test]
async fn errors_of_well_formed_requests_have_http_200() {
    let solder = Solder::start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    for (method, params, code) in [
        ("nothing/at-all", json!({}), -32601),
        ("logging/setLevel", json!({ "level": "debug" }), -32601),
        ("tools/call", json!({}), -32602),
        ("tools/call", json!({ "name": "x" }), -32602),
        ("initialize", json!({}), -32602),
    ] {
        let answer = mcp.legacy(method, &params).await;
        assert_eq!(
            (answer.status, &answer.message()["error"]["code"]),
            (200, &json!(code)),
            "{method} {}",
            answer.text
        );
    }
}

#[tokio::test]
async fn notifications_and_responses_are_accepted() {
    let solder = Solder::start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    for message in [
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 } }),
        json!({ "jsonrpc": "2.0", "id": 1, "result": {} }),
    ] {
        let answer = mcp.post(message.to_string()).await;
        assert_eq!((answer.status, answer.text.as_str()), (202, ""), "{message}");
    }
}

#[tokio::test]
async fn separators_that_end_a_line_elsewhere_are_escaped_in_events() {
    let solder = Solder::start().await;
    let text = "a\u{2028}b\u{2029}c\u{85}d\ne";
    let mcp = solder
        .token_url(&json!({ "name": "One", "customInstructions": text }))
        .await;
    let hello = initialize(&mcp, "2025-06-18").await;
    assert!(!hello.text.contains(['\u{2028}', '\u{2029}', '\u{85}']));
    assert_eq!(hello.message()["result"]["instructions"], text);
}
