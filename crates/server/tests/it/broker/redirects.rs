//! Where browsers end: on listed URIs and on the person's own machine, and never anywhere else.

use super::acme::{Acme, told};
use serde_json::json;
use solder_model::Role;

/// Where the browser is sent after connecting with this redirect URI; empty where it stays.
async fn sent_to(acme: &Acme, uri: &str) -> (u16, String, String) {
    let consent = acme.begin(&json!({ "redirectUri": uri })).await;
    let code = format!("code-{}", acme.world().issued);
    let answer = acme.solder.nobody().get(&acme.consent(&consent, &code)).await;
    (
        answer.status,
        answer.header("location").to_owned(),
        answer.text.clone(),
    )
}

#[tokio::test]
async fn an_unlisted_uri_fails_nothing_and_ends_on_our_own_page_which_says_so() {
    let acme = Acme::start().await;
    let (status, to, text) = sent_to(&acme, "https://app.example.com/done").await;
    assert_eq!((status, to.as_str()), (200, ""));
    assert!(
        text.contains("Acme is connected") && text.contains("https://app.example.com/done"),
        "{text}"
    );
    assert!(!text.contains("href=\"https://app.example.com"), "{text}");
    assert_eq!(
        acme.solder.admin().get("/api/credentials").await.json()["total"],
        1
    );
}

#[tokio::test]
async fn a_listed_uri_is_matched_byte_for_byte() {
    let acme = Acme::start().await;
    let admin = acme.solder.admin();
    let listed = admin
        .post(
            "/api/redirect-uris",
            &json!({ "uri": "https://app.example.com/done" }),
        )
        .await;
    assert_eq!(listed.status, 201, "{}", listed.text);
    let native = admin
        .post("/api/redirect-uris", &json!({ "uri": "com.example.app:/done" }))
        .await;
    assert_eq!(native.status, 201, "{}", native.text);

    let (status, to, _) = sent_to(&acme, "https://app.example.com/done").await;
    assert!(
        status == 303 && to.starts_with("https://app.example.com/done?credentialId="),
        "{to}"
    );
    let (status, to, _) = sent_to(&acme, "com.example.app:/done").await;
    assert!(
        status == 303 && to.starts_with("com.example.app:/done?credentialId="),
        "{to}"
    );
    for other in [
        "https://app.example.com/done/",
        "https://app.example.com/Done",
        "https://APP.example.com/done",
        "https://app.example.com./done",
        "https://app.example.com:443/done",
        "https://app.example.com/done?x=1",
        "https://app.example.com/x/../done",
        "https://app.example.com//done",
        "https://app.example.com.evil.example/done",
        "http://app.example.com/done",
        "http://localhost.evil.example/done",
        "http://127.0.0.2/done",
    ] {
        let (status, to, _) = sent_to(&acme, other).await;
        assert_eq!((status, to.as_str()), (200, ""), "{other}");
    }

    let id = listed.json()["redirectUriId"].as_str().unwrap().to_owned();
    assert_eq!(
        admin.delete(&format!("/api/redirect-uris/{id}")).await.status,
        200
    );
    assert_eq!(
        admin.delete(&format!("/api/redirect-uris/{id}")).await.status,
        404
    );
    let (status, _, _) = sent_to(&acme, "https://app.example.com/done").await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn what_no_browser_is_ever_sent_to_is_refused_at_once() {
    let acme = Acme::start().await;
    for bad in [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example/x",
        "/done",
        "https://app.example.com/#token",
        "https://user@app.example.com/done",
        "https://app.example.com@evil.example/done",
        "http://127.0.0.1\\@evil.example/",
        "http://127.0.0.1 /",
        "file:///etc/passwd",
    ] {
        let body = json!({ "connectorId": "acme", "authenticationType": "oauth2", "redirectUri": bad });
        let answer = acme.solder.admin().post("/api/credentials", &body).await;
        assert_eq!(
            (answer.status, answer.faults()),
            (400, vec!["redirectUri".to_owned()]),
            "{bad}"
        );
        let listed = acme
            .solder
            .admin()
            .post("/api/redirect-uris", &json!({ "uri": bad }))
            .await;
        assert_eq!(
            (listed.status, listed.faults()),
            (400, vec!["uri".to_owned()]),
            "{bad}"
        );
    }
}

#[tokio::test]
async fn the_list_is_the_accounts_own_and_an_admins() {
    let acme = Acme::start().await;
    let other = acme.solder.account("second").await;
    let stranger = acme.solder.client(&other.key);
    let uri = json!({ "uri": "https://app.example.com/done" });
    assert_eq!(stranger.post("/api/redirect-uris", &uri).await.status, 201);
    // What one account lists opens nothing for another.
    let (status, _, _) = sent_to(&acme, "https://app.example.com/done").await;
    assert_eq!(status, 200);
    assert_eq!(
        acme.solder.admin().get("/api/redirect-uris").await.json()["total"],
        0
    );
    assert_eq!(stranger.post("/api/redirect-uris", &uri).await.faults(), ["uri"]);
    let member = acme.solder.client(
        &acme
            .solder
            .key(&acme.solder.first, "bob", Role::Member, false)
            .await,
    );
    for answer in [
        member.post("/api/redirect-uris", &uri).await,
        member.get("/api/redirect-uris").await,
        member.delete("/api/redirect-uris/uri_0000000000000000").await,
    ] {
        assert_eq!(answer.code(), "FORBIDDEN");
    }
}

#[tokio::test]
async fn a_refused_consent_is_told_to_the_redirect_uri_without_the_inside() {
    let acme = Acme::start().await;
    let consent = acme.begin(&json!({ "redirectUri": "http://[::1]:7/cb" })).await;
    let state = &consent.query["state"];
    let no = format!("/connect/callback/acme?error=server_error&error_description=inner&state={state}");
    let answer = acme.solder.nobody().get(&no).await;
    assert_eq!(answer.status, 303);
    assert!(answer.header("location").starts_with("http://[::1]:7/cb?"));
    let query = told(&answer);
    assert_eq!((query.len(), query["error"].as_str()), (2, "platform_error"));
}
