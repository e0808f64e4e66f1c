//! How large an answer may be, how long it may take, and how it may break.

use super::platform::{Platform, Reply, answer, ok};
use super::{Caps, OutboundError, Reach, get, outbound, request, settings};
use bytes::Bytes;
use std::time::Duration;
use tokio::time::Instant;

/// `{"ok":true}`, as gzip makes it.
const SMALL_GZIP: [u8; 31] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 255, 171, 86, 202, 207, 86, 178, 42, 41, 42, 77, 173, 5, 0, 144, 95, 212,
    167, 11, 0, 0, 0,
];

/// A gzip of zeros: one literal, then repetitions of 258 bytes at distance 1, 13 bits each, in one fixed block. It
/// never ends; what reads it should not wait for that.
fn gzip_bomb(zeros: usize) -> Vec<u8> {
    let mut bytes = vec![31, 139, 8, 0, 0, 0, 0, 0, 0, 255];
    let (mut held, mut count) = (0_u32, 0);
    // Codes go out from their first bit on, into bytes that are filled from their lowest.
    let mut put = |code: u32, length: u32| {
        for bit in (0..length).rev() {
            held |= ((code >> bit) & 1) << count;
            count += 1;
            if count == 8 {
                bytes.push(u8::try_from(held).unwrap());
                (held, count) = (0, 0);
            }
        }
    };
    put(0b1_10, 3);
    put(0b0011_0000, 8);
    for _ in 0..zeros / 258 {
        put(0b1100_0101, 8);
        put(0, 5);
    }
    bytes
}

async fn get_within(
    platform: &Platform,
    total: Duration,
    bytes: usize,
) -> Result<http::Response<Bytes>, OutboundError> {
    let caps = Caps::starting_now(total, bytes);
    outbound(settings())
        .send(Reach::Override, &request("GET", &platform.url("/")), &caps)
        .await
}

const LONG: Duration = Duration::from_secs(10);

#[tokio::test]
async fn an_answer_may_be_as_large_as_the_cap_and_no_larger() {
    let body = "x".repeat(200_000);
    let with_length = body.clone();
    let told = Platform::start(move |_, _| ok(&with_length)).await;
    let untold =
        Platform::start(move |_, _| Reply::Cut(format!("HTTP/1.1 200 OK\r\n\r\n{body}").into())).await;
    for platform in [told, untold] {
        assert_eq!(
            get_within(&platform, LONG, 200_000).await.unwrap().body().len(),
            200_000
        );
        let larger = get_within(&platform, LONG, 199_999).await;
        assert!(
            matches!(larger, Err(OutboundError::TooLarge { limit: 199_999 })),
            "{larger:?}"
        );
    }
}

#[tokio::test]
async fn a_length_beyond_the_cap_is_refused_before_it_arrives() {
    for length in ["1000001", "99999999999999999"] {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\nx");
        let platform = Platform::start(move |_, _| Reply::Drip(head.clone().into(), b'x', LONG)).await;
        let answer = get_within(&platform, LONG, 1_000_000).await;
        assert!(
            matches!(answer, Err(OutboundError::TooLarge { .. })),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn gzip_is_read_and_counted_as_what_it_becomes() {
    let gzip = "content-encoding: gzip\r\n";
    let platform = Platform::start(move |_, _| answer("200 OK", gzip, &SMALL_GZIP)).await;
    assert_eq!(
        get_within(&platform, LONG, 11).await.unwrap().body().as_ref(),
        br#"{"ok":true}"#
    );
    assert!(matches!(
        get_within(&platform, LONG, 10).await,
        Err(OutboundError::TooLarge { limit: 10 })
    ));
}

#[tokio::test]
async fn a_gzip_bomb_goes_off_at_the_cap() {
    let bomb = gzip_bomb(1 << 30);
    assert!(bomb.len() < 10_000_000);
    let platform = Platform::start(move |_, _| answer("200 OK", "content-encoding: gzip\r\n", &bomb)).await;
    let answer = get_within(&platform, LONG, 1_000_000).await;
    assert!(
        matches!(answer, Err(OutboundError::TooLarge { limit: 1_000_000 })),
        "{answer:?}"
    );
}

#[tokio::test]
async fn broken_or_unknown_compression_is_a_bad_answer() {
    for (encoding, body) in [
        ("gzip", b"no gzip at all".as_slice()),
        ("br", b"x"),
        ("deflate", b"x"),
    ] {
        let headers = format!("content-encoding: {encoding}\r\n");
        let platform = Platform::start(move |_, _| answer("200 OK", &headers, body)).await;
        let answer = get(&platform.url("/")).await;
        assert!(
            matches!(answer, Err(OutboundError::BadAnswer(_))),
            "{encoding}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn a_silent_platform_and_a_dripping_one_end_with_the_deadline() {
    let total = Duration::from_millis(150);
    let drip = |head: &'static [u8]| {
        move |_: usize, _: &str| Reply::Drip(head.into(), b'x', Duration::from_millis(5))
    };
    let platforms = [
        Platform::start(|_, _| Reply::Hang).await,
        Platform::start(drip(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")).await,
        Platform::start(drip(b"HTTP/1.1 200 OK\r\nx-slow: ")).await,
    ];
    for platform in platforms {
        let begun = Instant::now();
        let answer = get_within(&platform, total, 1_000).await;
        assert!(matches!(answer, Err(OutboundError::Timeout)), "{answer:?}");
        assert!(begun.elapsed() >= total && begun.elapsed() < LONG);
    }
}

#[tokio::test]
async fn a_handshake_that_never_ends_is_a_connection_that_was_never_made() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", silent.local_addr().unwrap());
    let answer = get(&url).await;
    assert!(matches!(answer, Err(OutboundError::Unreachable(_))), "{answer:?}");
}

#[tokio::test]
async fn what_breaks_before_or_within_an_answer_is_broken() {
    for bytes in [
        b"".as_slice(),
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 31\r\n\r\n\x1f\x8b\x08\x00\x00",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    ] {
        let platform = Platform::start(move |_, _| Reply::Cut(bytes.into())).await;
        let answer = get(&platform.url("/")).await;
        assert!(matches!(answer, Err(OutboundError::Broken(_))), "{answer:?}");
    }
}

#[tokio::test]
async fn a_closed_port_and_an_unknown_name_are_unreachable() {
    let closed = Platform::closed().await;
    for url in [format!("http://{closed}/"), "http://no-such-name.invalid/".into()] {
        let answer = get(&url).await;
        assert!(
            matches!(answer, Err(OutboundError::Unreachable(_))),
            "{url}: {answer:?}"
        );
    }
}
