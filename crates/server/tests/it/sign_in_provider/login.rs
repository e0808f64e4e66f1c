//! An identity provider that says what a test tells it to, and a browser on its way to it and back.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use solder_engine::Visitor;
use solder_model::{Digest, UserName};
use solder_testkit::{Answer, Browser, FakePlatform, Received, Solder};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

pub(crate) const KEY: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg3pW1pbojwbSDRfjq
gAqEqDh+82XS4hb5gDU22r1h8fKhRANCAAR21qrgEQJwL4EOJhxWWHIzUbeXBecl
+KfLtmv6SuLUwwQopWSNe/sjeoiYk6u1a0LTIMPThJWN2ds6dXNeXqko
-----END PRIVATE KEY-----
";
pub(crate) const X: &str = "dtaq4BECcC-BDiYcVlhyM1G3lwXnJfiny7Zr-kri1MM";
pub(crate) const Y: &str = "BCilZI17-yN6iJiTq7VrQtMgw9OElY3Z2zp1c15eqSg";
pub(crate) const OTHER_KEY: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7m7DsY4TylV3xpII
KJud9VFAxIgG59nPc9u6wwpWKb6hRANCAATw1SL+vV+C6Zj5t/gqhjYdsPFs/Y1C
w8kP/J7wPmj1Glpzd5pvzmiaPPZrjkVjWtdMH8pB+xjLxhL2n4D3uy4K
-----END PRIVATE KEY-----
";
pub(crate) const OTHER_X: &str = "8NUi_r1fgumY-bf4KoY2HbDxbP2NQsPJD_ye8D5o9Ro";
pub(crate) const OTHER_Y: &str = "WnN3mm_OaJo89muORWNa10wfykH7GMvGEvafgPe7Lgo";

pub(crate) const SECRET: &str = "client-secret-of-solder";

/// What the provider says next.
#[derive(Default)]
pub(crate) struct Says {
    pub(crate) id_token: String,
    pub(crate) user_info: Value,
    pub(crate) more: Value,
    pub(crate) second_key: bool,
    pub(crate) refuses: bool,
}

/// A provider of the test.
pub(crate) struct Login {
    pub(crate) platform: FakePlatform,
    pub(crate) says: Arc<Mutex<Says>>,
}

impl Login {
    pub(crate) async fn start() -> Self {
        let says = Arc::new(Mutex::new(Says::default()));
        let said = Arc::clone(&says);
        let platform = FakePlatform::start(move |asked| answer(asked, &said.lock().unwrap())).await;
        Self { platform, says }
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.platform.url
    }

    pub(crate) fn say(&self, change: impl FnOnce(&mut Says)) {
        change(&mut self.says.lock().unwrap());
    }

    pub(crate) fn tokens_asked(&self) -> Vec<Received> {
        let all = self.platform.received().into_iter();
        all.filter(|one| one.path == "/token").collect()
    }

    pub(crate) fn times_asked(&self, path: &str) -> usize {
        let all = self.platform.received();
        all.iter().filter(|one| one.path == path).count()
    }
}

pub(crate) fn answer(asked: &Received, says: &Says) -> (u16, Value) {
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

pub(crate) fn sign(claims: &Value, key: &str, kid: &str) -> String {
    let header = Header {
        kid: Some(kid.to_owned()),
        ..Header::new(Algorithm::ES256)
    };
    let key = EncodingKey::from_ec_pem(key.as_bytes()).unwrap();
    jsonwebtoken::encode(&header, claims, &key).unwrap()
}

/// An installation whose accounts may reach this machine, and a provider of its first account.
pub(crate) async fn with_provider(more: &Value) -> (Solder, Login, String) {
    let solder = Solder::build()
        .engine(|engine| engine.account_networks = vec!["127.0.0.0/8".parse().unwrap()])
        .start()
        .await;
    let login = Login::start().await;
    let id = create(&solder, &login, more).await;
    (solder, login, id)
}

pub(crate) async fn create(solder: &Solder, login: &Login, more: &Value) -> String {
    let mut body = json!({ "name": "Example Login", "issuer": login.issuer(), "clientId": "solder", "clientSecret": SECRET });
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    let made = solder.admin().post("/api/identity-providers", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["providerId"].as_str().unwrap().to_owned()
}

/// A browser on its way: what Solder sent to the provider with it.
pub(crate) struct Trip {
    pub(crate) browser: Browser,
    pub(crate) digest: Digest,
    pub(crate) query: HashMap<String, String>,
}

impl Trip {
    pub(crate) async fn begin(solder: &Solder, provider: &str, expected: Option<&str>) -> Self {
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
    pub(crate) fn claims(&self, solder: &Solder, login: &Login) -> Value {
        let now = solder.engine.now().0 / 1_000;
        json!({
            "iss": login.issuer(), "aud": "solder", "sub": "ada", "nonce": self.query["nonce"],
            "iat": now, "exp": now + 300, "email": "ada@example.com", "email_verified": true,
        })
    }

    pub(crate) async fn come_back(&self, more: &str) -> Answer {
        let state = &self.query["state"];
        self.browser
            .get(&format!("/sign-in/callback?code=a-code&state={state}{more}"))
            .await
    }

    pub(crate) async fn visitor(&self, solder: &Solder) -> Option<Visitor> {
        let cookie = self.browser.cookie("solder_visitor");
        let seen = solder
            .engine
            .visitor(&cookie, &solder.first.id, &self.digest)
            .await;
        seen.unwrap()
    }
}

/// Goes to the provider and back with a token of these claims, which a test may change first.
pub(crate) async fn trip_with(
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

pub(crate) async fn assert_refused(solder: &Solder, trip: &Trip, answer: &Answer, what: &str) {
    assert_ne!(answer.status, 303, "{what}: {}", answer.text);
    assert!(trip.visitor(solder).await.is_none(), "{what}");
    assert!(answer.text.contains("Start again"), "{what}: {}", answer.text);
    for secret in [SECRET, "a-code", "an-access-token", &trip.query["nonce"]] {
        assert!(!answer.text.contains(secret), "{what}: {}", answer.text);
    }
}
