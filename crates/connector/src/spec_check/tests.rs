//! Connector files against small descriptions, and the built-in ones against the vendors' own.

use super::{ApiDescription, SpecReport, spec_check};
use crate::{built_in, parse};
use serde_json::{Value, json};
use std::io::Write as _;

mod graphql;

fn file(action: &str) -> String {
    format!(
        "id = \"sample\"\nname = \"Sample\"\nabout = \"A sample\"\ncategories = [\"test\"]\nbase = \"https://example.com/api\"\n\
         [resources]\nthings = \"Things\"\n[[action]]\nname = \"make\"\ntitle = \"Make\"\nabout = \"Makes\"\n\
         resource = \"things\"\nkind = \"write\"\n{action}"
    )
}

fn report(action: &str, spec: &Value) -> SpecReport {
    let connector = parse("sample.toml", &file(action)).unwrap();
    spec_check(&connector, &[ApiDescription::from_json(spec.clone()).unwrap()])
}

fn keys(action: &str, spec: &Value) -> Vec<String> {
    report(action, spec)
        .open()
        .map(|difference| difference.key.clone())
        .collect()
}

fn spec() -> Value {
    json!({"openapi": "3.0.3", "servers": [{"url": "https://example.com/api"}], "paths": {
        "/things/{thingId}": {
            "parameters": [{"name": "thingId", "in": "path", "required": true, "schema": {"type": "string"}}],
            "post": {
                "operationId": "make",
                "security": [{"oauth": ["things:write"]}],
                "parameters": [
                    {"name": "X-Version", "in": "header", "required": true, "schema": {"type": "string"}},
                    {"name": "order", "in": "query", "schema": {"type": "string", "enum": ["asc", "desc"]}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}},
        "/old": {"post": {"operationId": "old", "deprecated": true}}},
        "components": {"schemas": {"Thing": {"type": "object", "required": ["parent", "name"], "properties": {
            "id": {"type": "string", "readOnly": true},
            "name": {"type": "string"},
            "flag": {"type": "boolean"},
            "size": {"type": "integer", "nullable": true},
            "tags": {"type": "array", "items": {"type": "string"}},
            "meta": {"type": "object", "additionalProperties": true},
            "parent": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}}}}}})
}

const GOOD: &str = r#"
call = "POST /things/{id}"
headers = { X-Version = "3" }
scopes = ["things:write"]
const = { flag = true }
[action.params]
id = "string! | Which"
name = "string! | Name"
parent_id = { line = "string! | Parent", as = "/parent/id" }
size = "integer | Size"
tags = "string[] | Tags"
meta = { schema = { type = "object", description = "More", properties = { any = { type = "string" } } } }
order = { line = "asc/desc | Order", in = "query" }
"#;

#[test]
fn an_action_that_agrees_has_no_difference() {
    let report = report(GOOD, &spec());
    assert_eq!(
        (report.checked, report.differences.as_slice()),
        (1, [].as_slice())
    );
}

#[test]
fn each_mistake_is_told_under_its_key() {
    for (from, to, wanted) in [
        ("POST /things/{id}", "PUT /things/{id}", "method"),
        ("POST /things/{id}", "POST /thing/{id}", "path"),
        ("headers = { X-Version = \"3\" }", "", "required.X-Version"),
        ("[\"things:write\"]", "[\"things:read\"]", "scope.things:read"),
        (
            "name = \"string! | Name\"",
            "name = \"string | Name\"",
            "required.name",
        ),
        (
            "name = \"string! | Name\"",
            "name = \"integer! | Name\"",
            "type.name",
        ),
        (
            "name = \"string! | Name\"",
            "name = \"string! | Name\"\nnome = \"string | Name\"",
            "unknown.nome",
        ),
        ("string! | Parent", "string | Parent", "required.parent"),
        ("/parent/id", "/parent/key", "unknown.parent.key"),
        ("string[] | Tags", "integer[] | Tags", "type.tags"),
        ("asc/desc | Order", "asc/down | Order", "enum.order"),
        (", in = \"query\"", "", "in.order"),
        ("flag = true", "color = 1", "unknown.color"),
        ("flag = true", "flag = \"on\"", "type.flag"),
    ] {
        let changed = GOOD.replace(from, to);
        assert_ne!(changed, GOOD, "{from} is not there");
        let found = keys(&changed, &spec());
        assert!(
            found.iter().any(|key| key == wanted),
            "{from} -> {to}: wanted {wanted}, found {found:?}"
        );
    }
}

#[test]
fn parameters_in_a_header_are_compared_with_what_the_description_says_of_it() {
    let argument = json!({"type": "object", "required": ["path", "mode"], "properties":
        {"path": {"type": "string"}, "mode": {"enum": ["add", "update"]}, "commit": {"type": "object", "properties": {"at": {"type": "string"}}}}});
    let spec = |header: Value| {
        json!({"openapi": "3.0.3", "servers": [{"url": "https://example.com/api"}], "paths": {"/upload": {"post": {
            "operationId": "make", "parameters": [header],
            "requestBody": {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}}}})
    };
    let told = |schema: &Value| {
        spec(
            json!({"name": "X-Arg", "in": "header", "required": true, "content": {"application/json": {"schema": schema}}}),
        )
    };
    let good = "call = \"POST /upload\"\njson_header = \"X-Arg\"\nbody = \"raw\"\nconst = { mode = \"add\" }\n[action.params]\n\
                path = \"string! | Path\"\nat = { line = \"string | At\", as = \"/commit/at\" }\nfile = { line = \"file! | File\", as = \".\" }\n";
    assert_eq!(keys(good, &told(&argument)), Vec::<String>::new());
    for (from, to, wanted) in [
        ("path = \"string!", "path = \"string", "required.path"),
        ("path = \"string!", "path = \"integer!", "type.path"),
        ("path = \"string!", "way = \"string!", "unknown.way"),
        ("/commit/at", "/commit/by", "unknown.commit.by"),
        ("\"add\"", "\"remove\"", "enum.mode"),
        (
            "json_header = \"X-Arg\"",
            "json_header = \"X-Other\"",
            "required.X-Arg",
        ),
    ] {
        let found = keys(&good.replace(from, to), &told(&argument));
        assert!(
            found.iter().any(|key| key == wanted),
            "{from} -> {to}: wanted {wanted}, found {found:?}"
        );
    }
    // A description that only says that it is text knows nothing of what is in it.
    let text = spec(json!({"name": "x-arg", "in": "header", "required": true, "schema": {"type": "string"}}));
    assert_eq!(keys(good, &text), Vec::<String>::new());
}

#[test]
fn what_is_the_same_on_the_wire_is_no_difference() {
    let mut spec = spec();
    spec["paths"]["/list/{owner}"]["get"] = json!({"operationId": "make", "parameters": [
        {"name": "owner", "in": "path", "required": true, "schema": {"type": "string"}},
        {"name": "all", "in": "query", "schema": {"type": "boolean"}},
        {"name": "most", "in": "query", "schema": {"type": "integer", "enum": [1, 2]}},
        {"name": "fields", "in": "query", "explode": false, "schema": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}},
        {"name": "more", "in": "query", "schema": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}},
        {"name": "made", "in": "query", "style": "deepObject", "schema": {"type": "object", "properties": {"gte": {"type": "integer"}}}}]});
    let action = "call = \"GET /list/{owner}\"\nquery = { all = \"true\", most = \"2\", more = \"a,b\" }\n[action.params]\n\
                  fields = \"a/b | Which\"\nsince = { line = \"integer | Since\", as = \"made[gte]\" }\nowner = \"string! | Whose\"\n";
    let keys = |action: &str| {
        let text = file(action).replace("kind = \"write\"", "kind = \"read\"");
        let report = spec_check(
            &parse("sample.toml", &text).unwrap(),
            &[ApiDescription::from_json(spec.clone()).unwrap()],
        );
        assert_eq!(report.checked, 1);
        report
            .differences
            .into_iter()
            .map(|one| one.key)
            .collect::<Vec<_>>()
    };
    assert_eq!(keys(action), [""; 0]);
    for (from, to, wanted) in [
        ("all = \"true\"", "all = \"yes\"", "type.all"),
        ("a,b", "a,c", "enum.more"),
        ("most = \"2\"", "most = \"3\"", "enum.most"),
        ("a/b | Which", "a/c | Which", "enum.fields"),
        ("made[gte]", "made[lte]", "unknown.made[lte]"),
        ("integer | Since", "boolean | Since", "type.made[gte]"),
    ] {
        assert_eq!(keys(&action.replace(from, to)), [wanted]);
    }
}

#[test]
fn an_operation_is_found_by_op_and_missed_where_there_is_none() {
    assert_eq!(
        keys("call = \"POST /elsewhere\"\nop = \"old\"\n", &spec()),
        ["path", "deprecated"]
    );
    assert_eq!(
        keys("call = \"POST /elsewhere\"\nop = \"none\"\n", &spec()),
        ["operation"]
    );
    assert_eq!(keys("call = \"POST /old\"\n", &spec()), ["id", "deprecated"]);
}

#[test]
fn an_accepted_difference_keeps_its_reason_and_a_stale_one_is_told() {
    let changed = GOOD.replace("integer | Size", "number | Size").replace(
        "scopes =",
        "allow = { \"type.size\" = \"It takes fractions\", \"type.name\" = \"Nothing\" }\nscopes =",
    );
    let report = report(&changed, &spec());
    let told: Vec<_> = report
        .differences
        .iter()
        .map(|one| (one.key.as_str(), one.allowed.as_deref()))
        .collect();
    assert_eq!(
        told,
        [("type.size", Some("It takes fractions")), ("type.name", None)]
    );
    assert_eq!(report.open().count(), 1);
}

#[test]
fn what_goes_as_text_agrees_with_text() {
    let spec = json!({"swagger": "2.0", "basePath": "/api", "paths": {"/make": {"get": {"operationId": "make", "parameters": [
        {"name": "count", "in": "query", "type": "string"}, {"name": "since", "in": "query", "type": "number"}]}}}});
    let form = "call = \"POST /make\"\nbody = \"form\"\n[action.params]\ncount = \"integer | Count\"\nsince = \"string | Since\"\n";
    assert_eq!(keys(form, &spec), ["method", "type.since"]);
    assert_eq!(
        keys(&form.replace("\"form\"", "\"json\""), &spec),
        ["method", "type.count", "type.since"]
    );
}

#[test]
fn a_description_of_another_kind_is_told() {
    for (text, wanted) in [
        (
            "{\"kind\": \"something\"}",
            "none of OpenAPI 3.x, Swagger 2.0, Google Discovery and GraphQL",
        ),
        ("{\"kind\": ", "is not JSON"),
        ("openapi: 3.0.0", "YAML"),
        ("type Query { a: }", "line 1"),
        (
            "{\"__schema\": {\"types\": [{\"kind\": \"OBJECT\", \"name\": \"A B\"}]}}",
            "with faults",
        ),
    ] {
        let told = ApiDescription::read(text.as_bytes()).unwrap_err();
        assert!(told.contains(wanted), "{text}: {told}");
    }
    assert!(
        ApiDescription::read(&[0x1f, 0x8b, 0, 0])
            .unwrap_err()
            .contains("unpacked")
    );
}

#[test]
fn a_packed_description_is_unpacked_and_an_endless_one_refused() {
    let packed = |bytes: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    };
    let read = ApiDescription::read(&packed(spec().to_string().as_bytes())).unwrap();
    let report = spec_check(&parse("sample.toml", &file(GOOD)).unwrap(), &[read]);
    assert_eq!((report.checked, report.open().count()), (1, 0));
    let refused = ApiDescription::read(&packed(&vec![b' '; 257 * 1024 * 1024])).unwrap_err();
    assert!(refused.contains("256 MiB"), "{refused}");
}

#[test]
fn an_action_is_compared_with_the_description_that_has_it() {
    let other = json!({"openapi": "3.1.0", "paths": {"/elsewhere": {"get": {"operationId": "elsewhere"}}}});
    let read = |spec: &Value| ApiDescription::from_json(spec.clone()).unwrap();
    let connector = parse("sample.toml", &file(GOOD)).unwrap();
    let report = spec_check(&connector, &[read(&other), read(&spec())]);
    assert_eq!(
        (report.checked, report.differences.as_slice()),
        (1, [].as_slice())
    );
    assert_eq!(spec_check(&connector, &[read(&other)]).checked, 0);
}

fn discovery() -> Value {
    json!({"kind": "discovery#restDescription", "rootUrl": "https://example.com/", "servicePath": "api/v1/",
        "parameters": {"fields": {"type": "string", "location": "query"}},
        "resources": {"things": {"resources": {"inner": {"methods": {
            "insert": {"id": "x.things.insert", "httpMethod": "POST", "path": "{+parent}/things", "flatPath": "shops/{shopsId}/things",
                "supportsMediaUpload": true, "mediaUpload": {"protocols": {"simple": {"path": "/upload/api/v1/{+parent}/things"}}},
                "parameters": {"parent": {"type": "string", "location": "path", "required": true},
                    "labels": {"type": "string", "repeated": true, "enum": ["A", "B"], "location": "query"}},
                "request": {"$ref": "Thing"}, "scopes": ["https://auth/things", "https://auth/all"]}}}}}},
        "schemas": {"Thing": {"type": "object", "properties": {
            "name": {"type": "string", "annotations": {"required": ["x.things.insert"]}},
            "note": {"type": "string", "annotations": {"required": ["x.things.update"]}},
            "size": {"type": "integer", "format": "int32"}, "free": {"type": "any"}, "inside": {"$ref": "Thing"}}}}})
}

const OF_DISCOVERY: &str = r#"
call = "POST /v1/{+parent}/things"
op = "x.things.insert"
scopes = ["https://auth/things"]
query = { uploadType = "media" }
[action.params]
parent = "string! | Whose"
labels = { line = "A/B[] | Labels", in = "query" }
fields = { line = "string | Fields", in = "query" }
name = "string! | Name"
free = "object | Free"
size = { line = "integer | Inner size", as = "/inside/size" }
"#;

#[test]
fn a_method_of_google_discovery_is_compared() {
    let report = report(OF_DISCOVERY, &discovery());
    assert_eq!(
        (report.checked, report.differences.as_slice()),
        (1, [].as_slice())
    );
    for call in [
        "POST /v1/shops/{parent}/things",
        "POST https://example.com/upload/api/v1/{+parent}/things",
    ] {
        let changed = OF_DISCOVERY.replace("POST /v1/{+parent}/things", call);
        assert_eq!(keys(&changed, &discovery()), [] as [&str; 0], "{call}");
    }
    for (from, to, wanted) in [
        ("op = \"x.things.insert\"", "", "id"),
        ("op = \"x.things.insert\"", "op = \"x.things.get\"", "operation"),
        ("/v1/{+parent}/things", "/v1/{+parent}/thing", "path"),
        ("POST /v1", "PUT /v1", "method"),
        (
            "\"https://auth/things\"",
            "\"https://auth/other\"",
            "scope.https://auth/other",
        ),
        ("name = \"string! |", "name = \"string |", "required.name"),
        ("integer | Inner", "string | Inner", "type.inside.size"),
        ("A/B[]", "A/C[]", "enum.labels"),
        ("A/B[]", "integer[]", "type.labels"),
        ("\"media\"", "\"other\"", "enum.uploadType"),
        (", in = \"query\" }\nname", " }\nname", "in.fields"),
        ("free =", "gone =", "unknown.gone"),
    ] {
        let changed = OF_DISCOVERY.replace(from, to);
        assert_ne!(changed, OF_DISCOVERY, "{from} is not there");
        let found = keys(&changed, &discovery());
        assert!(
            found.iter().any(|key| key == wanted),
            "{from} -> {to}: wanted {wanted}, found {found:?}"
        );
    }
}

#[test]
fn a_discovery_document_of_endless_depth_ends() {
    let mut spec = discovery();
    spec["schemas"]["Thing"]["properties"]["size"] = json!({"$ref": "Loop"});
    spec["schemas"]["Loop"] = json!({"$ref": "Loop"});
    assert_eq!(keys(OF_DISCOVERY, &spec), [] as [&str; 0]);
}

/// Reads the descriptions of `SPECS_DIR`. They are the vendors' and no part of this repository: without the folder the
/// names of what was not compared are printed, and under `CI=true` that fails.
#[test]
fn the_built_in_connectors_agree_with_their_vendors_descriptions() {
    let variable = |name: &str| std::env::var_os(name);
    let connectors = built_in()
        .iter()
        .map(|(id, text)| parse(&format!("{id}.toml"), text).unwrap());
    let described: Vec<_> = connectors
        .filter(|connector| !connector.spec.is_empty())
        .collect();
    let Some(folder) = variable("SPECS_DIR") else {
        let names: Vec<_> = described
            .iter()
            .map(|connector| connector.name.as_str())
            .collect();
        assert_ne!(
            variable("CI").as_deref(),
            Some("true".as_ref()),
            "SPECS_DIR must be set here"
        );
        println!(
            "SPECS_DIR is not set, so these were not compared: {}",
            names.join(", ")
        );
        return;
    };
    let mut wrong = Vec::new();
    for connector in &described {
        let paths: Vec<_> = connector
            .spec
            .iter()
            .map(|spec| std::path::Path::new(&folder).join(spec))
            .collect();
        // Where the vendor has Swagger 2.0, the folder may hold the same as OpenAPI 3.0; reasons must hold for both.
        let converted = match paths.as_slice() {
            [one] => Some(vec![one.with_file_name("openapi.from-swagger2.json")])
                .filter(|twin| twin.iter().all(|path| path.exists())),
            _ => None,
        };
        for paths in std::iter::once(paths).chain(converted) {
            let read = |path: &std::path::PathBuf| {
                let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                ApiDescription::read(&bytes).unwrap_or_else(|error| panic!("{} {error}", path.display()))
            };
            let report = spec_check(connector, &paths.iter().map(read).collect::<Vec<_>>());
            let open = report.open();
            wrong.extend(
                open.map(|one| format!("{} {} [{}]: {}", connector.id, one.action, one.key, one.what)),
            );
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differences:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
