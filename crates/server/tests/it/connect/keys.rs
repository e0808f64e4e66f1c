//! Keys that a person types in: tried, confirmed, kept, and never shown.

use super::stage::{BAD, GOOD, Stage, post, read, type_key};
use serde_json::json;
use std::sync::atomic::Ordering;

#[tokio::test]
async fn a_key_is_tried_and_kept_once_the_person_has_said_whose_use_it_is_for() {
    let stage = Stage::start().await;
    let (browser, id, page) = stage.opened().await;
    let typed = type_key(&browser, &page, &format!(" {GOOD}\n")).await;
    assert_eq!(
        (typed.status, typed.header("location")),
        (303, page.as_str()),
        "{}",
        typed.text
    );
    assert_eq!(
        stage.credentials().await.len(),
        0,
        "nothing is kept before the answer"
    );
    let asked = browser.get(&page).await;
    let text = read(&asked);
    assert!(
        text.contains("You connected Slack as Acme <Workspace>. Let ada of first use it?"),
        "{text}"
    );
    assert!(
        !asked.text.contains("Acme <Workspace>"),
        "a platform's name is escaped"
    );
    let yes = post(
        &browser,
        &page,
        "/answer",
        &[("key", "key:slack"), ("answer", "yes")],
    )
    .await;
    assert_eq!(yes.status, 303, "{}", yes.text);
    let kept = stage.credentials().await;
    assert_eq!(kept.len(), 1);
    assert_eq!(
        (&kept[0]["type"], &kept[0]["identity"]),
        (&json!("slack-bot_token"), &json!("Acme <Workspace>"))
    );
    let state = stage.state(&id).await;
    assert_eq!(state["connected"][0]["credentialId"], kept[0]["credentialId"]);
    assert_eq!(state["connected"][0]["connectorId"], "slack");
    let text = read(&browser.get(&page).await);
    assert!(
        text.contains("Connected as Acme <Workspace>") && !text.contains("Is this right?"),
        "{text}"
    );
    let again = post(
        &browser,
        &page,
        "/answer",
        &[("key", "key:slack"), ("answer", "yes")],
    )
    .await;
    assert_eq!(again.status, 409, "an answer counts once");
    assert_eq!(stage.credentials().await.len(), 1);
}

#[tokio::test]
async fn a_no_forgets_a_key_and_so_does_done() {
    let stage = Stage::start().await;
    let (browser, id, page) = stage.opened().await;
    type_key(&browser, &page, GOOD).await;
    assert_eq!(
        post(
            &browser,
            &page,
            "/answer",
            &[("key", "key:slack"), ("answer", "maybe")]
        )
        .await
        .status,
        303
    );
    assert!(read(&browser.get(&page).await).contains("Is this right?"));
    post(
        &browser,
        &page,
        "/answer",
        &[("key", "key:slack"), ("answer", "no")],
    )
    .await;
    assert!(!read(&browser.get(&page).await).contains("Is this right?"));
    type_key(&browser, &page, GOOD).await;
    let text = read(&browser.get(&page).await);
    assert!(
        text.contains("What you have not said yes to will be forgotten"),
        "{text}"
    );
    post(&browser, &page, "/done", &[]).await;
    assert_eq!(stage.credentials().await.len(), 0);
    assert_eq!(stage.state(&id).await["connected"], json!([]));
}

#[tokio::test]
async fn what_waits_is_confirmed_in_its_own_browser_and_ticket_alone() {
    let stage = Stage::start().await;
    let (browser, _, page) = stage.opened().await;
    type_key(&browser, &page, GOOD).await;
    let token = browser.get(&page).await.hidden("form_token");
    let (other, _, other_page) = stage.opened().await;
    let fields = [
        ("form_token", token.as_str()),
        ("key", "key:slack"),
        ("answer", "yes"),
    ];
    let stolen = other.post(&format!("{page}/answer"), &fields).await;
    assert_eq!(stolen.status, 403);
    let own = post(
        &other,
        &other_page,
        "/answer",
        &[("key", "key:slack"), ("answer", "yes")],
    )
    .await;
    assert_eq!(own.status, 409);
    for key in ["", "key:", "key:github", "flow:x", "flow:", "slack"] {
        let odd = post(&browser, &page, "/answer", &[("key", key), ("answer", "yes")]).await;
        assert_eq!(odd.status, 409, "{key}");
    }
    assert_eq!(stage.credentials().await.len(), 0);
    assert!(read(&browser.get(&page).await).contains("Is this right?"));
}

#[tokio::test]
async fn every_fault_stands_beside_its_field_and_no_secret_ever_comes_back() {
    let stage = Stage::start().await;
    let (browser, _, page) = stage.opened().await;
    let offer = browser.get(&format!("{page}/to/slack")).await;
    assert!(
        offer.text.contains("type=\"password\" value=\"\""),
        "{}",
        offer.text
    );
    let empty = type_key(&browser, &page, "  ").await;
    assert_eq!(empty.status, 400);
    assert!(
        empty.text.contains("aria-describedby=\"bot_token-token-fault\""),
        "{}",
        empty.text
    );
    assert!(
        read(&empty).contains("Is missing: Bot User OAuth Token"),
        "{}",
        read(&empty)
    );
    let lines = type_key(&browser, &page, "xoxb-line\nbreak-secret").await;
    assert!(read(&lines).contains("Holds line breaks"), "{}", read(&lines));
    let refused = type_key(&browser, &page, BAD).await;
    assert_eq!(refused.status, 400);
    let text = read(&refused);
    assert!(
        text.contains("Slack is not connected.") && text.contains("Slack does not take this"),
        "{text}"
    );
    // The fault stands at the form that was sent, and at no other.
    assert_eq!(refused.text.matches("aria-invalid").count(), 1);
    for answer in [&empty, &lines, &refused] {
        assert!(!answer.text.contains("secret"), "{}", answer.text);
    }
    let odd = post(
        &browser,
        &page,
        "/to/slack",
        &[("kind", "bot_token"), ("field.tokn", GOOD)],
    )
    .await;
    assert_eq!(odd.status, 400);
    assert!(
        read(&odd).contains("There is no such field") && !odd.text.contains(GOOD),
        "{}",
        read(&odd)
    );
    for kind in ["", "magic", "oauth2"] {
        let unknown = post(
            &browser,
            &page,
            "/to/slack",
            &[("kind", kind), ("field.token", GOOD)],
        )
        .await;
        assert_eq!(unknown.status, 404, "{kind}");
    }
    assert_eq!(stage.credentials().await.len(), 0);
}

#[tokio::test]
async fn a_platform_that_is_down_keeps_nothing_and_says_so() {
    let stage = Stage::start().await;
    let (browser, _, page) = stage.opened().await;
    stage.is_down.store(true, Ordering::SeqCst);
    let down = type_key(&browser, &page, GOOD).await;
    assert_eq!(down.status, 400);
    let text = read(&down);
    assert!(
        text.contains("Slack is not connected.") && text.contains("Nothing was kept"),
        "{text}"
    );
    assert!(!read(&browser.get(&page).await).contains("Is this right?"));
    stage.is_down.store(false, Ordering::SeqCst);
    assert_eq!(type_key(&browser, &page, GOOD).await.status, 303);
    assert!(!stage.slack.received().is_empty());
}

#[tokio::test]
async fn the_posts_of_a_page_are_counted_for_its_user() {
    let stage = Stage::start().await;
    let limited = solder_testkit::Solder::build().rate_limit("2/60s").start().await;
    drop(stage);
    let ada = limited.admin().as_user("ada");
    let made = ada.post("/api/connect-tickets", &json!({})).await.json();
    let link = made["url"]
        .as_str()
        .unwrap()
        .strip_prefix(&limited.url)
        .unwrap()
        .to_owned();
    let browser = solder_testkit::Browser::new(&limited.url);
    super::stage::open(&browser, &link).await;
    let page = format!("/connect/{}", made["ticketId"].as_str().unwrap());
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(
            post(&browser, &page, "/answer", &[("key", "key:x"), ("answer", "yes")])
                .await
                .status,
        );
    }
    assert_eq!(statuses, [409, 409, 429]);
}
