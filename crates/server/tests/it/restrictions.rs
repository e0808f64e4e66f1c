//! Restrictions: what is outside is unseen, and executing it is refused.

use serde_json::{Value, json};
use solder_model::Role;
use solder_testkit::{Mcp, Solder};

async fn connectors(mcp: &Mcp) -> Vec<String> {
    let (_, listed) = mcp.call("list_connectors_alloy", &json!({})).await.tool();
    let ids = listed["connectors"].as_array().unwrap().iter();
    ids.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

fn allow_slack() -> Value {
    json!({ "connectors": { "mode": "allowlist", "allowedIds": ["slack"] } })
}

#[tokio::test]
async fn connectors_outside_are_unseen_everywhere() {
    let solder = Solder::start().await;
    let mcp = solder
        .token_url(&json!({ "name": "One", "restrictions": allow_slack() }))
        .await;
    assert_eq!(connectors(&mcp).await, ["slack"]);
    for (tool, arguments) in [
        (
            "get_connector_resources_alloy",
            json!({ "connectorId": "github" }),
        ),
        (
            "get_credential_metadata_alloy",
            json!({ "connectorId": "github" }),
        ),
        (
            "get_action_details_alloy",
            json!({ "connectorId": "github", "actionId": "issues/create" }),
        ),
        (
            "execute_action_alloy",
            json!({ "connectorId": "github", "actionId": "issues/create", "parameters": {} }),
        ),
        (
            "create_credential_alloy",
            json!({ "connectorId": "github", "authenticationType": "token", "fields": { "token": "x" } }),
        ),
    ] {
        let (is_error, text) = mcp.call(tool, &arguments).await.tool();
        let code = if tool == "execute_action_alloy" {
            "FORBIDDEN"
        } else {
            "CONNECTOR_NOT_FOUND"
        };
        assert!(is_error && text["error"]["code"] == code, "{tool} {text}");
    }
    let goal = json!({ "goal": "open an issue in a repository" });
    let found = mcp.call("discover_action_path_alloy", &goal).await;
    assert!(!found.text.contains("github"), "{}", found.text);
}

#[tokio::test]
async fn actions_outside_are_unseen_and_both_forms_must_allow() {
    let solder = Solder::start().await;
    let restrictions = json!({
        "actions": { "mode": "blocklist", "blockedActions": ["chat_*"] },
        "permissions": [{ "connector": "slack", "actions": ["users_list", "chat_postMessage"] }],
    });
    let mcp = solder
        .token_url(&json!({ "name": "One", "restrictions": restrictions }))
        .await;
    assert_eq!(connectors(&mcp).await, ["slack"]);
    let resources = mcp
        .call(
            "get_connector_resources_alloy",
            &json!({ "connectorId": "slack" }),
        )
        .await;
    assert!(resources.text.contains("users_list"));
    assert!(!resources.text.contains("chat_postMessage") && !resources.text.contains("users_info"));
    for (action, code) in [
        ("chat_postMessage", "FORBIDDEN"),
        ("users_info", "FORBIDDEN"),
        ("users_list", "CREDENTIAL_NOT_FOUND"),
    ] {
        let (is_error, text) = mcp.execute("slack", action, &json!({})).await.tool();
        assert!(is_error && text["error"]["code"] == code, "{text}");
    }
}

#[tokio::test]
async fn users_outside_are_refused_before_anything_else_runs() {
    let solder = Solder::start().await;
    let restrictions = json!({ "users": { "mode": "allowlist", "allowedIds": ["bob"] } });
    let server = solder
        .server(&json!({ "name": "One", "restrictions": restrictions }))
        .await;
    let path = format!("/mcp/{}", server["serverId"].as_str().unwrap());
    let bob = solder.client(&solder.key(&solder.first, "bob", Role::Member, true).await);
    assert_eq!(
        Mcp::new(&bob, &path)
            .legacy("tools/list", &json!({}))
            .await
            .status,
        200
    );
    let admin = Mcp::new(&solder.admin(), &path);
    let owner = solder.mcp_at(server["accessUrl"].as_str().unwrap());
    for client in [&admin, &owner] {
        for method in ["initialize", "tools/list", "ping"] {
            let refused = client
                .legacy(method, &json!({ "protocolVersion": "2025-06-18" }))
                .await;
            assert_eq!(
                (refused.status, refused.code().as_str()),
                (403, "FORBIDDEN"),
                "{method}"
            );
        }
        assert_eq!(
            client.modern("server/discover", &json!({})).await.code(),
            "FORBIDDEN"
        );
    }
    assert_eq!(
        admin
            .with("x-alloy-userid", "bob")
            .legacy("ping", &json!({}))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_changed_restriction_holds_from_the_next_request_on() {
    let solder = Solder::start().await;
    let server = solder
        .server(&json!({ "name": "One", "restrictions": allow_slack() }))
        .await;
    let mcp = solder.mcp_at(server["accessUrl"].as_str().unwrap());
    assert_eq!(connectors(&mcp).await, ["slack"]);
    let path = format!("/api/servers/{}", server["serverId"].as_str().unwrap());
    let nothing = json!({ "restrictions": { "connectors": { "mode": "allowlist" } } });
    assert_eq!(solder.admin().put(&path, &nothing).await.status, 200);
    assert_eq!(connectors(&mcp).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_server_works_solder_itself_only_as_far_as_it_may() {
    let solder = Solder::start().await;
    let server = solder.server(&json!({ "name": "One" })).await;
    let mcp = solder.mcp_at(server["accessUrl"].as_str().unwrap());
    let token = server["accessToken"].as_str().unwrap();
    let own = mcp
        .execute("solder", "get-server", &json!({ "serverId": server["serverId"] }))
        .await;
    assert!(!own.tool().0, "{}", own.text);
    assert!(!own.text.contains(token));
    for (action, parameters) in [
        ("create-server", json!({ "name": "Two" })),
        ("delete-server", json!({ "serverId": server["serverId"] })),
        ("rotate-server-token", json!({ "serverId": server["serverId"] })),
    ] {
        let (is_error, text) = mcp.execute("solder", action, &parameters).await.tool();
        assert!(
            is_error && text["error"]["code"] == "FORBIDDEN",
            "{action} {text}"
        );
    }
    let path = format!("/mcp/{}", server["serverId"].as_str().unwrap());
    let key = Mcp::new(&solder.admin(), &path);
    let made = key
        .execute("solder", "create-server", &json!({ "name": "Two" }))
        .await;
    assert!(!made.tool().0, "{}", made.text);
    assert_eq!(solder.admin().get("/api/servers").await.json()["total"], 2);
}
