//! Platforms where a person consents in a browser.

use super::player::{blame, dialect};
use crate::support::{NOW, written};
use serde_json::json;
use solder_connector::{Asked, Rotate, TokenFailure};
use solder_model::Code;
use std::time::Duration;

#[test]
fn github_answers_a_form_unless_json_is_asked_for_and_errors_at_200() {
    let mut github = dialect!("github");
    assert_eq!(
        github.authorize_url(),
        "https://github.com/login/oauth/authorize?response_type=code&client_id=id\
         &redirect_uri=https%3A%2F%2Fsolder.example%2Fconnect%2Fcallback%2Fx&state=st4te&scope=read%3Auser%20repo\
         &code_challenge=ch4llenge&code_challenge_method=S256"
    );
    assert_eq!(
        github.exchange(),
        "POST https://github.com/login/oauth/access_token\ncontent-type: application/x-www-form-urlencoded\n\
         grant_type=authorization_code&code=c0de&redirect_uri=https%3A%2F%2Fsolder.example%2Fconnect%2Fcallback%2Fx\
         &code_verifier=ver1fier&client_id=id&client_secret=app-secret"
    );
    // An OAuth app's token: a form, without an end.
    let tokens = github
        .read(Asked::Code, 200, "access_token=gho_16C7e42F292c6912E7710c838347Ae178B4a&scope=repo%2Cread%3Auser&token_type=bearer")
        .unwrap();
    assert_eq!(
        tokens.fields["access_token"].expose(),
        "gho_16C7e42F292c6912E7710c838347Ae178B4a"
    );
    assert_eq!(
        (tokens.expires_at, tokens.scopes),
        (None, Some(vec!["repo".to_owned(), "read:user".to_owned()]))
    );
    // A GitHub App's: eight hours, and a refresh token for half a year.
    let told = json!({
        "access_token": "ghu_1", "expires_in": 28800, "refresh_token": "ghr_1", "refresh_token_expires_in": 15_811_200,
        "scope": "", "token_type": "bearer",
    });
    assert_eq!(github.take(Asked::Code, told.to_string()), Some(28_800));
    assert_eq!(
        github.called("issues/list", json!({})),
        "GET https://api.github.com/issues\nauthorization: Bearer ghu_1\nuser-agent: Solder"
    );
    assert_eq!(
        github.refresh(),
        "POST https://github.com/login/oauth/access_token\ncontent-type: application/x-www-form-urlencoded\n\
         grant_type=refresh_token&refresh_token=ghr_1&client_id=id&client_secret=app-secret"
    );
    let gone = github
        .read(
            Asked::Refresh(None),
            200,
            r#"{"error":"bad_refresh_token","error_description":"The refresh token passed is incorrect or expired.","error_uri":"https://docs.github.com"}"#,
        )
        .unwrap_err();
    assert_eq!(
        gone,
        TokenFailure::Gone {
            code: Some("bad_refresh_token".to_owned()),
            text: "GitHub has ended the connection (The refresh token passed is incorrect or expired, bad_refresh_token): connect again".to_owned(),
        }
    );
    let app = github
        .read(Asked::Code, 200, "error=incorrect_client_credentials&error_description=The+client_id+and%2For+client_secret+passed+are+incorrect.")
        .unwrap_err();
    assert!(matches!(app, TokenFailure::Misconfigured { .. }), "{app}");
    let request = github
        .connector
        .revoke(github.auth(), &github.input())
        .unwrap()
        .unwrap();
    assert_eq!(
        written(&request),
        "DELETE https://api.github.com/applications/id/token\nauthorization: Basic aWQ6YXBwLXNlY3JldA==\n\
         content-type: application/json\n{\"access_token\":\"ghu_1\"}"
    );
}

#[test]
fn slack_gives_a_bot_and_a_person_and_says_its_errors_at_200() {
    let mut slack = dialect!("slack");
    let asked = slack.authorize_url_for(|id| id != "chat_postMessage");
    assert!(
        asked.ends_with("&state=st4te&scope=team%3Aread%2Cchannels%3Aread&user_scope=search%3Aread"),
        "{asked}"
    );
    let narrow = slack.authorize_url_for(|id| id == "chat_postMessage");
    assert!(narrow.ends_with("&scope=team%3Aread%2Cchat%3Awrite"), "{narrow}");
    let told = json!({
        "ok": true, "access_token": "xoxb-b0t", "token_type": "bot", "scope": "team:read,channels:read",
        "bot_user_id": "U1", "app_id": "A1", "team": { "name": "Team", "id": "T1" }, "enterprise": null,
        "authed_user": { "id": "U2", "scope": "search:read", "access_token": "xoxp-us3r", "token_type": "user" },
    });
    let tokens = slack.read(Asked::Code, 200, told.to_string()).unwrap();
    assert_eq!(
        tokens.scopes.unwrap(),
        ["team:read", "channels:read", "search:read"]
    );
    assert_eq!(slack.take(Asked::Code, told.to_string()), None);
    assert_eq!(slack.field("team_id"), Some("T1"));
    let authorized = |request: &str| {
        request
            .split('\n')
            .find(|line| line.starts_with("authorization"))
            .map(str::to_owned)
    };
    let bot = slack.called("conversations_list", json!({}));
    assert_eq!(
        authorized(&bot).as_deref(),
        Some("authorization: Bearer xoxb-b0t")
    );
    let person = slack.called("search_messages", json!({"query": "x"}));
    assert_eq!(
        authorized(&person).as_deref(),
        Some("authorization: Bearer xoxp-us3r")
    );
    assert_eq!(
        written(
            &slack
                .connector
                .revoke(slack.auth(), &slack.input())
                .unwrap()
                .unwrap()
        ),
        "POST https://slack.com/api/auth.revoke\nauthorization: Bearer xoxb-b0t"
    );
    for (error, blamed) in [
        ("invalid_code", "gone"),
        ("bad_client_secret", "misconfigured"),
        ("internal_error", "refused"),
    ] {
        let failure = slack
            .read(Asked::Code, 200, json!({"ok": false, "error": error}).to_string())
            .unwrap_err();
        assert_eq!(blame(&failure), blamed);
        assert!(failure.to_string().contains(error), "{failure}");
    }
}

#[test]
fn slack_with_rotation_refreshes_each_identity_by_itself() {
    let mut slack = dialect!("slack");
    let told = json!({
        "ok": true, "access_token": "b1", "expires_in": 43_200, "refresh_token": "rb1", "team": { "id": "T1" },
        "authed_user": { "access_token": "u1", "expires_in": 40_000, "refresh_token": "ru1" },
    });
    assert_eq!(slack.take(Asked::Code, told.to_string()), Some(40_000));
    assert_eq!(slack.oauth().refreshable(&slack.fields), [None, Some("user")]);
    let request = slack
        .connector
        .refresh(slack.auth(), &slack.input(), Some("user"))
        .unwrap();
    assert!(written(&request).contains("grant_type=refresh_token&refresh_token=ru1&client_id=id"));
    // The person's new token stands where the bot's would.
    let told = json!({"ok": true, "access_token": "u2", "expires_in": 43_200, "refresh_token": "ru2", "token_type": "user"});
    slack.take(Asked::Refresh(Some("user")), told.to_string());
    let held = [
        "access_token",
        "refresh_token",
        "access_token.user",
        "refresh_token.user",
        "team_id",
    ];
    assert_eq!(
        held.map(|name| slack.field(name).unwrap()),
        ["b1", "rb1", "u2", "ru2", "T1"]
    );
    let gone = slack
        .read(
            Asked::Refresh(None),
            200,
            r#"{"ok":false,"error":"invalid_refresh_token"}"#,
        )
        .unwrap_err();
    assert_eq!(
        gone.to_string(),
        "Slack has ended the connection (invalid_refresh_token): connect again"
    );
}

#[test]
fn slack_without_a_persons_consent_says_so_when_a_person_has_to_act() {
    let mut slack = dialect!("slack");
    slack.take(
        Asked::Code,
        r#"{"ok":true,"access_token":"b1","team":{"id":"T1"},"authed_user":{"id":"U1"}}"#,
    );
    let error = slack.call("search_messages", json!({"query": "x"})).unwrap_err();
    assert_eq!(error.faults()[0].field, "access_token");
}

#[test]
fn hubspot_tokens_last_half_an_hour_and_the_refresh_token_stays() {
    let mut hubspot = dialect!("hubspot");
    let asked = hubspot.authorize_url_for(|_| false);
    assert!(
        asked.ends_with("&scope=oauth%20crm.objects.owners.read"),
        "{asked}"
    );
    let body = r#"{"token_type":"bearer","refresh_token":"r1","access_token":"a1","hub_id":1}"#;
    assert_eq!(hubspot.take(Asked::Code, body), Some(1_800));
    assert_eq!(hubspot.field("refresh_token"), Some("r1"));
    assert_eq!(
        hubspot.take(
            Asked::Refresh(None),
            r#"{"refresh_token":"other","access_token":"a2","expires_in":1700}"#
        ),
        Some(1_700)
    );
    assert_eq!(hubspot.field("refresh_token"), Some("r1"));
    let gone = hubspot
        .read(
            Asked::Refresh(None),
            400,
            r#"{"status":"BAD_REFRESH_TOKEN","message":"missing or invalid refresh token","correlationId":"a4ec1b06-bc67-4b50-9b8d-f4a6cb4b9a7d"}"#,
        )
        .unwrap_err();
    assert_eq!(
        gone.to_string(),
        "HubSpot has ended the connection (missing or invalid refresh token, BAD_REFRESH_TOKEN): connect again"
    );
    let request = hubspot
        .connector
        .revoke(hubspot.auth(), &hubspot.input())
        .unwrap()
        .unwrap();
    assert_eq!(
        written(&request),
        "DELETE https://api.hubapi.com/oauth/v1/refresh-tokens/r1\nauthorization: Bearer a2"
    );
    // The refresh token of the answer to a code is kept even where later ones are not.
    assert_eq!(
        hubspot.read(Asked::Code, 200, body).unwrap().fields["refresh_token"].expose(),
        "r1"
    );
}

#[test]
fn google_gives_a_refresh_token_once_and_says_who_answered() {
    let mut google = dialect!("google");
    let asked = google.authorize_url();
    assert!(asked.starts_with("https://accounts.google.com/o/oauth2/v2/auth?response_type=code&"));
    assert!(asked.ends_with("&access_type=offline&prompt=consent"), "{asked}");
    let body = r#"{"access_token":"ya29.a1","expires_in":3599,"refresh_token":"1//r1","scope":"https://www.googleapis.com/auth/gmail.readonly","token_type":"Bearer"}"#;
    assert_eq!(google.take(Asked::Code, body), Some(3_599));
    google.take(
        Asked::Refresh(None),
        r#"{"access_token":"ya29.a2","expires_in":3599,"token_type":"Bearer"}"#,
    );
    assert_eq!(
        (google.field("access_token"), google.field("refresh_token")),
        (Some("ya29.a2"), Some("1//r1"))
    );
    let gone = google
        .read(
            Asked::Refresh(None),
            400,
            r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#,
        )
        .unwrap_err();
    assert_eq!(blame(&gone), "gone");
    let query = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    };
    let read = |pairs: &[(&str, &str)]| google.connector.callback_values(google.auth(), &query(pairs));
    assert!(read(&[("code", "c"), ("iss", "https://accounts.google.com")]).is_ok());
    for mixed_up in [
        &[("code", "c")][..],
        &[("iss", "https://evil.example")],
        &[("iss", "https://accounts.google.com/")],
        &[
            ("iss", "https://accounts.google.com"),
            ("iss", "https://evil.example"),
        ],
    ] {
        assert!(
            read(mixed_up).unwrap_err().contains("does not come from"),
            "{mixed_up:?}"
        );
    }
    assert_eq!(
        written(
            &google
                .connector
                .revoke(google.auth(), &google.input())
                .unwrap()
                .unwrap()
        ),
        "POST https://oauth2.googleapis.com/revoke\ncontent-type: application/x-www-form-urlencoded\ntoken=1%2F%2Fr1&client_id=id"
    );
}

#[test]
fn notion_wants_basic_and_json_and_its_version() {
    let mut notion = dialect!("notion");
    let asked = notion.authorize_url();
    assert!(asked.ends_with("&state=st4te&owner=user"), "{asked}");
    assert_eq!(
        notion.exchange(),
        "POST https://api.notion.com/v1/oauth/token\nauthorization: Basic aWQ6YXBwLXNlY3JldA==\ncontent-type: application/json\n\
         notion-version: 2025-09-03\n{\"grant_type\":\"authorization_code\",\"code\":\"c0de\",\
         \"redirect_uri\":\"https://solder.example/connect/callback/x\"}"
    );
    let body = r#"{"access_token":"ntn_1","token_type":"bearer","bot_id":"b","workspace_name":"W","workspace_id":"w","owner":{"type":"workspace"},"duplicated_template_id":null}"#;
    assert_eq!(notion.take(Asked::Code, body), None);
    assert!(notion.oauth().refreshable(&notion.fields).is_empty());
    assert_eq!(
        notion.called("post-search", json!({"cursor": "c2"})),
        "POST https://api.notion.com/v1/search\nauthorization: Bearer ntn_1\ncontent-type: application/json\n\
         notion-version: 2025-09-03\n{\"start_cursor\":\"c2\"}"
    );
    assert_eq!(
        written(
            &notion
                .connector
                .revoke(notion.auth(), &notion.input())
                .unwrap()
                .unwrap()
        ),
        "POST https://api.notion.com/v1/oauth/revoke\nauthorization: Basic aWQ6YXBwLXNlY3JldA==\ncontent-type: application/json\n\
         notion-version: 2025-09-03\n{\"token\":\"ntn_1\"}"
    );
}

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
