//! Identity providers over REST, and the one that the settings give.

use super::login::{Login, SECRET, with_provider};
use serde_json::{Value, json};
use solder_engine::OidcSettings;
use solder_model::Secret;
use solder_testkit::Solder;
use std::time::Duration;

#[tokio::test]
async fn providers_are_for_admins_and_never_show_a_secret() {
    let (solder, login, provider) = with_provider(&json!({})).await;
    let path = format!("/api/identity-providers/{provider}");
    let second = solder.account("second").await;
    let shown = solder.admin().get(&path).await;
    let view = shown.json();
    assert_eq!(
        (&view["hasClientSecret"], &view["userClaim"], &view["origin"]),
        (&json!(true), &json!("sub"), &json!("account"))
    );
    assert_eq!(view["redirectUri"], format!("{}/sign-in/callback", solder.url));
    let listed = solder.admin().get("/api/identity-providers").await;
    assert_eq!(listed.json()["count"], 1);
    assert!(!shown.text.contains(SECRET) && !listed.text.contains(SECRET));
    let member = solder
        .key(&solder.first, "bob", solder_model::Role::Member, false)
        .await;
    for (key, status) in [(&member, 403), (&second.key, 404)] {
        let client = solder.client(key);
        assert_eq!(client.get(&path).await.status, status);
        assert_eq!(client.put(&path, &json!({ "name": "x" })).await.status, status);
        assert_eq!(client.delete(&path).await.status, status);
    }
    assert_eq!(
        solder.client(&member).get("/api/identity-providers").await.status,
        403
    );
    assert_eq!(
        solder
            .client(&second.key)
            .get("/api/identity-providers")
            .await
            .json()["count"],
        0
    );

    // A secret is never taken along to another address.
    let elsewhere = Login::start().await;
    let moved = solder
        .admin()
        .put(&path, &json!({ "issuer": elsewhere.issuer() }))
        .await;
    assert_eq!(
        (moved.status, moved.faults()),
        (400, vec!["clientSecret".to_owned()]),
        "{}",
        moved.text
    );
    let moved = solder.admin().put(&path, &json!({ "clientId": "other" })).await;
    assert_eq!(moved.status, 400);
    let moved = solder
        .admin()
        .put(
            &path,
            &json!({ "issuer": elsewhere.issuer(), "clientSecret": null }),
        )
        .await;
    assert_eq!(
        (moved.status, &moved.json()["hasClientSecret"]),
        (200, &json!(false)),
        "{}",
        moved.text
    );
    let renamed = solder
        .admin()
        .put(
            &path,
            &json!({ "name": "Renamed", "allowedDomains": ["example.com"] }),
        )
        .await;
    assert_eq!(
        (renamed.status, &renamed.json()["name"]),
        (200, &json!("Renamed"))
    );
    drop(login);
}

#[tokio::test]
async fn every_fault_of_a_provider_is_told_and_private_addresses_are_not_reached() {
    let solder = Solder::start().await;
    let login = Login::start().await;
    let post = async |body: Value| solder.admin().post("/api/identity-providers", &body).await;
    let answer = post(json!({})).await;
    assert_eq!(answer.faults(), ["name", "issuer", "clientId"]);
    let bad = json!({
        "name": " x", "issuer": "ftp://x", "clientId": "", "clientSecret": "a\nb", "userClaim": "", "scopes": ["a b", 7],
        "allowedDomains": ["@x", "x"],
    });
    let faults = post(bad).await.faults();
    for field in [
        "name",
        "issuer",
        "clientId",
        "clientSecret",
        "userClaim",
        "scopes[0]",
        "scopes[1]",
        "allowedDomains[0]",
        "allowedDomains[1]",
    ] {
        assert!(faults.iter().any(|fault| fault == field), "{field}: {faults:?}");
    }
    for issuer in [
        login.issuer(),
        "https://127.0.0.1:1",
        "https://169.254.169.254",
        "http://login.example",
    ] {
        let answer = post(json!({ "name": "x", "issuer": issuer, "clientId": "x" })).await;
        assert_eq!(
            (answer.status, answer.faults()),
            (400, vec!["issuer".to_owned()]),
            "{issuer}"
        );
    }
    assert!(login.platform.received().is_empty());
}

#[tokio::test]
async fn the_settings_give_the_first_account_a_provider_and_no_other() {
    let login = Login::start().await;
    let issuer = login.issuer().to_owned();
    let solder = Solder::build()
        .engine(|engine| {
            engine.operator_networks = vec!["127.0.0.0/8".parse().unwrap()];
            engine.oidc = Some(OidcSettings {
                issuer,
                client_id: "solder".to_owned(),
                client_secret: Some(Secret::new(SECRET)),
                user_claim: "sub".to_owned(),
            });
        })
        .start()
        .await;
    solder.clock.advance(Duration::from_millis(1));
    let second = solder.account("second").await;
    let ways = solder.engine.sign_in_ways(&solder.first.id, None).await.unwrap();
    assert_eq!(ways.providers.len(), 1);
    assert!(
        solder
            .engine
            .sign_in_ways(&second.id, None)
            .await
            .unwrap()
            .is_empty()
    );
    let listed = solder.admin().get("/api/identity-providers").await.json();
    let given = &listed["identityProviders"][0];
    assert_eq!(
        (&given["origin"], &listed["count"]),
        (&json!("settings"), &json!(0))
    );
    let id = given["providerId"].as_str().unwrap();
    let path = format!("/api/identity-providers/{id}");
    assert_eq!(solder.admin().get(&path).await.status, 200);
    assert_eq!(solder.client(&second.key).get(&path).await.status, 404);
    assert_eq!(
        solder.admin().put(&path, &json!({ "name": "x" })).await.status,
        403
    );
    assert_eq!(solder.admin().delete(&path).await.status, 403);
}
