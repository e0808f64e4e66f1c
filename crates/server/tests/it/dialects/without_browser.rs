//! Dialects for which nobody is sent to a browser.

use serde_json::{Value, json};
use solder_engine::ConnectorSettings;
use solder_model::Secret;
use solder_testkit::{FakePlatform, PlatformAnswer, RSA_PRIVATE, Signer, Solder};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// An installation with one of the format's own connectors, at a platform.
async fn start(
    id: &'static str,
    file: &str,
    platform: &FakePlatform,
    path: &str,
) -> (Solder, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(format!("{id}.toml")), file).unwrap();
    let settings = ConnectorSettings {
        base_url: Some(format!("{}{path}", platform.url).parse().unwrap()),
        client_id: Some("the-app".to_owned()),
        client_secret: Some(Secret::new("the-apps-secret")),
        ..ConnectorSettings::default()
    };
    let solder = Solder::build()
        .engine(|engine| {
            engine.connectors_dir = Some(folder.path().to_owned());
            engine.connectors.insert(id.to_owned(), settings);
        })
        .start()
        .await;
    (solder, folder)
}

/// The pairs of a form.
fn form(body: &str) -> std::collections::HashMap<String, String> {
    form_urlencoded::parse(body.as_bytes()).into_owned().collect()
}

/// The claims of an assertion whose signature the key file's public half verifies.
fn claims(assertion: &str) -> Option<Value> {
    let key = jsonwebtoken::DecodingKey::from_rsa_pem(Signer::rs256().public_key().as_bytes()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    // The clock of the test stands elsewhere than that of this machine.
    validation.validate_exp = false;
    validation.set_audience(&["https://oauth2.googleapis.com/token"]);
    validation.set_issuer(&["robot@p.iam.gserviceaccount.com"]);
    let token = jsonwebtoken::decode::<Value>(assertion, &key, &validation).ok()?;
    (token.header.kid.as_deref() == Some("kid1")).then_some(token.claims)
}

#[tokio::test]
async fn a_service_account_signs_for_its_tokens_and_signs_again_when_they_end() {
    let given = AtomicUsize::new(0);
    let platform = FakePlatform::start_playing(move |asked| {
        if asked.path == "/token" {
            let claims = claims(&form(&asked.body)["assertion"]);
            if claims.is_none_or(|claims| claims["sub"] != "ada@acme.example") {
                let refused = r#"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#;
                return PlatformAnswer::json(400, refused);
            }
            let number = given.fetch_add(1, Ordering::SeqCst) + 1;
            let tokens =
                format!(r#"{{"access_token":"token-{number}","expires_in":3599,"token_type":"Bearer"}}"#);
            return PlatformAnswer::json(200, tokens);
        }
        let newest = format!("Bearer token-{}", given.load(Ordering::SeqCst));
        if asked.headers["authorization"] == newest.as_str() {
            PlatformAnswer::json(200, r#"{"emailAddress":"ada@acme.example"}"#)
        } else {
            PlatformAnswer::json(401, r#"{"error":{"code":401,"status":"UNAUTHENTICATED"}}"#)
        }
    })
    .await;
    let file = include_str!("../../../../connector/tests/it/dialects/google.toml");
    let (solder, _folder) = start("dialect_google", file, &platform, "/gmail/v1").await;
    let key = |key: &str| {
        let file = json!({ "private_key": key, "private_key_id": "kid1", "client_email": "robot@p.iam.gserviceaccount.com" });
        json!({
            "connectorId": "dialect_google", "authenticationType": "service_account",
            "fields": { "key": file.to_string(), "subject": "ada@acme.example" },
        })
    };
    let broken = solder
        .admin()
        .post(
            "/api/credentials",
            &key("-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----"),
        )
        .await;
    assert!(
        broken.status >= 400 && !broken.text.contains("BEGIN"),
        "{}",
        broken.text
    );
    assert!(platform.received().is_empty());
    let made = solder.admin().post("/api/credentials", &key(RSA_PRIVATE)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert!(!made.text.contains("BEGIN"), "{}", made.text);
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    for wanted in ["Bearer token-1", "Bearer token-2"] {
        let (is_error, text) = mcp
            .execute("dialect_google", "gmail.users.getProfile", &json!({}))
            .await
            .tool();
        assert!(!is_error, "{text}");
        assert_eq!(
            platform.received().last().unwrap().headers["authorization"],
            wanted
        );
        solder.clock.advance(Duration::from_hours(1));
    }
}

#[tokio::test]
async fn a_person_consents_on_another_device_while_solder_waits() {
    let asked_for = AtomicUsize::new(0);
    let platform = FakePlatform::start_playing(move |asked| match asked.path.as_str() {
        "/login/device/code" => PlatformAnswer::json(
            200,
            r#"{"device_code":"the-device","user_code":"WDJB-MJHT","verification_uri":"https://github.com/login/device","expires_in":900,"interval":1}"#,
        ),
        "/login/oauth/access_token" => {
            assert_eq!(form(&asked.body)["device_code"], "the-device");
            if asked_for.fetch_add(1, Ordering::SeqCst) == 0 {
                PlatformAnswer::json(200, r#"{"error":"authorization_pending"}"#)
            } else {
                PlatformAnswer::of(200, "application/x-www-form-urlencoded", "access_token=token-1&scope=repo&token_type=bearer")
            }
        }
        _ => PlatformAnswer::json(200, r#"{"login":"ada"}"#),
    })
    .await;
    let file = include_str!("../../../../connector/tests/it/dialects/github.toml");
    let (solder, _folder) = start("dialect_github", file, &platform, "").await;
    let body = json!({ "connectorId": "dialect_github", "authenticationType": "device" });
    let begun = solder.admin().post("/api/credentials", &body).await.json();
    assert_eq!(begun["userCode"], "WDJB-MJHT", "{begun}");
    assert_eq!(begun["oauthUrl"], "https://github.com/login/device");
    let mut credentials = Value::Null;
    for _ in 0..100 {
        credentials = solder.admin().get("/api/credentials").await.json();
        if credentials["total"] == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(credentials["credentials"][0]["identity"], "ada", "{credentials}");
    assert!(!credentials.to_string().contains("token-1"));
}
