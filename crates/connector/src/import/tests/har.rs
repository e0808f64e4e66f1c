//! Recordings of a browser: what becomes of them, and what of them never stands in a draft.

use super::loaded;
use crate::import::{Draft, Options, read};
use crate::{Kind, Place};
use serde_json::{Value, json};

fn draft(entries: &[Value]) -> Result<Draft, String> {
    let recording =
        json!({ "log": { "version": "1.2", "creator": { "name": "a browser" }, "entries": entries } });
    let all = Options {
        all: true,
        ..Options::default()
    };
    read("x.har", recording.to_string().as_bytes(), &all).map_err(|error| error.what)
}

fn entry(method: &str, url: &str, answer: &Value) -> Value {
    json!({
        "request": { "method": method, "url": url, "headers": [{ "name": "Authorization", "value": "Bearer hunter2-of-ada" }] },
        "response": { "status": 200, "content": { "mimeType": "application/json; charset=utf-8", "text": answer.to_string() } },
    })
}

fn with_body(mut entry: Value, mime_type: &str, sent: &Value) -> Value {
    entry["request"]["postData"] = json!({ "mimeType": mime_type, "text": sent.to_string(), "params": sent });
    entry
}

const API: &str = "https://api.acme.example/v2";

#[test]
fn a_recording_becomes_actions_and_nothing_that_somebody_did_stands_in_the_draft() {
    let order = json!({ "id": "ord_Zq81LmPw", "customer": "grace@navy.example", "total": 42.5 });
    let made = draft(&[
        entry("GET", &format!("{API}/orders?status=open-for-ada&page=3"), &json!({ "orders": [order] })),
        entry("GET", &format!("{API}/orders?limit=25"), &json!({ "orders": [] })),
        entry("GET", &format!("{API}/orders/ord_Zq81LmPw"), &order),
        entry("GET", &format!("{API}/orders/ord_Bb92XxYz"), &order),
        entry("DELETE", &format!("{API}/companies/77123/people/grace%40navy.example"), &json!({})),
        with_body(
            entry("POST", &format!("{API}/orders"), &order),
            "application/json",
            &json!({ "customer": "grace@navy.example", "note": "left-at-the-door", "lines": [{ "sku": "SKU-778899", "count": 2 }] }),
        ),
        with_body(entry("POST", &format!("{API}/orders"), &order), "application/json", &json!({ "customer": "x", "gift": true })),
    ])
    .unwrap();
    let connector = loaded(&made);
    let calls: Vec<_> = connector
        .actions()
        .chain(connector.off())
        .map(|action| format!("{} {}", action.method, action.path))
        .collect();
    assert_eq!(
        calls,
        [
            "GET /v2/orders",
            "GET /v2/orders/{order_id}",
            "DELETE /v2/companies/{company_id}/people/{people_id}",
            "POST /v2/orders"
        ]
        .map(str::to_owned),
        "{}",
        made.text
    );
    let list = connector.actions().next().unwrap();
    let mut query: Vec<_> = list.params().iter().map(|param| param.name.as_str()).collect();
    query.sort_unstable();
    assert_eq!(query, ["limit", "page", "status"]);
    let create = connector.off().find(|action| action.kind == Kind::Write).unwrap();
    let mut sent: Vec<_> = create
        .params()
        .iter()
        .filter(|param| param.place == Place::Body)
        .map(|param| param.name.as_str())
        .collect();
    sent.sort_unstable();
    assert_eq!(sent, ["customer", "gift", "lines", "note"], "of both recordings");
    assert_eq!(
        (made.id.as_str(), made.base.as_str()),
        ("acme_example", "https://api.acme.example")
    );
    assert!(made.text.contains("Bearer {"), "{}", made.text);
    for value in [
        "hunter2",
        "ada",
        "grace",
        "navy",
        "Zq81",
        "Bb92",
        "77123",
        "left-at",
        "SKU-778899",
        "42.5",
        "open-for",
    ] {
        assert!(!made.text.contains(value), "{value}:\n{}", made.text);
        assert!(
            !format!("{:?}", made.report).contains(value),
            "{value}:\n{:?}",
            made.report
        );
    }
}

#[test]
fn what_is_no_answered_call_of_the_api_is_left_out_and_counted() {
    let mut page = entry("GET", "https://www.acme.example/start", &json!({}));
    page["response"]["content"]["mimeType"] = json!("text/html");
    let mut failed = entry("GET", &format!("{API}/hidden"), &json!({}));
    failed["response"]["status"] = json!(403);
    let mut emptied = entry("DELETE", &format!("{API}/orders/1"), &json!({}));
    emptied["response"] = json!({ "status": 204, "content": { "size": 0, "mimeType": "x-unknown" } });
    let entries = [
        page,
        failed,
        entry("OPTIONS", &format!("{API}/orders"), &json!({})),
        entry("GET", "https://telemetry.example/collect", &json!({})),
        entry("GET", "data:application/json,{}", &json!({})),
        json!({ "request": 7, "response": [] }),
        json!(null),
        entry("GET", &format!("{API}/orders"), &json!([])),
        emptied,
    ];
    let made = draft(&entries).unwrap();
    let connector = loaded(&made);
    assert_eq!(
        connector.actions().len() + connector.off().len(),
        2,
        "{}",
        made.text
    );
    assert!(
        !made.text.contains("telemetry") && !made.text.contains("hidden"),
        "{}",
        made.text
    );
    let told = format!("{:?}", made.report.warnings);
    assert!(told.contains("2 of 9 recorded requests"), "{told}");
}

#[test]
fn a_recording_without_an_answered_call_is_refused_in_words() {
    let mut page = entry("GET", "https://www.acme.example/", &json!({}));
    page["response"]["content"]["mimeType"] = json!("text/html");
    for entries in [vec![], vec![page]] {
        let refused = draft(&entries).unwrap_err();
        assert!(refused.contains("no request was answered with JSON"), "{refused}");
    }
}

#[test]
fn the_credential_is_known_by_where_it_was_sent_and_cookies_are_told() {
    let sent = |headers: Value, query: &str| {
        let mut one = entry("GET", &format!("{API}/orders{query}"), &json!([]));
        one["request"]["headers"] = headers;
        draft(&[one]).unwrap()
    };
    let header = sent(json!([{ "name": "X-Api-Key", "value": "k-778899" }]), "");
    assert!(header.text.contains("header = \"x-api-key\""), "{}", header.text);
    let query = sent(json!([]), "?api_key=k-778899&status=open");
    assert!(query.text.contains("query = \"api_key\""), "{}", query.text);
    let connector = loaded(&query);
    let names: Vec<_> = connector
        .actions()
        .next()
        .unwrap()
        .params()
        .iter()
        .map(|param| param.name.clone())
        .collect();
    assert_eq!(names, ["status"], "the key is no argument");
    let cookie = sent(json!([{ "name": "Cookie", "value": "session=k-778899" }]), "");
    assert!(
        format!("{:?}", cookie.report.warnings).contains("cookies"),
        "{:?}",
        cookie.report
    );
    for made in [header, query, cookie] {
        assert!(!made.text.contains("778899"), "{}", made.text);
    }
}

#[test]
fn ids_of_one_kind_in_one_path_have_names_of_their_own() {
    let made = draft(&[entry("GET", &format!("{API}/nodes/12/34/56"), &json!({}))]).unwrap();
    let connector = loaded(&made);
    assert_eq!(
        connector.actions().next().unwrap().path,
        "/v2/nodes/{node_id}/{node_id2}/{node_id3}"
    );
}
