//! Revocation by the client (RFC 7009).

use super::{CALLBACK, World, error, owned};
use serde_json::json;

#[tokio::test]
async fn a_refresh_token_takes_its_family_with_it_and_an_access_token_goes_alone() {
    let world = World::start().await;
    let tokens = world.tokens().await;
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(world.opens(access).await, 200);
    let revoke = async |token: &str| {
        let form = owned(&[
            ("token", token),
            ("client_id", &world.client),
            ("token_type_hint", "nonsense"),
        ]);
        world.post("/oauth/revoke", &form).await
    };
    let revoked = revoke(access).await;
    assert_eq!((revoked.status, revoked.text.as_str()), (200, ""));
    assert_eq!(world.opens(access).await, 401);
    let refreshed = world
        .refresh(tokens["refresh_token"].as_str().unwrap(), &[])
        .await
        .json();
    let access = refreshed["access_token"].as_str().unwrap();
    let refresh = refreshed["refresh_token"].as_str().unwrap();
    assert_eq!(world.opens(access).await, 200);
    assert_eq!(revoke(refresh).await.status, 200);
    assert_eq!(world.opens(access).await, 401);
    assert_eq!(error(&world.refresh(refresh, &[]).await), "invalid_grant");
    // What is unknown is revoked already.
    assert_eq!(revoke(refresh).await.status, 200);
    assert_eq!(revoke("nonsense").await.status, 200);
}

#[tokio::test]
async fn only_its_own_client_revokes_a_token() {
    let world = World::start().await;
    let tokens = world.tokens().await;
    let (access, refresh) = (
        tokens["access_token"].as_str().unwrap(),
        tokens["refresh_token"].as_str().unwrap(),
    );
    let body = json!({ "name": "Kept", "redirectUris": [CALLBACK], "confidential": true });
    let kept = world.registered(&body).await;
    let (id, secret) = (
        kept["clientId"].as_str().unwrap(),
        kept["clientSecret"].as_str().unwrap(),
    );
    for (form, status, code) in [
        (vec![("token", refresh)], 401, "invalid_client"),
        (
            vec![("token", refresh), ("client_id", "mcl_unknown")],
            401,
            "invalid_client",
        ),
        (vec![("token", refresh), ("client_id", id)], 401, "invalid_client"),
        (
            vec![("token", refresh), ("client_id", id), ("client_secret", secret)],
            400,
            "invalid_grant",
        ),
        (vec![("client_id", world.client.as_str())], 400, "invalid_request"),
    ] {
        let refused = world.post("/oauth/revoke", &owned(&form)).await;
        assert_eq!(
            (refused.status, error(&refused).as_str()),
            (status, code),
            "{form:?}"
        );
    }
    assert_eq!(world.opens(access).await, 200);
    assert_eq!(world.refresh(refresh, &[]).await.status, 200);
}
