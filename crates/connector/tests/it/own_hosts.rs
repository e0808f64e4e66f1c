//! Hosts that are given with a key: an instance of one's own, and what is tried to get a secret sent elsewhere by them.

use crate::support::{Connection, action, answer, faults, load};
use serde_json::{Value, json};
use solder_connector::{
    Auth, BuildError, Connector, Consent, Endpoints, OAuthApp, OAuthInput, Reading, Scopes,
};
use solder_model::Secret;
use std::collections::BTreeMap;

const OWN: &str = "id = \"sample\"\nname = \"Sample\"\nabout = \"A platform\"\ncategories = [\"test\"]\n\
                   base = \"https://{host}/api\"\nhosts = [\"sample.example\", \"{host}\"]\n[resources]\nthings = \"Things\"\n\
                   [vars]\nhost = \"string = sample.example | Host\"\nteam = \"string = t | Team\"\n\
                   [auth.token]\nsecrets.token = \"Token\"\napply = { header = \"X\", value = \"{token}\" }\n\
                   [auth.oauth2]\nauthorize = \"https://{host}/authorize\"\ntoken = \"https://{host}/token\"\nrevoke = \"https://{host}/revoke\"\n\
                   pkce = false\n";

fn own() -> Connector {
    load(&(OWN.to_owned() + &action("GET /x", "paging = { kind = \"next_url\", next = \"/next\" }")))
}

fn by_key(connector: &Connector, host: &'static str, arguments: Value) -> Result<String, BuildError> {
    let connection = Connection {
        kind: Some("token"),
        fields: vec![("token", "s"), ("host", host)],
        ..Connection::default()
    };
    let request = connection.build(connector, arguments)?;
    assert_eq!(request.headers()["x"], "s");
    Ok(request.uri().to_string())
}

#[test]
fn a_key_goes_to_the_host_that_was_given_with_it() {
    let connector = own();
    for (host, wanted) in [
        ("git.acme.example", "https://git.acme.example/api/x"),
        ("Git.Acme.Example", "https://Git.Acme.Example/api/x"),
        ("sample.example", "https://sample.example/api/x"),
    ] {
        assert_eq!(by_key(&connector, host, json!({})).unwrap(), wanted);
    }
    let plain = Connection {
        kind: Some("token"),
        fields: vec![("token", "s")],
        ..Connection::default()
    };
    let request = plain.build(&connector, json!({})).unwrap();
    assert_eq!(request.uri(), "https://sample.example/api/x");
    // What the file states is what any credential may reach; the rest is told apart by it.
    assert!(connector.hosts_allow("sample.example") && !connector.hosts_allow("git.acme.example"));
    assert!(!connector.hosts_allow("{host}"));
}

#[test]
fn what_was_given_is_a_host_and_nothing_else() {
    for bad in [
        "evil.org/",
        "a@evil.org",
        "evil.org#",
        "evil.org?",
        "evil.org:22",
        "[::1]",
        "",
        "*",
        "*.evil.org",
        "a b",
        "evil.org\\x",
        "é.org",
        "https://evil.org",
    ] {
        let built = by_key(&own(), bad, json!({}));
        assert!(matches!(built, Err(BuildError::Connection(_))), "{bad} {built:?}");
    }
}

#[test]
fn no_other_variable_names_a_host() {
    let text = OWN.replace("base = \"https://{host}/api\"", "base = \"https://{team}/api\"");
    let connector = load(&(text + &action("GET /x", "")));
    let connection = Connection {
        kind: Some("token"),
        fields: vec![("token", "s"), ("host", "git.acme.example"), ("team", "evil.org")],
        ..Connection::default()
    };
    let built = connection.build(&connector, json!({}));
    assert!(matches!(built, Err(BuildError::Connection(_))), "{built:?}");
}

#[test]
fn the_next_page_stays_on_the_host_that_was_given() {
    let connector = own();
    for next in [
        "https://evil.org/api/x?page=2",
        "//evil.org/api/x?page=2",
        "http://git.acme.example/api/x?page=2",
    ] {
        let body = json!({"items": [1], "next": next}).to_string();
        let reading = connector.read(
            connector.action("act").unwrap(),
            None,
            &answer(200, &[], body),
            crate::support::NOW,
        );
        let Reading::Success(answer) = reading else {
            panic!("{next}")
        };
        let cursor = answer.next_cursor.unwrap();
        let built = by_key(&connector, "git.acme.example", json!({"cursor": cursor}));
        assert!(matches!(built, Err(BuildError::Arguments(_))), "{next} {built:?}");
    }
    let own = json!({"cursor": "https://git.acme.example/api/x?page=2"});
    assert_eq!(
        by_key(&connector, "git.acme.example", own).unwrap(),
        "https://git.acme.example/api/x?page=2"
    );
}

fn flow<'a>(fields: &'a BTreeMap<String, Secret>, secret: &'a Secret) -> OAuthInput<'a> {
    OAuthInput {
        app: Some(OAuthApp {
            client_id: "id",
            client_secret: Some(secret),
        }),
        fields,
        endpoints: Endpoints::default(),
    }
}

#[test]
fn no_code_token_or_secret_of_an_app_goes_to_a_host_that_somebody_gave() {
    let connector = own();
    let auth: &Auth = connector.auth("oauth2").unwrap();
    let secret = Secret::new("app-secret");
    let fields = |host: &str| {
        BTreeMap::from(
            [("host", host), ("access_token", "a"), ("refresh_token", "r")]
                .map(|(name, value)| (name.to_owned(), Secret::new(value))),
        )
    };
    let requests = |host: &str| {
        let fields = fields(host);
        let input = flow(&fields, &secret);
        let consent = Consent {
            input,
            redirect_uri: "https://solder.example/back",
            state: "s",
            pkce_challenge: None,
            scopes: &Scopes::default(),
        };
        let call = Connection {
            kind: Some("oauth2"),
            fields: vec![
                ("access_token", "a"),
                (
                    "host",
                    if host == "evil.org" {
                        "evil.org"
                    } else {
                        "sample.example"
                    },
                ),
            ],
            ..Connection::default()
        };
        [
            connector.authorize_url(auth, &consent).is_ok(),
            connector
                .exchange_code(auth, &input, "code", "https://solder.example/back", None)
                .is_ok(),
            connector.refresh(auth, &input, None).is_ok(),
            connector.revoke(auth, &input).is_ok(),
            call.build(&connector, json!({})).is_ok(),
        ]
    };
    assert_eq!(requests("sample.example"), [true; 5]);
    assert_eq!(requests("evil.org"), [false; 5]);
}

#[test]
fn only_what_people_give_with_a_key_names_a_host() {
    let act = action("GET /x", "");
    for (from, to, wanted) in [
        (
            "\"{host}\"]",
            "\"{hots}\"]",
            "`{hots}` is not a variable of `[vars]` that is given with a key",
        ),
        (
            "pkce = false\n",
            "pkce = false\nkeep = { host = \"/host\" }\n",
            "nothing that a platform tells decides where secrets go",
        ),
        (
            "pkce = false\n",
            "pkce = false\nfrom_callback = { host = \"host\" }\n",
            "nothing that a platform tells decides where secrets go",
        ),
        (
            "[auth.token]\nsecrets.token = \"Token\"\napply = { header = \"X\", value = \"{token}\" }\n",
            "",
            "`{host}` is not a variable",
        ),
        ("\"{host}\"]", "\"a.{host}\"]", "is not a host: write"),
        ("\"{host}\"]", "\"*.{host}\"]", "is not a host: write"),
    ] {
        let told = faults(&(OWN.replace(from, to) + &act));
        assert!(told.contains(wanted), "{to}: {told}");
    }
    let plain = OWN.replace(
        "hosts = [\"sample.example\", \"{host}\"]",
        "hosts = [\"sample.example\"]",
    );
    let built = by_key(&load(&(plain + &act)), "git.acme.example", json!({}));
    assert!(matches!(built, Err(BuildError::Connection(_))), "{built:?}");
}
