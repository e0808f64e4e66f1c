//! The published description of the management API.

use serde_json::{Value, json};
use solder_testkit::Solder;

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/openapi.json");

/// To write it anew: `UPDATE_OPENAPI=1 cargo test -p solder-server openapi`.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the one switch of a test that writes what it compares"
)]
fn the_committed_description_is_the_one_that_is_served() {
    let served = solder_server::openapi_json();
    if std::env::var("UPDATE_OPENAPI").is_ok() {
        std::fs::write(COMMITTED, &served).unwrap();
    }
    let committed = std::fs::read_to_string(COMMITTED).unwrap_or_default();
    assert!(
        committed == served,
        "docs/reference/openapi.json is not what is served: write it anew"
    );
}

#[tokio::test]
async fn the_description_is_served_to_everyone() {
    let solder = Solder::start().await;
    let answer = solder.nobody().get("/api/openapi.json").await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, "application/json")
    );
    assert_eq!(answer.text, solder_server::openapi_json());
}

fn operations(description: &Value) -> Vec<(&str, &Value)> {
    let paths = description["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|path| path.as_object().unwrap().values());
    let mut named: Vec<_> = operations
        .map(|one| (one["operationId"].as_str().unwrap(), one))
        .collect();
    named.sort_by_key(|(id, _)| *id);
    named
}

#[test]
fn every_operation_is_described_with_its_refusals() {
    let description: Value = serde_json::from_str(&solder_server::openapi_json()).unwrap();
    let operations = operations(&description);
    let ids: Vec<&str> = operations.iter().map(|(id, _)| *id).collect();
    assert_eq!(
        ids,
        [
            "create-connect-ticket",
            "create-credential",
            "create-identity-provider",
            "create-jwt-key",
            "create-key",
            "create-oauth-app",
            "create-oauth-client",
            "create-redirect-uri",
            "create-server",
            "create-user",
            "delete-connect-ticket",
            "delete-connector",
            "delete-credential",
            "delete-identity-provider",
            "delete-jwt-key",
            "delete-oauth-app",
            "delete-oauth-client",
            "delete-redirect-uri",
            "delete-server",
            "execute-action",
            "execute-named-action",
            "get-action",
            "get-connect-ticket",
            "get-connector",
            "get-connector-file",
            "get-connector-version",
            "get-credential",
            "get-health",
            "get-identity-provider",
            "get-jwt-key",
            "get-key",
            "get-oauth-app",
            "get-openapi",
            "get-server",
            "get-user",
            "import-connector",
            "list-audit",
            "list-connector-versions",
            "list-connectors",
            "list-credentials",
            "list-identity-providers",
            "list-jwt-keys",
            "list-keys",
            "list-oauth-apps",
            "list-oauth-clients",
            "list-oauth-grants",
            "list-parameter-options",
            "list-redirect-uris",
            "list-servers",
            "list-users",
            "put-connector",
            "remove-user-password",
            "restore-connector-version",
            "revoke-key",
            "revoke-oauth-grant",
            "rotate-key",
            "rotate-server-token",
            "set-user-password",
            "update-credential",
            "update-identity-provider",
            "update-key",
            "update-oauth-app",
            "update-server",
        ]
    );
    for (id, operation) in &operations {
        assert!(
            operation["summary"].is_string() && operation["description"].is_string(),
            "{id}"
        );
        if ["get-health", "get-openapi"].contains(id) {
            assert_eq!(operation["security"], json!([{}]), "{id}");
            continue;
        }
        for status in ["400", "401", "403", "413", "415", "429", "500"] {
            let schema = &operation["responses"][status]["content"]["application/json"]["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/ErrorEnvelope", "{id} {status}");
        }
        let parameters = operation["parameters"].as_array().unwrap();
        assert!(
            parameters
                .iter()
                .any(|one| one["name"] == "x-alloy-userid" && one["in"] == "header"),
            "{id}"
        );
    }
}

#[test]
fn whatever_the_description_refers_to_is_in_it() {
    let description: Value = serde_json::from_str(&solder_server::openapi_json()).unwrap();
    let mut left = vec![&description];
    let mut count = 0;
    while let Some(value) = left.pop() {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let target = description.pointer(reference.trim_start_matches('#'));
            assert!(target.is_some(), "{reference} is not there");
            count += 1;
        }
        match value {
            Value::Object(map) => left.extend(map.values()),
            Value::Array(items) => left.extend(items),
            _ => {}
        }
    }
    assert!(count > 100, "{count}");
}

#[test]
fn what_a_request_must_have_is_required() {
    let description: Value = serde_json::from_str(&solder_server::openapi_json()).unwrap();
    let operations = operations(&description);
    for (id, field) in [("create-server", "name"), ("create-credential", "connectorId")] {
        let (_, operation) = operations.iter().find(|(found, _)| *found == id).unwrap();
        let body = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let name = body.as_str().unwrap().rsplit('/').next().unwrap();
        let required = description["components"]["schemas"][name]["required"]
            .as_array()
            .unwrap();
        assert!(required.contains(&json!(field)), "{id}");
    }
}

#[test]
fn the_description_names_every_code_and_the_danger_of_public_servers() {
    let text = solder_server::openapi_json();
    let description: Value = serde_json::from_str(&text).unwrap();
    let about = description["info"]["description"].as_str().unwrap();
    for code in solder_model::Code::ALL {
        assert!(
            about.contains(&format!("| `{code}` | {} |", code.status())),
            "{code}"
        );
    }
    let warning = "on a public server the users layer is convenience and no protection";
    let flag = &description["components"]["schemas"]["CreateServer"]["properties"]["isPublic"]["description"];
    assert!(
        flag.as_str().unwrap().replace('\n', " ").contains(warning),
        "{flag}"
    );
    assert!(about.contains(warning));
    assert_eq!(
        description["components"]["securitySchemes"]["bearerAuth"]["scheme"],
        "bearer"
    );
}
