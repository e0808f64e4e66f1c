//! Signing in by a password, and what a visitor is: the break-ins first.

use serde_json::json;
use solder_engine::Visitor;
use solder_model::{AccountId, Digest, Role, UserId, UserName};
use solder_testkit::{Answer, Browser, Solder};
use std::time::Duration;

const PASSWORD: &str = "correct horse battery staple";
const VISITOR: &str = "solder_visitor";

/// An installation whose user `ada` has a password.
async fn with_ada() -> Solder {
    let solder = Solder::start().await;
    let ada = UserName::new("ada").unwrap();
    solder
        .installation
        .create_user(&solder.first.id, &ada)
        .await
        .unwrap();
    set_password(&solder, "ada", PASSWORD).await;
    solder
}

async fn set_password(solder: &Solder, user: &str, password: &str) {
    let name = UserName::new(user).unwrap();
    let password = solder_model::Secret::new(password);
    let set = solder
        .installation
        .set_password(&solder.first.id, &name, password);
    set.await.unwrap();
}

async fn user(solder: &Solder, name: &str) -> UserId {
    let name = UserName::new(name).unwrap();
    let user = solder
        .installation
        .create_user(&solder.first.id, &name)
        .await
        .unwrap();
    user.id
}

/// A browser that has its cookie, and the browser's digest.
fn browser(solder: &Solder) -> (Browser, Digest) {
    let browser = Browser::new(&solder.url);
    browser.set_cookie("solder_browser", solder.engine.new_browser().expose());
    let digest = solder.engine.browser(&browser.cookie("solder_browser")).unwrap();
    (browser, digest)
}

async fn begin(solder: &Solder, digest: &Digest, expected: Option<&UserId>) -> String {
    let begun = solder
        .engine
        .begin_sign_in(&solder.first.id, "/connect/x?y=z", expected, digest);
    begun.await.unwrap()
}

/// Fills the form of an attempt.
async fn fill(browser: &Browser, path: &str, user: &str, password: &str) -> Answer {
    let page = browser.get(path).await;
    let token = page.hidden("form_token");
    let fields = [
        ("form_token", token.as_str()),
        ("user", user),
        ("password", password),
    ];
    browser.post(path, &fields).await
}

async fn visitor(
    solder: &Solder,
    browser: &Browser,
    account: &AccountId,
    digest: &Digest,
) -> Option<Visitor> {
    let cookie = browser.cookie(VISITOR);
    solder.engine.visitor(&cookie, account, digest).await.unwrap()
}

/// A browser in which `ada` is signed in.
async fn ada_signed_in(solder: &Solder) -> (Browser, Digest) {
    let (browser, digest) = browser(solder);
    let path = begin(solder, &digest, None).await;
    let answer = fill(&browser, &path, "ada", PASSWORD).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    (browser, digest)
}

#[tokio::test]
async fn a_password_signs_in_and_leads_back() {
    let solder = with_ada().await;
    let (browser, digest) = browser(&solder);
    let path = begin(&solder, &digest, None).await;
    let page = browser.get(&path).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Sign in to first"), "{}", page.text);
    let answer = fill(&browser, &path, "ada", PASSWORD).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, "/connect/x?y=z")
    );
    let cookie = answer.header("set-cookie");
    for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=28800"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let seen = visitor(&solder, &browser, &solder.first.id, &digest)
        .await
        .unwrap();
    assert_eq!(
        (seen.user_name().as_str(), seen.way().to_string()),
        ("ada", "password".to_owned())
    );
    assert_eq!(seen.user(), &user(&solder, "ada").await);
}

#[tokio::test]
async fn over_https_the_cookies_are_those_of_this_host_alone() {
    let solder = Solder::build().public_url("https://solder.example").start().await;
    let ada = UserName::new("ada").unwrap();
    solder
        .installation
        .create_user(&solder.first.id, &ada)
        .await
        .unwrap();
    set_password(&solder, "ada", PASSWORD).await;
    let browser = Browser::new(&solder.url);
    browser.set_cookie("__Host-solder_browser", solder.engine.new_browser().expose());
    let digest = solder
        .engine
        .browser(&browser.cookie("__Host-solder_browser"))
        .unwrap();
    let path = begin(&solder, &digest, None).await;
    let page = browser.get(&path).await;
    let token = page.hidden("form_token");
    let fields = [
        ("form_token", token.as_str()),
        ("user", "ada"),
        ("password", PASSWORD),
    ];
    let answer = browser.post_from("https://solder.example", &path, &fields).await;
    // The browser of the test says `cross-site`, since it is at another address.
    assert_eq!(answer.status, 403);
    let answer = browser
        .post_as("https://solder.example", "same-origin", &path, &fields)
        .await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-solder_visitor=") && cookie.contains("; Secure"),
        "{cookie}"
    );
}

#[tokio::test]
async fn a_cookie_is_worth_nothing_to_another_account_or_browser_nor_after_a_change_of_it() {
    let solder = with_ada().await;
    let (browser, digest) = ada_signed_in(&solder).await;
    let second = solder.account("second").await;
    assert!(
        visitor(&solder, &browser, &solder.first.id, &digest)
            .await
            .is_some()
    );
    assert!(visitor(&solder, &browser, &second.id, &digest).await.is_none());
    let other = solder
        .engine
        .browser(solder.engine.new_browser().expose())
        .unwrap();
    assert!(
        visitor(&solder, &browser, &solder.first.id, &other)
            .await
            .is_none()
    );
    let cookie = browser.cookie(VISITOR);
    for place in [0, 12, cookie.len() / 2, cookie.len() - 2] {
        let mut changed = cookie.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let seen = solder
            .engine
            .visitor(&changed, &solder.first.id, &digest)
            .await
            .unwrap();
        assert!(seen.is_none(), "{place}");
    }
    for text in [
        "",
        "x",
        "{\"account\":\"acc_0000000000000000\"}",
        &"A".repeat(10_000),
    ] {
        let seen = solder
            .engine
            .visitor(text, &solder.first.id, &digest)
            .await
            .unwrap();
        assert!(seen.is_none(), "{text}");
    }
}

#[tokio::test]
async fn a_sign_in_lasts_eight_hours() {
    let solder = with_ada().await;
    let (browser, digest) = ada_signed_in(&solder).await;
    solder.clock.advance(Duration::from_secs(8 * 3_600 - 1));
    assert!(
        visitor(&solder, &browser, &solder.first.id, &digest)
            .await
            .is_some()
    );
    solder.clock.advance(Duration::from_secs(1));
    assert!(
        visitor(&solder, &browser, &solder.first.id, &digest)
            .await
            .is_none()
    );
}

#[tokio::test]
async fn an_attempt_works_once_in_its_browser_and_for_ten_minutes() {
    let solder = with_ada().await;
    let (first, digest) = browser(&solder);
    let path = begin(&solder, &digest, None).await;
    let (second, _) = browser(&solder);
    let elsewhere = second.get(&path).await;
    assert_eq!(elsewhere.status, 403);
    assert!(elsewhere.text.contains("another browser"), "{}", elsewhere.text);
    let nobody = Browser::new(&solder.url).get(&path).await;
    assert_eq!(nobody.status, 403);

    // The form of one browser in another, with the other's own token.
    let form = solder.engine.form_token(
        &solder.engine.browser(&second.cookie("solder_browser")).unwrap(),
        &format!("sign-in {}", path.trim_start_matches("/sign-in/")),
    );
    let fields = [
        ("form_token", form.as_str()),
        ("user", "ada"),
        ("password", PASSWORD),
    ];
    assert_eq!(second.post(&path, &fields).await.status, 403);
    assert_eq!(second.cookie(VISITOR), "");

    assert_eq!(fill(&first, &path, "ada", PASSWORD).await.status, 303);
    let again = first.get(&path).await;
    assert_eq!(again.status, 404);
    assert!(again.text.contains("used already"), "{}", again.text);

    let path = begin(&solder, &digest, None).await;
    solder.clock.advance(Duration::from_mins(10));
    assert_eq!(first.get(&path).await.status, 404);
    for unknown in ["/sign-in/x", "/sign-in/callbacks", "/sign-in/%00"] {
        assert_eq!(first.get(unknown).await.status, 404, "{unknown}");
    }
}

#[tokio::test]
async fn of_two_forms_that_are_sent_at_once_one_signs_in() {
    let solder = with_ada().await;
    let (browser, digest) = browser(&solder);
    let path = begin(&solder, &digest, None).await;
    let token = browser.get(&path).await.hidden("form_token");
    let fields = [
        ("form_token", token.as_str()),
        ("user", "ada"),
        ("password", PASSWORD),
    ];
    let (one, two) = tokio::join!(browser.post(&path, &fields), browser.post(&path, &fields));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 404]);
}

#[tokio::test]
async fn a_form_of_another_site_or_without_its_token_signs_nobody_in() {
    let solder = with_ada().await;
    let (browser, digest) = browser(&solder);
    let path = begin(&solder, &digest, None).await;
    let token = browser.get(&path).await.hidden("form_token");
    let fields = [
        ("form_token", token.as_str()),
        ("user", "ada"),
        ("password", PASSWORD),
    ];
    assert_eq!(
        browser
            .post_from("https://evil.example", &path, &fields)
            .await
            .status,
        403
    );
    assert_eq!(browser.post(&path, &fields[1..]).await.status, 403);
    let other = solder.engine.form_token(&digest, "sign-out");
    let wrong = [
        ("form_token", other.as_str()),
        ("user", "ada"),
        ("password", PASSWORD),
    ];
    assert_eq!(browser.post(&path, &wrong).await.status, 403);
    assert_eq!(browser.cookie(VISITOR), "");
    assert_eq!(browser.post(&path, &fields).await.status, 303);
}

#[tokio::test]
async fn a_sign_in_leads_to_a_path_of_ours_and_nowhere_else() {
    let solder = with_ada().await;
    let (_, digest) = browser(&solder);
    for elsewhere in [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "evil",
        "",
    ] {
        let begun = solder
            .engine
            .begin_sign_in(&solder.first.id, elsewhere, None, &digest);
        assert!(begun.await.is_err(), "{elsewhere}");
    }
}

#[tokio::test]
async fn another_user_than_the_expected_one_is_refused_by_name() {
    let solder = with_ada().await;
    let grace = user(&solder, "grace").await;
    set_password(&solder, "grace", "another good password").await;
    let (browser, digest) = browser(&solder);
    let path = begin(&solder, &digest, Some(&grace)).await;
    let page = browser.get(&path).await;
    assert!(
        page.text.contains("made for <strong>grace</strong>"),
        "{}",
        page.text
    );
    assert!(
        page.text.contains("value=\"grace\"") && page.text.contains("readonly"),
        "{}",
        page.text
    );
    let refused = fill(&browser, &path, "ada", PASSWORD).await;
    assert_eq!(refused.status, 403);
    assert!(
        refused.text.contains("“ada”") && refused.text.contains("“grace”"),
        "{}",
        refused.text
    );
    assert_eq!(browser.cookie(VISITOR), "");
    assert_eq!(
        fill(&browser, &path, "grace", "another good password")
            .await
            .status,
        303
    );
}

#[tokio::test]
async fn a_wrong_user_and_a_wrong_password_read_alike_and_nothing_typed_as_password_comes_back() {
    let solder = with_ada().await;
    let (browser, digest) = browser(&solder);
    let path = begin(&solder, &digest, None).await;
    let wrong = "a wrong password of mine";
    let mut said = Vec::new();
    for user in ["ada", "nobody", "admin", "", "a\0b"] {
        let answer = fill(&browser, &path, user, wrong).await;
        assert_eq!(answer.status, 403, "{user}");
        assert!(!answer.text.contains(wrong));
        let fault = answer.text.split("role=\"alert\">").nth(1).unwrap();
        said.push(fault.split("</div>").next().unwrap().to_owned());
    }
    assert!(said.iter().all(|one| *one == said[0]), "{said:?}");
    let long = "x".repeat(100_000);
    assert_eq!(fill(&browser, &path, "ada", &long).await.status, 403);
    let markup = fill(&browser, &path, "<script>alert(1)</script>", wrong).await;
    assert!(!markup.text.contains("<script>"), "{}", markup.text);
}

#[tokio::test]
async fn ten_wrong_passwords_close_a_user_for_a_while_for_known_and_unknown_users_alike() {
    let solder = Solder::build()
        .engine(|engine| engine.failure_limit = None)
        .start()
        .await;
    user(&solder, "ada").await;
    set_password(&solder, "ada", PASSWORD).await;
    let (browser, digest) = browser(&solder);
    let path = begin(&solder, &digest, None).await;
    for user in ["ada", "nobody"] {
        for _ in 0..10 {
            assert_eq!(fill(&browser, &path, user, "wrong wrong wrong").await.status, 403);
        }
        let closed = fill(&browser, &path, user, "wrong wrong wrong").await;
        assert_eq!(
            (closed.status, closed.header("retry-after")),
            (429, "900"),
            "{user}"
        );
        assert!(closed.text.contains("15 minutes"), "{}", closed.text);
    }
    // Not even the right one is looked at, or the limit would tell when it was guessed.
    assert_eq!(fill(&browser, &path, "ada", PASSWORD).await.status, 429);
    solder.clock.advance(Duration::from_mins(15));
    let path = begin(&solder, &digest, None).await;
    assert_eq!(fill(&browser, &path, "ada", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn wrong_passwords_count_as_failed_authentication_of_the_address() {
    let limit = "3/60s".parse().unwrap();
    let solder = Solder::build()
        .engine(|engine| engine.failure_limit = Some(limit))
        .start()
        .await;
    user(&solder, "ada").await;
    set_password(&solder, "ada", PASSWORD).await;
    let (browser, digest) = browser(&solder);
    let path = begin(&solder, &digest, None).await;
    for user in ["a", "b", "c"] {
        assert_eq!(fill(&browser, &path, user, "wrong wrong wrong").await.status, 403);
    }
    assert_eq!(fill(&browser, &path, "ada", PASSWORD).await.status, 429);
    assert_eq!(
        solder
            .client("sk_of_nobody_at_all")
            .get("/api/servers")
            .await
            .status,
        429
    );
    solder.clock.advance(Duration::from_mins(1));
    assert_eq!(fill(&browser, &path, "ada", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn signing_out_ends_the_cookie_wherever_it_was_copied_to() {
    let solder = with_ada().await;
    let (browser, digest) = ada_signed_in(&solder).await;
    let copied = browser.cookie(VISITOR);
    let asked = browser.get("/sign-out").await;
    assert_eq!((asked.status, browser.cookie(VISITOR)), (200, copied.clone()));
    let token = asked.hidden("form_token");
    assert_eq!(
        browser
            .post_from("https://evil.example", "/sign-out", &[("form_token", &token)])
            .await
            .status,
        403
    );
    assert_eq!(browser.cookie(VISITOR), copied);
    let out = browser.post("/sign-out", &[("form_token", &token)]).await;
    assert_eq!(out.status, 200);
    assert!(out.text.contains("signed out"), "{}", out.text);
    assert_eq!(browser.cookie(VISITOR), "");
    let seen = solder
        .engine
        .visitor(&copied, &solder.first.id, &digest)
        .await
        .unwrap();
    assert!(seen.is_none());
}

#[tokio::test]
async fn a_changed_or_removed_password_ends_the_users_sign_ins() {
    let solder = with_ada().await;
    let ada = user(&solder, "ada").await;
    let path = format!("/api/users/{ada}/password");
    let (browser, digest) = ada_signed_in(&solder).await;
    let set = solder
        .admin()
        .put(&path, &json!({ "password": "a new password of ada" }))
        .await;
    assert_eq!(set.status, 200, "{}", set.text);
    assert_eq!(set.json()["hasPassword"], true);
    assert!(!set.text.contains("a new password"), "{}", set.text);
    assert!(
        visitor(&solder, &browser, &solder.first.id, &digest)
            .await
            .is_none()
    );

    let old = begin(&solder, &digest, None).await;
    assert_eq!(fill(&browser, &old, "ada", PASSWORD).await.status, 403);
    assert_eq!(
        fill(&browser, &old, "ada", "a new password of ada").await.status,
        303
    );
    assert!(
        visitor(&solder, &browser, &solder.first.id, &digest)
            .await
            .is_some()
    );

    assert_eq!(solder.admin().delete(&path).await.status, 200);
    assert!(
        visitor(&solder, &browser, &solder.first.id, &digest)
            .await
            .is_none()
    );
    let gone = begin(&solder, &digest, None).await;
    let page = browser.get(&gone).await;
    assert!(page.text.contains("no way to sign in"), "{}", page.text);
    assert_eq!(solder.admin().delete(&path).await.status, 404);
}

#[tokio::test]
async fn passwords_are_for_admins_of_the_users_account_and_every_fault_is_told() {
    let solder = with_ada().await;
    let ada = user(&solder, "ada").await;
    let path = format!("/api/users/{ada}/password");
    let good = json!({ "password": PASSWORD });
    let member = solder.key(&solder.first, "bob", Role::Member, false).await;
    let bound = solder.key(&solder.first, "bob", Role::Admin, true).await;
    let second = solder.account("second").await;
    for (key, status) in [(&member, 403), (&bound, 403), (&second.key, 404)] {
        assert_eq!(solder.client(key).put(&path, &good).await.status, status);
        assert_eq!(solder.client(key).delete(&path).await.status, status);
    }
    assert_eq!(solder.nobody().put(&path, &good).await.status, 401);
    for bad in [
        json!({}),
        json!({ "password": 7 }),
        json!({ "password": "short" }),
        json!({ "password": "x".repeat(1_025) }),
    ] {
        let answer = solder.admin().put(&path, &bad).await;
        assert_eq!(
            (answer.status, answer.faults()),
            (400, vec!["password".to_owned()]),
            "{bad}"
        );
    }
    for unknown in ["usr_0000000000000000", "ada", "%00"] {
        let answer = solder
            .admin()
            .put(&format!("/api/users/{unknown}/password"), &good)
            .await;
        assert_eq!(answer.status, 404, "{unknown}");
    }
    // Nothing of this has changed the password.
    ada_signed_in(&solder).await;
}

#[tokio::test]
async fn who_has_a_password_is_never_taken_unsigned() {
    let solder = with_ada().await;
    let mcp = solder
        .token_url(&json!({ "name": "public", "isPublic": true }))
        .await;
    let list = async |user: &str| {
        mcp.with("x-alloy-userid", user)
            .legacy("tools/list", &json!({}))
            .await
    };
    let refused = list("ada").await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    assert!(refused.text.contains("password"), "{}", refused.text);
    assert_eq!(list("eve").await.status, 200);
    let eve = user(&solder, "eve").await;
    assert_eq!(list("eve").await.status, 200);
    let path = format!("/api/users/{eve}/password");
    assert_eq!(
        solder
            .admin()
            .put(&path, &json!({ "password": PASSWORD }))
            .await
            .status,
        200
    );
    assert_eq!(list("eve").await.status, 403);
    assert_eq!(solder.admin().delete(&path).await.status, 200);
    assert_eq!(list("eve").await.status, 200);
}
