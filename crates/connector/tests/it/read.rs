//! Answers to values and failures.

use crate::support::{NOW, action, action_of, answer, failure, head, load, success, with_action};
use http::Response;
use serde_json::{Value, json};
use solder_connector::{Connector, Reading};
use solder_model::Code;
use std::time::Duration;

const ERRORS: &str = "[errors]\nok = \"/ok\"\ncode = [\"/error\", \"/errors/0/code\"]\ntext = [\"/detail\", \"/errors/0/message\", \"/errors\"]\n\
                      [errors.map]\nratelimited = \"rate_limited\"\nno_channel = \"not_found\"\n\"invalid_*\" = \"invalid\"\n\
                      invalid_auth = \"reconnect\"\n\"405\" = \"conflict\"\n\
                      [errors.hint]\nno_channel = \"List the channels first.\"\n\"405\" = \"Wait.\"\n";

fn with_errors(rest: &str) -> Connector {
    load(&(head("") + ERRORS + &action("GET /x", rest)))
}

#[test]
fn the_platforms_own_word_counts_more_than_the_status() {
    let connector = with_errors("");
    assert_eq!(
        success(&connector, &answer(200, &[], r#"{"ok":true,"a":1}"#)),
        json!({"ok": true, "a": 1})
    );
    assert_eq!(
        success(&connector, &answer(200, &[], r#"{"a":1}"#)),
        json!({"a": 1})
    );
    assert_eq!(
        success(&connector, &answer(500, &[], r#"{"ok":true}"#)),
        json!({"ok": true})
    );
    for (status, body, code, platform_code, message, hint) in [
        (
            200,
            json!({"ok": false, "error": "no_channel"}),
            Code::PlatformNotFound,
            Some("no_channel"),
            "Sample refused: no_channel",
            Some("List the channels first."),
        ),
        (
            200,
            json!({"ok": false, "error": "invalid_auth"}),
            Code::PlatformReconnect,
            Some("invalid_auth"),
            "Sample refused: invalid_auth",
            None,
        ),
        (
            200,
            json!({"ok": false, "error": "invalid_name", "detail": "Too long"}),
            Code::PlatformInvalid,
            Some("invalid_name"),
            "Sample refused: Too long (invalid_name)",
            None,
        ),
        (
            200,
            json!({"ok": false}),
            Code::PlatformInvalid,
            None,
            "Sample answered 200 OK",
            None,
        ),
        (
            404,
            json!({"detail": "Gone"}),
            Code::PlatformNotFound,
            None,
            "Sample answered 404 Not Found: Gone",
            None,
        ),
        (
            405,
            json!({}),
            Code::PlatformConflict,
            None,
            "Sample answered 405 Method Not Allowed",
            Some("Wait."),
        ),
        (
            422,
            json!({"errors": [{"code": 17, "message": "Bad"}]}),
            Code::PlatformInvalid,
            Some("17"),
            "Sample refused: Bad; [{\"code\":17,\"message\":\"Bad\"}] (17)",
            None,
        ),
        (
            401,
            json!({}),
            Code::PlatformReconnect,
            None,
            "Sample answered 401 Unauthorized",
            None,
        ),
        (
            403,
            json!({}),
            Code::PlatformForbidden,
            None,
            "Sample answered 403 Forbidden",
            None,
        ),
        (
            409,
            json!({}),
            Code::PlatformConflict,
            None,
            "Sample answered 409 Conflict",
            None,
        ),
        (
            429,
            json!({}),
            Code::PlatformRateLimited,
            None,
            "Sample answered 429 Too Many Requests",
            None,
        ),
        (
            503,
            json!({}),
            Code::PlatformError,
            None,
            "Sample answered 503 Service Unavailable",
            None,
        ),
        (
            302,
            json!({}),
            Code::PlatformError,
            None,
            "Sample answered 302 Found",
            None,
        ),
    ] {
        let failure = failure(&connector, &answer(status, &[], body.to_string()));
        assert_eq!(
            (failure.code, failure.platform_code.as_deref(), failure.status),
            (code, platform_code, status),
            "{body}"
        );
        assert_eq!(
            (failure.message.as_str(), failure.hint.as_deref()),
            (message, hint),
            "{body}"
        );
    }
}

#[test]
fn errors_beside_a_good_status_are_found() {
    let text = head("")
        + "[errors]\nfailed = \"/errors\"\ntext = \"/errors/0/message\"\n"
        + &action("GET /x", "result = \"/data\"");
    let connector = load(&text);
    assert_eq!(
        success(&connector, &answer(200, &[], r#"{"data":{"a":1},"errors":[]}"#)),
        json!({"a": 1})
    );
    assert_eq!(
        success(&connector, &answer(200, &[], r#"{"data":{"a":1},"errors":null}"#)),
        json!({"a": 1})
    );
    let failure = failure(
        &connector,
        &answer(200, &[], r#"{"data":null,"errors":[{"message":"No field"}]}"#),
    );
    assert_eq!(
        (failure.code, failure.message.as_str()),
        (Code::PlatformInvalid, "Sample answered 200 OK: No field")
    );
}

#[test]
fn what_a_platform_says_in_words_counts_more_than_its_code_and_its_status() {
    let text = head("")
        + "[errors]\ncode = \"/code\"\ntext = \"/text\"\n\
           [errors.map]\n\"invalid id\" = \"not_found\"\n\"*chat not found\" = \"not_found\"\n\"unauthorized*\" = \"forbidden\"\n\
           \"400\" = \"conflict\"\n\
           [errors.hint]\n\"invalid id\" = \"Ids have 24 characters.\"\n\"*chat not found\" = \"Write to the bot.\"\n\"400\" = \"Look again.\"\n"
        + &action("GET /x", "");
    let connector = load(&text);
    let plain = [("content-type", "text/plain")];
    for (response, code, hint) in [
        (
            answer(400, &plain, "invalid id\n"),
            Code::PlatformNotFound,
            Some("Ids have 24 characters."),
        ),
        (
            answer(400, &plain, "invalid id of a board"),
            Code::PlatformConflict,
            Some("Look again."),
        ),
        (
            answer(401, &plain, "unauthorized card permission requested"),
            Code::PlatformForbidden,
            None,
        ),
        (
            answer(400, &[], r#"{"code":400,"text":"Bad Request: chat not found"}"#),
            Code::PlatformNotFound,
            Some("Write to the bot."),
        ),
        (
            answer(
                400,
                &[],
                r#"{"code":400,"text":"Bad Request: message is too long"}"#,
            ),
            Code::PlatformConflict,
            Some("Look again."),
        ),
        (answer(401, &plain, ""), Code::PlatformReconnect, None),
    ] {
        let failure = failure(&connector, &response);
        assert_eq!(
            (failure.code, failure.hint.as_deref()),
            (code, hint),
            "{failure:?}"
        );
    }
}

#[test]
fn any_of_several_signs_says_that_a_call_failed() {
    let text = head("")
        + "[errors]\nfailed = [\"/errors/0\", \"/data/done/userErrors/0\"]\ntext = [\"/errors/0/message\", \"/data/done/userErrors/0/message\"]\n"
        + &action("POST /x", "result = \"/data/done\"");
    let connector = load(&text);
    for body in [
        r#"{"errors":[{"message":"No"}]}"#,
        r#"{"data":{"done":{"userErrors":[{"message":"No"}]}}}"#,
    ] {
        let failure = failure(&connector, &answer(200, &[], body));
        assert_eq!(
            (failure.code, failure.text.as_str()),
            (Code::PlatformInvalid, "No"),
            "{body}"
        );
    }
    let fine = r#"{"data":{"done":{"id":1,"userErrors":[]}},"errors":[]}"#;
    assert_eq!(
        success(&connector, &answer(200, &[], fine)),
        json!({"id": 1, "userErrors": []})
    );
}

#[test]
fn where_nothing_means_that_there_is_no_such_thing_it_is_told_as_that() {
    let text = head("")
        + "[errors]\nfailed = \"/errors/0\"\n[errors.hint]\n\"404\" = \"List them first.\"\n"
        + &action(
            "GET /x",
            "result = \"/data/issue\"\nempty = \"not_found\"\npick = [\"id\"]",
        );
    let connector = load(&text);
    for body in [r#"{"data":{"issue":null}}"#, r#"{"data":null}"#, "{}", "null", ""] {
        let failure = failure(&connector, &answer(200, &[], body));
        assert_eq!(
            (failure.code, failure.message.as_str(), failure.hint.as_deref()),
            (
                Code::PlatformNotFound,
                "Sample answered that there is no such thing",
                Some("List them first.")
            ),
            "{body}"
        );
    }
    let refused = failure(
        &connector,
        &answer(200, &[], r#"{"data":{"issue":null},"errors":[{}]}"#),
    );
    assert_eq!(refused.code, Code::PlatformInvalid);
    for (body, wanted) in [
        (r#"{"data":{"issue":{"id":1,"x":2}}}"#, json!({"id": 1})),
        (r#"{"data":{"issue":[]}}"#, json!([])),
        (r#"{"data":{"issue":false}}"#, json!(false)),
    ] {
        assert_eq!(success(&connector, &answer(200, &[], body)), wanted);
    }
    let list = with_action("GET /x", "result = \"/data/issues\"\nempty = \"list\"");
    for (body, wanted) in [
        (r#"{"data":{}}"#, json!([])),
        (r#"{"data":{"issues":null}}"#, json!([])),
        ("", json!([])),
        (r#"{"data":{"issues":[1]}}"#, json!([1])),
    ] {
        assert_eq!(success(&list, &answer(200, &[], body)), wanted, "{body}");
    }
    // Without the word, nothing is a value like any other.
    let plain = with_action("GET /x", "result = \"/data/issue\"");
    assert_eq!(
        success(&plain, &answer(200, &[], r#"{"data":{"issue":null}}"#)),
        json!(null)
    );
}

#[test]
fn of_an_answer_the_part_that_matters_is_kept() {
    for (rest, body, wanted) in [
        (
            "result = \"/channels\"",
            json!({"ok": 1, "channels": [1]}),
            json!([1]),
        ),
        ("result = \"/channels\"", json!({"other": 1}), json!({"other": 1})),
        (
            "pick = [\"id\", \"/user/login\"]",
            json!([{"id": 1, "x": 2, "user": {"login": "a", "y": 3}}, {"id": 2}]),
            json!([{"id": 1, "user": {"login": "a"}}, {"id": 2}]),
        ),
        ("pick = [\"id\"]", json!({"id": 1, "x": 2}), json!({"id": 1})),
        ("pick = [\"id\"]", json!({"x": 2}), json!({"x": 2})),
        (
            "result = \"/items\"\npick = [\"id\"]",
            json!({"items": [{"id": 1, "x": 2}, "odd"]}),
            json!([{"id": 1}, "odd"]),
        ),
    ] {
        assert_eq!(
            success(&with_action("GET /x", rest), &answer(200, &[], body.to_string())),
            wanted,
            "{rest} {body}"
        );
    }
}

#[test]
fn answers_that_are_not_json_are_kept_told_or_refused() {
    let html = "<!DOCTYPE html><html><head><title>\n Sign\n in </title></head></html>";
    let (read, write) = (with_action("GET /x", ""), with_action("POST /x", ""));
    assert_eq!(
        success(&read, &answer(200, &[("content-type", "text/plain")], "plain")),
        json!("plain")
    );
    assert_eq!(
        success(
            &read,
            &answer(200, &[("content-type", "text/plain")], "{\"a\":1}")
        ),
        json!({"a": 1})
    );
    assert_eq!(success(&read, &answer(200, &[], "5")), json!(5));
    assert_eq!(
        success(&read, &answer(200, &[], "\u{feff}{\"a\":1}")),
        json!({"a": 1})
    );
    for (connector, response, wanted) in [
        (
            &read,
            answer(200, &[("content-type", "text/html")], html),
            "Sample answered with a web page: Sign in where a value was expected",
        ),
        (
            &write,
            answer(200, &[], html),
            "Sample answered with a web page: Sign in where a value was expected; what was asked for may have happened: look before trying again",
        ),
        (
            &read,
            answer(200, &[("content-type", "application/json")], "{\"a\":"),
            "Sample answered with JSON that cannot be read where a value was expected",
        ),
        (
            &read,
            answer(200, &[], " \n"),
            "Sample answered with nothing where a value was expected",
        ),
        (
            &read,
            answer(502, &[("content-type", "text/html")], html),
            "Sample answered 502 Bad Gateway: a web page: Sign in",
        ),
        (
            &read,
            answer(500, &[], "<html><title>open"),
            "Sample answered 500 Internal Server Error: a web page",
        ),
        (
            &read,
            answer(500, &[], "oops"),
            "Sample answered 500 Internal Server Error: oops",
        ),
        (
            &read,
            answer(500, &[], vec![0xff, 0xfe]),
            "Sample answered 500 Internal Server Error",
        ),
    ] {
        let failure = failure(connector, &response);
        assert_eq!(
            (failure.code, failure.message.as_str()),
            (Code::PlatformError, wanted)
        );
    }
    let long = failure(&read, &answer(500, &[], "é".repeat(5_000)));
    assert!(long.message.ends_with('…') && long.message.chars().count() < 1_100);
}

#[test]
fn an_empty_answer_is_fine_where_it_means_done() {
    for (connector, status) in [
        (with_action("POST /x", ""), 200),
        (with_action("POST /x", ""), 204),
        (with_action("GET /x", "empty = \"ok\""), 200),
        (with_action("GET /x", ""), 204),
    ] {
        assert_eq!(success(&connector, &answer(status, &[], "")), json!({"ok": true}));
    }
}

#[test]
fn a_file_comes_as_text_or_base64_and_its_error_as_an_error() {
    let connector = with_action("GET /x", "download = true");
    for (bytes, wanted) in [
        (
            b"a,b".to_vec(),
            json!({"contentType": "text/csv", "size": 3, "text": "a,b"}),
        ),
        (
            vec![0, 255],
            json!({"contentType": "text/csv", "size": 2, "base64": "AP8="}),
        ),
        (
            b"{}".to_vec(),
            json!({"contentType": "text/csv", "size": 2, "text": "{}"}),
        ),
    ] {
        assert_eq!(
            success(&connector, &answer(200, &[("content-type", "text/csv")], bytes)),
            wanted
        );
    }
    assert_eq!(
        failure(&connector, &answer(404, &[], "{}")).code,
        Code::PlatformNotFound
    );
    let unasked = with_action("GET /x", "");
    assert_eq!(
        success(
            &unasked,
            &answer(200, &[("content-type", "image/png")], vec![0, 255])
        ),
        json!({"contentType": "image/png", "size": 2, "base64": "AP8="})
    );
}

const LIMITS: &str = "[errors]\ncode = \"/code\"\ntext = \"/message\"\n[errors.map]\nslow = \"rate_limited\"\nspent = \"quota\"\n\
                      [limits]\nrate = \"50/60s\"\nretry = [429, 503]\nreset = \"x-reset\"\nremaining = \"x-left\"\nreset_is = \"epoch\"\n\
                      in_body = \"/wait\"\nalso = [{ status = 403, header = \"x-left\", is = \"0\" }, { status = 403, text = \"*secondary*\" }]\n";

#[test]
fn what_may_be_tried_again_depends_on_the_answer_and_the_kind() {
    let make = |kind, call, rest| load(&(head("") + LIMITS + &action_of(kind, call, rest)));
    let read = make("read", "GET /x", "");
    let write = make("write", "POST /x", "");
    let keyed = make("write", "POST /x", "idempotency = \"header:Idempotency-Key\"");
    let destroy = make("destructive", "DELETE /x", "");
    assert_eq!(read.rate.map(|rate| rate.to_string()).as_deref(), Some("50/60s"));
    let empty: &[(&str, &str)] = &[];
    for (status, headers, body, code, retry, retryable) in [
        (
            429,
            [("retry-after", "3")].as_slice(),
            json!({}),
            Code::PlatformRateLimited,
            Some(3_000),
            [true, true, true, true],
        ),
        (
            503,
            empty,
            json!({}),
            Code::PlatformError,
            None,
            [true, false, true, false],
        ),
        (
            503,
            &[("retry-after", "2")],
            json!({}),
            Code::PlatformError,
            Some(2_000),
            [true, false, true, false],
        ),
        (502, empty, json!({}), Code::PlatformError, None, [false; 4]),
        (
            403,
            &[("x-left", "0"), ("x-reset", "1767225610")],
            json!({}),
            Code::PlatformRateLimited,
            Some(10_000),
            [true; 4],
        ),
        (
            403,
            &[("x-left", "9"), ("x-reset", "1767225610")],
            json!({}),
            Code::PlatformForbidden,
            None,
            [false; 4],
        ),
        (
            403,
            empty,
            json!({"message": "a secondary limit", "wait": 1.5}),
            Code::PlatformRateLimited,
            Some(1_500),
            [true; 4],
        ),
        (
            400,
            empty,
            json!({"code": "slow"}),
            Code::PlatformRateLimited,
            None,
            [true; 4],
        ),
        (
            400,
            empty,
            json!({"code": "spent", "wait": 60}),
            Code::PlatformQuota,
            Some(60_000),
            [false; 4],
        ),
        (
            404,
            &[("retry-after", "3")],
            json!({}),
            Code::PlatformNotFound,
            None,
            [false; 4],
        ),
    ] {
        let response = answer(status, headers, body.to_string());
        for (connector, retryable) in [&read, &write, &keyed, &destroy].into_iter().zip(retryable) {
            let failure = failure(connector, &response);
            let wanted = (code, retry.map(Duration::from_millis), retryable);
            assert_eq!(
                (failure.code, failure.retry, failure.retryable),
                wanted,
                "{status} {headers:?} {body}"
            );
        }
    }
}

#[test]
fn any_answer_at_all_is_read() {
    let connector = load(
        &(head("")
            + ERRORS
            + LIMITS.split("[limits]").last().map_or("", |_| "")
            + &action(
                "GET /x",
                "result = \"/a/0\"\npaging = { kind = \"cursor\", next = \"/n\", send = \"c\" }",
            )),
    );
    let bodies: [&[u8]; 12] = [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\"a\"",
        b"{\"a\":null}",
        b"{\"a\":[null],\"n\":{}}",
        b"[[[[",
        b"\xff",
        b"<html>",
        b"{\"ok\":1}",
        b"\0",
    ];
    for status in [200, 204, 301, 400, 418, 429, 500, 599] {
        for body in bodies {
            let response: Response<_> = answer(status, &[], body.to_vec());
            let reading = connector.read(connector.action("act").unwrap(), Some("c"), &response, NOW);
            if let Reading::Failure(failure) = reading {
                assert!(!failure.message.is_empty());
            }
        }
    }
    let deep = "[".repeat(100_000);
    assert!(
        matches!(connector.read(connector.action("act").unwrap(), None, &answer(200, &[], deep), NOW), Reading::Success(answer) if answer.value.is_string())
    );
    assert_eq!(success(&connector, &answer(200, &[], "null")), Value::Null);
}
