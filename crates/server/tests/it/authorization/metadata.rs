//! What is published, where, and where nothing is.

use super::World;
use serde_json::json;
use solder_testkit::Solder;

#[tokio::test]
async fn a_server_names_itself_its_issuer_and_its_scopes() {
    let world = World::start().await;
    let path = format!("/.well-known/oauth-protected-resource/mcp/{}", world.server);
    let answer = world.solder.nobody().get(&path).await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, "application/json")
    );
    assert_eq!(
        answer.json(),
        json!({
            "resource": world.resource(),
            "authorization_servers": [world.issuer()],
            "scopes_supported": ["read", "write"],
            "bearer_methods_supported": ["header"],
            "resource_name": "Desk",
        })
    );
}

#[tokio::test]
async fn nothing_is_published_of_token_urls_of_the_root_and_of_servers_that_take_no_oauth() {
    let world = World::start().await;
    let shut = json!({ "name": "Shut", "waysIn": ["tokenUrl", "apiKey"] });
    let shut = world.solder.server(&shut).await;
    let (id, token) = (
        shut["serverId"].as_str().unwrap(),
        shut["accessToken"].as_str().unwrap(),
    );
    for path in [
        "/.well-known/oauth-protected-resource".to_owned(),
        "/.well-known/oauth-protected-resource/mcp".to_owned(),
        format!("/.well-known/oauth-protected-resource/mcp/{id}"),
        format!(
            "/.well-known/oauth-protected-resource/mcp/{}/{token}",
            world.server
        ),
        "/.well-known/oauth-protected-resource/mcp/none-aaaaaaaa".to_owned(),
        "/.well-known/oauth-protected-resource/mcp/%ff".to_owned(),
        "/.well-known/oauth-authorization-server".to_owned(),
        "/.well-known/openid-configuration".to_owned(),
        "/authorize".to_owned(),
        "/token".to_owned(),
        "/register".to_owned(),
    ] {
        let answer = world.solder.nobody().get(&path).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (404, "NOT_FOUND"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_issuers_metadata_stand_where_clients_look_for_them() {
    let world = World::start().await;
    let issuer = world.issuer();
    let mut seen = Vec::new();
    for path in [
        "/.well-known/oauth-authorization-server/oauth",
        "/oauth/.well-known/oauth-authorization-server",
        "/oauth/.well-known/openid-configuration",
    ] {
        let answer = world.solder.nobody().get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        seen.push(answer.json());
    }
    assert!(seen.iter().all(|one| *one == seen[0]));
    let ways = json!(["none", "client_secret_basic", "client_secret_post"]);
    assert_eq!(
        seen[0],
        json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "registration_endpoint": format!("{issuer}/register"),
            "revocation_endpoint": format!("{issuer}/revoke"),
            "scopes_supported": ["read", "write"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_methods_supported": ways,
            "revocation_endpoint_auth_methods_supported": ways,
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true,
            "client_id_metadata_document_supported": true,
        })
    );
}

#[tokio::test]
async fn behind_a_public_url_with_a_path_the_metadata_stand_at_both_places() {
    let base = "https://a.example/solder";
    let built = Solder::build().public_url(base);
    let solder = built.start().await;
    let server = solder.server(&json!({ "name": "Desk" })).await;
    let id = server["serverId"].as_str().unwrap();
    for path in [
        format!("/.well-known/oauth-protected-resource/mcp/{id}"),
        format!("/.well-known/oauth-protected-resource/solder/mcp/{id}"),
    ] {
        let resource = solder.nobody().get(&path).await.json();
        assert_eq!(resource["resource"], format!("{base}/mcp/{id}"), "{path}");
        assert_eq!(
            resource["authorization_servers"],
            json!([format!("{base}/oauth")])
        );
    }
    for path in [
        "/.well-known/oauth-authorization-server/oauth",
        "/.well-known/oauth-authorization-server/solder/oauth",
    ] {
        let issuer = solder.nobody().get(path).await.json();
        assert_eq!(issuer["issuer"], format!("{base}/oauth"), "{path}");
    }
    let asked = solder.nobody().post(&format!("/mcp/{id}"), &json!({})).await;
    let place = format!(
        "resource_metadata=\"https://a.example/.well-known/oauth-protected-resource/solder/mcp/{id}\""
    );
    assert!(
        asked.header("www-authenticate").contains(&place),
        "{:?}",
        asked.headers
    );
}
