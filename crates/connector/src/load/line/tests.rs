//! Lines and what they stand for.

use super::parse;
use proptest::prelude::*;
use serde_json::{Value, json};

#[test]
fn a_line_is_shorthand_for_a_schema() {
    for (line, required, default, schema) in [
        (
            "string! ..40000 | Text",
            true,
            None,
            json!({"type": "string", "maxLength": 40000}),
        ),
        (
            "integer 1..200 = 100 | Size",
            false,
            Some(json!(100)),
            json!({"type": "integer", "minimum": 1, "maximum": 200}),
        ),
        (
            "number -1.5.. | x",
            false,
            None,
            json!({"type": "number", "minimum": -1.5}),
        ),
        (
            "boolean=true|x",
            false,
            Some(json!(true)),
            json!({"type": "boolean"}),
        ),
        (
            "date | x",
            false,
            None,
            json!({"type": "string", "format": "date"}),
        ),
        (
            "datetime! | x",
            true,
            None,
            json!({"type": "string", "format": "date-time"}),
        ),
        (
            "object[] 1.. | x",
            false,
            None,
            json!({"type": "array", "items": {"type": "object"}, "minItems": 1}),
        ),
        (
            "asc/desc = asc | x",
            false,
            Some(json!("asc")),
            json!({"type": "string", "enum": ["asc", "desc"]}),
        ),
        (
            "+1/-1[]! | x",
            true,
            None,
            json!({"type": "array", "items": {"type": "string", "enum": ["+1", "-1"]}}),
        ),
        (
            "string[] = [\"a\"] | x",
            false,
            Some(json!(["a"])),
            json!({"type": "array", "items": {"type": "string"}}),
        ),
        ("any! | a | b", true, None, json!({})),
        (
            "string = a,b = c | x",
            false,
            Some(json!("a,b = c")),
            json!({"type": "string"}),
        ),
    ] {
        let read = parse(line).unwrap();
        assert_eq!(
            (read.required, read.default, Value::Object(read.schema)),
            (required, default, schema),
            "{line}"
        );
    }
    assert_eq!(parse("any! | a | b").unwrap().about, "a | b");
}

#[test]
fn a_bad_line_is_refused_with_a_sentence() {
    let told: Vec<_> = [
        "string",
        "string |",
        "| x",
        "text | x",
        "a | x",
        "a//b | x",
        "a/b/a | x",
        "string 1 | x",
        "string .. | x",
        "string -1..2 | x",
        "integer 1.5.. | x",
        "integer 5..1 | x",
        "boolean 1..2 | x",
        "string! = a | x",
        "string 1..2 3 | x",
        "integer = x | x",
        "string = | x",
        "file = a | x",
        "integer 1..5 = 9 | x",
        "integer = 1.5 | x",
        "string ..2 = abc | x",
        "a/b = c | x",
        "boolean = 1 | x",
        "object = [] | x",
        "a b/c | x",
    ]
    .iter()
    .map(|line| format!("{line:?}: {}", parse(line).unwrap_err()))
    .collect();
    insta::assert_snapshot!(told.join("\n"));
}

proptest! {
    #[test]
    fn any_line_is_read_or_refused(line in "[a-z!\\[\\]0-9.=|/ ]{0,24}") {
        if let Ok(read) = parse(&line) {
            prop_assert!(!read.about.is_empty());
            prop_assert!(!(read.required && read.default.is_some()));
        }
    }
}
