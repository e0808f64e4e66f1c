//! Connectors of an account's own, from a file to a call; and what is tried to get credentials sent elsewhere by them.

use serde_json::{Value, json};
use solder_model::Role;
use solder_testkit::{Answer, Client, FakePlatform, Solder};

fn file(base: &str) -> Value {
    let text = format!(
        r#"
id = "acme"
name = "Acme"
about = "Widgets of a company"
categories = ["crm"]
base = "{base}"
[resources]
widgets = "Widgets"
[auth.token]
secrets.token = "An API token"
apply = {{ header = "Authorization", value = "Bearer {{token}}" }}
[[action]]
name = "list_widgets"
title = "List widgets"
about = "Lists every widget"
resource = "widgets"
call = "GET /widgets"
kind = "read"
"#
    );
    json!({ "file": text })
}

async fn reaching_here() -> Solder {
    let built = Solder::build();
    built
        .engine(|settings| settings.account_networks = vec!["127.0.0.0/8".parse().unwrap()])
        .start()
        .await
}

async fn run(client: &Client) -> Answer {
    client
        .post("/api/connectors/acme/actions/list_widgets/execute", &json!({}))
        .await
}

async fn connect(client: &Client) {
    let body =
        json!({ "connectorId": "acme", "authenticationType": "token", "fields": { "token": "s3cret" } });
    assert_eq!(client.post("/api/credentials", &body).await.status, 201);
}

#[tokio::test]
async fn a_file_becomes_calls_and_what_was_given_for_one_place_is_sent_to_no_other() {
    let solder = reaching_here().await;
    let good = FakePlatform::start(|_| (200, json!({ "widgets": [] }))).await;
    let evil = FakePlatform::start(|_| (200, json!({ "widgets": [] }))).await;
    let admin = solder.admin();
    let made = admin.put("/api/connectors/acme", &file(&good.url)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    connect(&admin).await;
    assert_eq!(run(&admin).await.status, 200);
    assert_eq!(good.received()[0].headers["authorization"], "Bearer s3cret");

    let moved = admin.put("/api/connectors/acme", &file(&evil.url)).await;
    assert_eq!(moved.json()["toReconnect"], 1, "{}", moved.text);
    let refused = run(&admin).await;
    assert_eq!(
        refused.json()["error"]["code"],
        "PLATFORM_RECONNECT",
        "{}",
        refused.text
    );

    let back = admin
        .post("/api/connectors/acme/versions/1/restore", &json!({}))
        .await;
    assert_eq!(back.json()["version"], 1, "{}", back.text);
    assert_ne!(run(&admin).await.status, 200, "nothing comes back to life");

    connect(&admin).await;
    assert_eq!(run(&admin).await.status, 200);
    assert_eq!(admin.delete("/api/connectors/acme").await.status, 200);
    assert_eq!(
        admin.put("/api/connectors/acme", &file(&evil.url)).await.status,
        201
    );
    assert_eq!(run(&admin).await.json()["error"]["code"], "CREDENTIAL_NOT_FOUND");
    assert!(evil.received().is_empty());
}

#[tokio::test]
async fn only_an_admin_makes_one_only_its_account_has_it_and_it_takes_no_id_that_all_have() {
    let solder = reaching_here().await;
    let platform = FakePlatform::start(|_| (200, json!({}))).await;
    let member = solder.key(&solder.first, "bob", Role::Member, false).await;
    let asked = solder
        .client(&member)
        .put("/api/connectors/acme", &file(&platform.url))
        .await;
    assert_eq!(asked.status, 403);
    assert_eq!(
        solder
            .admin()
            .put("/api/connectors/acme", &file(&platform.url))
            .await
            .status,
        201
    );
    assert_eq!(
        solder.client(&member).get("/api/connectors/acme").await.json()["from"],
        "account"
    );
    let other = solder.account("second").await;
    let other = solder.client(&other.key);
    let unseen = other.get("/api/connectors/acm").await;
    assert!(!unseen.text.contains("acme"), "{}", unseen.text);
    for path in [
        "/api/connectors/acme",
        "/api/connectors/acme/file",
        "/api/connectors/acme/versions/1",
    ] {
        assert_eq!(other.get(path).await.status, 404, "{path}");
    }
    assert!(
        !other
            .get("/api/connectors?query=widgets")
            .await
            .text
            .contains("acme")
    );
    let taken =
        json!({ "file": file(&platform.url)["file"].as_str().unwrap().replace("\"acme\"", "\"slack\"") });
    let refused = solder.admin().put("/api/connectors/slack", &taken).await;
    assert_eq!(refused.status, 400, "{}", refused.text);
    assert!(refused.text.contains("built-in"), "{}", refused.text);
}

#[tokio::test]
async fn a_file_that_leads_to_a_private_address_or_into_solder_is_refused() {
    let solder = Solder::start().await;
    for base in [
        "http://127.0.0.1:9",
        "https://10.0.0.1",
        "https://localhost",
        "internal:",
    ] {
        let refused = solder.admin().put("/api/connectors/acme", &file(base)).await;
        assert_eq!(refused.status, 400, "{base}: {}", refused.text);
    }
}
