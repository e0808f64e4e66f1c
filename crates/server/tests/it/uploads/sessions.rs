//! Files that go by a session: the platform says where, and the bytes go there without the credential.

use super::{connect, sent};
use serde_json::{Value, json};
use solder_testkit::{FakePlatform, Mcp, PlatformAnswer, Received, Solder};

/// Three platforms' ways in one: a URL in a header and the file whole or in parts, and a URL in the body with a last call.
const ACTIONS: &str = r#"
[[action]]
name = "store"
title = "Store a file"
about = "Store a file"
resource = "files"
call = "POST /store"
kind = "write"
query = { uploadType = "resumable" }
upload = { to = "header:Location", headers = { X-Type = "{type}", X-Size = "{size}" } }
[action.params]
name = "string! | Its name"
file = "file! | The file"

[[action]]
name = "chunk"
title = "Store a file in parts"
about = "Store a file in parts"
resource = "files"
call = "POST /chunk"
kind = "write"
upload = { to = "header:Location", parts = 4 }
[action.params]
file = "file! | The file"

[[action]]
name = "share"
title = "Share a file"
about = "Share a file"
resource = "files"
call = "POST /complete"
kind = "write"
result = "/file"
upload = { start = { call = "POST /begin", body = "form", const = { filename = "{name}", length = "{size}" } }, to = "/upload_url", method = "POST", keep = { id = "/file_id" }, finish = { files = [{ id = "{id}", title = "File {name}" }] } }
[action.params]
channel = "string! | Where to"
file = "file! | The file"

[errors]
ok = "/ok"
code = "/error"
"#;

fn answer(asked: &Received) -> PlatformAnswer {
    let host = asked.headers["host"].to_str().unwrap();
    let path = asked.path.split('?').next().unwrap();
    let to = |path: &str| format!("http://{host}{path}");
    let part = asked
        .headers
        .get("content-range")
        .map(|value| value.to_str().unwrap().to_owned());
    match path {
        "/store" if asked.body.contains("\"refused\"") => {
            PlatformAnswer::json(200, r#"{"ok":false,"error":"no_space"}"#)
        }
        "/store" if asked.body.contains("\"elsewhere\"") => {
            PlatformAnswer::of(200, "text/plain", "").with("location", "https://evil.example/take")
        }
        "/store" if asked.body.contains("\"silent\"") => PlatformAnswer::json(200, r#"{"ok":true}"#),
        "/store" | "/chunk" => PlatformAnswer::of(200, "text/plain", "").with("location", &to("/session/1")),
        "/begin" => PlatformAnswer::json(
            200,
            json!({ "ok": true, "upload_url": to("/bytes/1"), "file_id": "F1" }).to_string(),
        ),
        "/bytes/1" => PlatformAnswer::of(200, "text/plain", "OK - 5"),
        "/session/1" if part.is_some_and(|part| !is_last(&part)) => PlatformAnswer::of(308, "text/plain", ""),
        _ => PlatformAnswer::json(200, r#"{"ok":true,"id":"f-1","file":{"id":"F1"}}"#),
    }
}

/// Whether a range ends with the whole.
fn is_last(part: &str) -> bool {
    let (range, total) = part.split_once('/').unwrap();
    let end = range
        .rsplit('-')
        .next()
        .unwrap()
        .parse::<u64>()
        .map(|end| end + 1);
    total == "0" || end.is_ok_and(|end| end.to_string() == total)
}

async fn started() -> (Solder, FakePlatform, Mcp) {
    let platform = FakePlatform::start_playing(answer).await;
    let (head, actions) = super::DRIVE.split_once("[[action]]").unwrap();
    let (own, errors) = ACTIONS.split_once("[errors]").unwrap();
    let file = format!("{head}[errors]{errors}[[action]]{actions}{own}");
    let solder = Solder::build()
        .connector_file("drive", &file)
        .connector("drive", &platform, "")
        .start()
        .await;
    connect(&solder).await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    (solder, platform, mcp)
}

async fn told(mcp: &Mcp, action: &str, arguments: &Value) -> Value {
    let (is_error, told) = mcp.execute("drive", action, arguments).await.tool();
    assert!(!is_error, "{told}");
    told
}

#[tokio::test]
async fn the_bytes_go_where_the_first_answer_says_and_carry_no_credential() {
    let (solder, platform, mcp) = started().await;
    let offer = told(
        &mcp,
        "store",
        &json!({ "name": "n", "file": { "upload": true, "type": "text/csv" } }),
    )
    .await;
    let link = offer["uploadUrl"]
        .as_str()
        .unwrap()
        .strip_prefix(&solder.url)
        .unwrap()
        .to_owned();
    assert_eq!(platform.received().len(), 0);
    assert_eq!(
        sent(&solder, &link, "a,b").await.json(),
        json!({ "ok": true, "id": "f-1", "file": { "id": "F1" } })
    );
    let asked = platform.received();
    let [begin, bytes] = asked.as_slice() else {
        unreachable!("{asked:?}")
    };
    assert_eq!(
        (begin.method.as_str(), begin.path.as_str(), begin.body.as_str()),
        ("POST", "/store?uploadType=resumable", "{\"name\":\"n\"}")
    );
    assert_eq!(
        (&begin.headers["x-type"], &begin.headers["x-size"]),
        (&"text/csv".parse().unwrap(), &"3".parse().unwrap())
    );
    assert_eq!(begin.headers["authorization"], "Bearer t-1");
    assert_eq!(
        (bytes.method.as_str(), bytes.path.as_str(), bytes.body.as_str()),
        ("PUT", "/session/1", "a,b")
    );
    assert_eq!(
        (&bytes.headers["content-type"], &bytes.headers["content-length"]),
        (&"text/csv".parse().unwrap(), &"3".parse().unwrap())
    );
    assert!(!bytes.headers.contains_key("authorization") && !bytes.headers.contains_key("content-range"));
}

#[tokio::test]
async fn what_stands_in_the_call_goes_the_same_way() {
    let (_solder, platform, mcp) = started().await;
    let file = json!({ "name": "a.txt", "text": "hello" });
    let answered = told(&mcp, "share", &json!({ "channel": "C1", "file": file })).await;
    assert_eq!(answered, json!({ "id": "F1" }));
    let asked = platform.received();
    let [begin, bytes, end] = asked.as_slice() else {
        unreachable!("{asked:?}")
    };
    assert_eq!(
        (begin.path.as_str(), begin.body.as_str()),
        ("/begin", "filename=a.txt&length=5")
    );
    assert_eq!(
        (bytes.method.as_str(), bytes.path.as_str(), bytes.body.as_str()),
        ("POST", "/bytes/1", "hello")
    );
    assert!(!bytes.headers.contains_key("authorization"));
    let ended: Value = serde_json::from_str(&end.body).unwrap();
    assert_eq!(
        (end.path.as_str(), ended),
        (
            "/complete",
            json!({ "channel": "C1", "files": [{ "id": "F1", "title": "File a.txt" }] })
        )
    );
    assert_eq!(
        (&begin.headers["authorization"], &end.headers["authorization"]),
        (&"Bearer t-1".parse().unwrap(), &"Bearer t-1".parse().unwrap())
    );
}

#[tokio::test]
async fn parts_say_where_they_stand_and_the_last_one_that_it_is() {
    for (file, is_told, wanted) in [
        (
            "0123456789",
            true,
            vec![
                ("bytes 0-3/10", "0123"),
                ("bytes 4-7/10", "4567"),
                ("bytes 8-9/10", "89"),
            ],
        ),
        (
            "0123456789",
            false,
            vec![
                ("bytes 0-3/*", "0123"),
                ("bytes 4-7/*", "4567"),
                ("bytes 8-9/10", "89"),
            ],
        ),
        (
            "01234567",
            false,
            vec![("bytes 0-3/*", "0123"), ("bytes 4-7/8", "4567")],
        ),
        ("", true, vec![("bytes */0", "")]),
    ] {
        let (solder, platform, mcp) = started().await;
        let offer = told(&mcp, "chunk", &json!({ "file": { "upload": true } })).await;
        let link = offer["uploadUrl"]
            .as_str()
            .unwrap()
            .strip_prefix(&solder.url)
            .unwrap()
            .to_owned();
        let answer = if is_told {
            sent(&solder, &link, file).await
        } else {
            let pieces = file
                .as_bytes()
                .chunks(3)
                .map(|piece| Ok::<_, std::io::Error>(piece.to_vec()));
            let pieces: Vec<_> = pieces.collect();
            sent(
                &solder,
                &link,
                reqwest::Body::wrap_stream(futures_util::stream::iter(pieces)),
            )
            .await
        };
        assert_eq!(answer.status, 200, "{}", answer.text);
        let asked = platform.received();
        let parts: Vec<_> = asked[1..]
            .iter()
            .map(|asked| {
                (
                    asked.headers["content-range"].to_str().unwrap(),
                    asked.body.as_str(),
                )
            })
            .collect();
        assert_eq!(parts, wanted);
    }
}

#[tokio::test]
async fn what_the_first_answer_refuses_or_leads_elsewhere_sends_no_byte() {
    let (_solder, platform, mcp) = started().await;
    for (name, wanted) in [
        ("refused", "no_space"),
        ("elsewhere", "named a place that is not its own"),
        ("silent", "did not say where the file goes"),
    ] {
        let arguments = json!({ "name": name, "file": { "text": "secret" } });
        let (is_error, told) = mcp.execute("drive", "store", &arguments).await.tool();
        assert!(is_error && told.to_string().contains(wanted), "{name}: {told}");
    }
    assert!(
        platform
            .received()
            .iter()
            .all(|asked| !asked.body.contains("secret"))
    );
}

#[tokio::test]
async fn where_the_size_must_be_known_a_stream_of_unknown_length_is_refused() {
    let (solder, platform, mcp) = started().await;
    let offer = told(
        &mcp,
        "share",
        &json!({ "channel": "C1", "file": { "upload": true } }),
    )
    .await;
    let link = offer["uploadUrl"]
        .as_str()
        .unwrap()
        .strip_prefix(&solder.url)
        .unwrap()
        .to_owned();
    let pieces = futures_util::stream::iter([Ok::<_, std::io::Error>("x")]);
    let answer = sent(&solder, &link, reqwest::Body::wrap_stream(pieces)).await;
    assert_eq!(
        (answer.status, answer.code()),
        (400, "INVALID_REQUEST".to_owned()),
        "{}",
        answer.text
    );
    assert!(answer.text.contains("Content-Length"), "{}", answer.text);
    assert_eq!(platform.received().len(), 0);
}
