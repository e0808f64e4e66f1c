//! Hosts and origins: what keeps other people's pages out.

use serde_json::json;
use solder_testkit::{Answer, Solder, raw};

fn allows(answer: &Answer, origin: &str) -> bool {
    answer.header("access-control-allow-origin") == origin
}

#[tokio::test]
async fn pages_of_other_origins_never_reach_the_mcp_endpoint() {
    let solder = Solder::start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    for origin in [
        "http://evil.example.com",
        "null",
        "",
        "https://127.0.0.1.evil.com",
    ] {
        let refused = mcp.with("origin", origin).legacy("ping", &json!({})).await;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (403, "FORBIDDEN"),
            "{origin}"
        );
        let message = refused.error()["message"].as_str().unwrap().to_owned();
        assert!(
            message.contains(&format!("`{origin}`")) && message.contains("SOLDER_ALLOWED_ORIGINS"),
            "{message}"
        );
        assert!(allows(&refused, ""));
    }
    for origin in [solder.url.as_str(), "http://localhost:6274"] {
        let served = mcp.with("origin", origin).legacy("ping", &json!({})).await;
        assert!(served.status == 200 && allows(&served, origin), "{origin}");
        assert!(
            served
                .header("access-control-expose-headers")
                .contains("mcp-session-id")
        );
    }
    assert!(allows(&mcp.legacy("ping", &json!({})).await, ""));
}

#[tokio::test]
async fn the_operator_names_further_origins() {
    let origin = "https://app.example.com";
    let listed = Solder::build().server(|settings| {
        settings.is_loopback = false;
        settings.allowed_origins = vec![origin.to_owned()];
    });
    let solder = listed.start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    assert!(allows(
        &mcp.with("origin", origin).legacy("ping", &json!({})).await,
        origin
    ));
    assert_eq!(
        mcp.with("origin", "http://localhost:6274")
            .legacy("ping", &json!({}))
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn a_preflight_is_answered_for_allowed_origins_alone() {
    let solder = Solder::start().await;
    let ask = async |origin: &str, path: &str| {
        let client = solder
            .nobody()
            .with("origin", origin)
            .with("access-control-request-method", "POST");
        let client = client.with(
            "access-control-request-headers",
            "authorization, mcp-param-region",
        );
        client.send(reqwest::Method::OPTIONS, path, None).await
    };
    for path in ["/mcp/some-aaaaaaaa/token", "/api/servers"] {
        let allowed = ask("http://localhost:6274", path).await;
        assert!(
            allowed.status == 204 && allows(&allowed, "http://localhost:6274"),
            "{path}"
        );
        assert_eq!(
            allowed.header("access-control-allow-headers"),
            "authorization, mcp-param-region"
        );
        assert!(allowed.header("access-control-allow-methods").contains("DELETE"));
        let refused = ask("http://evil.example.com", path).await;
        assert!(refused.status == 403 && allows(&refused, ""), "{path}");
    }
}

#[tokio::test]
async fn a_loopback_listener_answers_to_loopback_names_alone() {
    let solder = Solder::start().await;
    let get = async |path: &str, host: &str| {
        raw(
            &solder.url,
            format!("GET {path} HTTP/1.1\r\n{host}connection: close\r\n\r\n"),
        )
        .await
    };
    for host in [
        "host: localhost\r\n",
        "host: 127.0.0.1:9\r\n",
        "host: [::1]:3000\r\n",
    ] {
        assert!(
            get("/api/openapi.json", host).await.starts_with("HTTP/1.1 200"),
            "{host}"
        );
    }
    for host in ["host: evil.example.com\r\n", "host: localhost.evil.com\r\n"] {
        let refused = get("/api/openapi.json", host).await;
        assert!(
            refused.starts_with("HTTP/1.1 403") && refused.contains("SOLDER_ALLOWED_HOSTS"),
            "{host} {refused}"
        );
        assert!(get("/health", host).await.starts_with("HTTP/1.1 200"), "{host}");
    }
    for host in ["", "host: localhost\r\nhost: localhost\r\n"] {
        for path in ["/health", "/api/openapi.json"] {
            assert!(get(path, host).await.starts_with("HTTP/1.1 400"), "{host} {path}");
        }
    }
    assert!(
        get("/nothing", "host: evil.example.com\r\n")
            .await
            .contains("`evil.example.com`")
    );
}

#[tokio::test]
async fn other_listeners_check_the_host_where_they_are_told_to() {
    let open = Solder::build()
        .server(|settings| settings.is_loopback = false)
        .start()
        .await;
    assert_eq!(
        open.nobody()
            .with("host", "any.example.com")
            .get("/api/openapi.json")
            .await
            .status,
        200
    );
    let told = Solder::build().server(|settings| {
        settings.is_loopback = false;
        settings.allowed_hosts = vec!["solder.example.com".to_owned()];
    });
    let told = told.start().await;
    assert_eq!(
        told.nobody()
            .with("host", "solder.example.com:81")
            .get("/api/openapi.json")
            .await
            .status,
        200
    );
    assert_eq!(
        told.nobody()
            .with("host", "any.example.com")
            .get("/api/openapi.json")
            .await
            .status,
        403
    );
}
