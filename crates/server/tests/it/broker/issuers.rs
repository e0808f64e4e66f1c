//! Answers that name another issuer than the one that was asked (RFC 9207).

use super::acme::{Acme, FILE, told};
use serde_json::json;

const ISSUER: &str = "https://acme.example";

/// Acme as a platform that names itself in its answers. Its API is not called here: nobody is named.
async fn acme() -> Acme {
    let named = format!("[auth.oauth2]\nissuer = \"{ISSUER}\"");
    let file = FILE
        .replace("check = \"me\"\nidentity = \"/name\"\n", "")
        .replace("[auth.oauth2]", &named);
    Acme::of(&file, true, |platform, builder| {
        let token = format!("{platform}/oauth/token").parse().unwrap();
        builder.engine(|settings| {
            let own = settings.connectors.get_mut("acme").unwrap();
            // The place to consent stays the file's, so that its issuer is asked for.
            own.base_url = None;
            own.token_url = Some(token);
        })
    })
    .await
}

#[tokio::test]
async fn an_answer_of_another_issuer_ends_the_flow_and_the_code_is_not_spent() {
    let acme = acme().await;
    for iss in [
        "",
        "&iss=https%3A%2F%2Fevil.example",
        "&iss=https%3A%2F%2Facme.example%2F",
        "&iss=https%3A%2F%2Facme.example&iss=https%3A%2F%2Fevil.example",
        "&iss=",
    ] {
        let consent = acme
            .begin(&json!({ "redirectUri": "http://localhost:1/x" }))
            .await;
        let back = acme.consent(&consent, "one");
        let answer = acme.solder.nobody().get(&format!("{back}{iss}")).await;
        assert_eq!(answer.status, 303, "{iss}: {}", answer.text);
        let query = told(&answer);
        assert_eq!(
            (query["status"].as_str(), query["error"].as_str()),
            ("error", "issuer_mismatch"),
            "{iss}"
        );
        // The flow is over: the right issuer comes too late.
        let right = format!("{back}&iss=https%3A%2F%2Facme.example");
        assert_eq!(acme.solder.nobody().get(&right).await.status, 409, "{iss}");
    }
    assert_eq!(acme.token_requests(), 0);
    assert!(acme.world().codes.contains_key("one"));
    let all = acme.solder.admin().get("/api/credentials").await.json();
    assert_eq!(all["total"], 0, "{all}");
}

#[tokio::test]
async fn an_error_of_another_issuer_is_not_believed_either() {
    let acme = acme().await;
    let consent = acme.begin(&json!({})).await;
    let state = &consent.query["state"];
    let mixed =
        format!("/connect/callback/acme?error=access_denied&state={state}&iss=https%3A%2F%2Fevil.example");
    let answer = acme.solder.nobody().get(&mixed).await;
    assert_eq!(answer.status, 502, "{}", answer.text);
    assert!(
        answer.text.contains(ISSUER) && !answer.text.contains("You did not allow it"),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn an_answer_of_the_right_issuer_connects() {
    let acme = acme().await;
    let consent = acme
        .begin(&json!({ "redirectUri": "http://localhost:1/x" }))
        .await;
    let back = acme.consent(&consent, "one");
    let right = format!("{back}&iss=https%3A%2F%2Facme.example");
    let answer = acme.solder.nobody().get(&right).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    assert_eq!(told(&answer)["status"], "success");
    assert_eq!(acme.token_requests(), 1);
}
