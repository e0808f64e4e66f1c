//! The whole way of a client, for each kind of client.

use super::{CALLBACK, CHALLENGE, VERIFIER, World, address, error, owned, parameter};
use serde_json::{Value, json};

#[tokio::test]
async fn a_client_signs_its_user_in_and_works_until_its_tokens_end() {
    let world = World::start().await;
    let browser = world.visitor();
    let page = world.sign_in(&browser, &world.asked_with(&[]), "ada").await;
    assert_eq!(page.answer.status, 200, "{}", page.answer.text);
    let text = page.text();
    for said in [
        "Helper",
        "client.example",
        "Desk",
        "ada",
        "An admin of first registered this app",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let answer = world.allow(&browser, &page).await;
    assert!(answer.starts_with(&format!("{CALLBACK}?")), "{answer}");
    assert_eq!(parameter(&answer, "state").as_deref(), Some("a state"));
    assert_eq!(parameter(&answer, "iss"), Some(world.issuer()));
    let code = parameter(&answer, "code").unwrap();

    let exchanged = world.token(&world.exchange(&code)).await;
    assert_eq!(exchanged.status, 200, "{}", exchanged.text);
    assert_eq!(
        (exchanged.header("cache-control"), exchanged.header("pragma")),
        ("no-store", "no-cache")
    );
    let tokens = exchanged.json();
    assert_eq!(
        (&tokens["token_type"], &tokens["expires_in"], &tokens["scope"]),
        (&json!("Bearer"), &json!(3600), &json!("read write"))
    );
    let (access, refresh) = (
        tokens["access_token"].as_str().unwrap(),
        tokens["refresh_token"].as_str().unwrap(),
    );
    assert!(access.starts_with("sat_") && access.len() == 47, "{access}");
    assert_eq!(world.opens(access).await, 200);

    world
        .solder
        .clock
        .advance(std::time::Duration::from_millis(3_600_000 - 1));
    assert_eq!(world.opens(access).await, 200);
    world.solder.clock.advance(std::time::Duration::from_millis(1));
    assert_eq!(world.opens(access).await, 401);
    let refreshed = world.refresh(refresh, &[]).await;
    assert_eq!(refreshed.status, 200, "{}", refreshed.text);
    let refreshed = refreshed.json();
    assert_eq!(
        world.opens(refreshed["access_token"].as_str().unwrap()).await,
        200
    );
    assert_ne!(refreshed["refresh_token"], tokens["refresh_token"]);
}

#[tokio::test]
async fn a_client_that_registered_itself_goes_the_same_way() {
    let world = World::start().await;
    let callback = "http://127.0.0.1/cb";
    let metadata = json!({
        "client_name": "Self\u{202e}made",
        "redirect_uris": [callback],
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "application_type": "native",
    });
    let registered = world.solder.nobody().post("/oauth/register", &metadata).await;
    assert_eq!(registered.status, 201, "{}", registered.text);
    let registered = registered.json();
    assert_eq!(registered["client_name"], "Selfmade");
    assert_eq!(registered.get("client_secret"), None);
    let id = registered["client_id"].as_str().unwrap();
    // A native app picks its port when it starts.
    let redirect = "http://127.0.0.1:61234/cb";
    let request = world.asked_with(&[("client_id", id), ("redirect_uri", redirect), ("state", "")]);
    let browser = world.visitor();
    let page = world.sign_in(&browser, &request, "ada").await;
    let text = page.text();
    for said in ["registered itself", "127.0.0.1:61234", "an app on this device"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let policy = page.answer.header("content-security-policy");
    assert!(
        policy.contains("form-action 'self' http://127.0.0.1:61234;"),
        "{policy}"
    );
    let answer = world.allow(&browser, &page).await;
    assert!(answer.starts_with(&format!("{redirect}?")), "{answer}");
    assert_eq!(parameter(&answer, "state"), None);
    let code = parameter(&answer, "code").unwrap();
    let form = owned(&[
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("client_id", id),
        ("redirect_uri", redirect),
        ("code_verifier", VERIFIER),
    ]);
    let tokens = world.token(&form).await.json();
    assert_eq!(
        world.opens(tokens["access_token"].as_str().unwrap()).await,
        200,
        "{tokens}"
    );
}

#[tokio::test]
async fn confidential_clients_prove_themselves_by_header_or_by_form() {
    let world = World::start().await;
    let body = json!({ "name": "Kept", "redirectUris": [CALLBACK], "confidential": true });
    let client = world.registered(&body).await;
    let (id, secret) = (
        client["clientId"].as_str().unwrap(),
        client["clientSecret"].as_str().unwrap(),
    );
    let request = world.asked_with(&[("client_id", id), ("prompt", "consent")]);
    let form = async |more: &[(&str, &str)]| {
        let code = world.code_for(&request).await;
        let mut form = world.exchange(&code);
        form.retain(|(name, _)| name != "client_id");
        form.extend(owned(more));
        form
    };
    let by_form = form(&[("client_id", id), ("client_secret", secret)]).await;
    assert_eq!(world.token(&by_form).await.status, 200);
    let basic = |secret: &str| {
        use base64::Engine as _;
        let joined = format!("{id}:{secret}");
        format!(
            "Basic {}",
            base64::engine::general_purpose::STANDARD.encode(joined)
        )
    };
    let by_header = form(&[]).await;
    let nobody = world.solder.nobody();
    let wrong = super::posted(
        &nobody.with("authorization", &basic("wrong")),
        "/oauth/token",
        &by_header,
    )
    .await;
    assert_eq!(
        (
            wrong.status,
            error(&wrong).as_str(),
            wrong.header("www-authenticate")
        ),
        (401, "invalid_client", "Basic realm=\"Solder\"")
    );
    let right = super::posted(
        &nobody.with("authorization", &basic(secret)),
        "/oauth/token",
        &by_header,
    )
    .await;
    assert_eq!(right.status, 200, "{}", right.text);

    let none = form(&[("client_id", id)]).await;
    assert_eq!(error(&world.token(&none).await), "invalid_client");
    let bad = form(&[("client_id", id), ("client_secret", "wrong")]).await;
    assert_eq!(error(&world.token(&bad).await), "invalid_client");
    let twice = form(&[("client_id", id), ("client_secret", secret)]).await;
    let twice = super::posted(
        &nobody.with("authorization", &basic(secret)),
        "/oauth/token",
        &twice,
    )
    .await;
    assert_eq!((twice.status, error(&twice).as_str()), (400, "invalid_request"));
    let two = form(&[("client_id", &world.client)]).await;
    let two = super::posted(
        &nobody.with("authorization", &basic(secret)),
        "/oauth/token",
        &two,
    )
    .await;
    assert_eq!((two.status, error(&two).as_str()), (400, "invalid_request"));
    let refresh = world.refresh("srt_x", &[("client_id", id)]).await;
    assert_eq!(error(&refresh), "invalid_client");
}

#[tokio::test]
async fn the_request_can_come_by_post_too() {
    let world = World::start().await;
    let browser = world.browser_of("ada").await;
    let asked = world.asked();
    let fields: Vec<(&str, &str)> = asked
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let begun = browser.post("/oauth/authorize", &fields).await;
    assert_eq!(begun.answer.status, 303);
    let page = browser.follow(begun.leads_to()).await;
    assert!(page.text().contains("Helper"), "{}", page.answer.text);
    // Without a scope both are asked for.
    let request = world.asked_with(&[("scope", "")]);
    let page = browser.follow(&request).await;
    assert!(
        page.answer.text.contains("name=\"write\""),
        "{}",
        page.answer.text
    );
    assert!(address(&asked).contains(CHALLENGE));
}

#[tokio::test]
async fn a_registration_is_read_as_rfc_7591_says() {
    let world = World::start().await;
    let nobody = world.solder.nobody();
    let register = async |metadata: &Value| nobody.post("/oauth/register", metadata).await;
    // Without a method a client keeps a secret; what is not known is passed over.
    let plain =
        register(&json!({ "redirect_uris": [CALLBACK], "logo_uri": "http://x", "scope": "read" })).await;
    assert_eq!(plain.status, 201, "{}", plain.text);
    let plain = plain.json();
    assert_eq!(plain["token_endpoint_auth_method"], "client_secret_basic");
    assert_eq!(
        (&plain["client_secret_expires_at"], &plain["client_name"]),
        (&json!(0), &json!("client.example"))
    );
    assert!(plain["client_secret"].as_str().unwrap().starts_with("mcs_"));
    for (metadata, code) in [
        (json!({}), "invalid_redirect_uri"),
        (json!({ "redirect_uris": [] }), "invalid_redirect_uri"),
        (
            json!({ "redirect_uris": ["http://client.example/cb"] }),
            "invalid_redirect_uri",
        ),
        (
            json!({ "redirect_uris": ["javascript:alert(1)"] }),
            "invalid_redirect_uri",
        ),
        (json!({ "redirect_uris": [CALLBACK, 7] }), "invalid_redirect_uri"),
        (
            json!({ "redirect_uris": vec![CALLBACK; 11] }),
            "invalid_redirect_uri",
        ),
        (
            json!({ "redirect_uris": [CALLBACK], "token_endpoint_auth_method": "private_key_jwt" }),
            "invalid_client_metadata",
        ),
        (
            json!({ "redirect_uris": [CALLBACK], "grant_types": ["password"] }),
            "invalid_client_metadata",
        ),
        (
            json!({ "redirect_uris": [CALLBACK], "response_types": "code" }),
            "invalid_client_metadata",
        ),
        (json!([]), "invalid_client_metadata"),
    ] {
        let refused = register(&metadata).await;
        assert_eq!(
            (refused.status, error(&refused).as_str()),
            (400, code),
            "{metadata}"
        );
    }
    let form = nobody
        .with("content-type", "text/plain")
        .post("/oauth/register", &json!({}))
        .await;
    assert_eq!(error(&form), "invalid_client_metadata");
}

#[tokio::test]
async fn a_flood_of_registrations_is_held_back_and_what_is_unused_is_forgotten() {
    let world = World::start().await;
    let nobody = world.solder.nobody();
    let metadata = json!({ "redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none" });
    let mut first = String::new();
    for _ in 0..30 {
        let registered = nobody.post("/oauth/register", &metadata).await;
        assert_eq!(registered.status, 201, "{}", registered.text);
        registered.json()["client_id"]
            .as_str()
            .unwrap()
            .clone_into(&mut first);
    }
    let refused = nobody.post("/oauth/register", &metadata).await;
    assert_eq!(
        (refused.status, error(&refused).as_str()),
        (429, "temporarily_unavailable")
    );
    assert!(refused.header("retry-after").parse::<u32>().unwrap() > 0);

    let request = world.asked_with(&[("client_id", &first)]);
    let browser = world.visitor();
    assert!(browser.follow(&request).await.path.starts_with("/sign-in/"));
    world
        .solder
        .clock
        .advance(std::time::Duration::from_hours(24 * 91));
    let gone = browser.follow(&request).await;
    assert_eq!(gone.answer.status, 400, "{}", gone.answer.text);
    assert_eq!(nobody.post("/oauth/register", &metadata).await.status, 201);
}
