//! Connections for which nobody is sent to a browser: signed assertions, the client for itself, another device.

use super::player::{blame, dialect};
use crate::support::{NOW, action, answer, head, load, written};
use serde_json::json;
use solder_connector::{Asked, DevicePoll, Grant, OAuthApp, OAuthInput};
use solder_model::{Code, Secret};
use std::collections::BTreeMap;
use std::time::Duration;

const KEY_FILE: &str = r#"{"type":"service_account","project_id":"p","private_key_id":"kid1","private_key":"-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n","client_email":"robot@p.iam.gserviceaccount.com","token_uri":"https://evil.example/token"}"#;

#[test]
fn a_service_account_of_google_signs_what_its_key_file_says() {
    let google = dialect!("google")
        .of_kind("service_account")
        .given("key", KEY_FILE);
    assert!(!google.oauth().needs_app() && !google.oauth().needs_browser());
    assert_eq!(google.oauth().grant, Grant::JwtBearer);
    let scopes = google.connector.scopes_for(google.auth(), |_| true);
    let input = OAuthInput {
        app: None,
        ..google.input()
    };
    let unsigned = google
        .connector
        .assertion(google.auth(), &input, &scopes, NOW)
        .unwrap();
    assert_eq!(
        serde_json::Value::Object(unsigned.claims),
        json!({
            "iss": "robot@p.iam.gserviceaccount.com", "scope": "https://www.googleapis.com/auth/gmail.readonly",
            "aud": "https://oauth2.googleapis.com/token", "iat": 1_767_225_600, "exp": 1_767_229_200,
        })
    );
    assert_eq!(
        (unsigned.algorithm, unsigned.key_id.as_deref()),
        ("RS256", Some("kid1"))
    );
    assert!(unsigned.key.expose().starts_with("-----BEGIN PRIVATE KEY-----\n"));
    let signed = google
        .connector
        .jwt_bearer(google.auth(), &input, &Secret::new("h.c.s"))
        .unwrap();
    // The key file's own token_uri is nobody's to follow.
    assert_eq!(
        written(&signed),
        "POST https://oauth2.googleapis.com/token\ncontent-type: application/x-www-form-urlencoded\n\
         grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=h.c.s"
    );
    let tokens = google
        .read(
            Asked::Client,
            200,
            r#"{"access_token":"ya29.s","expires_in":3599,"token_type":"Bearer"}"#,
        )
        .unwrap();
    assert_eq!(tokens.expires_at, Some(NOW.plus_ms(3_599_000)));
    let refused = google
        .read(
            Asked::Client,
            400,
            r#"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#,
        )
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "Gmail does not take the credential (Invalid JWT Signature, invalid_grant): connect again with a valid one"
    );
    let acting = google.given("subject", "ada@acme.example");
    let unsigned = acting
        .connector
        .assertion(acting.auth(), &acting.input(), &scopes, NOW)
        .unwrap();
    assert_eq!(unsigned.claims["sub"], "ada@acme.example");
}

#[test]
fn what_is_no_key_file_is_told_without_showing_it() {
    for (pasted, told) in [
        (
            "hidden",
            "is not a key file: paste the whole JSON file, with its braces",
        ),
        (
            r#"{"installed":{"client_id":"hidden"}}"#,
            "is a JSON file without `private_key`: it is not the key file that is asked for",
        ),
    ] {
        let google = dialect!("google").of_kind("service_account").given("key", pasted);
        let scopes = google.connector.scopes_for(google.auth(), |_| true);
        let error = google
            .connector
            .assertion(google.auth(), &google.input(), &scopes, NOW)
            .unwrap_err();
        assert!(!format!("{error:?}").contains("hidden"));
        let fault = &error.faults()[0];
        assert_eq!(fault.field, "key");
        if pasted == "hidden" {
            assert_eq!(fault.message, told);
        } else {
            assert!(
                fault.message.starts_with("is a JSON file without `"),
                "{}",
                fault.message
            );
        }
    }
}

#[test]
fn a_client_speaks_for_itself_with_its_own_id_or_the_apps() {
    let auth = "[auth.oauth2]\ngrant = \"client_credentials\"\ntoken = \"https://api.example.com/token\"\nscopes = [\"a\", \"b\"]\n";
    let text = head("") + auth + &action("GET /x", "");
    let connector = load(&text);
    let (secret, none) = (Secret::new("s"), BTreeMap::new());
    let input = OAuthInput {
        app: Some(OAuthApp {
            client_id: "id",
            client_secret: Some(&secret),
        }),
        fields: &none,
        endpoints: solder_connector::Endpoints::default(),
    };
    let scopes = connector.scopes_for(&connector.auth[0], |_| true);
    let request = connector
        .client_credentials(&connector.auth[0], &input, &scopes)
        .unwrap();
    assert_eq!(
        written(&request),
        "POST https://api.example.com/token\ncontent-type: application/x-www-form-urlencoded\n\
         grant_type=client_credentials&scope=a%20b&client_id=id&client_secret=s"
    );
    // A person who gives id and secret needs no app; a grant of the platform's own is a parameter.
    let own = text.replace(
        "scopes = ",
        "client = \"basic\"\nsecrets = { account = \"Account\", client_id = \"Id\", client_secret = \"Secret\" }\n\
         token_params = { grant_type = \"account_credentials\", account_id = \"{account}\" }\nscopes = ",
    );
    let connector = load(&own);
    let oauth = connector.auth[0].oauth.as_ref().unwrap();
    assert!(!oauth.needs_app());
    let given = [("account", "ac"), ("client_id", "own"), ("client_secret", "hush")];
    let fields: BTreeMap<String, Secret> = given
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Secret::new(*value)))
        .collect();
    let input = OAuthInput {
        fields: &fields,
        ..input
    };
    let request = connector
        .client_credentials(&connector.auth[0], &input, &scopes)
        .unwrap();
    assert_eq!(
        written(&request),
        "POST https://api.example.com/token\nauthorization: Basic b3duOmh1c2g=\ncontent-type: application/x-www-form-urlencoded\n\
         scope=a%20b&grant_type=account_credentials&account_id=ac"
    );
}

#[test]
fn another_device_types_a_code_and_is_waited_for() {
    let github = dialect!("github").of_kind("device");
    let scopes = github.connector.scopes_for(github.auth(), |_| true);
    let request = github
        .connector
        .device_authorization(github.auth(), &github.input(), &scopes)
        .unwrap();
    assert_eq!(
        written(&request),
        "POST https://github.com/login/device/code\ncontent-type: application/x-www-form-urlencoded\n\
         scope=read%3Auser%20repo&client_id=id"
    );
    let body = r#"{"device_code":"3584d83530557fdd1f46af8289938c8ef79f9dc5","user_code":"WDJB-MJHT","verification_uri":"https://github.com/login/device","expires_in":900,"interval":5}"#;
    let code = github
        .connector
        .read_device_code(github.auth(), &answer(200, &[], body), NOW)
        .unwrap();
    assert_eq!(
        (code.user_code.as_str(), code.verification_uri.as_str()),
        ("WDJB-MJHT", "https://github.com/login/device")
    );
    assert_eq!(
        (code.expires_at, code.interval),
        (NOW.plus_ms(900_000), Duration::from_secs(5))
    );
    let poll = github
        .connector
        .device_token(github.auth(), &github.input(), &code.device_code)
        .unwrap();
    assert!(written(&poll).ends_with(
        "\ngrant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=3584d83530557fdd1f46af8289938c8ef79f9dc5&client_id=id"
    ));
    let read = |body: &str| {
        github
            .connector
            .read_device_poll(github.auth(), &answer(200, &[], body.to_owned()), NOW)
    };
    assert!(
        matches!(read(r#"{"error":"authorization_pending"}"#), DevicePoll::Pending(wait) if wait.is_zero())
    );
    assert!(
        matches!(read("error=slow_down&interval=10"), DevicePoll::Pending(wait) if wait == Duration::from_secs(5))
    );
    assert!(
        matches!(read(r#"{"error":"expired_token"}"#), DevicePoll::Failed(failure) if blame(&failure) == "gone")
    );
    assert!(
        matches!(read(r#"{"error":"access_denied"}"#), DevicePoll::Failed(failure) if blame(&failure) == "gone")
    );
    let DevicePoll::Done(tokens) = read("access_token=gho_1&scope=repo&token_type=bearer") else {
        panic!("the consent is there");
    };
    assert_eq!(tokens.fields["access_token"].expose(), "gho_1");
    // Google names the place otherwise; a place without TLS is nowhere to send a person.
    let older = body.replace("verification_uri", "verification_url");
    assert!(
        github
            .connector
            .read_device_code(github.auth(), &answer(200, &[], older), NOW)
            .is_ok()
    );
    let plain = body.replace("https://", "http://");
    assert!(
        github
            .connector
            .read_device_code(github.auth(), &answer(200, &[], plain), NOW)
            .is_err()
    );
}

#[test]
fn google_says_a_rate_limit_with_403() {
    let google = dialect!("google");
    let body = r#"{"error":{"errors":[{"domain":"usageLimits","reason":"rateLimitExceeded","message":"Rate Limit Exceeded"}],"code":403,"message":"Rate Limit Exceeded"}}"#;
    let failure = google.failed("gmail.users.getProfile", 403, &[], body);
    assert_eq!(
        (failure.code, failure.retryable),
        (Code::PlatformRateLimited, true)
    );
}
