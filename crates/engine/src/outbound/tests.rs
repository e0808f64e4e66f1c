//! The guarded client against platforms on loopback that answer, break, stall and lie byte by byte.

mod bodies;
mod guard;
mod platform;
mod redirects;
mod repeats;

use super::{Caps, Outbound, OutboundError, OutboundSettings, Reach, RetryPolicy};
use bytes::Bytes;
use platform::{Platform, Reply, ok};
use solder_model::Entropy;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

struct Steady;

impl Entropy for Steady {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

fn settings() -> OutboundSettings {
    OutboundSettings {
        connect_timeout: Duration::from_millis(300),
        retry: RetryPolicy {
            attempts: 3,
            first_wait: Duration::from_millis(2),
            longest_wait: Duration::from_millis(4),
        },
        ..OutboundSettings::default()
    }
}

fn outbound(settings: OutboundSettings) -> Outbound {
    Outbound::new(settings, Arc::new(Steady))
}

fn request(method: &str, url: &str) -> http::Request<Bytes> {
    let request = http::Request::builder().method(method).uri(url);
    request
        .header("authorization", "Bearer xoxb-secret")
        .body(Bytes::new())
        .unwrap()
}

fn caps() -> Caps {
    Caps::starting_now(Duration::from_secs(10), 1_000_000)
}

/// Sends a GET to a platform as the operator's own override would.
async fn get(url: &str) -> Result<http::Response<Bytes>, OutboundError> {
    outbound(settings())
        .send(Reach::Override, &request("GET", url), &caps())
        .await
}

#[tokio::test]
async fn a_request_goes_out_as_it_was_built_and_frames_itself() {
    let platform = Platform::start(|_, _| ok("{}")).await;
    let built = http::Request::builder()
        .method("POST")
        .uri(platform.url("/api/chat.postMessage?a=1%2F2&b=%C3%A9"))
        .header("authorization", "Bearer xoxb-secret")
        .header("content-type", "application/json")
        .header("host", "elsewhere.example")
        .header("content-length", "1")
        .header("transfer-encoding", "chunked")
        .header("accept-encoding", "br")
        .body(Bytes::from_static(b"{\"text\":\"hi\"}"))
        .unwrap();
    let answer = outbound(settings())
        .send(Reach::Override, &built, &caps())
        .await
        .unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.body().as_ref()),
        (200, b"{}".as_slice())
    );
    let seen = platform.seen().remove(0);
    assert!(
        seen.starts_with("POST /api/chat.postMessage?a=1%2F2&b=%C3%A9 HTTP/1.1\r\n"),
        "{seen}"
    );
    assert!(seen.ends_with("\r\n\r\n{\"text\":\"hi\"}"), "{seen}");
    let lower = seen.to_lowercase();
    for (line, times) in [
        ("authorization: bearer xoxb-secret\r\n", 1),
        (&format!("host: {}\r\n", platform.address()), 1),
        ("content-length: 13\r\n", 1),
        ("accept-encoding: gzip\r\n", 1),
        (
            concat!("user-agent: solder/", env!("CARGO_PKG_VERSION"), "\r\n"),
            1,
        ),
        ("transfer-encoding", 0),
        ("elsewhere", 0),
    ] {
        assert_eq!(lower.matches(line).count(), times, "{line} in {seen}");
    }
}

#[tokio::test]
async fn a_write_without_a_body_says_that_it_has_none() {
    let platform = Platform::start(|_, _| ok("{}")).await;
    let outbound = outbound(settings());
    for method in ["POST", "PUT", "PATCH"] {
        let answer = outbound
            .send(Reach::Override, &request(method, &platform.url("/")), &caps())
            .await;
        assert!(answer.is_ok());
        assert!(
            platform
                .seen()
                .pop()
                .unwrap()
                .to_lowercase()
                .contains("content-length: 0\r\n"),
            "{method}"
        );
    }
}

#[tokio::test]
async fn any_status_is_an_answer() {
    for status in [201, 204, 304, 400, 401, 404, 429, 500, 503] {
        let platform = Platform::start(move |_, _| {
            Reply::Bytes(format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n").into())
        });
        assert_eq!(
            get(&platform.await.url("/")).await.unwrap().status().as_u16(),
            status
        );
    }
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let platform = Platform::start(|_, _| ok("{}")).await;
    let outbound = outbound(settings());
    for _ in 0..20 {
        outbound
            .send(Reach::Override, &request("GET", &platform.url("/")), &caps())
            .await
            .unwrap();
    }
    assert_eq!((platform.seen().len(), platform.connections()), (20, 1));
}

#[tokio::test]
async fn nothing_of_the_url_or_of_a_secret_is_in_an_error() {
    let cut = Platform::start(|_, _| Reply::Cut(Vec::new())).await;
    let away =
        Platform::start(|_, _| platform::redirect("http://127.0.0.1:9/bot-secret-path?token=secret")).await;
    let closed = Platform::closed().await;
    let base = "/bot-secret-path/get?token=secret";
    let outbound = outbound(settings());
    for (reach, url) in [
        (Reach::Override, cut.url(base)),
        (Reach::Override, away.url(base)),
        (Reach::Override, format!("http://{closed}{base}")),
        (Reach::Override, format!("http://secret-name.invalid{base}")),
        (Reach::Override, format!("http://secret:secret@{closed}{base}")),
        (Reach::Override, format!("http://{closed}/secret/../x")),
        (Reach::Public, cut.url(base)),
        (Reach::Public, format!("https://{closed}{base}")),
        (Reach::Operator, format!("http://localhost{base}")),
    ] {
        let error = outbound
            .send(reach, &request("GET", &url), &caps())
            .await
            .unwrap_err();
        let mut text = format!("{error:?}");
        let mut next: Option<&dyn std::error::Error> = Some(&error);
        while let Some(error) = next {
            write!(text, " / {error} / {error:?}").unwrap();
            next = error.source();
        }
        for leak in ["secret", "token", "xoxb", "http://", "https://"] {
            assert!(!text.contains(leak), "`{leak}` in: {text}");
        }
    }
}
