//! What a user sees of what was allowed, and takes back.

use super::World;
use serde_json::json;

#[tokio::test]
async fn a_user_sees_and_takes_back_what_was_allowed() {
    let world = World::start().await;
    let ada = world.solder.admin().as_user("ada");
    assert_eq!(ada.get("/api/oauth-grants").await.json()["total"], 0);
    let tokens = world.tokens().await;
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(world.opens(access).await, 200);
    let listed = ada.get("/api/oauth-grants").await.json();
    let grant = &listed["grants"][0];
    assert_eq!(listed["total"], 1);
    assert_eq!(
        (
            &grant["clientName"],
            &grant["clientKind"],
            &grant["serverId"],
            &grant["scopes"]
        ),
        (
            &json!("Helper"),
            &json!("registered"),
            &json!(world.server),
            &json!(["read", "write"])
        )
    );
    let path = format!("/api/oauth-grants/{}", grant["grantId"].as_str().unwrap());
    // Another user of the account neither sees nor ends it, be it by the admin's key.
    let admin = world.solder.admin();
    assert_eq!(admin.get("/api/oauth-grants").await.json()["total"], 0);
    assert_eq!(admin.delete(&path).await.status, 404);
    assert_eq!(ada.delete("/api/oauth-grants/nonsense").await.status, 404);
    assert_eq!(world.opens(access).await, 200);
    assert_eq!(ada.delete(&path).await.status, 200);
    assert_eq!(world.opens(access).await, 401);
    assert_eq!(ada.delete(&path).await.status, 404);
    assert_eq!(ada.get("/api/oauth-grants").await.json()["grants"], json!([]));
    let refresh = world
        .refresh(tokens["refresh_token"].as_str().unwrap(), &[])
        .await;
    assert_eq!(super::error(&refresh), "invalid_grant");
}
