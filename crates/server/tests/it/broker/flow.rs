//! The way of a connection, from what begins it to an executed action.

use super::acme::{Acme, Consent, told};
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn a_person_consents_and_the_new_credential_executes_an_action() {
    let acme = Acme::start().await;
    let mcp = acme.mcp().await;
    let (is_error, text) = mcp
        .with("x-redirect-uri", "http://localhost:9/after?keep=1")
        .call(
            "create_credential_alloy",
            &json!({ "connectorId": "acme", "authenticationType": "oauth2" }),
        )
        .await
        .tool();
    assert!(!is_error, "{text}");
    let consent = Consent::read(text["oauthUrl"].as_str().unwrap());
    assert!(
        consent
            .url
            .starts_with(&format!("{}/oauth/authorize?", acme.platform.url)),
        "{}",
        consent.url
    );
    let query = &consent.query;
    assert_eq!(query["client_id"], "acme-client");
    assert_eq!(query["response_type"], "code");
    assert_eq!(
        query["redirect_uri"],
        format!("{}/connect/callback/acme", acme.solder.url)
    );
    assert_eq!(
        (
            query["code_challenge_method"].as_str(),
            query["code_challenge"].len()
        ),
        ("S256", 43)
    );
    assert!(query["state"].len() >= 43);
    assert_eq!(query["scope"], "read write erase");

    let answer = acme.solder.nobody().get(&acme.consent(&consent, "code-1")).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    assert!(
        answer
            .header("location")
            .starts_with("http://localhost:9/after?keep=1&")
    );
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    let query = told(&answer);
    assert_eq!(
        (query["status"].as_str(), query["keep"].as_str()),
        ("success", "1")
    );
    let id = &query["credentialId"];

    let (is_error, text) = mcp.execute("acme", "list_things", &json!({})).await.tool();
    assert!(!is_error, "{text}");
    let (_, listed) = mcp
        .call("get_credentials_alloy", &json!({ "connectorId": "acme" }))
        .await
        .tool();
    let view = &listed["credentials"][0];
    assert_eq!(&view["credentialId"], id);
    assert_eq!(view["type"], "acme-oauth2");
    assert_eq!(view["status"], "active");
    assert_eq!(view["identity"], "Acme Corp");
    assert!(
        view["expiresAt"].is_string() && view["scopes"].is_array(),
        "{view}"
    );
    assert!(!listed.to_string().contains("at-1"), "{listed}");
}

#[tokio::test]
async fn a_connection_asks_only_for_the_scopes_of_what_the_server_allows() {
    let acme = Acme::start().await;
    let restrictions =
        json!({ "actions": { "mode": "allowlist", "allowedActions": ["acme.list_things", "make_thing"] } });
    let mcp = acme
        .solder
        .token_url(&json!({ "name": "One", "restrictions": restrictions }))
        .await;
    let body = json!({ "connectorId": "acme", "authenticationType": "oauth2" });
    let (_, text) = mcp.call("create_credential_alloy", &body).await.tool();
    let consent = Consent::read(text["oauthUrl"].as_str().unwrap());
    assert_eq!(consent.query["scope"], "read write");
}

#[tokio::test]
async fn kinds_are_listed_and_one_without_an_app_says_who_has_to_do_what() {
    let acme = Acme::build(false, |builder| builder).await;
    let mcp = acme.mcp().await;
    let ask = json!({ "connectorId": "acme" });
    let (_, listed) = mcp.call("get_credential_metadata_alloy", &ask).await.tool();
    let kind = |listed: &Value, name: &str| {
        let all = listed["metadata"].as_array().unwrap();
        all.iter()
            .find(|one| one["authenticationType"] == name)
            .unwrap()
            .clone()
    };
    let oauth = kind(&listed, "oauth2");
    assert_eq!(oauth["authConfigRequired"], true);
    let words = oauth["message"].as_str().unwrap();
    for part in [
        "/api/oauth-apps",
        "SOLDER_CONNECTOR_ACME_CLIENT_ID",
        "/connect/callback/acme",
    ] {
        assert!(words.contains(part), "{words}");
    }
    assert_eq!(kind(&listed, "token")["authConfigRequired"], false);
    let body = json!({ "connectorId": "acme", "authenticationType": "oauth2" });
    let refused = acme.solder.admin().post("/api/credentials", &body).await;
    assert_eq!(
        (refused.status, refused.faults()),
        (400, vec!["authenticationType".to_owned()])
    );
    assert!(refused.text.contains("/api/oauth-apps"), "{}", refused.text);
}

#[tokio::test]
async fn connecting_again_keeps_the_credentials_id() {
    let acme = Acme::start().await;
    let id = acme.connect().await;
    let consent = acme.begin(&json!({ "credentialId": id })).await;
    let page = acme.solder.nobody().get(&acme.consent(&consent, "again")).await;
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains(&id) && page.text.contains("Acme Corp"),
        "{}",
        page.text
    );
    let all = acme.solder.admin().get("/api/credentials").await.json();
    assert_eq!(all["total"], 1, "{all}");
    acme.world().access.remove("at-1");
    let (is_error, text) = acme
        .mcp()
        .await
        .execute("acme", "list_things", &json!({}))
        .await
        .tool();
    assert!(!is_error, "{text}");

    // Nobody else's credential, and none of another kind.
    let other = acme.solder.admin().as_user("bob");
    let body = json!({ "connectorId": "acme", "authenticationType": "oauth2", "credentialId": id });
    assert_eq!(
        other.post("/api/credentials", &body).await.code(),
        "CREDENTIAL_NOT_FOUND"
    );
    let body = json!({ "connectorId": "acme", "authenticationType": "service", "credentialId": id });
    assert_eq!(
        acme.solder.admin().post("/api/credentials", &body).await.code(),
        "CREDENTIAL_NOT_FOUND"
    );
}

#[tokio::test]
async fn a_service_connects_without_a_person() {
    let acme = Acme::start().await;
    let body = json!({ "connectorId": "acme", "authenticationType": "service", "name": "Robot" });
    let made = acme.solder.admin().post("/api/credentials", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(
        (&made.json()["name"], &made.json()["identity"]),
        (&json!("Robot"), &json!("Acme Corp"))
    );
    let mcp = acme.mcp().await;
    assert!(!mcp.execute("acme", "list_things", &json!({})).await.tool().0);
    // Its token has ended: a new one is asked for, since no refresh token is needed.
    acme.solder.clock.advance(Duration::from_hours(1));
    acme.world().access.clear();
    let (is_error, text) = mcp.execute("acme", "list_things", &json!({})).await.tool();
    assert!(!is_error, "{text}");

    acme.world().token_answer = Some((401, json!({ "error": "invalid_client" })));
    let refused = acme.solder.admin().post("/api/credentials", &body).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    assert!(refused.text.contains("OAuth app"), "{}", refused.text);
}

#[tokio::test]
async fn a_person_types_a_code_on_another_device() {
    let acme = Acme::start().await;
    let body = json!({ "connectorId": "acme", "authenticationType": "device" });
    let begun = acme.solder.admin().post("/api/credentials", &body).await;
    assert_eq!(begun.status, 200, "{}", begun.text);
    let begun = begun.json();
    assert_eq!(
        (&begun["oauthUrl"], &begun["userCode"]),
        (&json!("https://acme.example/device"), &json!("WDJB-MJHT"))
    );
    tokio::time::sleep(Duration::from_millis(1_300)).await;
    assert_eq!(
        acme.solder.admin().get("/api/credentials").await.json()["total"],
        0
    );
    acme.world().typed = true;
    for _ in 0..40 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        if acme.solder.admin().get("/api/credentials").await.json()["total"] == 1 {
            let mcp = acme.mcp().await;
            assert!(!mcp.execute("acme", "list_things", &json!({})).await.tool().0);
            return;
        }
    }
    panic!("the credential never came");
}

#[tokio::test]
async fn a_deleted_connection_is_taken_back_at_the_platform() {
    let acme = Acme::start().await;
    let id = acme.connect().await;
    let gone = acme
        .solder
        .admin()
        .delete(&format!("/api/credentials/{id}"))
        .await;
    assert_eq!(gone.status, 200);
    for _ in 0..50 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let log = acme.audit().await;
        if let Some(entry) = log.iter().find(|entry| entry.action == "credential.revoke") {
            assert_eq!(
                (entry.target.as_str(), &entry.details["outcome"]),
                (id.as_str(), &json!("revoked"))
            );
            assert_eq!(acme.world().revoked, ["rt-1"]);
            let told: Vec<&str> = log.iter().map(|entry| entry.action.as_str()).collect();
            for action in ["connection.begin", "credential.create", "credential.delete"] {
                assert!(told.contains(&action), "{told:?}");
            }
            let text = format!("{log:?}");
            assert!(
                !text.contains("rt-1") && !text.contains("at-1") && !text.contains("acme-secret"),
                "{text}"
            );
            return;
        }
    }
    panic!("nothing was revoked");
}
