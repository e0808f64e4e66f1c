//! What tries to make a connection that nobody meant to make.

use super::acme::{Acme, told};
use serde_json::json;
use std::time::Duration;

async fn total(acme: &Acme) -> serde_json::Value {
    acme.solder.admin().get("/api/credentials").await.json()["total"].clone()
}

#[tokio::test]
async fn a_state_works_once() {
    let acme = Acme::start().await;
    let consent = acme.begin(&json!({})).await;
    let back = acme.consent(&consent, "one");
    assert_eq!(acme.solder.nobody().get(&back).await.status, 200);
    let again = acme.consent(&consent, "two");
    for back in [&back, &again] {
        let replayed = acme.solder.nobody().get(back).await;
        assert_eq!(replayed.status, 409);
        assert!(replayed.text.contains("used before"), "{}", replayed.text);
    }
    assert_eq!((acme.token_requests(), total(&acme).await), (1, json!(1)));
}

#[tokio::test]
async fn many_that_bring_one_state_at_once_make_one_connection() {
    let acme = Acme::start().await;
    let consent = acme.begin(&json!({})).await;
    let back = acme.consent(&consent, "one");
    let client = acme.solder.nobody();
    let all = (0..8).map(|_| client.get(&back));
    let statuses: Vec<u16> = futures_util::future::join_all(all)
        .await
        .iter()
        .map(|answer| answer.status)
        .collect();
    assert_eq!(
        statuses.iter().filter(|status| **status == 200).count(),
        1,
        "{statuses:?}"
    );
    assert_eq!((acme.token_requests(), total(&acme).await), (1, json!(1)));
}

#[tokio::test]
async fn a_forged_or_missing_or_repeated_state_is_nobodys() {
    let acme = Acme::start().await;
    let consent = acme
        .begin(&json!({ "redirectUri": "http://localhost:1/x" }))
        .await;
    acme.consent(&consent, "one");
    let state = &consent.query["state"];
    for query in [
        "code=one".to_owned(),
        "code=one&state=".to_owned(),
        format!("code=one&state={}", "A".repeat(43)),
        format!("code=one&state={state}&state={state}"),
        format!("code=one&state={state}x"),
    ] {
        let answer = acme
            .solder
            .nobody()
            .get(&format!("/connect/callback/acme?{query}"))
            .await;
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.header("location"), "");
    }
    assert_eq!((acme.token_requests(), total(&acme).await), (0, json!(0)));
}

#[tokio::test]
async fn a_state_ends_after_ten_minutes() {
    let acme = Acme::start().await;
    let consent = acme
        .begin(&json!({ "redirectUri": "http://localhost:1/x" }))
        .await;
    acme.solder.clock.advance(Duration::from_mins(10));
    let late = acme.solder.nobody().get(&acme.consent(&consent, "one")).await;
    assert_eq!(late.status, 303);
    assert_eq!(
        (told(&late)["status"].as_str(), told(&late)["error"].as_str()),
        ("error", "expired")
    );
    let consent = acme.begin(&json!({})).await;
    acme.solder.clock.advance(Duration::from_mins(10));
    let late = acme.solder.nobody().get(&acme.consent(&consent, "one")).await;
    assert_eq!(late.status, 410);
    assert_eq!((acme.token_requests(), total(&acme).await), (0, json!(0)));
}

#[tokio::test]
async fn a_state_of_another_platform_is_refused_and_spent() {
    let acme = Acme::start().await;
    let consent = acme
        .begin(&json!({ "redirectUri": "http://localhost:1/x" }))
        .await;
    let back = acme.consent(&consent, "one");
    let mixed = back.replace("/callback/acme", "/callback/slack");
    let answer = acme.solder.nobody().get(&mixed).await;
    assert_eq!((answer.status, answer.header("location")), (400, ""));
    let answer = acme.solder.nobody().get(&back).await;
    assert_eq!(answer.status, 409);
    assert_eq!((acme.token_requests(), total(&acme).await), (0, json!(0)));
}

#[tokio::test]
async fn a_code_of_another_flow_gives_nothing() {
    let acme = Acme::start().await;
    let (mine, theirs) = (acme.begin(&json!({})).await, acme.begin(&json!({})).await);
    acme.consent(&theirs, "theirs");
    let state = &mine.query["state"];
    let injected = format!("/connect/callback/acme?code=theirs&state={state}");
    let answer = acme.solder.nobody().get(&injected).await;
    assert_eq!(answer.status, 502, "{}", answer.text);
    // The verifier that was sent is this flow's own, and it was sent as S256 demands.
    assert_eq!((acme.token_requests(), total(&acme).await), (1, json!(0)));
    let asked = acme.platform.received();
    assert!(asked[0].body.contains("code_verifier="), "{}", asked[0].body);
}

#[tokio::test]
async fn what_the_platform_refuses_is_told_in_words_and_inner_errors_stay_inside() {
    let acme = Acme::start().await;
    let consent = acme.begin(&json!({})).await;
    let state = &consent.query["state"];
    let no = format!("/connect/callback/acme?error=access_denied&state={state}");
    let answer = acme.solder.nobody().get(&no).await;
    assert_eq!(answer.status, 403);
    assert!(answer.text.contains("You did not allow it"), "{}", answer.text);

    let consent = acme.begin(&json!({})).await;
    let state = &consent.query["state"];
    let bad = format!(
        "/connect/callback/acme?error=invalid_scope&error_description=%3Cscript%3Ealert(1)%3C/script%3E&state={state}"
    );
    let answer = acme.solder.nobody().get(&bad).await;
    assert_eq!(answer.status, 502);
    assert!(
        answer.text.contains("permissions") && !answer.text.contains("<script>"),
        "{}",
        answer.text
    );
    let policy = answer.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );

    for (status, body, word) in [
        (400, json!({ "error": "invalid_grant" }), "consent"),
        (401, json!({ "error": "invalid_client" }), "OAuth app"),
        (500, json!({ "oops": "secret-inside" }), "Acme"),
        (200, json!({ "token_type": "bearer" }), "Acme"),
    ] {
        acme.world().token_answer = Some((status, body));
        let consent = acme.begin(&json!({})).await;
        let answer = acme.solder.nobody().get(&acme.consent(&consent, "x")).await;
        assert_eq!(answer.status, 502, "{}", answer.text);
        assert!(
            answer.text.contains(word) && !answer.text.contains("secret-inside"),
            "{}",
            answer.text
        );
    }
    assert_eq!(total(&acme).await, 0);
}

#[tokio::test]
async fn a_server_that_was_closed_to_the_connector_in_the_meantime_gets_no_connection() {
    let acme = Acme::start().await;
    let server = acme.solder.server(&json!({ "name": "One" })).await;
    let mcp = acme.solder.mcp_at(server["accessUrl"].as_str().unwrap());
    let body = json!({ "connectorId": "acme", "authenticationType": "oauth2" });
    let (_, text) = mcp.call("create_credential_alloy", &body).await.tool();
    let consent = super::acme::Consent::read(text["oauthUrl"].as_str().unwrap());
    let closed =
        json!({ "restrictions": { "connectors": { "mode": "allowlist", "allowedIds": ["slack"] } } });
    let path = format!("/api/servers/{}", server["serverId"].as_str().unwrap());
    assert_eq!(acme.solder.admin().put(&path, &closed).await.status, 200);
    let answer = acme.solder.nobody().get(&acme.consent(&consent, "one")).await;
    assert_eq!(answer.status, 403, "{}", answer.text);
    assert_eq!((acme.token_requests(), total(&acme).await), (0, json!(0)));
}

#[tokio::test]
async fn a_connection_that_a_token_url_began_belongs_to_its_server() {
    let acme = Acme::start().await;
    let mcp = acme.mcp().await;
    let body = json!({ "connectorId": "acme", "authenticationType": "oauth2" });
    let (_, text) = mcp.call("create_credential_alloy", &body).await.tool();
    let consent = super::acme::Consent::read(text["oauthUrl"].as_str().unwrap());
    assert_eq!(
        acme.solder
            .nobody()
            .get(&acme.consent(&consent, "one"))
            .await
            .status,
        200
    );
    assert!(!mcp.execute("acme", "list_things", &json!({})).await.tool().0);
    let other = acme.solder.token_url(&json!({ "name": "Two" })).await;
    let (is_error, text) = other.execute("acme", "list_things", &json!({})).await.tool();
    assert!(
        is_error && text["error"]["code"] == "CREDENTIAL_NOT_FOUND",
        "{text}"
    );
}
