//! Platforms with keys: where they go, and what else is particular to the platform.

use super::player::dialect;
use serde_json::json;
use solder_connector::{BuildInput, Reading};
use solder_model::Code;
use std::time::Duration;

#[test]
fn twilio_has_its_account_in_the_path_and_takes_forms() {
    let sid = "AC0123456789abcdef0123456789abcdef";
    let twilio = dialect!("twilio")
        .of_kind("account")
        .given("sid", sid)
        .given("token", "t");
    let sent = twilio.called(
        "CreateMessage",
        json!({"To": "+1", "From": "+2", "Body": "Hi & bye"}),
    );
    assert_eq!(
        sent,
        format!(
            "POST https://api.twilio.com/2010-04-01/Accounts/{sid}/Messages.json\n\
             authorization: Basic QUMwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjp0\ncontent-type: application/x-www-form-urlencoded\n\
             To=%2B1&From=%2B2&Body=Hi+%26+bye"
        )
    );
    assert!(twilio.called("FetchAccount", json!({})).starts_with(&format!(
        "GET https://api.twilio.com/2010-04-01/Accounts/{sid}.json\n"
    )));
    let refused = twilio.failed("FetchAccount", 401, &[], r#"{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}"#);
    assert_eq!(refused.code, Code::PlatformReconnect);
}

#[test]
fn telegram_has_its_token_in_the_path_and_says_errors_in_ok() {
    let telegram = dialect!("telegram").of_kind("bot").given("token", "123:AbC");
    assert_eq!(
        telegram.called("getMe", json!({})),
        "GET https://api.telegram.org/bot123:AbC/getMe"
    );
    let busy = telegram.failed("getMe", 429, &[], r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 5","parameters":{"retry_after":5}}"#);
    assert_eq!(
        (busy.code, busy.retry),
        (Code::PlatformRateLimited, Some(Duration::from_secs(5)))
    );
    let evil = dialect!("telegram").of_kind("bot").given("token", "..");
    assert!(evil.call("getMe", json!({})).is_err());
}

#[test]
fn stripe_and_square_take_a_key_that_makes_a_write_repeatable() {
    let stripe = dialect!("stripe").of_kind("secret_key").given("key", "sk_1");
    let arguments =
        json!({"email": "a@b.c", "metadata": {"plan": "gold"}, "preferred_locales": ["de", "en"]});
    let keyed = |player: &super::player::Player, action: &str, arguments: serde_json::Value| {
        let none = serde_json::Map::new();
        let arguments = crate::support::object(arguments);
        let input = BuildInput {
            base_override: None,
            arguments: &arguments,
            auth: Some((player.auth(), &player.fields)),
            vars: &none,
            idempotency_key: Some("k3y"),
        };
        crate::support::written(
            &player
                .connector
                .build(player.connector.action(action).unwrap(), &input)
                .unwrap(),
        )
    };
    assert_eq!(
        keyed(&stripe, "PostCustomers", arguments),
        "POST https://api.stripe.com/v1/customers\nauthorization: Basic c2tfMTo=\ncontent-type: application/x-www-form-urlencoded\n\
         idempotency-key: k3y\nstripe-version: 2026-10-28.clover\n\
         email=a%40b.c&metadata%5Bplan%5D=gold&preferred_locales%5B0%5D=de&preferred_locales%5B1%5D=en"
    );
    let page = crate::support::answer(
        200,
        &[],
        r#"{"object":"list","data":[{"id":"cus_1"},{"id":"cus_2"}],"has_more":true}"#,
    );
    let list = stripe.connector.action("GetCustomers").unwrap();
    let Reading::Success(first) = stripe.connector.read(list, None, &page, crate::support::NOW) else {
        panic!("a list");
    };
    assert_eq!(first.next_cursor.as_deref(), Some("cus_2"));
    assert!(
        stripe
            .called("GetCustomers", json!({"cursor": "cus_2"}))
            .starts_with("GET https://api.stripe.com/v1/customers?starting_after=cus_2\n")
    );
    let square = dialect!("square").given("access_token", "EAAA");
    assert!(
        keyed(&square, "CreatePayment", json!({"source_id": "cnon"}))
            .ends_with("\n{\"source_id\":\"cnon\",\"idempotency_key\":\"k3y\"}")
    );
}

#[test]
fn prefixes_and_queries_carry_keys_too() {
    let klaviyo = dialect!("klaviyo").of_kind("private_key").given("key", "pk_1");
    assert!(
        klaviyo
            .called("get_accounts", json!({}))
            .contains("\nauthorization: Klaviyo-API-Key pk_1\n")
    );
    let discord = dialect!("discord").of_kind("bot").given("token", "d");
    assert_eq!(
        discord.called("get_my_user", json!({})),
        "GET https://discord.com/api/v10/users/@me\nauthorization: Bot d"
    );
    let trello = dialect!("trello")
        .of_kind("key_and_token")
        .given("key", "k")
        .given("token", "t");
    assert_eq!(
        trello.called("get-members-id", json!({})),
        "GET https://api.trello.com/1/members/me?key=k&token=t"
    );
}

#[test]
fn github_says_a_rate_limit_with_403_and_when_it_ends() {
    let github = dialect!("github");
    let reset = (crate::support::NOW.0 / 1_000 + 60).to_string();
    let headers = [
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", reset.as_str()),
    ];
    let limited = github.failed(
        "issues/list",
        403,
        &headers,
        r#"{"message":"API rate limit exceeded"}"#,
    );
    assert_eq!(
        (limited.code, limited.retry),
        (Code::PlatformRateLimited, Some(Duration::from_mins(1)))
    );
    let secondary = github.failed(
        "issues/list",
        403,
        &[("retry-after", "30")],
        r#"{"message":"You have exceeded a secondary rate limit"}"#,
    );
    assert_eq!(
        (secondary.code, secondary.retry),
        (Code::PlatformRateLimited, Some(Duration::from_secs(30)))
    );
    let forbidden = github.failed(
        "issues/list",
        403,
        &[("x-ratelimit-remaining", "9")],
        r#"{"message":"Must have admin rights"}"#,
    );
    assert_eq!(forbidden.code, Code::PlatformForbidden);
}
