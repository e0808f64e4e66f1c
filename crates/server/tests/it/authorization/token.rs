//! The token endpoint: what is exchanged for what, and what is not.

use super::{CALLBACK, World, error, owned, posted};
use serde_json::json;

/// A form with one field set otherwise; an empty value leaves it out.
fn with(form: &[(String, String)], name: &str, value: &str) -> Vec<(String, String)> {
    let mut form = form.to_vec();
    form.retain(|(known, _)| known != name);
    if !value.is_empty() {
        form.push((name.to_owned(), value.to_owned()));
    }
    form
}

#[tokio::test]
async fn a_code_is_bound_to_everything_that_it_was_asked_with() {
    let world = World::start().await;
    let other = world
        .registered(&json!({ "name": "Other", "redirectUris": [CALLBACK] }))
        .await;
    let other = other["clientId"].as_str().unwrap();
    let other_server = world.server("Other").await;
    let other_resource = world.resource_of(&other_server);
    let form = world.exchange(&world.code().await);
    let verifier = "x".repeat(43);
    for (name, value, code) in [
        ("grant_type", "", "invalid_request"),
        ("grant_type", "password", "unsupported_grant_type"),
        ("grant_type", "client_credentials", "unsupported_grant_type"),
        ("code", "", "invalid_request"),
        ("code", "sac_unknown", "invalid_grant"),
        ("client_id", "", "invalid_client"),
        ("client_id", "mcl_unknown", "invalid_client"),
        ("client_id", other, "invalid_grant"),
        ("client_id", "https://client.example/c.json", "invalid_grant"),
        ("client_secret", "x", "invalid_client"),
        ("redirect_uri", "", "invalid_request"),
        ("redirect_uri", "https://client.example/other", "invalid_grant"),
        ("code_verifier", "", "invalid_request"),
        ("code_verifier", super::CHALLENGE, "invalid_grant"),
        ("code_verifier", verifier.as_str(), "invalid_grant"),
        ("code_verifier", "short", "invalid_grant"),
        ("resource", other_resource.as_str(), "invalid_target"),
        ("resource", world.solder.url.as_str(), "invalid_target"),
    ] {
        let refused = world.token(&with(&form, name, value)).await;
        let status = if code == "invalid_client" { 401 } else { 400 };
        assert_eq!(
            (refused.status, error(&refused).as_str()),
            (status, code),
            "{name} {value}"
        );
        assert_eq!(refused.header("cache-control"), "no-store");
    }
    for (name, value) in form.clone() {
        let mut twice = form.clone();
        twice.push((name.clone(), value));
        let expected = if name == "resource" { 200 } else { 400 };
        if expected == 400 {
            let refused = world.token(&twice).await;
            assert_eq!(
                (refused.status, error(&refused).as_str()),
                (400, "invalid_request"),
                "{name}"
            );
        }
    }
    // Nothing of this used it up.
    assert_eq!(world.token(&with(&form, "resource", "")).await.status, 200);
}

#[tokio::test]
async fn a_code_ends_after_a_minute() {
    let world = World::start().await;
    let form = world.exchange(&world.code().await);
    world.solder.clock.advance(std::time::Duration::from_mins(1));
    assert_eq!(error(&world.token(&form).await), "invalid_grant");
}

#[tokio::test]
async fn a_code_that_comes_twice_ends_all_that_came_of_it() {
    let world = World::start().await;
    let form = world.exchange(&world.code().await);
    let tokens = world.token(&form).await.json();
    let access = tokens["access_token"].as_str().unwrap();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(world.opens(access).await, 200);
    // Another client that has it cannot end anything by it.
    let other = world
        .registered(&json!({ "name": "Other", "redirectUris": [CALLBACK] }))
        .await;
    let foreign = with(&form, "client_id", other["clientId"].as_str().unwrap());
    assert_eq!(error(&world.token(&foreign).await), "invalid_grant");
    assert_eq!(world.opens(access).await, 200);

    assert_eq!(error(&world.token(&form).await), "invalid_grant");
    assert_eq!(world.opens(access).await, 401);
    assert_eq!(error(&world.refresh(refresh, &[]).await), "invalid_grant");
}

#[tokio::test]
async fn a_refresh_token_that_comes_twice_ends_the_whole_family() {
    let world = World::start().await;
    let first = world.tokens().await;
    let old = first["refresh_token"].as_str().unwrap();
    let second = world.refresh(old, &[]).await.json();
    let third = world
        .refresh(second["refresh_token"].as_str().unwrap(), &[])
        .await
        .json();
    let access = third["access_token"].as_str().unwrap();
    assert_eq!(world.opens(access).await, 200);
    // The thief comes, or the one who was robbed: nobody knows, and both are out.
    assert_eq!(error(&world.refresh(old, &[]).await), "invalid_grant");
    assert_eq!(world.opens(access).await, 401);
    assert_eq!(world.opens(first["access_token"].as_str().unwrap()).await, 401);
    let newest = third["refresh_token"].as_str().unwrap();
    assert_eq!(error(&world.refresh(newest, &[]).await), "invalid_grant");
    let audit = world.audit().await;
    assert!(audit.contains("refresh token used twice"), "{audit}");
}

#[tokio::test]
async fn a_refresh_token_is_its_clients_alone_and_no_access_token() {
    let world = World::start().await;
    let tokens = world.tokens().await;
    let (access, refresh) = (
        tokens["access_token"].as_str().unwrap(),
        tokens["refresh_token"].as_str().unwrap(),
    );
    let other = world
        .registered(&json!({ "name": "Other", "redirectUris": [CALLBACK] }))
        .await;
    let other = other["clientId"].as_str().unwrap();
    assert_eq!(
        error(&world.refresh(refresh, &[("client_id", other)]).await),
        "invalid_grant"
    );
    assert_eq!(error(&world.refresh(access, &[]).await), "invalid_grant");
    assert_eq!(error(&world.refresh("srt_unknown", &[]).await), "invalid_grant");
    assert_eq!(error(&world.refresh("", &[]).await), "invalid_request");
    let elsewhere = world.server("Other").await;
    let elsewhere = world.resource_of(&elsewhere);
    assert_eq!(
        error(&world.refresh(refresh, &[("resource", &elsewhere)]).await),
        "invalid_target"
    );
    assert_eq!(world.opens(refresh).await, 401);
    // None of this took it for used.
    assert_eq!(
        world
            .refresh(refresh, &[("resource", &world.resource())])
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn scopes_get_fewer_and_come_back_only_as_far_as_they_were_granted() {
    let world = World::start().await;
    let tokens = world.tokens().await;
    let narrow = world
        .refresh(tokens["refresh_token"].as_str().unwrap(), &[("scope", "read")])
        .await
        .json();
    assert_eq!(narrow["scope"], "read");
    let wide = world
        .refresh(narrow["refresh_token"].as_str().unwrap(), &[])
        .await
        .json();
    assert_eq!(wide["scope"], "read write");
    let bad = world
        .refresh(wide["refresh_token"].as_str().unwrap(), &[("scope", "admin")])
        .await;
    assert_eq!(error(&bad), "invalid_scope");

    let browser = world.browser_of("ada").await;
    let page = browser.follow(&world.asked_with(&[("prompt", "consent")])).await;
    let back = browser.submit(&page, &[("decision", "allow")]).await;
    let code = super::parameter(back.leads_to(), "code").unwrap();
    let tokens = world.token(&world.exchange(&code)).await.json();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(
        error(&world.refresh(refresh, &[("scope", "read write")]).await),
        "invalid_scope"
    );
}

#[tokio::test]
async fn a_family_slides_for_thirty_days_at_a_time() {
    let world = World::start().await;
    let day = std::time::Duration::from_hours(24);
    let mut tokens = world.tokens().await;
    for _ in 0..3 {
        world.solder.clock.advance(day * 29);
        let refreshed = world
            .refresh(tokens["refresh_token"].as_str().unwrap(), &[])
            .await;
        assert_eq!(refreshed.status, 200, "{}", refreshed.text);
        tokens = refreshed.json();
    }
    world.solder.clock.advance(day * 30);
    let ended = world
        .refresh(tokens["refresh_token"].as_str().unwrap(), &[])
        .await;
    assert_eq!(error(&ended), "invalid_grant");
}

#[tokio::test]
async fn what_is_no_form_is_no_request_and_guesses_are_counted() {
    let world = World::start().await;
    let nobody = world.solder.nobody();
    let json = nobody
        .post("/oauth/token", &json!({ "grant_type": "authorization_code" }))
        .await;
    assert_eq!((json.status, error(&json).as_str()), (400, "invalid_request"));
    let bearer = nobody.with("authorization", "Bearer x");
    let form = owned(&[("grant_type", "refresh_token"), ("refresh_token", "srt_x")]);
    let refused = posted(&bearer, "/oauth/token", &form).await;
    assert_eq!(
        (refused.status, error(&refused).as_str()),
        (401, "invalid_client")
    );
    let get = nobody.get("/oauth/token").await;
    assert_eq!(get.status, 405);
    let body = json!({ "name": "Kept", "redirectUris": [CALLBACK], "confidential": true });
    let client = world.registered(&body).await;
    let id = client["clientId"].as_str().unwrap();
    let guess = [("client_id", id), ("client_secret", "mcs_guess")];
    let mut statuses = Vec::new();
    for _ in 0..32 {
        statuses.push(world.refresh("srt_x", &guess).await.status);
    }
    assert_eq!(
        (statuses[0], statuses[29], statuses[31]),
        (401, 401, 429),
        "{statuses:?}"
    );
}
