//! Which addresses may be reached.

use super::platform::{Platform, ok};
use super::{OutboundError, OutboundSettings, Reach, caps, outbound, request, settings};

fn refused(answer: Result<http::Response<bytes::Bytes>, OutboundError>) -> &'static str {
    match answer {
        Err(OutboundError::Refused(why)) => why,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn loopback_is_refused_in_every_spelling_to_all_but_an_override() {
    let platform = Platform::start(|_, _| ok("{}")).await;
    let port = platform.address().port();
    let outbound = outbound(settings());
    for host in [
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "0177.0.0.1",
        "2130706433",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "localhost",
        "LocalHost",
    ] {
        for reach in [Reach::Public, Reach::Operator, Reach::Account] {
            let url = format!("https://{host}:{port}/");
            let why = refused(outbound.send(reach, &request("GET", &url), &caps()).await);
            assert!(why.contains("not public"), "{host}: {why}");
            let url = format!("http://{host}:{port}/");
            let why = refused(outbound.send(reach, &request("GET", &url), &caps()).await);
            assert!(why.contains("plain HTTP"), "{host}: {why}");
        }
    }
    assert_eq!(platform.connections(), 0);
    for host in ["127.0.0.1", "127.1", "localhost"] {
        let url = format!("http://{host}:{port}/");
        assert!(
            outbound
                .send(Reach::Override, &request("GET", &url), &caps())
                .await
                .is_ok(),
            "{host}"
        );
    }
}

#[tokio::test]
async fn plain_http_is_refused_to_public_addresses_without_connecting() {
    let outbound = outbound(OutboundSettings {
        operator_networks: vec!["127.0.0.0/8".parse().unwrap()],
        ..settings()
    });
    for reach in [Reach::Public, Reach::Operator, Reach::Account] {
        let answer = outbound
            .send(reach, &request("GET", "http://1.1.1.1/"), &caps())
            .await;
        assert!(refused(answer).contains("plain HTTP"), "{reach:?}");
    }
}

#[tokio::test]
async fn allowed_networks_are_reached_by_address_and_by_name_and_only_by_whom_they_are_for() {
    let platform = Platform::start(|_, _| ok("{}")).await;
    let loopback = || vec!["127.0.0.0/8".parse().unwrap()];
    let port = platform.address().port();
    for (reach, other, settings) in [
        (
            Reach::Operator,
            Reach::Account,
            OutboundSettings {
                operator_networks: loopback(),
                ..settings()
            },
        ),
        (
            Reach::Account,
            Reach::Operator,
            OutboundSettings {
                account_networks: loopback(),
                ..settings()
            },
        ),
    ] {
        let outbound = outbound(settings);
        for host in ["127.0.0.1", "localhost"] {
            let request = request("GET", &format!("http://{host}:{port}/"));
            assert!(
                outbound.send(reach, &request, &caps()).await.is_ok(),
                "{reach:?} {host}"
            );
            refused(outbound.send(other, &request, &caps()).await);
            refused(outbound.send(Reach::Public, &request, &caps()).await);
        }
        refused(
            outbound
                .send(reach, &request("GET", "http://[::1]/"), &caps())
                .await,
        );
        refused(
            outbound
                .send(reach, &request("GET", "https://10.0.0.1/"), &caps())
                .await,
        );
    }
}

#[tokio::test]
async fn a_url_that_would_be_read_as_another_is_not_sent() {
    let platform = Platform::start(|_, _| ok("{}")).await;
    let outbound = outbound(settings());
    for path in [
        "/a/../b",
        "/a/./b",
        "/a/%2e%2e/b",
        "/a/%2E./b",
        "/a/.%2e",
        "/..",
        "/a\\..\\b",
    ] {
        let answer = outbound
            .send(Reach::Override, &request("GET", &platform.url(path)), &caps())
            .await;
        assert!(
            matches!(answer, Err(OutboundError::BadRequest(_))),
            "{path}: {answer:?}"
        );
    }
    for url in [
        format!("http://user:pass@{}/", platform.address()),
        "ftp://127.0.0.1/".into(),
        "/only/a/path".into(),
    ] {
        let answer = outbound
            .send(Reach::Override, &request("GET", &url), &caps())
            .await;
        assert!(
            matches!(answer, Err(OutboundError::BadRequest(_))),
            "{url}: {answer:?}"
        );
    }
    assert_eq!(platform.connections(), 0);
    for path in ["/a/...", "/a/.b", "/a/..b", "/a/%2Fb", "/v1.0/x..y?z=../.."] {
        assert!(
            outbound
                .send(Reach::Override, &request("GET", &platform.url(path)), &caps())
                .await
                .is_ok(),
            "{path}"
        );
        assert!(
            platform
                .seen()
                .pop()
                .unwrap()
                .starts_with(&format!("GET {path} ")),
            "{path}"
        );
    }
}
