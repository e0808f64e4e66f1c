//! Credentials, variables, hosts and overrides.

use crate::support::{Connection, action, faults, field_faults, head, load, object, written};
use serde_json::json;
use solder_connector::{BuildError, Connector, Scheme};
use solder_model::Secret;
use std::collections::BTreeMap;

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

const TWO_DOORS: &str = "id = \"sample\"\nname = \"Sample\"\nabout = \"A platform\"\ncategories = [\"test\"]\n\
                         base = \"https://gate.example.com/ex/{cloud}\"\nhosts = [\"gate.example.com\", \"*.example.net\"]\ncheck = \"act\"\nidentity = \"/a\"\n\
                         [resources]\nthings = \"Things\"\n\
                         [vars]\ncloud = \"string | Cloud id\"\nsite = \"string | Site\"\nteam = \"string | Team\"\n\
                         [auth.scoped]\nsecrets.token = \"Token\"\napply = { header = \"X\", value = \"{token}\" }\n\
                         [auth.classic]\nbase = \"https://{site}.example.net\"\ncheck = \"other\"\nidentity = \"/b\"\n\
                         secrets.token = \"Token\"\napply = { header = \"X\", value = \"{token}\" }\n\
                         [auth.oauth2]\nauthorize = \"https://gate.example.com/authorize\"\ntoken = \"https://gate.example.com/token\"\n\
                         [[auth.discover]]\ncall = \"GET https://gate.example.com/sites\"\nset = { cloud = \"/id\" }\n";

fn two_doors() -> Connector {
    let other = action("GET /other", "").replace("name = \"act\"", "name = \"other\"");
    load(&(TWO_DOORS.to_owned() + &action("GET /x/{team}", "") + &other))
}

#[test]
fn a_way_to_connect_may_have_a_base_and_a_check_of_its_own() {
    let connector = two_doors();
    let uri = |kind, fields: &[(&'static str, &'static str)]| {
        let mut connection = connected(kind, fields);
        let plain = connection.build(&connector, json!({})).unwrap().uri().to_string();
        connection.base_override = Some("http://127.0.0.1:9/mock");
        let overridden = connection.build(&connector, json!({})).unwrap().uri().to_string();
        (plain, overridden)
    };
    let both = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(
        uri("scoped", &[("token", "s"), ("cloud", "c1"), ("team", "t")]),
        both(
            "https://gate.example.com/ex/c1/x/t",
            "http://127.0.0.1:9/mock/c1/x/t"
        )
    );
    assert_eq!(
        uri("classic", &[("token", "s"), ("site", "acme"), ("team", "t")]),
        both("https://acme.example.net/x/t", "http://127.0.0.1:9/mock/x/t")
    );
    let told = |kind| {
        let auth = connector.auth(kind).unwrap();
        let check = connector.check_of(auth).map(|action| action.id.as_str());
        (check, connector.identity_of(auth))
    };
    assert_eq!(told("scoped"), (Some("act"), Some("/a")));
    assert_eq!(told("classic"), (Some("other"), Some("/b")));
    assert_eq!(told("oauth2"), (Some("act"), Some("/a")));
    let places: Vec<_> = connector
        .destinations()
        .into_iter()
        .filter(|place| place.field.ends_with("base"))
        .map(|place| format!("{} {}", place.field, place.text))
        .collect();
    assert_eq!(
        places,
        [
            "auth.classic.base https://{site}.example.net",
            "base https://gate.example.com/ex/{cloud}"
        ]
    );
}

#[test]
fn two_connections_lead_alike_where_every_variable_of_their_way_says_the_same() {
    let file = head("hosts = [\"*.example.com\"]")
        .replace("https://api.example.com", "https://{site}.example.com")
        + "[headers]\nx-tenant = \"{tenant}\"\n\
           [vars]\nsite = \"string | Site\"\nteam = \"string = t | Team\"\nzone = \"string = z | Zone\"\n\
           hint = \"string = h | Who asks\"\n\
           [auth.oauth2]\nauthorize = \"https://id.example.com/a\"\nauthorize_params = { hint = \"{hint}\" }\n\
           token = \"https://{zone}.example.com/t\"\nkeep = { tenant = \"/tenant\", color = \"/color\" }\n"
        + &action("GET /x/{team}", "");
    let connector = load(&file);
    let auth = connector.auth("oauth2").unwrap();
    let fields = |more: &[(&str, &str)]| -> BTreeMap<String, Secret> {
        let first = [
            ("site", "acme"),
            ("tenant", "1"),
            ("access_token", "a"),
            ("color", "red"),
        ];
        let all = first.iter().chain(more);
        all.map(|(name, value)| ((*name).to_owned(), Secret::new(*value)))
            .collect()
    };
    let alike = |more: &[(&str, &str)]| connector.leads_alike(auth, &fields(&[]), &fields(more));
    for same in [
        [("access_token", "another")],
        [("color", "green")],
        [("hint", "grace")],
        [("team", "t")],
    ] {
        assert!(alike(&same), "{same:?}");
    }
    for differs in [
        [("site", "other")],
        [("tenant", "2")],
        [("team", "u")],
        [("zone", "y")],
    ] {
        assert!(!alike(&differs), "{differs:?}");
    }
    let mut without = fields(&[]);
    without.remove("tenant");
    assert!(!connector.leads_alike(auth, &fields(&[]), &without));
}

#[test]
fn a_way_to_connect_asks_only_for_the_variables_that_it_needs() {
    let connector = two_doors();
    let asked = |kind: &str| -> Vec<String> {
        let fields = connector.auth(kind).unwrap().fields.iter();
        fields.map(|field| field.name.clone()).collect()
    };
    assert_eq!(asked("scoped"), ["token", "cloud", "team"]);
    assert_eq!(asked("classic"), ["token", "site", "team"]);
    assert_eq!(asked("oauth2"), ["team"]);
}

#[test]
fn a_base_of_its_own_stays_on_the_hosts_of_the_file() {
    let connector = two_doors();
    for bad in ["evil.org/", "a@evil.org", "evil.org#", ""] {
        let connection = connected("classic", &[("token", "s"), ("site", bad), ("team", "t")]);
        let built = connection.build(&connector, json!({}));
        assert!(matches!(built, Err(BuildError::Connection(_))), "{bad} {built:?}");
    }
    let told = |from: &str, to: &str| {
        let text = TWO_DOORS.replace(from, to) + &action("GET /x/{team}", "");
        faults(&text.replace("check = \"other\"\n", ""))
    };
    assert!(
        told("https://{site}.example.net", "https://evil.org")
            .contains("auth.classic.base: is on `evil.org`, which `hosts` does not list")
    );
    assert!(told("https://{site}.example.net", "internal:").contains("is never `internal:`"));
    assert!(
        told("https://{site}.example.net", "https://{sight}.example.net")
            .contains("`{sight}` is not declared")
    );
    let unlisted = "https://gate.example.com/ex\"\ncheck";
    assert!(
        told(
            "https://gate.example.com/ex/{cloud}\"\nhosts = [\"gate.example.com\", \"*.example.net\"]\ncheck",
            unlisted
        )
        .contains("auth.classic.base: has a name in its host, so `hosts` has to list")
    );
    let check = TWO_DOORS.to_owned() + &action("GET /x/{team}", "");
    assert!(faults(&check).contains("auth.classic.check: `other` is no action of this file"));
}

const ENDED: &str = "id = \"sample\"\nname = \"Sample\"\nabout = \"A platform\"\ncategories = [\"test\"]\n\
                     base = \"https://{dc}.example.com\"\nhosts = [\"*.example.com\"]\n[resources]\nthings = \"Things\"\n\
                     [vars]\ndc = { line = \"string | Data centre\", pattern = \"^[a-z]{2}[0-9]{1,4}$\" }\n\
                     [auth.key]\nsecrets.key = \"Key\"\napply = { header = \"X\", value = \"{key}\" }\n\
                     from_secret = { dc = { secret = \"key\", behind = \"-\" } }\n";

#[test]
fn a_variable_at_the_end_of_a_secret_is_not_asked_for() {
    let connector = load(&(ENDED.to_owned() + &action("GET /x", "")));
    let auth = &connector.auth[0];
    assert_eq!(
        auth.fields
            .iter()
            .map(|field| field.name.as_str())
            .collect::<Vec<_>>(),
        ["key"]
    );
    let request = connected("key", &[("key", "0a1b-2c-us6")])
        .build(&connector, json!({}))
        .unwrap();
    assert_eq!(request.uri(), "https://us6.example.com/x");
    assert!(auth.validate(&object(json!({"key": "0a1b-us6"}))).is_empty());
    for bad in [
        "0a1b",
        "0a1b-",
        "0a1b-evil.org/",
        "us6",
        "0a1b-us6-",
        "0a1b-secret",
    ] {
        let faults = auth.validate(&object(json!({"key": bad})));
        let told: Vec<_> = faults
            .iter()
            .map(|fault| format!("{}: {}", fault.field, fault.message))
            .collect();
        assert_eq!(
            told,
            ["key: does not end with `-` and its `dc`: paste the whole of it"],
            "{bad}"
        );
    }
    let evil = connected("key", &[("key", "0a1b-evil.org/")]).build(&connector, json!({}));
    assert!(matches!(evil, Err(BuildError::Connection(_))), "{evil:?}");
    let without = connected("key", &[("key", "0a1b")])
        .build(&connector, json!({}))
        .unwrap_err();
    assert_eq!(
        field_faults(&without),
        ["dc: is missing: connect again and give it"]
    );
}

#[test]
fn a_secret_tells_only_what_a_pattern_holds() {
    for (from, to, wanted) in [
        (
            ", pattern = \"^[a-z]{2}[0-9]{1,4}$\"",
            "",
            "give it a `pattern`, so that no more of a secret can become it",
        ),
        (
            "secret = \"key\"",
            "secret = \"kye\"",
            "`kye` is not a secret of this kind",
        ),
        ("{ dc = {", "{ cd = {", "`cd` is not declared under `[vars]`"),
        (
            ", behind = \"-\"",
            "",
            "auth.key.from_secret.dc.behind: is missing",
        ),
    ] {
        let text = ENDED.replace(from, to) + &action("GET /x", "");
        let told = faults(&text);
        assert!(told.contains(wanted), "{told}");
    }
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
