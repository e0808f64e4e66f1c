//! The contract's part 8, example by example, then as properties.

mod properties;

use super::{Facts, Shaping, shape};
use serde_json::{Value, json};

const NO_SCHEMA: Value = Value::Null;

fn read_list(schema: &Value) -> Facts<'_> {
    Facts {
        is_read: true,
        is_list: true,
        connector: "slack",
        action: "users_list",
        input_schema: schema,
        next_cursor: None,
        notes: &[],
    }
}

fn write(schema: &Value) -> Facts<'_> {
    Facts {
        is_read: false,
        is_list: false,
        ..read_list(schema)
    }
}

fn numbers(count: usize) -> Value {
    (0..count).map(Value::from).collect()
}

fn shaped(answer: Value, facts: &Facts<'_>) -> Value {
    shape(answer, &Shaping::default(), facts)
}

/// A value that is nested `levels` deep.
fn nested(levels: usize) -> Value {
    (1..levels).fold(json!({ "leaf": 1 }), |inner, _| json!({ "in": inner }))
}

#[test]
fn below_every_threshold_the_answer_is_the_same_text() {
    for text in [
        "null",
        "17",
        "\"short\"",
        "[]",
        r#"{"ok":true,"channels":[{"id":"C1","n":1.5,"t":"\u0000é\ud83d\ude00"}],"metadata":{"theirs":1},"a":{"z":1,"b":2}}"#,
    ] {
        let answer: Value = serde_json::from_str(text).unwrap();
        let before = serde_json::to_string(&answer).unwrap();
        assert_eq!(
            serde_json::to_string(&shaped(answer, &read_list(&NO_SCHEMA))).unwrap(),
            before
        );
    }
    assert_eq!(shaped(numbers(24), &read_list(&NO_SCHEMA)), numbers(24));
    assert_eq!(shaped(nested(10), &read_list(&NO_SCHEMA)), nested(10));
    let text = "x".repeat(5_120);
    assert_eq!(shaped(json!([text]), &read_list(&NO_SCHEMA)), json!([text]));
}

#[test]
fn an_untouched_answer_is_the_one_that_went_in_and_no_copy() {
    let answer = json!({ "channels": [{ "name": "general" }] });
    let before = answer["channels"][0]["name"].as_str().unwrap().as_ptr();
    let after = shaped(answer, &read_list(&NO_SCHEMA));
    assert_eq!(after["channels"][0]["name"].as_str().unwrap().as_ptr(), before);
}

#[test]
fn an_array_of_25_to_50_is_shown_by_its_first_25() {
    let wanted = |count: usize, truncated: bool| {
        json!({
            "data": numbers(25),
            "metadata": {
                "originalCount": count,
                "displayedCount": 25,
                "truncated": truncated,
                "paginationHint": format!("Showing first 25 of {count} items."),
            },
        })
    };
    assert_eq!(shaped(numbers(25), &read_list(&NO_SCHEMA)), wanted(25, false));
    assert_eq!(shaped(numbers(45), &read_list(&NO_SCHEMA)), wanted(45, true));
    assert_eq!(shaped(numbers(50), &read_list(&NO_SCHEMA)), wanted(50, true));
}

#[test]
fn the_list_of_an_object_is_its_largest_array_and_nothing_beside_it_is_lost() {
    let answer = json!({ "ok": true, "bots": numbers(26), "users": numbers(30), "total": 30 });
    let wanted = json!({
        "data": numbers(25),
        "metadata": {
            "originalCount": 30,
            "displayedCount": 25,
            "truncated": true,
            "list": "/users",
            "paginationHint": "Showing first 25 of 30 items.",
            "cuts": [{ "path": "/rest/bots", "cut": "array", "originalCount": 26, "displayedCount": 25 }],
        },
        "rest": { "ok": true, "bots": numbers(25), "total": 30 },
    });
    assert_eq!(shaped(answer, &read_list(&NO_SCHEMA)), wanted);
}

#[test]
fn a_list_of_more_than_50_asks_to_be_refined_in_the_actions_own_parameters() {
    let schema = json!({ "type": "object", "properties": {
        "cursor": { "type": "string", "description": "Where to go on. As the last answer said." },
        "types": { "type": "string", "enum": ["public", "private"] },
        "oldest": { "type": "string", "description": "Only after this time" },
        "query": { "type": "string", "description": format!("Find by text {}", "é".repeat(200)) },
        "limit": { "type": "integer", "minimum": 1, "maximum": 10 },
        "team_id": { "type": "string" },
        "sort": { "enum": ["up", "down"] },
    }});
    let answer = json!({ "ok": true, "members": numbers(51) });
    let shaped = shaped(answer, &read_list(&schema));
    assert_eq!(shaped["needsRefinement"], true);
    assert_eq!(shaped["samples"], json!([0, 1]));
    assert_eq!(
        shaped["message"],
        "`users_list` of `slack` answered with 51 items, which is too many to show. Below are 2 of them as samples."
    );
    let suggestions: Vec<&str> = shaped["suggestions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s.as_str().unwrap())
        .collect();
    assert_eq!(suggestions[0], "Set `limit` to 10 for shorter pages.");
    assert!(
        suggestions[1].starts_with("Narrow the list with `query`: Find by text éé")
            && suggestions[1].ends_with("é…")
    );
    assert_eq!(suggestions[2], "Choose a `types`: `public`, `private`.");
    assert_eq!(
        suggestions[3],
        "Narrow the time with `oldest`: Only after this time."
    );
    assert_eq!(
        suggestions[4],
        "Go through shorter pages with `cursor`: Where to go on."
    );
    assert_eq!(suggestions.len(), 5);
    assert_eq!(
        shaped["searchInstructions"],
        "To find particular items, set `query`."
    );
    assert!(
        shaped["guidance"]
            .as_str()
            .unwrap()
            .starts_with("Run `users_list` again")
    );
    let wanted = json!({ "originalCount": 51, "displayedCount": 2, "truncated": true, "list": "/members", "omitted": ["ok"] });
    assert_eq!(shaped["metadata"], wanted);
}

#[test]
fn an_action_without_a_parameter_that_helps_points_elsewhere() {
    let shaped = shaped(numbers(51), &read_list(&NO_SCHEMA));
    assert_eq!(shaped["suggestions"].as_array().unwrap().len(), 1);
    for field in ["suggestions", "searchInstructions"] {
        assert!(
            shaped[field].to_string().contains("discover_action_path_alloy"),
            "{field}"
        );
    }
    assert!(shaped["guidance"].as_str().unwrap().contains("no parameter"));
}

#[test]
fn a_write_keeps_its_shape_and_is_never_asked_to_refine() {
    let answer = json!({ "id": 7, "members": numbers(200) });
    let wanted = json!({
        "id": 7,
        "members": numbers(25),
        "metadata": {
            "truncated": true,
            "cuts": [{ "path": "/members", "cut": "array", "originalCount": 200, "displayedCount": 25 }],
        },
    });
    assert_eq!(shaped(answer.clone(), &write(&NO_SCHEMA)), wanted);
    // Nor is a read that returns one object.
    let get = Facts {
        is_list: false,
        ..read_list(&NO_SCHEMA)
    };
    assert_eq!(shaped(answer, &get), wanted);
    // Even where the action is said to return a list.
    let listing_write = Facts {
        is_list: true,
        ..write(&NO_SCHEMA)
    };
    let array = shaped(numbers(60), &listing_write);
    assert_eq!(
        (&array["data"], &array["metadata"]["originalCount"]),
        (&numbers(25), &json!(60))
    );
    assert_eq!(array["metadata"]["cuts"][0]["path"], "/data");
}

#[test]
fn an_array_that_a_read_answers_is_a_list_whatever_the_action_says() {
    let get = Facts {
        is_list: false,
        ..read_list(&NO_SCHEMA)
    };
    assert_eq!(shaped(numbers(51), &get)["needsRefinement"], true);
}

#[test]
fn an_object_with_a_metadata_of_its_own_keeps_it() {
    let answer = json!({ "metadata": { "theirs": 1 }, "tags": numbers(30) });
    let shaped = shaped(answer, &write(&NO_SCHEMA));
    assert_eq!(
        shaped["data"],
        json!({ "metadata": { "theirs": 1 }, "tags": numbers(25) })
    );
    assert_eq!(shaped["metadata"]["cuts"][0]["path"], "/data/tags");
}

#[test]
fn the_cursor_is_carried_whatever_the_size() {
    let facts = Facts {
        next_cursor: Some("c2"),
        ..read_list(&NO_SCHEMA)
    };
    let few = shaped(numbers(2), &facts);
    let wanted = json!({
        "data": [0, 1],
        "metadata": {
            "originalCount": 2,
            "displayedCount": 2,
            "truncated": false,
            "paginationHint": "Showing first 2 of 2 items.",
            "nextCursor": "c2",
        },
    });
    assert_eq!(few, wanted);
    let object = shaped(json!({ "users": [1] }), &facts);
    assert_eq!(
        object,
        json!({ "users": [1], "metadata": { "truncated": false, "nextCursor": "c2" } })
    );
    let some = shaped(numbers(30), &facts);
    assert_eq!(some["metadata"]["nextCursor"], "c2");
    assert!(
        some["metadata"]["paginationHint"]
            .as_str()
            .unwrap()
            .contains("those between")
    );
    assert_eq!(shaped(numbers(60), &facts)["metadata"]["nextCursor"], "c2");
}

#[test]
fn a_long_string_is_cut_between_characters_with_an_ellipsis() {
    for text in [
        "x".repeat(5_121),
        "é".repeat(4_000),
        "😀".repeat(2_000),
        format!("a{}", "é".repeat(4_000)),
    ] {
        let shaped = shaped(json!({ "text": text }), &write(&NO_SCHEMA));
        let cut = shaped["text"].as_str().unwrap();
        assert!(
            cut.ends_with('…') && cut.len() <= 5_120 && cut.len() > 5_110,
            "{}",
            cut.len()
        );
        assert!(text.starts_with(cut.trim_end_matches('…')));
        let wanted = json!([{ "path": "/text", "cut": "string", "originalBytes": text.len(), "displayedBytes": cut.len() }]);
        assert_eq!(shaped["metadata"]["cuts"], wanted);
    }
    let alone = shaped("y".repeat(6_000).into(), &write(&NO_SCHEMA));
    assert!(alone["data"].as_str().unwrap().ends_with('…'));
    assert_eq!(alone["metadata"]["cuts"][0]["path"], "/data");
}

#[test]
fn what_is_nested_too_deep_is_named_and_counted() {
    let shaped = shaped(nested(11), &write(&NO_SCHEMA));
    let place = "/in".repeat(10);
    assert_eq!(
        shaped.pointer(&place).unwrap(),
        "… (1 fields, nested deeper than 10 levels)"
    );
    let wanted = json!([{ "path": place, "cut": "nesting", "originalCount": 1, "displayedCount": 0 }]);
    assert_eq!(shaped["metadata"]["cuts"], wanted);
    // Levels are counted in the platform's answer, wherever its parts come to stand.
    let items: Value = (0..30).map(|_| nested(8)).collect();
    let list = json!({ "items": items });
    assert!(
        shape(list, &Shaping::default(), &read_list(&NO_SCHEMA))["metadata"]
            .get("cuts")
            .is_none()
    );
}

#[test]
fn cuts_that_differ_in_their_index_alone_are_told_together() {
    let long = "x".repeat(6_000);
    let items: Value = (0..20)
        .map(|_| json!({ "a/b": long, "tags": numbers(30) }))
        .collect();
    let shaped = shaped(items, &read_list(&NO_SCHEMA));
    let wanted = json!([
        { "path": "/data/*/a~1b", "cut": "string", "occurrences": 20, "originalBytes": 120_000, "displayedBytes": 102_400 },
        { "path": "/data/*/tags", "cut": "array", "occurrences": 20, "originalCount": 600, "displayedCount": 500 },
    ]);
    assert_eq!(shaped["metadata"]["cuts"], wanted);
}

#[test]
fn the_account_of_the_cuts_is_bounded_and_counts_the_rest() {
    let long = "x".repeat(6_000);
    let answer: serde_json::Map<String, Value> =
        (0..100).map(|n| (format!("f{n}"), long.clone().into())).collect();
    let shaped = shaped(answer.into(), &write(&NO_SCHEMA));
    assert_eq!(shaped["metadata"]["cuts"].as_array().unwrap().len(), 40);
    assert_eq!(shaped["metadata"]["moreCuts"], 60);
}

#[test]
fn thresholds_are_configuration() {
    let how = Shaping {
        shown: 2,
        refine_over: 3,
        samples: 1,
        string_bytes: 8,
        levels: 2,
    };
    let facts = read_list(&NO_SCHEMA);
    assert_eq!(shape(numbers(1), &how, &facts), numbers(1));
    assert_eq!(shape(numbers(3), &how, &facts)["data"], numbers(2));
    assert_eq!(shape(numbers(4), &how, &facts)["samples"], numbers(1));
    assert_eq!(
        shape(json!(["123456789"]), &how, &facts)["data"],
        json!(["12345…"])
    );
    assert_eq!(
        shape(json!([[[1]]]), &how, &facts)["data"],
        json!([["… (1 items, nested deeper than 2 levels)"]])
    );
}
