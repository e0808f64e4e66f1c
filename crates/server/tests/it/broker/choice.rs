//! One account that reaches several sites: the person says which, in the browser that was asked.

use super::acme::{Acme, FILE, told};
use serde_json::json;
use solder_testkit::{Answer, Browser};
use std::time::Duration;

const DONE: &str = "http://127.0.0.1:4711/done";

/// Acme as a platform of several sites, which every call names.
async fn acme() -> Acme {
    let sites = "[headers]\nx-acme-site = \"{site}\"\n\n[resources]";
    let discover = "[[auth.discover]]\ncall = \"GET https://api.acme.example/api/sites\"\nchoose = true\n\
                    label = \"/name\"\nset = { site = \"/id\" }\n\n[errors]";
    // A token that is typed in knows no site.
    let (before, rest) = FILE.split_once("[auth.token]").unwrap();
    let (_, after) = rest.split_once("[errors]").unwrap();
    let file = format!("{before}{discover}{after}").replace("[resources]", sites);
    Acme::of(&file, true, |_, builder| builder).await
}

/// A browser that came back from the platform, and the page that asks which.
async fn asked(acme: &Acme) -> (Browser, Answer) {
    let consent = acme.begin(&json!({ "redirectUri": DONE })).await;
    let code = format!("code-{}", acme.world().issued);
    let browser = acme.solder.browser();
    let page = browser.get(&acme.consent(&consent, &code)).await;
    assert_eq!(page.status, 200, "{}", page.text);
    (browser, page)
}

async fn answer(browser: &Browser, page: &Answer, choice: &str) -> Answer {
    let (choice_token, form_token) = (page.hidden("choice_token"), page.hidden("form_token"));
    let fields = [
        ("choice_token", choice_token.as_str()),
        ("form_token", form_token.as_str()),
        ("choice", choice),
    ];
    browser.post("/connect/choice", &fields).await
}

async fn total(acme: &Acme) -> serde_json::Value {
    acme.solder.admin().get("/api/credentials").await.json()["total"].clone()
}

#[tokio::test]
async fn the_person_chooses_and_calls_go_to_what_was_chosen() {
    let acme = acme().await;
    let (browser, page) = asked(&acme).await;
    assert!(
        page.text.contains("Which one of Acme?")
            && page.text.contains("Acme North")
            && page.text.contains("Acme South"),
        "{}",
        page.text
    );
    assert!(!page.text.contains("at-1") && !page.text.contains("rt-1"));
    assert_eq!(total(&acme).await, 0, "nothing is kept before the answer");
    let done = answer(&browser, &page, "1").await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert!(done.header("location").starts_with(DONE));
    assert_eq!(told(&done)["status"], "success");

    let (is_error, text) = acme
        .mcp()
        .await
        .execute("acme", "list_things", &json!({}))
        .await
        .tool();
    assert!(!is_error, "{text}");
    let call = acme.platform.received().pop().unwrap();
    assert_eq!(
        (call.path.as_str(), &call.headers["x-acme-site"]),
        ("/api/things", &"south".parse().unwrap())
    );
    assert_eq!((acme.token_requests(), total(&acme).await), (1, json!(1)));
}

#[tokio::test]
async fn a_broken_connection_is_mended_by_one_for_the_same_site_alone() {
    let acme = acme().await;
    let connected = async |site: &str| {
        let (browser, page) = asked(&acme).await;
        told(&answer(&browser, &page, site).await)["credentialId"].clone()
    };
    // One person, by one name, on both sites.
    let (north, south) = (connected("0").await, connected("1").await);
    acme.solder.clock.advance(Duration::from_hours(2));
    {
        let mut world = acme.world();
        world.refresh.clear();
        world.access.clear();
    }
    let mcp = acme.mcp().await;
    for id in [&north, &south] {
        let call =
            json!({ "connectorId": "acme", "actionId": "list_things", "parameters": {}, "credentialId": id });
        let (is_error, text) = mcp.call("execute_action_alloy", &call).await.tool();
        assert!(
            is_error && text["error"]["code"] == "PLATFORM_RECONNECT",
            "{text}"
        );
    }
    let status = async |id: &str| {
        let shown = acme.solder.admin().get(&format!("/api/credentials/{id}")).await;
        shown.json()["status"].clone()
    };
    assert_eq!(connected("0").await, north, "though the other one is newer");
    assert_eq!(
        (status(&north).await, status(&south).await),
        (json!("active"), json!("needs_reconnect"))
    );
    assert_eq!(connected("1").await, south);
    assert_eq!(
        (status(&south).await, total(&acme).await),
        (json!("active"), json!(2))
    );
}

#[tokio::test]
async fn a_choice_counts_once() {
    let acme = acme().await;
    let (browser, page) = asked(&acme).await;
    assert_eq!(answer(&browser, &page, "0").await.status, 303);
    let again = answer(&browser, &page, "1").await;
    assert_eq!((again.status, again.header("location")), (409, ""));
    assert!(again.text.contains("used before"), "{}", again.text);
    assert_eq!(total(&acme).await, 1);
}

#[tokio::test]
async fn what_was_none_of_the_choices_ends_the_flow() {
    let acme = acme().await;
    for place in ["2", "-1", "", "north", "99999999999999999999999"] {
        let (browser, page) = asked(&acme).await;
        let wrong = answer(&browser, &page, place).await;
        assert_eq!(told(&wrong)["error"], "invalid_choice", "{place}: {}", wrong.text);
        assert_eq!(answer(&browser, &page, "0").await.status, 409, "{place}");
    }
    assert_eq!(total(&acme).await, 0);
}

#[tokio::test]
async fn another_browser_cannot_answer_and_the_one_that_was_asked_still_can() {
    let acme = acme().await;
    let (browser, page) = asked(&acme).await;
    // One without a cookie, one with a cookie of its own, and one that was asked something itself.
    let fresh = acme.solder.browser();
    let (other, others) = asked(&acme).await;
    for stranger in [&fresh, &fresh, &other] {
        let refused = answer(stranger, &page, "0").await;
        assert_eq!((refused.status, refused.header("location")), (403, ""));
    }
    let (stolen, own) = (page.hidden("choice_token"), others.hidden("form_token"));
    let mixed = [
        ("choice_token", stolen.as_str()),
        ("form_token", &own),
        ("choice", "0"),
    ];
    assert_eq!(other.post("/connect/choice", &mixed).await.status, 403);
    // Neither can another site by way of the right browser.
    let (choice_token, form_token) = (page.hidden("choice_token"), page.hidden("form_token"));
    let fields = [
        ("choice_token", choice_token.as_str()),
        ("form_token", &form_token),
        ("choice", "0"),
    ];
    let elsewhere = browser
        .post_from("https://evil.example", "/connect/choice", &fields)
        .await;
    assert_eq!(elsewhere.status, 403, "{}", elsewhere.text);
    assert_eq!(total(&acme).await, 0);
    assert_eq!(told(&answer(&browser, &page, "0").await)["status"], "success");
}
