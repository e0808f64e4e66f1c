//! What every answer carries, and health.

use serde_json::json;
use solder_model::Clock;
use solder_testkit::Solder;

#[tokio::test]
async fn every_answer_has_an_id_of_our_own_and_the_security_headers() {
    let solder = Solder::start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let mut ids = std::collections::HashSet::new();
    for answer in [
        solder
            .nobody()
            .with("x-request-id", "theirs")
            .get("/health")
            .await,
        solder.admin().get("/api/servers").await,
        solder.nobody().get("/api/servers").await,
        solder.nobody().get("/nothing").await,
        solder.admin().put("/api/servers", &json!({})).await,
        mcp.legacy("ping", &json!({})).await,
        mcp.post("{").await,
        mcp.with("origin", "null").legacy("ping", &json!({})).await,
        solder
            .nobody()
            .with("host", "evil.example.com")
            .get("/api/servers")
            .await,
    ] {
        let id = answer.header("x-request-id").to_owned();
        assert!(
            id.len() == 32 && id != "theirs" && ids.insert(id),
            "{} {}",
            answer.status,
            answer.text
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn health_needs_no_key() {
    let solder = Solder::start().await;
    let health = solder.nobody().get("/health").await;
    let now = solder.clock.now().to_string();
    assert_eq!(
        (health.status, health.json()),
        (200, json!({ "status": "healthy", "timestamp": now }))
    );
}

#[tokio::test]
async fn a_head_request_is_answered_like_its_get_without_a_body() {
    let solder = Solder::start().await;
    let head = solder.nobody().send(reqwest::Method::HEAD, "/health", None).await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
}
