//! Files by links, at a platform whose tokens end.

use super::acme::{Acme, FILE};
use serde_json::{Value, json};
use solder_testkit::{Mcp, http_client};
use std::time::Duration;

const FILES: &str = r#"
[[action]]
name = "get_file"
title = "Get a file"
about = "Get a file"
resource = "things"
call = "GET /files/{name}"
kind = "read"
download = true
[action.params]
name = "string! | Its name"

[[action]]
name = "put_file"
title = "Put a file"
about = "Put a file"
resource = "things"
call = "PUT /files"
kind = "write"
body = "raw"
[action.params]
file = { line = "file! | The file", as = "." }
"#;

async fn connected() -> (Acme, Mcp) {
    let file = format!("{FILE}{FILES}");
    let acme = Acme::of(&file, true, |_, builder| builder).await;
    acme.connect().await;
    let mcp = acme.mcp().await;
    (acme, mcp)
}

async fn told(mcp: &Mcp, action: &str, arguments: &Value) -> Value {
    let (is_error, told) = mcp.execute("acme", action, arguments).await.tool();
    assert!(!is_error, "{told}");
    told
}

fn asked(acme: &Acme, path: &str) -> usize {
    acme.platform
        .received()
        .iter()
        .filter(|asked| asked.path.starts_with(path))
        .count()
}

#[tokio::test]
async fn a_link_that_meets_a_401_is_answered_by_one_refresh_and_one_more_try() {
    let (acme, mcp) = connected().await;
    let link = told(&mcp, "get_file", &json!({ "name": "a" })).await["url"]
        .as_str()
        .unwrap()
        .to_owned();
    acme.world().access.clear();
    let (tokens, files) = (acme.token_requests(), asked(&acme, "/api/files"));
    let answer = http_client().get(&link).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(
        (acme.token_requests() - tokens, asked(&acme, "/api/files") - files),
        (1, 2)
    );
    // A token that is due is renewed ahead, and a second refusal is told.
    acme.solder.clock.advance(Duration::from_mins(10));
    acme.world().access.clear();
    acme.world().token_answer = Some((401, json!({ "error": "invalid_client" })));
    assert_ne!(http_client().get(&link).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_file_that_was_begun_is_not_sent_twice_and_the_next_one_goes() {
    let (acme, mcp) = connected().await;
    let up = json!({ "file": { "upload": true } });
    let one = told(&mcp, "put_file", &up).await["uploadUrl"]
        .as_str()
        .unwrap()
        .to_owned();
    acme.world().access.clear();
    let answer = http_client().put(&one).body("x").send().await.unwrap();
    assert_eq!(answer.status(), 401);
    let text = answer.text().await.unwrap();
    assert!(text.contains("The credential is renewed now"), "{text}");
    assert_eq!(asked(&acme, "/api/files"), 1);
    let two = told(&mcp, "put_file", &up).await["uploadUrl"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        http_client().put(&two).body("x").send().await.unwrap().status(),
        200
    );
    assert_eq!(asked(&acme, "/api/files"), 2);
}
