//! Descriptions of APIs that become connectors of an account's own, and what is tried with hostile ones.

use serde_json::{Value, json};
use solder_model::Role;
use solder_testkit::{Answer, Client, FakePlatform, Solder};

async fn reaching_here() -> Solder {
    let built = Solder::build();
    built
        .engine(|settings| settings.account_networks = vec!["127.0.0.0/8".parse().unwrap()])
        .start()
        .await
}

/// The description of an API with three operations.
fn described(server: &str) -> Value {
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Acme Widgets", "version": "1" },
        "servers": [{ "url": server }],
        "components": { "securitySchemes": { "key": { "type": "http", "scheme": "bearer" } } },
        "security": [{ "key": [] }],
        "paths": {
            "/widgets": {
                "get": { "operationId": "listWidgets", "summary": "List widgets", "responses": { "200": { "description": "ok" } } },
                "post": {
                    "operationId": "makeWidget", "summary": "Make a widget",
                    "requestBody": { "content": { "application/json": { "schema": {
                        "type": "object", "required": ["name"], "properties": { "name": { "type": "string" } } } } } },
                    "responses": { "201": { "description": "made" } },
                },
            },
            "/widgets/{id}": { "get": {
                "operationId": "getWidget", "summary": "Get a widget",
                "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
                "responses": { "200": { "description": "ok" } },
            } },
        },
    })
}

async fn import(client: &Client, body: Value) -> Answer {
    client.post("/api/connectors/import", &body).await
}

fn fault(answer: &Answer) -> (String, String) {
    let issue = &answer.json()["error"]["details"]["faults"][0];
    let text = |name: &str| issue[name].as_str().unwrap_or_default().to_owned();
    (text("field"), text("message"))
}

#[tokio::test]
async fn a_description_becomes_a_draft_then_a_connector_and_then_calls() {
    let solder = reaching_here().await;
    let platform = FakePlatform::start(|_| (200, json!({ "widgets": [{ "id": 1 }] }))).await;
    let admin = solder.admin();
    let draft = import(&admin, json!({ "description": described(&platform.url) })).await;
    assert_eq!(draft.status, 200, "{}", draft.text);
    let draft = draft.json();
    assert_eq!(
        (
            &draft["connectorId"],
            &draft["format"],
            &draft["operations"],
            &draft["actions"],
            &draft["on"]
        ),
        (
            &json!("acme_widgets"),
            &json!("OpenAPI 3.0.3"),
            &json!(3),
            &json!(3),
            &json!(2)
        )
    );
    assert!(draft.get("saved").is_none() && draft.get("difference").is_none());
    assert_eq!(admin.get("/api/connectors/acme_widgets").await.status, 404);

    let text = described(&platform.url).to_string();
    let saved = import(
        &admin,
        json!({ "description": text, "connectorId": "acme", "save": true }),
    )
    .await;
    assert_eq!(saved.status, 201, "{}", saved.text);
    assert_eq!(saved.json()["saved"]["version"], 1);
    let file = admin.get("/api/connectors/acme/file").await.json();
    assert_eq!(file["file"], saved.json()["file"]);
    let body = json!({ "connectorId": "acme", "authenticationType": "key", "fields": { "token": "s3cret" } });
    let made = admin.post("/api/credentials", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let run = admin
        .post("/api/connectors/acme/actions/list_widgets/execute", &json!({}))
        .await;
    assert_eq!(run.status, 200, "{}", run.text);
    assert_eq!(platform.received()[0].headers["authorization"], "Bearer s3cret");
    let off = admin
        .post(
            "/api/connectors/acme/actions/make_widget/execute",
            &json!({ "parameters": { "name": "x" } }),
        )
        .await;
    assert_eq!(off.json()["error"]["code"], "ACTION_NOT_FOUND", "{}", off.text);
}

#[tokio::test]
async fn a_later_description_keeps_what_somebody_edited_and_says_what_is_new() {
    let solder = reaching_here().await;
    let admin = solder.admin();
    let mut description = described("https://api.acme.example/v1");
    let asked = |description: &Value, save: bool| json!({ "description": description, "connectorId": "acme", "save": save });
    assert_eq!(import(&admin, asked(&description, true)).await.status, 201);
    let file = admin.get("/api/connectors/acme/file").await.json();
    let edited = file["file"]
        .as_str()
        .unwrap()
        .replace("Get a widget", "Look a widget up");
    assert_ne!(file["file"], edited.as_str());
    let put = admin
        .put("/api/connectors/acme", &json!({ "file": edited }))
        .await;
    assert_eq!(
        (put.status, &put.json()["version"]),
        (200, &json!(2)),
        "{}",
        put.text
    );

    let again = import(&admin, asked(&description, true)).await.json();
    assert_eq!(again["saved"]["version"], 2, "nothing has changed: {again}");

    description["paths"]["/widgets/{id}"]["get"]["summary"] = json!("Fetch a widget");
    description["paths"]["/widgets/{id}"]["delete"] = json!({
        "operationId": "dropWidget", "summary": "Drop a widget", "responses": { "204": { "description": "gone" } },
        "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
    });
    let seen = import(&admin, asked(&description, false)).await.json();
    assert_eq!(
        (&seen["difference"]["added"], &seen["difference"]["kept"]),
        (&json!(["DELETE /widgets/{id}"]), &json!(["GET /widgets/{id}"])),
        "{seen}"
    );
    assert_eq!(
        admin.get("/api/connectors/acme/versions").await.json()["total"],
        2
    );
    let saved = import(&admin, asked(&description, true)).await;
    assert_eq!(
        (saved.status, &saved.json()["saved"]["version"]),
        (200, &json!(3))
    );
    assert!(
        saved.json()["file"]
            .as_str()
            .unwrap()
            .contains("Look a widget up")
    );
    assert_eq!(saved.json()["file"], seen["file"]);
}

#[tokio::test]
async fn a_description_is_read_from_a_url_that_an_account_may_reach_and_from_no_other() {
    let text = described("https://api.acme.example/v1");
    let serving = text.clone();
    let platform = FakePlatform::start(move |_| (200, serving.clone())).await;
    let url = json!({ "url": format!("{}/openapi.json", platform.url) });
    let open = reaching_here().await;
    let draft = import(&open.admin(), url.clone()).await;
    assert_eq!(
        draft.json()["base"],
        "https://api.acme.example/v1",
        "{}",
        draft.text
    );

    let closed = Solder::start().await;
    let before = platform.received().len();
    let port = platform.url.rsplit(':').next().unwrap().to_owned();
    for refused in [
        url["url"].as_str().unwrap().to_owned(),
        format!("https://localhost:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
        "https://169.254.169.254/latest/meta-data".to_owned(),
        "file:///etc/passwd".to_owned(),
        "ftp://api.acme.example/".to_owned(),
        "not a url".to_owned(),
    ] {
        let answer = import(&closed.admin(), json!({ "url": refused })).await;
        assert_eq!(
            (answer.status, fault(&answer).0.as_str()),
            (400, "url"),
            "{refused}: {}",
            answer.text
        );
    }
    assert_eq!(platform.received().len(), before);
    assert_eq!(closed.admin().get("/api/connectors?limit=1").await.status, 200);
}

#[tokio::test]
async fn a_server_where_accounts_may_not_go_is_refused_saved_or_not() {
    let solder = Solder::start().await;
    let admin = solder.admin();
    for server in [
        "https://10.0.0.7/v1",
        "http://127.0.0.1:9/v1",
        "https://localhost/v1",
        "https://[::1]/v1",
    ] {
        for save in [false, true] {
            let answer = import(
                &admin,
                json!({ "description": described(server), "connectorId": "acme", "save": save }),
            )
            .await;
            assert_eq!(answer.status, 400, "{server}: {}", answer.text);
            assert!(
                fault(&answer)
                    .1
                    .contains("SOLDER_ALLOW_PRIVATE_NETWORKS_ACCOUNTS"),
                "{}",
                answer.text
            );
        }
    }
    assert_eq!(admin.get("/api/connectors/acme").await.status, 404);
}

#[tokio::test]
async fn only_an_admin_imports_and_no_id_is_taken_that_all_accounts_have() {
    let solder = Solder::start().await;
    let description = described("https://api.acme.example/v1");
    let member = solder.key(&solder.first, "bob", Role::Member, false).await;
    for save in [false, true] {
        let asked = import(
            &solder.client(&member),
            json!({ "description": description, "save": save }),
        )
        .await;
        assert_eq!(asked.status, 403, "{}", asked.text);
    }
    let admin = solder.admin();
    for id in ["slack", "solder", "import"] {
        let asked = import(
            &admin,
            json!({ "description": description, "connectorId": id, "save": true }),
        )
        .await;
        assert_eq!(
            (asked.status, fault(&asked).0.as_str()),
            (400, "connectorId"),
            "{id}: {}",
            asked.text
        );
    }
    assert_eq!(
        import(
            &admin,
            json!({ "description": description, "connectorId": "acme", "save": true })
        )
        .await
        .status,
        201
    );
    // Another account's connector of that id is nothing to bring a description into.
    let other = solder.account("second").await;
    let draft = import(
        &solder.client(&other.key),
        json!({ "description": description, "connectorId": "acme" }),
    )
    .await;
    assert_eq!(draft.status, 200, "{}", draft.text);
    assert!(draft.json().get("difference").is_none());
}

#[tokio::test]
async fn every_fault_of_a_request_is_told_and_a_hostile_description_is_refused_with_a_reason() {
    let solder = Solder::start().await;
    let admin = solder.admin();
    let wrong = import(
        &admin,
        json!({ "description": 7, "connectorId": "", "all": "yes", "only": [1], "colour": true }),
    )
    .await;
    let issues = wrong.json()["error"]["details"]["faults"].clone();
    let mut fields: Vec<_> = issues
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["field"].as_str().unwrap())
        .collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        ["all", "colour", "connectorId", "description", "only"],
        "{}",
        wrong.text
    );
    for (body, field) in [
        (json!({}), "description"),
        (
            json!({ "description": "{}", "url": "https://api.acme.example/" }),
            "url",
        ),
        (json!({ "description": "" }), "description"),
        (json!({ "description": "hello" }), "description"),
        (
            json!({ "description": { "openapi": "3.0.0", "paths": {} } }),
            "description",
        ),
        (json!({ "description": "[".repeat(10_000) }), "description"),
        (
            json!({ "description": format!("{{\"openapi\":\"3.0.0\",\"x\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000)) }),
            "description",
        ),
        (json!({ "description": alias_bomb() }), "description"),
        (
            json!({ "description": described("https://api.acme.example/"), "only": ["nothingOfThat"] }),
            "description",
        ),
    ] {
        let answer = import(&admin, body).await;
        let (at, message) = fault(&answer);
        assert_eq!((answer.status, at.as_str()), (400, field), "{}", answer.text);
        assert!(message.len() > 10, "{}", answer.text);
    }
}

/// YAML that unfolds to a billion texts.
fn alias_bomb() -> String {
    let level = |level: usize| {
        let before = format!("*a{}", level - 1);
        format!("a{level}: &a{level} [{}]\n", [before.as_str(); 10].join(","))
    };
    let levels: String = (1..9).map(level).collect();
    format!("openapi: 3.0.0\na0: &a0 [x,x,x,x,x,x,x,x,x,x]\n{levels}")
}
