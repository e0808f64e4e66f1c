//! A warm call reads no database.

use serde_json::json;
use solder_testkit::{FakePlatform, Mcp, Signer, Solder};

/// How many queries the second of two runs of `call` made.
async fn second_run(solder: &Solder, call: impl AsyncFn()) -> u64 {
    call().await;
    let before = solder.engine.queries();
    call().await;
    solder.engine.queries() - before
}

/// A server without the change feed's own looks at the database.
async fn quiet(platform: &FakePlatform) -> Solder {
    let built = Solder::build()
        .connector("slack", platform, "/api")
        .rate_limit("1000/60s");
    built
        .engine(|settings| settings.feed_interval = std::time::Duration::from_hours(1))
        .start()
        .await
}

#[tokio::test]
async fn warm_calls_read_no_database() {
    let platform = FakePlatform::slack().await;
    let solder = quiet(&platform).await;
    solder.slack_credential().await;
    let server = solder.server(&json!({ "name": "One" })).await;
    let by_token = solder.mcp_at(server["accessUrl"].as_str().unwrap());
    let by_key = Mcp::new(
        &solder.admin(),
        &format!("/mcp/{}", server["serverId"].as_str().unwrap()),
    );
    for mcp in [&by_token, &by_key] {
        let listed = second_run(&solder, async || {
            assert_eq!(mcp.legacy("tools/list", &json!({})).await.status, 200);
        });
        assert_eq!(listed.await, 0);
        let executed = second_run(&solder, async || {
            assert!(!mcp.execute("slack", "users_list", &json!({})).await.tool().0);
        });
        assert_eq!(executed.await, 0);
        let modern = second_run(&solder, async || {
            assert_eq!(mcp.modern("tools/list", &json!({})).await.status, 200);
        });
        assert_eq!(modern.await, 0);
    }
}

#[tokio::test]
async fn warm_requests_over_rest_read_no_database() {
    let platform = FakePlatform::slack().await;
    let solder = quiet(&platform).await;
    solder.slack_credential().await;
    let server = solder.server(&json!({ "name": "One" })).await;
    let anywhere = solder.admin();
    let on_a_server = anywhere.with("x-mcp-server-id", server["serverId"].as_str().unwrap());
    let as_a_user = anywhere.as_user("admin");
    for client in [&anywhere, &on_a_server, &as_a_user] {
        let executed = second_run(&solder, async || {
            let path = "/api/connectors/slack/actions/users_list/execute";
            let answer = client.post(path, &json!({})).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
        });
        assert_eq!(executed.await, 0);
        for path in [
            "/api/connectors?query=message",
            "/api/connectors/slack",
            "/api/connectors/slack/actions/users_list",
        ] {
            let shown = second_run(&solder, async || {
                assert_eq!(client.get(path).await.status, 200);
            });
            assert_eq!(shown.await, 0, "{path}");
        }
    }
    assert_eq!(platform.received().len(), 6);
}

#[tokio::test]
async fn warm_calls_of_an_accounts_own_connector_read_no_database() {
    const FILE: &str = r#"
id = "acme"
name = "Acme"
about = "Widgets of a company"
categories = ["crm"]
base = "BASE"
[resources]
widgets = "Widgets"
[auth.token]
secrets.token = "An API token"
apply = { header = "Authorization", value = "Bearer {token}" }
[[action]]
name = "list_widgets"
title = "List widgets"
about = "Lists every widget"
resource = "widgets"
call = "GET /widgets"
kind = "read"
"#;
    let platform = FakePlatform::start(|_| (200, json!({ "widgets": [] }))).await;
    let built = Solder::build().engine(|settings| {
        settings.account_networks = vec!["127.0.0.0/8".parse().unwrap()];
        settings.feed_interval = std::time::Duration::from_hours(1);
    });
    let solder = built.start().await;
    let admin = solder.admin();
    let stored = json!({ "file": FILE.replace("BASE", &platform.url) });
    assert_eq!(admin.put("/api/connectors/acme", &stored).await.status, 201);
    let token =
        json!({ "connectorId": "acme", "authenticationType": "token", "fields": { "token": "s3cret" } });
    assert_eq!(admin.post("/api/credentials", &token).await.status, 201);
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let queries = second_run(&solder, async || {
        let (is_error, text) = mcp.execute("acme", "list_widgets", &json!({})).await.tool();
        assert!(!is_error, "{text}");
        let path = "/api/connectors/acme/actions/list_widgets/execute";
        let answer = admin.post(path, &json!({})).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        for path in ["/api/connectors?query=widgets", "/api/connectors/acme"] {
            let shown = admin.get(path).await;
            assert!(shown.text.contains("Acme"), "{}", shown.text);
        }
    });
    assert_eq!(queries.await, 0);
    assert_eq!(platform.received().len(), 4);
}

#[tokio::test]
async fn a_warm_jwt_call_reads_no_database_and_verifies_no_signature_again() {
    const SECRET: &str = "a secret of at least thirty-two bytes";
    let platform = FakePlatform::slack().await;
    let solder = quiet(&platform).await;
    for body in [
        json!({ "algorithm": "HS256", "secret": SECRET, "issuer": "us" }),
        json!({ "algorithm": "RS256", "publicKey": Signer::rs256().public_key(), "issuer": "us" }),
    ] {
        solder.jwt_key(&solder.first, &body).await;
    }
    let server = solder.server(&json!({ "name": "One" })).await;
    let by_token = solder.mcp_at(server["accessUrl"].as_str().unwrap());
    let by_id = Mcp::new(
        &solder.nobody(),
        &format!("/mcp/{}", server["serverId"].as_str().unwrap()),
    );
    for (user, signer) in [("zoe", Signer::hs256(SECRET)), ("bob", Signer::rs256())] {
        let mut claims = solder.claims(user);
        claims["iss"] = json!("us");
        let jwt = signer.sign(&claims);
        let create = json!({
            "connectorId": "slack", "authenticationType": "bot_token", "fields": { "token": "xoxb-theirs" },
        });
        let bearer = by_id.with("authorization", &format!("Bearer {jwt}"));
        assert!(!bearer.call("create_credential_alloy", &create).await.tool().0);
        for mcp in [
            bearer,
            by_id.with("x-alloy-user-token", &jwt),
            by_token.with("x-alloy-user-token", &jwt),
        ] {
            let verified = solder.engine.verifications();
            let executed = second_run(&solder, async || {
                assert!(!mcp.execute("slack", "users_list", &json!({})).await.tool().0);
            });
            assert_eq!(executed.await, 0);
            assert_eq!(
                solder.engine.verifications(),
                verified,
                "all three verify by the same verdict"
            );
        }
        let client = solder.client(&jwt);
        assert_eq!(client.get("/api/jwt-keys").await.status, 403);
        let (queries, verified) = (solder.engine.queries(), solder.engine.verifications());
        assert_eq!(client.get("/api/jwt-keys").await.status, 403);
        assert_eq!(
            (solder.engine.queries(), solder.engine.verifications()),
            (queries, verified)
        );
    }
    assert!(solder.engine.verifications() > 0);
}

#[tokio::test]
async fn what_does_not_exist_is_kept_in_mind_too() {
    let platform = FakePlatform::slack().await;
    let solder = quiet(&platform).await;
    let unknown = solder.mcp_at(&format!("{}/mcp/unknown-aaaaaaaa/mcp_x", solder.url));
    let queries = second_run(&solder, async || {
        assert_eq!(unknown.legacy("ping", &json!({})).await.status, 401);
    });
    assert_eq!(queries.await, 0);
}
