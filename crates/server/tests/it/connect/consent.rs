//! Connecting by the platform's own consent, from the button to the kept credential.

use super::stage::{CONSENTED, Stage, leads_on, open, post, read};
use serde_json::json;
use solder_model::{FlowId, FlowStage};
use solder_testkit::Browser;
use std::collections::BTreeMap;

/// Presses the button, and gives the state that goes along to the platform.
async fn begin(stage: &Stage, browser: &Browser, page: &str) -> String {
    let begun = post(browser, page, "/to/slack", &[("kind", "oauth2")]).await;
    assert_eq!(begun.status, 200, "{}", begun.text);
    let url = leads_on(&begun).unwrap();
    assert!(
        url.starts_with(&format!("{}/oauth/v2/authorize?", stage.slack.url)),
        "{url}"
    );
    let query = url.split_once('?').unwrap().1;
    let pairs: BTreeMap<_, _> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
    pairs["state"].to_owned()
}

fn back(state: &str, rest: &str) -> String {
    format!("/connect/callback/slack?state={state}&{rest}")
}

#[tokio::test]
async fn a_person_consents_confirms_and_the_credential_is_there() {
    let stage = Stage::with_consent().await;
    let (browser, id, page) = stage.opened().await;
    let state = begin(&stage, &browser, &page).await;
    let returned = browser.get(&back(&state, "code=code-of-ada")).await;
    assert_eq!(
        (returned.status, returned.header("location")),
        (303, page.as_str()),
        "{}",
        returned.text
    );
    assert_eq!(
        stage.credentials().await.len(),
        0,
        "nothing is kept before the answer"
    );
    let shown = browser.get(&page).await;
    let text = read(&shown);
    assert!(
        text.contains("You connected Slack as Acme <Workspace>. Let ada of first use it?"),
        "{text}"
    );
    let key = shown.hidden("key");
    assert!(key.starts_with("flow:"), "{key}");
    let yes = post(&browser, &page, "/answer", &[("key", &key), ("answer", "yes")]).await;
    assert_eq!(yes.status, 303, "{}", yes.text);
    let kept = stage.credentials().await;
    assert_eq!((kept.len(), &kept[0]["type"]), (1, &json!("slack-oauth2")));
    assert_eq!(
        stage.state(&id).await["connected"][0]["credentialId"],
        kept[0]["credentialId"]
    );
    let page_text = browser.get(&page).await.text;
    assert!(page_text.contains("Connected as") && !page_text.contains(CONSENTED));
    let again = post(&browser, &page, "/answer", &[("key", &key), ("answer", "yes")]).await;
    assert_eq!(again.status, 409, "an answer counts once");
}

#[tokio::test]
async fn a_no_and_a_done_forget_what_was_consented() {
    let stage = Stage::with_consent().await;
    let (browser, _, page) = stage.opened().await;
    let state = begin(&stage, &browser, &page).await;
    browser.get(&back(&state, "code=code-of-ada")).await;
    let key = browser.get(&page).await.hidden("key");
    post(&browser, &page, "/answer", &[("key", &key), ("answer", "no")]).await;
    assert!(!read(&browser.get(&page).await).contains("Is this right?"));
    let state = begin(&stage, &browser, &page).await;
    browser.get(&back(&state, "code=code-of-ada")).await;
    post(&browser, &page, "/done", &[]).await;
    assert_eq!(stage.credentials().await.len(), 0);
}

/// What the database holds of a flow: its stage, and its sealed bytes.
async fn row(stage: &Stage, id: &FlowId) -> (FlowStage, Vec<u8>) {
    let url = format!(
        "sqlite://{}",
        stage.solder.folder.path().join("solder.db").display()
    );
    let storage = solder_storage::Storage::open(&url).await.unwrap();
    let flow = storage.find_flow(id).await.unwrap().unwrap();
    storage.close().await;
    (flow.stage, flow.sealed.0)
}

#[tokio::test]
async fn what_is_discarded_is_stored_nowhere_and_its_bytes_are_gone() {
    let stage = Stage::with_consent().await;
    let (browser, id, page) = stage.opened().await;
    let state = begin(&stage, &browser, &page).await;
    browser.get(&back(&state, "code=code-of-ada")).await;
    let key = browser.get(&page).await.hidden("key");
    let flow = FlowId::new(key.strip_prefix("flow:").unwrap()).unwrap();
    let (before, waiting) = row(&stage, &flow).await;
    assert_eq!(before, FlowStage::Pending);
    let engine = &stage.solder.engine;
    // Another ticket's word is nothing.
    assert!(engine.discard_connection("another", &flow).await.is_err());
    assert_eq!(row(&stage, &flow).await, (before, waiting.clone()));

    engine.discard_connection(&id, &flow).await.unwrap();
    let (after, left) = row(&stage, &flow).await;
    assert_eq!(after, FlowStage::Done);
    // Nothing as long as the token is left of what is not there in an empty flow too.
    assert!(
        left.len() + CONSENTED.len() < waiting.len(),
        "{} {}",
        left.len(),
        waiting.len()
    );
    assert!(engine.pending_connections(&id).await.unwrap().is_empty());
    assert!(engine.discard_connection(&id, &flow).await.is_err());
    let yes = post(&browser, &page, "/answer", &[("key", &key), ("answer", "yes")]).await;
    assert_eq!(yes.status, 409, "{}", yes.text);
    assert_eq!(stage.credentials().await.len(), 0);
    assert_eq!(stage.state(&id).await["connected"], json!([]));
}

#[tokio::test]
async fn a_consent_that_somebody_else_was_led_into_is_dropped() {
    let stage = Stage::with_consent().await;
    let (browser, _, page) = stage.opened().await;
    // The platform's address is sent to another person, who agrees there and comes back in another browser.
    let state = begin(&stage, &browser, &page).await;
    let other = stage.browser();
    let returned = other.get(&back(&state, "code=code-of-ada")).await;
    assert!(!read(&returned).contains("Is this right?"));
    let led = other.get(&page).await;
    assert_eq!(led.status, 403);
    // Whoever sent it gets nothing either: no code was spent, and nothing waits.
    assert!(!read(&browser.get(&page).await).contains("Is this right?"));
    let spent = stage.slack.received();
    assert!(
        spent.iter().all(|asked| !asked.path.contains("oauth.v2.access")),
        "{spent:?}"
    );
    let replayed = browser.get(&back(&state, "code=code-of-ada")).await;
    assert_ne!(replayed.header("location"), page);
    assert!(!read(&browser.get(&page).await).contains("Is this right?"));
    assert_eq!(stage.credentials().await.len(), 0);
}

#[tokio::test]
async fn what_went_wrong_at_the_platform_is_told_with_the_way_back() {
    let stage = Stage::with_consent().await;
    let (browser, _, page) = stage.opened().await;
    for (rest, words) in [
        ("error=access_denied", "You did not agree at the platform"),
        ("error=server_error", "Slack could not do it just now"),
        ("code=wrong", "Nothing was connected"),
    ] {
        let state = begin(&stage, &browser, &page).await;
        let returned = browser.get(&back(&state, rest)).await;
        let text = read(&returned);
        assert!(
            text.contains(words) && text.contains("Back to all accounts"),
            "{rest}: {text}"
        );
        assert!(
            returned.text.contains(&format!("href=\"{page}\"")),
            "{}",
            returned.text
        );
    }
    assert_eq!(stage.credentials().await.len(), 0);
}

#[tokio::test]
async fn only_the_scopes_of_allowed_actions_are_asked_for() {
    let stage = Stage::with_consent().await;
    let permissions = json!([{ "connector": "slack", "actions": ["conversations_list"] }]);
    let server = stage
        .solder
        .server(&json!({ "name": "Narrow", "restrictions": { "permissions": permissions } }))
        .await;
    let (id, link) = stage.ticket(&json!({ "serverId": server["serverId"] })).await;
    let browser = stage.browser();
    open(&browser, &link).await;
    let begun = post(
        &browser,
        &format!("/connect/{id}"),
        "/to/slack",
        &[("kind", "oauth2")],
    )
    .await;
    let url = leads_on(&begun).unwrap();
    assert!(url.contains("channels%3Aread") && !url.contains("pins"), "{url}");
}
