//! The keys that verify JWTs: who may manage them, what is taken, and what is never shown.

use serde_json::{Value, json};
use solder_model::Role;
use solder_testkit::{P384, RSA_PKCS1, RSA_PRIVATE, RSA_WEAK, Signer, Solder};
use std::time::Duration;

const SECRET: &str = "a secret of at least thirty-two bytes";

#[tokio::test]
async fn keys_are_registered_listed_got_and_deleted_without_their_secret() {
    let solder = Solder::start().await;
    let admin = solder.admin();
    let body =
        json!({ "algorithm": "HS256", "secret": SECRET, "kid": "k1", "issuer": "us", "name": "Web site" });
    let made = admin.post("/api/jwt-keys", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made = made.json();
    let id = made["jwtKeyId"].as_str().unwrap();
    assert!(id.starts_with("jwt_"));
    assert_eq!(
        made,
        json!({
            "jwtKeyId": id, "name": "Web site", "kind": "secret", "algorithm": "HS256", "publicKey": null,
            "jwksUrl": null, "kid": "k1", "issuer": "us", "audience": null, "createdAt": made["createdAt"],
        })
    );
    let path = format!("/api/jwt-keys/{id}");
    let listed = admin.get("/api/jwt-keys").await;
    assert_eq!(listed.json()["jwtKeys"], json!([made]));
    assert_eq!(listed.json()["total"], 1);
    let got = admin.get(&path).await;
    assert_eq!(got.json(), made);
    let gone = admin.delete(&path).await;
    assert_eq!(
        gone.json(),
        json!({ "message": "JWT key deleted", "jwtKeyId": id })
    );
    for answer in [admin.get(&path).await, admin.delete(&path).await] {
        assert_eq!((answer.status, answer.code().as_str()), (404, "NOT_FOUND"));
    }
    let audit = solder.audit(&solder.first).await;
    let told: Vec<(&str, &str)> = audit
        .iter()
        .map(|entry| (entry.action.as_str(), entry.target.as_str()))
        .collect();
    assert_eq!(told[..2], [("jwt_key.delete", id), ("jwt_key.create", id)]);
    assert!(audit[1].actor.starts_with("key:") && audit[1].from.is_some());
    assert_eq!(audit[1].details["kid"], "k1");
    for shown in [&listed.text, &got.text, &format!("{audit:?}")] {
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

#[tokio::test]
async fn what_is_kept_of_a_secret_is_sealed() {
    let solder = Solder::start().await;
    solder
        .jwt_key(&solder.first, &json!({ "algorithm": "HS256", "secret": SECRET }))
        .await;
    for file in std::fs::read_dir(solder.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(
            !bytes
                .windows(SECRET.len())
                .any(|window| window == SECRET.as_bytes())
        );
    }
}

#[tokio::test]
async fn jwt_keys_are_for_admins_of_the_account() {
    let solder = Solder::start().await;
    let key = solder
        .jwt_key(&solder.first, &json!({ "algorithm": "HS256", "secret": SECRET }))
        .await;
    let path = format!("/api/jwt-keys/{}", key["jwtKeyId"].as_str().unwrap());
    let jwt = Signer::hs256(SECRET).sign(&solder.claims("admin"));
    solder
        .jwt_key(
            &solder.first,
            &json!({ "algorithm": "HS256", "secret": SECRET, "issuer": "us" }),
        )
        .await;
    let mut by_issuer = solder.claims("admin");
    by_issuer["iss"] = json!("us");
    let named = Signer::hs256(SECRET).sign(&by_issuer);
    for client in [
        solder.client(&solder.key(&solder.first, "bob", Role::Member, false).await),
        solder.client(&solder.key(&solder.first, "bob", Role::Admin, true).await),
        solder.admin().with("x-alloy-user-token", &jwt),
        solder.client(&named),
    ] {
        for answer in [
            client.get("/api/jwt-keys").await,
            client.get(&path).await,
            client.delete(&path).await,
            client
                .post(
                    "/api/jwt-keys",
                    &json!({ "algorithm": "HS256", "secret": SECRET }),
                )
                .await,
        ] {
            assert_eq!((answer.status, answer.code().as_str()), (403, "FORBIDDEN"));
        }
    }
    let stranger = solder.client(&solder.account("second").await.key);
    assert_eq!(stranger.get("/api/jwt-keys").await.json()["total"], 0);
    assert_eq!(stranger.get(&path).await.status, 404);
    assert_eq!(stranger.delete(&path).await.status, 404);
    assert_eq!(solder.admin().get(&path).await.status, 200);
}

#[tokio::test]
async fn public_keys_of_the_three_kinds_are_taken() {
    let solder = Solder::start().await;
    for (algorithm, pem) in [
        ("RS256", Signer::rs256().public_key()),
        ("RS256", RSA_PKCS1),
        ("ES256", Signer::es256().public_key()),
        ("EdDSA", Signer::eddsa().public_key()),
    ] {
        let body = json!({ "algorithm": algorithm, "publicKey": format!("\n{pem}\n") });
        let key = solder.jwt_key(&solder.first, &body).await;
        assert_eq!(
            (key["kind"].as_str(), key["publicKey"].as_str()),
            (Some("publicKey"), Some(pem.trim()))
        );
    }
}

async fn faults(solder: &Solder, body: &Value) -> (Vec<String>, String) {
    let answer = solder.admin().post("/api/jwt-keys", body).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (400, "INVALID_REQUEST"),
        "{body}"
    );
    (answer.faults(), answer.text)
}

#[tokio::test]
async fn every_fault_of_a_body_is_listed_and_nothing_is_registered() {
    let solder = Solder::start().await;
    let rs256 = Signer::rs256();
    let set = json!({ "jwksUrl": "https://login.example/jwks", "issuer": "i", "audience": "a" });
    let with = |name: &str, value: Value| {
        let mut body = set.clone();
        body[name] = value;
        body
    };
    for (body, fields) in [
        (json!({}), vec!["algorithm", ""]),
        (json!({ "algorithm": "HS256" }), vec!["secret"]),
        (json!({ "algorithm": "RS256" }), vec!["publicKey"]),
        (
            json!({ "algorithm": "none", "secret": SECRET }),
            vec!["algorithm"],
        ),
        (
            json!({ "algorithm": "HS512", "secret": SECRET }),
            vec!["algorithm"],
        ),
        (
            json!({ "algorithm": "HS256", "secret": "0123456789012345678901234567890" }),
            vec!["secret"],
        ),
        (
            json!({ "algorithm": "HS256", "secret": "s".repeat(1_025) }),
            vec!["secret"],
        ),
        (json!({ "algorithm": "RS256", "secret": SECRET }), vec!["secret"]),
        (
            json!({ "algorithm": "HS256", "publicKey": rs256.public_key() }),
            vec!["publicKey"],
        ),
        (
            json!({ "algorithm": "ES256", "publicKey": rs256.public_key() }),
            vec!["publicKey"],
        ),
        (
            json!({ "algorithm": "EdDSA", "publicKey": P384 }),
            vec!["publicKey"],
        ),
        (
            json!({ "algorithm": "ES256", "publicKey": P384 }),
            vec!["publicKey"],
        ),
        (
            json!({ "algorithm": "RS256", "publicKey": RSA_WEAK }),
            vec!["publicKey"],
        ),
        (
            json!({ "algorithm": "RS256", "publicKey": RSA_PRIVATE }),
            vec!["publicKey"],
        ),
        (
            json!({ "algorithm": "RS256", "publicKey": "a key" }),
            vec!["publicKey"],
        ),
        (
            json!({ "algorithm": "HS256", "secret": SECRET, "publicKey": "x" }),
            vec!["publicKey"],
        ),
        (
            json!({ "algorithm": "HS256", "secret": SECRET, "audiance": "us" }),
            vec!["audiance"],
        ),
        (
            json!({ "jwksUrl": "https://login.example/jwks" }),
            vec!["issuer", "audience"],
        ),
        (with("kid", json!("k")), vec!["kid"]),
        (with("algorithm", json!("HS256")), vec!["algorithm"]),
        (
            with("jwksUrl", json!("ftp://login.example/jwks")),
            vec!["jwksUrl"],
        ),
        (
            with("jwksUrl", json!("https://me:secret@login.example/")),
            vec!["jwksUrl"],
        ),
        (with("jwksUrl", json!("not a URL")), vec!["jwksUrl"]),
        (
            json!({ "algorithm": "HS256", "secret": 7, "kid": "a\nb", "issuer": "", "name": "n".repeat(101) }),
            vec!["name", "kid", "issuer", "secret"],
        ),
    ] {
        let (named, text) = faults(&solder, &body).await;
        assert_eq!(named, fields, "{body}: {text}");
        assert!(!text.contains(SECRET) && !text.contains("MII"), "{text}");
    }
    let (_, text) = faults(
        &solder,
        &json!({ "algorithm": "RS256", "publicKey": RSA_PRIVATE }),
    )
    .await;
    assert!(text.contains("private key"), "{text}");
    assert_eq!(solder.admin().get("/api/jwt-keys").await.json()["total"], 0);
}

#[tokio::test]
async fn an_account_has_twenty_keys_at_most() {
    let solder = Solder::start().await;
    let body = json!({ "algorithm": "HS256", "secret": SECRET });
    let mut last = Value::Null;
    for _ in 0..20 {
        last = solder.jwt_key(&solder.first, &body).await;
    }
    let (_, text) = faults(&solder, &body).await;
    assert!(text.contains("20 JWT keys"), "{text}");
    let second = solder.account("second").await;
    solder.jwt_key(&second, &body).await;
    let path = format!("/api/jwt-keys/{}", last["jwtKeyId"].as_str().unwrap());
    assert_eq!(solder.admin().delete(&path).await.status, 200);
    solder.jwt_key(&solder.first, &body).await;
}

#[tokio::test]
async fn the_operator_registers_and_deletes_keys_beside_the_running_server() {
    let solder = Solder::start().await;
    let server = solder.server(&json!({ "name": "One" })).await;
    let mcp = solder.mcp_at(server["accessUrl"].as_str().unwrap());
    let jwt = Signer::hs256(SECRET).sign(&solder.claims("zoe"));
    let mcp = mcp.with("x-alloy-user-token", &jwt);
    assert_eq!(mcp.legacy("ping", &json!({})).await.status, 401);
    let body = json!({ "algorithm": "HS256", "secret": SECRET });
    let key = solder
        .installation
        .create_jwt_key(&solder.first.id, body.as_object().unwrap())
        .await
        .unwrap();
    let answers = async |status: u16| {
        for _ in 0..100 {
            if mcp.legacy("ping", &json!({})).await.status == status {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    };
    assert!(answers(200).await, "the server follows the registration");
    solder
        .installation
        .delete_jwt_key(&solder.first.id, &key.jwt_key_id)
        .await
        .unwrap();
    assert!(answers(401).await, "and the deletion, though it was warm");
    let audit = solder.audit(&solder.first).await;
    assert_eq!(
        (audit[0].action.as_str(), audit[0].actor.as_str()),
        ("jwt_key.delete", "operator")
    );
}
