//! Batches, which 2025-03-26 alone has.

use serde_json::json;
use solder_testkit::Solder;

#[tokio::test]
async fn a_batch_is_answered_in_its_order_without_its_notifications() {
    let solder = Solder::start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let batch = json!([
        { "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "list_connectors_alloy" } },
        { "jsonrpc": "2.0", "method": "notifications/initialized" },
        { "jsonrpc": "2.0", "id": "b", "method": "ping" },
        { "jsonrpc": "2.0", "id": 1, "method": "nothing" },
        7,
    ]);
    for client in [mcp.clone(), mcp.with("mcp-protocol-version", "2025-03-26")] {
        let answer = client.post(batch.to_string()).await;
        assert_eq!(answer.status, 200);
        let answers = answer.message();
        let ids: Vec<_> = answers
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["id"].clone())
            .collect();
        assert_eq!(ids, [json!(1), json!("b"), json!(1), json!(null)], "{answers}");
        assert!(answers[0]["result"]["content"][0]["text"].is_string());
        assert_eq!(
            (&answers[1]["result"], &answers[2]["error"]["code"]),
            (&json!({}), &json!(-32601))
        );
        assert_eq!(answers[3]["error"]["code"], -32600);
    }
    let silent = json!([{ "jsonrpc": "2.0", "method": "notifications/initialized" }]);
    assert_eq!(mcp.post(silent.to_string()).await.status, 202);
}

#[tokio::test]
async fn other_revisions_and_initialize_have_no_batches() {
    let solder = Solder::start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let ping = json!([{ "jsonrpc": "2.0", "id": 1, "method": "ping" }]).to_string();
    for revision in ["2025-06-18", "2025-11-25", "2026-07-28"] {
        let answer = mcp
            .with("mcp-protocol-version", revision)
            .post(ping.clone())
            .await;
        assert_eq!(
            (answer.status, &answer.json()["error"]["code"]),
            (400, &json!(-32600)),
            "{revision}"
        );
    }
    let initialize = json!([{ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {} }]).to_string();
    assert_eq!(mcp.post(initialize).await.status, 400);
    let long = json!(vec![
        json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
        1_001
    ])
    .to_string();
    assert_eq!(mcp.post(long).await.status, 400);
}

#[tokio::test]
async fn each_request_of_a_batch_counts() {
    let solder = Solder::build().rate_limit("10/60s").start().await;
    let server = solder.server(&json!({ "name": "One" })).await;
    let mcp = solder.mcp_at(server["accessUrl"].as_str().unwrap());
    let batch = |count| {
        let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
        let mut all = vec![ping; count];
        all.push(json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        json!(all).to_string()
    };
    let first = mcp.post(batch(6)).await;
    assert_eq!(
        (first.status, first.header("ratelimit")),
        (200, "\"default\";r=4;t=60")
    );
    let second = mcp.post(batch(5)).await;
    assert_eq!((second.status, second.code().as_str()), (429, "RATE_LIMITED"));
    assert_eq!(mcp.post(batch(4)).await.status, 200);
}

#[tokio::test]
async fn a_sessions_batch_over_the_limit_is_answered_one_by_one() {
    let solder = Solder::build().rate_limit("2/60s").start().await;
    let server = solder.server(&json!({ "name": "One" })).await;
    let mcp = solder.mcp_at(server["accessUrl"].as_str().unwrap());
    let hello = mcp
        .legacy("initialize", &json!({ "protocolVersion": "2025-03-26" }))
        .await;
    let session = mcp.with("mcp-session-id", hello.header("mcp-session-id"));
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "list_connectors_alloy" } });
    let ping = json!({ "jsonrpc": "2.0", "id": 2, "method": "ping" });
    let answer = session.post(json!([call, ping, ping]).to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let answers = answer.message();
    assert_eq!(answers[0]["result"]["isError"], true);
    assert!(
        answers[0]["result"]["content"][0]["text"]
            .as_str()
            .unwrap()
            .contains("RATE_LIMITED")
    );
    assert_eq!(answers[1]["error"]["data"]["code"], "RATE_LIMITED");
}
