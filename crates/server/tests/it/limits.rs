//! The windows of callers and of addresses: contract, part 6.

use serde_json::json;
use solder_testkit::{Mcp, Solder};
use std::time::Duration;

#[tokio::test]
async fn the_answers_tell_what_is_left_and_when_there_is_more() {
    let solder = Solder::build().rate_limit("3/60s").start().await;
    let admin = solder.admin();
    for left in ["2", "1", "0"] {
        let answer = admin.get("/api/servers").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("ratelimit-policy"), "\"default\";q=3;w=60");
        assert_eq!(answer.header("ratelimit"), format!("\"default\";r={left};t=60"));
    }
    solder.clock.advance(Duration::from_secs(10));
    let over = admin.get("/api/servers").await;
    assert_eq!((over.status, over.code().as_str()), (429, "RATE_LIMITED"));
    assert_eq!(over.error()["message"], "Rate limit exceeded");
    let wait: u64 = over.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait));
    assert_eq!(over.error()["details"]["retryAfterSeconds"], wait);
    assert_eq!(over.header("ratelimit"), format!("\"default\";r=0;t={wait}"));
    solder.clock.advance(Duration::from_secs(wait));
    assert_eq!(admin.get("/api/servers").await.status, 200);
}

#[tokio::test]
async fn keys_and_token_urls_have_windows_of_their_own_which_a_rotation_does_not_reset() {
    let solder = Solder::build().rate_limit("2/60s").start().await;
    let server = solder.server(&json!({ "name": "One" })).await;
    let mcp = solder.mcp_at(server["accessUrl"].as_str().unwrap());
    assert_eq!(mcp.legacy("tools/list", &json!({})).await.status, 200);
    assert_eq!(mcp.legacy("tools/list", &json!({})).await.status, 200);
    let over = mcp.legacy("tools/list", &json!({})).await;
    assert_eq!((over.status, over.code().as_str()), (429, "RATE_LIMITED"));
    assert!(!over.header("retry-after").is_empty());
    let rotate = format!("/api/servers/{}/token", server["serverId"].as_str().unwrap());
    let rotated = solder.admin().post(&rotate, &json!({})).await;
    assert_eq!(rotated.status, 200, "{}", rotated.text);
    let new = solder.mcp_at(rotated.json()["accessUrl"].as_str().unwrap());
    assert_eq!(new.legacy("tools/list", &json!({})).await.status, 429);
}

#[tokio::test]
async fn what_opens_a_conversation_stands_outside_the_window() {
    let solder = Solder::build().rate_limit("1/60s").start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    assert_eq!(mcp.legacy("ping", &json!({})).await.status, 200);
    assert_eq!(mcp.legacy("ping", &json!({})).await.status, 429);
    for _ in 0..3 {
        let hello = mcp
            .legacy("initialize", &json!({ "protocolVersion": "2025-06-18" }))
            .await;
        assert_eq!((hello.status, hello.message()["error"].is_null()), (200, true));
        assert!(
            hello.header("ratelimit").starts_with("\"other\""),
            "{}",
            hello.header("ratelimit")
        );
        assert_eq!(mcp.modern("server/discover", &json!({})).await.status, 200);
        let note = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        assert_eq!(mcp.post(note.to_string()).await.status, 202);
    }
}

#[tokio::test]
async fn within_a_session_a_call_over_the_limit_is_a_result_that_says_when_to_try_again() {
    let solder = Solder::build().rate_limit("1/60s").start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let hello = mcp
        .legacy("initialize", &json!({ "protocolVersion": "2025-06-18" }))
        .await;
    let session = mcp.with("mcp-session-id", hello.header("mcp-session-id"));
    assert!(!session.call("list_connectors_alloy", &json!({})).await.tool().0);
    let over = session.call("list_connectors_alloy", &json!({})).await;
    assert_eq!(over.status, 200);
    let (is_error, text) = over.tool();
    assert!(is_error && text["error"]["code"] == "RATE_LIMITED");
    assert!(text["error"]["details"]["retryAfterSeconds"].as_i64().unwrap() >= 1);
    assert_eq!(over.message()["result"].get("structuredContent"), None);
    assert_eq!(session.legacy("tools/list", &json!({})).await.status, 429);
    assert_eq!(mcp.call("list_connectors_alloy", &json!({})).await.status, 429);
    let modern = mcp.call_modern("list_connectors_alloy", &json!({})).await;
    assert_eq!(
        (modern.status, &modern.json()["error"]["code"]),
        (429, &json!(429))
    );
    assert_eq!(modern.json()["id"], "m-1");
}

#[tokio::test]
async fn guesses_are_limited_by_address_and_whoever_holds_a_key_is_not() {
    let solder =
        Solder::build().server(|settings| settings.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()]);
    let solder = solder.start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let from = |address: &str| {
        solder
            .client("sk_a_guess_of_a_key")
            .with("x-forwarded-for", address)
    };
    for _ in 0..30 {
        assert_eq!(from("2001:db8::1").get("/api/servers").await.status, 401);
    }
    // The rest of the network is the same guesser.
    let over = from("2001:db8::2").get("/api/servers").await;
    assert_eq!((over.status, over.code().as_str()), (429, "RATE_LIMITED"));
    assert_eq!(from("2001:db8:0:1::1").get("/api/servers").await.status, 401);
    let here = |client: solder_testkit::Client| client.with("x-forwarded-for", "2001:db8::1");
    assert_eq!(here(solder.admin()).get("/api/servers").await.status, 200);
    assert_eq!(here(solder.nobody()).get("/api/servers").await.status, 401);
    assert_eq!(
        mcp.with("x-forwarded-for", "2001:db8::1")
            .legacy("ping", &json!({}))
            .await
            .status,
        200
    );
    let guess = Mcp::new(&here(solder.nobody()), "/mcp/some-aaaaaaaa/mcp_guess");
    assert_eq!(guess.legacy("ping", &json!({})).await.status, 429);
    solder.clock.advance(Duration::from_mins(2));
    assert_eq!(from("2001:db8::1").get("/api/servers").await.status, 401);
}

#[tokio::test]
async fn a_genuine_token_that_has_ended_is_no_guess() {
    let solder = Solder::start().await;
    let mcp = solder
        .token_url(&json!({ "name": "Ends", "tokenExpiresInDays": 1 }))
        .await;
    solder.clock.advance(Duration::from_hours(24));
    for _ in 0..40 {
        assert_eq!(mcp.legacy("ping", &json!({})).await.status, 401);
    }
}
