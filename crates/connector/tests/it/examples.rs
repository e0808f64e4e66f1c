//! The player of recorded calls tells what is not as recorded.

use crate::support::{action, head, load, told};
use solder_connector::{Connector, play};

fn connector() -> Connector {
    let auth = "[auth.key]\nsecrets.key = \"Key\"\napply = { header = \"X-Key\", value = \"{key}\" }\n[errors]\ncode = \"/code\"\n";
    load(
        &(head("")
            + auth
            + &action(
                "POST /x",
                "result = \"/r\"\npaging = { kind = \"cursor\", next = \"/n\", send = \"c\" }\n[action.params]\na = \"integer | A\"",
            )),
    )
}

fn example(arguments: &str, request: &str, answer: &str, outcome: &str) -> String {
    format!(
        "[[example]]\naction = \"act\"\narguments = {{ {arguments} }}\n[example.request]\nmethod = \"POST\"\n\
         url = \"https://api.example.com/v1/x\"\n{request}\n[example.answer]\nfrom = \"written\"\n{answer}\n[example.outcome]\n{outcome}\n"
    )
}

#[test]
fn a_call_as_recorded_has_no_difference() {
    for (arguments, request, answer, outcome) in [
        (
            "a = 1",
            "headers = { x-key = \"secret-key\" }\nbody = { a = 1 }",
            "body = { r = [1], n = \"c2\" }",
            "value = [1]\nnext_cursor = \"c2\"",
        ),
        (
            "a = 1, cursor = \"c2\"",
            "json = '{\"c\":\"c2\",\"a\":1.0}'",
            "json = '{\"r\":null,\"n\":\"c2\"}'",
            "json = 'null'",
        ),
        (
            "",
            "text = \"{}\"",
            "status = 404\nbody = { code = \"gone\" }",
            "error = { code = \"PLATFORM_NOT_FOUND\", platform_code = \"gone\", message = \"gone\", retryable = false }",
        ),
        (
            "",
            "body = {}",
            "status = 429\nheaders = { retry-after = \"3\" }",
            "error = { code = \"PLATFORM_RATE_LIMITED\", retry_after = \"3s\", retryable = true }",
        ),
    ] {
        let text = example(arguments, request, answer, outcome);
        let played =
            play(&connector(), "x.toml", &text).unwrap_or_else(|faults| panic!("{}\n{text}", told(&faults)));
        assert_eq!(
            (played.len(), played[0].line, played[0].from.as_str()),
            (1, 1, "written")
        );
        assert_eq!(played[0].differences, [""; 0], "{text}");
    }
}

#[test]
fn each_difference_is_told() {
    let answer = "body = { r = 1 }";
    for (arguments, request, answer, outcome, wanted) in [
        (
            "a = \"1\"",
            "body = { a = \"1\" }",
            answer,
            "value = 1",
            "argument a: must be an integer, not the string \"1\"; write 1 without quotes",
        ),
        (
            "a = 1",
            "body = { a = 2 }",
            answer,
            "value = 1",
            "request body: is `{\"a\":1}`, recorded is `{\"a\":2}`",
        ),
        (
            "a = 1",
            "",
            answer,
            "value = 1",
            "request body: is `{\"a\":1}`, recorded is ``",
        ),
        (
            "a = 1",
            "headers = { x-key = \"other\" }\nbody = { a = 1 }",
            answer,
            "value = 1",
            "request header x-key: is `secret-key`, recorded is `other`",
        ),
        (
            "a = 1",
            "body = { a = 1 }",
            answer,
            "value = 2",
            "outcome value: is `1`, recorded is `2`",
        ),
        (
            "a = 1",
            "body = { a = 1 }",
            "body = { r = 1, n = \"z\" }",
            "value = 1",
            "outcome next_cursor: is Some(\"z\"), recorded is None",
        ),
        (
            "a = 1",
            "body = { a = 1 }",
            "status = 500",
            "value = 1",
            "outcome: is the error PLATFORM_ERROR: Sample answered 500 Internal Server Error",
        ),
        (
            "a = 1",
            "body = { a = 1 }",
            answer,
            "error = { code = \"PLATFORM_ERROR\" }",
            "outcome: is the value `1`, recorded is the error PLATFORM_ERROR",
        ),
        (
            "a = 1",
            "body = { a = 1 }",
            "status = 500",
            "error = { code = \"PLATFORM_INVALID\" }",
            "outcome error code: is PLATFORM_ERROR, recorded is another",
        ),
    ] {
        let text = example(arguments, request, answer, outcome);
        let played =
            play(&connector(), "x.toml", &text).unwrap_or_else(|faults| panic!("{}\n{text}", told(&faults)));
        assert_eq!(played[0].differences, [wanted], "{text}");
    }
    let other = example("", "body = {}", answer, "value = 1")
        .replace("\"act\"", "\"acts\"")
        .replace("/v1/x", "/v1/y");
    assert_eq!(
        play(&connector(), "x.toml", &other).unwrap()[0].differences,
        ["there is no action `acts`"]
    );
    let elsewhere = example("", "body = {}", answer, "value = 1").replace("/v1/x", "/v1/y");
    assert_eq!(
        play(&connector(), "x.toml", &elsewhere).unwrap()[0].differences,
        ["request url: is `https://api.example.com/v1/x`, recorded is `https://api.example.com/v1/y`"]
    );
}

#[test]
fn a_file_that_does_not_follow_the_format_is_refused_whole() {
    let text = example(
        "",
        "body = {}\ntext = \"a\"",
        "status = 1000",
        "value = 1\nerror = { code = \"x\" }",
    )
    .replace("\"written\"", "\"hearsay\"")
        + "colour = 1\n[[example]]\naction = \"act\"\n";
    insta::assert_snapshot!(
        "bad_examples",
        told(&play(&connector(), "x.toml", &text).unwrap_err())
    );
    assert!(play(&connector(), "x.toml", "a = [").is_err());
}
