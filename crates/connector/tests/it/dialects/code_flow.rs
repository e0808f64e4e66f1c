//! Platforms where a person consents in a browser.

use super::player::{blame, dialect};
use crate::support::written;
use serde_json::json;
use solder_connector::{Asked, TokenFailure};

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
