//! Clients that are described by a document at their id, and documents that describe none.

use super::{VERIFIER, World, owned, parameter};
use serde_json::{Value, json};
use solder_testkit::{FakePlatform, Received, Solder};
use std::sync::{Arc, Mutex};

/// A Solder that lets the URLs of accounts lead to this machine, as a developer sets it.
async fn opened() -> World {
    let local = "127.0.0.0/8".parse().unwrap();
    World::of(Solder::build().engine(|settings| settings.account_networks = vec![local])).await
}

fn document(asked: &Received, host: &str) -> Value {
    json!({
        "client_id": format!("http://{host}{}", asked.path),
        "client_name": "Documented",
        "redirect_uris": ["http://127.0.0.1/cb", "https://client.example/cb"],
        "token_endpoint_auth_method": "none",
    })
}

fn host(asked: &Received) -> String {
    asked.headers["host"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_client_is_known_by_its_document() {
    let world = opened().await;
    let site = FakePlatform::start(|asked| (200, document(asked, &host(asked)))).await;
    let id = format!("{}/client.json", site.url);
    let redirect = "http://127.0.0.1:61234/cb";
    let request = world.asked_with(&[("client_id", &id), ("redirect_uri", redirect)]);
    let browser = world.visitor();
    let page = world.sign_in(&browser, &request, "ada").await;
    let text = page.text();
    let host = site.url.strip_prefix("http://").unwrap();
    for said in ["Documented", host, "127.0.0.1:61234", "an app on this device"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let answer = world.allow(&browser, &page).await;
    let code = parameter(&answer, "code").unwrap();
    let form = |client: &str| {
        owned(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("client_id", client),
            ("redirect_uri", redirect),
            ("code_verifier", VERIFIER),
            ("resource", &world.resource()),
        ])
    };
    // A client of the same host is another client.
    let other = world.token(&form(&format!("{}/other.json", site.url))).await;
    assert_eq!(super::error(&other), "invalid_grant");
    let tokens = world.token(&form(&id)).await;
    assert_eq!(tokens.status, 200, "{}", tokens.text);
    assert_eq!(
        world.opens(tokens.json()["access_token"].as_str().unwrap()).await,
        200
    );
    assert_eq!(site.received().len(), 1, "it is fetched once, and not for tokens");
    world.solder.clock.advance(std::time::Duration::from_mins(10));
    browser.follow(&request).await;
    assert_eq!(site.received().len(), 2, "and again when it is no longer fresh");
}

#[tokio::test]
async fn a_document_that_does_not_fit_is_no_client() {
    let world = opened().await;
    let answer: Arc<Mutex<(u16, Value)>> = Arc::default();
    let script = Arc::clone(&answer);
    let site = FakePlatform::start(move |_| script.lock().unwrap().clone()).await;
    let good = |id: &str| json!({ "client_id": id, "redirect_uris": ["https://client.example/cb"] });
    let huge = "x".repeat(70_000);
    let mut place = 0;
    let mut asked = async |status: u16, change: &dyn Fn(&str) -> Value| {
        place += 1;
        let id = format!("{}/{place}.json", site.url);
        *answer.lock().unwrap() = (status, change(&id));
        let shown = world
            .visitor()
            .follow(&world.asked_with(&[("client_id", &id)]))
            .await;
        (shown.answer.status, shown.text())
    };
    for (status, change, says) in [
        (404, &good as &dyn Fn(&str) -> Value, "status 404"),
        (200, &|_| json!([]), "no JSON object"),
        (200, &|_| good("https://other.example/c.json"), "another client"),
        (200, &|id| json!({ "client_id": id }), "redirect_uris"),
        (
            200,
            &|id| json!({ "client_id": id, "redirect_uris": ["javascript:x"] }),
            "redirect_uris",
        ),
        (
            200,
            &|id| {
                let mut document = good(id);
                document["filler"] = json!(huge);
                document
            },
            "could not be fetched",
        ),
        (
            200,
            &|id| {
                let mut document = good(id);
                document["token_endpoint_auth_method"] = json!("client_secret_basic");
                document
            },
            "must be `none`",
        ),
    ] {
        let (shown, text) = asked(status, change).await;
        assert!(shown == 400 && text.contains(says), "{says}: {shown} {text}");
    }
    // Its address has to be one that it names.
    let (shown, text) = asked(
        200,
        &|id| json!({ "client_id": id, "redirect_uris": ["https://client.example/other"] }),
    )
    .await;
    assert!(shown == 400 && text.contains("not registered"), "{shown} {text}");
}

#[tokio::test]
async fn no_document_is_fetched_from_a_private_network() {
    let world = World::start().await;
    let site = FakePlatform::start(|asked| (200, document(asked, &host(asked)))).await;
    let port = site.url.rsplit_once(':').unwrap().1;
    for id in [
        format!("{}/c.json", site.url),
        format!("https://127.0.0.1:{port}/c.json"),
        format!("https://[::1]:{port}/c.json"),
        format!("https://localhost:{port}/c.json"),
        "https://169.254.169.254/latest/meta-data".to_owned(),
        "https://10.0.0.1/c.json".to_owned(),
        "https://2130706433/c.json".to_owned(),
    ] {
        let shown = world
            .visitor()
            .follow(&world.asked_with(&[("client_id", &id)]))
            .await;
        assert_eq!(shown.answer.status, 400, "{id}");
    }
    assert!(site.received().is_empty());
}

#[tokio::test]
async fn what_anybody_can_have_fetched_is_bounded() {
    let world = opened().await;
    let site = FakePlatform::start(|_| (404, json!({}))).await;
    let browser = world.visitor();
    let ask = async |place: u32| {
        let id = format!("{}/{place}.json", site.url);
        browser
            .get(&world.asked_with(&[("client_id", &id)]))
            .await
            .answer
            .status
    };
    for place in 0..30 {
        assert_eq!(ask(place).await, 400);
    }
    assert_eq!(ask(30).await, 429);
    // What was not there is not asked for again at once.
    assert_eq!(ask(0).await, 400);
    assert_eq!(site.received().len(), 30);
}
