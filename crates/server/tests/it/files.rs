//! Files go past the model as links: who may follow one, for how long, and what closes it.

use serde_json::{Value, json};
use solder_model::Role;
use solder_testkit::{Answer, Client, FakePlatform, Mcp, PlatformAnswer, Solder, http_client};
use std::time::Duration;

const DRIVE: &str = r#"
id = "drive"
name = "Drive"
about = "Files"
categories = ["files"]
base = "https://drive.example"
[resources]
files = "Files"
[auth.token]
secrets.token = "The token"
apply = { header = "Authorization", value = "Bearer {token}" }
[[action]]
name = "get"
title = "Get a file"
about = "Get a file's content"
resource = "files"
call = "GET /files/{name}"
kind = "read"
download = true
[action.params]
name = "string! | Its name"
"#;

const PDF: &[u8] = b"%PDF-1.7\n\xff\xfe\x00 secret report";

fn platform_answer(path: &str) -> PlatformAnswer {
    match path.rsplit('/').next().unwrap() {
        "note.txt" => PlatformAnswer::of(200, "text/plain", "a short note"),
        "long.txt" => PlatformAnswer::of(200, "text/plain", "x".repeat(20_000)),
        "page.html" => PlatformAnswer::of(200, "text/html", vec![0xff; 10]),
        "gone.pdf" => PlatformAnswer::json(404, r#"{"message":"no such file"}"#),
        _ => PlatformAnswer::of(200, "application/pdf", PDF)
            .with("content-disposition", "attachment; filename=\"../Report ä.pdf\""),
    }
}

async fn started() -> (Solder, FakePlatform, Client) {
    let platform = FakePlatform::start_playing(|asked| platform_answer(&asked.path)).await;
    let solder = Solder::build()
        .connector_file("drive", DRIVE)
        .connector("drive", &platform, "")
        .start()
        .await;
    let admin = solder.admin();
    let credential =
        json!({ "connectorId": "drive", "authenticationType": "token", "fields": { "token": "t-1" } });
    assert_eq!(admin.post("/api/credentials", &credential).await.status, 201);
    (solder, platform, admin)
}

async fn got(mcp: &Mcp, name: &str) -> Value {
    let (is_error, told) = mcp.execute("drive", "get", &json!({ "name": name })).await.tool();
    assert!(!is_error, "{told}");
    told
}

/// The path of a link.
fn path(solder: &Solder, told: &Value) -> String {
    told["url"]
        .as_str()
        .unwrap()
        .strip_prefix(&solder.url)
        .unwrap()
        .to_owned()
}

async fn follow(solder: &Solder, path: &str) -> Answer {
    solder.nobody().get(path).await
}

/// Whether a link is closed, and tells nothing of why.
async fn is_closed(solder: &Solder, path: &str) -> bool {
    let answer = follow(solder, path).await;
    answer.status == 404 && answer.text.contains("This link has ended or never was")
}

#[tokio::test]
async fn a_small_text_comes_inline_and_anything_else_as_a_link() {
    let (solder, _platform, _admin) = started().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let note = got(&mcp, "note.txt").await;
    assert_eq!(
        note,
        json!({ "contentType": "text/plain", "size": 12, "text": "a short note" })
    );
    let report = got(&mcp, "report.pdf").await;
    assert_eq!(
        (&report["contentType"], &report["size"]),
        (&json!("application/pdf"), &json!(PDF.len()))
    );
    assert!(report.get("base64").is_none() && report.get("text").is_none());
    assert!(report["expiresAt"].as_str().unwrap().ends_with('Z'));
    assert!(!report["url"].as_str().unwrap().contains("report"));
    let long = got(&mcp, "long.txt").await;
    assert!(
        long["url"].is_string() && long["text"].as_str().unwrap().len() <= 5 * 1024,
        "{long}"
    );
    let whole = follow(&solder, &path(&solder, &long)).await;
    assert_eq!((whole.status, whole.text.len()), (200, 20_000));
}

#[tokio::test]
async fn a_link_gives_the_file_with_the_credential_and_never_as_a_page() {
    let (solder, platform, _admin) = started().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let url = got(&mcp, "report.pdf").await["url"].as_str().unwrap().to_owned();
    let answer = http_client().get(&url).send().await.unwrap();
    let headers = answer.headers().clone();
    assert_eq!(answer.status(), 200);
    assert_eq!(headers["content-type"], "application/pdf");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["content-length"], PDF.len().to_string().as_str());
    assert!(
        headers["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("sandbox")
    );
    let disposition = headers["content-disposition"].to_str().unwrap();
    assert!(
        disposition.starts_with("attachment; filename=\"Report"),
        "{disposition}"
    );
    assert_eq!(answer.bytes().await.unwrap(), PDF);
    assert_eq!(platform.received()[1].headers["authorization"], "Bearer t-1");
    let page = got(&mcp, "page.html").await;
    let shown = follow(&solder, &path(&solder, &page)).await;
    assert_eq!(shown.header("content-type"), "application/octet-stream");
}

#[tokio::test]
async fn an_altered_an_ended_and_a_foreign_link_open_nothing() {
    let (solder, platform, _admin) = started().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let link = path(&solder, &got(&mcp, "report.pdf").await);
    let (start, last) = link.split_at(link.len() - 1);
    for altered in [
        format!("{start}{}", if last == "A" { "B" } else { "A" }),
        start.to_owned(),
        link.replace("/files/", "/files/A"),
        "/files/nonsense".to_owned(),
        format!("/files/{}", "A".repeat(20_000)),
    ] {
        assert!(is_closed(&solder, &altered).await, "{altered}");
    }
    // What the same keys have sealed for something else is no link.
    let begin = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "x", "version": "1" } });
    let begun = mcp.legacy("initialize", &begin).await;
    let session = format!("/files/{}", begun.header("mcp-session-id"));
    assert!(session.len() > 100);
    assert!(is_closed(&solder, &session).await);
    let asked = platform.received().len();
    solder.clock.advance(Duration::from_secs(15 * 60 - 1));
    assert_eq!(follow(&solder, &link).await.status, 200);
    solder.clock.advance(Duration::from_secs(1));
    assert!(is_closed(&solder, &link).await);
    assert_eq!(platform.received().len(), asked + 1);
}

#[tokio::test]
async fn guessed_links_are_counted_for_their_address() {
    let (solder, _platform, _admin) = started().await;
    for _ in 0..30 {
        assert!(is_closed(&solder, "/files/nonsense").await);
    }
    assert_eq!(follow(&solder, "/files/nonsense").await.status, 429);
}

#[tokio::test]
async fn what_closes_the_server_or_its_token_closes_the_link() {
    let (solder, platform, admin) = started().await;
    let made = async |name: &str| {
        let server = solder.server(&json!({ "name": name })).await;
        let mcp = solder.mcp_at(server["accessUrl"].as_str().unwrap());
        let link = path(&solder, &got(&mcp, "report.pdf").await);
        (
            format!("/api/servers/{}", server["serverId"].as_str().unwrap()),
            link,
        )
    };
    let (deleted, one) = made("Deleted").await;
    assert_eq!(admin.delete(&deleted).await.status, 200);
    let (rotated, two) = made("Rotated").await;
    assert_eq!(
        admin.post(&format!("{rotated}/token"), &json!({})).await.status,
        200
    );
    let (shut, three) = made("Shut").await;
    let ways = json!({ "waysIn": ["apiKey"] });
    assert_eq!(admin.put(&shut, &ways).await.status, 200);
    let asked = platform.received().len();
    for link in [one, two, three] {
        assert!(is_closed(&solder, &link).await);
    }
    let (outside, four) = made("Outside").await;
    let users =
        json!({ "restrictions": { "users": { "mode": "allowlist", "allowedIds": ["somebody-else"] } } });
    assert_eq!(admin.put(&outside, &users).await.status, 200);
    let (narrow, five) = made("Narrow").await;
    let actions =
        json!({ "restrictions": { "actions": { "mode": "blocklist", "blockedActions": ["drive.get"] } } });
    assert_eq!(admin.put(&narrow, &actions).await.status, 200);
    for link in [four, five] {
        assert_eq!(follow(&solder, &link).await.status, 403);
    }
    assert_eq!(platform.received().len(), asked + 2);
}

#[tokio::test]
async fn a_key_and_a_credential_that_are_gone_close_the_link() {
    let (solder, platform, _admin) = started().await;
    let account = solder.account("Second").await;
    let key = solder.key(&account, "grace", Role::Admin, false).await;
    let grace = solder.client(&key);
    let credential =
        json!({ "connectorId": "drive", "authenticationType": "token", "fields": { "token": "t-2" } });
    let made = grace.post("/api/credentials", &credential).await.json();
    let execute = "/api/connectors/drive/actions/get/execute";
    let told = grace
        .post(execute, &json!({ "parameters": { "name": "report.pdf" } }))
        .await
        .json();
    let link = path(&solder, &told);
    assert_eq!(follow(&solder, &link).await.status, 200);
    assert_eq!(
        platform.received().last().unwrap().headers["authorization"],
        "Bearer t-2"
    );
    let id = made["credentialId"].as_str().unwrap();
    assert_eq!(grace.delete(&format!("/api/credentials/{id}")).await.status, 200);
    let without = follow(&solder, &link).await;
    assert_eq!(
        (without.status, without.code()),
        (400, "CREDENTIAL_NOT_FOUND".to_owned())
    );
    let keys = grace.get("/api/keys").await.json();
    let of_grace = |key: &&Value| key["userId"] == "grace";
    let found = keys["keys"].as_array().unwrap().iter().find(of_grace).unwrap();
    let key_id = found["keyId"].as_str().unwrap();
    assert_eq!(grace.delete(&format!("/api/keys/{key_id}")).await.status, 200);
    assert!(is_closed(&solder, &link).await);
}

#[tokio::test]
async fn a_link_is_never_cut_and_arguments_that_are_too_long_for_one_are_refused() {
    let (solder, _platform, _admin) = started().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let told = got(&mcp, &"x".repeat(2_900)).await;
    assert_eq!(follow(&solder, &path(&solder, &told)).await.status, 200);
    let name = "x".repeat(3_600);
    let (is_error, told) = mcp.execute("drive", "get", &json!({ "name": name })).await.tool();
    assert!(
        is_error && told.to_string().contains("too long for a link"),
        "{told}"
    );
}

#[tokio::test]
async fn what_the_platform_refuses_is_told_as_any_refusal() {
    let (solder, _platform, _admin) = started().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let (is_error, told) = mcp
        .execute("drive", "get", &json!({ "name": "gone.pdf" }))
        .await
        .tool();
    assert!(
        is_error && told["error"]["code"] == "PLATFORM_NOT_FOUND",
        "{told}"
    );
}

/// The most memory that this process has had so far, in kilobytes.
fn peak_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_file_of_200_megabytes_streams_through_a_small_memory() {
    const PIECE: usize = 64 * 1024;
    const PIECES: usize = 3_200;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = axum::Router::new().fallback(async || {
        let piece = bytes::Bytes::from(vec![7_u8; PIECE]);
        let pieces =
            futures_util::stream::iter((0..PIECES).map(move |_| Ok::<_, std::io::Error>(piece.clone())));
        axum::body::Body::from_stream(pieces)
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    let platform = FakePlatform::start(|_| (500, Value::Null)).await;
    let solder = Solder::build()
        .connector_file("drive", DRIVE)
        .connector("drive", &platform, "")
        .engine(move |settings| {
            let drive = settings.connectors.get_mut("drive").unwrap();
            drive.base_url = Some(url.parse().unwrap());
        })
        .start()
        .await;
    let credential =
        json!({ "connectorId": "drive", "authenticationType": "token", "fields": { "token": "t-1" } });
    assert_eq!(
        solder.admin().post("/api/credentials", &credential).await.status,
        201
    );
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let told = got(&mcp, "large.bin").await;
    let before = peak_kb();
    let mut answer = http_client()
        .get(told["url"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    let mut length = 0;
    while let Some(piece) = answer.chunk().await.unwrap() {
        assert!(piece.iter().all(|byte| *byte == 7));
        length += piece.len();
    }
    assert_eq!(length, PIECE * PIECES);
    let grown = peak_kb().saturating_sub(before);
    assert!(grown < 32 * 1024, "{grown} KB");
}

#[tokio::test]
async fn a_file_that_is_larger_than_is_allowed_breaks_off_and_never_looks_whole() {
    let platform = FakePlatform::start_playing(|asked| platform_answer(&asked.path)).await;
    let solder = Solder::build()
        .connector_file("drive", DRIVE)
        .connector("drive", &platform, "")
        .engine(|settings| settings.max_file_bytes = 1_000)
        .start()
        .await;
    let credential =
        json!({ "connectorId": "drive", "authenticationType": "token", "fields": { "token": "t-1" } });
    assert_eq!(
        solder.admin().post("/api/credentials", &credential).await.status,
        201
    );
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let told = got(&mcp, "long.txt").await;
    let answer = follow(&solder, &path(&solder, &told)).await;
    assert_eq!(
        (answer.status, answer.code()),
        (502, "PLATFORM_ERROR".to_owned()),
        "{}",
        answer.text
    );
}
