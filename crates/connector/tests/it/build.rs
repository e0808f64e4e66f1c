//! Arguments to requests: each place and each kind of body.

use crate::support::{
    Connection, action, action_of, build, faults, field_faults, head, load, object, with_action, written,
};
use serde_json::{Value, json};

#[test]
fn parameters_go_where_method_path_and_the_file_say() {
    for (call, rest, arguments, wanted) in [
        (
            "GET /things/{id}",
            "query = { v = \"2\" }\nconst = { full = true }\n[action.params]\nid = \"string! | Id\"\nq = \"string | Text\"\n\
             n = { line = \"integer | Number\", in = \"header\", as = \"X-N\" }",
            json!({"id": "a b", "q": "c&d=é", "n": 5}),
            "GET https://api.example.com/v1/things/a%20b?v=2&full=true&q=c%26d%3D%C3%A9\nx-n: 5",
        ),
        (
            "POST /things/{id}",
            "const = { by = \"solder\" }\n[action.params]\nid = \"integer! | Id\"\nname = \"string! | Name\"\n\
             size = \"integer = 3 | Size\"\ndry = { line = \"boolean | Try\", in = \"query\", as = \"dry_run\" }",
            json!({"id": 7, "name": "n", "dry": false}),
            "POST https://api.example.com/v1/things/7?dry_run=false\ncontent-type: application/json\n\
             {\"by\":\"solder\",\"name\":\"n\",\"size\":3}",
        ),
        (
            "PATCH /things",
            "wrap = \"data\"\n[action.params]\nparent = { line = \"string! | Page\", as = \"/parent/page_id\" }\n\
             kind = { line = \"string = page | Kind\", as = \"/parent/type\" }\ntags = \"string[] | Tags\"",
            json!({"parent": "p", "tags": ["a"]}),
            "PATCH https://api.example.com/v1/things\ncontent-type: application/json\n\
             {\"data\":{\"parent\":{\"page_id\":\"p\",\"type\":\"page\"},\"tags\":[\"a\"]}}",
        ),
        (
            "PUT /things",
            "[action.params]\nfields = { line = \"object! | Fields\", as = \".\" }",
            json!({"fields": {"a": 1}}),
            "PUT https://api.example.com/v1/things\ncontent-type: application/json\n{\"a\":1}",
        ),
        (
            "PUT /things",
            "const = { kind = \"k\" }\n[action.params]\nfields = { line = \"object! | Fields\", as = \".\" }",
            json!({"fields": {"a": 1, "kind": "other"}}),
            "PUT https://api.example.com/v1/things\ncontent-type: application/json\n{\"a\":1,\"kind\":\"k\"}",
        ),
        (
            "POST /ping",
            "",
            json!({}),
            "POST https://api.example.com/v1/ping",
        ),
        (
            "POST /ping",
            "[action.params]\nname = \"string | Name\"",
            json!({}),
            "POST https://api.example.com/v1/ping\ncontent-type: application/json\n{}",
        ),
        (
            "DELETE /things",
            "[action.params]\nids = \"string[]! | Ids\"",
            json!({"ids": ["a", "b"]}),
            "DELETE https://api.example.com/v1/things?ids=a&ids=b",
        ),
        (
            "DELETE /things",
            "body = \"json\"\n[action.params]\nids = \"string[]! | Ids\"",
            json!({"ids": ["a"]}),
            "DELETE https://api.example.com/v1/things\ncontent-type: application/json\n{\"ids\":[\"a\"]}",
        ),
        (
            "POST https://api.example.com/other",
            "headers = { X-A = \"b\" }\n[action.params]\ndeep = { line = \"object | Deep\", in = \"query\" }",
            json!({"deep": {"a": [1]}}),
            "POST https://api.example.com/other?deep=%7B%22a%22%3A%5B1%5D%7D\nx-a: b",
        ),
    ] {
        let connector = with_action(call, rest);
        assert_eq!(written(&build(&connector, arguments)), wanted, "{call}");
    }
}

#[test]
fn arrays_in_a_query_follow_the_parameter_else_the_file() {
    let params =
        "[action.params]\na = \"string[] | A\"\nb = { line = \"string[] | B\", list = \"brackets\" }";
    let connector = load(&(head("list = \"comma\"") + &action_of("read", "GET /x", params)));
    let request = build(&connector, json!({"a": ["1", "2"], "b": ["3", "4"]}));
    assert_eq!(request.uri().query(), Some("a=1,2&b%5B%5D=3&b%5B%5D=4"));
}

#[test]
fn forms_hold_json_text_or_brackets() {
    let params = "[action.params]\nname = \"string! | Name\"\nblocks = \"object[] | Blocks\"\nmeta = \"object | Meta\"";
    let arguments = json!({"name": "a b&c", "blocks": [{"t": 1}], "meta": {"k": {"l": true}}});
    for (style, wanted) in [
        (
            "",
            "f=1&name=a+b%26c&blocks=%5B%7B%22t%22%3A1%7D%5D&meta=%7B%22k%22%3A%7B%22l%22%3Atrue%7D%7D",
        ),
        (
            "form_style = \"brackets\"",
            "f=1&name=a+b%26c&blocks%5B0%5D%5Bt%5D=1&meta%5Bk%5D%5Bl%5D=true",
        ),
    ] {
        let connector = with_action(
            "POST /x",
            &format!("body = \"form\"\nconst = {{ f = 1 }}\n{style}\n{params}"),
        );
        let request = build(&connector, arguments.clone());
        assert_eq!(std::str::from_utf8(request.body()).unwrap(), wanted);
        assert_eq!(
            request.headers()["content-type"],
            "application/x-www-form-urlencoded"
        );
    }
    let empty = build(&with_action("POST /x", "body = \"form\""), json!({}));
    assert_eq!(
        written(&empty),
        "POST https://api.example.com/v1/x\ncontent-type: application/x-www-form-urlencoded"
    );
}

#[test]
fn graphql_takes_the_parameters_as_variables() {
    let rest = "body = \"graphql\"\ngraphql = \"query ($id: ID!) { node(id: $id) { id } }\"\n[action.params]\n\
                id = \"string! | Id\"";
    let connector = load(&(head("") + &action_of("read", "POST /graphql", rest)));
    assert_eq!(
        written(&build(&connector, json!({"id": "a\"b"}))),
        "POST https://api.example.com/v1/graphql\ncontent-type: application/json\n\
         {\"query\":\"query ($id: ID!) { node(id: $id) { id } }\",\"variables\":{\"id\":\"a\\\"b\"}}"
    );
}

#[test]
fn parameters_go_into_a_header_as_one_json_text_in_ascii() {
    let header = "json_header = \"X-Arg\"\nconst = { mode = \"add\" }\n";
    let down = with_action(
        "POST /down",
        &format!("{header}[action.params]\npath = \"string! | Path\""),
    );
    assert_eq!(
        written(&build(&down, json!({"path": "/é\u{7f}\n\"🐝"}))),
        "POST https://api.example.com/v1/down\n\
         x-arg: {\"mode\":\"add\",\"path\":\"/\\u00e9\\u007f\\n\\\"\\ud83d\\udc1d\"}"
    );
    let up = with_action(
        "POST /up",
        &format!(
            "{header}body = \"raw\"\n[action.params]\nfile = {{ line = \"file! | File\", as = \".\" }}\n\
             cursor = {{ line = \"object | Where\", as = \"/commit/cursor\" }}\n\
             dry = {{ line = \"boolean | Try\", in = \"query\" }}\nnote = {{ line = \"string | Note\", in = \"header\", as = \"X-Note\" }}"
        ),
    );
    let file = json!({"name": "a.txt", "type": "text/plain", "text": "é"});
    assert_eq!(
        written(&build(
            &up,
            json!({"file": file, "cursor": {"at": 1}, "dry": true, "note": "n"})
        )),
        "POST https://api.example.com/v1/up?dry=true\ncontent-type: text/plain\n\
         x-arg: {\"mode\":\"add\",\"commit\":{\"cursor\":{\"at\":1}}}\nx-note: n\né"
    );
    let details = up.action("act").unwrap().details();
    let places: Vec<_> = details["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].clone(), one["in"].clone()))
        .collect();
    assert!(places.contains(&(json!("cursor"), json!("header"))), "{details}");
    assert_eq!(details["requestBody"]["required"], json!(["file"]));
    let too_long = Connection::default()
        .build(&down, json!({"path": "x".repeat(17_000)}))
        .unwrap_err();
    assert_eq!(field_faults(&too_long), [": are too long for the header `x-arg`"]);
}

#[test]
fn a_key_of_a_repeatable_write_goes_where_the_file_says() {
    for (told, wanted) in [
        (
            "header:Idempotency-Key",
            "POST https://api.example.com/v1/x\ncontent-type: application/json\nidempotency-key: k1\n{\"a\":\"b\"}",
        ),
        (
            "body:idempotency_key",
            "POST https://api.example.com/v1/x\ncontent-type: application/json\n{\"a\":\"b\",\"idempotency_key\":\"k1\"}",
        ),
    ] {
        let connector = with_action(
            "POST /x",
            &format!("idempotency = \"{told}\"\n[action.params]\na = \"string | A\""),
        );
        assert!(connector.action("act").unwrap().keyed);
        let keyed = Connection {
            idempotency_key: Some("k1"),
            ..Connection::default()
        };
        assert_eq!(
            written(&keyed.build(&connector, json!({"a": "b"})).unwrap()),
            wanted
        );
        assert!(!written(&build(&connector, json!({"a": "b"}))).contains("k1"));
    }
}

#[test]
fn nothing_and_whole_numbers_go_as_platforms_read_them() {
    let params = "[action.params]\na = { schema = { type = [\"integer\", \"null\"], description = \"A\" } }\n\
                  b = { schema = { type = [\"number\", \"null\"], description = \"B\" }, in = \"query\" }\n\
                  c = { schema = { type = [\"number\", \"null\"], description = \"C\" }, in = \"header\", as = \"X-C\" }";
    let json = with_action("POST /x", params);
    let nothing = json!({"a": null, "b": null, "c": null});
    assert_eq!(
        written(&build(&json, nothing.clone())),
        "POST https://api.example.com/v1/x\ncontent-type: application/json\n{\"a\":null}"
    );
    for (style, wanted) in [("", ""), ("\nform_style = \"brackets\"", "a=")] {
        let form = with_action("POST /x", &format!("body = \"form\"{style}\n{params}"));
        assert_eq!(
            std::str::from_utf8(build(&form, nothing.clone()).body()).unwrap(),
            wanted
        );
    }
    let numbers = build(&json, json!({"b": 2.0, "c": 2.5}));
    assert_eq!(
        (numbers.uri().query(), &numbers.headers()["x-c"]),
        (Some("b=2"), &"2.5".parse().unwrap())
    );
}

#[test]
fn a_url_that_is_too_long_is_a_fault_of_the_arguments() {
    let connector = with_action("GET /x", "[action.params]\nq = \"string | Q\"");
    let error = Connection::default()
        .build(&connector, json!({"q": "x".repeat(70_000)}))
        .unwrap_err();
    assert!(matches!(error, solder_connector::BuildError::Arguments(_)));
}

#[test]
fn a_header_takes_printable_ascii_and_json_with_escapes() {
    let params = "[action.params]\nplain = { line = \"string | Plain\", in = \"header\", as = \"X-Plain\" }\n\
                  arg = { line = \"object | Arg\", in = \"header\", as = \"Dropbox-API-Arg\" }";
    let connector = with_action("POST /x", params);
    let request = build(&connector, json!({"plain": "a b", "arg": {"path": "/é"}}));
    assert_eq!(request.headers()["x-plain"], "a b");
    assert_eq!(request.headers()["dropbox-api-arg"], "{\"path\":\"/\\u00e9\"}");
    for bad in ["é", "a\r\nb", " a", "\u{7f}"] {
        assert!(
            Connection::default()
                .build(&connector, json!({"plain": bad}))
                .is_err(),
            "{bad:?}"
        );
    }
}

#[test]
fn the_files_headers_are_sent_and_the_actions_win() {
    let text = head("")
        + "[headers]\nAccept = \"application/vnd.x\"\nVersion = \"1\"\n"
        + &action_of("read", "GET /x", "headers = { Version = \"2\" }");
    let request = build(&load(&text), json!({}));
    assert_eq!(
        (&request.headers()["accept"], &request.headers()["version"]),
        (&"application/vnd.x".parse().unwrap(), &"2".parse().unwrap())
    );
    let plain = build(&with_action("GET /x", ""), json!({}));
    assert_eq!(plain.headers()["accept"], "application/json");
}

#[test]
fn one_parameter_may_go_to_several_places() {
    let connector = with_action(
        "PUT /pages/{id}",
        "[action.params]\nid = { line = \"string! | Id\", as = [\"body:id\", \"body:/version/of\", \"query:trace\", \"header:X-Id\"] }\n\
         title = { line = \"string = none | Title\", as = [\"/t/title\", \"query:title\"] }",
    );
    assert_eq!(
        written(&build(&connector, json!({"id": "a/1"}))),
        "PUT https://api.example.com/v1/pages/a%2F1?trace=a%2F1&title=none\ncontent-type: application/json\nx-id: a/1\n\
         {\"t\":{\"title\":\"none\"},\"id\":\"a/1\",\"version\":{\"of\":\"a/1\"}}"
    );
    let schema = &connector.action("act").unwrap().input_schema;
    assert_eq!(schema["properties"].as_object().unwrap().len(), 2);
    for (param, wanted) in [
        (
            "a = { line = \"string | A\", as = [\"x\", \"y\"] }",
            "is a second name at the parameter's own place",
        ),
        (
            "a = { line = \"string | A\", as = [\"header:Host\"] }",
            "the header `host` is not set this way",
        ),
        (
            "a = { line = \"string | A\", as = [\"query:/a/b\"] }",
            "`as` with a pointer is for bodies",
        ),
        (
            "a = { line = \"string | A\", as = [\"query:b\"] }\nb = { line = \"string | B\", in = \"query\" }",
            "sends `b` twice in the query",
        ),
        (
            "a = { line = \"string | A\", as = [\"/c\"] }\nc = \"string | C\"",
            "sends `c` twice in the body",
        ),
    ] {
        let told = faults(&(head("") + &action("POST /x", &format!("[action.params]\n{param}"))));
        assert!(told.contains(wanted), "{param}: {told}");
    }
    let rest = "[action.params]\na = { line = \"string | A\", as = [\"body:b\"] }";
    assert!(faults(&(head("") + &action("GET /x", rest))).contains("which a GET does not have"));
}

#[test]
fn the_key_of_a_repeatable_write_goes_where_the_platform_wants_it() {
    for (rest, wanted) in [
        (
            "idempotency = \"query:requestid\"\nquery = { v = \"75\" }",
            "/x?v=75&requestid=k-1",
        ),
        (
            "idempotency = \"body:/input/key\"\n[action.params]\na = { line = \"string | A\", as = \"/input/a\" }",
            "{\"input\":{\"key\":\"k-1\"}}",
        ),
        (
            "body = \"graphql\"\ngraphql = \"q\"\nidempotency = \"body:key\"",
            "{\"query\":\"q\",\"variables\":{\"key\":\"k-1\"}}",
        ),
        ("idempotency = \"body:key\"\nbody = \"form\"", "key=k-1"),
    ] {
        let connector = with_action("POST /x", rest);
        assert!(connector.action("act").unwrap().keyed);
        let connection = Connection {
            idempotency_key: Some("k-1"),
            ..Connection::default()
        };
        let request = written(&connection.build(&connector, json!({})).unwrap());
        assert!(request.contains(wanted), "{request}");
        let without = written(&Connection::default().build(&connector, json!({})).unwrap());
        assert!(!without.contains("k-1"), "{without}");
    }
    for (rest, wanted) in [
        (
            "idempotency = \"cookie:a\"",
            "must be `header:Name`, `query:name` or `body:name`",
        ),
        (
            "idempotency = \"body:/a/b\"\nbody = \"form\"",
            "with a pointer is for JSON and variables",
        ),
        (
            "idempotency = \"query:a\"\n[action.params]\na = { line = \"string | A\", in = \"query\" }",
            "sends `a` twice in the query",
        ),
        (
            "idempotency = \"body:/a\"\n[action.params]\na = \"string | A\"",
            "sends `a` twice in the body",
        ),
    ] {
        let told = faults(&(head("") + &action("POST /x", rest)));
        assert!(told.contains(wanted), "{rest}: {told}");
    }
}

#[test]
fn what_goes_into_a_larger_part_is_added_to_it_in_whatever_order_the_file_has_them() {
    let inner = "a = { line = \"string | A\", as = \"/fields/a\" }";
    let deep = "d = { line = \"string | D\", as = \"/fields/m/d\" }";
    for outer in [
        "fields = \"object | F\"",
        "fields = { line = \"object | F\", as = \"/fields\" }",
        "all = { line = \"object | All\", as = \".\" }",
    ] {
        for params in [[outer, inner, deep], [deep, inner, outer]] {
            let connector = with_action("POST /x", &format!("[action.params]\n{}", params.join("\n")));
            let with = |fields: Value, more: Value| {
                let mut all = if outer.starts_with("all") {
                    json!({"all": {"fields": fields}})
                } else {
                    json!({"fields": fields})
                };
                all.as_object_mut().unwrap().extend(object(more));
                all
            };
            for (fields, more, wanted) in [
                (json!({"a": 1, "b": 2}), json!({}), json!({"a": 1, "b": 2})),
                (
                    json!({"a": 1, "b": 2, "m": {"e": 3}}),
                    json!({"a": "x", "d": "y"}),
                    json!({"a": "x", "b": 2, "m": {"e": 3, "d": "y"}}),
                ),
                (json!({"m": null}), json!({"d": "y"}), json!({"m": {"d": "y"}})),
            ] {
                let request = build(&connector, with(fields, more));
                let body: Value = serde_json::from_slice(request.body()).unwrap();
                assert_eq!(body, json!({"fields": wanted}), "{params:?}");
            }
            let bad = with(json!({"m": 5}), json!({"d": "y"}));
            let error = Connection::default().build(&connector, bad).unwrap_err();
            assert_eq!(
                field_faults(&error),
                ["d: goes into something that another argument gives, which must be an object for that"]
            );
        }
    }
    // What the file fixes stands over what a caller wrote, and leaves the rest of it.
    let rest = "const = { parent = { type = \"page\" } }\n[action.params]\nall = { line = \"object! | All\", as = \".\" }";
    let request = build(
        &with_action("POST /x", rest),
        json!({"all": {"parent": {"type": "x", "id": 1}}}),
    );
    assert_eq!(request.body().as_ref(), br#"{"parent":{"type":"page","id":1}}"#);
}
