//! Whatever comes in, an answer of the right shape goes out.

use crate::support::{LEGACY, MODERN, Seen, headers, post};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use proptest::prelude::*;
use serde_json::{Value, json};
use solder_mcp::Head;

const NAMES: [&str; 8] = [
    "accept",
    "content-type",
    "mcp-protocol-version",
    "mcp-method",
    "mcp-name",
    "mcp-param-region",
    "mcp-session-id",
    "x-other",
];

/// What stands in real headers, and anything else.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let known = proptest::sample::select(vec![
        "application/json",
        "text/event-stream",
        "*/*",
        "application/json, text/event-stream;q=0.5",
        MODERN,
        "2025-11-25",
        "2025-03-26",
        "2099-01-01",
        "tools/call",
        "tools/list",
        "find",
        "move",
        "=?base64?ZmluZA==?=",
        "=?base64?x?=",
    ]);
    prop_oneof![
        4 => known.prop_map(|text| text.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..24),
    ]
}

fn any_headers() -> impl Strategy<Value = HeaderMap> {
    let one = (proptest::sample::select(NAMES.to_vec()), value());
    proptest::collection::vec(one, 0..8).prop_map(|pairs| {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                headers.append(HeaderName::from_static(name), value);
            }
        }
        headers
    })
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|value| json!(value)),
        any::<i64>().prop_map(|value| json!(value)),
        any::<f64>().prop_map(|value| json!(value)),
        ".{0,12}".prop_map(|value| json!(value)),
        Just(json!("2.0")),
        Just(json!(MODERN)),
        Just(json!("find")),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|items| json!(items)),
            proptest::collection::hash_map(".{0,8}", inner, 0..4).prop_map(|members| json!(members)),
        ]
    })
}

/// Something like a message: right members, wrong members, missing members.
fn message() -> impl Strategy<Value = Value> {
    let methods = vec![
        json!("initialize"),
        json!("ping"),
        json!("server/discover"),
        json!("tools/list"),
        json!("tools/call"),
        json!("prompts/get"),
        json!("resources/read"),
        json!("notifications/initialized"),
        json!("x"),
        json!(1),
    ];
    let meta = prop_oneof![
        any_json(),
        Just(json!({
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientCapabilities": {},
        })),
    ];
    let params = (meta, any_json(), any_json()).prop_map(
        |(meta, name, arguments)| json!({ "_meta": meta, "name": name, "uri": name, "cursor": name, "arguments": arguments }),
    );
    let member = |strategy: BoxedStrategy<Value>| proptest::option::weighted(0.8, strategy);
    (
        member(Just(json!("2.0")).boxed()),
        member(any_json().boxed()),
        member(proptest::sample::select(methods).boxed()),
        member(prop_oneof![params, any_json()].boxed()),
        proptest::option::weighted(0.1, any_json()),
    )
        .prop_map(|(version, id, method, params, result)| {
            let members = [
                ("jsonrpc", version),
                ("id", id),
                ("method", method),
                ("params", params),
                ("result", result),
            ];
            let given = members
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value?)));
            Value::Object(given.collect())
        })
}

/// What every answer on the endpoint looks like.
fn check(headers: &HeaderMap, body: &[u8]) -> Result<(), TestCaseError> {
    let seen = Seen::of(&post(headers, body));
    let statuses = [200, 202, 400, 404, 406, 415];
    prop_assert!(statuses.contains(&seen.status), "{seen:?}");
    prop_assert!(!seen.is_stream || seen.status == 200);
    match &seen.body {
        Value::Null => prop_assert_eq!(seen.status, 202),
        Value::Array(answers) => {
            prop_assert!(!answers.is_empty());
            for answer in answers {
                check_answer(answer)?;
            }
        }
        envelope if envelope.get("jsonrpc").is_none() => {
            prop_assert!(matches!(seen.status, 406 | 415));
            prop_assert!(envelope["error"]["code"].is_string());
        }
        answer => check_answer(answer)?,
    }
    Ok(())
}

fn check_answer(answer: &Value) -> Result<(), TestCaseError> {
    prop_assert_eq!(&answer["jsonrpc"], "2.0");
    let id = answer.get("id");
    prop_assert!(id.is_none_or(|id| id.is_string() || id.is_number()), "{answer}");
    match (answer.get("result"), answer.get("error")) {
        (Some(result), None) => prop_assert!(result.is_object() && id.is_some()),
        (None, Some(error)) => prop_assert!(error["code"].is_i64() && error["message"].is_string()),
        _ => prop_assert!(false, "neither result nor error, or both: {answer}"),
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_bytes_under_any_headers_get_an_answer(
        sent in any_headers(), body in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        check(&sent, &body)?;
    }

    #[test]
    fn anything_like_a_message_gets_an_answer(
        message in message(),
        version in proptest::sample::select([LEGACY, &[MODERN, "", "2099-01-01", "x"]].concat()),
        more in any_headers(),
        mirrors in any::<bool>(),
        batch in 0_usize..3,
    ) {
        let method = message["method"].as_str().unwrap_or_default().to_owned();
        let name = message["params"]["name"].as_str().filter(|name| name.is_ascii()).unwrap_or_default().to_owned();
        let clean = |text: &str| text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        let mut sent = headers(&[
            ("mcp-protocol-version", version),
            ("mcp-method", if mirrors { &method } else { "" }),
            ("mcp-name", if mirrors && clean(&name) { &name } else { "" }),
        ]);
        if batch == 2 {
            sent.extend(more);
        }
        let body = if batch == 1 { json!([message, message]) } else { message };
        check(&sent, body.to_string().as_bytes())?;
    }

    #[test]
    fn any_integer_or_text_comes_back_as_the_same_id(number in any::<i128>(), text in ".{0,20}") {
        for id in [number.to_string(), json!(text).to_string()] {
            let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"nothing"}}"#);
            let rendered = post(&headers(&[("mcp-protocol-version", "2025-11-25")]), body.as_bytes());
            let answer = Seen::of(&rendered).body;
            prop_assert_eq!(&answer["id"], &serde_json::from_str::<Value>(&id).unwrap());
        }
    }

    #[test]
    fn any_head_is_read_and_any_refusal_is_rendered(sent in any_headers(), place in 0_usize..64) {
        let code = solder_model::Code::ALL[place % solder_model::Code::ALL.len()];
        for method in [Method::GET, Method::POST, Method::DELETE, Method::PUT] {
            let head = Head::read(&method, &sent);
            let rendered = head.refuse(&solder_model::Problem::new(code, "no"));
            prop_assert_eq!(rendered.status, code.status());
            prop_assert_eq!(head.verb().is_err(), head.session() == solder_mcp::SessionHeader::Absent && method != Method::POST || method == Method::PUT);
        }
    }
}
