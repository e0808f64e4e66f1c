//! What is drawn out of an answer, and texts that platforms have encoded.

use crate::support::{action, answer, build, faults, head, success, with_action, written};
use serde_json::{Value, json};

/// What a file picks of a letter: some headers, its words, and what hangs at it.
const LETTER: &str = r#"pick = ["id",
    { as = "headers", from = "/payload/headers", where = "/name = [\"From\", \"Subject\"]", key = "/name", value = "/value" },
    { as = "text", from = "/payload", where = "/mimeType = \"text/plain\"", value = "/body/data", join = "\n\n", decode = "base64url" },
    { as = "text", from = "/payload", where = "/mimeType = \"text/html\"", value = "/body/data", join = "\n", decode = ["base64url", "html"], unless = "text" },
    { as = "attachments", from = "/payload", where = "/body/attachmentId != null", pick = ["filename", "/body/attachmentId"] },
    { as = "raw", from = "/raw", decode = "base64url" }]"#;

fn letter(payload: Value) -> Value {
    let connector = with_action("GET /x", LETTER);
    let whole = json!({"id": "m1", "sizeEstimate": 5, "payload": payload});
    success(&connector, &answer(200, &[], whole.to_string()))
}

#[test]
fn a_letter_gives_its_words_its_headers_and_what_hangs_at_it() {
    let part =
        |kind: &str, data: &str| json!({"mimeType": kind, "filename": "", "body": {"size": 1, "data": data}});
    let words = json!({"mimeType": "multipart/alternative", "body": {"size": 0}, "parts": [
        part("text/plain", "SGVsbG8gQmVuLA"), part("text/html", "PHA-SGVsbG88L3A-")]});
    let headers = json!([{"name": "From", "value": "a@b.example"}, {"name": "X-Spam", "value": "no"},
        {"name": "Subject", "value": "Lunch"}, {"name": "Subject", "value": "again"}]);
    let mixed = json!({"mimeType": "multipart/mixed", "headers": headers, "body": {"size": 0}, "parts": [
        words, {"mimeType": "application/pdf", "filename": "a.pdf", "body": {"attachmentId": "A1", "size": 9}}, part("text/plain", "8J-YgA")]});
    assert_eq!(
        letter(mixed),
        json!({
            "id": "m1",
            "headers": {"From": "a@b.example", "Subject": "Lunch"},
            "text": "Hello Ben,\n\n😀",
            "attachments": [{"filename": "a.pdf", "body": {"attachmentId": "A1"}}],
        })
    );
    let html =
        json!({"mimeType": "text/html", "headers": [], "body": {"data": "PHA-SGVsbG8gPGI-QmVuPC9iPjwvcD4="}});
    assert_eq!(letter(html), json!({"id": "m1", "text": "Hello Ben"}));
    assert_eq!(
        letter(json!({"mimeType": "text/plain", "body": {"size": 0}})),
        json!({"id": "m1"})
    );
    let odd = json!({"mimeType": "text/plain", "body": {"data": "not base64 at all"}});
    assert_eq!(letter(odd), json!({"id": "m1", "text": "not base64 at all"}));
}

#[test]
fn each_item_of_a_list_is_drawn_from_and_what_holds_nothing_stays_whole() {
    let connector = with_action("GET /x", &format!("result = \"/messages\"\n{LETTER}"));
    let body = json!({"messages": [{"id": "a", "raw": "VG86IGI"}, {"other": 1}]});
    assert_eq!(
        success(&connector, &answer(200, &[], body.to_string())),
        json!([{"id": "a", "raw": "To: b"}, {"other": 1}])
    );
}

#[test]
fn a_text_is_read_where_it_is_one_and_left_where_it_is_none() {
    let rest = r#"pick = ["name", { as = "content", from = "/content", decode = "base64" }]"#;
    let connector = with_action("GET /x", rest);
    for (content, wanted) in [
        (json!("SGVs\nbG8=\n"), json!("Hello")),
        (json!("iVBORw0KGgo="), json!("iVBORw0KGgo=")),
        (json!(""), json!("")),
        (json!(5), json!(5)),
    ] {
        let body = json!({"name": "a", "content": content});
        assert_eq!(
            success(&connector, &answer(200, &[], body.to_string())),
            json!({"name": "a", "content": wanted})
        );
    }
}

#[test]
fn a_parameter_is_written_as_the_platform_takes_it() {
    let json = with_action(
        "POST /x",
        "[action.params]\nraw = { line = \"string! | Mail\", encode = \"base64url\", as = \"/message/raw\" }\nplain = \"string | P\"",
    );
    assert_eq!(
        written(&build(&json, json!({"raw": "To: b\n\n😀?", "plain": "To: b"}))),
        "POST https://api.example.com/v1/x\ncontent-type: application/json\n\
         {\"message\":{\"raw\":\"VG86IGIKCvCfmIA_\"},\"plain\":\"To: b\"}"
    );
    let form = with_action(
        "POST /x",
        "body = \"form\"\n[action.params]\na = { line = \"string! | A\", encode = \"base64\" }",
    );
    assert!(written(&build(&form, json!({"a": "?>"}))).ends_with("a=Pz4%3D"));
    let query = with_action(
        "GET /x",
        "[action.params]\na = { line = \"string = d | A\", encode = \"base64\" }",
    );
    assert_eq!(
        build(&query, json!({})).uri(),
        "https://api.example.com/v1/x?a=ZA%3D%3D"
    );
}

#[test]
fn what_is_drawn_says_one_thing() {
    for (pick, wanted) in [
        ("{ from = \"/a\" }", "as: is missing"),
        ("{ as = \"a\" }", "says nothing"),
        ("{ as = \"a\", where = \"/x = {}\" }", "a list of scalars"),
        (
            "{ as = \"a\", from = \"/x\", value = \"/y\", pick = [\"z\"] }",
            "has both `value` and `pick`",
        ),
        ("{ as = \"a\", from = \"/x\", key = \"/y\" }", "without `where`"),
        (
            "{ as = \"a\", where = \"/x\", join = \"\", key = \"/y\" }",
            "beside `key` or `pick`",
        ),
        (
            "{ as = \"a\", from = \"/x\", decode = \"rot13\" }",
            "`rot13` is none of `base64`, `base64url`, `html`",
        ),
        (
            "{ as = \"a\", from = \"/x\", pick = [\"z\"], decode = \"html\" }",
            "has `decode`, which is for texts",
        ),
        (
            "{ as = \"a\", from = \"/x\", unless = \"b\" }",
            "stands in the place of `b`, which is not picked before it",
        ),
        (
            "\"a\", { as = \"a\", from = \"/x\" }",
            "has a name that stands before already",
        ),
        (
            "{ as = \"a\", form = \"/x\", value = \"/y\" }",
            "did you mean `from`?",
        ),
    ] {
        let told = faults(&(head("") + &action("GET /x", &format!("pick = [{pick}]"))));
        assert!(told.contains(wanted), "{pick}: {told}");
    }
    for param in ["integer | A", "string[] | A"] {
        let rest = format!("[action.params]\na = {{ line = \"{param}\", encode = \"base64\" }}");
        assert!(faults(&(head("") + &action("GET /x", &rest))).contains("which `encode` is for"));
    }
}
