//! Actions of a platform, from the token URL to the platform and back.

use serde_json::json;
use solder_testkit::{FakePlatform, Mcp, Solder, raw_connection};
use std::time::Duration;
use tokio::io::AsyncWriteExt;

async fn connected() -> (Solder, FakePlatform, Mcp) {
    let platform = FakePlatform::slack().await;
    let solder = Solder::build()
        .connector("slack", &platform, "/api")
        .start()
        .await;
    solder.slack_credential().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    (solder, platform, mcp)
}

#[tokio::test]
async fn an_action_reaches_the_platform_with_the_credential_and_its_answer_comes_back() {
    let (_solder, platform, mcp) = connected().await;
    for answer in [
        mcp.execute("slack", "users_list", &json!({ "limit": 2 })).await,
        mcp.call_modern(
            "execute_action_alloy",
            &json!({ "connectorId": "slack", "actionId": "users_list", "parameters": {} }),
        )
        .await,
    ] {
        let (is_error, text) = answer.tool();
        assert!(!is_error, "{text}");
        assert!(text.to_string().contains("Ada Lovelace"), "{text}");
        assert_eq!(answer.message()["result"].get("structuredContent"), None);
    }
    let asked = platform.received();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].path, "/api/users.list");
    assert_eq!(asked[0].headers["authorization"], "Bearer xoxb-a-secret");
    assert!(!asked[0].headers.contains_key("x-alloy-userid"));
}

#[tokio::test]
async fn what_the_platform_refuses_is_an_error_that_tells_its_words() {
    let (_solder, _platform, mcp) = connected().await;
    let (is_error, text) = mcp.execute("slack", "team_info", &json!({})).await.tool();
    assert!(is_error, "{text}");
    assert!(
        text["error"]["code"].as_str().unwrap().starts_with("PLATFORM_"),
        "{text}"
    );
    assert!(text.to_string().contains("unknown_method"), "{text}");
}

#[tokio::test]
async fn faulty_parameters_never_reach_the_platform() {
    let (_solder, platform, mcp) = connected().await;
    let (is_error, text) = mcp
        .execute("slack", "chat_postMessage", &json!({ "chanel": "C1" }))
        .await
        .tool();
    assert!(is_error && text["error"]["code"] == "INVALID_REQUEST", "{text}");
    assert!(text.to_string().contains("channel"), "{text}");
    assert!(platform.received().is_empty());
}

#[tokio::test]
async fn a_named_credential_is_that_one_or_none() {
    let (solder, platform, mcp) = connected().await;
    let newer = json!({ "connectorId": "slack", "authenticationType": "bot_token", "fields": { "token": "xoxb-newer" } });
    solder.clock.advance(Duration::from_secs(1));
    solder.admin().post("/api/credentials", &newer).await;
    let all = solder.admin().get("/api/credentials").await.json();
    let old = all["credentials"][1]["credentialId"].as_str().unwrap().to_owned();
    assert!(!mcp.execute("slack", "users_list", &json!({})).await.tool().0);
    assert!(
        !mcp.with("x-credential-id", &old)
            .execute("slack", "users_list", &json!({}))
            .await
            .tool()
            .0
    );
    let used: Vec<_> = platform
        .received()
        .iter()
        .map(|one| one.headers["authorization"].clone())
        .collect();
    assert_eq!(used, ["Bearer xoxb-newer", "Bearer xoxb-a-secret"]);
    for unknown in ["0".repeat(24), "nonsense".to_owned()] {
        let (is_error, text) = mcp
            .with("x-credential-id", &unknown)
            .execute("slack", "users_list", &json!({}))
            .await
            .tool();
        assert!(
            is_error && text["error"]["code"] == "CREDENTIAL_NOT_FOUND",
            "{text}"
        );
    }
    let differ = json!({
        "connectorId": "slack", "actionId": "users_list", "parameters": {}, "credentialId": "1".repeat(24),
    });
    let (is_error, text) = mcp
        .with("x-credential-id", &old)
        .call("execute_action_alloy", &differ)
        .await
        .tool();
    assert!(is_error && text["error"]["code"] == "INVALID_REQUEST", "{text}");
    // A tool that uses no credential does not look at the header.
    assert!(
        !mcp.with("x-credential-id", "nonsense")
            .call("list_connectors_alloy", &json!({}))
            .await
            .tool()
            .0
    );
    assert_eq!(platform.received().len(), 2);
}

/// Sends a call that the platform answers late, hangs up, and says whether the platform's answer was waited for.
async fn hang_up(modern: bool) -> (usize, u64) {
    let wait = Duration::from_millis(300);
    let platform = FakePlatform::start_slow(wait, |_| (200, json!({ "ok": true, "members": [] }))).await;
    let solder = Solder::build()
        .connector("slack", &platform, "/api")
        .start()
        .await;
    solder.slack_credential().await;
    let server = solder.server(&json!({ "name": "One" })).await;
    let path = server["accessUrl"].as_str().unwrap().replace(&solder.url, "");
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {},
    });
    let arguments = json!({ "connectorId": "slack", "actionId": "users_list", "parameters": {} });
    let mut params = json!({ "name": "execute_action_alloy", "arguments": arguments });
    let mut headers = String::new();
    if modern {
        params["_meta"] = meta;
        headers += "mcp-protocol-version: 2026-07-28\r\nmcp-method: tools/call\r\nmcp-name: execute_action_alloy\r\n";
    }
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string();
    let mut connection = raw_connection(&solder.url).await;
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(request.as_bytes()).await.unwrap();
    while platform.received().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    drop(connection);
    // Longer than the platform takes.
    tokio::time::sleep(2 * wait).await;
    let asked = platform.received().len();
    let finished = u64::from(platform.finished());
    solder.stop().await;
    (asked, finished)
}

#[tokio::test]
async fn whoever_hangs_up_cancels_a_modern_call_and_not_a_legacy_one() {
    // A fake platform's handler is dropped, too, when its caller hangs up.
    assert_eq!(hang_up(false).await, (1, 1));
    assert_eq!(hang_up(true).await, (1, 0));
}
