//! The search and the list of connectors, as a model meets them: what is connected is meant first, and a large catalogue
//! is told in one readable answer.

use serde_json::{Value, json};
use solder_testkit::{Mcp, Solder};

async fn first(mcp: &Mcp, goal: &str) -> Value {
    let found = mcp
        .call("discover_action_path_alloy", &json!({ "goal": goal }))
        .await;
    let (is_error, found) = found.tool();
    assert!(!is_error, "{found}");
    found["actions"][0]["connectorId"].clone()
}

#[tokio::test]
async fn the_platform_that_is_connected_is_meant_where_none_is_named() {
    let solder = Solder::start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let pipedrive = json!({ "token": "pat-x", "api_domain": "https://acme.pipedrive.com" });
    for (connector, kind, fields) in [
        ("pipedrive", "api_token", pipedrive),
        ("hubspot", "private_app_token", json!({ "token": "pat-x" })),
    ] {
        let solder = Solder::start().await;
        let connected = solder.token_url(&json!({ "name": "One" })).await;
        let arguments = json!({ "connectorId": connector, "authenticationType": kind, "fields": fields });
        let (is_error, made) = connected.call("create_credential_alloy", &arguments).await.tool();
        assert!(!is_error, "{made}");
        assert_eq!(first(&connected, "add a new contact").await, connector);
        assert_eq!(
            first(&connected, "add a new contact in Intercom").await,
            "intercom"
        );
    }
    assert_eq!(first(&mcp, "add a new contact in Intercom").await, "intercom");
}

/// A connector of the operator's, with one action.
fn file(id: &str) -> String {
    format!(
        "id = \"{id}\"\nname = \"{id}\"\nabout = \"An API of our own\"\ncategories = [\"internal\"]\nbase = \"https://api.example.com\"\n\
         [resources]\nthings = \"Things\"\n[[action]]\nname = \"list\"\ntitle = \"List things\"\nabout = \"Lists every thing\"\n\
         resource = \"things\"\ncall = \"GET /things\"\nkind = \"read\"\n"
    )
}

#[tokio::test]
async fn a_large_catalogue_is_listed_as_far_as_it_can_be_read_with_what_is_connected_in_front() {
    let ids: Vec<String> = (0..200).map(|n| format!("aa{n:03}")).collect();
    let solder = ids
        .iter()
        .fold(Solder::build(), |build, id| build.connector_file(id, &file(id)));
    let solder = solder.start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let arguments =
        json!({ "connectorId": "slack", "authenticationType": "bot_token", "fields": { "token": "xoxb-x" } });
    assert!(!mcp.call("create_credential_alloy", &arguments).await.tool().0);
    let (_, listed) = mcp.call("list_connectors_alloy", &json!({})).await.tool();
    let shown = listed["connectors"].as_array().unwrap();
    assert_eq!(shown.len(), 150);
    assert_eq!(
        (&shown[0]["id"], &shown[1]["id"]),
        (&json!("slack"), &json!("aa000"))
    );
    assert!(listed["count"].as_u64().unwrap() > 200, "{}", listed["count"]);
    let message = listed["message"].as_str().unwrap();
    assert!(
        message.contains("150 are shown") && message.contains("internal, "),
        "{message}"
    );
    let few = mcp
        .call("list_connectors_alloy", &json!({ "category": "email" }))
        .await
        .tool()
        .1;
    assert_eq!(
        few["connectors"].as_array().unwrap().len() as u64,
        few["count"].as_u64().unwrap()
    );
    assert_eq!(first(&mcp, "list things in aa077").await, "aa077");
}
