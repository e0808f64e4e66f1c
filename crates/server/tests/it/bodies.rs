//! Bodies that are too long, too deep, too late, or no JSON.

use serde_json::json;
use solder_testkit::{Mcp, Solder, raw, raw_connection};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const LIMIT: usize = 10 * 1024 * 1024;

#[tokio::test]
async fn a_body_of_the_limit_is_read_and_one_byte_more_is_not() {
    let solder = Solder::start().await;
    let body = |length: usize| {
        let frame = r#"{"name":"Long","surplus":""}"#.len();
        format!(r#"{{"name":"Long","surplus":"{}"}}"#, "x".repeat(length - frame)).into_bytes()
    };
    let admin = solder.admin();
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    assert_eq!(
        admin
            .send(reqwest::Method::POST, "/api/servers", Some(body(LIMIT)))
            .await
            .status,
        201
    );
    let over = admin
        .send(reqwest::Method::POST, "/api/servers", Some(body(LIMIT + 1)))
        .await;
    assert_eq!((over.status, over.code().as_str()), (413, "PAYLOAD_TOO_LARGE"));
    let over = mcp.post(body(LIMIT + 1)).await;
    assert_eq!((over.status, over.code().as_str()), (413, "PAYLOAD_TOO_LARGE"));
}

#[tokio::test]
async fn a_body_whose_length_is_not_told_has_the_same_limit() {
    let solder = Solder::build()
        .server(|settings| settings.max_body_bytes = 1_000)
        .start()
        .await;
    let key = &solder.first.key;
    let mut stream = raw_connection(&solder.url).await;
    let head = format!(
        "POST /api/servers HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("1f4\r\n{}\r\n", "x".repeat(500));
    for _ in 0..3 {
        stream.write_all(chunk.as_bytes()).await.unwrap();
    }
    let mut answer = vec![0; 400];
    let length = stream.read(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let solder = Solder::build()
        .server(|settings| settings.body_timeout = Duration::from_millis(50))
        .start()
        .await;
    let request = format!(
        "POST /api/servers HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: 10\r\n\r\n{{",
        solder.first.key
    );
    let answer = raw(&solder.url, request).await;
    assert!(
        answer.starts_with("HTTP/1.1 408") && answer.contains("REQUEST_TIMEOUT"),
        "{answer}"
    );
}

#[tokio::test]
async fn whoever_may_not_enter_is_told_so_whatever_the_body() {
    let solder = Solder::start().await;
    let answer = solder
        .nobody()
        .send(reqwest::Method::POST, "/api/servers", Some(b"{".to_vec()))
        .await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn bodies_that_are_no_object_are_refused_with_the_place() {
    let solder = Solder::start().await;
    let admin = solder.admin();
    let deep = format!("{{\"name\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    for bad in [
        "",
        "{",
        "[]",
        "null",
        "\"x\"",
        "{\"name\":\"a\",}",
        "{\"name\":\"\\ud800\"}",
        &deep,
    ] {
        let answer = admin
            .send(reqwest::Method::POST, "/api/servers", Some(bad.into()))
            .await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "INVALID_REQUEST"),
            "{bad:.40} {}",
            answer.text
        );
    }
    let bytes = admin
        .send(
            reqwest::Method::POST,
            "/api/servers",
            Some(b"{\n\"name\":\"\xff\"}".to_vec()),
        )
        .await;
    assert!(
        bytes.error()["message"].as_str().unwrap().contains("UTF-8"),
        "{}",
        bytes.text
    );
    assert_eq!(bytes.error()["details"]["line"], 2);
    let body = admin.with("content-type", "application/json; charset=utf-8");
    assert_eq!(
        body.post("/api/servers", &json!({ "name": "Charset" }))
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn unparsable_messages_are_json_rpc_errors_with_400() {
    let solder = Solder::start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let deep = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{}{}}}"#,
        "[".repeat(500),
        "]".repeat(500)
    );
    for (bad, code) in [
        ("", -32700),
        ("{", -32700),
        ("nonsense", -32700),
        (&deep, -32700),
        ("{}", -32600),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#, -32600),
        ("[]", -32600),
    ] {
        let answer = mcp.post(bad).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]["code"]),
            (400, &json!(code)),
            "{bad:.60} {}",
            answer.text
        );
    }
    let bytes = mcp
        .post(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\"}".to_vec())
        .await;
    assert_eq!(
        (bytes.status, &bytes.json()["error"]["code"]),
        (400, &json!(-32700))
    );
    assert_eq!(
        Mcp::new(&solder.nobody(), "/mcp/a-aaaaaaaa/x")
            .post("{")
            .await
            .status,
        401
    );
}
