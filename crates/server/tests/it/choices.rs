//! The choices of parameters: where they come from is told, they are asked of the platform as any call is, and a wrong
//! value is answered with who lists the right ones.

use serde_json::{Value, json};
use solder_testkit::{Client, FakePlatform, Mcp, Solder};
use std::time::Duration;

const DESK: &str = r#"
id = "desk"
name = "Desk"
about = "Tickets"
categories = ["support"]
base = "https://desk.example"
[resources]
queues = "Queues"
[auth.token]
secrets.token = "The token"
apply = { header = "Authorization", value = "Bearer {token}" }
[[action]]
name = "queues"
title = "List queues"
about = "List the queues of a site"
resource = "queues"
call = "GET /sites/{site}/queues"
kind = "read"
paging = { kind = "cursor", send = "after", next = "/next", size = "limit" }
result = "/queues"
[action.params]
site = "integer! | The site"
limit = "integer 1..50 = 10 | Queues a page"
[[action]]
name = "people"
title = "Find people"
about = "Find people"
resource = "queues"
call = "GET /people"
kind = "read"
[action.params]
q = "string | Words"
active = "boolean | Only active ones"
[[action]]
name = "move"
title = "Move a ticket"
about = "Move a ticket into a queue"
resource = "queues"
call = "POST /sites/{site}/move"
kind = "write"
[action.params]
site = "integer! | The site"
queue = { line = "string! ..9 | The queue", options = { action = "queues", value = "/key" } }
owner = { line = "string | Who answers", options = { action = "people", value = "/login", label = "/full", query = "q", arguments = { active = true } } }
note = "string | A note"
"#;

const AT: &str = "/api/connectors/desk/actions/move/options";

/// 130 queues in pages of at most 50, and the people whom the platform finds.
fn answer(path: &str) -> (u16, Value) {
    let query = path.split_once('?').map_or("", |(_, query)| query).to_owned();
    let given = |name: &str| {
        let pair = query
            .split('&')
            .find_map(|pair| pair.strip_prefix(&format!("{name}=")));
        pair.map(str::to_owned)
    };
    if path.starts_with("/people") {
        let found = given("q").map_or_else(|| "all".to_owned(), |q| format!("found-{q}"));
        return (
            200,
            json!([{ "login": found, "full": "Ada Lovelace", "active": given("active") }, { "full": "no login" }]),
        );
    }
    if path.ends_with("/move") {
        return (404, json!({ "message": "no such queue" }));
    }
    let from: usize = given("after").map_or(0, |text| text.parse().unwrap());
    let most: usize = given("limit").unwrap().parse().unwrap();
    let until = (from + most).min(130);
    let queues: Vec<_> = (from..until)
        .map(|n| json!({ "key": format!("Q{n}"), "id": n, "name": if n == 99 { "Billing".to_owned() } else { format!("Queue {n}") } }))
        .collect();
    let next = (until < 130).then(|| until.to_string());
    (200, json!({ "queues": queues, "next": next }))
}

async fn connected() -> (Solder, FakePlatform, Client, Mcp) {
    let platform = FakePlatform::start(|asked| answer(&asked.path)).await;
    let solder = Solder::build()
        .connector_file("desk", DESK)
        .connector("desk", &platform, "")
        .start()
        .await;
    let admin = solder.admin();
    let credential =
        json!({ "connectorId": "desk", "authenticationType": "token", "fields": { "token": "t-1" } });
    assert_eq!(admin.post("/api/credentials", &credential).await.status, 201);
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    (solder, platform, admin, mcp)
}

fn values(list: &Value) -> Vec<&str> {
    let options = list["options"].as_array().unwrap();
    options.iter().map(|one| one["value"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_details_of_an_action_tell_where_choices_come_from() {
    let (_solder, _platform, admin, mcp) = connected().await;
    let told = admin.get("/api/connectors/desk/actions/move").await.json();
    let wanted = json!({
        "queue": { "actionId": "queues", "value": "/key", "parameters": { "site": "{site}" } },
        "owner": { "actionId": "people", "value": "/login", "parameters": { "active": true }, "search": "q" },
    });
    assert_eq!(told["action"]["options"], wanted);
    let arguments = json!({ "connectorId": "desk", "actionId": "move" });
    let (_, by_tool) = mcp.call("get_action_details_alloy", &arguments).await.tool();
    assert_eq!(by_tool["action"]["options"], wanted);
    let without = admin.get("/api/connectors/desk/actions/people").await.json();
    assert_eq!(without["action"].get("options"), None);
}

#[tokio::test]
async fn choices_are_read_over_pages_and_those_that_begin_so_are_shown() {
    let (_solder, platform, admin, _mcp) = connected().await;
    let all = admin.get(&format!("{AT}/queue?site=7")).await;
    assert_eq!(all.status, 200, "{}", all.text);
    let all = all.json();
    assert_eq!((values(&all).len(), &all["hasMore"]), (100, &json!(true)));
    assert_eq!(all["options"][0], json!({ "value": "Q0", "label": "Queue 0" }));
    let asked: Vec<String> = platform.received().iter().map(|one| one.path.clone()).collect();
    assert_eq!(
        asked,
        [
            "/sites/7/queues?limit=50",
            "/sites/7/queues?limit=50&after=50",
            "/sites/7/queues?limit=50&after=100"
        ]
    );
    for (typed, wanted) in [
        (
            "q12",
            vec![
                "Q12", "Q120", "Q121", "Q122", "Q123", "Q124", "Q125", "Q126", "Q127", "Q128", "Q129",
            ],
        ),
        ("%23bill", vec!["Q99"]),
        ("zzz", vec![]),
    ] {
        let some = admin.get(&format!("{AT}/queue?site=7&q={typed}")).await.json();
        assert_eq!(
            (values(&some), &some["hasMore"]),
            (wanted, &json!(false)),
            "{typed}"
        );
    }
    // Every key of somebody who types is answered from what was read.
    assert_eq!(platform.received().len(), 3);
}

#[tokio::test]
async fn what_was_read_is_kept_for_a_minute_and_until_something_is_written() {
    let (solder, platform, admin, mcp) = connected().await;
    let ask = async || admin.get(&format!("{AT}/queue?site=7&q=Q1")).await.status;
    assert_eq!(
        (ask().await, ask().await, platform.received().len()),
        (200, 200, 3)
    );
    solder.clock.advance(Duration::from_secs(61));
    assert_eq!((ask().await, platform.received().len()), (200, 6));
    mcp.execute("desk", "move", &json!({ "site": 7, "queue": "Q1" }))
        .await;
    assert_eq!((ask().await, platform.received().len()), (200, 10));
}

#[tokio::test]
async fn a_listing_that_can_search_is_asked_for_what_was_typed() {
    let (_solder, platform, admin, _mcp) = connected().await;
    let found = admin.get(&format!("{AT}/owner?q=Ad")).await.json();
    assert_eq!(
        found["options"],
        json!([{ "value": "found-Ad", "label": "Ada Lovelace" }])
    );
    assert_eq!(platform.received()[0].path, "/people?q=Ad&active=true");
    let all = admin.get(&format!("{AT}/owner")).await.json();
    assert_eq!(values(&all), ["all"]);
}

#[tokio::test]
async fn what_cannot_be_listed_is_refused_with_what_would_be_right() {
    let (solder, platform, admin, _mcp) = connected().await;
    for (path, code, part) in [
        (
            format!("{AT}/note?site=7"),
            "INVALID_REQUEST",
            "those that have are `queue`, `owner`",
        ),
        (
            format!("{AT}/quue?site=7"),
            "INVALID_REQUEST",
            "is no parameter of this action",
        ),
        (
            format!("{AT}/queue"),
            "INVALID_REQUEST",
            "parameters.site: is missing",
        ),
        (
            format!("{AT}/queue?site=x"),
            "INVALID_REQUEST",
            "must be an integer",
        ),
        (
            AT.replace("move", "moove") + "/queue",
            "ACTION_NOT_FOUND",
            "moove",
        ),
        (
            format!("{AT}/queue?site=7&credentialId=0123456789abcdef01234567"),
            "CREDENTIAL_NOT_FOUND",
            "",
        ),
    ] {
        let answer = admin.get(&path).await;
        assert_eq!(answer.code(), code, "{path}: {}", answer.text);
        assert!(answer.text.contains(part), "{path}: {}", answer.text);
    }
    let nobody = solder.nobody().get(&format!("{AT}/queue?site=7")).await;
    assert_eq!(nobody.status, 401);
    assert!(platform.received().is_empty());
}

#[tokio::test]
async fn a_listing_that_a_server_keeps_out_of_reach_lists_nothing_and_is_not_told_of() {
    let (solder, platform, admin, _mcp) = connected().await;
    let restrictions = json!({ "actions": { "mode": "blocklist", "blockedActions": ["desk.queues"] } });
    let server = solder
        .server(&json!({ "name": "Closed", "restrictions": restrictions }))
        .await;
    let id = server["serverId"].as_str().unwrap();
    let told = admin
        .get(&format!("/api/connectors/desk/actions/move?serverId={id}"))
        .await
        .json();
    let options = told["action"]["options"].as_object().unwrap();
    assert_eq!(options.keys().collect::<Vec<_>>(), ["owner"]);
    let refused = admin.get(&format!("{AT}/queue?site=7&serverId={id}")).await;
    assert_eq!((refused.status, refused.code()), (403, "FORBIDDEN".to_owned()));
    assert!(platform.received().is_empty());
    let mcp = solder.mcp_at(server["accessUrl"].as_str().unwrap());
    let wrong = json!({ "site": 7, "queue": "Q1" });
    let (_, text) = mcp.execute("desk", "move", &wrong).await.tool();
    assert_eq!(text["error"]["code"], "PLATFORM_NOT_FOUND");
    assert!(!text.to_string().contains("lists what"), "{text}");
}

#[tokio::test]
async fn a_wrong_value_is_answered_with_who_lists_the_right_ones() {
    let (_solder, _platform, _admin, mcp) = connected().await;
    let (_, refused) = mcp
        .execute("desk", "move", &json!({ "site": 7, "queue": "Q1" }))
        .await
        .tool();
    assert_eq!(refused["error"]["code"], "PLATFORM_NOT_FOUND");
    assert_eq!(
        refused["error"]["details"]["hint"],
        "`queues` lists what `queue` may be"
    );
    let (_, faulty) = mcp
        .execute("desk", "move", &json!({ "site": 7, "queue": "much too long" }))
        .await
        .tool();
    assert_eq!(faulty["error"]["code"], "INVALID_REQUEST");
    let text = faulty.to_string();
    assert!(text.contains("`queues` lists what `queue` may be"), "{text}");
}

const REF: &str =
    "solder://connectors/{connectorId}/actions/{actionId}/parameters/{parameter}/choices/{value}";

fn completing(uri: &str, name: &str, typed: &str, settled: &Value) -> Value {
    json!({
        "ref": { "type": "ref/resource", "uri": uri },
        "argument": { "name": name, "value": typed },
        "context": { "arguments": settled },
    })
}

#[tokio::test]
async fn clients_complete_every_segment_of_the_template_in_both_eras() {
    let (_solder, _platform, _admin, mcp) = connected().await;
    let listed = mcp.modern("resources/templates/list", &json!({})).await.message();
    let template = &listed["result"]["resourceTemplates"][0];
    assert_eq!(template["uriTemplate"], REF);
    let begun = mcp.modern("server/discover", &json!({})).await.message();
    assert_eq!(begun["result"]["capabilities"]["completions"], json!({}));
    let settled = json!({ "connectorId": "desk", "actionId": "move", "parameter": "queue", "site": "7" });
    for (name, typed, wanted) in [
        ("connectorId", "DE", json!(["desk"])),
        ("actionId", "m", json!(["move"])),
        ("parameter", "", json!(["queue", "owner"])),
        ("value", "Bil", json!(["Q99"])),
    ] {
        let params = completing(REF, name, typed, &settled);
        for answer in [
            mcp.legacy("completion/complete", &params).await,
            mcp.modern("completion/complete", &params).await,
        ] {
            let completion = &answer.message()["result"]["completion"];
            assert_eq!(
                completion,
                &json!({ "values": wanted, "hasMore": false }),
                "{name}: {}",
                answer.text
            );
        }
    }
    let stated = "solder://connectors/desk/actions/move/parameters/queue/choices/{value}";
    let params = completing(stated, "value", "", &json!({ "site": "7" }));
    let answer = mcp.modern("completion/complete", &params).await.message();
    let completion = &answer["result"]["completion"];
    assert_eq!(completion["values"].as_array().unwrap().len(), 100);
    assert_eq!(completion["hasMore"], true);
}

#[tokio::test]
async fn what_cannot_be_completed_is_an_error_of_the_parameters() {
    let (_solder, platform, _admin, mcp) = connected().await;
    let none = json!({});
    let missing = json!({ "connectorId": "desk", "actionId": "move", "parameter": "queue" });
    for (params, part) in [
        (
            completing("file:///etc/passwd", "value", "", &none),
            "is no template",
        ),
        (
            completing(REF, "value", "", &none),
            "connectorId: is needed in `context.arguments`",
        ),
        (
            completing(REF, "other", "", &none),
            "is none of connectorId, actionId, parameter, value",
        ),
        (
            completing(REF, "value", "", &missing),
            "parameters.site: is missing",
        ),
        (
            json!({ "ref": { "type": "ref/prompt", "name": "x" }, "argument": { "name": "a", "value": "" } }),
            "Unknown prompt: x",
        ),
        (
            json!({ "argument": { "name": "a", "value": 7 } }),
            "`ref` must be",
        ),
    ] {
        let error = &mcp.modern("completion/complete", &params).await.message()["error"];
        assert_eq!(error["code"], -32602, "{error}");
        assert!(error["message"].as_str().unwrap().contains(part), "{error}");
    }
    assert!(platform.received().is_empty());
}

#[tokio::test]
async fn a_resource_of_the_template_is_read_as_the_choices_that_begin_so() {
    let (_solder, _platform, _admin, mcp) = connected().await;
    let uri = "solder://connectors/desk/actions/move/parameters/owner/choices/Ad";
    let read = mcp
        .modern("resources/read", &json!({ "uri": uri }))
        .await
        .message();
    let content = &read["result"]["contents"][0];
    assert_eq!(
        (&content["uri"], &content["mimeType"]),
        (&json!(uri), &json!("application/json"))
    );
    let list: Value = serde_json::from_str(content["text"].as_str().unwrap()).unwrap();
    assert_eq!(values(&list), ["found-Ad"]);
    assert_eq!(read["result"]["cacheScope"], "private");
}
