//! Credentials over REST: whose they are, and that no secret ever comes back.

use serde_json::json;
use solder_model::Role;
use solder_testkit::Solder;

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
