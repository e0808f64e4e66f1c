//! How large files may be, and how little of them is held.

use super::{DRIVE, by_link, connect, is_closed, offered, platform, sent, started, started_with};
use serde_json::{Value, json};
use solder_testkit::{FakePlatform, Solder};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const PIECE: usize = 64 * 1024;
const PIECES: usize = 3_200;

/// The most memory that this process has had so far, in kilobytes.
fn peak_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn pieces() -> impl futures_util::Stream<Item = Result<bytes::Bytes, std::io::Error>> {
    let piece = bytes::Bytes::from(vec![7_u8; PIECE]);
    futures_util::stream::iter((0..PIECES).map(move |_| Ok(piece.clone())))
}

async fn served(router: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// A platform that counts what it is sent and keeps nothing of it.
async fn counting() -> (Solder, Arc<AtomicU64>) {
    let counted = Arc::new(AtomicU64::default());
    let count = Arc::clone(&counted);
    let router = axum::Router::new().fallback(move |body: axum::body::Body| {
        let count = Arc::clone(&count);
        async move {
            let mut stream = body.into_data_stream();
            while let Some(piece) = futures_util::StreamExt::next(&mut stream).await {
                let piece = piece.unwrap();
                assert!(piece.iter().all(|byte| *byte == 7));
                count.fetch_add(piece.len() as u64, Ordering::Relaxed);
            }
            axum::Json(json!({ "length": count.load(Ordering::Relaxed) }))
        }
    });
    let url = served(router).await;
    let platform = FakePlatform::start(|_| (500, Value::Null)).await;
    let solder = Solder::build()
        .connector_file("drive", DRIVE)
        .connector("drive", &platform, "")
        .engine(move |settings| {
            let drive = settings.connectors.get_mut("drive").unwrap();
            drive.base_url = Some(url.parse().unwrap());
            settings.account_networks = vec!["127.0.0.1/32".parse().unwrap()];
        })
        .start()
        .await;
    connect(&solder).await;
    (solder, counted)
}

#[tokio::test]
async fn a_file_of_200_megabytes_goes_up_by_its_link_through_a_small_memory() {
    let (solder, counted) = counting().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let link = offered(&solder, &mcp, "put", &by_link("large")).await;
    let before = peak_kb();
    let answer = sent(&solder, &link, reqwest::Body::wrap_stream(pieces())).await;
    assert_eq!(
        answer.json(),
        json!({ "length": PIECE * PIECES }),
        "{}",
        answer.text
    );
    assert_eq!(counted.load(Ordering::Relaxed), (PIECE * PIECES) as u64);
    let grown = peak_kb().saturating_sub(before);
    assert!(grown < 32 * 1024, "{grown} KB");
}

#[tokio::test]
async fn a_file_of_200_megabytes_goes_up_from_a_url_through_a_small_memory() {
    let source = served(axum::Router::new().fallback(async || axum::body::Body::from_stream(pieces()))).await;
    let (solder, counted) = counting().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let before = peak_kb();
    let arguments = json!({ "name": "large", "file": { "url": format!("{source}/large.bin") } });
    let (is_error, told) = mcp.execute("drive", "put", &arguments).await.tool();
    assert!(!is_error, "{told}");
    assert_eq!(counted.load(Ordering::Relaxed), (PIECE * PIECES) as u64);
    let grown = peak_kb().saturating_sub(before);
    assert!(grown < 32 * 1024, "{grown} KB");
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_and_never_looks_whole() {
    let platform = platform().await;
    let solder = started_with(&platform, |builder| {
        builder.engine(|settings| settings.max_file_bytes = 1_000)
    })
    .await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let link = offered(&solder, &mcp, "put", &by_link("a")).await;
    let told = sent(&solder, &link, "x".repeat(1_001)).await;
    assert_eq!(
        (told.status, told.code()),
        (413, "PAYLOAD_TOO_LARGE".to_owned()),
        "{}",
        told.text
    );
    // That was said beforehand, and used nothing up; without a length it shows on the way.
    let chunks = futures_util::stream::iter((0..3).map(|_| Ok::<_, std::io::Error>("x".repeat(500))));
    let untold = sent(&solder, &link, reqwest::Body::wrap_stream(chunks)).await;
    assert_eq!(
        (untold.status, untold.code()),
        (413, "PAYLOAD_TOO_LARGE".to_owned()),
        "{}",
        untold.text
    );
    assert!(is_closed(&solder, &link).await);
    assert_eq!(platform.received().len(), 0);
}

#[tokio::test]
async fn a_source_that_breaks_off_gives_the_platform_no_whole_request() {
    let (solder, platform) = started().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let link = offered(&solder, &mcp, "put", &by_link("a")).await;
    let mut raw = tokio::net::TcpStream::connect(solder.url.strip_prefix("http://").unwrap())
        .await
        .unwrap();
    let head = format!(
        "PUT {link} HTTP/1.1\r\nhost: {}\r\ncontent-length: 100\r\n\r\nonly this",
        solder.url.strip_prefix("http://").unwrap()
    );
    tokio::io::AsyncWriteExt::write_all(&mut raw, head.as_bytes())
        .await
        .unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    drop(raw);
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(platform.received().len(), 0);
    assert!(is_closed(&solder, &link).await);
}
