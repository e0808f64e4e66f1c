//! Platforms that say after the consent what the connection is for.

use super::player::{Player, blame, dialect};
use crate::support::{NOW, answer, written};
use serde_json::json;
use solder_connector::{Asked, Found, TokenFailure};

fn request(player: &Player) -> String {
    let discover = &player.connector.discover[0];
    let made = player
        .connector
        .discover_request(discover, player.auth(), &player.input());
    written(&made.unwrap())
}

fn discovered(player: &Player, status: u16, body: &str) -> Result<Vec<Found>, TokenFailure> {
    let response = answer(status, &[], body.to_owned());
    player
        .connector
        .read_discovered(&player.connector.discover[0], &response, NOW)
}

#[test]
fn atlassian_has_a_cloud_id_for_each_site_and_asks_which() {
    let mut jira = dialect!("atlassian");
    let asked = jira.authorize_url();
    assert!(
        asked.ends_with("&scope=offline_access%20read%3Ajira-user&audience=api.atlassian.com&prompt=consent"),
        "{asked}"
    );
    assert!(
        jira.exchange()
            .ends_with("\"client_id\":\"id\",\"client_secret\":\"app-secret\"}")
    );
    jira.take(Asked::Code, r#"{"access_token":"a1","expires_in":3600,"token_type":"Bearer","refresh_token":"r1","scope":"offline_access read:jira-user"}"#);
    assert!(jira.call("getCurrentUser", json!({})).is_err());
    assert_eq!(
        request(&jira),
        "GET https://api.atlassian.com/oauth/token/accessible-resources\nauthorization: Bearer a1"
    );
    let body = r#"[{"id":"c1","name":"acme","url":"https://acme.atlassian.net","scopes":[],"avatarUrl":"x"},{"id":"c2","name":"beta","url":"https://beta.atlassian.net"}]"#;
    let found = discovered(&jira, 200, body).unwrap();
    let labels: Vec<&str> = found.iter().map(|one| one.label.as_str()).collect();
    assert_eq!(
        labels,
        [
            "acme, https://acme.atlassian.net",
            "beta, https://beta.atlassian.net"
        ]
    );
    assert!(jira.connector.discover[0].choose);
    jira.fields.extend(found[1].fields.clone());
    assert_eq!(
        jira.called("getCurrentUser", json!({})),
        "GET https://api.atlassian.com/ex/jira/c2/rest/api/3/myself\nauthorization: Bearer a1"
    );
    jira.take(
        Asked::Refresh(None),
        r#"{"access_token":"a2","expires_in":3600,"refresh_token":"r2"}"#,
    );
    assert_eq!(
        (jira.field("refresh_token"), jira.field("cloud_id")),
        (Some("r2"), Some("c2"))
    );
    let gone = jira
        .read(
            Asked::Refresh(None),
            403,
            r#"{"error":"unauthorized_client","error_description":"refresh_token is invalid"}"#,
        )
        .unwrap_err();
    assert_eq!(blame(&gone), "gone");
    let nothing = discovered(&jira, 200, "[]").unwrap_err();
    assert_eq!(
        nothing.to_string(),
        "This account has nothing at Jira that could be connected"
    );
    assert_eq!(blame(&discovered(&jira, 503, "").unwrap_err()), "later");
    assert_eq!(blame(&discovered(&jira, 401, "{}").unwrap_err()), "refused");
    assert_eq!(
        blame(&discovered(&jira, 200, "<html>").unwrap_err()),
        "unreadable"
    );
    assert_eq!(
        blame(&discovered(&jira, 200, r#"[{"name":"no id"}]"#).unwrap_err()),
        "unreadable"
    );
}

#[test]
fn xero_wants_its_tenant_in_a_header() {
    let mut xero = dialect!("xero");
    let tokens = xero.read(Asked::Code, 200, r#"{"id_token":"x","access_token":"a1","expires_in":1800,"token_type":"Bearer","refresh_token":"r1","scope":"offline_access accounting.settings.read"}"#).unwrap();
    assert_eq!(tokens.refresh_expires_at, Some(NOW.plus_ms(60 * 86_400_000)));
    xero.fields.extend(tokens.fields);
    // The tenant is not known yet and its header left out.
    assert_eq!(
        request(&xero),
        "GET https://api.xero.com/connections\nauthorization: Bearer a1"
    );
    let found = discovered(
        &xero,
        200,
        r#"[{"id":"e1","tenantId":"t1","tenantType":"ORGANISATION","tenantName":"Acme"}]"#,
    )
    .unwrap();
    assert_eq!(found[0].label, "Acme");
    xero.fields.extend(found[0].fields.clone());
    assert_eq!(
        xero.called("getOrganisations", json!({})),
        "GET https://api.xero.com/api.xro/2.0/Organisation\nauthorization: Bearer a1\nxero-tenant-id: t1"
    );
}

#[test]
fn mailchimp_says_its_data_centre_and_tokens_never_end() {
    let mut chimp = dialect!("mailchimp");
    assert_eq!(
        chimp.take(
            Asked::Code,
            r#"{"access_token":"m1","expires_in":0,"scope":null}"#
        ),
        None
    );
    assert_eq!(
        request(&chimp),
        "GET https://login.mailchimp.com/oauth2/metadata\nauthorization: OAuth m1"
    );
    let found = discovered(&chimp, 200, r#"{"dc":"us6","role":"owner","accountname":"Acme","user_id":1,"login":{"email":"a@b.c"},"login_url":"https://login.mailchimp.com","api_endpoint":"https://us6.api.mailchimp.com"}"#).unwrap();
    assert_eq!((found.len(), found[0].label.as_str()), (1, "Acme"));
    chimp.fields.extend(found[0].fields.clone());
    assert_eq!(
        chimp.called("getRoot", json!({})),
        "GET https://us6.api.mailchimp.com/3.0/\nauthorization: OAuth m1"
    );
    let evil = dialect!("mailchimp")
        .given("access_token", "m")
        .given("dc", "evil.example/");
    assert!(evil.call("getRoot", json!({})).is_err());
}
