//! Expressions against the crate's own reading of them, and against the bounds.

use super::{Ask, Asked};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn answer() -> Value {
    json!({
        "total": 3, "next": null, "tags": ["b", "a"],
        "items": [
            { "id": 9_007_199_254_740_993_i64, "name": "Ada", "age": 36, "teams": [{ "key": "X" }, { "key": "Y" }] },
            { "id": 2, "name": "Grace", "age": 85.5, "teams": [{ "key": "Z" }] },
            { "id": 3, "name": "Alan", "age": 41, "teams": [] },
        ],
    })
}

fn given(text: &str) -> Value {
    match Ask::read(text).unwrap().of(answer()) {
        Asked::Value(value) => value,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn expressions_give_what_they_ask_for_in_the_order_that_they_name_it() {
    for (text, wanted) in [
        ("total", json!(3)),
        ("items[0].id", json!(9_007_199_254_740_993_i64)),
        ("items[-1].name", json!("Alan")),
        ("items[*].name", json!(["Ada", "Grace", "Alan"])),
        ("items[?age > `40`].name", json!(["Grace", "Alan"])),
        ("items[?name == 'Ada'] | [0].age", json!(36)),
        ("items[].teams[].key", json!(["X", "Y", "Z"])),
        ("items[1:].name", json!(["Grace", "Alan"])),
        ("items[::-1].name", json!(["Alan", "Grace", "Ada"])),
        ("sort_by(items, &age)[*].name", json!(["Ada", "Alan", "Grace"])),
        ("max_by(items, &age).name", json!("Grace")),
        ("sort(tags)", json!(["a", "b"])),
        ("length(items)", json!(3)),
        ("sum(items[*].age)", json!(162.5)),
        ("join(', ', items[*].name)", json!("Ada, Grace, Alan")),
        ("items[?contains(name, 'ra')].id", json!([2])),
        ("items[?!teams].name", json!(["Alan"])),
        ("missing || total", json!(3)),
        ("items[0].teams && 'yes'", json!("yes")),
        ("*", json!([3, ["b", "a"], answer()["items"]])),
        ("items[?id == `9007199254740993`].name", json!(["Ada"])),
        ("to_string(items[0].teams)", json!(r#"[{"key":"X"},{"key":"Y"}]"#)),
        ("merge(`{\"a\":1}`, {b: total})", json!({ "a": 1, "b": 3 })),
        ("map(&key, items[0].teams)", json!(["X", "Y"])),
        ("not_null(next, tags)", json!(["b", "a"])),
        ("avg(items[*].age)", json!(162.5 / 3.0)),
    ] {
        assert_eq!(given(text), wanted, "{text}");
    }
    let picked = given("items[*].{n: name, a: age}");
    assert_eq!(picked[0].to_string(), r#"{"n":"Ada","a":36}"#);
}

#[test]
fn an_expression_that_cannot_be_read_is_refused_with_its_place_and_what_would_be_right() {
    for (text, parts) in [
        ("items[*", vec!["at its end", "write JMESPath such as"]),
        ("items[*].{id}", vec!["at character"]),
        (".items[]", vec!["at character 1"]),
        ("ïtems", vec!["at character 1"]),
        (
            "lenght(items)",
            vec!["no function `lenght` at character", "length"],
        ),
        ("length(a, b)", vec!["gives 2 arguments to `length`", "takes 1"]),
        (
            "sort_by(items, age)",
            vec!["argument 2 of `sort_by`", "such as `&name`"],
        ),
        ("length(&a)", vec!["must be no `&` expression"]),
        ("items[::0]", vec!["step 0"]),
        ("  ", vec!["must not be blank"]),
    ] {
        let told = Ask::read(text).unwrap_err();
        for part in parts {
            assert!(told.contains(part), "{text}: {told}");
        }
    }
    let deep = format!("{}a{}", "[".repeat(300), "]".repeat(300));
    assert!(Ask::read(&deep).unwrap_err().contains("nests deeper"));
    assert!(Ask::read(&"!".repeat(500)).unwrap_err().contains("nests deeper"));
    assert!(
        Ask::read(&"a".repeat(1_001))
            .unwrap_err()
            .contains("1000 characters")
    );
}

#[test]
fn where_nothing_is_found_the_names_that_are_there_are_told() {
    for (text, part) in [
        (
            "itmes[*].name",
            "there is no `itmes`; names there are total, next, tags, items",
        ),
        ("items.name", "looked for in a list of 3; write `[*].name` there"),
        (
            "items[*].nam",
            "there is no `nam`; names there are id, name, age, teams",
        ),
        ("items[*].{x: nam, y: ag}", "there is no `nam`"),
        ("total.x", "looked for in 3, which has no names"),
        ("items[?nam == 'Ada']", "there is no `nam`; names there are id"),
    ] {
        match Ask::read(text).unwrap().of(answer()) {
            Asked::Nothing(told) => assert!(told.contains(part), "{text}: {told}"),
            other => panic!("{text}: {other:?}"),
        }
    }
    // What is there and holds nothing is an answer.
    assert_eq!(given("next"), Value::Null);
    assert_eq!(given("items[2].teams"), json!([]));
    assert_eq!(given("items[?age > `100`]"), json!([]));
}

#[test]
fn what_cannot_be_worked_out_leaves_the_answer_as_it_was_and_says_why() {
    for (text, part) in [
        ("sum(tags)", "array of numbers"),
        ("length(total)", "got number"),
        ("keys(items)", "an object"),
    ] {
        match Ask::read(text).unwrap().of(answer()) {
            Asked::Failed(value, why) => {
                assert_eq!(value, answer());
                assert!(why.contains(part), "{why}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn no_expression_makes_an_answer_grow_or_take_long() {
    let large: Value = (0..20_000)
        .map(|n| json!({ "n": n, "text": "x".repeat(100) }))
        .collect();
    let doubled = format!("@{}", "|[@,@]".repeat(160));
    let flat = format!("@{}", "|[@,@][]".repeat(120));
    let texts = format!("to_string(@){}", "|to_string([@,@])".repeat(50));
    let nested = "map(&length(map(&n, [@,@,@])), @) | [@,@,@,@][].[@,@,@]";
    let squares = "[?contains(`[1,2,3]`, n)].[n, n] | [@,@][][] | sort(@)";
    for text in [doubled.as_str(), &flat, &texts, nested, squares] {
        let began = Instant::now();
        let asked = Ask::read(text).unwrap().of(large.clone());
        assert!(
            began.elapsed() < Duration::from_secs(5),
            "{text}: {:?}",
            began.elapsed()
        );
        if let Asked::Value(value) = &asked {
            assert!(value.to_string().len() < 64 * 1024 * 1024);
        }
    }
    let Asked::Failed(_, why) = Ask::read(&doubled).unwrap().of(large) else {
        panic!("it was worked out");
    };
    assert!(why.contains("too many steps"), "{why}");
}

fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("@".to_owned()),
        Just("a".to_owned()),
        Just("b".to_owned()),
        Just("`1`".to_owned()),
        Just("'x'".to_owned()),
        Just("a[0]".to_owned()),
        Just("a[*].b".to_owned()),
        Just("a[-1:0:-1]".to_owned()),
        Just("*".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} | {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} || {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, {b}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{{a: {a}, b: {b}}}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} == {b})")),
            inner.clone().prop_map(|a| format!("({a})[]")),
            inner.clone().prop_map(|a| format!("a[?{a}]")),
            inner.clone().prop_map(|a| format!("type({a})")),
            inner.clone().prop_map(|a| format!("to_array({a})")),
            inner.prop_map(|a| format!("!({a})")),
        ]
    })
}

fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..4).prop_map(Value::from),
        "[ab]{0,2}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[ab]", inner, 0..3)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_worked_out_is_what_the_crate_works_out(text in expression(), data in document()) {
        let wanted = jmespath::compile(&text).unwrap().search(&data).map(|found| serde_json::to_value(&*found).unwrap());
        if let Asked::Value(value) = Ask::read(&text).unwrap().of(data) {
            prop_assert_eq!(Ok(value), wanted, "{}", text);
        }
    }

    #[test]
    fn no_text_at_all_makes_a_reader_panic(text in "[ a-z0-9.*@!&|<>=?:,'`\"\\\\(){}\\[\\]äß-]{0,60}") {
        if let Ok(ask) = Ask::read(&text) {
            let _asked = ask.of(answer());
        }
    }
}
