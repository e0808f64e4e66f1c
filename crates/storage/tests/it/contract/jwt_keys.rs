//! Keys that verify JWTs.

use crate::fixtures::{entry, feed, jwt_key, kept_account, log, page};
use solder_model::{JwtAlgorithm, JwtKey, JwtMaterial, Page, Sealed};
use solder_storage::{ChangeKind, Error, Storage};

pub(super) async fn a_jwt_key_is_kept_with_every_field(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, _) = kept_account(&storage, 1).await;
    let secret = JwtKey {
        algorithm: Some(JwtAlgorithm::Hs256),
        material: JwtMaterial::Secret(Sealed((0..=255).collect())),
        ..jwt_key(&account, 1)
    };
    let public = JwtKey {
        name: "Zürich \u{1f40d}".to_owned(),
        algorithm: Some(JwtAlgorithm::EdDsa),
        material: JwtMaterial::PublicKey("-----BEGIN PUBLIC KEY-----\nAA==\n".to_owned()),
        kid: Some("é".repeat(256)),
        ..jwt_key(&account, 2)
    };
    let set = JwtKey {
        issuer: Some("i".repeat(512)),
        audience: Some("an audience".to_owned()),
        ..jwt_key(&account, 3)
    };
    for key in [&secret, &public, &set] {
        let entry = entry(&account, "jwt_key.create", key.id.as_str());
        storage.create_jwt_key(key, &entry).await.unwrap();
        let kept = storage.find_jwt_key(&account.id, &key.id).await.unwrap();
        assert_eq!(kept.as_ref(), Some(key));
    }
    let again = entry(&account, "jwt_key.create", set.id.as_str());
    let refused = storage.create_jwt_key(&set, &again).await.unwrap_err();
    assert!(matches!(refused, Error::Conflict("JWT key id")), "{refused:?}");
    let all = storage.list_jwt_keys(&account.id, page(2, 0)).await.unwrap();
    assert_eq!((&all.items[..], all.total), (&[set, public][..], 3));
    format!("{all:?} {:?}", log(&storage, &account).await)
}

pub(super) async fn a_jwt_key_is_its_accounts_alone(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (one, _) = kept_account(&storage, 1).await;
    let (two, _) = kept_account(&storage, 2).await;
    let key = jwt_key(&one, 1);
    let creation = entry(&one, "jwt_key.create", key.id.as_str());
    storage.create_jwt_key(&key, &creation).await.unwrap();
    let last = storage.last_change().await.unwrap();

    assert_eq!(storage.find_jwt_key(&two.id, &key.id).await.unwrap(), None);
    assert_eq!(
        storage
            .list_jwt_keys(&two.id, Page::default())
            .await
            .unwrap()
            .total,
        0
    );
    let foreign = entry(&two, "jwt_key.delete", key.id.as_str());
    assert!(!storage.delete_jwt_key(&two.id, &key.id, &foreign).await.unwrap());
    assert_eq!(storage.last_change().await.unwrap(), last);

    let deletion = entry(&one, "jwt_key.delete", key.id.as_str());
    assert!(storage.delete_jwt_key(&one.id, &key.id, &deletion).await.unwrap());
    assert!(!storage.delete_jwt_key(&one.id, &key.id, &deletion).await.unwrap());
    assert_eq!(storage.find_jwt_key(&one.id, &key.id).await.unwrap(), None);
    let fed = feed(&storage, last - 1).await;
    let told = (ChangeKind::JwtKeys, one.id.as_str().to_owned());
    let seen: Vec<_> = fed.into_iter().map(|change| (change.kind, change.key)).collect();
    assert_eq!(seen, [told.clone(), told]);
    let nobodys = JwtKey {
        account: solder_model::AccountId::new("acc_0000000000000009").unwrap(),
        ..key
    };
    let refused = storage.create_jwt_key(&nobodys, &creation).await.unwrap_err();
    assert!(matches!(refused, Error::NotFound), "{refused:?}");
    format!("{:?} {:?}", log(&storage, &one).await, log(&storage, &two).await)
}

pub(super) async fn jwt_keys_are_found_by_issuer_or_by_kid_in_every_account(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (one, _) = kept_account(&storage, 1).await;
    let (two, _) = kept_account(&storage, 2).await;
    let with = |key: JwtKey, issuer: Option<&str>, kid: Option<&str>| JwtKey {
        issuer: issuer.map(str::to_owned),
        kid: kid.map(str::to_owned),
        ..key
    };
    for (account, key) in [
        (&one, with(jwt_key(&one, 1), Some("issuer"), Some("k1"))),
        (&two, with(jwt_key(&two, 2), Some("issuer"), None)),
        (&two, with(jwt_key(&two, 3), None, Some("k1"))),
        (&two, with(jwt_key(&two, 4), None, None)),
        (&one, with(jwt_key(&one, 5), Some("Issuer"), Some("K1"))),
    ] {
        let entry = entry(account, "jwt_key.create", key.id.as_str());
        storage.create_jwt_key(&key, &entry).await.unwrap();
    }
    let found = async |issuer, kid, most| -> Vec<String> {
        let keys = storage.find_jwt_keys(issuer, kid, most).await.unwrap();
        keys.iter().map(|key| key.name.clone()).collect()
    };
    assert_eq!(found(Some("issuer"), None, 9).await, ["Key 1", "Key 2"]);
    assert_eq!(found(None, Some("k1"), 9).await, ["Key 1", "Key 3"]);
    assert_eq!(
        found(Some("issuer"), Some("k1"), 9).await,
        ["Key 1", "Key 2", "Key 3"]
    );
    assert_eq!(found(Some("issuer"), Some("k1"), 2).await, ["Key 1", "Key 2"]);
    assert_eq!(found(Some("' OR 1=1 --"), Some("k1'"), 9).await, [""; 0]);
    assert_eq!(found(None, None, 9).await, [""; 0]);
    String::new()
}
