//! Who acts: contract, part 2.

use serde_json::json;
use solder_model::Role;
use solder_testkit::{Mcp, Signer, Solder};

#[tokio::test]
async fn a_key_acts_as_its_own_user_or_as_the_one_that_it_names() {
    let solder = Solder::start().await;
    let admin = solder.admin();
    assert_eq!(
        admin
            .as_user("Zoë")
            .post("/api/servers", &json!({ "name": "Hers" }))
            .await
            .status,
        201
    );
    assert_eq!(admin.as_user("Zoë").get("/api/servers").await.json()["total"], 1);
    assert_eq!(admin.get("/api/servers").await.json()["total"], 0);
    assert_eq!(admin.as_user("zoë").get("/api/servers").await.json()["total"], 0);
    assert_eq!(
        admin.as_user("admin").get("/api/servers").await.json()["total"],
        0
    );
}

#[tokio::test]
async fn a_user_bound_key_names_nobody_else() {
    let solder = Solder::start().await;
    let bound = solder.client(&solder.key(&solder.first, "bob", Role::Admin, true).await);
    assert_eq!(bound.get("/api/servers").await.status, 200);
    assert_eq!(bound.as_user("bob").get("/api/servers").await.status, 200);
    let refused = bound.as_user("admin").get("/api/servers").await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "FORBIDDEN"));
}

#[tokio::test]
async fn identity_headers_that_cannot_be_read_are_refused_with_every_fault() {
    let solder = Solder::start().await;
    let bad = solder
        .admin()
        .as_user("a")
        .as_user("b")
        .with("x-credential-id", "")
        .with("x-alloy-user-token", "");
    let answer = bad.get("/api/servers").await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.faults(),
        ["x-alloy-userid", "x-alloy-user-token", "x-credential-id"]
    );
    let long = "é".repeat(10_001);
    assert_eq!(
        solder.admin().as_user(&long).get("/api/servers").await.faults(),
        ["x-alloy-userid"]
    );
    let longest = "é".repeat(10_000);
    assert_eq!(
        solder.admin().as_user(&longest).get("/api/servers").await.status,
        200
    );
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let refused = mcp.with("x-alloy-userid", "").legacy("ping", &json!({})).await;
    assert_eq!(
        (refused.status, refused.faults()),
        (400, vec!["x-alloy-userid".to_owned()])
    );
}

#[tokio::test]
async fn a_jwt_that_nobody_registered_a_key_for_is_refused_and_never_served_as_somebody_else() {
    let solder = Solder::start().await;
    let jwt = Signer::hs256("a secret that nobody has registered").sign(&solder.claims("admin"));
    let server = solder.server(&json!({ "name": "One" })).await;
    let mcp = solder.mcp_at(server["accessUrl"].as_str().unwrap());
    let by_id = Mcp::new(
        &solder.nobody(),
        &format!("/mcp/{}", server["serverId"].as_str().unwrap()),
    );
    for answer in [
        solder.client(&jwt).get("/api/servers").await,
        solder
            .admin()
            .with("x-alloy-user-token", &jwt)
            .get("/api/servers")
            .await,
        solder
            .nobody()
            .with("x-alloy-user-token", &jwt)
            .get("/api/servers")
            .await,
        mcp.with("x-alloy-user-token", &jwt)
            .legacy("ping", &json!({}))
            .await,
        mcp.with("authorization", &format!("Bearer {jwt}"))
            .legacy("ping", &json!({}))
            .await,
        by_id
            .with("x-alloy-user-token", &jwt)
            .legacy("ping", &json!({}))
            .await,
        solder.client("not.a.jwt").get("/api/servers").await,
    ] {
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (401, "UNAUTHORIZED"),
            "{}",
            answer.text
        );
        let challenge = answer.header("www-authenticate");
        assert!(
            challenge.starts_with("Bearer error=\"invalid_token\""),
            "{challenge}"
        );
    }
}

#[tokio::test]
async fn what_is_missing_and_what_does_not_hold_are_challenged_apart() {
    let solder = Solder::start().await;
    let missing = solder.nobody().get("/api/servers").await;
    assert_eq!(
        (missing.status, missing.header("www-authenticate")),
        (401, "Bearer")
    );
    assert_eq!(missing.error()["message"], "Invalid or missing authentication");
    for authorization in [
        "Bearer sk_not_a_key_of_ours",
        "Bearer short",
        "Bearer",
        "Basic YTpi",
    ] {
        let wrong = solder
            .nobody()
            .with("authorization", authorization)
            .get("/api/servers")
            .await;
        let challenge = (wrong.status, wrong.header("www-authenticate"));
        assert_eq!(
            challenge,
            (401, "Bearer error=\"invalid_token\""),
            "{authorization}"
        );
    }
}

#[tokio::test]
async fn a_key_opens_every_server_of_its_account_and_no_other() {
    let solder = Solder::start().await;
    let server = solder.server(&json!({ "name": "One" })).await;
    let path = format!("/mcp/{}", server["serverId"].as_str().unwrap());
    let member = solder.client(&solder.key(&solder.first, "bob", Role::Member, true).await);
    assert_eq!(
        Mcp::new(&member, &path).legacy("ping", &json!({})).await.status,
        200
    );
    let stranger = solder.client(&solder.account("second").await.key);
    for client in [
        Mcp::new(&stranger, &path),
        Mcp::new(&member, "/mcp/unknown-aaaaaaaa"),
    ] {
        let answer = client.legacy("ping", &json!({})).await;
        assert_eq!(
            (answer.status, answer.error()["message"].as_str()),
            (404, Some("Server not found"))
        );
    }
    let nobody = Mcp::new(&solder.nobody(), &path).legacy("ping", &json!({})).await;
    let challenge = nobody.header("www-authenticate");
    assert!(
        nobody.status == 401 && challenge.starts_with("Bearer resource_metadata="),
        "{challenge}"
    );
}

#[tokio::test]
async fn a_server_can_be_named_by_a_header() {
    let solder = Solder::start().await;
    let server = solder.server(&json!({ "name": "One" })).await;
    let id = server["serverId"].as_str().unwrap();
    let bare = Mcp::new(&solder.admin(), "/mcp");
    assert_eq!(
        bare.with("x-mcp-server-id", id)
            .legacy("ping", &json!({}))
            .await
            .status,
        200
    );
    let missing = bare.legacy("ping", &json!({})).await;
    assert_eq!(
        (missing.status, missing.faults()),
        (400, vec!["x-mcp-server-id".to_owned()])
    );
    let other = bare
        .with("x-mcp-server-id", "other-aaaaaaaa")
        .legacy("ping", &json!({}))
        .await;
    assert_eq!(other.status, 404);
    for path in [
        format!("/mcp/{id}"),
        server["accessUrl"].as_str().unwrap().replace(&solder.url, ""),
    ] {
        let mcp = Mcp::new(&solder.admin(), &path);
        assert_eq!(
            mcp.with("x-mcp-server-id", id)
                .legacy("ping", &json!({}))
                .await
                .status,
            200
        );
        let differs = mcp
            .with("x-mcp-server-id", "other-aaaaaaaa")
            .legacy("ping", &json!({}))
            .await;
        assert_eq!(
            (differs.status, differs.faults()),
            (400, vec!["x-mcp-server-id".to_owned()])
        );
    }
}

#[tokio::test]
async fn a_bearer_on_a_token_url_must_hold_in_the_servers_account() {
    let solder = Solder::start().await;
    let mcp = solder.token_url(&json!({ "name": "One" })).await;
    let stranger = solder.account("second").await;
    let with = |key: &str| mcp.with("authorization", &format!("Bearer {key}"));
    assert_eq!(
        with(&solder.first.key).legacy("ping", &json!({})).await.status,
        200
    );
    assert_eq!(with(&stranger.key).legacy("ping", &json!({})).await.status, 401);
    assert_eq!(
        with("sk_not_a_key_of_ours")
            .legacy("ping", &json!({}))
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn an_unsigned_user_is_obeyed_on_public_servers_alone() {
    let solder = Solder::start().await;
    let private = solder.token_url(&json!({ "name": "Private" })).await;
    assert_eq!(
        private
            .with("x-alloy-userid", "admin")
            .legacy("ping", &json!({}))
            .await
            .status,
        200
    );
    let refused = private
        .with("x-alloy-userid", "visitor")
        .legacy("ping", &json!({}))
        .await;
    assert_eq!(refused.status, 403);
    let message = refused.error()["message"].as_str().unwrap().to_owned();
    assert!(
        ["API key", "JWT", "isPublic"]
            .iter()
            .all(|way| message.contains(way)),
        "{message}"
    );
    let public = solder
        .token_url(&json!({ "name": "Public", "isPublic": true }))
        .await;
    assert_eq!(
        public
            .with("x-alloy-userid", "visitor")
            .legacy("ping", &json!({}))
            .await
            .status,
        200
    );
    solder.key(&solder.first, "bob", Role::Member, true).await;
    let holder = public
        .with("x-alloy-userid", "bob")
        .legacy("ping", &json!({}))
        .await;
    assert_eq!((holder.status, holder.code().as_str()), (403, "FORBIDDEN"));
}

#[tokio::test]
async fn an_unsigned_users_credentials_stay_on_their_server() {
    let solder = Solder::start().await;
    let public = json!({ "name": "Public", "isPublic": true });
    let visitor = solder.token_url(&public).await.with("x-alloy-userid", "visitor");
    let other = solder
        .token_url(&json!({ "name": "Other", "isPublic": true }))
        .await
        .with("x-alloy-userid", "visitor");
    let create = json!({ "connectorId": "slack", "authenticationType": "bot_token", "fields": { "token": "xoxb-theirs" } });
    let (is_error, made) = visitor.call("create_credential_alloy", &create).await.tool();
    assert!(!is_error, "{made}");
    let (_, mine) = visitor.call("get_credentials_alloy", &json!({})).await.tool();
    assert_eq!(mine["credentials"][0]["credentialId"], made["credentialId"]);
    let (_, elsewhere) = other.call("get_credentials_alloy", &json!({})).await.tool();
    assert_eq!(elsewhere["credentials"], json!([]));
}
