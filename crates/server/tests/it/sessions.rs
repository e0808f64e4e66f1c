//! Legacy sessions: never needed, and never anybody else's.

use reqwest::Method;
use serde_json::json;
use solder_model::Role;
use solder_testkit::{Mcp, Solder};

async fn begin(mcp: &Mcp) -> Mcp {
    let hello = mcp
        .legacy(
            "initialize",
            &json!({ "protocolVersion": "2025-06-18", "capabilities": {} }),
        )
        .await;
    let id = hello.header("mcp-session-id").to_owned();
    assert!(!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic()));
    mcp.with("mcp-session-id", &id)
}

#[tokio::test]
async fn a_session_lives_until_its_client_ends_it() {
    let solder = Solder::start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let session = begin(&mcp).await;
    assert_eq!(session.legacy("tools/list", &json!({})).await.status, 200);
    assert_eq!(session.send(Method::GET).await.status, 405);
    assert_eq!(session.send(Method::DELETE).await.status, 204);
    for answer in [
        session.legacy("tools/list", &json!({})).await,
        session.send(Method::DELETE).await,
        session.send(Method::GET).await,
    ] {
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (404, "NOT_FOUND"),
            "{}",
            answer.text
        );
    }
    assert_eq!(mcp.legacy("tools/list", &json!({})).await.status, 200);
}

#[tokio::test]
async fn a_session_is_its_callers_on_its_server_alone() {
    let solder = Solder::start().await;
    let server = solder.server(&json!({ "name": "One" })).await;
    let by_token = solder.mcp_at(server["accessUrl"].as_str().unwrap());
    let path = format!("/mcp/{}", server["serverId"].as_str().unwrap());
    let by_key = Mcp::new(&solder.admin(), &path);
    let hello = by_token
        .legacy("initialize", &json!({ "protocolVersion": "2025-06-18" }))
        .await;
    let id = hello.header("mcp-session-id").to_owned();
    let other_server = solder.token_url(&json!({ "name": "Two" })).await;
    let member = solder.client(&solder.key(&solder.first, "bob", Role::Member, true).await);
    for other in [by_key, other_server, Mcp::new(&member, &path)] {
        assert_eq!(
            other
                .with("mcp-session-id", &id)
                .legacy("ping", &json!({}))
                .await
                .status,
            404
        );
        assert_eq!(
            other
                .with("mcp-session-id", &id)
                .send(Method::DELETE)
                .await
                .status,
            404
        );
    }
    assert_eq!(
        by_token
            .with("mcp-session-id", &id)
            .legacy("ping", &json!({}))
            .await
            .status,
        200
    );
    for bad in ["x", "", "é", &"a".repeat(5_000)] {
        assert_eq!(
            by_token
                .with("mcp-session-id", bad)
                .legacy("ping", &json!({}))
                .await
                .status,
            404,
            "{bad:.9}"
        );
    }
}

#[tokio::test]
async fn an_unknown_session_is_told_in_the_form_that_its_client_reads() {
    let solder = Solder::start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let client = mcp
        .with("mcp-session-id", "unknown")
        .with("mcp-protocol-version", "2025-06-18");
    let answer = client.legacy("tools/list", &json!({})).await;
    assert_eq!((answer.status, &answer.json()["id"]), (404, &json!(1)));
    assert_eq!(answer.json()["error"]["data"]["code"], "NOT_FOUND");
}

#[tokio::test]
async fn a_session_outlives_a_rotation_of_the_token() {
    let solder = Solder::start().await;
    let server = solder.server(&json!({ "name": "One" })).await;
    let hello = solder.mcp_at(server["accessUrl"].as_str().unwrap());
    let hello = hello
        .legacy("initialize", &json!({ "protocolVersion": "2025-06-18" }))
        .await;
    let rotate = format!("/api/servers/{}/token", server["serverId"].as_str().unwrap());
    let rotated = solder.admin().post(&rotate, &json!({})).await.json();
    let mcp = solder.mcp_at(rotated["accessUrl"].as_str().unwrap());
    let session = mcp.with("mcp-session-id", hello.header("mcp-session-id"));
    assert_eq!(session.legacy("ping", &json!({})).await.status, 200);
}
