//! The player of recorded connections tells each step that is not as recorded.

use crate::support::{action, head, load, told};
use solder_connector::{Connector, Subject, play};

/// A platform that says in its token answer where to go on, asks which site is meant, and revokes.
fn connector() -> Connector {
    let auth = r#"
        [auth.oauth2]
        authorize = "https://api.example.com/authorize"
        token = "https://api.example.com/token"
        revoke = "https://api.example.com/revoke"
        scopes = ["base"]
        optional_scopes = ["read"]
        keep = { org = "/org" }
        from_callback = { realm = "realmId" }
        [[auth.discover]]
        call = "GET https://api.example.com/sites"
        label = "/name"
        set = { site = "/id" }
    "#;
    let act = "scopes = [\"read\"]\n[action.params]\na = \"integer | A\"";
    load(&(head("") + auth + "[headers]\nx-site = \"{site}\"\n" + &action("GET /x", act)))
}

const RECORDED: &str = r#"
[[connection]]
auth = "oauth2"
callback = { realmId = "R1" }
consent = "https://api.example.com/authorize?response_type=code&client_id=app-id&redirect_uri=https%3A%2F%2Fsolder.example%2Fconnect%2Fcallback%2Fsample&state=the-state&scope=base%20read&code_challenge=the-challenge&code_challenge_method=S256"
[connection.exchange]
expires_in = "1h"
kept = { access_token = "a1", refresh_token = "r1", org = "O1" }
answer = { from = "written", body = { access_token = "a1", refresh_token = "r1", org = "O1", expires_in = 3600 } }
[connection.exchange.request]
method = "POST"
url = "https://api.example.com/token"
body = { grant_type = "authorization_code", code = "the-code", redirect_uri = "https://solder.example/connect/callback/sample", code_verifier = "the-verifier", client_id = "app-id", client_secret = "app-secret" }
[[connection.discover]]
request = { method = "GET", url = "https://api.example.com/sites", headers = { authorization = "Bearer a1" } }
answer = { from = "written", body = [{ id = "s1", name = "Acme" }, { id = "s2", name = "Beta" }] }
found = [{ label = "Acme", set = { site = "s1" } }, { label = "Beta", set = { site = "s2" } }]
[connection.refresh]
kept = { access_token = "a2" }
answer = { from = "written", body = { access_token = "a2" } }
request = { method = "POST", url = "https://api.example.com/token", body = { grant_type = "refresh_token", refresh_token = "r1", client_id = "app-id", client_secret = "app-secret" } }
[[connection.refused]]
blame = "gone"
text = "invalid_grant"
answer = { status = 400, from = "written", body = { error = "invalid_grant" } }
[connection.call]
action = "act"
arguments = { a = 1 }
request = { method = "GET", url = "https://api.example.com/v1/x?a=1", headers = { authorization = "Bearer a2", x-site = "s1" } }
[connection.revoke]
method = "POST"
url = "https://api.example.com/revoke"
body = { token = "r1", client_id = "app-id", client_secret = "app-secret" }
"#;

fn recorded(connection: &str) -> String {
    let call = "[[example]]\naction = \"act\"\nrequest = { method = \"GET\", url = \"https://api.example.com/v1/x\" }\n\
                answer = { from = \"written\", body = {} }\noutcome = { value = {} }\n";
    call.to_owned() + connection
}

fn differences(connection: &str) -> Vec<String> {
    let text = recorded(connection);
    let mut played = play(&connector(), "x.toml", &text).unwrap_or_else(|faults| panic!("{}", told(&faults)));
    assert_eq!(played.len(), 2);
    let played = played.pop().unwrap();
    assert_eq!(
        (played.subject.to_string(), played.line, played.from.as_str()),
        ("connecting by oauth2".to_owned(), 7, "written")
    );
    assert_eq!(played.subject, Subject::Connection("oauth2".to_owned()));
    played.differences
}

#[test]
fn a_connection_as_recorded_has_no_difference() {
    assert_eq!(differences(RECORDED), [""; 0]);
}

#[test]
fn whatever_of_a_connection_is_not_as_recorded_is_told() {
    for (from, to, wanted) in [
        ("scope=base%20read&", "scope=base&", "consent: is "),
        (
            "auth = \"oauth2\"",
            "auth = \"oauth2\"\nactions = []",
            "consent: is ",
        ),
        (
            "code_verifier = \"the-verifier\", ",
            "",
            "exchange request form: is ",
        ),
        (
            "org = \"O1\" }\nanswer",
            "org = \"O2\" }\nanswer",
            "exchange kept: is ",
        ),
        (
            "expires_in = \"1h\"",
            "expires_in = \"2h\"",
            "exchange expires_in: is Some(3600s)",
        ),
        (
            "org = \"O1\", expires_in",
            "organization = \"O1\", expires_in",
            "exchange kept: is ",
        ),
        (
            "/sites\", headers",
            "/pages\", headers",
            "discover request url: is ",
        ),
        ("site = \"s2\"", "site = \"s3\"", "discover found: is "),
        (
            "refresh_token = \"r1\", client_id",
            "refresh_token = \"r2\", client_id",
            "refresh request form: is ",
        ),
        (
            "blame = \"gone\"",
            "blame = \"later\"",
            "refused blame: is \"gone\", recorded is \"later\"",
        ),
        ("text = \"invalid_grant\"", "text = \"busy\"", "refused text: is "),
        (
            "x-site = \"s1\"",
            "x-site = \"s2\"",
            "call request header x-site: is `s1`",
        ),
        ("arguments = { a = 1 }", "arguments = { b = 1 }", "call argument "),
        (
            "action = \"act\"\narguments = { a",
            "action = \"acts\"\narguments = { a",
            "there is no action `acts`",
        ),
        (
            "body = { token = \"r1\"",
            "body = { token = \"a2\"",
            "revoke request form: is ",
        ),
        ("[connection.revoke]", "[connection.refresh.other]", "no such key"),
    ] {
        let text = RECORDED.replacen(from, to, 1);
        assert_ne!(text, RECORDED, "{from}");
        if wanted == "no such key" {
            let faults = play(&connector(), "x.toml", &recorded(&text)).unwrap_err();
            assert!(told(&faults).contains("is not a key of the format here"));
            continue;
        }
        let differences = differences(&text);
        let fits = differences
            .iter()
            .any(|difference| difference.starts_with(wanted));
        assert!(fits, "{to}: {differences:?}");
    }
}

#[test]
fn a_step_that_is_left_out_is_told() {
    let without = |from: &str, to: &str| {
        let (before, rest) = RECORDED.split_once(from).unwrap();
        let (_, after) = rest.split_once(to).unwrap();
        differences(&format!("{before}{to}{after}"))
    };
    assert_eq!(
        without("[connection.refresh]", "[[connection.refused]]")[0],
        "refresh: a refresh token is kept, and no refresh is recorded"
    );
    assert_eq!(
        without("[[connection.discover]]", "[connection.refresh]")[0],
        "number of discoveries: is 0, recorded is 1"
    );
    let (cut, _) = RECORDED.split_once("[connection.revoke]").unwrap();
    assert_eq!(
        differences(cut),
        ["revoke: the file has one, and none is recorded"]
    );
    let other = RECORDED.replacen("auth = \"oauth2\"", "auth = \"oauth\"", 1);
    let played = play(&connector(), "x.toml", &recorded(&other)).unwrap();
    assert_eq!(played[1].differences, ["there is no auth `oauth`"]);
}
