//! Actions executed over REST: the same way as by the tool, and the same refusals, with their status.

use serde_json::{Value, json};
use solder_model::Role;
use solder_testkit::{Answer, Client, FakePlatform, Solder, raw_connection};
use std::time::Duration;
use tokio::io::AsyncWriteExt;

const USERS_LIST: &str = "/api/connectors/slack/actions/users_list/execute";
const BY_BODY: &str = "/api/connectors/slack/execute";

async fn connected() -> (Solder, FakePlatform, Client) {
    let platform = FakePlatform::slack().await;
    let solder = Solder::build()
        .connector("slack", &platform, "/api")
        .start()
        .await;
    solder.slack_credential().await;
    let admin = solder.admin();
    (solder, platform, admin)
}

fn refused(answer: &Answer) -> (u16, String) {
    (answer.status, answer.code())
}

async fn server(solder: &Solder, name: &str, restrictions: Value) -> String {
    let body = json!({ "name": name, "restrictions": restrictions });
    solder.server(&body).await["serverId"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn an_action_reaches_the_platform_and_its_answer_comes_back() {
    let (_solder, platform, admin) = connected().await;
    for answer in [
        admin
            .post(USERS_LIST, &json!({ "parameters": { "limit": 2 } }))
            .await,
        admin.post(USERS_LIST, &json!({})).await,
        admin.send(reqwest::Method::POST, USERS_LIST, None).await,
        admin
            .post(
                BY_BODY,
                &json!({ "actionId": "users_list", "parameters": null, "timeout": 5_000 }),
            )
            .await,
    ] {
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("x-cache-hit"), "false");
        assert!(
            answer.json().to_string().contains("Ada Lovelace"),
            "{}",
            answer.text
        );
    }
    let asked = platform.received();
    assert_eq!(asked.len(), 4);
    assert_eq!(asked[0].path, "/api/users.list");
    assert_eq!(asked[0].headers["authorization"], "Bearer xoxb-a-secret");
}

#[tokio::test]
async fn ids_with_slashes_and_dots_are_one_segment_or_stand_in_the_body() {
    let platform = FakePlatform::start(|_| (201, json!({ "number": 7, "title": "A bug" }))).await;
    let solder = Solder::build().connector("github", &platform, "").start().await;
    let admin = solder.admin();
    let credential = json!({
        "connectorId": "github", "authenticationType": "personal_token", "fields": { "token": "ghp_x" },
    });
    assert_eq!(admin.post("/api/credentials", &credential).await.status, 201);
    let parameters = json!({ "owner": "ada", "repo": "engine", "title": "A bug" });
    let by_path = admin
        .post(
            "/api/connectors/github/actions/issues%2Fcreate/execute",
            &json!({ "parameters": parameters }),
        )
        .await;
    let by_body = admin
        .post(
            "/api/connectors/github/execute",
            &json!({ "actionId": "issues/create", "parameters": parameters }),
        )
        .await;
    for answer in [by_path, by_body] {
        assert_eq!(
            (answer.status, &answer.json()["number"]),
            (200, &json!(7)),
            "{}",
            answer.text
        );
    }
    for asked in platform.received() {
        assert_eq!(asked.path, "/repos/ada/engine/issues");
    }
    let dots = admin
        .post(
            "/api/connectors/github/actions/issues.create.x/execute",
            &json!({}),
        )
        .await;
    assert_eq!(refused(&dots), (404, "ACTION_NOT_FOUND".to_owned()));
    assert!(
        dots.error()["message"]
            .as_str()
            .unwrap()
            .contains("issues.create.x")
    );
}

#[tokio::test]
async fn what_is_unknown_is_answered_with_the_nearest() {
    let (_solder, platform, admin) = connected().await;
    let connector = admin
        .post("/api/connectors/slak/execute", &json!({ "actionId": "x" }))
        .await;
    assert_eq!(refused(&connector), (404, "CONNECTOR_NOT_FOUND".to_owned()));
    assert_eq!(connector.error()["details"]["didYouMean"], json!(["slack"]));
    let action = admin
        .post("/api/connectors/slack/actions/user_list/execute", &json!({}))
        .await;
    assert_eq!(refused(&action), (404, "ACTION_NOT_FOUND".to_owned()));
    assert_eq!(action.error()["details"]["didYouMean"][0], "users_list");
    assert!(platform.received().is_empty());
}

#[tokio::test]
async fn every_fault_of_a_body_is_told_and_nothing_is_sent() {
    let (_solder, platform, admin) = connected().await;
    let bad = json!({
        "parameters": [], "credentialId": 7, "timeout": 999, "serverId": {}, "paramters": {}, "connectorId": "slack",
    });
    let mut expected = [
        "connectorId",
        "credentialId",
        "parameters",
        "paramters",
        "serverId",
        "timeout",
    ]
    .to_vec();
    for (path, missing) in [(USERS_LIST, None), (BY_BODY, Some("actionId"))] {
        let answer = admin.post(path, &bad).await;
        assert_eq!(refused(&answer), (400, "INVALID_REQUEST".to_owned()));
        let mut faults = answer.faults();
        faults.sort_unstable();
        expected.extend(missing);
        expected.sort_unstable();
        assert_eq!(faults, expected, "{path}");
    }
    let parameters = json!({ "parameters": { "limt": 1, "cursor": 5 } });
    let answer = admin.post(USERS_LIST, &parameters).await;
    assert_eq!(answer.faults(), ["parameters.cursor", "parameters.limt"]);
    assert!(answer.text.contains("nearest known: `limit`"), "{}", answer.text);
    // The path names the action: the body does not again.
    let twice = admin.post(USERS_LIST, &json!({ "actionId": "users_list" })).await;
    assert_eq!((twice.status, twice.faults()), (400, vec!["actionId".to_owned()]));
    for body in [&b"[]"[..], b"{", b"\"x\""] {
        let answer = admin
            .send(reqwest::Method::POST, USERS_LIST, Some(body.to_vec()))
            .await;
        assert_eq!(refused(&answer), (400, "INVALID_REQUEST".to_owned()));
    }
    assert_eq!(
        refused(&admin.send(reqwest::Method::POST, BY_BODY, None).await).0,
        415
    );
    assert!(platform.received().is_empty());
}

#[tokio::test]
async fn a_named_credential_is_that_one_or_none() {
    let (solder, platform, admin) = connected().await;
    solder.clock.advance(Duration::from_secs(1));
    let newer = json!({ "connectorId": "slack", "authenticationType": "bot_token", "fields": { "token": "xoxb-newer" } });
    admin.post("/api/credentials", &newer).await;
    let all = admin.get("/api/credentials").await.json();
    let old = all["credentials"][1]["credentialId"].as_str().unwrap();
    let by_header = admin.with("x-credential-id", old);
    for answer in [
        admin.post(USERS_LIST, &json!({})).await,
        admin.post(USERS_LIST, &json!({ "credentialId": old })).await,
        by_header.post(USERS_LIST, &json!({})).await,
        by_header.post(USERS_LIST, &json!({ "credentialId": old })).await,
    ] {
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    let used = platform.received();
    let used: Vec<_> = used.iter().map(|one| &one.headers["authorization"]).collect();
    let old_one = "Bearer xoxb-a-secret";
    assert_eq!(used, ["Bearer xoxb-newer", old_one, old_one, old_one]);

    let differ = by_header
        .post(USERS_LIST, &json!({ "credentialId": "1".repeat(24) }))
        .await;
    assert_eq!(
        (differ.status, differ.faults()),
        (400, vec!["credentialId".to_owned()])
    );
    let bob = solder.client(&solder.key(&solder.first, "bob", Role::Member, true).await);
    for (client, id) in [
        (&admin, "0".repeat(24)),
        (&admin, "x".to_owned()),
        (&bob, old.to_owned()),
    ] {
        let answer = client.post(USERS_LIST, &json!({ "credentialId": id })).await;
        assert_eq!(refused(&answer), (400, "CREDENTIAL_NOT_FOUND".to_owned()));
        assert!(!answer.text.contains("_alloy"), "{}", answer.text);
    }
    let none = bob.post(USERS_LIST, &json!({})).await;
    assert_eq!(refused(&none), (400, "CREDENTIAL_NOT_FOUND".to_owned()));
    assert!(none.text.contains("POST /api/credentials"), "{}", none.text);
    assert_eq!(platform.received().len(), 4);
}

#[tokio::test]
async fn a_user_of_another_name_or_account_uses_nothing_of_this_ones() {
    let (solder, platform, admin) = connected().await;
    let stranger = solder.client(&solder.account("second").await.key);
    let bound = solder.client(&solder.key(&solder.first, "bob", Role::Member, true).await);
    for client in [&stranger, &bound, &admin.as_user("carol")] {
        let answer = client.post(USERS_LIST, &json!({})).await;
        assert_eq!(refused(&answer), (400, "CREDENTIAL_NOT_FOUND".to_owned()));
    }
    let named = bound.as_user("admin").post(USERS_LIST, &json!({})).await;
    assert_eq!(refused(&named), (403, "FORBIDDEN".to_owned()));
    assert_eq!(
        refused(&solder.nobody().post(USERS_LIST, &json!({})).await),
        (401, "UNAUTHORIZED".to_owned())
    );
    assert!(platform.received().is_empty());
}

#[tokio::test]
async fn a_named_server_restricts_wherever_it_is_named() {
    let (solder, platform, admin) = connected().await;
    let blocked = json!({ "actions": { "mode": "blocklist", "blockedActions": ["users_list"] } });
    let id = server(&solder, "Blocked", blocked).await;
    let in_query = format!("{USERS_LIST}?serverId={id}");
    for answer in [
        admin
            .with("x-mcp-server-id", &id)
            .post(USERS_LIST, &json!({}))
            .await,
        admin.post(&in_query, &json!({})).await,
        admin.post(USERS_LIST, &json!({ "serverId": id })).await,
        admin
            .post(BY_BODY, &json!({ "actionId": "users_list", "serverId": id }))
            .await,
    ] {
        assert_eq!(refused(&answer), (403, "FORBIDDEN".to_owned()), "{}", answer.text);
        assert!(answer.text.contains("slack.users_list"), "{}", answer.text);
    }
    assert!(platform.received().is_empty());
    let open = server(&solder, "Open", json!({})).await;
    assert_eq!(
        admin.post(USERS_LIST, &json!({ "serverId": open })).await.status,
        200
    );
    // One that differs from another is refused, so that none is passed over.
    let both = admin.post(&in_query, &json!({ "serverId": open })).await;
    assert_eq!((both.status, both.faults()), (400, vec!["serverId".to_owned()]));
    let same = admin
        .post(
            &format!("{USERS_LIST}?serverId={open}"),
            &json!({ "serverId": open }),
        )
        .await;
    assert_eq!(same.status, 200, "{}", same.text);
}

#[tokio::test]
async fn a_servers_users_layer_and_its_account_hold() {
    let (solder, platform, admin) = connected().await;
    let only_bob = json!({ "users": { "mode": "allowlist", "allowedIds": ["bob"] } });
    let id = server(&solder, "Bob's", only_bob).await;
    let stranger = solder.client(&solder.account("second").await.key);
    for (client, status, code) in [(&admin, 403, "FORBIDDEN"), (&stranger, 404, "NOT_FOUND")] {
        for answer in [
            client
                .with("x-mcp-server-id", &id)
                .post(USERS_LIST, &json!({}))
                .await,
            client.post(USERS_LIST, &json!({ "serverId": id })).await,
        ] {
            assert_eq!(refused(&answer), (status, code.to_owned()), "{}", answer.text);
        }
    }
    // Where the layer is outside the body it is asked before the body is read.
    let faulty = admin
        .with("x-mcp-server-id", &id)
        .post(USERS_LIST, &json!({ "timeout": 1 }))
        .await;
    assert_eq!(refused(&faulty), (403, "FORBIDDEN".to_owned()));
    let bob = admin.as_user("bob");
    let credential = json!({ "connectorId": "slack", "authenticationType": "bot_token", "fields": { "token": "xoxb-bob" } });
    assert_eq!(bob.post("/api/credentials", &credential).await.status, 201);
    let answer = bob.post(USERS_LIST, &json!({ "serverId": id })).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(platform.received()[0].headers["authorization"], "Bearer xoxb-bob");
}

#[tokio::test]
async fn a_credential_that_came_through_a_token_url_alone_is_used_by_name_or_on_its_server() {
    let platform = FakePlatform::slack().await;
    let solder = Solder::build()
        .connector("slack", &platform, "/api")
        .start()
        .await;
    let made = solder.server(&json!({ "name": "One" })).await;
    let mcp = solder.mcp_at(made["accessUrl"].as_str().unwrap());
    let arguments = json!({ "connectorId": "slack", "authenticationType": "bot_token", "fields": { "token": "xoxb-planted" } });
    let (is_error, planted) = mcp.call("create_credential_alloy", &arguments).await.tool();
    assert!(!is_error, "{planted}");
    let admin = solder.admin();
    let unnamed = admin.post(USERS_LIST, &json!({})).await;
    assert_eq!(refused(&unnamed), (400, "CREDENTIAL_NOT_FOUND".to_owned()));
    for body in [
        json!({ "credentialId": planted["credentialId"] }),
        json!({ "serverId": made["serverId"] }),
    ] {
        assert_eq!(admin.post(USERS_LIST, &body).await.status, 200, "{body}");
    }
}

#[tokio::test]
async fn what_the_platform_refuses_has_its_codes_status() {
    let platform = FakePlatform::start(|asked| {
        let error = match asked.path.as_str() {
            "/api/conversations.info" => "channel_not_found",
            "/api/auth.test" => "invalid_auth",
            _ => "ratelimited",
        };
        (200, json!({ "ok": false, "error": error }))
    })
    .await;
    let solder = Solder::build()
        .connector("slack", &platform, "/api")
        .start()
        .await;
    solder.slack_credential().await;
    for (action, parameters, status, code) in [
        (
            "conversations_info",
            json!({ "channel": "C1" }),
            404,
            "PLATFORM_NOT_FOUND",
        ),
        ("auth_test", json!({}), 401, "PLATFORM_RECONNECT"),
    ] {
        let body = json!({ "actionId": action, "parameters": parameters });
        let answer = solder.admin().post(BY_BODY, &body).await;
        assert_eq!(refused(&answer), (status, code.to_owned()), "{}", answer.text);
        // Only a key that does not hold asks for another one.
        assert_eq!(answer.header("www-authenticate"), "");
        assert!(!answer.text.contains("_alloy"), "{}", answer.text);
    }
}

#[tokio::test]
async fn solder_itself_is_worked_with_the_callers_own_rights() {
    let solder = Solder::start().await;
    let member = solder.client(&solder.key(&solder.first, "bob", Role::Member, true).await);
    let path = "/api/connectors/solder/execute";
    let made = member
        .post(
            path,
            &json!({ "actionId": "create-server", "parameters": { "name": "Mine" } }),
        )
        .await;
    assert_eq!(made.status, 200, "{}", made.text);
    assert_eq!(member.get("/api/servers").await.json()["total"], 1);
    assert_eq!(solder.admin().get("/api/servers").await.json()["total"], 0);
    let server = made.json()["serverId"].clone();
    let foreign = solder
        .admin()
        .post(
            path,
            &json!({ "actionId": "get-server", "parameters": { "serverId": server } }),
        )
        .await;
    assert_eq!(foreign.status, 403, "{}", foreign.text);
}

#[tokio::test]
async fn executions_count_in_the_window_of_calls_and_in_usage() {
    let platform = FakePlatform::slack().await;
    let solder = Solder::build()
        .connector("slack", &platform, "/api")
        .rate_limit("4/60s")
        .start()
        .await;
    solder.slack_credential().await;
    let admin = solder.admin();
    let id = server(&solder, "One", json!({})).await;
    let first = admin.post(USERS_LIST, &json!({})).await;
    assert_eq!(
        (first.status, first.header("ratelimit")),
        (200, "\"default\";r=1;t=60")
    );
    assert_eq!(
        admin.post(USERS_LIST, &json!({ "serverId": id })).await.status,
        200
    );
    let over = admin.post(USERS_LIST, &json!({})).await;
    assert_eq!(refused(&over), (429, "RATE_LIMITED".to_owned()));
    assert!(!over.header("retry-after").is_empty());

    let usage = solder.usage().await;
    let seen: Vec<_> = usage
        .iter()
        .map(|one| {
            let server = one.server.as_ref().map(|id| id.as_str().to_owned());
            (server, one.action.as_str(), one.outcome.as_str(), one.calls)
        })
        .collect();
    assert_eq!(
        seen,
        [(None, "users_list", "OK", 1), (Some(id), "users_list", "OK", 1)]
    );
}

#[tokio::test]
async fn a_kept_answer_says_so_and_is_the_same_users_alone() {
    let platform = FakePlatform::start(|_| (200, json!({ "text": "kept" }))).await;
    let file = "id = \"memo\"\nname = \"Memo\"\nabout = \"Notes\"\ncategories = [\"notes\"]\n\
        base = \"https://memo.example.com\"\n[resources]\nnotes = \"Notes | What it keeps\"\n\
        [auth.key]\nsecrets.key = \"A key\"\napply = { header = \"X-Key\", value = \"{key}\" }\n\
        [[action]]\nname = \"notes.get\"\ntitle = \"Get a note\"\nabout = \"Get a note\"\nresource = \"notes\"\n\
        call = \"GET /note\"\nkind = \"read\"\ncache = \"5m\"\n";
    let solder = Solder::build()
        .connector("memo", &platform, "")
        .connector_file("memo", file)
        .start()
        .await;
    let credential =
        json!({ "connectorId": "memo", "authenticationType": "key", "fields": { "key": "k-1" } });
    let admin = solder.admin();
    let bob = admin.as_user("bob");
    let read = "/api/connectors/memo/actions/notes.get/execute";
    for client in [&admin, &bob] {
        assert_eq!(client.post("/api/credentials", &credential).await.status, 201);
        for hit in ["false", "true"] {
            let answer = client.post(read, &json!({})).await;
            assert_eq!(
                (answer.status, answer.header("x-cache-hit"), answer.json()),
                (200, hit, json!({ "text": "kept" }))
            );
        }
    }
    assert_eq!(platform.received().len(), 2);
}

#[tokio::test]
async fn whoever_hangs_up_ends_the_call() {
    let wait = Duration::from_millis(300);
    let platform = FakePlatform::start_slow(wait, |_| (200, json!({ "ok": true, "members": [] }))).await;
    let solder = Solder::build()
        .connector("slack", &platform, "/api")
        .start()
        .await;
    solder.slack_credential().await;
    let mut connection = raw_connection(&solder.url).await;
    let request = format!(
        "POST {USERS_LIST} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\ncontent-length: 0\r\n\r\n",
        solder.first.key
    );
    connection.write_all(request.as_bytes()).await.unwrap();
    while platform.received().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    drop(connection);
    // Longer than the platform takes.
    tokio::time::sleep(2 * wait).await;
    // A fake platform's handler is dropped, too, when its caller hangs up.
    assert_eq!((platform.received().len(), platform.finished()), (1, 0));
    solder.stop().await;
}
