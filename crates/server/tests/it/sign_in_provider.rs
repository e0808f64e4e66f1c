//! Signing in by an identity provider, against one that says what a test tells it to: the break-ins first.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use solder_engine::{OidcSettings, Visitor};
use solder_model::{Digest, Secret, UserName};
use solder_testkit::{Answer, Browser, FakePlatform, Received, Solder};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const KEY: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg3pW1pbojwbSDRfjq
gAqEqDh+82XS4hb5gDU22r1h8fKhRANCAAR21qrgEQJwL4EOJhxWWHIzUbeXBecl
+KfLtmv6SuLUwwQopWSNe/sjeoiYk6u1a0LTIMPThJWN2ds6dXNeXqko
-----END PRIVATE KEY-----
";
const X: &str = "dtaq4BECcC-BDiYcVlhyM1G3lwXnJfiny7Zr-kri1MM";
const Y: &str = "BCilZI17-yN6iJiTq7VrQtMgw9OElY3Z2zp1c15eqSg";
const OTHER_KEY: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7m7DsY4TylV3xpII
KJud9VFAxIgG59nPc9u6wwpWKb6hRANCAATw1SL+vV+C6Zj5t/gqhjYdsPFs/Y1C
w8kP/J7wPmj1Glpzd5pvzmiaPPZrjkVjWtdMH8pB+xjLxhL2n4D3uy4K
-----END PRIVATE KEY-----
";
const OTHER_X: &str = "8NUi_r1fgumY-bf4KoY2HbDxbP2NQsPJD_ye8D5o9Ro";
const OTHER_Y: &str = "WnN3mm_OaJo89muORWNa10wfykH7GMvGEvafgPe7Lgo";

const SECRET: &str = "client-secret-of-solder";

/// What the provider says next.
#[derive(Default)]
struct Says {
    id_token: String,
    user_info: Value,
    more: Value,
    second_key: bool,
    refuses: bool,
}

/// A provider of the test.
struct Login {
    platform: FakePlatform,
    says: Arc<Mutex<Says>>,
}

impl Login {
    async fn start() -> Self {
        let says = Arc::new(Mutex::new(Says::default()));
        let said = Arc::clone(&says);
        let platform = FakePlatform::start(move |asked| answer(asked, &said.lock().unwrap())).await;
        Self { platform, says }
    }

    fn issuer(&self) -> &str {
        &self.platform.url
    }

    fn say(&self, change: impl FnOnce(&mut Says)) {
        change(&mut self.says.lock().unwrap());
    }

    fn tokens_asked(&self) -> Vec<Received> {
        let all = self.platform.received().into_iter();
        all.filter(|one| one.path == "/token").collect()
    }

    fn times_asked(&self, path: &str) -> usize {
        let all = self.platform.received();
        all.iter().filter(|one| one.path == path).count()
    }
}

fn answer(asked: &Received, says: &Says) -> (u16, Value) {
    let host = asked.headers["host"].to_str().unwrap();
    let issuer = format!("http://{host}");
    let key = |kid: &str, x: &str, y: &str| json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid, "x": x, "y": y });
    match asked.path.as_str() {
        "/.well-known/openid-configuration" => {
            let mut told = json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{issuer}/authorize"),
                "token_endpoint": format!("{issuer}/token"),
                "userinfo_endpoint": format!("{issuer}/userinfo"),
                "jwks_uri": format!("{issuer}/keys"),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
            });
            for (name, value) in says.more.as_object().into_iter().flatten() {
                told[name] = value.clone();
            }
            (200, told)
        }
        "/keys" => {
            let mut keys = vec![key("one", X, Y)];
            if says.second_key {
                keys.push(key("two", OTHER_X, OTHER_Y));
            }
            (200, json!({ "keys": keys }))
        }
        "/token" if says.refuses => (400, json!({ "error": "invalid_grant" })),
        "/token" => {
            let tokens = json!({ "access_token": "an-access-token", "token_type": "Bearer", "expires_in": 60, "id_token": says.id_token });
            (200, tokens)
        }
        "/userinfo" => (200, says.user_info.clone()),
        _ => (404, json!({})),
    }
}

fn sign(claims: &Value, key: &str, kid: &str) -> String {
    let header = Header {
        kid: Some(kid.to_owned()),
        ..Header::new(Algorithm::ES256)
    };
    let key = EncodingKey::from_ec_pem(key.as_bytes()).unwrap();
    jsonwebtoken::encode(&header, claims, &key).unwrap()
}

/// An installation whose accounts may reach this machine, and a provider of its first account.
async fn with_provider(more: &Value) -> (Solder, Login, String) {
    let solder = Solder::build()
        .engine(|engine| engine.account_networks = vec!["127.0.0.0/8".parse().unwrap()])
        .start()
        .await;
    let login = Login::start().await;
    let id = create(&solder, &login, more).await;
    (solder, login, id)
}

async fn create(solder: &Solder, login: &Login, more: &Value) -> String {
    let mut body = json!({ "name": "Example Login", "issuer": login.issuer(), "clientId": "solder", "clientSecret": SECRET });
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    let made = solder.admin().post("/api/identity-providers", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["providerId"].as_str().unwrap().to_owned()
}

/// A browser on its way: what Solder sent to the provider with it.
struct Trip {
    browser: Browser,
    digest: Digest,
    query: HashMap<String, String>,
}

impl Trip {
    async fn begin(solder: &Solder, provider: &str, expected: Option<&str>) -> Self {
        let browser = Browser::new(&solder.url);
        browser.set_cookie("solder_browser", solder.engine.new_browser().expose());
        let digest = solder.engine.browser(&browser.cookie("solder_browser")).unwrap();
        let expected = match expected {
            Some(name) => {
                let name = UserName::new(name).unwrap();
                Some(
                    solder
                        .installation
                        .create_user(&solder.first.id, &name)
                        .await
                        .unwrap()
                        .id,
                )
            }
            None => None,
        };
        let begun = solder
            .engine
            .begin_sign_in(&solder.first.id, "/connect/x", expected.as_ref(), &digest);
        let path = begun.await.unwrap();
        let page = browser.get(&path).await;
        assert!(page.text.contains("Continue with Example Login"), "{}", page.text);
        let sent = browser.get(&format!("{path}/{provider}")).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
        let url = url::Url::parse(sent.header("location")).unwrap();
        let query = url.query_pairs().into_owned().collect();
        Self {
            browser,
            digest,
            query,
        }
    }

    /// The claims of a token that holds.
    fn claims(&self, solder: &Solder, login: &Login) -> Value {
        let now = solder.engine.now().0 / 1_000;
        json!({
            "iss": login.issuer(), "aud": "solder", "sub": "ada", "nonce": self.query["nonce"],
            "iat": now, "exp": now + 300, "email": "ada@example.com", "email_verified": true,
        })
    }

    async fn come_back(&self, more: &str) -> Answer {
        let state = &self.query["state"];
        self.browser
            .get(&format!("/sign-in/callback?code=a-code&state={state}{more}"))
            .await
    }

    async fn visitor(&self, solder: &Solder) -> Option<Visitor> {
        let cookie = self.browser.cookie("solder_visitor");
        let seen = solder
            .engine
            .visitor(&cookie, &solder.first.id, &self.digest)
            .await;
        seen.unwrap()
    }
}

/// Goes to the provider and back with a token of these claims, which a test may change first.
async fn trip_with(
    solder: &Solder,
    login: &Login,
    provider: &str,
    change: impl FnOnce(&mut Value),
) -> (Trip, Answer) {
    let trip = Trip::begin(solder, provider, None).await;
    let mut claims = trip.claims(solder, login);
    change(&mut claims);
    login.say(|says| says.id_token = sign(&claims, KEY, "one"));
    let answer = trip.come_back("").await;
    (trip, answer)
}

async fn assert_refused(solder: &Solder, trip: &Trip, answer: &Answer, what: &str) {
    assert_ne!(answer.status, 303, "{what}: {}", answer.text);
    assert!(trip.visitor(solder).await.is_none(), "{what}");
    assert!(answer.text.contains("Start again"), "{what}: {}", answer.text);
    for secret in [SECRET, "a-code", "an-access-token", &trip.query["nonce"]] {
        assert!(!answer.text.contains(secret), "{what}: {}", answer.text);
    }
}

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
        says.user_info = json!({ "sub": "ada", "email": "ada@example.com", "email_verified": true })
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

#[tokio::test]
async fn providers_are_for_admins_and_never_show_a_secret() {
    let (solder, login, provider) = with_provider(&json!({})).await;
    let path = format!("/api/identity-providers/{provider}");
    let second = solder.account("second").await;
    let shown = solder.admin().get(&path).await;
    let view = shown.json();
    assert_eq!(
        (&view["hasClientSecret"], &view["userClaim"], &view["origin"]),
        (&json!(true), &json!("sub"), &json!("account"))
    );
    assert_eq!(view["redirectUri"], format!("{}/sign-in/callback", solder.url));
    let listed = solder.admin().get("/api/identity-providers").await;
    assert_eq!(listed.json()["count"], 1);
    assert!(!shown.text.contains(SECRET) && !listed.text.contains(SECRET));
    let member = solder
        .key(&solder.first, "bob", solder_model::Role::Member, false)
        .await;
    for (key, status) in [(&member, 403), (&second.key, 404)] {
        let client = solder.client(key);
        assert_eq!(client.get(&path).await.status, status);
        assert_eq!(client.put(&path, &json!({ "name": "x" })).await.status, status);
        assert_eq!(client.delete(&path).await.status, status);
    }
    assert_eq!(
        solder.client(&member).get("/api/identity-providers").await.status,
        403
    );
    assert_eq!(
        solder
            .client(&second.key)
            .get("/api/identity-providers")
            .await
            .json()["count"],
        0
    );

    // A secret is never taken along to another address.
    let elsewhere = Login::start().await;
    let moved = solder
        .admin()
        .put(&path, &json!({ "issuer": elsewhere.issuer() }))
        .await;
    assert_eq!(
        (moved.status, moved.faults()),
        (400, vec!["clientSecret".to_owned()]),
        "{}",
        moved.text
    );
    let moved = solder.admin().put(&path, &json!({ "clientId": "other" })).await;
    assert_eq!(moved.status, 400);
    let moved = solder
        .admin()
        .put(
            &path,
            &json!({ "issuer": elsewhere.issuer(), "clientSecret": null }),
        )
        .await;
    assert_eq!(
        (moved.status, &moved.json()["hasClientSecret"]),
        (200, &json!(false)),
        "{}",
        moved.text
    );
    let renamed = solder
        .admin()
        .put(
            &path,
            &json!({ "name": "Renamed", "allowedDomains": ["example.com"] }),
        )
        .await;
    assert_eq!(
        (renamed.status, &renamed.json()["name"]),
        (200, &json!("Renamed"))
    );
    drop(login);
}

#[tokio::test]
async fn every_fault_of_a_provider_is_told_and_private_addresses_are_not_reached() {
    let solder = Solder::start().await;
    let login = Login::start().await;
    let post = async |body: Value| solder.admin().post("/api/identity-providers", &body).await;
    let answer = post(json!({})).await;
    assert_eq!(answer.faults(), ["name", "issuer", "clientId"]);
    let bad = json!({
        "name": " x", "issuer": "ftp://x", "clientId": "", "clientSecret": "a\nb", "userClaim": "", "scopes": ["a b", 7],
        "allowedDomains": ["@x", "x"],
    });
    let faults = post(bad).await.faults();
    for field in [
        "name",
        "issuer",
        "clientId",
        "clientSecret",
        "userClaim",
        "scopes[0]",
        "scopes[1]",
        "allowedDomains[0]",
        "allowedDomains[1]",
    ] {
        assert!(faults.iter().any(|fault| fault == field), "{field}: {faults:?}");
    }
    for issuer in [
        login.issuer(),
        "https://127.0.0.1:1",
        "https://169.254.169.254",
        "http://login.example",
    ] {
        let answer = post(json!({ "name": "x", "issuer": issuer, "clientId": "x" })).await;
        assert_eq!(
            (answer.status, answer.faults()),
            (400, vec!["issuer".to_owned()]),
            "{issuer}"
        );
    }
    assert!(login.platform.received().is_empty());
}

#[tokio::test]
async fn the_settings_give_the_first_account_a_provider_and_no_other() {
    let login = Login::start().await;
    let issuer = login.issuer().to_owned();
    let solder = Solder::build()
        .engine(|engine| {
            engine.operator_networks = vec!["127.0.0.0/8".parse().unwrap()];
            engine.oidc = Some(OidcSettings {
                issuer,
                client_id: "solder".to_owned(),
                client_secret: Some(Secret::new(SECRET)),
                user_claim: "sub".to_owned(),
            });
        })
        .start()
        .await;
    solder.clock.advance(Duration::from_millis(1));
    let second = solder.account("second").await;
    let ways = solder.engine.sign_in_ways(&solder.first.id, None).await.unwrap();
    assert_eq!(ways.providers.len(), 1);
    assert!(
        solder
            .engine
            .sign_in_ways(&second.id, None)
            .await
            .unwrap()
            .is_empty()
    );
    let listed = solder.admin().get("/api/identity-providers").await.json();
    let given = &listed["identityProviders"][0];
    assert_eq!(
        (&given["origin"], &listed["count"]),
        (&json!("settings"), &json!(0))
    );
    let id = given["providerId"].as_str().unwrap();
    let path = format!("/api/identity-providers/{id}");
    assert_eq!(solder.admin().get(&path).await.status, 200);
    assert_eq!(solder.client(&second.key).get(&path).await.status, 404);
    assert_eq!(
        solder.admin().put(&path, &json!({ "name": "x" })).await.status,
        403
    );
    assert_eq!(solder.admin().delete(&path).await.status, 403);
}
