//! The era in which every request stands alone: 2026-07-28.

use serde_json::json;
use solder_testkit::Solder;

#[tokio::test]
async fn discovery_tells_revisions_capabilities_and_instructions() {
    let solder = Solder::start().await;
    let mcp = solder
        .token_url(&json!({ "name": "My server", "customInstructions": "Be kind" }))
        .await;
    let answer = mcp.modern("server/discover", &json!({})).await;
    assert_eq!((answer.status, answer.header("mcp-session-id")), (200, ""));
    let result = answer.message()["result"].clone();
    assert_eq!(result["supportedVersions"][0], "2026-07-28");
    assert_eq!(
        (&result["resultType"], &result["instructions"]),
        (&json!("complete"), &json!("Be kind"))
    );
    assert_eq!(result["cacheScope"], "private");
    assert!(result["ttlMs"].is_u64());
    assert_eq!(
        result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
        "My server"
    );
}

#[tokio::test]
async fn a_client_that_needs_no_handshake_lists_and_calls() {
    let solder = Solder::start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let listed = mcp.modern("tools/list", &json!({})).await;
    let result = &listed.message()["result"];
    assert_eq!(
        (listed.status, result["tools"].as_array().unwrap().len()),
        (200, 8)
    );
    assert_eq!(
        (&result["resultType"], &result["cacheScope"]),
        (&json!("complete"), &json!("private"))
    );
    let called = mcp.call_modern("list_connectors_alloy", &json!({})).await;
    assert_eq!(called.message()["id"], "m-1");
    let result = &called.message()["result"];
    assert!(result["structuredContent"]["connectors"].is_array());
    assert_eq!(
        result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
        "One"
    );
}

#[tokio::test]
async fn headers_that_disagree_with_the_body_are_refused() {
    let solder = Solder::start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let meta = |version: &str| {
        json!({
            "io.modelcontextprotocol/protocolVersion": version,
            "io.modelcontextprotocol/clientCapabilities": {},
        })
    };
    let message = |version: &str| {
        json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/list", "params": { "_meta": meta(version) } })
            .to_string()
    };
    let at = |version: &str, method: &str| {
        mcp.with("mcp-protocol-version", version)
            .with("mcp-method", method)
    };
    for (answer, status, code) in [
        (
            at("2026-07-28", "tools/call").post(message("2026-07-28")).await,
            400,
            -32020,
        ),
        (
            mcp.with("mcp-method", "tools/list")
                .post(message("2026-07-28"))
                .await,
            400,
            -32020,
        ),
        (
            at("2027-01-01", "tools/list").post(message("2027-01-01")).await,
            400,
            -32022,
        ),
        (
            at("2026-07-28", "ping")
                .post(r#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#)
                .await,
            400,
            -32602,
        ),
    ] {
        let message = answer.message();
        assert_eq!(
            (answer.status, &message["error"]["code"]),
            (status, &json!(code)),
            "{}",
            answer.text
        );
        assert_eq!(message["id"], 7);
    }
    for method in ["initialize", "ping", "nothing"] {
        let answer = mcp.modern(method, &json!({})).await;
        assert_eq!(
            (answer.status, &answer.message()["error"]["code"]),
            (404, &json!(-32601)),
            "{method}"
        );
    }
}

#[tokio::test]
async fn a_client_chooses_the_form_of_its_answer() {
    let solder = Solder::start().await;
    let server = solder.server(&json!({ "name": "One" })).await;
    let path = format!("/mcp/{}", server["serverId"].as_str().unwrap());
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": { "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {},
    } } });
    for (accept, media) in [
        ("application/json", "application/json"),
        ("text/event-stream", "text/event-stream"),
        ("image/png", ""),
    ] {
        let client = solder
            .admin()
            .with("accept", accept)
            .with("mcp-protocol-version", "2026-07-28");
        let answer = client.with("mcp-method", "tools/list").post(&path, &body).await;
        match media {
            "" => assert_eq!(answer.status, 406),
            media => assert!(
                answer.status == 200 && answer.header("content-type") == media,
                "{accept}"
            ),
        }
    }
}

#[tokio::test]
async fn sessions_mean_nothing_here() {
    let solder = Solder::start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let answer = mcp
        .with("mcp-session-id", "nonsense")
        .modern("tools/list", &json!({}))
        .await;
    assert_eq!((answer.status, answer.header("mcp-session-id")), (200, ""));
    for method in [reqwest::Method::GET, reqwest::Method::DELETE] {
        let client = mcp
            .with("mcp-protocol-version", "2026-07-28")
            .with("mcp-session-id", "x");
        assert_eq!(client.send(method).await.status, 405);
    }
}
