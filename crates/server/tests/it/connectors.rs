//! What there is to call, over REST: connectors, their ways to connect, their actions.

use serde_json::{Value, json};
use solder_model::Role;
use solder_testkit::{Answer, Client, Solder};

fn ids(list: &Value) -> Vec<&str> {
    let connectors = list["connectors"].as_array().unwrap().iter();
    connectors.map(|one| one["id"].as_str().unwrap()).collect()
}

async fn listed(client: &Client, query: &str) -> Value {
    let answer = client.get(&format!("/api/connectors{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

fn action_ids(connector: &Value) -> Vec<&str> {
    let resources = connector["resources"].as_array().unwrap().iter();
    let actions = resources.flat_map(|resource| resource["actions"].as_array().unwrap());
    actions.map(|one| one["id"].as_str().unwrap()).collect()
}

fn refused(answer: &Answer) -> (u16, String) {
    (answer.status, answer.code())
}

#[tokio::test]
async fn connectors_are_listed_by_id_filtered_and_paged() {
    let solder = Solder::start().await;
    let admin = solder.admin();
    let all = listed(&admin, "").await;
    let known = ids(&all);
    assert!(known.is_sorted() && known.contains(&"slack") && known.contains(&"solder"));
    assert_eq!(
        (&all["count"], &all["total"], &all["hasMore"]),
        (&json!(known.len()), &json!(known.len()), &json!(false))
    );
    let slack = &all["connectors"][known.iter().position(|id| *id == "slack").unwrap()];
    assert!(slack["name"] == "Slack" && slack["about"].is_string() && slack["categories"].is_array());

    let crm = listed(&admin, "?category=administration").await;
    assert_eq!(ids(&crm), ["solder"]);
    assert_eq!(listed(&admin, "?category=Administration").await["total"], 0);

    let page = listed(&admin, "?limit=1&offset=1").await;
    assert_eq!(ids(&page), known[1..2]);
    assert_eq!(
        (&page["limit"], &page["offset"], &page["hasMore"]),
        (&json!(1), &json!(1), &json!(true))
    );
    let past = listed(&admin, "?offset=9223372036854775807").await;
    assert_eq!((ids(&past).len(), &past["hasMore"]), (0, &json!(false)));
}

#[tokio::test]
async fn words_find_connectors_by_their_name_and_by_what_they_do() {
    let solder = Solder::start().await;
    let admin = solder.admin();
    assert_eq!(ids(&listed(&admin, "?query=sLac").await)[0], "slack");
    assert_eq!(
        ids(&listed(&admin, "?query=open%20an%20issue%20in%20a%20repository").await)[0],
        "github"
    );
    assert_eq!(
        ids(&listed(&admin, "?query=issue&category=administration").await),
        Vec::<&str>::new()
    );
    assert_eq!(listed(&admin, "?query=qqqqzzzz").await["total"], 0);
}

#[tokio::test]
async fn a_connector_tells_its_actions_and_how_to_connect() {
    let solder = Solder::start().await;
    let answer = solder.admin().get("/api/connectors/slack").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let slack = answer.json();
    assert_eq!((&slack["id"], &slack["name"]), (&json!("slack"), &json!("Slack")));
    assert!(slack["docs"].as_str().unwrap().starts_with("https://"));
    let way = &slack["waysToConnect"][0];
    assert_eq!(
        (&way["authenticationType"], &way["authConfigRequired"]),
        (&json!("bot_token"), &json!(false))
    );
    assert_eq!(way["inputSchema"]["required"], json!(["token"]));
    assert_eq!(way["inputSchema"]["properties"]["token"]["writeOnly"], true);
    // The sample is of a form that creates a credential.
    let body =
        json!({ "connectorId": "slack", "authenticationType": "bot_token", "fields": way["sampleInput"] });
    assert_eq!(
        solder.admin().post("/api/credentials", &body).await.status,
        201,
        "{body}"
    );

    let resources = slack["resources"].as_array().unwrap();
    let find = |id: &str| {
        let actions = resources
            .iter()
            .flat_map(|one| one["actions"].as_array().unwrap());
        actions.into_iter().find(|one| one["id"] == id).cloned().unwrap()
    };
    assert_eq!(find("users_list")["kind"], "read");
    assert_eq!(find("chat_postMessage")["kind"], "write");
    assert!(find("users_list")["name"].is_string() && find("users_list")["description"].is_string());
}

#[tokio::test]
async fn an_action_is_described_as_the_tool_describes_it_whatever_its_id_looks_like() {
    let solder = Solder::start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    for (connector, action, segment) in [
        ("github", "issues/create", "issues%2Fcreate"),
        ("github", "issues/create", "%69ssues%2fcreate"),
        ("slack", "chat_postMessage", "chat_postMessage"),
        ("notion", "retrieve-a-page", "retrieve-a-page"),
    ] {
        let path = format!("/api/connectors/{connector}/actions/{segment}");
        let answer = solder.admin().get(&path).await;
        assert_eq!(answer.status, 200, "{path} {}", answer.text);
        let arguments = json!({ "connectorId": connector, "actionId": action });
        let (is_error, told) = mcp.call("get_action_details_alloy", &arguments).await.tool();
        assert!(!is_error);
        assert_eq!(answer.json(), told, "{path}");
    }
    // As several segments it is another path.
    let split = solder
        .admin()
        .get("/api/connectors/github/actions/issues/create")
        .await;
    assert_eq!(refused(&split), (404, "NOT_FOUND".to_owned()));
}

#[tokio::test]
async fn unknown_names_are_answered_with_the_nearest_and_with_the_endpoint_that_lists_them() {
    let solder = Solder::start().await;
    let admin = solder.admin();
    let unknown = admin.get("/api/connectors/slak").await;
    assert_eq!(refused(&unknown), (404, "CONNECTOR_NOT_FOUND".to_owned()));
    assert_eq!(unknown.error()["details"]["didYouMean"], json!(["slack"]));
    assert!(unknown.text.contains("GET /api/connectors") && !unknown.text.contains("_alloy"));

    let unknown = admin.get("/api/connectors/github/actions/issues%2Fcraete").await;
    assert_eq!(refused(&unknown), (404, "ACTION_NOT_FOUND".to_owned()));
    assert_eq!(
        unknown.error()["details"]["didYouMean"][0],
        json!("issues/create")
    );
    assert!(
        unknown.text.contains("GET /api/connectors/{connectorId}"),
        "{}",
        unknown.text
    );

    for path in [
        "/api/connectors/SLACK",
        "/api/connectors/%00",
        "/api/connectors/%ff",
    ] {
        let answer = admin.get(path).await;
        assert_eq!(
            refused(&answer),
            (404, "CONNECTOR_NOT_FOUND".to_owned()),
            "{path}"
        );
    }
    let case = admin.get("/api/connectors/slack/actions/USERS_LIST").await;
    assert_eq!(refused(&case), (404, "ACTION_NOT_FOUND".to_owned()));
}

#[tokio::test]
async fn every_faulty_parameter_is_named() {
    let solder = Solder::start().await;
    let long = "x".repeat(1_001);
    let path = format!("/api/connectors?limit=0&offset=-1&category=%20&query={long}");
    let answer = solder.admin().get(&path).await;
    assert_eq!(
        (answer.status, answer.faults()),
        (
            400,
            ["limit", "offset", "category", "query"]
                .map(str::to_owned)
                .to_vec()
        )
    );
}

#[tokio::test]
async fn what_a_server_puts_out_of_reach_is_unseen() {
    let solder = Solder::start().await;
    let admin = solder.admin();
    let restrictions = json!({
        "connectors": { "mode": "allowlist", "allowedIds": ["slack", "github"] },
        "actions": { "mode": "blocklist", "blockedActions": ["chat_*", "github.*"] },
    });
    let server = solder
        .server(&json!({ "name": "One", "restrictions": restrictions }))
        .await;
    let id = server["serverId"].as_str().unwrap();
    let by_header = admin.with("x-mcp-server-id", id);
    assert_eq!(ids(&listed(&by_header, "").await), ["github", "slack"]);
    assert_eq!(
        ids(&listed(&admin, &format!("?serverId={id}")).await),
        ["github", "slack"]
    );
    // No action of it may be seen, so that none makes it fit.
    let everywhere = listed(&admin, "?query=create%20an%20issue").await;
    assert!(ids(&everywhere).contains(&"github"), "{everywhere}");
    let found = listed(&by_header, "?query=create%20an%20issue").await;
    assert!(!ids(&found).contains(&"github"), "{found}");
    let slack = by_header.get("/api/connectors/slack").await.json();
    let actions = action_ids(&slack);
    assert!(actions.contains(&"users_list") && !actions.contains(&"chat_postMessage"));
    assert_eq!(
        by_header.get("/api/connectors/github").await.json()["resources"],
        json!([])
    );
    for path in [
        "/api/connectors/notion",
        "/api/connectors/notion/actions/post-search",
    ] {
        let hidden = by_header.get(path).await;
        assert_eq!(refused(&hidden), (404, "CONNECTOR_NOT_FOUND".to_owned()));
    }
    let hidden = by_header
        .get("/api/connectors/slack/actions/chat_postMessag")
        .await;
    assert_eq!(refused(&hidden), (404, "ACTION_NOT_FOUND".to_owned()));
    assert!(!hidden.text.contains("`chat_postMessage`") && !hidden.text.contains("\"chat_postMessage\""));
    // Without the server everything is in reach.
    assert_eq!(admin.get("/api/connectors/notion").await.status, 200);
}

#[tokio::test]
async fn a_server_is_of_the_callers_account_and_admits_the_caller_or_is_not_entered() {
    let solder = Solder::start().await;
    let restrictions = json!({ "users": { "mode": "allowlist", "allowedIds": ["bob"] } });
    let server = solder
        .server(&json!({ "name": "One", "restrictions": restrictions }))
        .await;
    let id = server["serverId"].as_str().unwrap();
    let path = format!("/api/connectors?serverId={id}");
    let bob = solder.client(&solder.key(&solder.first, "bob", Role::Member, true).await);
    assert_eq!(bob.get(&path).await.status, 200);
    assert_eq!(solder.admin().as_user("bob").get(&path).await.status, 200);
    assert_eq!(
        refused(&solder.admin().get(&path).await),
        (403, "FORBIDDEN".to_owned())
    );
    let stranger = solder.client(&solder.account("second").await.key);
    let foreign = stranger.get(&path).await;
    let unknown = stranger.get("/api/connectors?serverId=nothing-a1b2c3d4").await;
    assert_eq!(refused(&foreign), (404, "NOT_FOUND".to_owned()));
    assert_eq!(foreign.error(), unknown.error());

    let differ = bob.with("x-mcp-server-id", "nothing-a1b2c3d4").get(&path).await;
    assert_eq!(
        (differ.status, differ.faults()),
        (400, vec!["x-mcp-server-id".to_owned()])
    );
    let agree = bob.with("x-mcp-server-id", id).get(&path).await;
    assert_eq!(agree.status, 200, "{}", agree.text);
    for bad in ["", "%00", "..%2F"] {
        let answer = bob.get(&format!("/api/connectors?serverId={bad}")).await;
        assert_eq!(refused(&answer), (404, "NOT_FOUND".to_owned()), "{bad}");
    }
    let twice = bob.get(&format!("{path}&serverId={id}")).await;
    assert_eq!((twice.status, twice.faults()), (400, vec!["serverId".to_owned()]));
}

#[tokio::test]
async fn whoever_has_no_key_sees_nothing() {
    let solder = Solder::start().await;
    let server = solder.server(&json!({ "name": "One" })).await;
    let token = solder.client(server["accessToken"].as_str().unwrap());
    for path in [
        "/api/connectors",
        "/api/connectors/slack",
        "/api/connectors/slack/actions/users_list",
    ] {
        assert_eq!(
            refused(&solder.nobody().get(path).await),
            (401, "UNAUTHORIZED".to_owned())
        );
        // A server's token opens its MCP address and nothing here.
        assert_eq!(refused(&token.get(path).await), (401, "UNAUTHORIZED".to_owned()));
    }
}
