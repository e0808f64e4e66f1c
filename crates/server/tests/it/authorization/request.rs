//! Every way in which a request to the authorization endpoint is refused, and to whom that is told.

use super::{CALLBACK, World, parameter};
use serde_json::json;

#[tokio::test]
async fn nothing_is_sent_to_an_address_that_is_not_proven_to_be_the_clients() {
    let world = World::start().await;
    let browser = world.browser_of("ada").await;
    for (name, value, says) in [
        ("client_id", "", "client_id"),
        ("client_id", "mcl_unknown", "No such client"),
        ("client_id", "javascript:alert(1)", "HTTPS"),
        ("client_id", "é", "No such client"),
        ("redirect_uri", "", "redirect_uri"),
        ("redirect_uri", "https://client.example/cb/", "not registered"),
        ("redirect_uri", "https://client.example/cb?x=1", "not registered"),
        (
            "redirect_uri",
            "https://client.example.evil.example/cb",
            "not registered",
        ),
        ("redirect_uri", "https://client.example:444/cb", "not registered"),
        ("redirect_uri", "https://CLIENT.example/cb", "not registered"),
        ("redirect_uri", "http://client.example/cb", "not registered"),
        ("redirect_uri", "//evil.example", "not registered"),
        ("redirect_uri", "javascript:alert(1)", "not registered"),
    ] {
        let shown = browser.get(&world.asked_with(&[(name, value)])).await;
        assert_eq!(
            (shown.answer.status, shown.leads_to()),
            (400, ""),
            "{name} {value}"
        );
        assert!(shown.text().contains(says), "{name} {value}: {}", shown.text());
        assert_eq!(shown.answer.header("x-frame-options"), "DENY");
    }
    for (name, value) in [("client_id", world.client.as_str()), ("redirect_uri", CALLBACK)] {
        let twice = format!("{}&{name}={value}", world.asked_with(&[]));
        let shown = browser.get(&twice).await;
        assert_eq!((shown.answer.status, shown.leads_to()), (400, ""), "{name}");
    }
}

#[tokio::test]
async fn what_else_is_wrong_goes_back_to_the_client_with_state_and_issuer() {
    let world = World::start().await;
    let browser = world.visitor();
    let other_origin = format!("https://evil.example/mcp/{}", world.server);
    let unknown = world.resource_of("none-aaaaaaaa");
    let token_url = format!("{}/mcp_x", world.resource());
    let slash = format!("{}/", world.resource());
    let shut = world
        .solder
        .server(&json!({ "name": "Shut", "waysIn": ["apiKey"] }))
        .await;
    let shut = world.resource_of(shut["serverId"].as_str().unwrap());
    let long = "x".repeat(44);
    for (name, value, code) in [
        ("response_type", "", "invalid_request"),
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "code token", "unsupported_response_type"),
        ("response_mode", "fragment", "invalid_request"),
        ("request", "eyJ", "request_not_supported"),
        ("request_uri", "https://x", "request_uri_not_supported"),
        ("scope", "admin", "invalid_scope"),
        ("scope", "READ", "invalid_scope"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("code_challenge", long.as_str(), "invalid_request"),
        ("code_challenge_method", "", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge_method", "s256", "invalid_request"),
        ("resource", "", "invalid_target"),
        ("resource", world.solder.url.as_str(), "invalid_target"),
        ("resource", other_origin.as_str(), "invalid_target"),
        ("resource", unknown.as_str(), "invalid_target"),
        ("resource", token_url.as_str(), "invalid_target"),
        ("resource", slash.as_str(), "invalid_target"),
        ("resource", shut.as_str(), "invalid_target"),
    ] {
        let shown = browser.get(&world.asked_with(&[(name, value)])).await;
        let back = shown.leads_to();
        assert!(
            back.starts_with(&format!("{CALLBACK}?error={code}&")),
            "{name} {value}: {back}"
        );
        assert_eq!(
            parameter(back, "state").as_deref(),
            Some("a state"),
            "{name} {value}"
        );
        assert_eq!(parameter(back, "iss"), Some(world.issuer()), "{name} {value}");
        assert_eq!(parameter(back, "code"), None);
    }
    for (name, value) in [
        ("response_type", "code".to_owned()),
        ("scope", "read".to_owned()),
        ("code_challenge_method", "plain".to_owned()),
        ("resource", world.resource()),
    ] {
        let twice = format!("{}&{name}={value}", world.asked_with(&[]));
        let shown = browser.get(&twice).await;
        let expected = if name == "resource" {
            "invalid_target"
        } else {
            "invalid_request"
        };
        assert_eq!(
            parameter(shown.leads_to(), "error").as_deref(),
            Some(expected),
            "{name}"
        );
    }
    let twice = format!("{}&state=other", world.asked_with(&[]));
    let back = browser.get(&twice).await;
    assert_eq!(
        parameter(back.leads_to(), "error").as_deref(),
        Some("invalid_request")
    );
    assert_eq!(parameter(back.leads_to(), "state"), None);
    let long = browser
        .get(&world.asked_with(&[("state", &"s".repeat(5_000))]))
        .await;
    assert_eq!(
        parameter(long.leads_to(), "error").as_deref(),
        Some("invalid_request")
    );
}

#[tokio::test]
async fn a_client_of_another_account_asks_in_vain() {
    let world = World::start().await;
    let other = world.solder.account("other").await;
    let body = json!({ "name": "Foreign", "redirectUris": [CALLBACK] });
    let foreign = world
        .solder
        .client(&other.key)
        .post("/api/oauth-clients", &body)
        .await
        .json();
    let request = world.asked_with(&[("client_id", foreign["clientId"].as_str().unwrap())]);
    let back = world.visitor().get(&request).await;
    assert_eq!(
        parameter(back.leads_to(), "error").as_deref(),
        Some("unauthorized_client")
    );
}

#[tokio::test]
async fn a_request_is_over_after_ten_minutes_after_an_answer_and_in_another_browser() {
    let world = World::start().await;
    let browser = world.browser_of("ada").await;
    let page = browser.follow(&world.asked_with(&[])).await;
    // Whoever is sent somebody else's page allows nothing with it, and signs nobody in.
    let stranger = world.browser_of("ada").await;
    let shown = stranger.get(&page.path).await;
    assert_eq!(shown.answer.status, 404, "{}", shown.answer.text);
    let fresh = world.visitor();
    assert_eq!(fresh.get(&page.path).await.answer.status, 404);

    world.allow(&browser, &page).await;
    let again = browser.submit(&page, &[("decision", "allow")]).await;
    assert_eq!((again.answer.status, again.leads_to()), (404, ""));
    assert_eq!(browser.get(&page.path).await.answer.status, 404);

    let page = browser.follow(&world.asked_with(&[("prompt", "consent")])).await;
    assert_eq!(page.answer.status, 200);
    world.solder.clock.advance(std::time::Duration::from_mins(10));
    let late = browser.submit(&page, &[("decision", "allow")]).await;
    assert_eq!((late.answer.status, late.leads_to()), (404, ""));
}

#[tokio::test]
async fn a_flood_of_requests_is_held_back() {
    let world = World::start().await;
    let browser = world.visitor();
    let request = world.asked_with(&[]);
    for _ in 0..60 {
        assert_eq!(browser.get(&request).await.answer.status, 303);
    }
    let refused = browser.get(&request).await;
    assert_eq!((refused.answer.status, refused.leads_to()), (429, ""));
    world.solder.clock.advance(std::time::Duration::from_mins(1));
    assert_eq!(browser.get(&request).await.answer.status, 303);
}
