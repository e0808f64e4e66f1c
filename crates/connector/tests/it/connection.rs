//! Credentials, variables, hosts and overrides.

use crate::support::{Connection, action, field_faults, head, load, object, written};
use serde_json::json;
use solder_connector::{BuildError, Connector, Scheme};

fn with_auth(auth: &str) -> Connector {
    load(&(head("") + auth + &action("GET /x", "")))
}

fn connected(kind: &'static str, fields: &[(&'static str, &'static str)]) -> Connection {
    Connection {
        kind: Some(kind),
        fields: fields.to_vec(),
        ..Connection::default()
    }
}

#[test]
fn each_scheme_puts_the_credential_where_it_belongs() {
    for (auth, scheme, fields, wanted) in [
        (
            "[auth.token]\nsecrets.token = \"Token\"\napply = { header = \"Authorization\", value = \"Bearer {token}\" }",
            Scheme::Bearer,
            vec![("token", "s")],
            "GET https://api.example.com/v1/x\nauthorization: Bearer s",
        ),
        (
            "[auth.token]\nsecrets.token = \"Token\"\napply = { header = \"X-Api-Key\", value = \"{token}\" }",
            Scheme::Header,
            vec![("token", "s")],
            "GET https://api.example.com/v1/x\nx-api-key: s",
        ),
        (
            "[auth.token]\nsecrets = { key = \"Key\", token = \"Token\" }\n\
             apply = [{ query = \"key\", value = \"{key}\", redact = true }, { query = \"token\", value = \"{token}\", redact = true }]",
            Scheme::Query,
            vec![("key", "a&b"), ("token", "s")],
            "GET https://api.example.com/v1/x?key=a%26b&token=s",
        ),
        (
            "[auth.token]\nsecrets = { sid = \"Sid\", token = \"Token\" }\napply = { basic = [\"{sid}\", \"{token}\"] }",
            Scheme::Basic,
            vec![("sid", "AC"), ("token", "s")],
            "GET https://api.example.com/v1/x\nauthorization: Basic QUM6cw==",
        ),
        (
            "[auth.token]\nsecrets.token = \"Token\"\napply = { cookie = \"sid\", value = \"{token}\" }",
            Scheme::Cookie,
            vec![("token", "s")],
            "GET https://api.example.com/v1/x\ncookie: sid=s",
        ),
    ] {
        let connector = with_auth(auth);
        assert_eq!(connector.auth[0].scheme, scheme);
        let request = connected("token", &fields).build(&connector, json!({})).unwrap();
        assert_eq!(written(&request), wanted);
        for name in ["authorization", "x-api-key", "cookie"] {
            assert!(
                request
                    .headers()
                    .get(name)
                    .is_none_or(http::HeaderValue::is_sensitive),
                "{name}"
            );
        }
    }
}

#[test]
fn a_token_may_stand_in_the_path() {
    let text = "id = \"telegram\"\nname = \"Telegram\"\nabout = \"Bots\"\ncategories = [\"communication\"]\n\
                base = \"https://api.telegram.org/bot{token}\"\n[resources]\nthings = \"Things\"\n\
                [auth.bot]\nsecrets.token = \"Token\"\napply = { path = \"token\", redact = true }\n";
    let connector =
        solder_connector::parse("telegram.toml", &(text.to_owned() + &action("GET /getMe", ""))).unwrap();
    let mut connection = connected("bot", &[("token", "12:A/b")]);
    let request = connection.build(&connector, json!({})).unwrap();
    assert_eq!(request.uri(), "https://api.telegram.org/bot12:A%2Fb/getMe");
    connection.base_override = Some("http://127.0.0.1:9/");
    assert_eq!(
        connection.build(&connector, json!({})).unwrap().uri(),
        "http://127.0.0.1:9/bot12:A%2Fb/getMe"
    );
}

#[test]
fn a_credential_that_cannot_be_sent_is_refused_without_showing_it() {
    let bearer = with_auth(
        "[auth.token]\nsecrets.token = \"Token\"\napply = { header = \"Authorization\", value = \"Bearer {token}\" }",
    );
    let basic = with_auth("[auth.token]\nsecrets = { sid = \"Sid\" }\napply = { basic = [\"{sid}\", \"\"] }");
    let cookie = with_auth(
        "[auth.token]\nsecrets.token = \"Token\"\napply = { cookie = \"sid\", value = \"{token}\" }",
    );
    for (connector, fields) in [
        (&bearer, [("token", "hidden\nx")]),
        (&bearer, [("other", "hidden")]),
        (&basic, [("sid", "hid:den")]),
        (&cookie, [("token", "hidden; a=b")]),
    ] {
        let error = connected("token", &fields)
            .build(connector, json!({}))
            .unwrap_err();
        assert!(matches!(error, BuildError::Connection(_)));
        assert!(!format!("{error:?}").contains("hid"), "{error:?}");
    }
    let missing = Connection::default().build(&bearer, json!({})).unwrap_err();
    assert_eq!(
        field_faults(&missing),
        [": is missing: this action needs a credential"]
    );
}

#[test]
fn an_optional_secret_that_was_not_given_is_left_out() {
    let connector = with_auth(
        "[auth.token]\nsecrets = { token = \"Token\", team = { about = \"Team\", required = false } }\n\
         apply = [{ header = \"Authorization\", value = \"Bearer {token}\" }, { header = \"X-Team\", value = \"{team}\" }]",
    );
    let plain = connected("token", &[("token", "s")])
        .build(&connector, json!({}))
        .unwrap();
    assert_eq!(
        written(&plain),
        "GET https://api.example.com/v1/x\nauthorization: Bearer s"
    );
    let both = connected("token", &[("token", "s"), ("team", "t")])
        .build(&connector, json!({}))
        .unwrap();
    assert_eq!(both.headers()["x-team"], "t");
}

#[test]
fn an_action_without_auth_gets_none_and_one_with_an_identity_needs_it() {
    let auth = "[auth.bot]\nsecrets.token = \"Token\"\napply = { header = \"Authorization\", value = \"Bearer {token}\" }\n\
                [auth.person]\nas = [\"user\"]\nsecrets.token = \"Token\"\napply = { header = \"Authorization\", value = \"Bearer {token}\" }\n";
    let open = load(&(head("") + auth + &action("GET /x", "auth = false")));
    assert_eq!(
        written(
            &connected("bot", &[("token", "s")])
                .build(&open, json!({}))
                .unwrap()
        ),
        "GET https://api.example.com/v1/x"
    );
    let personal = load(&(head("") + auth + &action("GET /x", "as = \"user\"")));
    assert!(
        connected("person", &[("token", "s")])
            .build(&personal, json!({}))
            .is_ok()
    );
    let error = connected("bot", &[("token", "s")])
        .build(&personal, json!({}))
        .unwrap_err();
    assert_eq!(
        field_faults(&error),
        [": a `bot` cannot act as `user`, which this action needs"]
    );
}

const HOSTED: &str = "id = \"sample\"\nname = \"Sample\"\nabout = \"A platform\"\ncategories = [\"test\"]\n\
                      base = \"https://{region}.example.com/v1/{team}\"\nhosts = [\"*.example.com\"]\n\
                      [resources]\nthings = \"Things\"\n\
                      [vars]\nregion = \"eu/us = eu | Region\"\nteam = \"string | Team\"\n\
                      [headers]\nX-Team = \"{team}\"\n\
                      [auth.token]\nsecrets.token = \"Token\"\napply = { query = \"k\", value = \"{token}\", redact = true }\n";

#[test]
fn variables_fill_in_the_base_found_ones_before_given_ones_before_defaults() {
    let connector = load(&(HOSTED.to_owned() + &action("GET /x/{team}", "")));
    let mut connection = connected("token", &[("token", "s"), ("team", "a b")]);
    let uri = |connection: &Connection| connection.build(&connector, json!({})).unwrap().uri().to_string();
    assert_eq!(uri(&connection), "https://eu.example.com/v1/a%20b/x/a%20b?k=s");
    connection.fields.push(("region", "us"));
    assert_eq!(uri(&connection), "https://us.example.com/v1/a%20b/x/a%20b?k=s");
    connection.vars = object(json!({"region": "eu", "team": 7}));
    assert_eq!(uri(&connection), "https://eu.example.com/v1/7/x/7?k=s");
    assert_eq!(
        connection.build(&connector, json!({})).unwrap().headers()["x-team"],
        "7"
    );
    connection.base_override = Some("http://127.0.0.1:4702/api");
    assert_eq!(uri(&connection), "http://127.0.0.1:4702/api/7/x/7?k=s");
    let fields: Vec<_> = connector.auth[0]
        .fields
        .iter()
        .map(|field| (field.name.as_str(), field.secret, field.required))
        .collect();
    assert_eq!(
        fields,
        [
            ("token", true, true),
            ("region", false, false),
            ("team", false, true)
        ]
    );
}

#[test]
fn a_variable_never_leads_to_a_foreign_host() {
    let connector = load(&(HOSTED.to_owned() + &action("GET /x", "")));
    for bad in [
        "evil.org/",
        "a@evil.org",
        "evil.org#",
        "a:b",
        "",
        "evil.org?",
        "é",
    ] {
        let mut connection = connected("token", &[("token", "s"), ("team", "t")]);
        connection.vars = object(json!({"region": bad}));
        assert!(
            matches!(
                connection.build(&connector, json!({})),
                Err(BuildError::Connection(_))
            ),
            "{bad}"
        );
    }
    let whole = HOSTED
        .replace("https://{region}.example.com/v1/{team}", "{region}/v1")
        .replace("eu/us = eu", "string");
    let connector = load(&(whole + &action("GET /x", "")));
    for (url, good) in [
        ("https://a.example.com", true),
        ("https://a.example.com/", true),
        ("https://evil.org", false),
        ("http://a.example.com", false),
        ("https://a.example.com.evil.org", false),
        ("https://evil.org\\.example.com", false),
        ("https://user@a.example.com", false),
        ("ftp://a.example.com", false),
        ("file:///etc/passwd", false),
        ("https://a.example.com?x=", false),
        ("a.example.com", false),
    ] {
        let mut connection = connected("token", &[("token", "s"), ("team", "t")]);
        connection.vars = object(json!({"region": url}));
        let built = connection.build(&connector, json!({}));
        assert_eq!(built.is_ok(), good, "{url} {built:?}");
        if let Ok(request) = built {
            assert_eq!(request.uri(), "https://a.example.com/v1/x?k=s");
        }
    }
}

#[test]
fn a_url_of_its_own_goes_to_the_overrides_origin() {
    let text = head("hosts = [\"api.example.com\", \"files.example.com\"]")
        + &action(
            "POST https://files.example.com/upload/{id}",
            "[action.params]\nid = \"string! | Id\"",
        );
    let connector = load(&text);
    let mut connection = Connection::default();
    let uri = |connection: &Connection| {
        connection
            .build(&connector, json!({"id": "a"}))
            .unwrap()
            .uri()
            .to_string()
    };
    assert_eq!(uri(&connection), "https://files.example.com/upload/a");
    connection.base_override = Some("http://127.0.0.1:4702/api");
    assert_eq!(uri(&connection), "http://127.0.0.1:4702/upload/a");
}

#[test]
fn an_internal_connector_has_paths_alone() {
    let text = head("").replace("https://api.example.com/v1", "internal:")
        + &action(
            "GET /api/servers/{id}",
            "[action.params]\nid = \"string! | Id\"\nlimit = \"integer | Most\"",
        );
    let connector = load(&text);
    assert!(connector.is_internal() && connector.hosts.is_empty() && !connector.needs_credential());
    let connection = Connection {
        base_override: Some("http://127.0.0.1:1"),
        ..Connection::default()
    };
    let request = connection
        .build(&connector, json!({"id": "a/b", "limit": 2}))
        .unwrap();
    assert_eq!(request.uri(), "/api/servers/a%2Fb?limit=2");
}

#[test]
fn what_a_person_gives_is_checked_whole_and_never_told() {
    let connector = load(&(HOSTED.to_owned() + &action("GET /x", "")));
    let auth = &connector.auth[0];
    insta::assert_json_snapshot!(
        "auth_input",
        json!({"schema": auth.input_schema(), "sample": auth.sample()})
    );
    let faults = auth.validate(&object(
        json!({"token": " hidden", "region": "mars", "tokn": "hidden"}),
    ));
    let told: Vec<_> = faults
        .iter()
        .map(|fault| format!("{}: {}", fault.field, fault.message))
        .collect();
    assert_eq!(
        told,
        [
            "token: has white space at an end: paste it without",
            "region: `mars` is none of `eu`, `us`",
            "team: is missing: Team",
            "tokn: there is no such field; the nearest known: `token`",
        ]
    );
    assert!(
        auth.validate(&object(json!({"token": "s", "team": "t"})))
            .is_empty()
    );
    let lines = json!("a\r\nX-Evil: 1");
    for bad in [
        json!(1),
        json!(""),
        json!("a\u{0}b"),
        lines,
        json!("x".repeat(70_000)),
    ] {
        assert_eq!(
            auth.validate(&object(json!({"token": bad, "team": "t"}))).len(),
            1
        );
    }
}
