//! Who gets in: once, one browser, in time, and nobody who has something else.

use super::stage::{Stage, open, post, read};
use serde_json::{Value, json};
use solder_testkit::Browser;
use std::time::Duration;

#[tokio::test]
async fn looking_at_a_link_uses_nothing_up_and_one_button_opens_it_for_one_browser() {
    let stage = Stage::start().await;
    let (id, link) = stage.ticket(&json!({})).await;
    // A preview of the link looks too, and so does whoever else it was sent to.
    for _ in 0..3 {
        let seen = stage.browser().get(&link).await;
        assert_eq!(seen.status, 200);
        let text = read(&seen);
        assert!(
            text.contains("For ada At first") && text.contains("Go on as ada"),
            "{text}"
        );
    }
    assert_eq!(stage.state(&id).await["state"], "new");

    let mine = stage.browser();
    let opened = open(&mine, &link).await;
    let page = format!("/connect/{id}");
    assert_eq!((opened.status, opened.header("location")), (303, page.as_str()));
    let state = stage.state(&id).await;
    assert_eq!(
        (&state["state"], &state["proof"]),
        (&json!("opened"), &json!("first-browser"))
    );
    let text = read(&mine.get(&page).await);
    assert!(
        text.contains("Assistants that work for ada at first") && text.contains("Slack"),
        "{text}"
    );
    // The link leads its own browser to the page, and shows another one nothing.
    assert_eq!(mine.get(&link).await.header("location"), page);
    let other = stage.browser();
    for path in [&link, &page, &format!("{page}/to/slack")] {
        let refused = other.get(path).await;
        assert_eq!(refused.status, 403, "{path}");
        let text = read(&refused);
        assert!(text.contains("open in another browser"), "{text}");
        assert!(
            !text.contains("ada") && !text.contains("Slack"),
            "nothing of the inside: {text}"
        );
    }
}

#[tokio::test]
async fn of_two_browsers_that_open_a_link_at_once_exactly_one_gets_in() {
    let stage = Stage::start().await;
    for _ in 0..5 {
        let (_, link) = stage.ticket(&json!({})).await;
        let browsers: Vec<Browser> = (0..4).map(|_| stage.browser()).collect();
        let mut tokens = Vec::new();
        for browser in &browsers {
            tokens.push(browser.get(&link).await.hidden("form_token"));
        }
        let fields: Vec<_> = tokens
            .iter()
            .map(|token| [("form_token", token.as_str())])
            .collect();
        let (a, b, c, d) = tokio::join!(
            browsers[0].post(&link, &fields[0]),
            browsers[1].post(&link, &fields[1]),
            browsers[2].post(&link, &fields[2]),
            browsers[3].post(&link, &fields[3]),
        );
        let mut statuses = [a.status, b.status, c.status, d.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 403, 403, 403]);
    }
}

#[tokio::test]
async fn a_link_ends_and_whoever_opens_it_late_has_a_quarter_of_an_hour_all_the_same() {
    let stage = Stage::start().await;
    let (_, old) = stage.ticket(&json!({ "expiresInSeconds": 60 })).await;
    let (id, late) = stage.ticket(&json!({ "expiresInSeconds": 61 })).await;
    stage.solder.clock.advance(Duration::from_mins(1));
    let expired = stage.browser().get(&old).await;
    assert_eq!(expired.status, 410);
    assert!(
        read(&expired).contains("This link has expired"),
        "{}",
        read(&expired)
    );

    let browser = stage.browser();
    assert_eq!(open(&browser, &late).await.status, 303);
    let page = format!("/connect/{id}");
    stage.solder.clock.advance(Duration::from_secs(899));
    let text = read(&browser.get(&page).await);
    assert!(text.contains("works for less than a minute"), "{text}");
    stage.solder.clock.advance(Duration::from_secs(1));
    assert_eq!(browser.get(&page).await.status, 410);
    assert_eq!(stage.state(&id).await["state"], "expired");
}

#[tokio::test]
async fn done_ends_a_ticket_for_good() {
    let stage = Stage::start().await;
    let (browser, id, page) = stage.opened().await;
    let token = browser.get(&page).await.hidden("form_token");
    let done = browser
        .post(&format!("{page}/done"), &[("form_token", &token)])
        .await;
    assert_eq!(done.status, 200);
    assert!(read(&done).contains("All done"), "{}", read(&done));
    assert_eq!(stage.state(&id).await["state"], "done");
    // Whatever is played again finds it closed.
    for path in ["/done", "/answer", "/to/slack"] {
        let again = browser
            .post(
                &format!("{page}{path}"),
                &[
                    ("form_token", &token),
                    ("kind", "bot_token"),
                    ("field.token", "xoxb-x"),
                ],
            )
            .await;
        assert!(read(&again).contains("All done"), "{path}: {}", read(&again));
    }
    assert!(read(&browser.get(&page).await).contains("All done"));
    assert_eq!(stage.browser().get(&page).await.status, 403);
    assert_eq!(stage.credentials().await, Vec::<Value>::new());
}

#[tokio::test]
async fn done_leads_back_where_that_is_listed_and_stays_where_it_is_not() {
    let stage = Stage::start().await;
    for (uri, leads) in [
        ("http://127.0.0.1:7/after?x=1", true),
        ("https://evil.example/", false),
        ("https://127.0.0.1.evil.example/", false),
    ] {
        let (id, link) = stage
            .ticket(&json!({ "connectors": ["slack"], "redirectUri": uri }))
            .await;
        let browser = stage.browser();
        open(&browser, &link).await;
        let done = post(&browser, &format!("/connect/{id}"), "/done", &[]).await;
        let onward = super::stage::leads_on(&done);
        let expected = format!("{uri}&ticketId={id}&status=cancelled");
        assert_eq!(onward, leads.then_some(expected), "{uri}");
        assert!(!done.text.contains("href=\"https://evil"), "{}", done.text);
        assert_eq!(
            read(&done).contains("is not on the account's list"),
            !leads,
            "{uri}"
        );
    }
}

#[tokio::test]
async fn what_is_no_ticket_opens_nothing_and_is_counted() {
    let stage = Stage::start().await;
    let (id, link) = stage.ticket(&json!({})).await;
    // Its id alone opens nothing before it is open.
    let by_id = stage.browser().get(&format!("/connect/{id}")).await;
    assert_eq!(by_id.status, 404);
    let longer = format!("{link}x");
    for path in [
        "/connect/ct_",
        "/connect/tkt_aaaaaaaaaaaaaaaa",
        "/connect/%00",
        &longer,
    ] {
        let unknown = stage.browser().get(path).await;
        assert_eq!(unknown.status, 404, "{path}");
        assert!(
            read(&unknown).contains("This link does not work"),
            "{}",
            read(&unknown)
        );
    }
    let mut statuses = Vec::new();
    for guess in 0..40 {
        statuses.push(
            stage
                .browser()
                .get(&format!("/connect/ct_guess{guess}"))
                .await
                .status,
        );
    }
    assert!(
        statuses.contains(&404) && statuses.last() == Some(&429),
        "{statuses:?}"
    );
    // A real link is never touched by that.
    assert_eq!(stage.browser().get(&link).await.status, 200);
}

#[tokio::test]
async fn a_form_counts_only_with_the_token_of_this_browser_and_ticket() {
    let stage = Stage::start().await;
    let (_, link) = stage.ticket(&json!({})).await;
    let (browser, id, page) = stage.opened().await;
    let (other, _, other_page) = stage.opened().await;
    let own = browser.get(&page).await.hidden("form_token");
    let foreign = other.get(&other_page).await.hidden("form_token");
    for token in ["", "x", &foreign, &browser.get(&link).await.hidden("form_token")] {
        for path in ["/done", "/answer", "/to/slack"] {
            let forged = browser
                .post(&format!("{page}{path}"), &[("form_token", token)])
                .await;
            assert_eq!(forged.status, 403, "{path} {token}");
            assert!(read(&forged).contains("This form cannot be used"));
        }
    }
    // The right token does not help a page of another site.
    let crossed = browser
        .post_from(
            "https://evil.example",
            &format!("{page}/done"),
            &[("form_token", &own)],
        )
        .await;
    assert_eq!(crossed.status, 403);
    let unopened = stage.browser();
    unopened.get(&link).await;
    assert_eq!(unopened.post(&link, &[("form_token", &own)]).await.status, 403);
    assert_eq!(stage.state(&id).await["state"], "opened");
}

#[tokio::test]
async fn restrictions_decide_what_is_offered_and_what_is_said_to_be_allowed() {
    let stage = Stage::start().await;
    let restrictions = json!({
        "permissions": [
            { "connector": "slack", "actions": ["conversations_list", "chat_postMessage"] },
            { "connector": "notion" },
        ],
    });
    let server = stage
        .solder
        .server(&json!({ "name": "Team & Co", "restrictions": restrictions }))
        .await;
    let server_id = server["serverId"].as_str().unwrap();
    let (id, link) = stage.ticket(&json!({ "serverId": server_id })).await;
    let browser = stage.browser();
    assert!(read(&browser.get(&link).await).contains("Server Team & Co"));
    open(&browser, &link).await;
    let page = format!("/connect/{id}");
    let shown = browser.get(&page).await;
    let text = read(&shown);
    assert!(text.contains("through the server Team & Co"), "{text}");
    assert!(
        text.contains("Slack") && text.contains("Notion") && !text.contains("GitHub"),
        "{text}"
    );
    assert!(!shown.text.contains("id=\"to-solder\""), "{text}");
    let slack = read(&browser.get(&format!("{page}/to/slack")).await);
    assert!(
        slack.contains("May look at Channels May add or change Messages"),
        "{slack}"
    );
    assert!(
        slack.contains("Messages: Send a message") && !slack.contains("May delete"),
        "{slack}"
    );
    for hidden in ["github", "solder", "slak", "..%2Fslack"] {
        assert_eq!(
            browser.get(&format!("{page}/to/{hidden}")).await.status,
            404,
            "{hidden}"
        );
    }
    // They hold at once when they change, and the users layer closes the page.
    let narrowed = json!({ "restrictions": { "users": { "mode": "blocklist", "blockedIds": ["ada"] } } });
    let path = format!("/api/servers/{server_id}");
    assert_eq!(stage.solder.admin().put(&path, &narrowed).await.status, 200);
    assert_eq!(browser.get(&page).await.status, 403);
    assert_eq!(stage.solder.admin().delete(&path).await.status, 200);
    assert_eq!(browser.get(&page).await.status, 404);
}

#[tokio::test]
async fn pages_are_not_framed_run_nothing_and_tell_no_other_site_where_they_are() {
    let stage = Stage::start().await;
    let (browser, _, page) = stage.opened().await;
    let (_, link) = stage.ticket(&json!({})).await;
    for path in [
        &link,
        &page,
        &format!("{page}/to/slack"),
        &"/connect/ct_none".to_owned(),
    ] {
        let answer = browser.get(path).await;
        let policy = answer.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("script"), "{policy}");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(
            !answer.text.contains("<script") && !answer.text.contains("style="),
            "{}",
            answer.text
        );
    }
}

#[tokio::test]
async fn a_name_cannot_pass_for_another_nor_write_into_the_page() {
    let stage = Stage::start().await;
    let name = "<b>ad\u{202e}a</b>\u{200b}";
    let made = stage
        .solder
        .admin()
        .as_user(name)
        .post("/api/connect-tickets", &json!({}))
        .await
        .json();
    let link = made["url"]
        .as_str()
        .unwrap()
        .strip_prefix(&stage.solder.url)
        .unwrap();
    let cover = stage.browser().get(link).await;
    assert!(!cover.text.contains("<b>ad"), "{}", cover.text);
    assert!(read(&cover).contains("Go on as <b>ada</b>"), "{}", read(&cover));
}
