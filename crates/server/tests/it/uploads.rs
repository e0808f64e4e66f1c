//! Files go up past the model: from a link that somebody sends them to, or from a URL, straight into the platform's request.

mod links;
mod sessions;
mod sizes;
mod urls;

use serde_json::{Value, json};
use solder_testkit::{Answer, FakePlatform, Mcp, PlatformAnswer, Solder, SolderBuilder, http_client};

/// A platform that takes files in parts, and as they are.
pub(crate) const DRIVE: &str = r#"
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
[[action]]
name = "add"
title = "Add a file"
about = "Add a file to a folder"
resource = "files"
call = "POST /files"
kind = "write"
body = "multipart"
[action.params]
folder = "string! | The folder"
file = "file! | The file"
more = "file[] | Further files"
[[action]]
name = "put"
title = "Put a file"
about = "Put a file's content"
resource = "files"
call = "PUT /raw/{name}"
kind = "write"
body = "raw"
[action.params]
name = "string! | Its name"
file = { line = "file! | The file", as = "." }
"#;

pub(crate) async fn started_with(
    platform: &FakePlatform,
    change: impl FnOnce(SolderBuilder) -> SolderBuilder,
) -> Solder {
    let builder = Solder::build()
        .connector_file("drive", DRIVE)
        .connector("drive", platform, "");
    let solder = change(builder).start().await;
    connect(&solder).await;
    solder
}

async fn connect(solder: &Solder) {
    let credential =
        json!({ "connectorId": "drive", "authenticationType": "token", "fields": { "token": "t-1" } });
    let made = solder.admin().post("/api/credentials", &credential).await;
    assert_eq!(made.status, 201, "{}", made.text);
}

pub(crate) async fn platform() -> FakePlatform {
    FakePlatform::start_playing(|asked| match asked.path.as_str() {
        "/raw/refused" => PlatformAnswer::json(422, r#"{"message":"no such folder"}"#),
        path if path.starts_with("/files/") => PlatformAnswer::of(200, "application/pdf", vec![0xff; 70_000])
            .with("content-disposition", "attachment; filename=\"report.pdf\""),
        _ => PlatformAnswer::json(200, r#"{"id":"f-1"}"#),
    })
    .await
}

pub(crate) async fn started() -> (Solder, FakePlatform) {
    let platform = platform().await;
    (started_with(&platform, |builder| builder).await, platform)
}

/// The link that an upload is answered with, as a path.
pub(crate) async fn offered(solder: &Solder, mcp: &Mcp, action: &str, arguments: &Value) -> String {
    let (is_error, told) = mcp.execute("drive", action, arguments).await.tool();
    assert!(!is_error, "{told}");
    assert!(told["next"].as_str().unwrap().contains("curl -T"), "{told}");
    assert!(told["expiresAt"].as_str().unwrap().ends_with('Z'));
    let url = told["uploadUrl"].as_str().unwrap();
    url.strip_prefix(&solder.url).unwrap().to_owned()
}

pub(crate) fn by_link(name: &str) -> Value {
    json!({ "name": name, "file": { "upload": true } })
}

/// Sends a file to a link.
pub(crate) async fn sent(solder: &Solder, path: &str, body: impl Into<reqwest::Body>) -> Answer {
    let request = http_client().put(format!("{}{path}", solder.url)).body(body);
    Answer::read(request.send().await.unwrap()).await
}

/// Whether a link is closed, and tells nothing of why.
pub(crate) async fn is_closed(solder: &Solder, path: &str) -> bool {
    let answer = sent(solder, path, "x").await;
    answer.status == 404 && answer.text.contains("This link has ended or never was")
}
