//! Actions with a fixed document against small schemas, and against one told by introspection.

use super::{ApiDescription, file, spec_check};
use crate::parse;
use serde_json::{Value, json};

const SCHEMA: &str = r#"
schema { query: Root mutation: Changes }
directive @unknown on FIELD_DEFINITION
scalar DateTime
scalar Anything
enum Order { NEWEST OLDEST }
input Label { name: String! color: String inside: Label }
input Draft { title: String! priority: Int = 3 due: DateTime labels: [Label!] order: Order more: Anything }
interface Node { id: ID! }
type Issue implements Node { id: ID! title: String! old: String @deprecated(reason: "Ask for title") }
type Made { ok: Boolean! issue: Issue }
type Root { issues(first: Int!, after: String, order: Order): [Issue!]! node(id: ID!): Node }
type Changes { issueCreate(input: Draft!, silent: Boolean): Made! @unknown }
"#;

const GOOD: &str = r#"
call = "POST /graphql"
op = "issueCreate"
body = "graphql"
graphql = "mutation M($input: Draft!, $silent: Boolean, $n: Int! = 2) { issueCreate(input: $input, silent: $silent) { ok issue { id title } } }"
[action.params]
title = { line = "string! | Title", as = "/input/title" }
priority = { line = "integer | Priority", as = "/input/priority" }
due = { line = "datetime | Due", as = "/input/due" }
order = { line = "NEWEST/OLDEST | Order", as = "/input/order" }
labels = { as = "/input/labels", schema = { description = "Labels", type = "array", items = { type = "object", required = ["name"], properties = { name = { type = "string" } } } } }
more = { line = "any | More", as = "/input/more" }
silent = "boolean | Silent"
"#;

fn good() -> String {
    // A variable that is declared is used.
    GOOD.replace(", $n: Int! = 2", "")
}

fn told(action: &str, schema: &ApiDescription) -> Vec<(String, String)> {
    let connector = parse("sample.toml", &file(action)).unwrap();
    let report = spec_check(&connector, std::slice::from_ref(schema));
    assert_eq!(report.checked, 1);
    report
        .open()
        .map(|one| (one.key.clone(), one.what.clone()))
        .collect()
}

fn sdl() -> ApiDescription {
    ApiDescription::read(SCHEMA.as_bytes()).unwrap()
}

#[test]
fn a_document_that_fits_its_schema_has_no_difference() {
    assert_eq!(told(&good(), &sdl()), []);
}

#[test]
fn each_mistake_of_a_document_is_told_under_its_key() {
    for (from, to, wanted, says) in [
        ("ok issue", "ok isue", "document", "isue"),
        ("input: $input, ", "", "document", "input"),
        ("silent: $silent)", "loud: $silent)", "document", "loud"),
        ("$silent: Boolean", "$silent: Boolean, $n: Int", "document", "n"),
        ("$silent: Boolean", "$silent: Int", "document", "silent"),
        (
            "{ id title }",
            "{ id old }",
            "deprecated.Issue.old",
            "Ask for title",
        ),
        ("issue { id title }", "issue", "document", "issue"),
        ("mutation M", "query M", "document", "issueCreate"),
        ("op = \"issueCreate\"", "", "id", "issueCreate"),
        ("string! | Title", "string | Title", "required.input", "input"),
        (
            "string! | Title",
            "integer! | Title",
            "type.input.title",
            "string",
        ),
        ("/input/priority", "/input/prio", "unknown.input.prio", "prio"),
        (
            "integer | Priority",
            "string | Priority",
            "type.input.priority",
            "integer",
        ),
        (
            "integer | Priority",
            "number | Priority",
            "type.input.priority",
            "integer",
        ),
        ("NEWEST/OLDEST", "NEWEST/BEST", "enum.input.order", "BEST"),
        (
            "required = [\"name\"], ",
            "",
            "required.input.labels.name",
            "name",
        ),
        (
            "properties = { name",
            "properties = { colour = {}, name",
            "unknown.input.labels.colour",
            "colour",
        ),
        ("boolean | Silent", "string | Silent", "type.silent", "boolean"),
        ("silent = \"boolean", "loud = \"boolean", "unknown.loud", "loud"),
    ] {
        let changed = good().replace(from, to);
        assert_ne!(changed, good(), "{from} is not there");
        let found = told(&changed, &sdl());
        assert!(
            found
                .iter()
                .any(|(key, what)| key == wanted && what.contains(says)),
            "{from} -> {to}: wanted {wanted}, found {found:?}"
        );
    }
}

#[test]
fn variables_need_a_value_unless_they_have_a_default() {
    let action = |first: &str, param: &str| {
        format!(
            "call = \"POST /graphql\"\nbody = \"graphql\"\nop = \"issues\"\n\
             graphql = \"query($first: {first}, $order: Order) {{ issues(first: $first, order: $order) {{ id }} }}\"\n\
             [action.params]\n{param}order = \"NEWEST/OLDEST | Order\"\n"
        )
    };
    let keys = |first: &str, param: &str| {
        told(&action(first, param), &sdl())
            .into_iter()
            .map(|(key, _)| key)
            .collect::<Vec<_>>()
    };
    assert_eq!(keys("Int!", "first = \"integer! | How many\"\n"), [] as [&str; 0]);
    assert_eq!(
        keys("Int!", "first = \"integer = 20 | How many\"\n"),
        [] as [&str; 0]
    );
    assert_eq!(keys("Int!", ""), ["required.first"]);
    assert_eq!(keys("Int! = 5", ""), [] as [&str; 0]);
    assert_eq!(keys("Int", ""), ["document"]);
}

#[test]
fn an_action_without_a_document_is_not_compared_with_a_schema() {
    let connector = parse("sample.toml", &file("call = \"POST /graphql\"\n")).unwrap();
    let report = spec_check(&connector, &[sdl()]);
    assert_eq!((report.checked, report.open().count()), (0, 1));
}

/// The same schema as its platform would answer to an introspection query.
fn introspected() -> Value {
    let named = |kind: &str, name: &str| json!({"kind": kind, "name": name, "ofType": null});
    let must = |inner: Value| json!({"kind": "NON_NULL", "name": null, "ofType": inner});
    let many = |inner: Value| json!({"kind": "LIST", "name": null, "ofType": inner});
    let field = |name: &str, kind: &Value, args: Value| json!({"name": name, "type": kind, "args": args, "isDeprecated": false});
    let text = named("SCALAR", "String");
    let draft = named("INPUT_OBJECT", "Draft");
    json!({"data": {"__schema": {
    "directives": [{"name": "skip", "locations": ["FIELD"]},
            {"name": "once", "locations": ["FIELD", "FRAGMENT_SPREAD"], "args": [{"name": "key", "type": must(text.clone())}]}],
        "queryType": {"name": "Root"}, "mutationType": {"name": "Changes"}, "subscriptionType": null,
    "types": [
        {"kind": "SCALAR", "name": "String"}, {"kind": "OBJECT", "name": "__Type", "fields": []},
        {"kind": "SCALAR", "name": "DateTime"}, {"kind": "SCALAR", "name": "Anything"},
        {"kind": "ENUM", "name": "Order", "enumValues": [{"name": "NEWEST"}, {"name": "OLDEST"}]},
        {"kind": "INPUT_OBJECT", "name": "Label", "inputFields": [field("name", &must(text.clone()), json!([]))]},
        {"kind": "INPUT_OBJECT", "name": "Draft", "inputFields": [
            {"name": "title", "type": must(text.clone())}, {"name": "priority", "type": named("SCALAR", "Int"), "defaultValue": "3"},
            {"name": "due", "type": named("SCALAR", "DateTime")}, {"name": "order", "type": named("ENUM", "Order")},
            {"name": "labels", "type": many(must(named("INPUT_OBJECT", "Label")))}, {"name": "more", "type": named("SCALAR", "Anything")}]},
        {"kind": "INTERFACE", "name": "Node", "fields": [field("id", &must(named("SCALAR", "ID")), json!([]))], "possibleTypes": [{"name": "Issue"}]},
        {"kind": "UNION", "name": "Any", "possibleTypes": [{"name": "Issue"}, {"name": "Made"}]},
        {"kind": "OBJECT", "name": "Issue", "interfaces": [{"name": "Node"}], "fields": [
            field("id", &must(named("SCALAR", "ID")), json!([])), field("title", &must(text.clone()), json!([])),
            {"name": "old", "type": text, "args": [], "isDeprecated": true, "deprecationReason": "Ask for \"title\"\nnow"}]},
        {"kind": "OBJECT", "name": "Made", "fields": [
            field("ok", &must(named("SCALAR", "Boolean")), json!([])), field("issue", &named("OBJECT", "Issue"), json!([]))]},
        {"kind": "OBJECT", "name": "Root", "fields": [field("node", &named("INTERFACE", "Node"), json!([]))]},
        {"kind": "OBJECT", "name": "Changes", "fields": [field("issueCreate", &named("OBJECT", "Made"), json!([
            {"name": "input", "type": must(draft)}, {"name": "silent", "type": named("SCALAR", "Boolean")}]))]},
    ]}}})
}

#[test]
fn an_introspected_schema_is_the_same_schema() {
    let schema = ApiDescription::from_json(introspected()).unwrap();
    assert_eq!(told(&good(), &schema), []);
    let marked = good().replace("silent: $silent)", "silent: $silent) @once(key: \\\"a\\\")");
    assert_eq!(told(&marked, &schema), []);
    assert_eq!(told(&marked.replace("key:", "kee:"), &schema)[0].0, "document");
    let old = told(&good().replace("{ id title }", "{ id old }"), &schema);
    let [(key, what)] = old.as_slice() else {
        panic!("{old:?}")
    };
    assert!(
        key == "deprecated.Issue.old" && what.contains("Ask for \"title\"\nnow"),
        "{what}"
    );
    assert_eq!(
        told(&good().replace("ok issue", "ok isue"), &schema)[0].0,
        "document"
    );
}

/// Reads the schemas of `SPECS_DIR`, the vendors' own.
#[test]
fn the_vendors_schemas_can_be_read() {
    let Some(folder) = std::env::var_os("SPECS_DIR") else {
        assert_ne!(
            std::env::var_os("CI").as_deref(),
            Some("true".as_ref()),
            "SPECS_DIR must be set here"
        );
        return println!("SPECS_DIR is not set, so no vendor's schema was read");
    };
    for name in [
        "linear/schema.graphql.gz",
        "monday/schema.graphql.gz",
        "shopify/admin_2026-10.introspection.json.gz",
    ] {
        let bytes = std::fs::read(std::path::Path::new(&folder).join(name)).unwrap();
        ApiDescription::read(&bytes).unwrap_or_else(|error| panic!("{name} {error}"));
    }
}
