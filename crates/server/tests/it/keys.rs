//! API keys over REST: several live at once, so that one takes over from another without a gap.

use serde_json::{Value, json};
use solder_model::Role;
use solder_testkit::{Answer, Solder};
use std::time::Duration;

fn id(key: &Value) -> &str {
    key["keyId"].as_str().unwrap()
}

async fn make(solder: &Solder, body: &Value) -> Value {
    let answer = solder.admin().post("/api/keys", body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()
}

async fn lists(solder: &Solder, key: &Value) -> u16 {
    let client = solder.client(key["apiKey"].as_str().unwrap());
    client.get("/api/servers").await.status
}

async fn own_key(solder: &Solder) -> String {
    let listed = solder.admin().get("/api/keys").await.json();
    id(listed["keys"].as_array().unwrap().last().unwrap()).to_owned()
}

#[tokio::test]
async fn a_key_is_shown_once_and_does_what_it_was_made_for() {
    let solder = Solder::start().await;
    let made = make(
        &solder,
        &json!({ "name": "CI", "userId": "robot", "userBound": true, "expiresInDays": 2 }),
    )
    .await;
    assert!(made["apiKey"].as_str().unwrap().starts_with("sk_"));
    let shown = solder
        .admin()
        .get(&format!("/api/keys/{}", id(&made)))
        .await
        .json();
    let expected = json!({
        "keyId": made["keyId"], "name": "CI", "userId": "robot", "role": "member", "userBound": true,
        "createdAt": "2026-11-22T12:00:00.000Z", "expiresAt": "2026-11-24T12:00:00.000Z", "lastUsedAt": null,
    });
    assert_eq!(shown, expected);
    assert_eq!(lists(&solder, &made).await, 200);
    let bound = solder.client(made["apiKey"].as_str().unwrap()).as_user("other");
    assert_eq!(bound.get("/api/servers").await.status, 403);
    solder.clock.advance(Duration::from_hours(48));
    assert_eq!(lists(&solder, &made).await, 401);

    let plain = make(&solder, &json!({})).await;
    assert_eq!(
        (
            &plain["userId"],
            &plain["role"],
            &plain["userBound"],
            &plain["expiresAt"]
        ),
        (&json!("admin"), &json!("member"), &json!(false), &Value::Null)
    );
    let listed = solder.admin().get("/api/keys?limit=1&offset=0").await;
    assert!(
        !listed.text.contains("apiKey") && !listed.text.contains("sk_"),
        "{}",
        listed.text
    );
    let listed = listed.json();
    assert_eq!(
        (&listed["count"], &listed["hasMore"], &listed["keys"][0]["keyId"]),
        (&json!(3), &json!(true), &plain["keyId"])
    );
}

#[tokio::test]
async fn keys_are_for_admins_alone_and_for_those_of_the_account() {
    let solder = Solder::start().await;
    let made = make(&solder, &json!({})).await;
    let path = format!("/api/keys/{}", id(&made));
    let member = solder.key(&solder.first, "ada", Role::Member, false).await;
    let bound = solder.key(&solder.first, "ada", Role::Admin, true).await;
    for key in [&member, &bound] {
        let client = solder.client(key);
        let answers: [Answer; 6] = [
            client.get("/api/keys").await,
            client.post("/api/keys", &json!({ "role": "admin" })).await,
            client.get(&path).await,
            client.put(&path, &json!({ "name": "mine" })).await,
            client.delete(&path).await,
            client.post(&format!("{path}/rotate"), &json!({})).await,
        ];
        for answer in answers {
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (403, "FORBIDDEN"),
                "{}",
                answer.text
            );
        }
    }
    let second = solder.account("second").await;
    let stranger = solder.client(&second.key);
    for answer in [
        stranger.get(&path).await,
        stranger.put(&path, &json!({ "name": "mine" })).await,
        stranger.delete(&path).await,
        stranger.post(&format!("{path}/rotate"), &json!({})).await,
        stranger.get("/api/keys/nonsense").await,
    ] {
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (404, "NOT_FOUND"),
            "{}",
            answer.text
        );
    }
    assert_eq!(stranger.get("/api/keys").await.json()["count"], 1);
    assert_eq!(lists(&solder, &made).await, 200);
}

#[tokio::test]
async fn every_fault_of_a_new_key_is_told_and_a_mistyped_field_is_one() {
    let solder = Solder::start().await;
    let body = json!({
        "name": "x".repeat(101), "userId": "", "role": "root", "userBound": "yes", "expiresInDays": 3651, "userbound": true,
    });
    let refused = solder.admin().post("/api/keys", &body).await;
    let mut faults = refused.faults();
    faults.sort();
    assert_eq!(
        (refused.status, faults.as_slice()),
        (
            400,
            &[
                "expiresInDays",
                "name",
                "role",
                "userBound",
                "userId",
                "userbound"
            ]
            .map(String::from)[..]
        ),
        "{}",
        refused.text
    );
    let both = solder
        .admin()
        .post("/api/keys", &json!({ "role": "admin", "userBound": true }))
        .await;
    assert_eq!((both.status, both.faults()), (400, vec!["userBound".to_owned()]));
    assert_eq!(solder.admin().get("/api/keys").await.json()["count"], 1);
}

#[tokio::test]
async fn a_rotation_leaves_no_gap_and_the_old_key_ends_with_its_grace() {
    let solder = Solder::start().await;
    let body = json!({ "name": "app", "userId": "robot", "role": "admin", "expiresInDays": 10 });
    let old = make(&solder, &body).await;
    solder.clock.advance(Duration::from_hours(24));
    // A key may rotate itself.
    let itself = solder.client(old["apiKey"].as_str().unwrap());
    let path = format!("/api/keys/{}/rotate", id(&old));
    let answer = itself.post(&path, &json!({ "graceSeconds": 60 })).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let new = answer.json();
    for same in ["name", "userId", "role", "userBound"] {
        assert_eq!(new[same], old[same], "{same}");
    }
    assert_ne!(new["apiKey"], old["apiKey"]);
    assert_eq!(
        new["expiresAt"], "2026-12-03T12:00:00.000Z",
        "the term starts again"
    );
    for _ in 0..3 {
        assert_eq!(
            (lists(&solder, &old).await, lists(&solder, &new).await),
            (200, 200)
        );
        solder.clock.advance(Duration::from_secs(19));
    }
    solder.clock.advance(Duration::from_secs(3));
    assert_eq!(
        (lists(&solder, &old).await, lists(&solder, &new).await),
        (401, 200)
    );
    let again = solder.admin().post(&path, &json!({})).await;
    assert_eq!(
        (again.status, again.faults()),
        (400, vec!["keyId".to_owned()]),
        "an ended key has no successor"
    );
    let path = format!("/api/keys/{}/rotate", id(&new));
    let wrong = solder
        .admin()
        .post(&path, &json!({ "graceSeconds": 2_592_001, "grace": 1 }))
        .await;
    assert_eq!(wrong.faults(), ["grace", "graceSeconds"]);
    // Without a body the old key ends at once.
    let at_once = solder.admin().send(reqwest::Method::POST, &path, None).await;
    assert_eq!((at_once.status, lists(&solder, &new).await), (201, 401));
    assert_eq!(lists(&solder, &at_once.json()).await, 200);
}

#[tokio::test]
async fn a_key_gets_another_name_and_another_end_and_nothing_else() {
    let solder = Solder::start().await;
    let made = make(&solder, &json!({ "name": "old" })).await;
    let path = format!("/api/keys/{}", id(&made));
    let admin = solder.admin();
    assert_eq!(lists(&solder, &made).await, 200);
    let changed = admin
        .put(&path, &json!({ "name": "new", "expiresInDays": 1 }))
        .await
        .json();
    assert_eq!(
        (&changed["name"], &changed["expiresAt"]),
        (&json!("new"), &json!("2026-11-23T12:00:00.000Z"))
    );
    let refused = admin.put(&path, &json!({ "role": "admin" })).await;
    assert_eq!((refused.status, refused.faults()), (400, vec!["role".to_owned()]));
    solder.clock.advance(Duration::from_hours(24));
    assert_eq!(lists(&solder, &made).await, 401);
    let late = admin.put(&path, &json!({ "expiresInDays": null })).await;
    assert_eq!(
        (late.status, late.faults()),
        (400, vec!["keyId".to_owned()]),
        "it does not come back"
    );
    let other = make(&solder, &json!({ "expiresInDays": 1 })).await;
    let forever = admin
        .put(
            &format!("/api/keys/{}", id(&other)),
            &json!({ "expiresInDays": null }),
        )
        .await;
    assert_eq!(forever.json()["expiresAt"], Value::Null);
}

#[tokio::test]
async fn a_revoked_key_ends_at_once_and_the_last_of_an_admin_stays() {
    let solder = Solder::start().await;
    let made = make(&solder, &json!({})).await;
    assert_eq!(lists(&solder, &made).await, 200);
    let path = format!("/api/keys/{}", id(&made));
    let gone = solder.admin().delete(&path).await;
    assert_eq!(
        gone.json(),
        json!({ "message": "API key revoked", "keyId": made["keyId"] })
    );
    assert_eq!(lists(&solder, &made).await, 401);
    assert_eq!(solder.admin().delete(&path).await.status, 404);

    let own = format!("/api/keys/{}", own_key(&solder).await);
    let refused = solder.admin().delete(&own).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (400, "INVALID_REQUEST")
    );
    assert!(refused.text.contains("last key"), "{}", refused.text);
    let another = make(&solder, &json!({ "role": "admin" })).await;
    assert_eq!(solder.admin().delete(&own).await.status, 200);
    assert_eq!(solder.admin().get("/api/keys").await.status, 401);
    assert_eq!(lists(&solder, &another).await, 200);
}

#[tokio::test]
async fn every_change_of_a_key_is_in_the_log_and_no_key_is() {
    let solder = Solder::start().await;
    let made = make(&solder, &json!({ "name": "app" })).await;
    let path = format!("/api/keys/{}", id(&made));
    let admin = solder.admin();
    admin.put(&path, &json!({ "name": "app 2" })).await;
    let new = admin
        .post(&format!("{path}/rotate"), &json!({ "graceSeconds": 5 }))
        .await
        .json();
    admin.delete(&path).await;
    let log = admin.get(&format!("/api/audit?target={}", id(&made))).await;
    for secret in [&made["apiKey"], &new["apiKey"]] {
        assert!(!log.text.contains(secret.as_str().unwrap()));
    }
    let log = log.json();
    let actions: Vec<&str> = log["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["key.revoke", "key.rotate", "key.update", "key.create"]);
    let rotated = &log["entries"][1];
    assert_eq!(
        rotated["details"],
        json!({ "successor": new["keyId"], "graceSeconds": 5 })
    );
    assert_eq!(rotated["actor"], format!("key:{}", own_key(&solder).await));
    assert_eq!(rotated["from"], "127.0.0.1");
    assert_eq!(rotated["at"], "2026-11-22T12:00:00.000Z");
}

#[tokio::test]
async fn the_last_use_is_written_behind_and_to_the_minute() {
    let built = Solder::build().engine(|settings| settings.last_use_interval = Duration::from_millis(10));
    let solder = built.start().await;
    let made = make(&solder, &json!({})).await;
    let path = format!("/api/keys/{}", id(&made));
    let shown = async |expected: &str| {
        for _ in 0..200 {
            if solder.admin().get(&path).await.json()["lastUsedAt"] == expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("it is not {expected}");
    };
    assert_eq!(solder.admin().get(&path).await.json()["lastUsedAt"], Value::Null);
    assert_eq!(lists(&solder, &made).await, 200);
    shown("2026-11-22T12:00:00.000Z").await;
    solder.clock.advance(Duration::from_secs(59));
    assert_eq!(lists(&solder, &made).await, 200);
    solder.clock.advance(Duration::from_secs(1));
    assert_eq!(lists(&solder, &made).await, 200);
    shown("2026-11-22T12:01:00.000Z").await;
}
