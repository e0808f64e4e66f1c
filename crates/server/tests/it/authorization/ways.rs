//! A server says by which ways callers come in, and what a challenge tells them.

use super::World;
use serde_json::{Value, json};
use solder_testkit::{Mcp, Solder};

async fn server(solder: &Solder, ways: Value) -> Value {
    let name = ways.to_string();
    solder.server(&json!({ "name": name, "waysIn": ways })).await
}

#[tokio::test]
async fn every_way_is_open_unless_a_server_says_otherwise() {
    let solder = Solder::start().await;
    let made = solder.server(&json!({ "name": "One" })).await;
    assert_eq!(made["waysIn"], json!(["tokenUrl", "apiKey", "oauth"]));
    let path = format!("/api/servers/{}", made["serverId"].as_str().unwrap());
    let changed = solder
        .admin()
        .put(&path, &json!({ "waysIn": ["oauth", "oauth"] }))
        .await;
    assert_eq!(changed.json()["waysIn"], json!(["oauth"]));
    let other = solder
        .admin()
        .put(&path, &json!({ "description": "x", "waysIn": null }))
        .await;
    assert_eq!(other.json()["waysIn"], json!(["oauth"]));
    for (bad, fields) in [
        (json!([]), vec!["waysIn"]),
        (json!("oauth"), vec!["waysIn"]),
        (json!(["oauth", "x", 1]), vec!["waysIn[1]", "waysIn[2]"]),
    ] {
        let refused = solder.admin().put(&path, &json!({ "waysIn": bad })).await;
        assert_eq!(
            (refused.status, refused.faults()),
            (400, fields.into_iter().map(str::to_owned).collect())
        );
    }
}

#[tokio::test]
async fn a_closed_token_url_reads_like_one_that_never_was() {
    let solder = Solder::start().await;
    let shut = server(&solder, json!(["apiKey", "oauth"])).await;
    let mcp = solder.mcp_at(shut["accessUrl"].as_str().unwrap());
    let refused = mcp.legacy("tools/list", &json!({})).await;
    let nowhere = solder.mcp_at(&format!("{}/mcp/none-aaaaaaaa/mcp_x", solder.url));
    let unknown = nowhere.legacy("tools/list", &json!({})).await;
    assert_eq!((refused.status, &refused.text), (401, &unknown.text));
    assert_eq!(
        refused.header("www-authenticate"),
        "Bearer error=\"invalid_token\""
    );
    // A key changes nothing about it: the URL is closed.
    let keyed = mcp.with("authorization", &format!("Bearer {}", solder.first.key));
    assert_eq!(keyed.legacy("tools/list", &json!({})).await.status, 401);
}

#[tokio::test]
async fn a_server_without_keys_refuses_them_with_words() {
    let solder = Solder::start().await;
    let shut = server(&solder, json!(["tokenUrl", "oauth"])).await;
    let mcp = Mcp::new(
        &solder.admin(),
        &format!("/mcp/{}", shut["serverId"].as_str().unwrap()),
    );
    let refused = mcp.legacy("tools/list", &json!({})).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    assert!(refused.text.contains("waysIn"), "{}", refused.text);
    assert_eq!(refused.header("www-authenticate"), "");
    let by_url = solder.mcp_at(shut["accessUrl"].as_str().unwrap());
    assert_eq!(by_url.legacy("tools/list", &json!({})).await.status, 200);
    let keyed = by_url.with("authorization", &format!("Bearer {}", solder.first.key));
    assert_eq!(keyed.legacy("tools/list", &json!({})).await.status, 403);
}

#[tokio::test]
async fn a_challenge_names_the_metadata_where_a_client_can_sign_in_and_nowhere_else() {
    let world = World::start().await;
    let metadata = format!(
        "{}/.well-known/oauth-protected-resource/mcp/{}",
        world.solder.url, world.server
    );
    let told = format!("resource_metadata=\"{metadata}\", scope=\"read write\"");
    let nobody = Mcp::new(&world.solder.nobody(), &format!("/mcp/{}", world.server));
    let missing = nobody.legacy("tools/list", &json!({})).await;
    assert_eq!(
        (missing.status, missing.header("www-authenticate")),
        (401, format!("Bearer {told}").as_str())
    );
    for wrong in ["sat_wrong", "sk_wrong_wrong_wrong_wrong", "x"] {
        let answer = world
            .mcp(&world.server, wrong)
            .legacy("tools/list", &json!({}))
            .await;
        let value = format!("Bearer error=\"invalid_token\", {told}");
        assert_eq!(
            (answer.status, answer.header("www-authenticate")),
            (401, value.as_str()),
            "{wrong}"
        );
    }
    let by_header = Mcp::new(&world.solder.nobody(), "/mcp").with("x-mcp-server-id", &world.server);
    let answer = by_header.legacy("tools/list", &json!({})).await;
    assert_eq!(
        (answer.status, answer.header("www-authenticate")),
        (401, "Bearer")
    );
    let shut = server(&world.solder, json!(["tokenUrl", "apiKey"])).await;
    for server in ["none-aaaaaaaa", shut["serverId"].as_str().unwrap()] {
        let nobody = Mcp::new(&world.solder.nobody(), &format!("/mcp/{server}"));
        let answer = nobody.legacy("tools/list", &json!({})).await;
        assert_eq!(
            (answer.status, answer.header("www-authenticate")),
            (401, "Bearer"),
            "{server}"
        );
    }
    let dead = format!("{}/mcp/{}/mcp_dead", world.solder.url, world.server);
    let answer = world.solder.mcp_at(&dead).legacy("tools/list", &json!({})).await;
    assert_eq!(
        answer.header("www-authenticate"),
        "Bearer error=\"invalid_token\""
    );
}
