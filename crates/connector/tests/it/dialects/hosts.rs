//! Platforms whose host a connection decides: by what the person gave, what the callback or the token answer brings.

use super::player::{REDIRECT, blame, dialect};
use crate::support::{NOW, written};
use serde_json::json;
use solder_connector::{Asked, BuildError, Endpoints, OAuthInput};
use solder_model::{Code, Secret};

#[test]
fn salesforce_calls_the_host_of_the_token_answer_and_no_other() {
    let mut org = dialect!("salesforce").given("login_host", "test.salesforce.com");
    assert!(
        org.authorize_url()
            .starts_with("https://test.salesforce.com/services/oauth2/authorize?")
    );
    let body = |host: &str| {
        format!(
            r#"{{"access_token":"00D!a1","refresh_token":"5Aep1","signature":"x","scope":"refresh_token api","instance_url":"https://{host}","id":"https://test.salesforce.com/id/00D/005","token_type":"Bearer","issued_at":"1767225600000"}}"#
        )
    };
    assert_eq!(org.take(Asked::Code, body("acme.my.salesforce.com")), None);
    assert_eq!(
        org.called("query", json!({"soql": "SELECT Id"})),
        "GET https://acme.my.salesforce.com/services/data/v61.0/query?q=SELECT%20Id\nauthorization: Bearer 00D!a1"
    );
    // A refresh may tell a new host; what is not kept on refresh stays.
    let refreshed = body("eu1.salesforce.com")
        .replace("00D!a1", "00D!a2")
        .replace("005", "006")
        .replace(r#""refresh_token":"5Aep1","#, "");
    org.take(Asked::Refresh(None), refreshed);
    let held = ["access_token", "refresh_token", "instance_url", "org"].map(|name| org.field(name).unwrap());
    assert_eq!(
        held,
        [
            "00D!a2",
            "5Aep1",
            "https://eu1.salesforce.com",
            "https://test.salesforce.com/id/00D/005"
        ]
    );
    for evil in [
        "evil.example",
        "salesforce.com.evil.example",
        "acme.salesforce.com@evil.example",
        "127.0.0.1",
    ] {
        // Nothing is connected to elsewhere, and a refresh never moves a connection there.
        let failure = org.read(Asked::Code, 200, body(evil)).unwrap_err();
        assert!(
            failure
                .to_string()
                .starts_with("Salesforce gave tokens whose `instance_url` leads to `"),
            "{failure}"
        );
        org.take(Asked::Refresh(None), body(evil));
        assert_eq!(org.field("instance_url"), Some("https://eu1.salesforce.com"));
        // What got into a credential all the same is not followed.
        let planted = dialect!("salesforce")
            .given("access_token", "a")
            .given("instance_url", &format!("https://{evil}"));
        let error = planted.call("query", json!({"soql": "x"})).unwrap_err();
        assert!(matches!(error, BuildError::Connection(_)), "{evil}");
    }
    let without = org.read(Asked::Code, 200, r#"{"access_token":"a"}"#).unwrap_err();
    assert_eq!(
        without.to_string(),
        "Salesforce gave tokens without `instance_url`, which every call needs"
    );
    let ended = org.failed(
        "whoami",
        401,
        &[],
        r#"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#,
    );
    assert!(org.connector.should_refresh(org.auth(), &ended));
    let other = org.failed(
        "whoami",
        401,
        &[],
        r#"[{"message":"Bad","errorCode":"INVALID_AUTH_HEADER"}]"#,
    );
    assert!(!org.connector.should_refresh(org.auth(), &other));
    let plain = [("content-type", "text/plain")];
    let told = org.failed("whoami", 403, &plain, "Bad_OAuth_Token");
    assert!(org.connector.should_refresh(org.auth(), &told));
    let missing = org.failed("whoami", 403, &plain, "Missing_OAuth_Token");
    assert!(!org.connector.should_refresh(org.auth(), &missing));
    let gone = org
        .read(
            Asked::Refresh(None),
            400,
            r#"{"error":"invalid_grant","error_description":"expired access/refresh token"}"#,
        )
        .unwrap_err();
    assert_eq!(blame(&gone), "gone");
}

#[test]
fn a_host_that_a_person_gives_must_be_one_of_the_platforms() {
    for (given, fits) in [
        ("acme", true),
        ("acme.evil.example/x", false),
        ("evil.example#", false),
        ("a/b", false),
        ("", false),
    ] {
        let shop = dialect!("shopify").given("shop", given);
        let secret = Secret::new("v");
        let made = shop
            .connector
            .exchange_code(shop.auth(), &shop.input(), "c", REDIRECT, Some(&secret));
        assert_eq!(made.is_ok(), fits, "{given}");
    }
    let org = dialect!("salesforce").given("login_host", "login.evil.example");
    let error = org
        .connector
        .exchange_code(org.auth(), &org.input(), "c", REDIRECT, Some(&Secret::new("v")))
        .unwrap_err();
    assert_eq!(
        error.faults()[0].message,
        "leads to `https://login.evil.example`, which is not https and a host of Salesforce"
    );
}

#[test]
fn shopify_has_a_host_for_each_shop_and_says_throttling_at_200() {
    let mut shop = dialect!("shopify").given("shop", "acme");
    let asked = shop.authorize_url();
    assert!(
        asked
            .starts_with("https://acme.myshopify.com/admin/oauth/authorize?response_type=code&client_id=id&"),
        "{asked}"
    );
    assert_eq!(
        shop.take(
            Asked::Code,
            r#"{"access_token":"shpat_1","scope":"read_products,write_products"}"#
        ),
        None
    );
    let sent = shop.call("shop", json!({})).unwrap();
    assert!(sent.headers()["x-shopify-access-token"].is_sensitive());
    assert!(written(&sent).starts_with("POST https://acme.myshopify.com/admin/api/2026-10/graphql.json\ncontent-type: application/json\nx-shopify-access-token: shpat_1\n"));
    let busy = r#"{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}],"extensions":{"cost":{"requestedQueryCost":101,"throttleStatus":{"maximumAvailable":1000.0,"currentlyAvailable":0,"restoreRate":50.0}}}}"#;
    let failure = shop.failed("shop", 200, &[], busy);
    assert_eq!(
        (failure.code, failure.retryable),
        (Code::PlatformRateLimited, true)
    );
    let used = shop
        .read(Asked::Code, 400, r#"{"error":"invalid_request","error_description":"The authorization code was not found or was already used"}"#)
        .unwrap_err();
    assert_eq!(
        used.to_string(),
        "Shopify does not take the consent any more (The authorization code was not found or was already used, invalid_request): begin again"
    );
}

#[test]
fn zendesk_has_a_host_for_each_account_and_tells_an_end_when_asked() {
    let mut desk = dialect!("zendesk").given("subdomain", "acme");
    assert!(
        desk.authorize_url()
            .starts_with("https://acme.zendesk.com/oauth/authorizations/new?")
    );
    let exchange = desk.exchange();
    assert!(
        exchange.starts_with("POST https://acme.zendesk.com/oauth/tokens\n"),
        "{exchange}"
    );
    assert!(
        exchange.contains("&expires_in=172800&refresh_token_expires_in=7776000&"),
        "{exchange}"
    );
    let body = r#"{"access_token":"a1","refresh_token":"r1","token_type":"bearer","scope":"read write","expires_in":172800,"refresh_token_expires_in":7776000}"#;
    assert_eq!(
        desk.read(Asked::Code, 200, body).unwrap().refresh_expires_at,
        Some(NOW.plus_ms(7_776_000_000))
    );
    assert_eq!(desk.take(Asked::Code, body), Some(172_800));
    assert!(desk.refresh().contains("&expires_in=172800&"));
    assert_eq!(
        written(
            &desk
                .connector
                .revoke(desk.auth(), &desk.input())
                .unwrap()
                .unwrap()
        ),
        "DELETE https://acme.zendesk.com/api/v2/oauth/tokens/current.json\nauthorization: Bearer a1"
    );
    let keyed = dialect!("zendesk")
        .of_kind("api_token")
        .given("subdomain", "acme")
        .given("email", "ada@acme.example")
        .given("key", "k");
    // ada@acme.example/token:k
    assert_eq!(
        keyed.called("ShowCurrentUser", json!({})),
        "GET https://acme.zendesk.com/api/v2/users/me\nauthorization: Basic YWRhQGFjbWUuZXhhbXBsZS90b2tlbjpr"
    );
}

#[test]
fn quickbooks_brings_its_company_in_the_callback() {
    let mut books = dialect!("quickbooks");
    let query = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    };
    let brought = books
        .connector
        .callback_values(
            books.auth(),
            &query(&[("code", "c"), ("state", "s"), ("realmId", "9130")]),
        )
        .unwrap();
    books.fields.extend(brought);
    let body = r#"{"x_refresh_token_expires_in":8726400,"access_token":"a1","expires_in":"3600","token_type":"bearer","refresh_token":"AB11"}"#;
    assert_eq!(books.take(Asked::Code, body), Some(3_600));
    assert_eq!(
        books.called("companyinfo", json!({})),
        "GET https://quickbooks.api.intuit.com/v3/company/9130/companyinfo/9130\nauthorization: Bearer a1"
    );
    // The refresh token changes now and then: the new one counts.
    books.take(
        Asked::Refresh(None),
        r#"{"access_token":"a2","expires_in":3600,"refresh_token":"AB12"}"#,
    );
    assert_eq!(
        (books.field("refresh_token"), books.field("realm_id")),
        (Some("AB12"), Some("9130"))
    );
    assert_eq!(
        written(
            &books
                .connector
                .revoke(books.auth(), &books.input())
                .unwrap()
                .unwrap()
        ),
        "POST https://developer.api.intuit.com/v2/oauth2/tokens/revoke\nauthorization: Basic aWQ6YXBwLXNlY3JldA==\n\
         content-type: application/json\n{\"token\":\"AB12\"}"
    );
    // What a callback brings is kept only where it is one plain value, and never leaves its segment of the path.
    for bad in [
        &[("realmId", "1"), ("realmId", "2")][..],
        &[("realmId", "")],
        &[("realmId", "1\n2")],
        &[("realmId", &"9".repeat(3_000))],
    ] {
        let brought = books
            .connector
            .callback_values(books.auth(), &query(bad))
            .unwrap();
        assert!(brought.is_empty(), "{bad:?}");
    }
    let odd = books.given("realm_id", "../9");
    assert!(
        odd.called("companyinfo", json!({}))
            .starts_with("GET https://quickbooks.api.intuit.com/v3/company/..%2F9/")
    );
}

#[test]
fn pipedrive_calls_the_domain_of_its_token_answer() {
    let mut pipe = dialect!("pipedrive");
    let body = r#"{"access_token":"a1","token_type":"Bearer","refresh_token":"r1","scope":"base,deals:full","expires_in":3599,"api_domain":"https://acme.pipedrive.com"}"#;
    let tokens = pipe.read(Asked::Code, 200, body).unwrap();
    assert_eq!(tokens.scopes.unwrap(), ["base", "deals:full"]);
    assert_eq!(pipe.take(Asked::Code, body), Some(3_599));
    assert_eq!(
        pipe.called("getCurrentUser", json!({})),
        "GET https://acme.pipedrive.com/api/v1/users/me\nauthorization: Bearer a1"
    );
    for evil in [
        "https://evil.example",
        "http://acme.pipedrive.com",
        "https://acme.pipedrive.com:8443@evil.example",
    ] {
        let evil = dialect!("pipedrive")
            .given("access_token", "a")
            .given("api_domain", evil);
        assert!(evil.call("getCurrentUser", json!({})).is_err());
    }
}

#[test]
fn a_region_picks_the_host() {
    let mut intercom = dialect!("intercom").given("host", "api.eu.intercom.io");
    assert!(
        intercom
            .exchange()
            .starts_with("POST https://api.eu.intercom.io/auth/eagle/token\n")
    );
    intercom.take(
        Asked::Code,
        r#"{"token_type":"Bearer","token":"i1","access_token":"i1"}"#,
    );
    assert_eq!(
        intercom.called("identifyAdmin", json!({})),
        "GET https://api.eu.intercom.io/me\nauthorization: Bearer i1\nintercom-version: 2.14"
    );
    // Without a region, the first.
    let plain = dialect!("intercom").given("access_token", "i1");
    assert!(
        plain
            .called("identifyAdmin", json!({}))
            .starts_with("GET https://api.intercom.io/me\n")
    );
    let datadog = dialect!("datadog")
        .of_kind("keys")
        .given("api_key", "a")
        .given("app_key", "b")
        .given("site", "us3.datadoghq.com");
    assert_eq!(
        datadog.called("Validate", json!({})),
        "GET https://api.us3.datadoghq.com/api/v1/validate\ndd-api-key: a\ndd-application-key: b"
    );
    let elsewhere = datadog.given("site", "evil.example");
    assert!(elsewhere.call("Validate", json!({})).is_err());
    let limited = elsewhere.failed(
        "Validate",
        429,
        &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "7")],
        r#"{"errors":["Too many requests"]}"#,
    );
    assert_eq!(limited.retry, Some(std::time::Duration::from_secs(7)));
}

#[test]
fn the_operators_endpoints_stand_for_the_files() {
    let figma = dialect!("figma")
        .given("refresh_token", "r1")
        .given("access_token", "a1");
    let base: url::Url = "http://127.0.0.1:9/v1".parse().unwrap();
    let token: url::Url = "http://127.0.0.1:8/give".parse().unwrap();
    let secret = Secret::new("s");
    let line = |endpoints: Endpoints<'_>, refresh: bool| {
        let input = OAuthInput {
            endpoints,
            ..figma.input()
        };
        let made = if refresh {
            figma.connector.refresh(figma.auth(), &input, None)
        } else {
            figma
                .connector
                .exchange_code(figma.auth(), &input, "c", REDIRECT, Some(&secret))
        };
        made.unwrap().uri().to_string()
    };
    let by_base = Endpoints {
        base: Some(&base),
        ..Endpoints::default()
    };
    assert_eq!(line(by_base, false), "http://127.0.0.1:9/v1/oauth/token");
    assert_eq!(line(by_base, true), "http://127.0.0.1:9/v1/oauth/refresh");
    let by_token = Endpoints {
        token: Some(&token),
        ..by_base
    };
    assert_eq!(line(by_token, false), "http://127.0.0.1:8/give");
    assert_eq!(line(by_token, true), "http://127.0.0.1:8/v1/oauth/refresh");
}

#[test]
fn zoho_says_in_the_callback_where_its_tokens_are() {
    let mut zoho = dialect!("zoho");
    let exchange = |zoho: &super::player::Player| {
        let made = zoho
            .connector
            .exchange_code(zoho.auth(), &zoho.input(), "c0de", REDIRECT, None);
        made.map(|request| request.uri().to_string())
    };
    // Nobody knows where before the callback.
    assert_eq!(exchange(&zoho).unwrap_err().faults()[0].field, "accounts_server");
    let query = [(
        "accounts-server".to_owned(),
        "https://accounts.zoho.eu".to_owned(),
    )];
    zoho.fields
        .extend(zoho.connector.callback_values(zoho.auth(), &query).unwrap());
    assert_eq!(
        exchange(&zoho).unwrap(),
        "https://accounts.zoho.eu/oauth/v2/token"
    );
    let body = r#"{"access_token":"1000.a","refresh_token":"1000.r","scope":"ZohoCRM.users.READ","api_domain":"https://www.zohoapis.eu","token_type":"Bearer","expires_in":3600}"#;
    assert_eq!(zoho.take(Asked::Code, body), Some(3_600));
    assert!(
        zoho.refresh()
            .starts_with("POST https://accounts.zoho.eu/oauth/v2/token\n")
    );
    assert_eq!(
        zoho.called("getCurrentUser", json!({})),
        "GET https://www.zohoapis.eu/crm/v8/users?type=CurrentUser\nauthorization: Zoho-oauthtoken 1000.a"
    );
    let gone = zoho
        .read(Asked::Refresh(None), 200, r#"{"error":"invalid_code"}"#)
        .unwrap_err();
    assert_eq!(blame(&gone), "gone");
    // Code and client secret go nowhere else, whatever the callback says.
    for evil in [
        "https://evil.example",
        "http://accounts.zoho.eu",
        "https://accounts.zoho.eu.evil.example",
        "https://accounts.zoho.eu@evil.example",
        "https://accounts.zoho.eu:8443@evil.example",
        "https://accounts.zoho.eu/?x=",
        "https://accounts.zoho.eu/#",
        "//accounts.zoho.eu",
        "accounts.zoho.eu",
    ] {
        let led = dialect!("zoho").given("accounts_server", evil);
        assert!(exchange(&led).is_err(), "{evil}");
        let refreshing = led.given("refresh_token", "r");
        let made = refreshing
            .connector
            .refresh(refreshing.auth(), &refreshing.input(), None);
        assert!(made.is_err(), "{evil}");
    }
}
