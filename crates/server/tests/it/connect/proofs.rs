//! The proofs: signing in, a JWT that the account's own site hands over, and what neither of them lets through.

use super::stage::{GOOD, Stage, post, read, type_key};
use serde_json::{Value, json};
use solder_testkit::{Answer, Browser, Signer};
use std::time::Duration;

const PASSWORD: &str = "correct horse battery staple";
const KEY: &str = "a secret of thirty-two bytes or more";

impl Stage {
    async fn user_id(&self, name: &str) -> String {
        let account = &self.solder.first.id;
        let name = solder_model::UserName::new(name).unwrap();
        let user = self
            .solder
            .installation
            .create_user(account, &name)
            .await
            .unwrap();
        user.id.as_str().to_owned()
    }

    async fn set_password(&self, user: &str) {
        let path = format!("/api/users/{}/password", self.user_id(user).await);
        let set = self
            .solder
            .admin()
            .put(&path, &json!({ "password": PASSWORD }))
            .await;
        assert_eq!(set.status, 200, "{}", set.text);
    }

    async fn register_key(&self) {
        let body = json!({ "algorithm": "HS256", "secret": KEY, "name": "site" });
        let made = self.solder.admin().post("/api/jwt-keys", &body).await;
        assert_eq!(made.status, 201, "{}", made.text);
    }

    fn token(&self, user: &str, seconds: i64) -> String {
        let exp = self.solder.engine.now().0 / 1_000 + seconds;
        Signer::hs256(KEY).sign(&json!({ "sub": user, "exp": exp }))
    }

    /// What another site's form does: the cookies that are bound to this one stay behind, and the answer's come in.
    async fn hand_over(&self, browser: &Browser, link: &str, token: &str) -> Answer {
        let passing = Browser::new(&self.solder.url);
        let answer = passing
            .post_from("https://app.example", link, &[("userToken", token)])
            .await;
        let proof = passing.cookie("solder_handover");
        if !proof.is_empty() {
            browser.set_cookie("solder_handover", &proof);
        }
        assert!(
            passing.cookie("solder_browser").is_empty(),
            "the browser's own cookie is left alone"
        );
        answer
    }
}

async fn sign_in(browser: &Browser, link: &str, user: &str) -> Answer {
    let cover = browser.get(link).await;
    let begun = browser
        .post(link, &[("form_token", &cover.hidden("form_token"))])
        .await;
    assert_eq!(begun.status, 303, "{}", begun.text);
    let attempt = begun.header("location").to_owned();
    assert!(attempt.starts_with("/sign-in/"), "{attempt}");
    let form = browser.get(&attempt).await;
    browser
        .post(
            &attempt,
            &[
                ("form_token", &form.hidden("form_token")),
                ("user", user),
                ("password", PASSWORD),
            ],
        )
        .await
}

#[tokio::test]
async fn a_user_with_a_password_signs_in_first_and_has_nothing_to_confirm_after_that() {
    let stage = Stage::start().await;
    stage.set_password("ada").await;
    let (id, link) = stage.ticket(&json!({ "connectors": ["slack"] })).await;
    let browser = stage.browser();
    let cover = read(&browser.get(&link).await);
    assert!(
        cover.contains("Sign in as ada") && !cover.contains("Go on as"),
        "{cover}"
    );
    let signed = sign_in(&browser, &link, "ada").await;
    assert_eq!(signed.status, 303, "{}", signed.text);
    let page = format!("/connect/{id}");
    assert_eq!(
        signed.header("location"),
        page,
        "the link's own text is in no other address"
    );
    let text = read(&browser.get(&page).await);
    assert!(
        text.contains("Slack") && !text.contains("Nothing tells us"),
        "{text}"
    );
    assert_eq!(stage.state(&id).await["proof"], "sign-in");
    assert_eq!(type_key(&browser, &page, GOOD).await.status, 303);
    let text = read(&browser.get(&page).await);
    assert!(
        text.contains("Connected as Acme") && !text.contains("Is this right?"),
        "{text}"
    );
    assert_eq!(stage.credentials().await.len(), 1);
    // Whoever is signed in already opens the next one by looking at it.
    let (next, link) = stage.ticket(&json!({ "connectors": ["slack"] })).await;
    assert_eq!(
        browser.get(&link).await.header("location"),
        format!("/connect/{next}")
    );
}

#[tokio::test]
async fn somebody_else_who_signs_in_does_not_open_it() {
    let stage = Stage::start().await;
    stage.set_password("ada").await;
    stage.set_password("bob").await;
    let (id, link) = stage.ticket(&json!({ "connectors": ["slack"] })).await;
    let browser = stage.browser();
    let refused = sign_in(&browser, &link, "bob").await;
    assert_ne!(refused.status, 303, "{}", refused.text);
    // Bob signs in by a link of his own, and looks at ada's.
    let bob = stage.solder.admin().as_user("bob");
    let made = bob.post("/api/connect-tickets", &json!({})).await.json();
    let bobs = made["url"]
        .as_str()
        .unwrap()
        .strip_prefix(&stage.solder.url)
        .unwrap();
    assert_eq!(sign_in(&browser, bobs, "bob").await.status, 303);
    let text = read(&browser.get(&link).await);
    assert!(
        text.contains("You are signed in as bob. This link is for ada"),
        "{text}"
    );
    assert_eq!(browser.get(&format!("/connect/{id}")).await.status, 404);
    assert_eq!(stage.state(&id).await["state"], "new");
    // A visitor of another account is nobody here.
    let stranger = stage.browser();
    stranger.set_cookie("solder_browser", &browser.cookie("solder_browser"));
    stranger.set_cookie("solder_visitor", "forged");
    assert!(read(&stranger.get(&link).await).contains("Sign in as ada"));
}

#[tokio::test]
async fn the_accounts_own_site_hands_over_a_jwt_and_the_link_alone_opens_nothing() {
    let stage = Stage::start().await;
    stage.register_key().await;
    let (id, link) = stage.ticket(&json!({ "connectors": ["slack"] })).await;
    let browser = stage.browser();
    let cover = browser.get(&link).await;
    let text = read(&cover);
    assert!(text.contains("Open it from the site or app of first"), "{text}");
    assert!(!cover.text.contains("<form"), "{}", cover.text);
    assert_eq!(stage.state(&id).await["state"], "new");

    let handed = stage.hand_over(&browser, &link, &stage.token("ada", 60)).await;
    assert_eq!(
        (handed.status, handed.header("location")),
        (303, link.as_str()),
        "{}",
        handed.text
    );
    let before = browser.cookie("solder_browser");
    let opened = browser.get(&link).await;
    let page = format!("/connect/{id}");
    assert_eq!((opened.status, opened.header("location")), (303, page.as_str()));
    assert_eq!(browser.cookie("solder_browser"), before);
    assert!(
        browser.cookie("solder_handover").is_empty(),
        "a proof is used once"
    );
    assert_eq!(stage.state(&id).await["proof"], "user-token");
    // Any site can post a JWT of its own, so the person still confirms.
    type_key(&browser, &page, GOOD).await;
    assert!(read(&browser.get(&page).await).contains("Let ada of first use it?"));
    assert_eq!(stage.credentials().await.len(), 0);
    post(
        &browser,
        &page,
        "/answer",
        &[("key", "key:slack"), ("answer", "yes")],
    )
    .await;
    assert_eq!(stage.credentials().await.len(), 1);
    // Another browser with another genuine JWT of the same user is too late.
    let late = stage.browser();
    stage.hand_over(&late, &link, &stage.token("ada", 60)).await;
    assert_eq!(late.get(&link).await.status, 403);
}

#[tokio::test]
async fn a_jwt_of_another_user_or_account_or_time_opens_nothing() {
    let stage = Stage::start().await;
    stage.register_key().await;
    let second = stage.solder.account("second").await;
    let theirs = "another account's secret of 32 bytes or more";
    let body = json!({ "algorithm": "HS256", "secret": theirs });
    let made = stage
        .solder
        .client(&second.key)
        .post("/api/jwt-keys", &body)
        .await;
    assert_eq!(made.status, 201, "{}", made.text);
    let (id, link) = stage.ticket(&json!({})).await;
    let exp = stage.solder.engine.now().0 / 1_000 + 60;
    let foreign = Signer::hs256(theirs).sign(&json!({ "sub": "ada", "exp": exp }));
    let browser = stage.browser();
    for (token, status) in [
        (stage.token("bob", 60), 403),
        (foreign, 401),
        (stage.token("ada", -3_600), 401),
        (String::new(), 401),
        ("not.a.jwt".to_owned(), 401),
    ] {
        let refused = stage.hand_over(&browser, &link, &token).await;
        assert_eq!(refused.status, status, "{}", refused.text);
        assert!(
            token.is_empty() || !refused.text.contains(&token),
            "no token comes back"
        );
    }
    assert!(read(&browser.get(&link).await).contains("Open it from the site or app"));
    // Neither a forged proof nor the proof for another ticket does.
    let (_, other) = stage.ticket(&json!({})).await;
    stage.hand_over(&browser, &other, &stage.token("ada", 60)).await;
    for proof in [
        browser.cookie("solder_handover"),
        "AAAA".to_owned(),
        "!".to_owned(),
    ] {
        browser.set_cookie("solder_handover", &proof);
        assert_eq!(browser.get(&link).await.status, 200);
    }
    // Nor one that comes too late.
    stage.hand_over(&browser, &link, &stage.token("ada", 60)).await;
    stage.solder.clock.advance(Duration::from_mins(2));
    assert_eq!(browser.get(&link).await.status, 200);
    assert_eq!(stage.state(&id).await["state"], "new");
    assert_eq!(stage.credentials().await, Vec::<Value>::new());
}

#[tokio::test]
async fn where_the_user_can_sign_in_a_jwt_is_not_enough() {
    let stage = Stage::start().await;
    stage.register_key().await;
    stage.set_password("ada").await;
    let (id, link) = stage.ticket(&json!({})).await;
    let browser = stage.browser();
    stage.hand_over(&browser, &link, &stage.token("ada", 60)).await;
    let text = read(&browser.get(&link).await);
    assert!(text.contains("Sign in as ada"), "{text}");
    assert_eq!(stage.state(&id).await["state"], "new");
}
