//! Servers over REST: contract, part 3.

use serde_json::{Value, json};
use solder_model::Role;
use solder_testkit::Solder;

#[tokio::test]
async fn a_new_server_is_shown_whole_with_its_token() {
    let solder = Solder::start().await;
    let answer = solder
        .admin()
        .post("/api/servers", &json!({ "name": "Production Server" }))
        .await;
    assert_eq!(answer.status, 201);
    let server = answer.json();
    let id = server["serverId"].as_str().unwrap();
    assert!(id.starts_with("production-server-") && id.len() == "production-server-".len() + 8);
    let token = server["accessToken"].as_str().unwrap();
    assert_eq!(server["url"], format!("{}/mcp/{id}", solder.url));
    assert_eq!(server["accessUrl"], format!("{}/mcp/{id}/{token}", solder.url));
    let mut rest = server.clone();
    for known in ["serverId", "accessToken", "url", "accessUrl"] {
        assert!(rest.as_object_mut().unwrap().remove(known).is_some());
    }
    let expected = json!({
        "name": "Production Server",
        "description": "",
        "mode": "connectivity",
        "isPublic": false, "waysIn": ["tokenUrl", "apiKey", "oauth"],
        "restrictions": {},
        "hasRestrictions": false,
        "customInstructions": null,
        "tokenExpiresAt": null,
        "createdAt": "2026-11-22T12:00:00.000Z",
        "updatedAt": "2026-11-22T12:00:00.000Z",
    });
    assert_eq!(rest, expected);
}

#[tokio::test]
async fn the_token_is_told_once_and_the_access_url_always() {
    let solder = Solder::start().await;
    let made = solder
        .server(&json!({ "name": "One", "tokenExpiresInDays": 30 }))
        .await;
    let path = format!("/api/servers/{}", made["serverId"].as_str().unwrap());
    let got = solder.admin().get(&path).await.json();
    assert_eq!(got.get("accessToken"), None);
    assert_eq!(got["accessUrl"], made["accessUrl"]);
    assert_eq!(got["tokenExpiresAt"], "2026-12-22T12:00:00.000Z");
    let listed = solder.admin().get("/api/servers").await.json();
    assert_eq!(listed["servers"][0], got);
}

#[tokio::test]
async fn a_page_of_servers_is_newest_first_and_counts_all() {
    let solder = Solder::start().await;
    for place in 0..5 {
        solder.clock.advance(std::time::Duration::from_secs(1));
        solder.server(&json!({ "name": format!("Server {place}") })).await;
    }
    let page = solder
        .admin()
        .get("/api/servers?limit=2&offset=1&surplus=x")
        .await
        .json();
    let names: Vec<&str> = page["servers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Server 3", "Server 2"]);
    for (field, value) in [("count", 5), ("total", 5), ("limit", 2), ("offset", 1)] {
        assert_eq!(page[field], value, "{field}");
    }
    assert_eq!(page["hasMore"], true);
    let all = solder.admin().get("/api/servers").await.json();
    assert_eq!((&all["limit"], &all["hasMore"]), (&json!(1000), &json!(false)));
    let bad = solder.admin().get("/api/servers?limit=0&offset=-1").await;
    assert_eq!(
        (bad.status, bad.faults()),
        (400, vec!["limit".to_owned(), "offset".to_owned()])
    );
}

#[tokio::test]
async fn an_update_changes_what_was_sent_alone() {
    let solder = Solder::start().await;
    let restrictions =
        json!({ "users": { "mode": "blocklist", "blockedIds": ["eve"], "allowedIds": ["kept"] } });
    let body = json!({ "name": "Old", "description": "text", "restrictions": restrictions, "tokenExpiresInDays": 7 });
    let made = solder.server(&body).await;
    let path = format!("/api/servers/{}", made["serverId"].as_str().unwrap());
    let changed = solder
        .admin()
        .put(
            &path,
            &json!({ "name": "New", "surplus": 1, "description": null }),
        )
        .await
        .json();
    assert_eq!(changed["name"], "New");
    for kept in [
        "serverId",
        "description",
        "restrictions",
        "tokenExpiresAt",
        "accessUrl",
    ] {
        assert_eq!(changed[kept], made[kept], "{kept}");
    }
    assert_eq!(changed["hasRestrictions"], true);
    let cleared = json!({ "tokenExpiresInDays": null, "restrictions": {}, "customInstructions": "Be kind" });
    let cleared = solder.admin().put(&path, &cleared).await.json();
    assert_eq!(
        (&cleared["tokenExpiresAt"], &cleared["restrictions"]),
        (&Value::Null, &json!({}))
    );
    assert_eq!(
        (&cleared["hasRestrictions"], &cleared["customInstructions"]),
        (&json!(false), &json!("Be kind"))
    );
}

#[tokio::test]
async fn every_bad_field_is_named() {
    let solder = Solder::start().await;
    let body = json!({
        "name": " x", "description": 7, "tokenExpiresInDays": 366, "isPublic": "yes", "mode": "else",
        "customInstructions": [], "restrictions": { "user": {}, "actions": { "mode": "allow" } },
    });
    let bad = solder.admin().post("/api/servers", &body).await;
    assert_eq!((bad.status, bad.code().as_str()), (400, "INVALID_REQUEST"));
    let faults = bad.faults();
    for field in [
        "name",
        "description",
        "tokenExpiresInDays",
        "isPublic",
        "mode",
        "customInstructions",
    ] {
        assert!(faults.iter().any(|fault| fault == field), "{field}: {faults:?}");
    }
    for field in ["restrictions.user", "restrictions.actions.mode"] {
        assert!(faults.iter().any(|fault| fault == field), "{field}: {faults:?}");
    }
    for name in ["", "   ", "x ", &"x".repeat(101)] {
        assert_eq!(
            solder
                .admin()
                .post("/api/servers", &json!({ "name": name }))
                .await
                .faults(),
            ["name"],
            "{name:?}"
        );
    }
    assert_eq!(
        solder.admin().post("/api/servers", &json!({})).await.faults(),
        ["name"]
    );
    assert_eq!(
        solder
            .admin()
            .post("/api/servers", &json!({ "name": "é".repeat(100) }))
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn a_name_is_unique_for_its_user_alone() {
    let solder = Solder::start().await;
    solder.server(&json!({ "name": "Twice" })).await;
    let again = solder
        .admin()
        .post("/api/servers", &json!({ "name": "Twice" }))
        .await;
    assert_eq!(
        (again.status, again.code().as_str(), again.faults()),
        (400, "INVALID_REQUEST", vec!["name".to_owned()])
    );
    assert_eq!(
        solder
            .admin()
            .as_user("somebody")
            .post("/api/servers", &json!({ "name": "Twice" }))
            .await
            .status,
        201
    );
    let other = solder.server(&json!({ "name": "Other" })).await;
    let path = format!("/api/servers/{}", other["serverId"].as_str().unwrap());
    assert_eq!(
        solder
            .admin()
            .put(&path, &json!({ "name": "Twice" }))
            .await
            .faults(),
        ["name"]
    );
    assert_eq!(
        solder
            .admin()
            .put(&path, &json!({ "name": "Other" }))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_deleted_server_is_gone_and_its_name_is_free() {
    let solder = Solder::start().await;
    let made = solder.server(&json!({ "name": "Gone" })).await;
    let id = made["serverId"].as_str().unwrap();
    let path = format!("/api/servers/{id}");
    let mcp = solder.mcp_at(made["accessUrl"].as_str().unwrap());
    assert_eq!(mcp.legacy("tools/list", &json!({})).await.status, 200);
    let deleted = solder.admin().delete(&path).await;
    assert_eq!(
        (deleted.status, deleted.json()),
        (200, json!({ "message": "Server deleted", "serverId": id }))
    );
    assert_eq!(
        solder.admin().get(&path).await.error()["message"],
        "Server not found"
    );
    assert_eq!(solder.admin().delete(&path).await.status, 404);
    assert_eq!(mcp.legacy("tools/list", &json!({})).await.status, 401);
    solder.server(&json!({ "name": "Gone" })).await;
}

#[tokio::test]
async fn another_owners_server_is_forbidden_and_another_accounts_unknown() {
    let solder = Solder::start().await;
    let made = solder.server(&json!({ "name": "Mine" })).await;
    let path = format!("/api/servers/{}", made["serverId"].as_str().unwrap());
    let member = solder.client(&solder.key(&solder.first, "bob", Role::Member, true).await);
    let stranger = solder.client(&solder.account("second").await.key);
    let change = json!({ "name": "Theirs" });
    let rotate = format!("{path}/token");
    for (client, status, code) in [(&member, 403, "FORBIDDEN"), (&stranger, 404, "NOT_FOUND")] {
        for answer in [
            client.get(&path).await,
            client.put(&path, &change).await,
            client.delete(&path).await,
            client.post(&rotate, &json!({})).await,
        ] {
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (status, code),
                "{}",
                answer.text
            );
        }
    }
    assert_eq!(solder.admin().get(&path).await.json()["name"], "Mine");
    // A key that may name users names the owner.
    let other = solder.client(&solder.key(&solder.first, "carol", Role::Member, false).await);
    assert_eq!(other.get(&path).await.status, 403);
    assert_eq!(other.as_user("admin").get(&path).await.status, 200);
}

#[tokio::test]
async fn a_path_that_names_no_server_is_not_found() {
    let solder = Solder::start().await;
    for id in ["x", "%ff", "..%2f..", "a-b", "%00", "server-abcdefgh%20"] {
        let answer = solder.admin().get(&format!("/api/servers/{id}")).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (404, "NOT_FOUND"),
            "{id}"
        );
    }
}
