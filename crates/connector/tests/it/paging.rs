//! Pages: the cursor of one answer is the argument of the next call, whatever the platform calls it.

use crate::support::{
    Connection, NOW, action, action_of, answer, build, faults, field_faults, head, load, object, written,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use solder_connector::{Connector, Reading};

fn paged(paging: &str, rest: &str) -> Connector {
    load(&(head("") + &action("GET /x", &format!("paging = {{ {paging} }}\n{rest}"))))
}

fn next(connector: &Connector, sent: Option<&str>, headers: &[(&str, &str)], body: Value) -> Option<String> {
    let reading = connector.read(
        connector.action("act").unwrap(),
        sent,
        &answer(200, headers, body.to_string()),
        NOW,
    );
    match reading {
        Reading::Success(answer) => answer.next_cursor,
        Reading::Failure(failure) => panic!("{failure:?}"),
    }
}

#[test]
fn each_kind_tells_the_next_page_and_the_end() {
    let result = "result = \"/items\"";
    for (paging, sent, body, wanted) in [
        (
            "kind = \"cursor\", next = \"/next\", send = \"c\"",
            None,
            json!({"next": "n1"}),
            Some("n1"),
        ),
        (
            "kind = \"cursor\", next = \"/next\", send = \"c\"",
            None,
            json!({"next": 12}),
            Some("12"),
        ),
        (
            "kind = \"cursor\", next = \"/next\", send = \"c\"",
            Some("n1"),
            json!({"next": "n1"}),
            None,
        ),
        (
            "kind = \"cursor\", next = \"/next\", send = \"c\"",
            None,
            json!({"next": ""}),
            None,
        ),
        (
            "kind = \"cursor\", next = \"/next\", send = \"c\"",
            None,
            json!({"next": null}),
            None,
        ),
        (
            "kind = \"cursor\", next = \"/next\", send = \"c\"",
            None,
            json!({}),
            None,
        ),
        (
            "kind = \"cursor\", next = \"/next\", send = \"c\", more = \"/more\"",
            None,
            json!({"next": "a", "more": false}),
            None,
        ),
        (
            "kind = \"cursor\", next = \"/next\", send = \"c\", more = \"/more\"",
            None,
            json!({"next": "a", "more": true}),
            Some("a"),
        ),
        (
            "kind = \"cursor\", next = \"/next\", send = \"c\", more = \"/done = false\"",
            None,
            json!({"next": "a"}),
            None,
        ),
        (
            "kind = \"page\", send = \"p\", last = \"/pages\"",
            None,
            json!({"pages": 3, "items": [1]}),
            Some("2"),
        ),
        (
            "kind = \"page\", send = \"p\", last = \"/pages\"",
            Some("3"),
            json!({"pages": 3, "items": [1]}),
            None,
        ),
        (
            "kind = \"page\", send = \"p\", start = 0",
            None,
            json!({"items": [1]}),
            Some("1"),
        ),
        (
            "kind = \"page\", send = \"p\"",
            Some("4"),
            json!({"items": []}),
            None,
        ),
        (
            "kind = \"page\", send = \"p\", total = \"/total\"",
            Some("2"),
            json!({"items": [1, 2], "total": 4}),
            None,
        ),
        (
            "kind = \"page\", send = \"p\", total = \"/total\"",
            Some("2"),
            json!({"items": [1, 2], "total": "5"}),
            Some("3"),
        ),
        (
            "kind = \"page\", send = \"p\", more = \"/more\"",
            Some("2"),
            json!({"items": [], "more": true}),
            Some("3"),
        ),
        (
            "kind = \"offset\", send = \"o\"",
            None,
            json!({"items": [1, 2]}),
            Some("2"),
        ),
        (
            "kind = \"offset\", send = \"o\"",
            Some("2"),
            json!({"items": [1]}),
            Some("3"),
        ),
        (
            "kind = \"offset\", send = \"o\"",
            Some("3"),
            json!({"items": []}),
            None,
        ),
        (
            "kind = \"offset\", send = \"o\", total = \"/total\"",
            Some("2"),
            json!({"items": [1], "total": 3}),
            None,
        ),
        (
            "kind = \"last_id\", send = \"after\", more = \"/has_more\"",
            None,
            json!({"items": [{"id": "a"}, {"id": "b"}], "has_more": true}),
            Some("b"),
        ),
        (
            "kind = \"last_id\", send = \"after\", more = \"/has_more\"",
            None,
            json!({"items": [{"id": "a"}], "has_more": false}),
            None,
        ),
        (
            "kind = \"last_id\", send = \"after\", id = \"/k/n\"",
            None,
            json!({"items": [{"k": {"n": 9}}]}),
            Some("9"),
        ),
        (
            "kind = \"last_id\", send = \"after\"",
            None,
            json!({"items": []}),
            None,
        ),
        (
            "kind = \"next_url\", next = \"/next\"",
            None,
            json!({"next": "/v1/x/more-2"}),
            Some("/v1/x/more-2"),
        ),
        (
            "kind = \"next_url\", next = \"/next\"",
            None,
            json!({"next": "https://api.example.com/v1/x?page=2"}),
            Some("/v1/x?page=2"),
        ),
        (
            "kind = \"next_url\", next = \"/next\"",
            Some("/v1/x?page=2"),
            json!({"next": "https://api.example.com/v1/x?page=2"}),
            None,
        ),
    ] {
        let connector = paged(paging, result);
        assert_eq!(
            next(&connector, sent, &[], body.clone()).as_deref(),
            wanted,
            "{paging} {sent:?} {body}"
        );
    }
}

#[test]
fn a_link_header_is_read_whatever_else_it_holds() {
    let connector = paged("kind = \"link\"", "");
    for (link, wanted) in [
        (
            "<https://api.example.com/v1/x?page=2>; rel=\"next\", <https://api.example.com/v1/x?page=9>; rel=\"last\"",
            Some("/v1/x?page=2"),
        ),
        (
            "<https://api.example.com/v1/x?a=1,2;3>; title=\"a\"; rel=next",
            Some("/v1/x?a=1,2;3"),
        ),
        ("</v1/x?page=2>; REL=\"prev Next\"", Some("/v1/x?page=2")),
        ("<https://api.example.com/v1/x?page=1>; rel=\"prev\"", None),
        (
            "<https://other.example/x?page=2>; rel=\"next\"",
            Some("https://other.example/x?page=2"),
        ),
        ("garbage", None),
        ("<unclosed; rel=\"next\"", None),
    ] {
        assert_eq!(
            next(&connector, None, &[("link", link)], json!([])).as_deref(),
            wanted,
            "{link}"
        );
    }
    assert_eq!(next(&connector, None, &[], json!([])), None);
}

#[test]
fn a_next_link_counts_only_with_the_attributes_that_the_file_wants() {
    let connector = paged("kind = \"link\", where = { results = \"true\" }", "");
    let link = |results: &str| {
        format!(
            "<https://api.example.com/v1/x?c=0>; rel=\"previous\"; results=\"true\", <https://api.example.com/v1/x?c=2>; rel=\"next\"{results}"
        )
    };
    for (results, wanted) in [
        ("; results=\"true\"; cursor=\"0:2:0\"", Some("/v1/x?c=2")),
        ("; Results=true", Some("/v1/x?c=2")),
        ("; results=\"false\"", None),
        ("", None),
    ] {
        let found = next(&connector, None, &[("link", &link(results))], json!([]));
        assert_eq!(found.as_deref(), wanted, "{results}");
    }
}

#[test]
fn headers_may_tell_the_next_page_and_how_many_there_are() {
    let item = json!([1]);
    for (paging, sent, headers, wanted) in [
        (
            "kind = \"cursor\", next = \"header:X-Next\", send = \"c\"",
            None,
            [("x-next", "n2")],
            Some("n2"),
        ),
        (
            "kind = \"cursor\", next = \"header:X-Next\", send = \"c\"",
            None,
            [("x-next", " ")],
            None,
        ),
        (
            "kind = \"cursor\", next = \"header:X-Next\", send = \"c\"",
            None,
            [("x-other", "n2")],
            None,
        ),
        (
            "kind = \"page\", last = \"header:X-Pages\", send = \"p\"",
            Some("2"),
            [("x-pages", "3")],
            Some("3"),
        ),
        (
            "kind = \"page\", last = \"header:X-Pages\", send = \"p\"",
            Some("3"),
            [("x-pages", "3")],
            None,
        ),
        (
            "kind = \"offset\", total = \"header:X-Total\", send = \"o\"",
            None,
            [("x-total", "2")],
            Some("1"),
        ),
        (
            "kind = \"offset\", total = \"header:X-Total\", send = \"o\"",
            None,
            [("x-total", "1")],
            None,
        ),
    ] {
        let found = next(&paged(paging, ""), sent, &headers, item.clone());
        assert_eq!(found.as_deref(), wanted, "{paging} {headers:?}");
    }
    let told = faults(
        &(head("")
            + &action(
                "GET /x",
                "paging = { kind = \"page\", last = \"header:a b\", send = \"p\" }",
            )),
    );
    assert!(told.contains("`a b` is not a header's name"), "{told}");
}

#[test]
fn a_cursor_goes_where_the_platform_wants_it() {
    for (kind, call, paging, rest, cursor, wanted) in [
        (
            "read",
            "GET /x",
            "kind = \"cursor\", next = \"/n\", send = \"c\"",
            "",
            "a b",
            "GET https://api.example.com/v1/x?c=a%20b",
        ),
        (
            "read",
            "GET /x",
            "kind = \"page\", send = \"p\"",
            "",
            "2",
            "GET https://api.example.com/v1/x?p=2",
        ),
        (
            "read",
            "POST /x",
            "kind = \"cursor\", next = \"/n\", send = \"start_cursor\"",
            "",
            "c",
            "POST https://api.example.com/v1/x\ncontent-type: application/json\n{\"start_cursor\":\"c\"}",
        ),
        (
            "read",
            "POST /x",
            "kind = \"offset\", send = \"from\"",
            "",
            "20",
            "POST https://api.example.com/v1/x\ncontent-type: application/json\n{\"from\":20}",
        ),
        (
            "read",
            "POST /x",
            "kind = \"cursor\", next = \"/n\", send = \"/page/after\"",
            "",
            "c",
            "POST https://api.example.com/v1/x\ncontent-type: application/json\n{\"page\":{\"after\":\"c\"}}",
        ),
        (
            "read",
            "POST /x",
            "kind = \"cursor\", next = \"/n\", send = \"c\", in = \"query\"",
            "",
            "c",
            "POST https://api.example.com/v1/x?c=c",
        ),
        (
            "read",
            "POST /x",
            "kind = \"cursor\", next = \"/n\", send = \"cursor\"",
            "[action.params]\ncursor = \"string | Where to go on\"",
            "c",
            "POST https://api.example.com/v1/x\ncontent-type: application/json\n{\"cursor\":\"c\"}",
        ),
        (
            "read",
            "POST /graphql",
            "kind = \"graphql\", next = \"/end\", more = \"/more\", send = \"after\"",
            "body = \"graphql\"\ngraphql = \"q\"",
            "c",
            "POST https://api.example.com/v1/graphql\ncontent-type: application/json\n{\"query\":\"q\",\"variables\":{\"after\":\"c\"}}",
        ),
    ] {
        let connector =
            load(&(head("") + &action_of(kind, call, &format!("paging = {{ {paging} }}\n{rest}"))));
        assert!(connector.action("act").unwrap().paged);
        assert_eq!(
            written(&build(&connector, json!({"cursor": cursor}))),
            wanted,
            "{paging}"
        );
    }
}

#[test]
fn counted_pages_take_digits_alone() {
    let connector = paged("kind = \"page\", send = \"p\"", "");
    let action = connector.action("act").unwrap();
    for bad in [json!("x"), json!("-1"), json!(2), json!("")] {
        assert!(action.validate(&object(json!({"cursor": bad}))).is_err(), "{bad}");
    }
}

#[test]
fn a_url_as_a_cursor_stays_on_the_actions_own_path() {
    let connector = paged(
        "kind = \"link\"",
        "[action.params]\nper = \"integer = 50 | Size\"",
    );
    let go = |cursor: &str| {
        Connection::default()
            .build(&connector, json!({"cursor": cursor, "per": 9}))
            .map(|request| request.uri().to_string())
            .map_err(|error| field_faults(&error).join(", "))
    };
    let own = "https://api.example.com/v1/x";
    for (cursor, wanted) in [
        ("?page=2&per=9", format!("{own}?page=2&per=9")),
        ("/v1/x?page=2", format!("{own}?page=2")),
        ("/v1/x/more-2", format!("{own}/more-2")),
        ("/repositories/7/x?page=2", format!("{own}?page=2")),
        ("https://api.example.com/v1/secret?all=1", format!("{own}?all=1")),
        ("/v1/xother?page=2", format!("{own}?page=2")),
        ("/v1/x/../secret?page=2", format!("{own}?page=2")),
        ("/v1/x/%2e%2e/secret?page=2", format!("{own}?page=2")),
    ] {
        assert_eq!(go(cursor), Ok(wanted), "{cursor}");
    }
    for bad in [
        "https://evil.example/v1/x?page=2",
        "//evil.example/v1/x?page=2",
        "http://api.example.com/v1/x?page=2",
        "https://api.example.com:8080/v1/x?p=2",
        "https://user@evil.example/",
        "file:///v1/x",
        "\\\\evil.example/v1/x?a",
    ] {
        assert!(
            go(bad).is_err_and(|told| told.starts_with("cursor: leads to another platform")),
            "{bad} {:?}",
            go(bad)
        );
    }
    assert_eq!(
        go("/v1/secret"),
        Err("cursor: does not lead to a page of this list".to_owned())
    );
}

#[test]
fn a_url_as_a_cursor_works_under_an_override_and_keeps_the_credential() {
    let auth =
        "[auth.key]\nsecrets.key = \"Key\"\napply = { query = \"key\", value = \"{key}\", redact = true }\n";
    let connector = load(&(head("") + auth + &action("GET /x", "paging = { kind = \"link\" }")));
    let connection = Connection {
        kind: Some("key"),
        fields: vec![("key", "s")],
        base_override: Some("http://127.0.0.1:4702/api"),
        ..Connection::default()
    };
    let link = [("link", "<http://127.0.0.1:4702/api/x?page=2>; rel=\"next\"")];
    let cursor = next(&connector, None, &link, json!([])).unwrap();
    let request = connection.build(&connector, json!({"cursor": cursor})).unwrap();
    assert_eq!(request.uri(), "http://127.0.0.1:4702/api/x?page=2&key=s");
    let foreign = connection.build(
        &connector,
        json!({"cursor": "https://api.example.com/v1/x?page=2"}),
    );
    assert!(foreign.is_err(), "an override stands for the hosts too");
}

#[test]
fn a_cursor_never_carries_the_credential_that_a_platform_repeats() {
    let auth = "[auth.key]\nsecrets.key = \"Key\"\napply = { query = \"api key\", value = \"{key}\", redact = true }\n";
    let connector = load(&(head("") + auth + &action("GET /x", "paging = { kind = \"link\" }")));
    for (link, wanted) in [
        (
            "<https://api.example.com/v1/x?page=2&api+key=s&b=1>; rel=next",
            "/v1/x?page=2&b=1",
        ),
        ("</v1/x?api%20key=s&page=2>; rel=next", "/v1/x?page=2"),
        (
            "<http://127.0.0.1:1/x?api%20key=s>; rel=next",
            "http://127.0.0.1:1/x",
        ),
    ] {
        assert_eq!(
            next(&connector, None, &[("link", link)], json!([])).as_deref(),
            Some(wanted)
        );
    }
    let base = head("").replace("example.com/v1", "example.com/bot{token}");
    let auth = "[auth.bot]\nsecrets.token = \"Token\"\napply = { path = \"token\", redact = true }\n";
    let connector = load(&(base + auth + &action("GET /x", "paging = { kind = \"link\" }")));
    let link = [(
        "link",
        "<https://api.example.com/bot12:secret/x?page=2>; rel=next",
    )];
    assert_eq!(
        next(&connector, None, &link, json!([])).as_deref(),
        Some("?page=2")
    );
}

proptest! {
    #[test]
    fn no_cursor_leads_off_the_platform_or_the_path(cursor in "(https?:)?[/\\\\]{0,3}[a-z.@:%0-9]{0,12}[/.?#a-z\\\\%2e]{0,12}") {
        prop_assume!(!cursor.is_empty());
        let connector = paged("kind = \"next_url\", next = \"/n\"", "");
        if let Ok(request) = Connection::default().build(&connector, json!({"cursor": cursor})) {
            let url = url::Url::parse(&request.uri().to_string()).unwrap();
            prop_assert_eq!(url.host_str(), Some("api.example.com"));
            prop_assert_eq!(url.scheme(), "https");
            prop_assert!(url.path() == "/v1/x" || url.path().starts_with("/v1/x/"), "{}", url);
        }
    }

    #[test]
    fn following_cursors_to_the_end_ends(sizes in proptest::collection::vec(0_usize..4, 1..8)) {
        let connector = paged("kind = \"offset\", send = \"o\"", "result = \"/items\"");
        let (mut cursor, mut seen) = (None::<String>, 0);
        for size in sizes.iter().chain(&[0]) {
            let items: Vec<usize> = (0..*size).collect();
            seen += size;
            let Some(next) = next(&connector, cursor.as_deref(), &[], json!({"items": items})) else {
                prop_assert_eq!(*size, 0);
                return Ok(());
            };
            prop_assert_eq!(&next, &seen.to_string());
            cursor = Some(next);
        }
        prop_assert!(false, "it never ended");
    }
}
