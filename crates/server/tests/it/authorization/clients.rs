//! Clients that an admin registers.

use super::{CALLBACK, World};
use serde_json::json;
use solder_model::Role;

#[tokio::test]
async fn an_admin_registers_lists_and_deletes_clients() {
    let world = World::start().await;
    let admin = world.solder.admin();
    let body = json!({ "name": "Kept", "redirectUris": [CALLBACK, "cursor://x/cb"], "confidential": true });
    let made = world.registered(&body).await;
    assert!(made["clientSecret"].as_str().unwrap().starts_with("mcs_"));
    assert!(made["clientId"].as_str().unwrap().starts_with("mcl_"));
    let listed = admin.get("/api/oauth-clients?limit=1").await;
    assert!(!listed.text.contains("mcs_"), "{}", listed.text);
    let listed = listed.json();
    assert_eq!((&listed["total"], &listed["hasMore"]), (&json!(2), &json!(true)));
    let mut shown = made.clone();
    shown.as_object_mut().unwrap().remove("clientSecret");
    assert_eq!(listed["clients"], json!([shown]));
    assert_eq!(shown["confidential"], true);

    let tokens = world.tokens().await;
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(world.opens(access).await, 200);
    let path = format!("/api/oauth-clients/{}", world.client);
    let other = world.solder.account("other").await;
    assert_eq!(world.solder.client(&other.key).delete(&path).await.status, 404);
    assert_eq!(admin.delete(&path).await.status, 200);
    assert_eq!(world.opens(access).await, 401, "its tokens end with it");
    assert_eq!(admin.delete(&path).await.status, 404);
    let gone = world
        .refresh(tokens["refresh_token"].as_str().unwrap(), &[])
        .await;
    assert_eq!(super::error(&gone), "invalid_client");
    let audit = world.audit().await;
    for action in ["oauth-client.create", "oauth-client.delete", "oauth-grant.create"] {
        assert!(audit.contains(action), "{action}: {audit}");
    }
    assert!(
        !audit.contains("mcs_") && !audit.contains("sat_") && !audit.contains("sac_"),
        "{audit}"
    );
}

#[tokio::test]
async fn clients_are_for_admins_and_every_fault_is_told() {
    let world = World::start().await;
    let member = world
        .solder
        .key(&world.solder.first.clone(), "bob", Role::Member, false)
        .await;
    let member = world.solder.client(&member);
    let body = json!({ "name": "x", "redirectUris": [CALLBACK] });
    assert_eq!(member.post("/api/oauth-clients", &body).await.status, 403);
    assert_eq!(member.get("/api/oauth-clients").await.status, 403);
    let path = format!("/api/oauth-clients/{}", world.client);
    assert_eq!(member.delete(&path).await.status, 403);
    let admin = world.solder.admin();
    let bad = json!({
        "name": "  two  spaces", "redirectUris": ["http://x.example/", CALLBACK, 7], "confidential": "yes", "secret": "x",
    });
    let refused = admin.post("/api/oauth-clients", &bad).await;
    let mut faults = refused.faults();
    faults.sort();
    assert_eq!(
        faults,
        [
            "confidential",
            "name",
            "redirectUris[0]",
            "redirectUris[2]",
            "secret"
        ]
    );
    let refused = admin
        .post("/api/oauth-clients", &json!({ "redirectUris": [] }))
        .await;
    assert_eq!(refused.faults(), ["name", "redirectUris"]);
}
