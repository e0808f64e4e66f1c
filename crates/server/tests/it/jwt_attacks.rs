//! Attacks on JWTs, each tried from outside and refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use solder_testkit::{FakePlatform, Mcp, Signer, Solder};

const SECRET: &str = "a secret of at least thirty-two bytes";

struct Target {
    solder: Solder,
    mcp: Mcp,
}

impl Target {
    /// A server of an account with a secret and an RSA key.
    async fn new() -> Self {
        let platform = FakePlatform::slack().await;
        let solder = Solder::build()
            .connector("slack", &platform, "/api")
            .engine(|settings| settings.failure_limit = None)
            .start()
            .await;
        for body in [
            json!({ "algorithm": "HS256", "secret": SECRET, "kid": "secret" }),
            json!({ "algorithm": "RS256", "publicKey": Signer::rs256().public_key(), "kid": "public" }),
        ] {
            solder.jwt_key(&solder.first, &body).await;
        }
        let server = solder.server(&json!({ "name": "One" })).await;
        let path = format!("/mcp/{}", server["serverId"].as_str().unwrap());
        let mcp = Mcp::new(&solder.nobody(), &path);
        Self { solder, mcp }
    }

    fn by(&self, jwt: &str) -> Mcp {
        self.mcp.with("authorization", &format!("Bearer {jwt}"))
    }

    async fn ping(&self, jwt: &str) -> u16 {
        self.by(jwt).legacy("ping", &json!({})).await.status
    }

    fn jwt(&self, user: &str) -> String {
        Signer::hs256(SECRET).sign(&self.solder.claims(user))
    }

    /// A credential of the user for Slack.
    async fn credential(&self, user: &str) -> String {
        let create = json!({
            "connectorId": "slack", "authenticationType": "bot_token", "fields": { "token": format!("xoxb-{user}") },
        });
        let (is_error, made) = self
            .by(&self.jwt(user))
            .call("create_credential_alloy", &create)
            .await
            .tool();
        assert!(!is_error, "{made}");
        made["credentialId"].as_str().unwrap().to_owned()
    }
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

#[tokio::test]
async fn a_token_without_a_signature_is_refused() {
    let target = Target::new().await;
    let claims = encode(&target.solder.claims("admin"));
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let header = encode(&json!({ "alg": alg, "typ": "JWT" }));
        assert_eq!(target.ping(&format!("{header}.{claims}.")).await, 401, "{alg}");
    }
    let header = encode(&json!({ "alg": "HS256" }));
    assert_eq!(target.ping(&format!("{header}.{claims}.")).await, 401);
    assert_eq!(target.ping(&format!("{header}.{claims}")).await, 401);
    let good = target.jwt("zoe");
    let signature = good.rsplit('.').next().unwrap();
    let none = encode(&json!({ "alg": "none" }));
    assert_eq!(target.ping(&format!("{none}.{claims}.{signature}")).await, 401);
    assert_eq!(target.ping(&good).await, 200);
}

#[tokio::test]
async fn a_public_key_is_never_taken_as_a_secret() {
    let target = Target::new().await;
    let claims = target.solder.claims("admin");
    let public = Signer::rs256().public_key();
    for secret in [
        public,
        public.trim(),
        &format!("{}\n", public.trim()),
        &public.replace('\n', ""),
    ] {
        let forged = Signer::hs256(secret);
        for jwt in [
            forged.sign(&claims),
            forged.clone().named("public").sign(&claims),
            forged.sign_under(&json!({ "alg": "RS256" }), &claims),
        ] {
            assert_eq!(target.ping(&jwt).await, 401);
        }
    }
    // And a secret's owner does not choose another algorithm for it either.
    for alg in ["RS256", "HS384", "HS512", "ES256", "EdDSA"] {
        let jwt = Signer::hs256(SECRET).sign_under(&json!({ "alg": alg }), &claims);
        assert_eq!(target.ping(&jwt).await, 401, "{alg}");
    }
}

#[tokio::test]
async fn a_kid_is_compared_and_nothing_else() {
    let target = Target::new().await;
    let claims = target.solder.claims("admin");
    let forged = Signer::hs256("");
    let good = Signer::hs256(SECRET);
    let long = "k".repeat(5_000);
    for kid in [
        "../../../../dev/null",
        "/dev/null",
        "file:///dev/null",
        "https://attacker.example/key",
        "' OR '1'='1",
        "x' UNION SELECT 'key' --",
        "secret'; DROP TABLE jwt_keys; --",
        "secret\u{0}",
        "secret\n",
        "\u{7f}",
        "",
        "%",
        "*",
        "SECRET",
        long.as_str(),
    ] {
        for signer in [&forged, &good] {
            let jwt = signer.clone().named(kid).sign(&claims);
            assert_eq!(target.ping(&jwt).await, 401, "{kid}");
            assert_eq!(
                target.solder.client(&jwt).get("/api/servers").await.status,
                401,
                "{kid}"
            );
        }
    }
    for kid in [
        json!(7),
        json!(null),
        json!(["secret"]),
        json!({ "kid": "secret" }),
    ] {
        let jwt = good.sign_under(&json!({ "alg": "HS256", "kid": kid }), &claims);
        assert_eq!(target.ping(&jwt).await, 401, "{kid}");
    }
    assert_eq!(target.ping(&good.named("secret").sign(&claims)).await, 200);
}

#[tokio::test]
async fn a_key_that_a_token_brings_along_is_not_used_and_nothing_is_fetched_for_it() {
    let target = Target::new().await;
    let own = Signer::other_rs256();
    let platform = {
        let set = json!({ "keys": [own.jwk()] });
        FakePlatform::start(move |_| (200, set.clone())).await
    };
    let claims = target.solder.claims("admin");
    for header in [
        json!({ "alg": "RS256", "jwk": own.jwk() }),
        json!({ "alg": "RS256", "jku": format!("{}/jwks", platform.url) }),
        json!({ "alg": "RS256", "x5u": format!("{}/x5u", platform.url) }),
        json!({ "alg": "RS256", "x5c": ["AA=="] }),
        json!({ "alg": "RS256", "kid": format!("{}/jwks", platform.url) }),
    ] {
        assert_eq!(
            target.ping(&own.sign_under(&header, &claims)).await,
            401,
            "{header}"
        );
    }
    assert!(platform.received().is_empty());
    // By a key that is genuine such headers are refused all the same.
    let jwt = Signer::rs256().sign_under(&json!({ "alg": "RS256", "jwk": Signer::rs256().jwk() }), &claims);
    assert_eq!(target.ping(&jwt).await, 401);
}

#[tokio::test]
async fn tokens_that_two_readers_read_differently_are_refused() {
    let target = Target::new().await;
    let signer = Signer::hs256(SECRET);
    let exp = target.solder.seconds() + 60;
    let good = format!(r#"{{"sub":"zoe","exp":{exp}}}"#);
    assert_eq!(
        target.ping(&signer.sign_text(r#"{"alg":"HS256"}"#, &good)).await,
        200
    );
    for header in [
        r#"{"alg":"HS256","crit":["exp"]}"#,
        r#"{"alg":"HS256","crit":[]}"#,
        r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#,
        r#"{"alg":"none","alg":"HS256"}"#,
        r#"{"alg":"HS256","alg":"none"}"#,
        r#"{"alg":"HS256","zip":"DEF"}"#,
    ] {
        assert_eq!(
            target.ping(&signer.sign_text(header, &good)).await,
            401,
            "{header}"
        );
    }
    for claims in [
        format!(r#"{{"sub":"zoe","sub":"admin","exp":{exp}}}"#),
        format!(r#"{{"sub":"zoe","exp":1,"exp":{exp}}}"#),
        format!(r#"{{"userId":"admin","userId":"zoe","exp":{exp}}}"#),
    ] {
        let jwt = signer.sign_text(r#"{"alg":"HS256"}"#, &claims);
        assert_eq!(target.ping(&jwt).await, 401, "{claims}");
    }
    let padded = signer.sign_text(r#"{"alg":"HS256"}"#, &good).replace('.', "=.");
    assert_eq!(target.ping(&padded).await, 401);
}

#[tokio::test]
async fn a_token_that_is_too_long_is_refused_before_it_is_read() {
    let target = Target::new().await;
    let mut claims = target.solder.claims("zoe");
    claims["filler"] = json!("x".repeat(6_200));
    let long = Signer::hs256(SECRET).sign(&claims);
    assert!(long.len() > 8_192);
    let before = target.solder.engine.verifications();
    assert_eq!(target.ping(&long).await, 401);
    let as_header = target.mcp.with("x-alloy-user-token", &long);
    assert_eq!(as_header.legacy("ping", &json!({})).await.status, 400);
    assert_eq!(target.solder.engine.verifications(), before);
}

#[tokio::test]
async fn a_token_for_another_audience_or_of_another_issuer_is_refused() {
    let target = Target::new().await;
    let solder = &target.solder;
    let body = json!({
        "algorithm": "ES256", "publicKey": Signer::es256().public_key(), "issuer": "https://login.example", "audience": "us",
    });
    solder.jwt_key(&solder.first, &body).await;
    let with = |issuer: Value, audience: Value| {
        let mut claims = solder.claims("zoe");
        for (name, value) in [("iss", issuer), ("aud", audience)] {
            if !value.is_null() {
                claims[name] = value;
            }
        }
        Signer::es256().sign(&claims)
    };
    let issuer = json!("https://login.example");
    for (jwt, status) in [
        (with(issuer.clone(), json!("us")), 200),
        (with(issuer.clone(), json!(["them", "us"])), 200),
        (with(issuer.clone(), json!("them")), 401),
        (with(issuer.clone(), json!(["them"])), 401),
        (with(issuer.clone(), Value::Null), 401),
        (with(Value::Null, json!("us")), 401),
        (with(json!("https://login.example/"), json!("us")), 401),
        (with(json!("https://attacker.example"), json!("us")), 401),
        (with(json!(["https://login.example"]), json!("us")), 401),
    ] {
        assert_eq!(target.ping(&jwt).await, status);
    }
    // A key that was registered without an audience is no key for tokens of somebody else's.
    let mut claims = solder.claims("zoe");
    claims["aud"] = json!("them");
    assert_eq!(target.ping(&Signer::hs256(SECRET).sign(&claims)).await, 401);
}

#[tokio::test]
async fn a_jwt_of_one_account_is_nothing_on_another_accounts_server() {
    let target = Target::new().await;
    let solder = &target.solder;
    let second = solder.account("second").await;
    let server = solder
        .client(&second.key)
        .post("/api/servers", &json!({ "name": "Theirs" }))
        .await
        .json();
    let jwt = target.jwt("admin");
    assert_eq!(target.ping(&jwt).await, 200);
    let id = server["serverId"].as_str().unwrap();
    let foreign = Mcp::new(&solder.client(&jwt), &format!("/mcp/{id}"));
    let unknown = Mcp::new(&solder.client(&jwt), "/mcp/unknown-aaaaaaaa");
    let by_url = solder
        .mcp_at(server["accessUrl"].as_str().unwrap())
        .with("x-alloy-user-token", &jwt);
    for mcp in [&foreign, &unknown, &by_url] {
        assert_eq!(mcp.legacy("ping", &json!({})).await.status, 401);
    }
    // Beside the other account's key it is verified with that account's keys, which know nothing of it.
    let beside = Mcp::new(
        &solder.client(&second.key).with("x-alloy-user-token", &jwt),
        &format!("/mcp/{id}"),
    );
    assert_eq!(beside.legacy("ping", &json!({})).await.status, 401);
}

#[tokio::test]
async fn one_users_jwt_reaches_nothing_of_another_user() {
    let target = Target::new().await;
    let (alice, bob) = (target.jwt("alice"), target.jwt("bob"));
    let bobs = target.credential("bob").await;
    target.credential("alice").await;
    let as_bob = target.by(&alice).with("x-alloy-userid", "bob");
    assert_eq!(as_bob.legacy("ping", &json!({})).await.status, 403);

    let arguments = json!({ "connectorId": "slack", "actionId": "users_list", "parameters": {} });
    let mut named = arguments.clone();
    named["credentialId"] = json!(bobs);
    let by_argument = target
        .by(&alice)
        .call("execute_action_alloy", &named)
        .await
        .tool();
    let by_header = target
        .by(&alice)
        .with("x-credential-id", &bobs)
        .call("execute_action_alloy", &arguments)
        .await
        .tool();
    for (is_error, told) in [by_argument, by_header] {
        assert!(is_error, "{told}");
        assert_eq!(told["error"]["code"], "CREDENTIAL_NOT_FOUND", "{told}");
    }
    assert!(
        !target
            .by(&bob)
            .call("execute_action_alloy", &named)
            .await
            .tool()
            .0
    );
    let (_, seen) = target
        .by(&alice)
        .call("get_credentials_alloy", &json!({}))
        .await
        .tool();
    assert!(!seen.to_string().contains(&bobs), "{seen}");

    let hello = target
        .by(&bob)
        .legacy("initialize", &json!({ "protocolVersion": "2025-06-18" }))
        .await;
    let session = hello.header("mcp-session-id").to_owned();
    let in_bobs = |jwt: &str| target.by(jwt).with("mcp-session-id", &session);
    assert_eq!(in_bobs(&alice).legacy("ping", &json!({})).await.status, 404);
    assert_eq!(in_bobs(&bob).legacy("ping", &json!({})).await.status, 200);
}

#[tokio::test]
async fn no_answer_and_no_error_shows_a_token() {
    let target = Target::new().await;
    let forged = Signer::hs256("a secret that nobody has registered").sign(&target.solder.claims("zoe"));
    let answer = target.by(&forged).legacy("ping", &json!({})).await;
    assert!(!answer.text.contains(&forged) && !format!("{:?}", answer.headers).contains(&forged));
}
