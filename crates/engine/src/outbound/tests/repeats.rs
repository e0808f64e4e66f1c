//! When a request is sent again.

use super::platform::{Platform, Reply, answer, ok};
use super::{Caps, OutboundError, OutboundSettings, Reach, RetryPolicy, caps, outbound, request, settings};
use crate::outbound::{Attempt, Effect};
use bytes::Bytes;
use std::time::Duration;
use tokio::time::Instant;

/// Asks for another attempt after any failure, as eagerly as a connector's file could.
fn eager(response: &http::Response<Bytes>) -> Attempt<u16> {
    let status = response.status().as_u16();
    let wait = response.headers().get("retry-after");
    let wait = wait.map(|seconds| Duration::from_secs(seconds.to_str().unwrap().parse().unwrap()));
    if status < 400 {
        Attempt::Done(status)
    } else {
        Attempt::Again {
            wait,
            otherwise: status,
        }
    }
}

async fn send(platform: &Platform, effect: Effect) -> Result<u16, OutboundError> {
    let request = request(
        if effect == Effect::Read { "GET" } else { "POST" },
        &platform.url("/"),
    );
    outbound(settings())
        .send_with_retry(Reach::Override, &request, &caps(), effect, eager)
        .await
}

async fn failing_twice_with(status: &'static str) -> Platform {
    Platform::start(move |number, _| {
        if number < 2 {
            answer(status, "", b"")
        } else {
            ok("{}")
        }
    })
    .await
}

#[tokio::test]
async fn a_read_is_sent_again_until_it_succeeds() {
    for status in ["429 Slow", "502 Bad", "503 Busy", "504 Late"] {
        let platform = failing_twice_with(status).await;
        assert_eq!(send(&platform, Effect::Read).await.unwrap(), 200);
        assert_eq!(platform.seen().len(), 3);
    }
}

#[tokio::test]
async fn a_write_is_sent_again_after_429_alone_however_eager_the_reader() {
    let platform = failing_twice_with("429 Slow").await;
    assert_eq!(send(&platform, Effect::Write).await.unwrap(), 200);
    for (status, code) in [
        ("500 Bad", 500),
        ("502 Bad", 502),
        ("503 Busy", 503),
        ("504 Late", 504),
    ] {
        let platform = failing_twice_with(status).await;
        assert_eq!(send(&platform, Effect::Write).await.unwrap(), code);
        assert_eq!(platform.seen().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn the_last_answer_is_the_outcome_when_the_attempts_are_used_up() {
    let platform = Platform::start(|_, _| answer("503 Busy", "", b"")).await;
    assert_eq!(send(&platform, Effect::Read).await.unwrap(), 503);
    assert_eq!(platform.seen().len(), 3);
}

#[tokio::test]
async fn a_broken_connection_is_tried_again_by_reads_alone() {
    for (effect, passes, times) in [(Effect::Read, true, 3), (Effect::Write, false, 1)] {
        let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf";
        let platform = Platform::start(move |number, _| {
            if number < 2 {
                Reply::Cut(cut.into())
            } else {
                ok("{}")
            }
        })
        .await;
        let answer = send(&platform, effect).await;
        assert_eq!(answer.is_ok(), passes, "{answer:?}");
        assert_eq!(platform.seen().len(), times);
    }
}

#[tokio::test]
async fn what_was_never_sent_is_sent_when_the_platform_is_there_even_a_write() {
    let address = Platform::closed().await;
    let patient = OutboundSettings {
        retry: RetryPolicy {
            attempts: 100,
            first_wait: Duration::from_millis(40),
            longest_wait: Duration::from_millis(40),
        },
        ..settings()
    };
    let outbound = outbound(patient);
    let request = request("POST", &format!("http://{address}/"));
    let caps = caps();
    let sending = outbound.send_with_retry(Reach::Override, &request, &caps, Effect::Write, eager);
    let late = async {
        tokio::time::sleep(Duration::from_millis(60)).await;
        Platform::start_at(address, |_, _| ok("{}")).await
    };
    let (answer, platform) = tokio::join!(sending, late);
    assert_eq!(answer.unwrap(), 200);
    assert_eq!(platform.seen().len(), 1);
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun_however_long() {
    for seconds in [60, 4_000_000_000, u64::MAX] {
        let headers = format!("retry-after: {seconds}\r\n");
        let platform = Platform::start(move |_, _| answer("429 Slow", &headers, b"")).await;
        let begun = Instant::now();
        assert_eq!(send(&platform, Effect::Read).await.unwrap(), 429);
        assert!(begun.elapsed() < Duration::from_secs(5));
        assert_eq!(platform.seen().len(), 1);
    }
}

#[tokio::test]
async fn an_asked_wait_is_kept() {
    let platform = Platform::start(|number, _| {
        if number == 0 {
            answer("429 Slow", "retry-after: 1\r\n", b"")
        } else {
            ok("{}")
        }
    });
    let platform = platform.await;
    let begun = Instant::now();
    assert_eq!(send(&platform, Effect::Write).await.unwrap(), 200);
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn all_attempts_share_one_deadline() {
    let platform = Platform::start(|_, _| answer("503 Busy", "", b"")).await;
    let endless = OutboundSettings {
        retry: RetryPolicy {
            attempts: u32::MAX,
            first_wait: Duration::from_millis(20),
            longest_wait: Duration::from_millis(20),
        },
        ..settings()
    };
    let caps = Caps::starting_now(Duration::from_millis(200), 1_000);
    let request = request("GET", &platform.url("/"));
    let begun = Instant::now();
    let outcome = outbound(endless)
        .send_with_retry(Reach::Override, &request, &caps, Effect::Read, eager)
        .await;
    assert!(
        matches!(outcome, Ok(503) | Err(OutboundError::Timeout)),
        "{outcome:?}"
    );
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(
        (2..=20).contains(&platform.seen().len()),
        "{}",
        platform.seen().len()
    );
}

#[tokio::test]
async fn a_refused_address_is_not_tried_again() {
    let outbound = outbound(settings());
    let mut asked = 0;
    let refused = request("GET", "https://127.0.0.1/");
    let reader = |response: &http::Response<Bytes>| {
        asked += 1;
        eager(response)
    };
    let outcome = outbound
        .send_with_retry(Reach::Public, &refused, &caps(), Effect::Read, reader)
        .await;
    assert!(matches!(outcome, Err(OutboundError::Refused(_))), "{outcome:?}");
    assert_eq!(asked, 0);
}
