//! Credentials over REST: whose they are, and that no secret ever comes back.

use serde_json::json;
use solder_model::Role;
use solder_testkit::Solder;
use std::time::Duration;

const SECRET: &str = "xoxb-known-secret-of-a-test";

#[tokio::test]
async fn a_credential_is_made_shown_listed_and_deleted_without_its_secret() {
    let solder = Solder::start().await;
    let admin = solder.admin();
    let body = json!({
        "connectorId": "slack", "authenticationType": "bot_token", "name": "Team", "fields": { "token": SECRET },
    });
    let made = admin.post("/api/credentials", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let view = made.json();
    let id = view["credentialId"].as_str().unwrap();
    assert!(id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(
        (&view["name"], &view["type"]),
        (&json!("Team"), &json!("slack-bot_token"))
    );
    let path = format!("/api/credentials/{id}");
    let got = admin.get(&path).await;
    assert_eq!(got.json(), view);
    let listed = admin.get("/api/credentials?connectorId=slack").await;
    assert_eq!(
        (&listed.json()["credentials"][0], &listed.json()["total"]),
        (&view, &json!(1))
    );
    assert_eq!(
        admin.get("/api/credentials?connectorId=github").await.json()["total"],
        0
    );
    for answer in [&made, &got, &listed] {
        assert!(!answer.text.contains("xoxb-"), "{}", answer.text);
    }
    assert_eq!(
        admin.delete(&path).await.json(),
        json!({ "message": "Credential deleted", "credentialId": id })
    );
    for gone in [admin.get(&path).await, admin.delete(&path).await] {
        assert_eq!((gone.status, gone.code().as_str()), (400, "CREDENTIAL_NOT_FOUND"));
    }
}

#[tokio::test]
async fn another_users_credential_is_unknown() {
    let solder = Solder::start().await;
    let id = solder.slack_credential().await;
    let path = format!("/api/credentials/{id}");
    let member = solder.client(&solder.key(&solder.first, "bob", Role::Member, true).await);
    let stranger = solder.client(&solder.account("second").await.key);
    for client in [&member, &stranger] {
        assert_eq!(client.get(&path).await.code(), "CREDENTIAL_NOT_FOUND");
        assert_eq!(client.delete(&path).await.code(), "CREDENTIAL_NOT_FOUND");
        let renamed = client.put(&path, &json!({ "name": "Taken" })).await;
        assert_eq!(renamed.code(), "CREDENTIAL_NOT_FOUND");
        assert_eq!(
            client.get("/api/credentials").await.json()["credentials"],
            json!([])
        );
    }
    assert_eq!(solder.admin().get(&path).await.status, 200);
}

#[tokio::test]
async fn a_bad_credential_is_refused_with_every_fault_and_never_echoed() {
    let solder = Solder::start().await;
    let admin = solder.admin();
    let bad = admin
        .post(
            "/api/credentials",
            &json!({ "name": 7, "fields": { "token": "x" } }),
        )
        .await;
    assert_eq!(bad.status, 400);
    let faults = bad.faults();
    for field in ["connectorId", "authenticationType", "name"] {
        assert!(faults.iter().any(|fault| fault == field), "{field}: {faults:?}");
    }
    let unknown =
        json!({ "connectorId": "slak", "authenticationType": "bot_token", "fields": { "token": SECRET } });
    let unknown = admin.post("/api/credentials", &unknown).await;
    assert_eq!(
        (unknown.status, unknown.code().as_str()),
        (404, "CONNECTOR_NOT_FOUND")
    );
    let kind =
        json!({ "connectorId": "slack", "authenticationType": "magic", "fields": { "token": SECRET } });
    let kind = admin.post("/api/credentials", &kind).await;
    assert_eq!(
        (kind.status, kind.faults()),
        (400, vec!["authenticationType".to_owned()])
    );
    let field =
        json!({ "connectorId": "slack", "authenticationType": "bot_token", "fields": { "tokn": SECRET } });
    let field = admin.post("/api/credentials", &field).await;
    assert_eq!(field.status, 400);
    for answer in [unknown, kind, field] {
        assert!(!answer.text.contains(SECRET), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_credential_is_renamed_and_nothing_else_of_it_changes() {
    let solder = Solder::start().await;
    let admin = solder.admin();
    let path = format!("/api/credentials/{}", solder.slack_credential().await);
    let before = admin.get(&path).await.json();
    solder.clock.advance(Duration::from_secs(5));
    let answer = admin.put(&path, &json!({ "name": "Support team" })).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let mut after = answer.json();
    assert_eq!(after, admin.get(&path).await.json());
    assert_eq!(after["name"], "Support team");
    assert!(after["updatedAt"].as_str() > before["updatedAt"].as_str());
    after["name"] = before["name"].clone();
    after["updatedAt"] = before["updatedAt"].clone();
    assert_eq!(after, before);
    // The tools, which read from memory, see the new name too.
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let (_, listed) = mcp.call("get_credentials_alloy", &json!({})).await.tool();
    assert_eq!(listed["credentials"][0]["name"], "Support team");
    let again = json!({ "name": "Once more" });
    assert_eq!(admin.put(&path, &again).await.status, 200);
    let (_, listed) = mcp.call("get_credentials_alloy", &json!({})).await.tool();
    assert_eq!(listed["credentials"][0]["name"], "Once more");
}

#[tokio::test]
async fn a_bad_rename_is_refused_with_every_fault() {
    let solder = Solder::start().await;
    let admin = solder.admin();
    let path = format!("/api/credentials/{}", solder.slack_credential().await);
    let long = "x".repeat(101);
    for (body, faults) in [
        (json!({}), vec!["name"]),
        (json!({ "name": null }), vec!["name"]),
        (json!({ "name": 5 }), vec!["name"]),
        (json!({ "name": " " }), vec!["name"]),
        (json!({ "name": long }), vec!["name"]),
        (
            json!({ "name": "", "fields": { "token": SECRET }, "data": {} }),
            vec!["name", "fields", "data"],
        ),
        (
            json!({ "name": "x", "fields": { "token": SECRET } }),
            vec!["fields"],
        ),
    ] {
        let answer = admin.put(&path, &body).await;
        assert_eq!(
            (answer.status, answer.faults()),
            (400, faults.iter().map(|one| (*one).to_owned()).collect())
        );
        assert!(!answer.text.contains(SECRET), "{}", answer.text);
    }
    for unknown in ["0".repeat(24), "nonsense".to_owned()] {
        let answer = admin
            .put(&format!("/api/credentials/{unknown}"), &json!({ "name": "x" }))
            .await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "CREDENTIAL_NOT_FOUND")
        );
    }
}
