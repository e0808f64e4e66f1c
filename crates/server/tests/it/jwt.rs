//! Users whom JWTs name: contract, part 2.

use serde_json::{Value, json};
use solder_model::Role;
use solder_testkit::{Mcp, Signer, Solder};
use std::time::Duration;

const SECRET: &str = "a secret of at least thirty-two bytes";

fn hs256() -> Signer {
    Signer::hs256(SECRET)
}

/// A server of the first account, and a client of it by id, without a key.
async fn by_id(solder: &Solder) -> Mcp {
    let server = solder.server(&json!({ "name": "One" })).await;
    Mcp::new(
        &solder.nobody(),
        &format!("/mcp/{}", server["serverId"].as_str().unwrap()),
    )
}

/// An installation whose first account takes tokens of [`hs256`], by issuer on `/api`.
async fn with_key() -> Solder {
    let solder = Solder::start().await;
    let body = json!({ "algorithm": "HS256", "secret": SECRET, "issuer": "us" });
    solder.jwt_key(&solder.first, &body).await;
    solder
}

/// A token of the user, from the issuer.
fn token(solder: &Solder, user: &str) -> String {
    let mut claims = solder.claims(user);
    claims["iss"] = json!("us");
    hs256().sign(&claims)
}

fn bearer(mcp: &Mcp, jwt: &str) -> Mcp {
    mcp.with("authorization", &format!("Bearer {jwt}"))
}

async fn ping(mcp: &Mcp) -> u16 {
    mcp.legacy("ping", &json!({})).await.status
}

#[tokio::test]
async fn a_jwt_lets_its_user_in_by_every_algorithm_as_bearer_and_as_user_token() {
    let solder = Solder::start().await;
    let mcp = by_id(&solder).await;
    for signer in [hs256(), Signer::rs256(), Signer::es256(), Signer::eddsa()] {
        let body = if signer.public_key().is_empty() {
            json!({ "algorithm": "HS256", "secret": SECRET })
        } else {
            json!({ "algorithm": signer.algorithm(), "publicKey": signer.public_key() })
        };
        let jwt = signer.sign(&solder.claims("zoe"));
        assert_eq!(ping(&bearer(&mcp, &jwt)).await, 401, "{signer:?}");
        solder.jwt_key(&solder.first, &body).await;
        assert_eq!(ping(&bearer(&mcp, &jwt)).await, 200, "{signer:?}");
        assert_eq!(
            ping(&mcp.with("x-alloy-user-token", &jwt)).await,
            200,
            "{signer:?}"
        );
    }
}

#[tokio::test]
async fn a_user_comes_to_be_when_a_jwt_first_names_them_and_keeps_what_is_theirs() {
    let solder = with_key().await;
    let zoe = solder.client(&token(&solder, "Zoë"));
    let made = zoe.post("/api/servers", &json!({ "name": "Hers" })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(
        solder.admin().as_user("Zoë").get("/api/servers").await.json()["total"],
        1
    );
    assert_eq!(solder.admin().get("/api/servers").await.json()["total"], 0);
    let audit = solder.audit(&solder.first).await;
    let created = audit
        .iter()
        .find(|entry| entry.action == "server.create")
        .unwrap();
    assert!(created.actor.starts_with("jwt:jwt_") && created.acting_user.is_some());
    let users = solder
        .installation
        .list_users(&solder.first.id, solder_model::Page::default())
        .await
        .unwrap();
    assert!(users.items.iter().any(|user| user.name.as_str() == "Zoë"));
}

#[tokio::test]
async fn the_claim_user_id_goes_before_sub() {
    let solder = with_key().await;
    let mut claims = solder.claims("somebody");
    claims["iss"] = json!("us");
    claims["userId"] = json!("zoe");
    let zoe = solder.client(&hs256().sign(&claims));
    assert_eq!(
        zoe.post("/api/servers", &json!({ "name": "Hers" })).await.status,
        201
    );
    let owned =
        async |user: &str| solder.admin().as_user(user).get("/api/servers").await.json()["total"].clone();
    assert_eq!(
        (owned("zoe").await, owned("somebody").await),
        (json!(1), json!(0))
    );
    for wrong in [json!(""), json!(null), json!(7)] {
        claims["userId"] = wrong;
        assert_eq!(
            solder
                .client(&hs256().sign(&claims))
                .get("/api/servers")
                .await
                .status,
            401
        );
    }
}

#[tokio::test]
async fn on_api_a_key_is_a_candidate_by_the_tokens_issuer_or_kid_alone() {
    let solder = Solder::start().await;
    let mcp = by_id(&solder).await;
    let bare = json!({ "algorithm": "HS256", "secret": SECRET });
    solder.jwt_key(&solder.first, &bare).await;
    let plain = hs256().sign(&solder.claims("zoe"));
    assert_eq!(ping(&bearer(&mcp, &plain)).await, 200);
    assert_eq!(solder.client(&plain).get("/api/servers").await.status, 401);
    let beside = solder.admin().with("x-alloy-user-token", &plain);
    assert_eq!(beside.get("/api/servers").await.status, 200);

    let named =
        json!({ "algorithm": "HS256", "secret": "another secret of thirty-two bytes", "kid": "2026-11" });
    solder.jwt_key(&solder.first, &named).await;
    let other = Signer::hs256("another secret of thirty-two bytes");
    let by_kid = other.clone().named("2026-11").sign(&solder.claims("zoe"));
    assert_eq!(solder.client(&by_kid).get("/api/servers").await.status, 200);
    let by_other_kid = other.clone().named("2026-12").sign(&solder.claims("zoe"));
    assert_eq!(solder.client(&by_other_kid).get("/api/servers").await.status, 401);
    assert_eq!(ping(&bearer(&mcp, &by_other_kid)).await, 401);
    // A token that names no key is tried with all of the server's account.
    assert_eq!(ping(&bearer(&mcp, &other.sign(&solder.claims("zoe")))).await, 200);
}

#[tokio::test]
async fn where_the_keys_of_two_accounts_verify_a_token_it_names_nobody_on_api() {
    let solder = with_key().await;
    let second = solder.account("second").await;
    let jwt = token(&solder, "zoe");
    let client = solder.client(&jwt);
    assert_eq!(client.get("/api/servers").await.status, 200);
    let body = json!({ "algorithm": "HS256", "secret": SECRET, "issuer": "us" });
    let key = solder.jwt_key(&second, &body).await;
    assert_eq!(
        client.get("/api/servers").await.status,
        401,
        "a warm verdict ends too"
    );
    let mcp = by_id(&solder).await;
    assert_eq!(
        ping(&bearer(&mcp, &jwt)).await,
        200,
        "a server says whose keys count"
    );
    let path = format!("/api/jwt-keys/{}", key["jwtKeyId"].as_str().unwrap());
    assert_eq!(solder.client(&second.key).delete(&path).await.status, 200);
    assert_eq!(client.get("/api/servers").await.status, 200);
}

#[tokio::test]
async fn identities_that_disagree_are_forbidden_and_those_that_agree_are_one() {
    let solder = with_key().await;
    let server = solder.server(&json!({ "name": "One" })).await;
    let at_token = solder.mcp_at(server["accessUrl"].as_str().unwrap());
    let at_id = Mcp::new(
        &solder.nobody(),
        &format!("/mcp/{}", server["serverId"].as_str().unwrap()),
    );
    let (zoe, bob) = (token(&solder, "zoe"), token(&solder, "bob"));
    let bound = solder.key(&solder.first, "bob", Role::Member, true).await;
    for mcp in [at_token, at_id] {
        for (authorization, user_token, user, status) in [
            (&zoe, None, Some("zoe"), 200),
            (&zoe, None, Some("bob"), 403),
            (&zoe, None, Some("Zoe"), 403),
            (&zoe, Some(&zoe), Some("zoe"), 200),
            (&zoe, Some(&bob), None, 403),
            (&zoe, Some(&zoe), Some("bob"), 403),
            (&solder.first.key, Some(&zoe), None, 200),
            (&solder.first.key, Some(&zoe), Some("bob"), 403),
            (&bound, Some(&bob), None, 200),
            (&bound, Some(&zoe), None, 403),
        ] {
            let mut client = bearer(&mcp, authorization);
            if let Some(jwt) = user_token {
                client = client.with("x-alloy-user-token", jwt);
            }
            if let Some(user) = user {
                client = client.with("x-alloy-userid", user);
            }
            let answer = client.legacy("ping", &json!({})).await;
            assert_eq!(
                answer.status,
                status,
                "{user:?} {}: {}",
                user_token.is_some(),
                answer.text
            );
            if status == 403 {
                assert!(
                    answer.error()["message"]
                        .as_str()
                        .unwrap()
                        .contains("do not agree")
                );
            }
        }
    }
}

#[tokio::test]
async fn what_is_sent_and_does_not_hold_is_refused_beside_what_does() {
    let solder = with_key().await;
    let server = solder.server(&json!({ "name": "One" })).await;
    let at_token = solder.mcp_at(server["accessUrl"].as_str().unwrap());
    let zoe = token(&solder, "zoe");
    let broken = format!("{}.c2ln", zoe.rsplit_once('.').unwrap().0);
    for client in [
        at_token.with("x-alloy-user-token", &broken),
        bearer(&at_token, &broken),
        bearer(&at_token, &zoe).with("x-alloy-user-token", &broken),
        bearer(&at_token, &broken).with("x-alloy-user-token", &zoe),
        bearer(&at_token, &solder.first.key).with("x-alloy-user-token", &broken),
        bearer(&at_token, "sk_not_a_key_of_ours").with("x-alloy-user-token", &zoe),
    ] {
        assert_eq!(ping(&client).await, 401);
    }
}

#[tokio::test]
async fn at_a_token_url_a_jwts_user_acts_as_a_user_and_not_as_the_owner() {
    let solder = with_key().await;
    let server = solder.server(&json!({ "name": "One" })).await;
    let mcp = solder.mcp_at(server["accessUrl"].as_str().unwrap());
    let zoe = mcp.with("x-alloy-user-token", &token(&solder, "zoe"));
    let create = json!({ "connectorId": "slack", "authenticationType": "bot_token", "fields": { "token": "xoxb-hers" } });
    let (is_error, made) = zoe.call("create_credential_alloy", &create).await.tool();
    assert!(!is_error, "{made}");
    let (_, owners) = mcp.call("get_credentials_alloy", &json!({})).await.tool();
    assert_eq!(owners["credentials"], json!([]));
    let hers = solder
        .client(&token(&solder, "zoe"))
        .get("/api/credentials")
        .await;
    assert_eq!(
        hers.json()["credentials"][0]["credentialId"],
        made["credentialId"]
    );
}

#[tokio::test]
async fn the_users_layer_counts_for_a_jwts_user() {
    let solder = with_key().await;
    let body = json!({
        "name": "One", "restrictions": { "users": { "mode": "allowlist", "allowedIds": ["zoe"] } },
    });
    let server = solder.server(&body).await;
    let mcp = Mcp::new(
        &solder.nobody(),
        &format!("/mcp/{}", server["serverId"].as_str().unwrap()),
    );
    assert_eq!(ping(&bearer(&mcp, &token(&solder, "zoe"))).await, 200);
    assert_eq!(ping(&bearer(&mcp, &token(&solder, "bob"))).await, 403);
}

#[tokio::test]
async fn a_jwts_window_is_its_users_whichever_token_and_key_it_was() {
    let solder = Solder::build().rate_limit("2/60s").start().await;
    for secret in [SECRET, "another secret of thirty-two bytes"] {
        let body = json!({ "algorithm": "HS256", "secret": secret });
        solder.jwt_key(&solder.first, &body).await;
    }
    // Registering took the key's window; an hour later there is room again.
    solder.clock.advance(Duration::from_hours(1));
    let mcp = by_id(&solder).await;
    let other = Signer::hs256("another secret of thirty-two bytes");
    let claims = solder.claims("zoe");
    assert_eq!(ping(&bearer(&mcp, &hs256().sign(&claims))).await, 200);
    assert_eq!(ping(&bearer(&mcp, &other.sign(&claims))).await, 200);
    assert_eq!(ping(&bearer(&mcp, &hs256().sign(&claims))).await, 429);
    assert_eq!(
        ping(&bearer(&mcp, &hs256().sign(&solder.claims("bob")))).await,
        200
    );
}

#[tokio::test]
async fn times_hold_with_a_minute_of_leeway_and_a_warm_verdict_ends_with_the_token() {
    let solder = with_key().await;
    let mcp = by_id(&solder).await;
    let now = solder.seconds();
    let with = |claims: Value| bearer(&mcp, &hs256().sign(&claims));
    let claims =
        |from: i64, to: i64| json!({ "sub": "zoe", "iss": "us", "nbf": now + from, "exp": now + to });
    for (from, to, status) in [
        (-10, 10, 200),
        (60, 100, 200),
        (61, 100, 401),
        (-100, -59, 200),
        (-100, -60, 401),
    ] {
        assert_eq!(ping(&with(claims(from, to))).await, status, "{from} {to}");
    }
    let warm = with(claims(0, 30));
    assert_eq!(ping(&warm).await, 200);
    solder.clock.advance(Duration::from_secs(89));
    assert_eq!(ping(&warm).await, 200, "within the leeway");
    solder.clock.advance(Duration::from_secs(1));
    assert_eq!(ping(&warm).await, 401);
    assert_eq!(ping(&with(json!({ "sub": "zoe", "iss": "us" }))).await, 401);
}

#[tokio::test]
async fn failures_count_for_the_address_and_a_genuine_expired_token_does_not() {
    let solder = with_key().await;
    let mcp = by_id(&solder).await;
    let expired = hs256().sign(&json!({ "sub": "zoe", "iss": "us", "exp": solder.seconds() - 3_600 }));
    for _ in 0..40 {
        assert_eq!(ping(&bearer(&mcp, &expired)).await, 401);
    }
    let forged = Signer::hs256("a secret that nobody has registered").sign(&solder.claims("zoe"));
    for _ in 0..30 {
        assert_eq!(ping(&bearer(&mcp, &forged)).await, 401);
    }
    let over = bearer(&mcp, &forged).legacy("ping", &json!({})).await;
    assert_eq!((over.status, over.code().as_str()), (429, "RATE_LIMITED"));
    assert_eq!(
        ping(&bearer(&mcp, &token(&solder, "zoe"))).await,
        200,
        "one that holds is never touched"
    );
}

#[tokio::test]
async fn keys_are_rotated_without_a_gap_and_a_deleted_key_ends_warm_tokens_at_once() {
    let solder = Solder::start().await;
    let mcp = by_id(&solder).await;
    let old = solder
        .jwt_key(
            &solder.first,
            &json!({ "algorithm": "HS256", "secret": SECRET, "kid": "old" }),
        )
        .await;
    let new = Signer::hs256("another secret of thirty-two bytes").named("new");
    let with_old = bearer(&mcp, &hs256().named("old").sign(&solder.claims("zoe")));
    let with_new = bearer(&mcp, &new.sign(&solder.claims("zoe")));
    let session = with_old
        .legacy("initialize", &json!({ "protocolVersion": "2025-06-18" }))
        .await
        .header("mcp-session-id")
        .to_owned();
    assert_eq!((ping(&with_old).await, ping(&with_new).await), (200, 401));
    let body = json!({ "algorithm": "HS256", "secret": "another secret of thirty-two bytes", "kid": "new" });
    solder.jwt_key(&solder.first, &body).await;
    assert_eq!((ping(&with_old).await, ping(&with_new).await), (200, 200));
    let path = format!("/api/jwt-keys/{}", old["jwtKeyId"].as_str().unwrap());
    assert_eq!(solder.admin().delete(&path).await.status, 200);
    assert_eq!((ping(&with_old).await, ping(&with_new).await), (401, 200));
    assert_eq!(
        ping(&with_new.with("mcp-session-id", &session)).await,
        200,
        "the user's session outlives the rotation"
    );
}
