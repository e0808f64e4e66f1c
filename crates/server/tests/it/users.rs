//! Users and the audit log over REST.

use serde_json::{Value, json};
use solder_model::Role;
use solder_testkit::Solder;
use std::time::Duration;

#[tokio::test]
async fn a_user_is_created_once_and_found_by_either_id() {
    let solder = Solder::start().await;
    let admin = solder.admin();
    let made = admin.post("/api/users", &json!({ "userId": "Zoë & co" })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let zoe = made.json();
    assert_eq!(
        (&zoe["userId"], &zoe["createdAt"]),
        (&json!("Zoë & co"), &json!("2026-11-22T12:00:00.000Z"))
    );
    let again = admin.post("/api/users", &json!({ "userId": "Zoë & co" })).await;
    assert_eq!((again.status, again.json()), (200, zoe.clone()));
    let by_id = admin
        .get(&format!("/api/users/{}", zoe["id"].as_str().unwrap()))
        .await;
    assert_eq!(by_id.json(), zoe);
    let by_name = admin.get("/api/users?userId=Zo%C3%AB+%26+co").await.json();
    assert_eq!((&by_name["users"], &by_name["total"]), (&json!([zoe]), &json!(1)));
    assert_eq!(
        admin.get("/api/users?userId=nobody").await.json()["users"],
        json!([])
    );
    let listed = admin.get("/api/users?limit=1").await.json();
    assert_eq!((&listed["total"], &listed["hasMore"]), (&json!(2), &json!(true)));
    let log = admin.get("/api/audit?action=user.create").await.json();
    assert_eq!(
        (&log["total"], &log["entries"][0]["target"]),
        (&json!(1), &zoe["id"])
    );

    for (body, field) in [
        (json!({}), "userId"),
        (json!({ "userId": "" }), "userId"),
        (json!({ "userId": 7 }), "userId"),
        (json!({ "userId": "u", "name": "x" }), "name"),
    ] {
        let refused = admin.post("/api/users", &body).await;
        assert_eq!(
            (refused.status, refused.faults()),
            (400, vec![field.to_owned()]),
            "{body}"
        );
    }
    assert_eq!(admin.get("/api/users?userId=").await.status, 400);
    assert_eq!(admin.get("/api/users/nonsense").await.status, 404);
}

#[tokio::test]
async fn users_and_the_log_are_for_admins_of_the_account_alone() {
    let solder = Solder::start().await;
    let member = solder.client(&solder.key(&solder.first, "ada", Role::Member, false).await);
    for path in ["/api/users", "/api/users/usr_aaaaaaaaaaaaaaaa", "/api/audit"] {
        let answer = member.get(path).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (403, "FORBIDDEN"),
            "{path}"
        );
    }
    assert_eq!(
        member.post("/api/users", &json!({ "userId": "u" })).await.status,
        403
    );
    let zoe = solder
        .admin()
        .post("/api/users", &json!({ "userId": "zoe" }))
        .await
        .json();
    let second = solder.client(&solder.account("second").await.key);
    let foreign = second
        .get(&format!("/api/users/{}", zoe["id"].as_str().unwrap()))
        .await;
    assert_eq!(foreign.status, 404);
    assert_eq!(second.get("/api/users").await.json()["total"], 1);
    let log = second.get("/api/audit").await.json();
    assert_eq!(
        (&log["total"], &log["entries"][0]["action"]),
        (&json!(1), &json!("account.create"))
    );
}

#[tokio::test]
async fn the_log_is_read_newest_first_and_by_filters() {
    let solder = Solder::start().await;
    let admin = solder.admin();
    let server = solder.server(&json!({ "name": "One" })).await;
    solder.clock.advance(Duration::from_mins(1));
    let id = server["serverId"].as_str().unwrap();
    admin
        .put(
            &format!("/api/servers/{id}"),
            &json!({ "description": "changed" }),
        )
        .await;
    solder.clock.advance(Duration::from_mins(1));
    admin
        .as_user("ada")
        .post("/api/servers", &json!({ "name": "Two" }))
        .await;

    let actions = async |query: &str| -> Vec<Value> {
        let answer = admin.get(&format!("/api/audit{query}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let entries = answer.json()["entries"].as_array().unwrap().clone();
        entries.iter().map(|entry| entry["action"].clone()).collect()
    };
    assert_eq!(
        actions("").await,
        [
            "server.create",
            "server.update",
            "server.create",
            "account.create"
        ]
    );
    assert_eq!(actions("?limit=1&offset=1").await, ["server.update"]);
    assert_eq!(actions("?action=server.create").await.len(), 2);
    assert_eq!(
        actions(&format!("?target={id}")).await,
        ["server.update", "server.create"]
    );
    assert_eq!(actions("?actor=operator").await, ["account.create"]);
    let minute = "?from=2026-11-22T12:01:00Z&to=2026-11-22T14:02:00%2B02:00";
    assert_eq!(actions(minute).await, ["server.update"]);
    let entry = admin.get("/api/audit?limit=1").await.json()["entries"][0].clone();
    let ada = admin.get("/api/users?userId=ada").await.json()["users"][0]["id"].clone();
    assert_eq!(
        (&entry["actingUser"], &entry["from"]),
        (&ada, &json!("127.0.0.1"))
    );
    let refused = admin
        .get("/api/audit?from=yesterday&to=&action=&target=a&target=b")
        .await;
    assert_eq!(
        (refused.status, refused.faults()),
        (400, ["action", "target", "from", "to"].map(String::from).to_vec())
    );
}
