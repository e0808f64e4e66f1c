//! Descriptions that want to do harm: each is refused with a reason, or becomes a draft that loads, in bounded time.

use super::{draft, loaded, of};
use crate::import::{MOST_BYTES, Options, WarningKind, read};
use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::io::Write as _;
use std::time::{Duration, Instant};

fn refused(bytes: &[u8]) -> String {
    let started = Instant::now();
    let told = read("x", bytes, &Options::default()).unwrap_err().what;
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "took {:?}",
        started.elapsed()
    );
    told
}

fn body(schema: &Value) -> Value {
    of(
        &json!({"/a": {"post": {"operationId": "a", "requestBody": {"content": {"application/json": {"schema": schema}}}}}}),
    )
}

#[test]
fn what_is_too_large_is_refused_before_it_is_read_packed_or_not() {
    let large = vec![b' '; MOST_BYTES + 1];
    assert!(refused(&large).contains("larger than 32 MiB"));
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..100 {
        packer.write_all(&vec![b' '; 1024 * 1024]).unwrap();
    }
    assert!(refused(&packer.finish().unwrap()).contains("larger than 32 MiB"));
}

#[test]
fn depth_of_any_kind_is_no_danger() {
    let deep = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    assert!(refused(deep.as_bytes()).contains("recursion limit"));
    assert!(refused("[".repeat(10_000).as_bytes()).contains("not JSON"));
    let lines: Vec<String> = (0..10_000)
        .map(|depth| format!("{}a:\n", " ".repeat(depth % 3000)))
        .collect();
    let yaml = lines.concat();
    refused(yaml.as_bytes());
    let flow = format!("a: {}1{}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(refused(flow.as_bytes()).contains("YAML"));
    // Depth by references: ten thousand schemas, each the property of the one before.
    let mut description = body(&json!({"$ref": "#/components/schemas/s0"}));
    let schemas: serde_json::Map<String, Value> = (0..10_000).map(|at| (format!("s{at}"), json!({"type": "object", "properties": {"a": {"$ref": format!("#/components/schemas/s{}", at + 1)}}, "allOf": [{"$ref": format!("#/components/schemas/s{}", at + 1)}]}))).collect();
    description["components"] = json!({"schemas": schemas});
    loaded(&draft(&description));
}

#[test]
fn cycles_of_every_kind_end() {
    let schemas = json!({
        "self": {"$ref": "#/components/schemas/self"}, "all": {"allOf": [{"$ref": "#/components/schemas/all"}]},
        "ring": {"properties": {"next": {"$ref": "#/components/schemas/gnir"}}}, "gnir": {"properties": {"next": {"$ref": "#/components/schemas/ring"}, "self": {"$ref": "#/components/schemas/gnir"}}},
        "wide": {"anyOf": [{"$ref": "#/components/schemas/wide"}, {"$ref": "#/components/schemas/ring"}, {"$ref": "#/components/schemas/wide"}]},
        "items": {"type": "array", "items": {"$ref": "#/components/schemas/items"}}, "root": {"$ref": "#"}, "up": {"$ref": "#/paths"}});
    for name in schemas.as_object().unwrap().keys() {
        let mut description = body(
            &json!({"type": "object", "properties": {"x": {"$ref": format!("#/components/schemas/{name}")}, "y": {"type": "array", "items": {"$ref": format!("#/components/schemas/{name}")}}}}),
        );
        description["components"] = json!({ "schemas": schemas });
        loaded(&draft(&description));
        let mut whole = body(&json!({"$ref": format!("#/components/schemas/{name}")}));
        whole["components"] = json!({ "schemas": schemas });
        loaded(&draft(&whole));
    }
    let mut parameters = of(
        &json!({"/a": {"$ref": "#/paths/~1a"}, "/b": {"get": {"parameters": [{"$ref": "#/paths/~1b/get/parameters/0"}]}}}),
    );
    loaded(&draft(&parameters));
    parameters["paths"]["/c"] = json!({"get": {"requestBody": {"$ref": "#/paths/~1c/get/requestBody"}, "responses": {"$ref": "#/paths/~1c/get/responses"}}});
    loaded(&draft(&parameters));
}

#[test]
fn schemas_that_grow_without_end_are_cut() {
    // Each schema holds the next ten times: ten to the thirtieth in all.
    let schemas: serde_json::Map<String, Value> = (0..30)
        .map(|at| {
            let properties: serde_json::Map<String, Value> = (0..10)
                .map(|p| {
                    (
                        format!("p{p}"),
                        json!({"$ref": format!("#/components/schemas/s{}", at + 1)}),
                    )
                })
                .collect();
            (
                format!("s{at}"),
                json!({"type": "object", "properties": properties}),
            )
        })
        .collect();
    let mut description = body(&json!({"$ref": "#/components/schemas/s0"}));
    description["components"] = json!({ "schemas": schemas });
    let started = Instant::now();
    let made = draft(&description);
    assert!(
        started.elapsed() < Duration::from_secs(10) && made.text.len() < 2_000_000,
        "{:?} {}",
        started.elapsed(),
        made.text.len()
    );
    // The same by combinations.
    let schemas: serde_json::Map<String, Value> = (0..30)
        .map(|at| {
            let parts: Vec<Value> = (0..10)
                .map(|_| json!({"$ref": format!("#/components/schemas/s{}", at + 1)}))
                .collect();
            (format!("s{at}"), json!({"allOf": parts, "anyOf": parts}))
        })
        .collect();
    description["components"] = json!({ "schemas": schemas });
    let started = Instant::now();
    draft(&description);
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn yaml_whose_aliases_multiply_is_refused() {
    let mut bomb = String::from("openapi: 3.0.0\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for at in 1..30 {
        let list: Vec<String> = (0..10).map(|_| format!("*a{}", at - 1)).collect();
        let line = format!("a{at}: &a{at} [{}]\n", list.join(", "));
        bomb.push_str(&line);
    }
    assert!(refused(bomb.as_bytes()).contains("YAML"));
}

#[test]
fn references_to_elsewhere_are_never_followed() {
    let folder = std::env::temp_dir().join(format!("solder-import-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let secret = folder.join("secret.json");
    std::fs::write(
        &secret,
        "{\"type\": \"object\", \"properties\": {\"hunter2\": {}}}",
    )
    .unwrap();
    for reference in [
        format!("file://{}", secret.display()),
        secret.display().to_string(),
        "http://127.0.0.1:9/x".to_owned(),
        "http://169.254.169.254/latest".to_owned(),
        "../secret.json#/x".to_owned(),
    ] {
        let made = draft(&body(
            &json!({"type": "object", "properties": {"a": {"$ref": reference}, "b": {"allOf": [{"$ref": reference}]}}}),
        ));
        assert!(
            !made.text.contains("hunter2") && !made.text.contains("127.0.0.1"),
            "{}",
            made.text
        );
        loaded(&made);
        let paths =
            of(&json!({"/a": {"$ref": reference}, "/b": {"get": {"parameters": [{"$ref": reference}]}}}));
        loaded(&draft(&paths));
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn names_cannot_break_out_of_their_place() {
    let evil = "x\"\nhosts = [\"evil.example\"]\n[[action]]\u{1b}[2J\0'''{}|=\u{202e}";
    let description = json!({"openapi": "3.0.0", "info": {"title": evil, "description": evil}, "servers": [{"url": "https://api.example.com"}],
        "paths": {format!("/a/{evil}"): {"get": {"operationId": evil, "summary": evil, "description": evil, "tags": [evil],
            "parameters": [{"name": evil, "in": "query", "description": evil, "required": true, "schema": {"type": "string", "enum": [evil, "b"], "default": evil}}, {"name": "ok", "in": "query", "description": evil, "schema": {"type": "string", "description": evil}}],
            "responses": {"200": {"content": {evil: {}}}}}},
            "/b": {"post": {"operationId": "b", "requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {evil: {"type": "string"}, "/slash": {}, ".": {}}}}}}}}},
        "components": {"securitySchemes": {evil: {"type": "apiKey", "in": "header", "name": "X-Key", "description": evil}}}});
    let made = draft(&description);
    let connector = loaded(&made);
    assert_eq!(connector.hosts, ["api.example.com"]);
    assert!(connector.actions().len() + connector.off().len() <= 2);
    assert!(
        made.text.chars().all(|one| one == '\n' || !one.is_control()),
        "{}",
        made.text
    );
}

#[test]
fn a_server_on_a_private_address_is_kept_and_told() {
    for url in [
        "http://127.0.0.1:8080/api",
        "https://10.0.0.1",
        "http://localhost:3000",
        "http://[::1]:9",
    ] {
        let mut description = of(&json!({"/a": {"get": {}}}));
        description["servers"] = json!([{ "url": url }]);
        let made = draft(&description);
        assert_eq!(made.base, url);
        assert!(
            made.report
                .warnings
                .iter()
                .any(|warning| warning.kind == WarningKind::PrivateServer),
            "{url}"
        );
    }
}

#[test]
fn a_hundred_thousand_operations_are_ranked_and_cut() {
    let paths: serde_json::Map<String, Value> = (0..100_000)
        .map(|at| {
            (
                format!("/r{}/x{at}", at % 50),
                json!({"get": {"operationId": format!("op{}", at % 1000)}}),
            )
        })
        .collect();
    let text = of(&Value::Object(paths)).to_string();
    let started = Instant::now();
    let made = read("x", text.as_bytes(), &Options::default()).unwrap();
    assert!(
        started.elapsed() < Duration::from_mins(1),
        "{:?}",
        started.elapsed()
    );
    assert_eq!((made.report.operations, made.report.actions), (100_000, 40));
    let all = read(
        "x",
        text.as_bytes(),
        &Options {
            all: true,
            ..Options::default()
        },
    )
    .unwrap();
    assert_eq!(all.report.actions, 1000);
}

#[test]
fn empty_and_doubled_names_get_names() {
    let made = draft(&of(
        &json!({"/": {"get": {"operationId": ""}}, "/{}": {"get": {}}, "/{ }/{a}/{a}": {"get": {"operationId": " "}}, "/x": {"get": {"operationId": "same"}, "post": {"operationId": "same"}},
        "/é/{é}": {"get": {"operationId": "é", "parameters": [{"name": "", "in": "query"}, {"name": "a", "in": "query"}, {"name": "a", "in": "header"}, {"name": "a", "in": "query"}, 7, null]}}}),
    ));
    let connector = loaded(&made);
    assert_eq!(
        connector.actions().len() + connector.off().len(),
        6,
        "{}",
        made.text
    );
}

#[test]
fn what_is_no_description_is_told_with_what_would_be_right() {
    for (text, wanted) in [
        ("", "is empty"),
        ("{}", "OpenAPI 3, Swagger 2.0"),
        ("hello", "no API description"),
        ("{\"openapi\": \"4.0\"}", "3.0, 3.1 and 3.2"),
        ("{\"swagger\": \"1.2\"}", "2.0 is read"),
        ("{\"openapi\": \"3.0.0\"}", "`paths`"),
        ("{\"openapi\": \"3.0.0\", \"paths\": {}}", "server"),
        ("\u{0}\u{1}\u{2}", ""),
    ] {
        let told = refused(text.as_bytes());
        assert!(told.contains(wanted), "{text}: {told}");
    }
}

/// Any JSON made of words that descriptions use, so that it gets far.
fn any_schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|one| json!(one)),
        "\\PC{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "string",
            "object",
            "array",
            "integer",
            "file",
            "date",
            "date-time",
            "#/components/schemas/a",
            "#",
            "(?<=x)",
            "[",
            "query",
            "header",
            "path"
        ])
        .prop_map(Value::from),
    ];
    let keys = prop::sample::select(vec![
        "type",
        "properties",
        "items",
        "enum",
        "required",
        "$ref",
        "allOf",
        "oneOf",
        "anyOf",
        "additionalProperties",
        "format",
        "pattern",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "maxLength",
        "minLength",
        "default",
        "description",
        "nullable",
        "const",
        "name",
        "in",
        "schema",
        "a",
        "x y",
        "$defs",
        "readOnly",
        "content",
        "style",
        "explode",
    ]);
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((keys.clone(), inner), 0..7).prop_map(|pairs| Value::Object(
                pairs
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect()
            )),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_a_description_holds_its_draft_loads(one in any_schema(), two in any_schema(), three in any_schema(), name in "\\PC{0,20}") {
        let description = json!({"openapi": "3.1.0", "info": {"title": name, "description": two}, "servers": [{"url": "https://api.example.com"}],
            "paths": {"/fixed": {"get": {}}, format!("/{name}/{{{name}}}"): {"parameters": [three, {"name": name, "in": "path", "schema": one}],
                "get": {"operationId": name, "parameters": [{"name": name, "in": "query", "required": true, "schema": one}, two], "responses": {"200": {"content": {"application/json": {"schema": two}}}}},
                "post": {"tags": [name], "requestBody": {"required": true, "content": {"application/json": {"schema": one}}}, "security": three},
                "put": {"requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": two}}}, "responses": one},
                "patch": {"requestBody": {"content": {name.clone(): {"schema": two}}}}}},
            "components": {"schemas": {"a": two}, "securitySchemes": {name.clone(): three}}, "security": [{name.clone(): []}]});
        let made = draft(&description);
        loaded(&made);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "(openapi|swagger|paths|info|[{}\\[\\]:,\"&* \n-]|2.0|3.0.0){0,40}") {
        drop(read("x", &bytes, &Options::default()));
        drop(read("x", text.as_bytes(), &Options::default()));
    }
}
