//! Connectors whose host is given with a key: whose choice it is, and what such a choice may reach.

use serde_json::{Value, json};
use solder_testkit::{Answer, Client, FakePlatform, Solder};

/// A connector of the operator's folder for instances of people's own, on the port of a platform.
fn file(platform: &FakePlatform) -> String {
    let port = platform.url.rsplit(':').next().unwrap();
    format!(
        r#"
id = "acme"
name = "Acme"
about = "Widgets of a company"
categories = ["crm"]
base = "http://{{host}}:{port}"
hosts = ["acme.example", "{{host}}"]
check = "list_widgets"
[vars]
host = "string = acme.example | Host of the instance"
[resources]
widgets = "Widgets"
[auth.token]
secrets.token = "An API token"
apply = {{ header = "Authorization", value = "Bearer {{token}}" }}
[[action]]
name = "list_widgets"
title = "List widgets"
about = "Lists every widget"
resource = "widgets"
call = "GET /widgets"
kind = "read"
[[action]]
name = "get_file"
title = "Get a file"
about = "Gets a file"
resource = "widgets"
call = "GET /file"
kind = "read"
download = true
"#
    )
}

async fn solder(platform: &FakePlatform, operator: bool, accounts: bool) -> Solder {
    let near = |open: bool| {
        if open {
            vec!["127.0.0.0/8".parse().unwrap()]
        } else {
            Vec::new()
        }
    };
    let built = Solder::build().connector_file("acme", &file(platform));
    built
        .engine(|settings| {
            settings.operator_networks = near(operator);
            settings.account_networks = near(accounts);
        })
        .start()
        .await
}

async fn connect(client: &Client, host: &str) -> Value {
    let body = json!({
        "connectorId": "acme", "authenticationType": "token", "fields": { "token": "s3cret", "host": host },
    });
    let made = client.post("/api/credentials", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()
}

async fn run(client: &Client, action: &str) -> Answer {
    client
        .post(
            &format!("/api/connectors/acme/actions/{action}/execute"),
            &json!({}),
        )
        .await
}

#[tokio::test]
async fn a_host_that_came_with_a_key_reaches_what_accounts_may_reach_and_no_more() {
    for (operator, accounts, reached) in [(false, false, false), (true, false, false), (false, true, true)] {
        let platform = FakePlatform::start(|_| (200, json!({ "widgets": [] }))).await;
        let solder = solder(&platform, operator, accounts).await;
        let admin = solder.admin();
        connect(&admin, "127.0.0.1").await;
        for action in ["list_widgets", "get_file"] {
            let answer = run(&admin, action).await;
            assert_eq!(
                answer.status == 200,
                reached,
                "{operator} {accounts} {action}: {}",
                answer.text
            );
        }
        let received = platform.received();
        assert_eq!(
            received.len(),
            if reached { 2 } else { 0 },
            "{operator} {accounts}"
        );
        for request in received {
            assert_eq!(request.headers["authorization"], "Bearer s3cret");
        }
    }
}

#[tokio::test]
async fn one_persons_host_gets_nobody_elses_key() {
    let platform = FakePlatform::start(|_| (200, json!({ "widgets": [] }))).await;
    let solder = solder(&platform, false, true).await;
    let (mine, theirs) = (solder.admin(), solder.admin().as_user("zoe"));
    let made = connect(&mine, "127.0.0.1").await;
    connect(&theirs, "localhost").await;
    assert_eq!(run(&mine, "list_widgets").await.status, 200);
    let received = platform.received();
    let hosts: Vec<&str> = received
        .iter()
        .map(|request| request.headers["host"].to_str().unwrap())
        .collect();
    assert!(
        hosts.iter().all(|host| host.starts_with("127.0.0.1:")),
        "{hosts:?}"
    );
    // The host of a credential is sealed with it: nothing of it can be changed afterwards.
    let id = made["credentialId"].as_str().unwrap_or_else(|| panic!("{made}"));
    let change = json!({ "name": "Acme", "fields": { "host": "localhost" } });
    let refused = mine.put(&format!("/api/credentials/{id}"), &change).await;
    assert_eq!(refused.status, 400, "{}", refused.text);
}
