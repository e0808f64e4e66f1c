//! The listener: both versions of HTTP, their limits, and how it stops.

use serde_json::json;
use solder_testkit::{FakePlatform, Solder, raw, raw_connection};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[expect(clippy::disallowed_methods, reason = "tests reach their own server")]
fn http2() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .http2_prior_knowledge()
        .build()
        .unwrap()
}

#[tokio::test]
async fn both_versions_of_http_take_sixty_four_kilobytes_of_headers() {
    let solder = Solder::start().await;
    let many = |client: reqwest::Client, bytes: usize| {
        let mut request = client.get(format!("{}/health", solder.url));
        for place in 0..bytes / 8_000 {
            request = request.header(format!("x-filler-{place}"), "x".repeat(7_980));
        }
        request.send()
    };
    for client in [solder_testkit::http_client(), http2()] {
        assert_eq!(many(client.clone(), 56_000).await.unwrap().status(), 200);
        let over = many(client, 120_000).await;
        assert!(over.is_err() || over.unwrap().status() == 431);
    }
    let version = http2()
        .get(format!("{}/health", solder.url))
        .send()
        .await
        .unwrap()
        .version();
    assert_eq!(version, reqwest::Version::HTTP_2);
}

#[tokio::test]
async fn a_connection_that_never_asks_is_closed() {
    let solder = Solder::build()
        .server(|settings| settings.header_timeout = Duration::from_millis(50))
        .start()
        .await;
    for start in ["", "GET /health HT", "GET /health HTTP/1.1\r\nhost: x"] {
        let mut stream = raw_connection(&solder.url).await;
        stream.write_all(start.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        let closed = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut rest)).await;
        assert!(closed.is_ok(), "{start:?}");
    }
}

#[tokio::test]
async fn nonsense_is_refused_and_the_listener_goes_on() {
    let solder = Solder::start().await;
    for bytes in [
        &b"\x00\x01\x02\r\n\r\n"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
    ] {
        let answer = raw(&solder.url, bytes).await;
        assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
    }
    assert_eq!(solder.nobody().get("/health").await.status, 200);
}

#[tokio::test]
async fn a_stop_finishes_the_calls_under_way() {
    let wait = Duration::from_millis(300);
    let platform = FakePlatform::start_slow(wait, |_| (200, json!({ "ok": true, "members": [] }))).await;
    let solder = Solder::build()
        .connector("slack", &platform, "/api")
        .start()
        .await;
    solder.slack_credential().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let call = tokio::spawn(async move { mcp.execute("slack", "users_list", &json!({})).await });
    while platform.received().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let url = solder.url.clone();
    solder.stop().await;
    assert!(!call.await.unwrap().tool().0);
    assert!(
        tokio::net::TcpStream::connect(url.strip_prefix("http://").unwrap())
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_stop_waits_no_longer_than_it_may() {
    let platform = FakePlatform::start_slow(Duration::from_mins(1), |_| (200, json!({ "ok": true }))).await;
    let built = Solder::build().connector("slack", &platform, "/api");
    let solder = built
        .server(|settings| settings.shutdown_grace = Duration::from_millis(50))
        .start()
        .await;
    solder.slack_credential().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let call = tokio::spawn(async move { mcp.execute("slack", "users_list", &json!({})).await });
    while platform.received().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let stopped = tokio::time::timeout(Duration::from_secs(20), solder.stop()).await;
    assert!(stopped.is_ok());
    call.abort();
}

#[tokio::test]
async fn a_client_that_asks_before_it_sends_its_body_is_told_to_go_on_only_if_it_may_enter() {
    let solder = Solder::start().await;
    let body = r#"{"name":"Asked"}"#;
    let head = |key: &str| {
        format!(
            "POST /api/servers HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\r\n",
            body.len()
        )
    };
    let refused = raw(&solder.url, head("sk_not_a_key_of_ours")).await;
    assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
    let mut stream = raw_connection(&solder.url).await;
    stream
        .write_all(head(&solder.first.key).as_bytes())
        .await
        .unwrap();
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}

#[tokio::test]
async fn requests_of_one_connection_are_answered_in_their_order_with_and_without_bodies() {
    let solder = Solder::start().await;
    let body = r#"{"name":"First"}"#;
    let key = format!(
        "host: localhost\r\nauthorization: Bearer {}\r\n",
        solder.first.key
    );
    let post = format!(
        "content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let chunked = "content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n\
                   8\r\n{\"name\":\r\n9\r\n\"Second\"}\r\n0\r\n\r\n";
    let requests = format!(
        "POST /api/servers HTTP/1.1\r\n{key}{post}POST /api/servers HTTP/1.1\r\n{key}{chunked}\
         POST /api/servers HTTP/1.1\r\nhost: localhost\r\n{post}GET /api/servers HTTP/1.1\r\n{key}connection: close\r\n\r\n"
    );
    let answers = raw(&solder.url, requests).await;
    let statuses: Vec<&str> = answers
        .match_indices("HTTP/1.1 ")
        .filter_map(|(at, _)| answers.get(at + 9..at + 12))
        .collect();
    assert_eq!(statuses, ["201", "201", "401", "200"], "{answers}");
    assert!(answers.contains("First") && answers.contains("Second"));
}
