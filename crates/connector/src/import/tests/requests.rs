//! What an action of a draft sends.

use super::{draft, loaded, of};
use crate::{BuildInput, Kind, Place};
use serde_json::{Map, Value, json};

fn arguments(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

#[test]
fn an_operation_becomes_an_action_of_flat_parameters() {
    let made = draft(&of(&json!({"/pets/{petId}": {
        "parameters": [{"name": "petId", "in": "path", "required": true, "schema": {"type": "integer"}}],
        "put": {"operationId": "updatePet", "summary": "Update a pet", "description": "Changes <b>a pet</b>. See docs.",
            "parameters": [{"name": "name", "in": "query", "schema": {"type": "string"}}],
            "requestBody": {"content": {"application/json": {"schema": {"type": "object", "required": ["name"], "properties": {
                "name": {"type": "string", "maxLength": 20}, "id": {"type": "integer", "readOnly": true}, "tags": {"type": "array", "items": {"type": "string"}}}}}}}},
        "get": {"operationId": "getPet"},
        "delete": {"operationId": "deletePet"}}})));
    let connector = loaded(&made);
    assert!(made.text.contains("take `off = true` away"), "{}", made.text);
    assert_eq!(
        (
            made.id.as_str(),
            connector.name.as_str(),
            connector.about.as_str()
        ),
        ("pet_shop", "Pet Shop API", "Sells pets")
    );
    let off: Vec<_> = connector
        .off()
        .map(|action| (action.id.as_str(), action.kind))
        .collect();
    assert_eq!(
        off,
        [("update_pet", Kind::Write), ("delete_pet", Kind::Destructive)]
    );
    let on: Vec<_> = connector.actions().map(|action| action.id.as_str()).collect();
    assert_eq!(on, ["get_pet"]);
    let update = connector.off().next().unwrap();
    assert_eq!(
        (update.title.as_str(), update.about.as_str()),
        ("Update a pet", "Changes a pet")
    );
    let params: Vec<_> = update
        .params()
        .iter()
        .map(|param| (param.name.as_str(), param.place, param.required))
        .collect();
    assert_eq!(
        params,
        [
            ("petId", Place::Path, true),
            ("name", Place::Query, false),
            ("body_name", Place::Body, true),
            ("tags", Place::Body, false)
        ]
    );
    assert_eq!(update.params()[2].wire_name, "name");
}

#[test]
fn lists_page_and_give_their_items() {
    let list = |schema: Value, parameters: Value| json!({"get": {"operationId": "list", "parameters": parameters, "responses": {"200": {"content": {"application/json": {"schema": schema}}}}}});
    let array = json!({"type": "array", "items": {}});
    let number = |name: &str| json!({"name": name, "in": "query", "schema": {"type": "integer"}});
    let cursor = list(
        json!({"type": "object", "properties": {"items": array, "nextPageToken": {"type": "string"}}}),
        json!([{"name": "pageToken", "in": "query", "schema": {"type": "string"}}, number("maxResults")]),
    );
    let text = draft(&of(&json!({"/a": cursor}))).text;
    assert!(text.contains(r#"paging = { kind = "cursor", next = "/nextPageToken", send = "pageToken", size = "maxResults" }"#) && text.contains(r#"result = "/items""#), "{text}");
    let page = draft(&of(
        &json!({"/a": list(array.clone(), json!([number("page"), number("per_page")]))}),
    ))
    .text;
    assert!(
        page.contains(r#"paging = { kind = "page", send = "page", size = "per_page" }"#)
            && !page.contains("\npage = "),
        "{page}"
    );
    let offset = draft(&of(
        &json!({"/a": list(array, json!([number("offset"), number("limit")]))}),
    ))
    .text;
    assert!(
        offset.contains(r#"paging = { kind = "offset", send = "offset", size = "limit" }"#),
        "{offset}"
    );
}

#[test]
fn a_cycle_is_kept_and_checked() {
    let mut description = of(
        &json!({"/trees": {"post": {"operationId": "plant", "requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {"root": {"$ref": "#/components/schemas/Node"}}}}}}}}}),
    );
    description["components"] = json!({"schemas": {"Node": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}}}}}});
    let connector = loaded(&draft(&description));
    let plant = connector.off().next().unwrap();
    let good = json!({"root": {"name": "a", "children": [{"name": "b", "children": [{"name": "c"}]}]}});
    assert!(plant.validate(&arguments(&good)).is_ok());
    let bad = json!({"root": {"name": "a", "children": [{"name": "b", "children": [{"name": 3}]}]}});
    assert!(plant.validate(&arguments(&bad)).is_err());
    // The schema of all arguments holds what its references point at.
    let whole = jsonschema::options()
        .offline()
        .build(&plant.input_schema)
        .unwrap();
    assert!(!whole.is_valid(&json!({"root": {"name": "a", "children": [{"name": 3}]}})));
    assert!(whole.is_valid(&json!({"root": {"name": "a", "children": [{"name": "b"}]}})));
}

#[test]
fn every_kind_of_authentication_is_told() {
    let mut description = of(
        &json!({"/a": {"get": {"operationId": "a", "security": [{"code": ["a:read"]}]}}, "/b": {"get": {"operationId": "b", "security": []}}}),
    );
    description["components"] = json!({"securitySchemes": {
        "code": {"type": "oauth2", "flows": {"authorizationCode": {"authorizationUrl": "https://example.com/authorize?prompt=consent", "tokenUrl": "https://example.com/token", "refreshUrl": "https://example.com/refresh", "scopes": {"a:read": "", "a:write": ""}},
            "clientCredentials": {"tokenUrl": "/token", "scopes": {"a:read": ""}}}},
        "basic": {"type": "http", "scheme": "basic"}, "bearer": {"type": "http", "scheme": "bearer"},
        "query": {"type": "apiKey", "in": "query", "name": "key"}, "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
        "app": {"type": "apiKey", "in": "header", "name": "X-App"}, "digest": {"type": "http", "scheme": "digest"}}});
    description["security"] =
        json!([{"basic": []}, {"bearer": []}, {"cookie": []}, {"query": [], "app": []}, {"digest": []}]);
    let made = draft(&description);
    let connector = loaded(&made);
    let kinds: Vec<_> = connector
        .auth
        .iter()
        .map(|auth| (auth.kind.as_str(), auth.fields.len()))
        .collect();
    assert!(
        made.report
            .warnings
            .iter()
            .any(|warning| warning.what.contains("digest")),
        "{:?}",
        made.report.warnings
    );
    for kind in [
        ("basic", 2),
        ("bearer", 1),
        ("cookie", 1),
        ("app_query", 2),
        ("code_code", 0),
        ("code_client", 2),
    ] {
        assert!(kinds.contains(&kind), "{kind:?} is not among {kinds:?}");
    }
    let consent = connector.auth("code_code").unwrap().oauth.as_ref().unwrap();
    assert_eq!(consent.optional_scopes, ["a:read"]);
    assert!(
        made.text.contains(r#"authorize_params = { prompt = "consent" }"#)
            && made.text.contains(r#"refresh = "https://example.com/refresh""#),
        "{}",
        made.text
    );
    assert!(
        connector.action("a").unwrap().needs_credential && !connector.action("b").unwrap().needs_credential
    );
}

#[test]
fn both_generations_say_the_same() {
    let swagger = json!({"swagger": "2.0", "info": {"title": "Pets"}, "host": "api.example.com", "basePath": "/v1", "schemes": ["http", "https"],
        "paths": {"/pets": {"post": {"operationId": "add", "consumes": ["multipart/form-data"], "parameters": [
            {"name": "photo", "in": "formData", "type": "file", "required": true}, {"name": "name", "in": "formData", "type": "string"}, {"name": "ids", "in": "query", "type": "array", "items": {"type": "integer"}, "collectionFormat": "csv"}]}}}});
    let openapi = json!({"openapi": "3.1.0", "info": {"title": "Pets"}, "servers": [{"url": "https://api.example.com/v1"}],
        "paths": {"/pets": {"post": {"operationId": "add", "parameters": [{"name": "ids", "in": "query", "explode": false, "schema": {"type": "array", "items": {"type": "integer"}}}],
            "requestBody": {"content": {"multipart/form-data": {"schema": {"type": "object", "required": ["photo"], "properties": {"photo": {"type": "string", "format": "binary"}, "name": {"type": "string"}}}}}}}}}});
    let text = |description: &Value| {
        draft(description)
            .text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let (old, new) = (text(&swagger), text(&openapi));
    for line in [
        r#"base = "https://api.example.com/v1""#,
        r#"body = "multipart""#,
        r#"photo = "file! | Photo""#,
        r#"ids = { line = "integer[] | Ids", in = "query", list = "comma" }"#,
    ] {
        assert!(old.contains(line) && new.contains(line), "{line}\n{old}\n{new}");
    }
}

#[test]
fn a_postman_collection_gives_its_kinds_and_no_values() {
    let collection = json!({"info": {"name": "Shop", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
        "variable": [{"key": "baseUrl", "value": "https://shop.example.com/api"}],
        "auth": {"type": "apikey", "apikey": [{"key": "key", "value": "X-Shop"}, {"key": "value", "value": "hunter2-secret"}]},
        "item": [{"name": "Orders", "item": [
            {"name": "One order", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/orders/:id?expand=lines", "query": [{"key": "expand", "value": "hunter2-secret"}]}}},
            {"name": "Add", "request": {"method": "POST", "url": "{{baseUrl}}/orders", "body": {"mode": "raw", "raw": "{\"sku\": \"hunter2-secret\", \"count\": {{n}}}"}}}]}]});
    let made = draft(&collection);
    let connector = loaded(&made);
    assert!(!made.text.contains("hunter2"), "{}", made.text);
    assert_eq!(made.base, "https://shop.example.com");
    let one = connector.action("get_api_orders_id").unwrap();
    assert_eq!(
        one.params()
            .iter()
            .map(|param| param.name.as_str())
            .collect::<Vec<_>>(),
        ["id", "expand"]
    );
    let add = connector.off().next().unwrap();
    assert!(
        add.validate(&arguments(&json!({"sku": "a", "count": 2}))).is_ok(),
        "{}",
        made.text
    );
    assert_eq!(connector.auth.len(), 1);
}

#[test]
fn a_graphql_schema_gives_documents_with_variables() {
    let sdl = "type Query { issues(first: Int!, after: String, state: State): IssueConnection! viewer: User }\nenum State { open closed }\n\
        type Mutation { addIssue(input: IssueInput!): Issue }\ninput IssueInput { title: String! parent: IssueInput }\n\
        type IssueConnection { nodes: [Issue!]! pageInfo: PageInfo! }\ntype PageInfo { hasNextPage: Boolean! endCursor: String }\n\
        type Issue { id: ID! title: String author: User state: State old: String @deprecated }\ntype User { id: ID! name: String posts(first: Int!): IssueConnection }\n";
    let options = crate::import::Options {
        base: Some("https://api.example.com/v2/graphql".to_owned()),
        ..Default::default()
    };
    let made = crate::import::read("schema.graphql", sdl.as_bytes(), &options).unwrap();
    let connector = loaded(&made);
    let on: Vec<_> = connector.actions().map(|action| action.id.as_str()).collect();
    assert_eq!((on, connector.off().len()), (vec!["issues", "viewer"], 1));
    let given = arguments(&json!({"first": 2, "state": "open"}));
    let issues = connector.action("issues").unwrap();
    assert!(issues.validate(&given).is_ok() && issues.validate(&Map::new()).is_err());
    let input = BuildInput {
        base_override: None,
        arguments: &given,
        auth: None,
        vars: &Map::new(),
        idempotency_key: None,
    };
    let built = connector.build(connector.off().next().unwrap(), &input);
    assert!(built.is_err(), "a token is needed");
    let document = issues.document().unwrap();
    assert_eq!(
        document,
        "query($first: Int!, $after: String, $state: State) { issues(first: $first, after: $after, state: $state) \
         { nodes { id title state } pageInfo { hasNextPage endCursor } } }"
    );
    assert!(
        made.text.contains(r#"base = "https://api.example.com/v2""#)
            && made.text.contains(r#"call = "POST /graphql""#),
        "{}",
        made.text
    );
    // The documents are right by the schema that they are made of.
    let read = crate::ApiDescription::read(sdl.as_bytes()).unwrap();
    let report = crate::spec_check(&connector, &[read]);
    assert_eq!(
        report.open().map(|one| &one.what).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
}

#[test]
fn arrays_of_a_form_are_repeated() {
    let made = draft(&of(
        &json!({"/send": {"post": {"operationId": "send", "requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": {"to": {"type": "array", "items": {"type": "string"}}, "text": {"type": "string"}}}}}}}}}),
    ));
    let connector = loaded(&made);
    let send = connector.off().next().unwrap();
    let given = arguments(&json!({"to": ["a", "b c"], "text": "x"}));
    let built = connector
        .build(
            send,
            &BuildInput {
                base_override: None,
                arguments: &given,
                auth: None,
                vars: &Map::new(),
                idempotency_key: None,
            },
        )
        .unwrap();
    assert_eq!(built.body().as_ref(), b"to=a&to=b+c&text=x");
}

/// What an imported action sends with these arguments, on or off.
fn sent(description: &Value, action: &str, given: &Value) -> http::Request<bytes::Bytes> {
    let connector = loaded(&draft(description));
    let action = connector
        .actions()
        .chain(connector.off())
        .find(|one| one.id == action)
        .unwrap();
    let given = arguments(given);
    action.validate(&given).unwrap();
    let input = BuildInput {
        base_override: None,
        arguments: &given,
        auth: None,
        vars: &Map::new(),
        idempotency_key: None,
    };
    connector.build(action, &input).unwrap()
}

#[test]
fn a_body_that_may_be_left_out_and_is_no_object_is_left_out() {
    let description = of(
        &json!({"/a": {"post": {"operationId": "add", "requestBody": {"content": {"application/json": {"schema": {"type": "array", "items": {"type": "string"}}}}}}}}),
    );
    let without = sent(&description, "add", &json!({}));
    assert!(without.body().is_empty() && !without.headers().contains_key("content-type"));
    assert_eq!(
        sent(&description, "add", &json!({"body": ["x"]})).body().as_ref(),
        b"[\"x\"]"
    );
}

#[test]
fn required_texts_keep_their_patterns() {
    let description = of(
        &json!({"/a/{id}": {"get": {"operationId": "one", "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string", "pattern": "^d-[0-9a-f]{10}$"}}]}},
            "/b": {"post": {"operationId": "add", "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "required": ["range", "name"], "properties": {
                "range": {"type": "object", "required": ["start"], "properties": {"start": {"type": "string", "pattern": "^\\d{4}$"}}},
                "name": {"type": "string", "pattern": "^(?!-)[a-z]+$"}, "more": {"type": "string", "pattern": "^.{1,2097152}"}}}}}}}}}),
    );
    let connector = loaded(&draft(&description));
    let one = connector.action("one").unwrap();
    assert!(!draft(&description).text.contains("2097152"));
    assert!(one.validate(&arguments(&json!({"id": "d-0123456789"}))).is_ok());
    assert!(one.validate(&arguments(&json!({"id": "x"}))).is_err());
    let add = connector.off().next().unwrap();
    assert!(
        add.validate(&arguments(&json!({"range": {"start": "2026"}, "name": "-"})))
            .is_ok()
    );
    assert!(
        add.validate(&arguments(&json!({"range": {"start": "now"}, "name": "a"})))
            .is_err()
    );
}

#[test]
fn keys_that_operations_require_besides_are_sent_together() {
    let mut description = of(
        &json!({"/a": {"get": {"operationId": "a", "parameters": [{"name": "key", "in": "query", "required": true, "schema": {"type": "string"}}, {"name": "token", "in": "query", "required": true, "schema": {"type": "string"}}]}}}),
    );
    description["components"] = json!({"securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "key"}, "token": {"type": "apiKey", "in": "query", "name": "token"}}});
    description["security"] = json!([{"key": []}, {"token": []}]);
    let connector = loaded(&draft(&description));
    assert_eq!(connector.auth.len(), 1);
    assert_eq!(connector.auth[0].fields.len(), 2);
    assert!(connector.action("a").unwrap().params().is_empty());
}

#[test]
fn values_that_may_be_null_stay_listed_and_bytes_are_base64() {
    let connector = loaded(&draft(&of(
        &json!({"/a": {"post": {"operationId": "add", "requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {
            "state": {"type": "string", "nullable": true, "enum": ["on", "off", null]}, "icon": {"type": "string", "format": "byte"}}}}}}}}}),
    )));
    let add = connector.off().next().unwrap();
    for (given, fits) in [(json!("on"), true), (Value::Null, true), (json!("red"), false)] {
        assert_eq!(add.validate(&arguments(&json!({"state": given}))).is_ok(), fits);
    }
    assert_eq!(add.params()[1].schema["contentEncoding"], "base64");
}

#[test]
fn paths_that_only_a_fragment_tells_apart_have_keys_of_their_own() {
    let get = |id: &str| json!({"get": {"operationId": id}});
    let made = draft(&of(&json!({"/a#one": get("first"), "/a#two": get("second")})));
    assert!(
        made.text.contains(" of GET /a#one\n") && made.text.contains(" of GET /a#two\n"),
        "{}",
        made.text
    );
}

#[test]
fn secrets_and_what_changes_how_answers_are_written_are_no_parameters() {
    let query = |name: &str| json!({"name": name, "in": "query", "schema": {"type": "string"}});
    let connector = loaded(&draft(&of(
        &json!({"/a": {"get": {"operationId": "a", "parameters": [
        query("access_token"), query("callback"), query("alt"), query("q"), {"name": "X-Amz-Date", "in": "header", "schema": {"type": "string"}}]}}}),
    )));
    let names: Vec<_> = connector
        .action("a")
        .unwrap()
        .params()
        .iter()
        .map(|param| param.name.as_str())
        .collect();
    assert_eq!(names, ["q"]);
}
