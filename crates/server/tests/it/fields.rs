//! `fields`: of an answer a caller gets only what they ask for, and a bad question never reaches the platform.

use serde_json::{Value, json};
use solder_testkit::{Client, FakePlatform, Mcp, Solder};

const PAGES: &str = r#"
id = "notes"
name = "Notes"
about = "Notes"
categories = ["notes"]
base = "https://notes.example"
[resources]
notes = "Notes"
[[action]]
name = "list"
title = "List notes"
about = "List notes"
resource = "notes"
call = "GET /notes"
kind = "read"
cache = "1m"
result = "/notes"
pick = ["id", "title", "tags"]
paging = { kind = "cursor", send = "after", next = "/next" }
[[action]]
name = "make"
title = "Make a note"
about = "Make a note"
resource = "notes"
call = "POST /notes"
kind = "write"
"#;

async fn started() -> (Solder, FakePlatform, Client, Mcp) {
    let platform = FakePlatform::start(|asked| {
        if asked.method == "POST" {
            return (201, json!({ "id": 7, "title": "Made" }));
        }
        let notes: Vec<Value> = (0..120)
            .map(|n| json!({ "id": n, "title": format!("Note {n}"), "tags": ["x"], "secret": "left out" }))
            .collect();
        (200, json!({ "notes": notes, "next": "c2" }))
    })
    .await;
    let solder = Solder::build()
        .connector_file("notes", PAGES)
        .connector("notes", &platform, "")
        .start()
        .await;
    let (admin, mcp) = (solder.admin(), solder.token_url(&json!({ "name": "One" })).await);
    (solder, platform, admin, mcp)
}

fn asking(action: &str, fields: impl Into<Value>) -> Value {
    json!({ "connectorId": "notes", "actionId": action, "fields": fields.into() })
}

#[tokio::test]
async fn an_answer_holds_what_was_asked_for_and_comes_whole() {
    let (_solder, _platform, admin, mcp) = started().await;
    let (is_error, by_tool) = mcp
        .call("execute_action_alloy", &asking("list", "[?id >= `100`].id"))
        .await
        .tool();
    assert!(!is_error, "{by_tool}");
    assert_eq!(by_tool["data"], (100..120).collect::<Value>());
    assert_eq!(
        by_tool["metadata"],
        json!({ "truncated": false, "nextCursor": "c2" , "originalCount": 20, "displayedCount": 20, "paginationHint": "Showing first 20 of 20 items." })
    );
    // What was not asked for would have been replaced by two samples.
    let all = admin
        .post(
            "/api/connectors/notes/execute",
            &json!({ "actionId": "list", "fields": "[*].title" }),
        )
        .await;
    assert_eq!(all.json()["data"].as_array().unwrap().len(), 120);
    let without = admin
        .post("/api/connectors/notes/execute", &json!({ "actionId": "list" }))
        .await;
    assert_eq!(without.json()["needsRefinement"], true);
    let counted = mcp
        .call("execute_action_alloy", &asking("list", "length(@)"))
        .await
        .tool()
        .1;
    assert_eq!(counted["data"], 120);
}

#[tokio::test]
async fn what_pick_left_out_cannot_be_asked_for_and_the_names_that_are_there_are_told() {
    let (_solder, _platform, _admin, mcp) = started().await;
    let (is_error, told) = mcp
        .call("execute_action_alloy", &asking("list", "[*].secret"))
        .await
        .tool();
    assert!(!is_error, "{told}");
    assert_eq!(told["data"], Value::Null);
    let note = told["metadata"]["notes"][0].as_str().unwrap();
    assert_eq!(
        note,
        "`fields` gives nothing: there is no `secret`; names there are id, title, tags"
    );
}

#[tokio::test]
async fn a_bad_expression_is_refused_before_anything_is_asked_or_done() {
    let (_solder, platform, admin, mcp) = started().await;
    for (fields, part) in [
        (json!("[*"), "is no JMESPath at its end"),
        (json!("lenght(@)"), "has no function `lenght`"),
        (json!(["id"]), "must be a text"),
        (json!("a".repeat(1_001)), "1000 characters"),
    ] {
        let (is_error, told) = mcp
            .call("execute_action_alloy", &asking("make", fields.clone()))
            .await
            .tool();
        assert!(is_error && told["error"]["code"] == "INVALID_REQUEST", "{told}");
        assert_eq!(told["error"]["details"]["field"], "fields");
        assert!(told.to_string().contains(part), "{told}");
        let body = json!({ "actionId": "make", "fields": fields });
        assert_eq!(
            admin.post("/api/connectors/notes/execute", &body).await.status,
            400
        );
    }
    assert!(platform.received().is_empty());
}

#[tokio::test]
async fn what_cannot_be_worked_out_of_a_write_leaves_its_answer_whole() {
    let (_solder, platform, _admin, mcp) = started().await;
    let (is_error, told) = mcp
        .call("execute_action_alloy", &asking("make", "sum(title)"))
        .await
        .tool();
    assert!(!is_error, "{told}");
    assert_eq!((&told["id"], &told["title"]), (&json!(7), &json!("Made")));
    assert!(
        told["metadata"]["notes"][0]
            .as_str()
            .unwrap()
            .contains("`fields` was not applied")
    );
    assert_eq!(platform.received().len(), 1);
}

#[tokio::test]
async fn answers_that_are_kept_are_kept_for_what_was_asked() {
    let (_solder, platform, _admin, mcp) = started().await;
    for fields in ["[0].id", "[1].id", "[0].id"] {
        let told = mcp
            .call("execute_action_alloy", &asking("list", fields))
            .await
            .tool()
            .1;
        assert_eq!(
            told["data"],
            json!(i64::from(fields.starts_with("[1]"))),
            "{told}"
        );
    }
    assert_eq!(platform.received().len(), 2);
}
