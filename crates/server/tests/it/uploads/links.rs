//! Links that a file is sent to: what comes of it, and what closes them.

use super::{by_link, is_closed, offered, sent, started};
use serde_json::{Value, json};
use solder_model::Role;
use solder_testkit::{Answer, http_client};
use std::time::Duration;

#[tokio::test]
async fn a_file_that_is_sent_to_its_link_goes_into_the_request() {
    let (solder, platform) = started().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let link = offered(&solder, &mcp, "put", &by_link("a b")).await;
    assert_eq!(platform.received().len(), 0);
    let answer = sent(&solder, &link, "hello").await;
    assert_eq!(
        (answer.status, answer.json()),
        (200, json!({ "id": "f-1" })),
        "{}",
        answer.text
    );
    let asked = platform.received().pop().unwrap();
    assert_eq!(
        (asked.method.as_str(), asked.path.as_str(), asked.body.as_str()),
        ("PUT", "/raw/a%20b", "hello")
    );
    assert_eq!(asked.headers["content-length"], "5");
    assert_eq!(asked.headers["content-type"], "application/octet-stream");
    assert_eq!(asked.headers["authorization"], "Bearer t-1");
    assert!(!asked.headers.contains_key("transfer-encoding"));
}

#[tokio::test]
async fn in_parts_the_file_has_the_name_and_type_that_were_told() {
    let (solder, platform) = started().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let more = json!([{ "name": "b.txt", "text": "more" }]);
    for (file, wanted) in [
        (
            json!({ "upload": true }),
            "filename=\"my report.pdf\"\r\nContent-Type: image/png\r\n\r\n",
        ),
        (
            json!({ "upload": true, "name": "x.csv", "type": "text/csv" }),
            "filename=\"x.csv\"\r\nContent-Type: text/csv\r\n\r\n",
        ),
    ] {
        let arguments = json!({ "folder": "f", "file": file, "more": more });
        let link = offered(&solder, &mcp, "add", &arguments).await;
        let request = http_client()
            .post(format!("{}{link}", solder.url))
            .header("content-type", "image/png")
            .header("content-disposition", "attachment; filename=\"../my report.pdf\"")
            .body("BYTES");
        let answer = Answer::read(request.send().await.unwrap()).await;
        assert_eq!(answer.json(), json!({ "id": "f-1" }), "{}", answer.text);
        let asked = platform.received().pop().unwrap();
        assert!(
            asked.body.contains(&format!("{wanted}BYTES\r\n--")),
            "{}",
            asked.body
        );
        assert!(
            asked.body.contains("name=\"folder\"\r\n\r\nf\r\n"),
            "{}",
            asked.body
        );
        assert!(
            asked.body.contains("filename=\"b.txt\"") && asked.body.ends_with("--\r\n"),
            "{}",
            asked.body
        );
        assert_eq!(
            asked.headers["content-length"],
            asked.body.len().to_string().as_str()
        );
    }
    let boundaries: Vec<_> = platform
        .received()
        .iter()
        .map(|asked| asked.headers["content-type"].clone())
        .collect();
    assert_ne!(
        boundaries[0], boundaries[1],
        "whoever sends a file must not know the boundary"
    );
}

#[tokio::test]
async fn a_link_works_once() {
    let (solder, platform) = started().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let link = offered(&solder, &mcp, "put", &by_link("a")).await;
    let both = futures_util::future::join(sent(&solder, &link, "one"), sent(&solder, &link, "two")).await;
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404]);
    assert!(is_closed(&solder, &link).await);
    assert_eq!(platform.received().len(), 1);
    // What the platform refuses uses a link up too: it may have been done.
    let refused = offered(&solder, &mcp, "put", &by_link("refused")).await;
    let answer = sent(&solder, &refused, "x").await;
    assert_eq!(
        (answer.status, answer.code()),
        (400, "PLATFORM_INVALID".to_owned()),
        "{}",
        answer.text
    );
    assert!(is_closed(&solder, &refused).await);
}

#[tokio::test]
async fn an_altered_an_ended_and_a_link_of_the_other_direction_take_nothing() {
    let (solder, platform) = started().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let link = offered(&solder, &mcp, "put", &by_link("a")).await;
    let (start, last) = link.split_at(link.len() - 1);
    for altered in [
        format!("{start}{}", if last == "A" { "B" } else { "A" }),
        start.to_owned(),
        "/uploads/nonsense".to_owned(),
        format!("/uploads/{}", "A".repeat(20_000)),
    ] {
        assert!(is_closed(&solder, &altered).await, "{altered}");
    }
    let (_, got) = mcp
        .execute("drive", "get", &json!({ "name": "r.pdf" }))
        .await
        .tool();
    let down = got["url"].as_str().unwrap().strip_prefix(&solder.url).unwrap();
    assert!(is_closed(&solder, &down.replace("/files/", "/uploads/")).await);
    let up_as_down = solder.nobody().get(&link.replace("/uploads/", "/files/")).await;
    assert_eq!(up_as_down.status, 404);
    assert_eq!(solder.nobody().get(&link).await.status, 405);
    let asked = platform.received().len();
    solder.clock.advance(Duration::from_mins(15));
    assert!(is_closed(&solder, &link).await);
    assert_eq!(platform.received().len(), asked);
}

#[tokio::test]
async fn guessed_links_are_counted_for_their_address() {
    let (solder, _platform) = started().await;
    for _ in 0..30 {
        assert!(is_closed(&solder, "/uploads/nonsense").await);
    }
    assert_eq!(sent(&solder, "/uploads/nonsense", "x").await.status, 429);
}

#[tokio::test]
async fn what_closes_the_server_its_token_or_the_action_closes_the_link() {
    let (solder, platform) = started().await;
    let admin = solder.admin();
    let made = async |name: &str| {
        let server = solder.server(&json!({ "name": name })).await;
        let mcp = solder.mcp_at(server["accessUrl"].as_str().unwrap());
        let link = offered(&solder, &mcp, "put", &by_link("a")).await;
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
    assert_eq!(
        admin.put(&shut, &json!({ "waysIn": ["apiKey"] })).await.status,
        200
    );
    for link in [one, two, three] {
        assert!(is_closed(&solder, &link).await);
    }
    let (outside, four) = made("Outside").await;
    let users =
        json!({ "restrictions": { "users": { "mode": "allowlist", "allowedIds": ["somebody-else"] } } });
    assert_eq!(admin.put(&outside, &users).await.status, 200);
    let (narrow, five) = made("Narrow").await;
    let actions =
        json!({ "restrictions": { "actions": { "mode": "blocklist", "blockedActions": ["drive.put"] } } });
    assert_eq!(admin.put(&narrow, &actions).await.status, 200);
    for link in [&four, &five] {
        assert_eq!(sent(&solder, link, "x").await.status, 403);
    }
    // What refused them beforehand used none of them up.
    assert_eq!(
        admin
            .put(&narrow, &json!({ "restrictions": { "actions": null } }))
            .await
            .status,
        200
    );
    assert_eq!(sent(&solder, &five, "x").await.status, 200);
    assert_eq!(platform.received().len(), 1);
}

#[tokio::test]
async fn a_key_and_a_credential_that_are_gone_close_the_link() {
    let (solder, platform) = started().await;
    let account = solder.account("Second").await;
    let key = solder.key(&account, "grace", Role::Admin, false).await;
    let grace = solder.client(&key);
    let credential =
        json!({ "connectorId": "drive", "authenticationType": "token", "fields": { "token": "t-2" } });
    let made = grace.post("/api/credentials", &credential).await.json();
    let offer = async || {
        let execute = "/api/connectors/drive/actions/put/execute";
        let told = grace
            .post(execute, &json!({ "parameters": by_link("a") }))
            .await
            .json();
        let url = told["uploadUrl"].as_str().unwrap();
        url.strip_prefix(&solder.url).unwrap().to_owned()
    };
    let (one, two, three) = (offer().await, offer().await, offer().await);
    assert_eq!(sent(&solder, &one, "x").await.status, 200);
    assert_eq!(platform.received()[0].headers["authorization"], "Bearer t-2");
    let id = made["credentialId"].as_str().unwrap();
    assert_eq!(grace.delete(&format!("/api/credentials/{id}")).await.status, 200);
    let without = sent(&solder, &two, "x").await;
    assert_eq!(
        (without.status, without.code()),
        (400, "CREDENTIAL_NOT_FOUND".to_owned())
    );
    let keys = grace.get("/api/keys").await.json();
    let of_grace = |key: &&Value| key["userId"] == "grace";
    let found = keys["keys"].as_array().unwrap().iter().find(of_grace).unwrap();
    let key_id = found["keyId"].as_str().unwrap();
    assert_eq!(grace.delete(&format!("/api/keys/{key_id}")).await.status, 200);
    assert!(is_closed(&solder, &three).await);
    assert_eq!(platform.received().len(), 1);
}

#[tokio::test]
async fn a_page_of_an_unknown_origin_and_a_form_send_nothing() {
    let (solder, platform) = started().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let link = offered(&solder, &mcp, "put", &by_link("a")).await;
    let url = format!("{}{link}", solder.url);
    for origin in ["https://evil.example", "null"] {
        let request = http_client().post(&url).header("origin", origin).body("x");
        assert_eq!(request.send().await.unwrap().status(), 403, "{origin}");
    }
    let preflight = http_client()
        .request(reqwest::Method::OPTIONS, &url)
        .header("origin", "https://evil.example")
        .header("access-control-request-method", "PUT");
    assert_eq!(preflight.send().await.unwrap().status(), 403);
    let rebound = http_client().post(&url).header("host", "evil.example").body("x");
    assert_eq!(rebound.send().await.unwrap().status(), 403);
    for (name, value) in [
        ("content-type", "multipart/form-data; boundary=b"),
        ("content-encoding", "gzip"),
    ] {
        let answer = Answer::read(
            http_client()
                .put(&url)
                .header(name, value)
                .body("x")
                .send()
                .await
                .unwrap(),
        )
        .await;
        assert_eq!(
            (answer.status, answer.code()),
            (415, "UNSUPPORTED_MEDIA_TYPE".to_owned())
        );
    }
    assert_eq!(platform.received().len(), 0);
    assert_eq!(sent(&solder, &link, "x").await.status, 200);
}

#[tokio::test]
async fn what_cannot_be_sent_is_said_before_a_link_is_made() {
    let (solder, _platform) = started().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    for (action, arguments, wanted) in [
        (
            "put",
            json!({ "name": "a", "file": { "upload": true, "text": "x" } }),
            "must have one of `text`, `base64`, `url` and `upload`",
        ),
        (
            "put",
            json!({ "name": "a", "file": { "name": "x" } }),
            "must have one of `text`, `base64`, `url` and `upload`",
        ),
        (
            "put",
            json!({ "name": "a", "file": { "upload": false } }),
            "upload",
        ),
        (
            "put",
            json!({ "name": "..", "file": { "upload": true } }),
            "it is a part of the path",
        ),
        (
            "add",
            json!({ "folder": "f", "file": { "upload": true }, "more": [{ "url": "https://example.com/x" }] }),
            "is the second file by `url` or `upload`",
        ),
    ] {
        let (is_error, told) = mcp.execute("drive", action, &arguments).await.tool();
        assert!(
            is_error && told.to_string().contains(wanted),
            "{arguments}: {told}"
        );
    }
    let narrow = solder
        .token_url(&json!({ "name": "Two", "restrictions": { "actions": { "mode": "blocklist", "blockedActions": ["drive.put"] } } }))
        .await;
    let (is_error, told) = narrow.execute("drive", "put", &by_link("a")).await.tool();
    assert!(is_error && told["error"]["code"] == "FORBIDDEN", "{told}");
}

#[tokio::test]
async fn fields_are_of_what_the_file_comes_to() {
    let (solder, _platform) = started().await;
    let execute = "/api/connectors/drive/actions/put/execute";
    let body = json!({ "parameters": by_link("a"), "fields": "id" });
    let told = solder.admin().post(execute, &body).await.json();
    let link = told["uploadUrl"]
        .as_str()
        .unwrap()
        .strip_prefix(&solder.url)
        .unwrap()
        .to_owned();
    assert_eq!(sent(&solder, &link, "x").await.text, "\"f-1\"");
}
