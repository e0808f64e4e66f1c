//! The page on which a user allows a client: whose it is, what it says, and who cannot press its button.

use super::browser::Browser;
use super::{CALLBACK, World, parameter};
use serde_json::json;

#[tokio::test]
async fn the_page_cannot_be_framed_and_its_form_leads_to_the_client_alone() {
    let world = World::start().await;
    let browser = world.browser_of("ada").await;
    let page = browser.follow(&world.asked_with(&[])).await;
    let answer = &page.answer;
    assert_eq!(answer.header("x-frame-options"), "DENY");
    assert_eq!(
        answer.header("content-security-policy"),
        "default-src 'none'; style-src 'self'; form-action 'self' https://client.example; frame-ancestors 'none'; \
         base-uri 'none'"
    );
    assert!(!answer.text.contains("<script"), "{}", answer.text);
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_button_that_another_site_presses_allows_nothing() {
    let world = World::start().await;
    let browser = world.browser_of("ada").await;
    let page = browser.follow(&world.asked_with(&[])).await;
    let token = page.form_token();
    let allow = [("decision", "allow"), ("write", "yes")];
    let refused = async |fields: &[(&str, &str)]| browser.post(&page.path, fields).await.answer.status;
    assert_eq!(refused(&allow).await, 403);
    assert_eq!(refused(&[allow[0], ("form_token", "")]).await, 403);
    assert_eq!(refused(&[allow[0], ("form_token", "x")]).await, 403);
    // The token of another request's page, and one of another browser, are none.
    let other = browser.follow(&world.asked_with(&[])).await;
    assert_eq!(
        refused(&[allow[0], ("form_token", &other.form_token())]).await,
        403
    );
    let stranger = world.browser_of("ada").await;
    let strangers = stranger.follow(&world.asked_with(&[])).await;
    assert_eq!(
        refused(&[allow[0], ("form_token", &strangers.form_token())]).await,
        403
    );
    let fields = [allow[0], ("form_token", &token)];
    let elsewhere = browser.post_from_elsewhere(&page.path, &fields).await;
    assert_eq!(elsewhere.answer.status, 403);
    assert!(
        !world
            .solder
            .admin()
            .as_user("ada")
            .get("/api/oauth-grants")
            .await
            .text
            .contains("grt_")
    );
    world.allow(&browser, &page).await;
}

#[tokio::test]
async fn a_user_who_does_not_allow_it_sends_the_client_away() {
    let world = World::start().await;
    let browser = world.browser_of("ada").await;
    for decision in ["refuse", "", "ALLOW"] {
        let page = browser.follow(&world.asked_with(&[])).await;
        let back = browser.submit(&page, &[("decision", decision)]).await;
        let back = back.leads_to();
        assert_eq!(
            parameter(back, "error").as_deref(),
            Some("access_denied"),
            "{decision}: {back}"
        );
        assert_eq!(parameter(back, "iss"), Some(world.issuer()));
        assert_eq!(parameter(back, "state").as_deref(), Some("a state"));
    }
}

#[tokio::test]
async fn a_user_can_leave_out_acting() {
    let world = World::start().await;
    let browser = world.browser_of("ada").await;
    let page = browser.follow(&world.asked_with(&[])).await;
    let back = browser.submit(&page, &[("decision", "allow")]).await;
    let code = parameter(back.leads_to(), "code").unwrap();
    let tokens = world.token(&world.exchange(&code)).await.json();
    assert_eq!(tokens["scope"], "read");
    // What was not asked for cannot be allowed either.
    let page = browser.follow(&world.asked_with(&[("scope", "read")])).await;
    assert_eq!(page.answer.status, 303, "{}", page.answer.text);
    let asked = world.asked_with(&[("scope", "read"), ("prompt", "consent")]);
    let page = browser.follow(&asked).await;
    assert!(
        !page.answer.text.contains("name=\"write\""),
        "{}",
        page.answer.text
    );
    let back = browser
        .submit(&page, &[("decision", "allow"), ("write", "yes")])
        .await;
    let code = parameter(back.leads_to(), "code").unwrap();
    let tokens = world.token(&world.exchange(&code)).await.json();
    assert_eq!(tokens["scope"], "read");
}

/// Whether the user is asked; a request that was allowed before leads straight back to the client.
async fn is_asked(browser: &Browser, request: &str) -> bool {
    let shown = browser.follow(request).await;
    match shown.answer.status {
        200 => true,
        303 => {
            assert!(
                parameter(shown.leads_to(), "code").is_some(),
                "{}",
                shown.leads_to()
            );
            false
        }
        status => unreachable!("{status}: {}", shown.answer.text),
    }
}

#[tokio::test]
async fn what_was_allowed_is_remembered_for_the_same_client_server_scopes_address_and_user_alone() {
    let world = World::start().await;
    let body = json!({ "name": "Twin", "redirectUris": [CALLBACK, "https://client.example/other"] });
    let twin = world.registered(&body).await;
    let twin = twin["clientId"].as_str().unwrap().to_owned();
    let browser = world.browser_of("ada").await;
    let request = world.asked_with(&[("client_id", &twin), ("scope", "read")]);
    let page = browser.follow(&request).await;
    let answer = world.allow(&browser, &page).await;
    assert!(
        is_asked(&browser, &request).await,
        "a code that nobody exchanged proves nothing"
    );
    let mut form = world.exchange(&parameter(&answer, "code").unwrap());
    form.retain(|(name, _)| name != "client_id");
    form.push(("client_id".to_owned(), twin.clone()));
    assert_eq!(world.token(&form).await.status, 200);

    assert!(!is_asked(&browser, &request).await);
    let other = world.server("Other").await;
    for changed in [
        ("client_id", world.client.as_str()),
        ("redirect_uri", "https://client.example/other"),
        ("scope", "read write"),
        ("resource", &world.resource_of(&other)),
        ("prompt", "consent"),
    ] {
        let mut with = vec![("client_id", twin.as_str()), ("scope", "read")];
        with.retain(|(name, _)| *name != changed.0);
        with.push(changed);
        let request = world.asked_with(&with);
        // The other client has the one address only.
        assert!(is_asked(&browser, &request).await, "{changed:?}");
    }
    world.password(&world.solder.first.clone(), "bob").await;
    let bob = world.browser_of("bob").await;
    assert!(is_asked(&bob, &request).await);
    // Once it is taken back, the user is asked again.
    let ada = world.solder.admin().as_user("ada");
    let grants = ada.get("/api/oauth-grants").await.json();
    let grant = grants["grants"][0]["grantId"].as_str().unwrap();
    assert_eq!(
        ada.delete(&format!("/api/oauth-grants/{grant}")).await.status,
        200
    );
    assert!(is_asked(&browser, &request).await);
}

#[tokio::test]
async fn clients_that_anybody_could_be_are_never_remembered() {
    let world = World::start().await;
    let native = json!({ "name": "Native", "redirectUris": ["http://127.0.0.1/cb", "app.example:/cb"] });
    let native = world.registered(&native).await["clientId"]
        .as_str()
        .unwrap()
        .to_owned();
    let metadata = json!({ "redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none" });
    let dynamic = world
        .solder
        .nobody()
        .post("/oauth/register", &metadata)
        .await
        .json();
    let dynamic = dynamic["client_id"].as_str().unwrap().to_owned();
    let browser = world.browser_of("ada").await;
    for (client, redirect) in [
        (&native, "http://127.0.0.1:5000/cb"),
        (&native, "app.example:/cb"),
        (&dynamic, CALLBACK),
    ] {
        let request = world.asked_with(&[("client_id", client), ("redirect_uri", redirect)]);
        let page = browser.follow(&request).await;
        let answer = world.allow(&browser, &page).await;
        let code = answer
            .split_once("code=")
            .unwrap()
            .1
            .split('&')
            .next()
            .unwrap()
            .to_owned();
        let mut form = world.exchange(&code);
        form.retain(|(name, _)| name != "client_id" && name != "redirect_uri");
        form.push(("client_id".to_owned(), client.clone()));
        form.push(("redirect_uri".to_owned(), redirect.to_owned()));
        assert_eq!(world.token(&form).await.status, 200);
        assert!(is_asked(&browser, &request).await, "{redirect}");
    }
}

#[tokio::test]
async fn a_user_to_whom_the_server_is_not_open_can_allow_nothing() {
    let world = World::start().await;
    let path = format!("/api/servers/{}", world.server);
    let users = json!({ "users": { "mode": "blocklist", "blockedIds": ["ada"] } });
    let browser = world.browser_of("ada").await;
    world
        .solder
        .admin()
        .put(&path, &json!({ "restrictions": users }))
        .await;
    let page = browser.follow(&world.asked_with(&[])).await;
    assert!(page.text().contains("not open to ada"), "{}", page.text());
    assert!(
        !page.answer.text.contains("value=\"allow\""),
        "{}",
        page.answer.text
    );
    let back = browser.submit(&page, &[("decision", "allow")]).await;
    assert_eq!(
        parameter(back.leads_to(), "error").as_deref(),
        Some("access_denied")
    );
}

#[tokio::test]
async fn a_sign_in_at_another_account_allows_nothing_here() {
    let world = World::start().await;
    let other = world.solder.account("other").await;
    world.password(&other, "ada").await;
    let theirs = world
        .solder
        .client(&other.key)
        .post("/api/servers", &json!({ "name": "Theirs" }))
        .await
        .json();
    let theirs = world.resource_of(theirs["serverId"].as_str().unwrap());
    let metadata = json!({ "redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none" });
    let dynamic = world
        .solder
        .nobody()
        .post("/oauth/register", &metadata)
        .await
        .json();
    let dynamic = dynamic["client_id"].as_str().unwrap().to_owned();
    let browser = world.visitor();
    let request = world.asked_with(&[("client_id", &dynamic), ("resource", &theirs)]);
    let page = world.sign_in(&browser, &request, "ada").await;
    assert!(page.text().contains("Theirs"), "{}", page.text());
    let here = browser
        .follow(&world.asked_with(&[("client_id", &dynamic)]))
        .await;
    assert!(here.path.starts_with("/sign-in/"), "{}", here.path);
}
