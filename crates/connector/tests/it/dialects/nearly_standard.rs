//! More platforms where a person consents in a browser: those that stay near the standard.

use super::player::{blame, dialect};
use crate::support::{NOW, written};
use serde_json::json;
use solder_connector::{Asked, Rotate};
use solder_model::Code;
use std::time::Duration;

#[test]
fn airtable_wants_pkce_and_basic_and_spends_refresh_tokens() {
    let mut airtable = dialect!("airtable");
    assert!(
        airtable
            .authorize_url()
            .contains("&code_challenge=ch4llenge&code_challenge_method=S256")
    );
    let exchange = airtable.exchange();
    assert!(
        exchange.contains("\nauthorization: Basic aWQ6YXBwLXNlY3JldA==\n"),
        "{exchange}"
    );
    assert!(exchange.ends_with("&code_verifier=ver1fier"), "{exchange}");
    assert_eq!(airtable.oauth().rotate, Rotate::Always);
    let body = |n: u32| {
        format!(
            r#"{{"access_token":"a{n}","refresh_token":"r{n}","token_type":"Bearer","scope":"user.email:read","expires_in":3600,"refresh_expires_in":5184000}}"#
        )
    };
    let tokens = airtable.read(Asked::Code, 200, body(1)).unwrap();
    assert_eq!(tokens.refresh_expires_at, Some(NOW.plus_ms(5_184_000_000)));
    airtable.take(Asked::Code, body(1));
    airtable.take(Asked::Refresh(None), body(2));
    assert_eq!(
        (airtable.field("access_token"), airtable.field("refresh_token")),
        (Some("a2"), Some("r2"))
    );
    let error = airtable
        .connector
        .exchange_code(airtable.auth(), &airtable.input(), "c", "https://x.example", None)
        .unwrap_err();
    assert_eq!(
        error.faults()[0].message,
        "has no PKCE verifier, which this kind asks for"
    );
}

#[test]
fn figma_refreshes_elsewhere_and_says_errors_without_codes() {
    let mut figma = dialect!("figma");
    let asked = figma.authorize_url();
    assert!(
        asked.contains("&scope=current_user%3Aread%2Cfile_comments%3Aread&"),
        "{asked}"
    );
    assert_eq!(
        figma.take(Asked::Code, r#"{"user_id_string":"1","access_token":"a1","token_type":"bearer","expires_in":7776000,"refresh_token":"r1"}"#),
        Some(7_776_000)
    );
    let refresh = figma.refresh();
    assert!(
        refresh.starts_with("POST https://api.figma.com/v1/oauth/refresh\nauthorization: Basic "),
        "{refresh}"
    );
    figma.take(
        Asked::Refresh(None),
        r#"{"access_token":"a2","token_type":"bearer","expires_in":7776000}"#,
    );
    assert_eq!(
        (figma.field("access_token"), figma.field("refresh_token")),
        (Some("a2"), Some("r1"))
    );
    let gone = figma
        .read(
            Asked::Refresh(None),
            400,
            r#"{"error":true,"status":400,"message":"Invalid refresh token"}"#,
        )
        .unwrap_err();
    assert_eq!(
        gone.to_string(),
        "Figma has ended the connection (Invalid refresh token): connect again"
    );
}

#[test]
fn dropbox_is_asked_for_offline_tokens_and_takes_arguments_in_a_header() {
    let mut dropbox = dialect!("dropbox");
    let asked = dropbox.authorize_url();
    assert!(asked.ends_with("&token_access_type=offline"), "{asked}");
    dropbox.take(Asked::Code, r#"{"access_token":"sl.a1","expires_in":14400,"token_type":"bearer","scope":"account_info.read","refresh_token":"r1","account_id":"dbid:1","uid":"1"}"#);
    assert_eq!(
        dropbox.called("files/download", json!({"arg": {"path": "/ä.txt"}})),
        "POST https://content.dropboxapi.com/2/files/download\nauthorization: Bearer sl.a1\ndropbox-api-arg: {\"path\":\"/\\u00e4.txt\"}"
    );
    assert_eq!(
        written(
            &dropbox
                .connector
                .revoke(dropbox.auth(), &dropbox.input())
                .unwrap()
                .unwrap()
        ),
        "POST https://api.dropboxapi.com/2/auth/token/revoke\nauthorization: Bearer sl.a1"
    );
    let expired = r#"{"error_summary":"expired_access_token/..","error":{".tag":"expired_access_token"}}"#;
    let failure = dropbox.failed("users/get_current_account", 401, &[], expired);
    assert!(dropbox.connector.should_refresh(dropbox.auth(), &failure));
}

#[test]
fn square_says_when_a_token_ends_and_takes_json_with_its_version() {
    let mut square = dialect!("square");
    let exchange = square.exchange();
    assert!(
        exchange.contains("\nsquare-version: 2026-10-15\n{\"grant_type\":\"authorization_code\","),
        "{exchange}"
    );
    let body = r#"{"access_token":"EAAA1","token_type":"bearer","expires_at":"2026-01-31T00:00:00Z","merchant_id":"M","refresh_token":"EQAA1","short_lived":false}"#;
    assert_eq!(square.take(Asked::Code, body), Some(30 * 86_400));
    let revocation = square
        .connector
        .revoke(square.auth(), &square.input())
        .unwrap()
        .unwrap();
    assert_eq!(
        written(&revocation),
        "POST https://connect.squareup.com/oauth2/revoke\nauthorization: Client app-secret\ncontent-type: application/json\n\
         square-version: 2026-10-15\n{\"access_token\":\"EAAA1\",\"client_id\":\"id\"}"
    );
    assert!(revocation.headers()["authorization"].is_sensitive());
    let gone = square
        .read(Asked::Refresh(None), 401, r#"{"errors":[{"category":"AUTHENTICATION_ERROR","code":"UNAUTHORIZED","detail":"The refresh token was revoked."}]}"#)
        .unwrap_err();
    assert_eq!(blame(&gone), "gone");
}

#[test]
fn monday_knows_no_pkce_and_linear_tells_its_reset_in_milliseconds() {
    let mut monday = dialect!("monday");
    assert!(!monday.authorize_url().contains("challenge"));
    assert_eq!(
        monday.take(
            Asked::Code,
            r#"{"access_token":"eyJ.m","token_type":"Bearer","scope":"me:read boards:read"}"#
        ),
        None
    );
    assert!(
        monday
            .called("me", json!({}))
            .contains("\nauthorization: eyJ.m\n")
    );
    let busy = r#"{"errors":[{"message":"Complexity budget exhausted","extensions":{"code":"COMPLEXITY_BUDGET_EXHAUSTED","retry_in_seconds":12}}],"data":null}"#;
    let failure = monday.failed("me", 200, &[], busy);
    assert_eq!(
        (failure.code, failure.retry),
        (Code::PlatformRateLimited, Some(Duration::from_secs(12)))
    );

    let mut linear = dialect!("linear");
    assert!(linear.authorize_url().contains("code_challenge_method=S256"));
    assert_eq!(
        linear.take(Asked::Code, r#"{"access_token":"lin_a","token_type":"Bearer","expires_in":86399,"scope":"read write","refresh_token":"lin_r"}"#),
        Some(86_399)
    );
    let reset = (NOW.0 + 90_000).to_string();
    let headers = [
        ("x-ratelimit-requests-remaining", "0"),
        ("x-ratelimit-requests-reset", reset.as_str()),
    ];
    let busy = r#"{"errors":[{"message":"Rate limit exceeded","extensions":{"code":"RATELIMITED"}}]}"#;
    let failure = linear.failed("viewer", 400, &headers, busy);
    assert_eq!(
        (failure.code, failure.retry),
        (Code::PlatformRateLimited, Some(Duration::from_secs(90)))
    );
    let ended = r#"{"errors":[{"message":"Authentication required, not authenticated","extensions":{"code":"AUTHENTICATION_ERROR"}}]}"#;
    let failure = linear.failed("viewer", 200, &[], ended);
    assert!(linear.connector.should_refresh(linear.auth(), &failure));
}

#[test]
fn asana_klaviyo_and_discord_answer_as_the_standard_says() {
    let mut asana = dialect!("asana");
    assert_eq!(
        asana.take(Asked::Code, r#"{"access_token":"a1","token_type":"bearer","expires_in":3600,"data":{"gid":"1","name":"Ada","email":"a@b.c"},"refresh_token":"r1"}"#),
        Some(3_600)
    );
    assert!(
        asana
            .called("createTask", json!({"name": "X"}))
            .ends_with("\n{\"data\":{\"name\":\"X\"}}")
    );
    assert_eq!(
        written(
            &asana
                .connector
                .revoke(asana.auth(), &asana.input())
                .unwrap()
                .unwrap()
        ),
        "POST https://app.asana.com/-/oauth_revoke\ncontent-type: application/x-www-form-urlencoded\n\
         token=r1&client_id=id&client_secret=app-secret"
    );
    let mut klaviyo = dialect!("klaviyo");
    klaviyo.take(Asked::Code, r#"{"access_token":"k1","token_type":"bearer","expires_in":3600,"refresh_token":"kr1","scope":"accounts:read"}"#);
    let sent = klaviyo.call("create_profile", json!({"email": "a@b.c"})).unwrap();
    assert_eq!(sent.headers()["accept"], "application/vnd.api+json");
    assert_eq!(
        written(&sent),
        "POST https://a.klaviyo.com/api/profiles\nauthorization: Bearer k1\ncontent-type: application/json\nrevision: 2026-07-15\n\
         {\"data\":{\"type\":\"profile\",\"attributes\":{\"email\":\"a@b.c\"}}}"
    );
    let mut discord = dialect!("discord");
    assert_eq!(
        discord.take(Asked::Code, r#"{"access_token":"d1","token_type":"Bearer","expires_in":604800,"refresh_token":"dr1","scope":"identify"}"#),
        Some(604_800)
    );
    let busy = discord.failed(
        "get_my_user",
        429,
        &[],
        r#"{"message":"You are being rate limited.","retry_after":1.336,"global":false}"#,
    );
    assert_eq!(busy.retry, Some(Duration::from_millis(1_336)));
}
