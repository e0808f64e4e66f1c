//! What an access token opens, what it does not, and what it costs.

use super::World;
use serde_json::{Value, json};
use solder_testkit::{FakePlatform, Mcp, Solder};

#[tokio::test]
async fn a_token_opens_its_own_server_and_nothing_else() {
    let world = World::start().await;
    let tokens = world.tokens().await;
    let access = tokens["access_token"].as_str().unwrap();
    let other = world.server("Other").await;
    let refused = world.mcp(&other, access).legacy("tools/list", &json!({})).await;
    assert_eq!(refused.status, 401, "{}", refused.text);
    assert!(
        refused
            .header("www-authenticate")
            .contains("error=\"invalid_token\"")
    );
    assert!(
        refused
            .header("www-authenticate")
            .contains(&format!("/mcp/{other}\""))
    );
    for path in [
        "/api/servers",
        "/api/credentials",
        "/api/oauth-grants",
        "/api/oauth-clients",
    ] {
        let answer = world.solder.client(access).get(path).await;
        assert_eq!(
            (answer.status, answer.header("www-authenticate")),
            (401, "Bearer error=\"invalid_token\""),
            "{path}"
        );
    }
    let query = format!("/mcp/{}?access_token={access}", world.server);
    let asked = Mcp::new(&world.solder.nobody(), &query)
        .legacy("tools/list", &json!({}))
        .await;
    assert_eq!(asked.status, 401);
    // The same server by its other addresses.
    let by_header = Mcp::new(&world.solder.client(access), "/mcp");
    let by_header = by_header.with("x-mcp-server-id", &world.server);
    assert_eq!(by_header.legacy("tools/list", &json!({})).await.status, 200);
}

#[tokio::test]
async fn a_token_acts_as_its_user_and_as_nobody_else() {
    let world = World::start().await;
    let tokens = world.tokens().await;
    let mcp = world.mcp(&world.server, tokens["access_token"].as_str().unwrap());
    let same = mcp
        .with("x-alloy-userid", "ada")
        .legacy("tools/list", &json!({}))
        .await;
    assert_eq!(same.status, 200);
    let other = mcp
        .with("x-alloy-userid", "admin")
        .legacy("tools/list", &json!({}))
        .await;
    assert_eq!(other.status, 403, "{}", other.text);
    let two = mcp
        .with("x-alloy-user-token", "a.b.c")
        .legacy("tools/list", &json!({}))
        .await;
    assert_eq!(two.status, 403, "{}", two.text);
    // The admin's credential is not the user's.
    world.solder.slack_credential().await;
    let seen = mcp.call("get_credentials_alloy", &json!({})).await.tool().1;
    assert_eq!(seen["credentials"], json!([]));
    // The users layer holds for tokens too.
    let users = json!({ "users": { "mode": "blocklist", "blockedIds": ["ada"] } });
    let path = format!("/api/servers/{}", world.server);
    world
        .solder
        .admin()
        .put(&path, &json!({ "restrictions": users }))
        .await;
    assert_eq!(mcp.legacy("tools/list", &json!({})).await.status, 403);
}

#[tokio::test]
async fn a_server_that_closes_oauth_lets_no_token_in() {
    let world = World::start().await;
    let tokens = world.tokens().await;
    let access = tokens["access_token"].as_str().unwrap();
    let path = format!("/api/servers/{}", world.server);
    let set = async |ways: Value| {
        world
            .solder
            .admin()
            .put(&path, &json!({ "waysIn": ways }))
            .await
            .status
    };
    assert_eq!(set(json!(["tokenUrl", "apiKey"])).await, 200);
    let refused = world
        .mcp(&world.server, access)
        .legacy("tools/list", &json!({}))
        .await;
    assert_eq!(
        (refused.status, refused.header("www-authenticate")),
        (401, "Bearer error=\"invalid_token\"")
    );
    let refresh = world
        .refresh(tokens["refresh_token"].as_str().unwrap(), &[])
        .await;
    assert_eq!(super::error(&refresh), "invalid_grant");
    assert_eq!(set(json!(["oauth"])).await, 200);
    assert_eq!(world.opens(access).await, 200);
    assert_eq!(world.solder.admin().delete(&path).await.status, 200);
    assert_eq!(world.opens(access).await, 401);
}

/// A world whose Slack is a fake, and a token of `ada` that may only read.
async fn reader() -> (World, FakePlatform, String) {
    let platform = FakePlatform::slack().await;
    let world = World::of(Solder::build().connector("slack", &platform, "/api")).await;
    let ada = world.solder.admin().as_user("ada");
    let credential = json!({
        "connectorId": "slack", "authenticationType": "bot_token", "fields": { "token": "xoxb-a-secret" },
    });
    assert_eq!(ada.post("/api/credentials", &credential).await.status, 201);
    let tokens = world.tokens().await;
    let narrow = world
        .refresh(tokens["refresh_token"].as_str().unwrap(), &[("scope", "read")])
        .await
        .json();
    let token = narrow["access_token"].as_str().unwrap().to_owned();
    (world, platform, token)
}

#[tokio::test]
async fn a_token_that_may_only_read_is_asked_to_step_up_before_anything_runs() {
    let (world, platform, token) = reader().await;
    let mcp = world.mcp(&world.server, &token);
    assert!(!mcp.execute("slack", "users_list", &json!({})).await.tool().0);
    let calls = platform.received().len();
    let post = json!({ "connectorId": "slack", "actionId": "chat_postMessage", "parameters": { "channel": "C", "text": "x" } });
    let create = json!({
        "connectorId": "slack", "authenticationType": "bot_token", "fields": { "token": "xoxb-another" },
    });
    let asks = format!(
        "Bearer error=\"insufficient_scope\", resource_metadata=\"{}/.well-known/oauth-protected-resource/mcp/{}\", \
         scope=\"read write\"",
        world.solder.url, world.server
    );
    for (tool, arguments) in [
        ("execute_action_alloy", &post),
        ("create_credential_alloy", &create),
    ] {
        for refused in [
            mcp.call(tool, arguments).await,
            mcp.call_modern(tool, arguments).await,
        ] {
            assert_eq!(
                (refused.status, refused.header("www-authenticate")),
                (403, asks.as_str()),
                "{tool}"
            );
            assert!(refused.text.contains("scope"), "{}", refused.text);
        }
    }
    // One of a batch refuses the whole of it.
    let call = |id: u8, action: &str| {
        let arguments =
            json!({ "connectorId": "slack", "actionId": action, "parameters": { "channel": "C" } });
        json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call",
            "params": { "name": "execute_action_alloy", "arguments": arguments } })
    };
    let batch = json!([call(1, "users_list"), call(2, "chat_postMessage")]);
    let refused = mcp.post(batch.to_string()).await;
    assert_eq!(
        (refused.status, refused.header("www-authenticate")),
        (403, asks.as_str())
    );
    assert_eq!(platform.received().len(), calls, "nothing ran");
    // By the header there is no metadata to name.
    let by_header = Mcp::new(&world.solder.client(&token), "/mcp").with("x-mcp-server-id", &world.server);
    let refused = by_header.call("execute_action_alloy", &post).await;
    assert_eq!(
        (refused.status, refused.header("www-authenticate")),
        (403, "Bearer error=\"insufficient_scope\", scope=\"read write\"")
    );
    // What is wrong in another way is told as ever, and what is out of reach is not told by its scope.
    let (failed, told) = mcp.execute("slack", "nothing", &json!({})).await.tool();
    assert!(failed && told["error"]["code"] == "ACTION_NOT_FOUND", "{told}");
    let path = format!("/api/servers/{}", world.server);
    let none =
        json!({ "restrictions": { "actions": { "mode": "allowlist", "allowedActions": ["users_list"] } } });
    world.solder.admin().put(&path, &none).await;
    let hidden = mcp.call("execute_action_alloy", &post).await;
    assert_eq!(hidden.status, 200, "{}", hidden.text);
    assert!(hidden.tool().0);
}

#[tokio::test]
async fn warm_calls_by_a_token_read_no_database() {
    let platform = FakePlatform::slack().await;
    let built = Solder::build()
        .connector("slack", &platform, "/api")
        .rate_limit("1000/60s")
        .engine(|settings| settings.feed_interval = std::time::Duration::from_hours(1));
    let world = World::of(built).await;
    let ada = world.solder.admin().as_user("ada");
    let credential = json!({
        "connectorId": "slack", "authenticationType": "bot_token", "fields": { "token": "xoxb-a-secret" },
    });
    assert_eq!(ada.post("/api/credentials", &credential).await.status, 201);
    let tokens = world.tokens().await;
    let mcp = world.mcp(&world.server, tokens["access_token"].as_str().unwrap());
    let mut queries = Vec::new();
    for _ in 0..2 {
        let before = world.solder.engine.queries();
        assert!(!mcp.execute("slack", "users_list", &json!({})).await.tool().0);
        assert_eq!(mcp.modern("tools/list", &json!({})).await.status, 200);
        queries.push(world.solder.engine.queries() - before);
    }
    assert!(queries[0] > 0 && queries[1] == 0, "{queries:?}");
    // The platform got its own credential, and nothing of the token.
    let received = platform.received();
    assert!(
        received
            .iter()
            .all(|one| one.headers["authorization"] == "Bearer xoxb-a-secret")
    );
    assert!(received.iter().all(|one| !format!("{one:?}").contains("sat_")));
}

#[tokio::test]
async fn a_users_window_is_one_for_all_tokens_and_a_session_is_its_clients() {
    let world = World::of(Solder::build().rate_limit("3/60s")).await;
    let tokens = world.tokens().await;
    let first = tokens["access_token"].as_str().unwrap().to_owned();
    let initialize = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "x", "version": "1" } });
    let begun = world
        .mcp(&world.server, &first)
        .legacy("initialize", &initialize)
        .await;
    let session = begun.header("mcp-session-id").to_owned();
    assert!(!session.is_empty(), "{}", begun.text);
    let refreshed = world
        .refresh(tokens["refresh_token"].as_str().unwrap(), &[])
        .await
        .json();
    let second = refreshed["access_token"].as_str().unwrap();
    // The session goes on with the client's next token, and is nobody else's.
    let go_on = world.mcp(&world.server, second).with("mcp-session-id", &session);
    assert_eq!(go_on.legacy("tools/list", &json!({})).await.status, 200);
    let first_account = world.solder.first.clone();
    let key = world
        .solder
        .key(&first_account, "carol", solder_model::Role::Member, false)
        .await;
    let by_key = world.mcp(&world.server, &key).with("mcp-session-id", &session);
    assert_eq!(by_key.legacy("tools/list", &json!({})).await.status, 404);
    assert_eq!(world.opens(&first).await, 200);
    assert_eq!(world.opens(second).await, 200);
    assert_eq!(world.opens(second).await, 429);
    assert_eq!(world.opens(&first).await, 429);
}
