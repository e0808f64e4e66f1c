//! Tickets to the connect pages over REST: whose they are, what they may be for, and what is told of them.

use serde_json::{Value, json};
use solder_model::Role;
use solder_testkit::Solder;
use std::time::Duration;

#[tokio::test]
async fn a_ticket_is_made_for_the_acting_user_and_its_link_is_told_once() {
    let solder = Solder::start().await;
    let ada = solder.admin().as_user("ada");
    let made = ada.post("/api/connect-tickets", &json!({})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let ticket = made.json();
    let id = ticket["ticketId"].as_str().unwrap();
    let secret = ticket["url"].as_str().unwrap();
    let secret = secret
        .strip_prefix(&format!("{}/connect/ct_", solder.url))
        .unwrap();
    assert_eq!(secret.len(), 43, "256 bits in base64");
    let path = format!("/api/connect-tickets/{id}");
    let seen = ada.get(&path).await;
    assert_eq!(seen.status, 200, "{}", seen.text);
    assert!(!seen.text.contains(secret), "the link is told once");
    let view = seen.json();
    assert_eq!(
        (
            &view["state"],
            &view["userId"],
            &view["connected"],
            &view["proof"]
        ),
        (&json!("new"), &json!("ada"), &json!([]), &Value::Null)
    );
    assert_eq!(view["expiresAt"], ticket["expiresAt"]);
    assert_eq!(
        view["expiresAt"], "2026-11-22T12:15:00.000Z",
        "a quarter of an hour"
    );

    solder.clock.advance(Duration::from_secs(899));
    assert_eq!(ada.get(&path).await.json()["state"], "new");
    solder.clock.advance(Duration::from_secs(1));
    assert_eq!(ada.get(&path).await.json()["state"], "expired");
    let gone = ada.delete(&path).await;
    assert_eq!(
        (gone.status, gone.json()),
        (200, json!({ "message": "Ticket deleted", "ticketId": id }))
    );
    for answer in [ada.get(&path).await, ada.delete(&path).await] {
        assert_eq!((answer.status, answer.code().as_str()), (404, "NOT_FOUND"));
    }
}

#[tokio::test]
async fn a_ticket_of_another_user_or_account_is_unknown() {
    let solder = Solder::start().await;
    let ada = solder.admin().as_user("ada");
    let ticket = ada.post("/api/connect-tickets", &json!({})).await.json();
    let path = format!("/api/connect-tickets/{}", ticket["ticketId"].as_str().unwrap());
    let bob = solder.client(&solder.key(&solder.first, "bob", Role::Member, true).await);
    let stranger = solder.client(&solder.account("second").await.key).as_user("ada");
    for client in [&solder.admin(), &bob, &stranger] {
        assert_eq!(client.get(&path).await.status, 404);
        assert_eq!(client.delete(&path).await.status, 404);
    }
    for id in ["tkt_", "tkt_aaaaaaaaaaaaaaaa", "..%2Fx", "ct_abc"] {
        assert_eq!(
            ada.get(&format!("/api/connect-tickets/{id}")).await.status,
            404,
            "{id}"
        );
    }
    assert_eq!(ada.get(&path).await.status, 200);
    assert_eq!(
        solder
            .nobody()
            .post("/api/connect-tickets", &json!({}))
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn a_ticket_is_for_a_server_that_admits_the_user_and_for_connectors_in_its_reach() {
    let solder = Solder::start().await;
    let restrictions = json!({
        "connectors": { "mode": "allowlist", "allowedIds": ["slack", "solder"] },
        "users": { "mode": "blocklist", "blockedIds": ["mallory"] },
    });
    let server = solder
        .server(&json!({ "name": "One", "restrictions": restrictions }))
        .await;
    let id = server["serverId"].as_str().unwrap();
    let ada = solder.admin().as_user("ada");
    let made = ada
        .post(
            "/api/connect-tickets",
            &json!({ "serverId": id, "connectors": ["slack", "slack"], "expiresInSeconds": 86_400 }),
        )
        .await;
    assert_eq!(made.status, 201, "{}", made.text);
    let path = format!(
        "/api/connect-tickets/{}",
        made.json()["ticketId"].as_str().unwrap()
    );
    let view = ada.get(&path).await.json();
    assert_eq!(
        (&view["serverId"], &view["connectors"]),
        (&json!(id), &json!(["slack"]))
    );

    let outside = ada
        .post(
            "/api/connect-tickets",
            &json!({ "serverId": id, "connectors": ["slack", "github", "solder", "slak"] }),
        )
        .await;
    assert_eq!(
        (outside.status, outside.faults()),
        (
            400,
            vec![
                "connectors[1]".to_owned(),
                "connectors[2]".to_owned(),
                "connectors[3]".to_owned()
            ]
        )
    );
    let refused = solder
        .admin()
        .as_user("mallory")
        .post("/api/connect-tickets", &json!({ "serverId": id }))
        .await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    let stranger = solder.client(&solder.account("second").await.key);
    for (client, id) in [(&stranger, id), (&ada, "none-aaaaaaaa"), (&ada, "no id")] {
        let answer = client
            .post("/api/connect-tickets", &json!({ "serverId": id }))
            .await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "NOT_FOUND"));
    }
    // A ticket goes with its server.
    solder.admin().delete(&format!("/api/servers/{id}")).await;
    assert_eq!(ada.get(&path).await.status, 404);
}

#[tokio::test]
async fn a_bad_ticket_is_refused_with_every_fault() {
    let solder = Solder::start().await;
    let body = json!({
        "serverId": 1, "connectors": [], "redirectUri": "/back", "expiresInSeconds": 86_401,
    });
    let bad = solder.admin().post("/api/connect-tickets", &body).await;
    assert_eq!(
        (bad.status, bad.faults()),
        (
            400,
            ["serverId", "connectors", "redirectUri", "expiresInSeconds"]
                .map(str::to_owned)
                .to_vec()
        )
    );
}
