//! What callers are told of an action, and of wrong arguments.

use crate::support::{action, head, load, object, with_action};
use serde_json::{Value, json};
use solder_connector::Connector;

const PARAMS: &str = "sample = { channel = \"C1\", text = \"Hi\" }\npaging = { kind = \"cursor\", next = \"/n\", send = \"c\" }\n\
                      [action.params]\nchannel = { line = \"string! | Channel\", options = \"list\", in = \"query\" }\ntext = \"string! 1..20 | Text\"\n\
                      limit = \"integer 1..200 = 100 | How many\"\norder = \"asc/desc | Order\"\ndry = \"boolean | Try\"\n\
                      tags = \"string[] ..2 | Tags\"\nat = { line = \"datetime | When\", in = \"header\", as = \"X-At\" }\n\
                      code = { line = \"string | Code\", pattern = \"^[A-Z]{2}$\" }\n\
                      shape = { schema = { type = \"object\", description = \"Shape\", required = [\"w\"], properties = { w = { type = \"number\" } } } }";

fn messy() -> Connector {
    let list = action("GET /list", "").replace("name = \"act\"", "name = \"list\"");
    load(&(head("") + &action("POST /x", PARAMS) + &list))
}

fn told(arguments: Value) -> Vec<String> {
    let connector = messy();
    let faults = connector
        .action("act")
        .unwrap()
        .validate(&object(arguments))
        .err()
        .unwrap_or_default();
    faults
        .into_iter()
        .map(|fault| format!("{}: {}", fault.field, fault.message))
        .collect()
}

#[test]
fn every_fault_of_the_arguments_is_told_at_once() {
    assert_eq!(
        told(json!({
            "chanel": "C1", "text": "", "limit": "50", "order": "up", "dry": "yes", "tags": ["a", 1, "c"],
            "at": "tomorrow", "code": "de", "shape": {"w": "1"}, "zzz": 1, "cursor": ""
        })),
        [
            "channel: is missing: Channel (`list` lists the choices)",
            "text: must not be empty",
            "limit: must be an integer, not the string \"50\"; write 50 without quotes",
            "order: `up` is none of `asc`, `desc`",
            "dry: must be true or false, not the string \"yes\"",
            "tags: must have 2 items at most",
            "tags[1]: must be a string, not 1; write \"1\", with quotes",
            "at: must be a moment in RFC 3339, such as `2026-01-31T12:00:00Z`",
            "code: must match the pattern `^[A-Z]{2}$`",
            "shape.w: must be a number, not the string \"1\"; write 1 without quotes",
            "cursor: must not be empty",
            "chanel: there is no such parameter; the nearest known: `channel`",
            "zzz: there is no such parameter; known are `channel`, `text`, `limit`, `order`, `dry`, `tags`, `at`, `code`, `shape`, `cursor`",
        ]
    );
    assert_eq!(
        told(json!({"channel": "C1", "text": "Hi", "limit": 1, "order": "asc", "shape": {"w": 1.5}})),
        [""; 0]
    );
    assert_eq!(
        told(json!({"channel": "C1", "text": "Hi", "limit": null})),
        ["limit: must be an integer, not null; leave it out instead"]
    );
    assert_eq!(
        told(json!({"channel": "C1", "text": "Hi", "limit": 1.5})),
        ["limit: must be an integer, not 1.5"]
    );
}

#[test]
fn an_action_without_parameters_takes_none() {
    let connector = with_action("POST /x", "");
    let faults = connector
        .action("act")
        .unwrap()
        .validate(&object(json!({"a": 1})))
        .unwrap_err();
    assert_eq!(faults[0].message, "there is no such parameter: none is taken");
}

#[test]
fn the_schema_and_the_details_are_what_callers_are_promised() {
    let connector = messy();
    let action = connector.action("act").unwrap();
    insta::assert_json_snapshot!("input_schema", action.input_schema);
    insta::assert_json_snapshot!("details", action.details());
    assert_eq!(action.sample, json!({"channel": "C1", "text": "Hi"}));
    let properties: Vec<_> = action.input_schema["properties"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(
        properties,
        [
            "channel", "text", "limit", "order", "dry", "tags", "at", "code", "shape", "cursor"
        ]
    );
    jsonschema_accepts(&action.input_schema, &action.sample);
}

fn jsonschema_accepts(schema: &Value, value: &Value) {
    assert!(jsonschema::draft202012::new(schema).unwrap().is_valid(value));
}

#[test]
fn what_is_validated_is_what_the_schema_says() {
    let connector = messy();
    let action = connector.action("act").unwrap();
    let whole = jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(&action.input_schema)
        .unwrap();
    for arguments in [
        json!({}),
        json!({"channel": "a", "text": "b"}),
        json!({"channel": 1, "text": "b"}),
        json!({"channel": "a", "text": "b", "x": 1}),
        json!({"channel": "a", "text": "b", "limit": 200}),
        json!({"channel": "a", "text": "b", "limit": 201}),
        json!({"channel": "a", "text": "b", "limit": 2.0}),
        json!({"channel": "a", "text": "b", "tags": []}),
        json!({"channel": "a", "text": "b", "at": "2026-01-31T12:00:00Z"}),
        json!({"channel": "a", "text": "b", "at": "2026"}),
        json!({"channel": "a", "text": "b", "code": "ABC"}),
        json!({"channel": "a", "text": "b", "shape": {}}),
        json!({"channel": "a", "text": "b", "cursor": "c"}),
        json!({"channel": "a", "text": "b".repeat(21)}),
    ] {
        let ours = action.validate(&object(arguments.clone())).is_ok();
        assert_eq!(ours, whole.is_valid(&arguments), "{arguments}");
    }
}

#[test]
fn a_made_sample_holds_the_required_parameters() {
    let connector = with_action(
        "POST /x",
        "[action.params]\nid = { line = \"string! | Id\", pattern = \"^[0-9]+$\", sample = \"42\" }\nsize = \"integer! 5.. | Size\"\n\
         names = \"string[]! | Names\"\nday = \"date! | Day\"\nmode = \"a/b! | Mode\"\nmore = \"string | More\"",
    );
    let action = connector.action("act").unwrap();
    assert_eq!(
        action.sample,
        json!({"id": "42", "size": 5, "names": ["names"], "day": "2026-01-31", "mode": "a"})
    );
    assert_eq!(action.validate(action.sample.as_object().unwrap()), Ok(()));
}

#[test]
fn what_a_listing_needs_stands_ready() {
    let text = head("docs = \"https://docs.example\"\nsynonyms = [\"thing\"]\ntimeout = \"45s\"")
        + &action(
            "GET /x",
            "timeout = \"5s\"\ncache = \"5m\"\nrate = \"1/s\"\ndeprecated = \"Use another.\"\nsynonyms = [\"look\"]",
        );
    let connector = load(&text);
    assert_eq!(
        (
            connector.id.as_str(),
            connector.name.as_str(),
            connector.categories.as_slice()
        ),
        ("sample", "Sample", ["test".to_owned()].as_slice())
    );
    assert_eq!(
        (
            connector.resources[0].id.as_str(),
            connector.resources[0].name.as_str(),
            connector.resources[0].about.as_str()
        ),
        ("things", "Things", "What there is")
    );
    assert_eq!(
        connector
            .actions_of("things")
            .map(|action| action.id.as_str())
            .collect::<Vec<_>>(),
        ["act"]
    );
    let action = connector.action("act").unwrap();
    assert_eq!(
        (
            action.timeout.map(|time| time.as_secs()),
            action.cache.map(|time| time.as_secs()),
            action.rate.map(|rate| rate.to_string())
        ),
        (Some(5), Some(300), Some("1/1s".to_owned()))
    );
    assert_eq!(connector.timeout.map(|time| time.as_secs()), Some(45));
    assert!(connector.action("Act").is_none(), "ids are case-sensitive");
}
