//! Signing in by an identity provider, against one that says what a test tells it to: the break-ins first.

mod login;
mod managed;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use login::{KEY, Login, OTHER_KEY, SECRET, Trip, assert_refused, create, sign, trip_with, with_provider};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use solder_testkit::Browser;
use std::collections::HashMap;
use std::time::Duration;

#[tokio::test]
async fn a_provider_signs_in_a_user_who_comes_to_be() {
    let (solder, login, provider) = with_provider(&json!({})).await;
    let (trip, answer) = trip_with(&solder, &login, &provider, |_| ()).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, "/connect/x"),
        "{}",
        answer.text
    );
    let seen = trip.visitor(&solder).await.unwrap();
    assert_eq!(seen.user_name().as_str(), "ada");
    assert_eq!(seen.way().to_string(), format!("provider:{provider}"));

    let query = &trip.query;
    assert_eq!(query["redirect_uri"], format!("{}/sign-in/callback", solder.url));
    assert_eq!(
        (query["response_type"].as_str(), query["client_id"].as_str()),
        ("code", "solder")
    );
    assert_eq!(
        (query["scope"].as_str(), query["code_challenge_method"].as_str()),
        ("openid", "S256")
    );
    let asked = &login.tokens_asked()[0];
    let form: HashMap<String, String> = form_urlencoded::parse(asked.body.as_bytes())
        .into_owned()
        .collect();
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(form["code_verifier"].as_bytes()));
    assert_eq!(challenge, query["code_challenge"]);
    assert_eq!(form["redirect_uri"], query["redirect_uri"]);
    assert!(
        asked.headers["authorization"]
            .to_str()
            .unwrap()
            .starts_with("Basic ")
    );

    // The second time it is the same user, and the description is not read again.
    let (again, _) = trip_with(&solder, &login, &provider, |_| ()).await;
    assert_eq!(again.visitor(&solder).await.unwrap().user(), seen.user());
    assert_eq!(login.times_asked("/.well-known/openid-configuration"), 1);
}

#[tokio::test]
async fn a_token_that_was_not_made_for_this_sign_in_proves_nothing() {
    let (solder, login, provider) = with_provider(&json!({})).await;
    let past = solder.engine.now().0 / 1_000 - 61;
    let wrongs: [(&str, Value); 9] = [
        ("nonce", json!("another")),
        ("nonce", Value::Null),
        ("aud", json!("another-client")),
        ("aud", json!(["solder", "another-client"])),
        ("azp", json!("another-client")),
        ("iss", json!("https://evil.example")),
        ("exp", json!(past)),
        ("sub", json!("")),
        ("sub", json!(7)),
    ];
    for (claim, value) in wrongs {
        let what = format!("{claim}: {value}");
        let change = |claims: &mut Value| {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(claim);
            } else {
                claims[claim] = value;
            }
        };
        let (trip, answer) = trip_with(&solder, &login, &provider, change).await;
        assert_refused(&solder, &trip, &answer, &what).await;
    }
}

#[tokio::test]
async fn a_token_that_the_provider_did_not_sign_proves_nothing() {
    let (solder, login, provider) = with_provider(&json!({})).await;
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    for what in ["none", "hmac", "other key", "changed", "nonsense"] {
        let trip = Trip::begin(&solder, &provider, None).await;
        let claims = trip.claims(&solder, &login);
        let good = sign(&claims, KEY, "one");
        let token = match what {
            "none" => format!("{}.{}.", encode(&json!({ "alg": "none" })), encode(&claims)),
            "hmac" => {
                let key = EncodingKey::from_secret(SECRET.as_bytes());
                jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap()
            }
            "other key" => sign(&claims, OTHER_KEY, "one"),
            "changed" => {
                let mut evil = claims.clone();
                evil["sub"] = json!("admin");
                let parts: Vec<&str> = good.split('.').collect();
                format!("{}.{}.{}", parts[0], encode(&evil), parts[2])
            }
            _ => "nonsense".to_owned(),
        };
        login.say(|says| says.id_token = token);
        let answer = trip.come_back("").await;
        assert_refused(&solder, &trip, &answer, what).await;
    }
}

#[tokio::test]
async fn a_key_that_is_new_at_the_provider_is_looked_for_once_a_minute() {
    let (solder, login, provider) = with_provider(&json!({})).await;
    let (_, answer) = trip_with(&solder, &login, &provider, |_| ()).await;
    assert_eq!(answer.status, 303);
    let by_second_key = async || {
        let trip = Trip::begin(&solder, &provider, None).await;
        let token = sign(&trip.claims(&solder, &login), OTHER_KEY, "two");
        login.say(|says| says.id_token = token);
        trip.come_back("").await.status
    };
    login.say(|says| says.second_key = true);
    assert_eq!(by_second_key().await, 502);
    assert_eq!(login.times_asked("/keys"), 1);
    solder.clock.advance(Duration::from_mins(1));
    assert_eq!(by_second_key().await, 303);
    assert_eq!(by_second_key().await, 303);
    assert_eq!(login.times_asked("/keys"), 2);
}

#[tokio::test]
async fn a_state_works_once_in_its_own_browser_and_for_ten_minutes() {
    let (solder, login, provider) = with_provider(&json!({})).await;
    let trip = Trip::begin(&solder, &provider, None).await;
    let token = sign(&trip.claims(&solder, &login), KEY, "one");
    login.say(|says| says.id_token = token);
    let path = format!("/sign-in/callback?code=a-code&state={}", trip.query["state"]);
    let other = Trip::begin(&solder, &provider, None).await;
    assert_eq!(other.browser.get(&path).await.status, 403);
    assert_eq!(Browser::new(&solder.url).get(&path).await.status, 403);
    assert_eq!(other.browser.cookie("solder_visitor"), "");
    assert!(login.tokens_asked().is_empty(), "no code was given away");

    // A code of one sign-in in another: the nonce does not fit, and neither does the verifier.
    let injected = other.come_back("").await;
    assert_refused(&solder, &other, &injected, "another's code").await;

    assert_eq!(trip.come_back("").await.status, 303);
    assert_eq!(trip.come_back("").await.status, 404);
    for bad in [
        "/sign-in/callback",
        "/sign-in/callback?state=x&code=y",
        "/sign-in/callback?code=y",
    ] {
        assert_eq!(trip.browser.get(bad).await.status, 404, "{bad}");
    }
    let twice = format!("{path}&state=x");
    assert_eq!(trip.browser.get(&twice).await.status, 400);
    let late = Trip::begin(&solder, &provider, None).await;
    solder.clock.advance(Duration::from_mins(10));
    assert_eq!(late.come_back("").await.status, 404);
}

#[tokio::test]
async fn an_answer_of_another_issuer_is_refused_before_the_code_goes_anywhere() {
    let (solder, login, provider) = with_provider(&json!({})).await;
    let trip = Trip::begin(&solder, &provider, None).await;
    let answer = trip.come_back("&iss=https%3A%2F%2Fevil.example").await;
    assert_refused(&solder, &trip, &answer, "iss").await;
    assert!(login.tokens_asked().is_empty());

    // Where a provider names itself in each answer, one without the name is refused too.
    let second = Login::start().await;
    second.say(|says| says.more = json!({ "authorization_response_iss_parameter_supported": true }));
    let strict = create(&solder, &second, &json!({ "name": "Strict" })).await;
    let (trip, answer) = trip_with(&solder, &second, &strict, |_| ()).await;
    assert_refused(&solder, &trip, &answer, "no iss").await;
    assert!(second.tokens_asked().is_empty());
    let trip = Trip::begin(&solder, &strict, None).await;
    let token = sign(&trip.claims(&solder, &second), KEY, "one");
    second.say(|says| says.id_token = token);
    let issuer: String = form_urlencoded::byte_serialize(second.issuer().as_bytes()).collect();
    assert_eq!(trip.come_back(&format!("&iss={issuer}")).await.status, 303);

    // A token of one provider at the other.
    let trip = Trip::begin(&solder, &provider, None).await;
    let token = sign(&trip.claims(&solder, &second), KEY, "one");
    login.say(|says| says.id_token = token);
    let answer = trip.come_back("").await;
    assert_refused(&solder, &trip, &answer, "mix-up").await;
}

#[tokio::test]
async fn what_a_provider_refuses_is_told_in_words() {
    let (solder, login, provider) = with_provider(&json!({})).await;
    for (error, words) in [
        ("access_denied", "did not let you in"),
        ("server_error", "cannot sign anybody in now"),
        ("%3Cscript%3Elogin_required", "`scriptlogin_required`"),
    ] {
        let trip = Trip::begin(&solder, &provider, None).await;
        let state = &trip.query["state"];
        let answer = trip
            .browser
            .get(&format!("/sign-in/callback?error={error}&state={state}"))
            .await;
        assert!(answer.text.contains(words), "{}", answer.text);
        assert!(
            answer.text.contains("Example Login") && answer.text.contains("/connect/x"),
            "{}",
            answer.text
        );
        assert!(!answer.text.contains("<script>"));
    }
    login.say(|says| says.refuses = true);
    let (trip, answer) = trip_with(&solder, &login, &provider, |_| ()).await;
    assert_refused(&solder, &trip, &answer, "invalid_grant").await;
}

#[tokio::test]
async fn an_address_counts_only_when_it_is_verified_and_of_an_allowed_domain() {
    let more = json!({ "userClaim": "email", "allowedDomains": ["Example.com"] });
    let (solder, login, provider) = with_provider(&more).await;
    let (trip, answer) = trip_with(&solder, &login, &provider, |_| ()).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    assert_eq!(
        trip.visitor(&solder).await.unwrap().user_name().as_str(),
        "ada@example.com"
    );
    assert_eq!(trip.query["scope"], "openid email");
    for (what, claim, value, words) in [
        ("unverified", "email_verified", json!(false), "verified"),
        ("a text for true", "email_verified", json!("yes"), "prove"),
        ("another domain", "email", json!("ada@evil.example"), "not let in"),
        (
            "a domain behind",
            "email",
            json!("ada@example.com.evil.example"),
            "not let in",
        ),
        ("a subdomain", "email", json!("ada@sub.example.com"), "not let in"),
    ] {
        let (trip, answer) = trip_with(&solder, &login, &provider, |claims| claims[claim] = value).await;
        assert_refused(&solder, &trip, &answer, what).await;
        assert!(answer.text.contains(words), "{what}: {}", answer.text);
    }
}

#[tokio::test]
async fn what_the_token_does_not_tell_is_asked_for_and_has_to_be_of_the_same_user() {
    let (solder, login, provider) = with_provider(&json!({ "userClaim": "email" })).await;
    let without = |claims: &mut Value| {
        claims
            .as_object_mut()
            .unwrap()
            .retain(|name, _| !name.starts_with("email"));
    };
    login.say(|says| {
        says.user_info = json!({ "sub": "ada", "email": "ada@example.com", "email_verified": true });
    });
    let (trip, answer) = trip_with(&solder, &login, &provider, without).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    assert_eq!(
        trip.visitor(&solder).await.unwrap().user_name().as_str(),
        "ada@example.com"
    );
    for wrong in [
        json!({ "sub": "eve", "email": "eve@example.com", "email_verified": true }),
        json!({ "email": "eve@example.com", "email_verified": true }),
        json!({ "sub": "ada", "email": "ada@example.com" }),
        json!({ "sub": "ada" }),
    ] {
        login.say(|says| says.user_info = wrong.clone());
        let (trip, answer) = trip_with(&solder, &login, &provider, without).await;
        assert_refused(&solder, &trip, &answer, &wrong.to_string()).await;
    }
}

#[tokio::test]
async fn another_user_than_the_expected_one_is_refused_by_name_and_does_not_come_to_be() {
    let (solder, login, provider) = with_provider(&json!({})).await;
    let trip = Trip::begin(&solder, &provider, Some("grace")).await;
    let mut claims = trip.claims(&solder, &login);
    claims["sub"] = json!("mallory");
    login.say(|says| says.id_token = sign(&claims, KEY, "one"));
    let answer = trip.come_back("").await;
    assert_refused(&solder, &trip, &answer, "another user").await;
    assert!(
        answer.text.contains("“mallory”") && answer.text.contains("“grace”"),
        "{}",
        answer.text
    );
    let users = solder
        .installation
        .list_users(&solder.first.id, solder_model::Page::default())
        .await
        .unwrap();
    assert!(users.items.iter().all(|user| user.name.as_str() != "mallory"));
}

#[tokio::test]
async fn a_deleted_provider_ends_the_sign_ins_that_came_by_it() {
    let (solder, login, provider) = with_provider(&json!({})).await;
    let (trip, _) = trip_with(&solder, &login, &provider, |_| ()).await;
    assert!(trip.visitor(&solder).await.is_some());
    let under_way = Trip::begin(&solder, &provider, None).await;
    let gone = solder
        .admin()
        .delete(&format!("/api/identity-providers/{provider}"))
        .await;
    assert_eq!(gone.status, 200);
    assert!(trip.visitor(&solder).await.is_none());
    assert_eq!(under_way.come_back("").await.status, 404);
}
