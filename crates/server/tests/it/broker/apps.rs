//! OAuth apps of accounts.

use super::acme::{Acme, Consent};
use serde_json::json;
use solder_model::Role;

#[tokio::test]
async fn an_accounts_app_comes_before_the_operators_and_its_secret_is_never_shown() {
    let acme = Acme::start().await;
    let admin = acme.solder.admin();
    let body = json!({
        "connectorId": "acme", "authenticationType": "oauth2", "clientId": "own-client", "clientSecret": "own-secret",
    });
    let made = admin.post("/api/oauth-apps", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let view = made.json();
    assert_eq!(
        view["redirectUri"],
        format!("{}/connect/callback/acme", acme.solder.url)
    );
    assert_eq!(
        (&view["hasSecret"], &view["clientId"]),
        (&json!(true), &json!("own-client"))
    );
    let id = view["oauthAppId"].as_str().unwrap().to_owned();
    let path = format!("/api/oauth-apps/{id}");
    assert_eq!(acme.begin(&json!({})).await.query["client_id"], "own-client");
    assert_eq!(
        admin.post("/api/oauth-apps", &body).await.faults(),
        ["connectorId"]
    );

    let rotated = admin.put(&path, &json!({ "clientSecret": "next-secret" })).await;
    assert_eq!(rotated.status, 200, "{}", rotated.text);
    let listed = admin.get("/api/oauth-apps").await;
    assert_eq!(listed.json()["total"], 1);
    for answer in [&made, &rotated, &listed, &admin.get(&path).await] {
        assert!(!answer.text.contains("-secret"), "{}", answer.text);
    }
    assert_eq!(admin.delete(&path).await.status, 200);
    assert_eq!(admin.get(&path).await.status, 404);
    assert_eq!(acme.begin(&json!({})).await.query["client_id"], "acme-client");
    let log = format!("{:?}", acme.audit().await);
    assert!(
        log.contains("oauth_app.update") && !log.contains("-secret"),
        "{log}"
    );
}

#[tokio::test]
async fn another_accounts_app_is_neither_used_nor_seen() {
    let acme = Acme::build(false, |builder| builder).await;
    let other = acme.solder.account("second").await;
    let stranger = acme.solder.client(&other.key);
    let body = json!({ "connectorId": "acme", "authenticationType": "oauth2", "clientId": "c", "clientSecret": "s" });
    let made = stranger.post("/api/oauth-apps", &body).await.json();
    let path = format!("/api/oauth-apps/{}", made["oauthAppId"].as_str().unwrap());
    let admin = acme.solder.admin();
    for answer in [
        admin.get(&path).await,
        admin.put(&path, &json!({ "clientId": "mine" })).await,
        admin.delete(&path).await,
    ] {
        assert_eq!(answer.status, 404);
    }
    let begin = json!({ "connectorId": "acme", "authenticationType": "oauth2" });
    assert_eq!(admin.post("/api/credentials", &begin).await.status, 400);
    let begun = stranger.post("/api/credentials", &begin).await.json();
    assert_eq!(
        Consent::read(begun["oauthUrl"].as_str().unwrap()).query["client_id"],
        "c"
    );
}

#[tokio::test]
async fn apps_are_for_admins_and_every_fault_is_told() {
    let acme = Acme::start().await;
    let member = acme.solder.client(
        &acme
            .solder
            .key(&acme.solder.first, "bob", Role::Member, false)
            .await,
    );
    assert_eq!(member.get("/api/oauth-apps").await.code(), "FORBIDDEN");
    assert_eq!(
        member.post("/api/oauth-apps", &json!({})).await.code(),
        "FORBIDDEN"
    );
    let admin = acme.solder.admin();
    let bad = admin
        .post("/api/oauth-apps", &json!({ "clientSecret": "a b" }))
        .await;
    assert_eq!(bad.faults(), ["connectorId", "clientId", "clientSecret"]);
    let none = json!({ "connectorId": "acme", "authenticationType": "token", "clientId": "c" });
    assert_eq!(
        admin.post("/api/oauth-apps", &none).await.faults(),
        ["authenticationType"]
    );
    let several = json!({ "connectorId": "acme", "clientId": "c" });
    assert_eq!(
        admin.post("/api/oauth-apps", &several).await.faults(),
        ["authenticationType"]
    );
    let bare = json!({ "connectorId": "acme", "authenticationType": "oauth2", "clientId": "c" });
    assert_eq!(
        admin.post("/api/oauth-apps", &bare).await.faults(),
        ["clientSecret"]
    );
    let public = json!({ "connectorId": "acme", "authenticationType": "device", "clientId": "c" });
    assert_eq!(admin.post("/api/oauth-apps", &public).await.status, 201);
}
