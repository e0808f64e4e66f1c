//! Token answers that follow no document: odd times, odd errors, things that are no answer at all.

use super::player::{Player, blame, dialect};
use crate::support::{NOW, action, answer, head, load};
use proptest::prelude::*;
use serde_json::{Value, json};
use solder_connector::{Asked, Connector, TokenFailure};
use solder_model::Timestamp;
use std::time::Duration;

const KIND: &str =
    "[auth.oauth2]\nauthorize = \"https://a.example/authorize\"\ntoken = \"https://a.example/token\"\n";

fn with(extra: &str) -> Connector {
    load(&(head("") + KIND + extra + "\n" + &action("GET /x", "")))
}

/// When the token of an answer ends, in seconds from now.
fn ends(connector: &Connector, told: Value) -> Option<i64> {
    let mut body = json!({"access_token": "a"});
    for (name, value) in told.as_object().unwrap() {
        body[name] = value.clone();
    }
    let response = answer(200, &[], body.to_string());
    let tokens = connector.read_tokens(&connector.auth[0], Asked::Code, &response, NOW);
    tokens.unwrap().expires_at.map(|at| at.since(NOW) / 1_000)
}

#[test]
fn an_end_is_read_however_it_is_told() {
    let told = with("");
    for (body, wanted) in [
        (json!({"expires_in": 3600}), Some(3_600)),
        (json!({"expires_in": "3600"}), Some(3_600)),
        (json!({"expires_in": 3599.9}), Some(3_599)),
        (json!({"expires_at": "2026-01-01T01:00:00Z"}), Some(3_600)),
        (json!({"expires_at": 1_767_229_200}), Some(3_600)),
        (json!({"expires_at": 1_767_229_200_000_i64}), Some(3_600)),
        (json!({"expires_at": "1767229200"}), Some(3_600)),
        (
            json!({"expires_in": 0, "expires_at": "2026-01-01T01:00:00Z"}),
            Some(3_600),
        ),
        (json!({}), None),
        (json!({"expires_in": 0}), None),
        (json!({"expires_in": -1}), None),
        (json!({"expires_in": null}), None),
        (json!({"expires_in": "soon"}), None),
        (json!({"expires_in": "NaN"}), None),
        (json!({"expires_in": 1e300}), None),
        (json!({"expires_in": 9_999_999_999_u64}), None),
        (json!({"expires_at": "2025-12-31T00:00:00Z"}), None),
    ] {
        assert_eq!(ends(&told, body.clone()), wanted, "{body}");
    }
    let never = with("expires = \"never\"");
    assert_eq!(ends(&never, json!({"expires_in": 3600})), None);
    let half_an_hour = with("expires = \"30m\"");
    assert_eq!(ends(&half_an_hour, json!({})), Some(1_800));
    assert_eq!(ends(&half_an_hour, json!({"expires_in": 60})), Some(60));
    let elsewhere = with("expires = \"/data/life\"");
    assert_eq!(
        ends(&elsewhere, json!({"data": {"life": 60}, "expires_in": 5})),
        Some(60)
    );
}

#[test]
fn an_error_is_blamed_on_whoever_can_mend_it() {
    let connector = with("error_map = { odd = \"later\", \"418\" = \"gone\" }");
    for (asked, status, body, wanted) in [
        (Asked::Code, 400, r#"{"error":"invalid_grant"}"#, "gone"),
        (
            Asked::Code,
            400,
            r#"{"error":"redirect_uri_mismatch"}"#,
            "misconfigured",
        ),
        (Asked::Code, 401, r#"{"error":"invalid_client"}"#, "misconfigured"),
        (Asked::Code, 401, "", "misconfigured"),
        (Asked::Refresh(None), 401, "{}", "refused"),
        (Asked::Refresh(None), 401, "", "unreadable"),
        (
            Asked::Refresh(None),
            400,
            r#"{"error":"temporarily_unavailable"}"#,
            "later",
        ),
        (Asked::Refresh(None), 400, r#"{"error":"odd"}"#, "later"),
        (Asked::Refresh(None), 418, r#"{"error":"new"}"#, "gone"),
        (Asked::Refresh(None), 400, r#"{"error":"new"}"#, "refused"),
        (Asked::Refresh(None), 400, r#"{"message":"no"}"#, "refused"),
        (Asked::Refresh(None), 503, "<html>busy</html>", "later"),
        (Asked::Refresh(None), 429, "", "later"),
        (Asked::Refresh(None), 200, "<html>sign in</html>", "unreadable"),
        (Asked::Refresh(None), 200, "", "unreadable"),
        (Asked::Refresh(None), 200, "[]", "unreadable"),
        (Asked::Refresh(None), 200, r#"{"access_token":""}"#, "unreadable"),
        (Asked::Refresh(None), 200, r#"{"access_token":7}"#, "unreadable"),
        (
            Asked::Refresh(None),
            200,
            r#"{"access_token":"a\nb"}"#,
            "unreadable",
        ),
        (
            Asked::Refresh(None),
            200,
            r#"{"access_token":{"token":"a"}}"#,
            "unreadable",
        ),
        (Asked::Refresh(None), 302, "", "unreadable"),
    ] {
        let response = answer(status, &[], body);
        let failure = connector
            .read_tokens(&connector.auth[0], asked, &response, NOW)
            .unwrap_err();
        assert_eq!(blame(&failure), wanted, "{status} {body}: {failure}");
    }
    let busy = answer(429, &[("retry-after", "7")], "{}");
    let failure = connector.read_tokens(&connector.auth[0], Asked::Refresh(None), &busy, NOW);
    assert!(
        matches!(failure, Err(TokenFailure::Later { wait: Some(wait), .. }) if wait == Duration::from_secs(7))
    );
}

#[test]
fn words_for_people_say_what_to_do_and_hold_no_token() {
    let connector = with("");
    let told = |asked, body: &str| {
        let response = answer(400, &[], body.to_owned());
        let failure = connector.read_tokens(&connector.auth[0], asked, &response, NOW);
        failure.unwrap_err().to_string()
    };
    assert_eq!(
        told(
            Asked::Code,
            r#"{"error":"invalid_grant","error_description":"Code 4/0AbCdEf1234567890ghij was used."}"#
        ),
        "Sample does not take the consent any more (Code … was used, invalid_grant): begin again"
    );
    assert_eq!(
        told(Asked::Code, r#"{"error":"invalid_client"}"#),
        "Sample does not take the OAuth app that Solder shows (invalid_client): whoever runs Solder has to look at its client id, \
         client secret, redirect URI and scopes"
    );
    assert_eq!(
        told(
            Asked::Refresh(None),
            r#"{"error":"eyJhbGciOiJIUzI1NiJ9.e30.abc123"}"#
        ),
        "Sample gave no tokens: HTTP 400"
    );
}

#[test]
fn a_refresh_keeps_what_it_does_not_replace() {
    for (rotate, kept) in [("if_told", "r2"), ("always", "r2"), ("never", "r1")] {
        let connector = with(&format!("rotate = \"{rotate}\""));
        let mut player = Player::of(connector);
        player.take(Asked::Code, r#"{"access_token":"a1","refresh_token":"r1"}"#);
        player.take(
            Asked::Refresh(None),
            r#"{"access_token":"a2","refresh_token":"r2"}"#,
        );
        assert_eq!(
            (player.field("access_token"), player.field("refresh_token")),
            (Some("a2"), Some(kept)),
            "{rotate}"
        );
        player.take(Asked::Refresh(None), r#"{"access_token":"a3"}"#);
        assert_eq!(
            (player.field("access_token"), player.field("refresh_token")),
            (Some("a3"), Some(kept)),
            "{rotate}"
        );
    }
}

#[test]
fn tokens_are_in_no_debug_text() {
    let slack = dialect!("slack");
    let tokens = slack
        .read(
            Asked::Code,
            200,
            r#"{"ok":true,"access_token":"hidden-a","refresh_token":"hidden-r","team":{"id":"hidden-t"}}"#,
        )
        .unwrap();
    assert!(!format!("{tokens:?}").contains("hidden"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn any_answer_gives_tokens_or_a_reason(status in 200_u16..600, body in "\\PC{0,64}|(\\{\"(ok|error|access_token|expires_in|authed_user)\":(true|false|1|\"x\"|\\{\\}|null)\\})") {
        let slack = dialect!("slack");
        let response = answer(status, &[], body);
        for asked in [Asked::Code, Asked::Client, Asked::Refresh(None), Asked::Refresh(Some("user")), Asked::Refresh(Some("none"))] {
            match slack.connector.read_tokens(slack.auth(), asked, &response, NOW) {
                Ok(tokens) => {
                    prop_assert!(!tokens.fields.is_empty());
                    prop_assert!(tokens.expires_at.is_none_or(|at| at > Timestamp(NOW.0)));
                }
                Err(failure) => prop_assert!(!failure.to_string().is_empty()),
            }
        }
    }

    #[test]
    fn what_is_asked_for_comes_back_out_of_the_url(state in "\\PC{1,40}", redirect in "https://[a-z]{1,8}\\.example/[a-z?&=%]{0,12}", scope in "[ -~]{1,20}") {
        let slack = dialect!("slack");
        let scopes = solder_connector::Scopes { plain: vec![scope.clone()], ..Default::default() };
        let consent = solder_connector::Consent {
            input: slack.input(), redirect_uri: &redirect, state: &state, pkce_challenge: None, scopes: &scopes,
        };
        let url: url::Url = slack.connector.authorize_url(slack.auth(), &consent).unwrap().parse().unwrap();
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let wanted = [("response_type", "code"), ("client_id", "id"), ("redirect_uri", redirect.as_str()), ("state", state.as_str()), ("scope", scope.as_str())];
        prop_assert_eq!(pairs, wanted.map(|(name, value)| (name.to_owned(), value.to_owned())));
        prop_assert_eq!(url.host_str(), Some("slack.com"));
    }
}
