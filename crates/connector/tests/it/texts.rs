//! Texts that are made of parameters, the page of a list among them.

use crate::support::{NOW, action, answer, build, faults, head, load};
use serde_json::{Value, json};
use solder_connector::{Connector, Reading};

fn next(connector: &Connector, sent: Option<&str>, body: &Value) -> Option<String> {
    let action = connector.action("act").unwrap();
    match connector.read(action, sent, &answer(200, &[], body.to_string()), NOW) {
        Reading::Success(answer) => answer.next_cursor,
        Reading::Failure(failure) => panic!("{failure:?}"),
    }
}

#[test]
fn the_page_may_stand_inside_a_text_that_is_made_of_parameters() {
    let rest = "texts = { query = \"select {what} startposition {at} maxresults {n}\" }\n\
                paging = { kind = \"offset\", send = \"at\", start = 1, size = \"n\", total = \"/total\" }\nresult = \"/items\"\n\
                [action.params]\nwhat = \"string! | What\"\nn = \"integer 1..9 = 5 | Page\"\n";
    let connector = load(&(head("") + &action("GET /query", rest)));
    for (arguments, wanted) in [
        (
            json!({"what": "a&b"}),
            "query=select%20a%26b%20startposition%201%20maxresults%205",
        ),
        (
            json!({"what": "a", "n": 2, "cursor": "6"}),
            "query=select%20a%20startposition%206%20maxresults%202",
        ),
    ] {
        let uri = build(&connector, arguments).uri().to_string();
        assert_eq!(uri, format!("https://api.example.com/v1/query?{wanted}"));
    }
    for (sent, body, wanted) in [
        (None, json!({"items": [1, 2]}), Some("3")),
        (Some("3"), json!({"items": [3]}), Some("4")),
        (Some("3"), json!({"items": [3], "total": 4}), Some("4")),
        (Some("3"), json!({"items": [3], "total": "3"}), None),
        (Some("4"), json!({"items": []}), None),
        (Some("4"), json!({}), None),
    ] {
        assert_eq!(next(&connector, sent, &body).as_deref(), wanted, "{body}");
    }
    let posted = load(&(head("") + &action("POST /query", rest)));
    assert_eq!(
        build(&posted, json!({"what": "a"})).body().as_ref(),
        br#"{"query":"select a startposition 1 maxresults 5"}"#
    );
}

#[test]
fn a_text_is_made_of_what_every_call_has() {
    for (texts, params, wanted) in [
        ("q = \"plain\"", "", "holds no parameter"),
        (
            "q = \"{b}\"",
            "a = \"string! | A\"",
            "`{b}` is no parameter of this action",
        ),
        ("q = \"{a}\"", "a = \"string | A\"", "needs `a` in every call"),
        (
            "q = \"{a}\"",
            "a = \"string[]! | A\"",
            "takes no `a`, which is neither a text nor a number",
        ),
        (
            "q = \"{a}\"",
            "a = \"string! | A\"\nq = \"string | Q\"",
            "sends `q` twice in the query",
        ),
    ] {
        let told = faults(
            &(head("")
                + &action(
                    "GET /x",
                    &format!("texts = {{ {texts} }}\n[action.params]\n{params}"),
                )),
        );
        assert!(told.contains(wanted), "{texts}: {told}");
    }
}
