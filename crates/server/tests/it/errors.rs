//! Every code of the contract's table (part 4), as a client meets it.

use serde_json::json;
use solder_model::Role;
use solder_testkit::{Answer, Mcp, Solder};

fn is(answer: &Answer, status: u16, code: &str) {
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (status, code),
        "{}",
        answer.text
    );
    assert_eq!(answer.header("content-type"), "application/json");
    let error = answer.error();
    assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()) && error["details"].is_object());
    assert_eq!(answer.json().as_object().unwrap().len(), 1);
}

#[tokio::test]
async fn the_http_endpoints_answer_each_code_in_the_envelope() {
    let solder = Solder::start().await;
    let admin = solder.admin();
    is(
        &admin.post("/api/servers", &json!({})).await,
        400,
        "INVALID_REQUEST",
    );
    is(&solder.nobody().get("/api/servers").await, 401, "UNAUTHORIZED");
    let bound = solder.client(&solder.key(&solder.first, "bob", Role::Member, true).await);
    is(&bound.as_user("x").get("/api/servers").await, 403, "FORBIDDEN");
    is(&admin.get("/api/servers/none-aaaaaaaa").await, 404, "NOT_FOUND");
    for path in [
        "/",
        "/api",
        "/api/",
        "/api/servers/",
        "/mcp/",
        "/mcp/a/b/c",
        "/nothing",
    ] {
        is(&admin.get(path).await, 404, "NOT_FOUND");
    }
    is(
        &admin.put("/api/servers", &json!({})).await,
        405,
        "METHOD_NOT_ALLOWED",
    );
    let text = admin
        .with("content-type", "text/plain")
        .post("/api/servers", &json!({ "name": "x" }))
        .await;
    is(&text, 415, "UNSUPPORTED_MEDIA_TYPE");
    is(
        &admin.get(&format!("/api/credentials/{}", "0".repeat(24))).await,
        400,
        "CREDENTIAL_NOT_FOUND",
    );
    let body = json!({ "connectorId": "nothing", "authenticationType": "x", "fields": {} });
    is(
        &admin.post("/api/credentials", &body).await,
        404,
        "CONNECTOR_NOT_FOUND",
    );
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let solder = Solder::start().await;
    let allow = solder
        .admin()
        .delete("/api/servers")
        .await
        .header("allow")
        .to_owned();
    let mut methods: Vec<&str> = allow.split(',').map(str::trim).collect();
    methods.sort_unstable();
    assert_eq!(methods, ["GET", "HEAD", "POST"]);
}

#[tokio::test]
async fn the_mcp_endpoint_refuses_in_the_envelope_before_the_message_is_read() {
    let solder = Solder::start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    is(&mcp.send(reqwest::Method::GET).await, 405, "METHOD_NOT_ALLOWED");
    is(
        &mcp.send(reqwest::Method::DELETE).await,
        405,
        "METHOD_NOT_ALLOWED",
    );
    is(&mcp.send(reqwest::Method::PUT).await, 405, "METHOD_NOT_ALLOWED");
    is(
        &mcp.with("content-type", "text/plain").post(ping).await,
        415,
        "UNSUPPORTED_MEDIA_TYPE",
    );
    let server = solder.server(&json!({ "name": "Two" })).await;
    let path = format!("/mcp/{}", server["serverId"].as_str().unwrap());
    let json_alone = solder.admin().with("accept", "application/json");
    is(
        &json_alone
            .send(reqwest::Method::POST, &path, Some(ping.into()))
            .await,
        406,
        "NOT_ACCEPTABLE",
    );
    is(
        &Mcp::new(&solder.nobody(), &path).post(ping).await,
        401,
        "UNAUTHORIZED",
    );
}

#[tokio::test]
async fn clients_that_name_a_revision_get_json_rpc_errors_but_for_401_and_403() {
    let solder = Solder::start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    for version in ["2025-06-18", "2026-07-28"] {
        let client = mcp.with("mcp-protocol-version", version);
        let refused = client.send(reqwest::Method::GET).await;
        assert_eq!(refused.status, 405);
        let message = refused.json();
        assert_eq!(
            (&message["jsonrpc"], &message["error"]["code"]),
            (&json!("2.0"), &json!(405))
        );
        assert_eq!(message["error"]["data"]["code"], "METHOD_NOT_ALLOWED");
        assert_eq!(message.get("id"), None);
        let media = client.with("content-type", "text/plain").post("{}").await;
        assert_eq!((media.status, &media.json()["error"]["code"]), (415, &json!(415)));
        let forbidden = client.with("origin", "http://evil.example.com").post("{}").await;
        is(&forbidden, 403, "FORBIDDEN");
        let wrong = solder.mcp_at(&format!("{}/mcp/none-aaaaaaaa/mcp_x", solder.url));
        is(
            &wrong.with("mcp-protocol-version", version).post("{}").await,
            401,
            "UNAUTHORIZED",
        );
    }
}

#[tokio::test]
async fn what_a_tool_refuses_is_a_result_that_a_model_can_mend() {
    let solder = Solder::start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let code = async |connector: &str, action: &str| {
        let (is_error, text) = mcp.execute(connector, action, &json!({})).await.tool();
        assert!(is_error);
        text["error"].clone()
    };
    let connector = code("slak", "users_list").await;
    assert_eq!(connector["code"], "CONNECTOR_NOT_FOUND");
    assert_eq!(connector["details"]["didYouMean"][0], "slack");
    let action = code("slack", "users_lst").await;
    assert_eq!(action["code"], "ACTION_NOT_FOUND");
    assert_eq!(action["details"]["didYouMean"][0], "users_list");
    assert_eq!(code("slack", "Users_list").await["code"], "ACTION_NOT_FOUND");
    let credential = code("slack", "users_list").await;
    assert_eq!(credential["code"], "CREDENTIAL_NOT_FOUND");
    assert_eq!(code("slack", "chat_postMessage").await["code"], "INVALID_REQUEST");
}

#[tokio::test]
async fn an_unknown_tool_is_a_protocol_error() {
    let solder = Solder::start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    for answer in [
        mcp.call("nothing", &json!({})).await,
        mcp.call_modern("nothing", &json!({})).await,
    ] {
        assert_eq!(
            (answer.status, &answer.message()["error"]["code"]),
            (200, &json!(-32602)),
            "{}",
            answer.text
        );
    }
}

#[tokio::test]
async fn a_storage_that_is_gone_is_a_fault_of_ours_with_the_requests_id_and_nothing_else() {
    let solder = Solder::start().await;
    let server = solder.server(&json!({ "name": "One" })).await;
    let mcp = Mcp::new(&solder.admin(), "/mcp/never-seen0000");
    solder.engine.stop().await;
    let fault = solder
        .admin()
        .get(&format!("/api/servers/{}", server["serverId"].as_str().unwrap()))
        .await;
    is(&fault, 500, "INTERNAL_ERROR");
    assert_eq!(
        fault.error()["details"]["requestId"],
        fault.header("x-request-id")
    );
    let fault = mcp.legacy("ping", &json!({})).await;
    is(&fault, 500, "INTERNAL_ERROR");
    assert_eq!(
        fault.error()["details"]["requestId"],
        fault.header("x-request-id")
    );
    assert!(!fault.text.to_lowercase().contains("sql"), "{}", fault.text);
}
