//! Access tokens: their end, their rotation, and what does not open anything.

use serde_json::{Value, json};
use solder_testkit::{Mcp, Solder};
use std::time::Duration;

async fn lists(mcp: &Mcp) -> u16 {
    mcp.legacy("tools/list", &json!({})).await.status
}

fn rotation(server: &Value) -> String {
    format!("/api/servers/{}/token", server["serverId"].as_str().unwrap())
}

#[tokio::test]
async fn a_token_ends_with_its_term_and_a_rotation_starts_the_term_again() {
    let solder = Solder::start().await;
    let server = solder
        .server(&json!({ "name": "Ends", "tokenExpiresInDays": 2 }))
        .await;
    let mcp = solder.mcp_at(server["accessUrl"].as_str().unwrap());
    solder.clock.advance(Duration::from_millis(2 * 86_400_000 - 1));
    assert_eq!(lists(&mcp).await, 200);
    solder.clock.advance(Duration::from_millis(1));
    let expired = mcp.legacy("tools/list", &json!({})).await;
    assert_eq!((expired.status, expired.code().as_str()), (401, "UNAUTHORIZED"));
    assert_eq!(
        expired.header("www-authenticate"),
        "Bearer error=\"invalid_token\""
    );
    let rotated = solder.admin().post(&rotation(&server), &json!({})).await.json();
    assert_eq!(rotated["tokenExpiresAt"], "2026-11-26T12:00:00.000Z");
    assert_eq!(
        lists(&solder.mcp_at(rotated["accessUrl"].as_str().unwrap())).await,
        200
    );
    assert_eq!(lists(&mcp).await, 401);
}

#[tokio::test]
async fn a_rotation_ends_the_old_token_at_once() {
    let solder = Solder::start().await;
    let server = solder.server(&json!({ "name": "Turns" })).await;
    let old = solder.mcp_at(server["accessUrl"].as_str().unwrap());
    assert_eq!(lists(&old).await, 200);
    // Without a body, as a person with curl sends it.
    let rotated = solder
        .admin()
        .send(reqwest::Method::POST, &rotation(&server), None)
        .await;
    assert_eq!(rotated.status, 200);
    let rotated = rotated.json();
    assert_ne!(rotated["accessToken"], server["accessToken"]);
    assert_eq!(rotated["serverId"], server["serverId"]);
    assert_eq!(lists(&old).await, 401);
    assert_eq!(
        lists(&solder.mcp_at(rotated["accessUrl"].as_str().unwrap())).await,
        200
    );
}

#[tokio::test]
async fn with_a_grace_both_tokens_open_until_it_is_over() {
    let solder = Solder::start().await;
    let server = solder.server(&json!({ "name": "Turns" })).await;
    let old = solder.mcp_at(server["accessUrl"].as_str().unwrap());
    let rotated = solder
        .admin()
        .post(&rotation(&server), &json!({ "graceSeconds": 60 }))
        .await
        .json();
    let new = solder.mcp_at(rotated["accessUrl"].as_str().unwrap());
    solder.clock.advance(Duration::from_millis(59_999));
    assert_eq!((lists(&old).await, lists(&new).await), (200, 200));
    solder.clock.advance(Duration::from_millis(1));
    assert_eq!((lists(&old).await, lists(&new).await), (401, 200));
    for bad in [json!(-1), json!(1.5), json!("60"), json!(2_592_001)] {
        let refused = solder
            .admin()
            .post(&rotation(&server), &json!({ "graceSeconds": bad }))
            .await;
        assert_eq!(refused.faults(), ["graceSeconds"], "{bad}");
    }
    assert_eq!(lists(&new).await, 200);
}

#[tokio::test]
async fn unknown_and_wrong_are_alike_on_a_token_url() {
    let solder = Solder::start().await;
    let server = solder.server(&json!({ "name": "Shut" })).await;
    let (id, token) = (
        server["serverId"].as_str().unwrap(),
        server["accessToken"].as_str().unwrap(),
    );
    let other = solder.server(&json!({ "name": "Other" })).await;
    let other = other["serverId"].as_str().unwrap();
    let unknown = format!("nobody-aaaaaaaa/{token}");
    let wrong = format!("{id}/mcp_wrong");
    let foreign = format!("{other}/{token}");
    let mut texts = Vec::new();
    for path in [
        unknown,
        wrong,
        foreign,
        format!("{id}/%ff"),
        format!("%ff/{token}"),
    ] {
        let answer = solder
            .mcp_at(&format!("{}/mcp/{path}", solder.url))
            .legacy("ping", &json!({}))
            .await;
        assert_eq!(
            (answer.status, answer.header("www-authenticate")),
            (401, "Bearer error=\"invalid_token\""),
            "{path}"
        );
        texts.push(answer.text);
    }
    texts.dedup();
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert!(texts[0].contains("Invalid or missing authentication"));
}

#[tokio::test]
async fn no_metadata_lures_clients_of_dead_tokens_into_a_browser() {
    let solder = Solder::start().await;
    let server = solder.server(&json!({ "name": "Shut" })).await;
    let path = server["accessUrl"]
        .as_str()
        .unwrap()
        .strip_prefix(&solder.url)
        .unwrap();
    for probe in [
        "/.well-known/oauth-protected-resource".to_owned(),
        format!("/.well-known/oauth-protected-resource{path}"),
        "/.well-known/oauth-authorization-server".to_owned(),
        "/register".to_owned(),
    ] {
        let answer = solder.nobody().get(&probe).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (404, "NOT_FOUND"),
            "{probe}"
        );
    }
}
