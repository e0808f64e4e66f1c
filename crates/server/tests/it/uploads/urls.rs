//! Files that are fetched from a URL: with no credential, and from nowhere that accounts may not reach.

use super::{platform, started, started_with};
use serde_json::{Value, json};
use solder_testkit::{FakePlatform, Mcp, PlatformAnswer, Solder};

/// A host of files: one that is there, one that redirects to where its path says.
async fn source() -> FakePlatform {
    FakePlatform::start_playing(|asked| match asked.path.split_once("to=") {
        Some((_, target)) => PlatformAnswer::of(302, "text/plain", "").with("location", target),
        None if asked.path.contains("gone") => PlatformAnswer::of(404, "text/plain", "gone"),
        None => PlatformAnswer::of(200, "image/png", "PICTURE"),
    })
    .await
}

/// An installation whose accounts reach one address of this machine.
async fn reaching(network: &str) -> (Solder, FakePlatform, Mcp) {
    let platform = platform().await;
    let network = network.parse().unwrap();
    let solder = started_with(&platform, |builder| {
        builder.engine(|settings| settings.account_networks = vec![network])
    })
    .await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    (solder, platform, mcp)
}

async fn add(mcp: &Mcp, url: &str) -> (bool, Value) {
    let arguments = json!({ "folder": "f", "file": { "url": url } });
    mcp.execute("drive", "add", &arguments).await.tool()
}

#[tokio::test]
async fn a_file_is_fetched_without_a_credential_and_sent_with_one() {
    let (_solder, platform, mcp) = reaching("127.0.0.1/32").await;
    let source = source().await;
    let (is_error, told) = add(&mcp, &format!("{}/pictures/a%20b.png?x=1", source.url)).await;
    assert!(!is_error, "{told}");
    let fetched = source.received().pop().unwrap();
    assert_eq!(
        (fetched.method.as_str(), fetched.path.as_str()),
        ("GET", "/pictures/a%20b.png?x=1")
    );
    for name in ["authorization", "cookie", "referer", "x-alloy-userid"] {
        assert!(!fetched.headers.contains_key(name), "{name}");
    }
    let asked = platform.received().pop().unwrap();
    assert_eq!(asked.headers["authorization"], "Bearer t-1");
    assert!(
        asked
            .body
            .contains("filename=\"a b.png\"\r\nContent-Type: image/png\r\n\r\nPICTURE\r\n--"),
        "{}",
        asked.body
    );
    // A redirect may lead on, as nothing secret goes along.
    let other = self::source().await;
    let (is_error, told) = add(&mcp, &format!("{}/?to={}/c.png", source.url, other.url)).await;
    assert!(!is_error, "{told}");
    assert_eq!(other.received().len(), 1);
    assert!(!other.received()[0].headers.contains_key("referer"));
}

#[tokio::test]
async fn no_url_reaches_what_accounts_may_not_reach() {
    let source = source().await;
    let port = source.url.rsplit(':').next().unwrap().to_owned();
    let (_solder, platform, mcp) = reaching("127.0.0.9/32").await;
    for url in [
        format!("http://127.0.0.1:{port}/a"),
        format!("https://127.0.0.1:{port}/a"),
        format!("http://localhost:{port}/a"),
        format!("https://localhost:{port}/a"),
        format!("http://[::ffff:127.0.0.1]:{port}/a"),
        format!("http://2130706433:{port}/a"),
        format!("http://0x7f.1:{port}/a"),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "http://93.184.216.34/a".to_owned(),
    ] {
        let (is_error, told) = add(&mcp, &url).await;
        assert!(
            is_error && told["error"]["code"] == "INVALID_REQUEST",
            "{url}: {told}"
        );
        assert!(
            told.to_string()
                .contains("leads where files are not fetched from"),
            "{url}: {told}"
        );
        assert!(told.to_string().contains("parameters.file.url"), "{told}");
    }
    for (url, wanted) in [
        ("file:///etc/passwd", "must be an https URL"),
        ("ftp://example.com/a", "must be an https URL"),
        ("nonsense", "is no URL"),
        ("https://user:secret@example.com/a", "holds a user name"),
    ] {
        let (is_error, told) = add(&mcp, url).await;
        assert!(is_error && told.to_string().contains(wanted), "{url}: {told}");
        assert!(!told.to_string().contains("secret"), "{told}");
    }
    assert_eq!((source.received().len(), platform.received().len()), (0, 0));
}

#[tokio::test]
async fn no_redirect_reaches_what_accounts_may_not_reach() {
    let inside = source().await;
    let port = inside.url.rsplit(':').next().unwrap().to_owned();
    let outside = source().await;
    let (_solder, platform, mcp) = reaching("127.0.0.1/32").await;
    for target in [
        format!("http://127.0.0.2:{port}/secret"),
        format!("http://[::1]:{port}/secret"),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        format!("http://user@127.0.0.1:{port}/secret"),
        "file:///etc/passwd".to_owned(),
    ] {
        let (is_error, told) = add(&mcp, &format!("{}/?to={target}", outside.url)).await;
        assert!(
            is_error && told["error"]["code"] == "INVALID_REQUEST",
            "{target}: {told}"
        );
    }
    let round = format!("{}/?to=/?to=/?to=/?to=/?to=/a", outside.url);
    let (is_error, told) = add(&mcp, &round).await;
    assert!(is_error, "{told}");
    assert_eq!((inside.received().len(), platform.received().len()), (0, 0));
}

#[tokio::test]
async fn where_there_is_no_file_nothing_is_sent() {
    let (_solder, platform, mcp) = reaching("127.0.0.1/32").await;
    let source = source().await;
    let (is_error, told) = add(&mcp, &format!("{}/gone.png", source.url)).await;
    assert!(is_error && told.to_string().contains("it answers 404"), "{told}");
    let (is_error, told) = add(&mcp, "http://127.0.0.1:9/none").await;
    assert!(
        is_error && told.to_string().contains("could not be reached"),
        "{told}"
    );
    assert_eq!(platform.received().len(), 0);
}

#[tokio::test]
async fn a_file_that_is_shorter_or_larger_than_it_says_is_not_sent_whole() {
    let platform = platform().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let short = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = [0_u8; 2_000];
            let _read = tokio::io::AsyncReadExt::read(&mut stream, &mut asked)
                .await
                .unwrap();
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this";
            tokio::io::AsyncWriteExt::write_all(&mut stream, answer)
                .await
                .unwrap();
        }
    });
    let network = "127.0.0.1/32".parse().unwrap();
    let solder = started_with(&platform, |builder| {
        builder.engine(|settings| {
            settings.account_networks = vec![network];
            settings.max_file_bytes = 1_000;
        })
    })
    .await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let (is_error, told) = add(&mcp, &short).await;
    assert!(
        is_error && told.to_string().contains("could not be read to its end"),
        "{told}"
    );
    let large =
        FakePlatform::start_playing(|_| PlatformAnswer::of(200, "text/plain", "x".repeat(1_001))).await;
    let (is_error, told) = add(&mcp, &large.url).await;
    assert!(
        is_error && told.to_string().contains("larger than the 1000 bytes"),
        "{told}"
    );
    assert_eq!(platform.received().len(), 0);
}

#[tokio::test]
async fn what_one_action_gives_as_a_link_another_takes_as_a_url() {
    let (solder, platform) = started().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let (_, got) = mcp
        .execute("drive", "get", &json!({ "name": "r.pdf" }))
        .await
        .tool();
    let (is_error, told) = add(&mcp, got["url"].as_str().unwrap()).await;
    assert!(!is_error, "{told}");
    let asked = platform.received().pop().unwrap();
    assert!(
        asked
            .body
            .contains("filename=\"report.pdf\"\r\nContent-Type: application/pdf"),
        "{}",
        asked.headers["content-type"].to_str().unwrap()
    );
    let (is_error, told) = add(&mcp, &format!("{}/files/nonsense", solder.url)).await;
    assert!(
        is_error && told.to_string().contains("This link has ended"),
        "{told}"
    );
}
