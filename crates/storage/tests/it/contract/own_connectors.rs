//! Connectors of accounts: their versions, and what ends when their secrets go elsewhere.

use crate::fixtures::{NOW, account, at, credential, entry, feed, kept_account, log, page};
use solder_model::{Account, ConnectorId, Credential, CredentialStatus, OAuthApp, OAuthAppId, User};
use solder_storage::{ChangeKind, Error, Lease, Next, OwnConnector, Rebinding, Storage, Unbound};

fn connector(of: &Account, id: &str, identity: &str) -> OwnConnector {
    OwnConnector {
        account: of.id.clone(),
        id: ConnectorId::new(id).unwrap(),
        identity: identity.to_owned(),
        live: 1,
        created_at: NOW,
        updated_at: NOW,
    }
}

fn bound(of: &User, number: u32, id: &str, identity: &str) -> Credential {
    Credential {
        connector_owner: identity.to_owned(),
        ..credential(of, number, id)
    }
}

fn app(of: &Account, number: u32, id: &str, identity: &str) -> OAuthApp {
    OAuthApp {
        id: OAuthAppId::new(&format!("app_{number:016}")).unwrap(),
        account: of.id.clone(),
        connector_owner: identity.to_owned(),
        connector: ConnectorId::new(id).unwrap(),
        kind: "oauth2".to_owned(),
        client_id: "client".to_owned(),
        secret: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

async fn kept(storage: &Storage, one: &OwnConnector, file: &str) -> OwnConnector {
    let done = entry(&account_of(one), "connector.create", one.id.as_str());
    assert!(storage.create_connector(one, file, 10, &done).await.unwrap());
    one.clone()
}

fn account_of(one: &OwnConnector) -> Account {
    let number = one.account.as_str().trim_start_matches("acc_").parse().unwrap();
    account(number)
}

pub(super) async fn a_connector_is_its_accounts_alone_and_every_version_is_kept(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (first, _) = kept_account(&storage, 1).await;
    let (second, _) = kept_account(&storage, 2).await;
    let acme = kept(&storage, &connector(&first, "acme", "account/a"), "one").await;
    kept(&storage, &connector(&second, "acme", "account/b"), "theirs").await;
    let before = storage.last_change().await.unwrap();
    let again = storage
        .create_connector(&acme, "one", 10, &entry(&first, "connector.create", "acme"))
        .await;
    assert!(matches!(again, Err(Error::Conflict("connector"))), "{again:?}");
    let most = storage
        .create_connector(
            &connector(&first, "more", "account/c"),
            "one",
            1,
            &entry(&first, "connector.create", "more"),
        )
        .await;
    assert!(!most.unwrap(), "one is as many as there may be");
    assert_eq!(storage.last_change().await.unwrap(), before);

    let by = Next::File {
        file: "two",
        by: "key:2",
    };
    let later = at(NOW.plus_ms(5), entry(&first, "connector.update", "acme"));
    let (moved, unbound) = storage
        .move_connector(&acme, by, None, &later)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((moved.live, moved.identity.as_str()), (2, "account/a"));
    assert_eq!((moved.updated_at, unbound), (NOW.plus_ms(5), Unbound::default()));
    let stale = storage.move_connector(&acme, by, None, &later).await.unwrap();
    assert_eq!(stale, None, "whoever read it before changes nothing");
    let none = storage
        .move_connector(&moved, Next::Version(3), None, &later)
        .await;
    assert_eq!(none.unwrap(), None, "there is no such version");
    let back = at(NOW.plus_ms(6), entry(&first, "connector.restore", "acme"));
    let restored = storage
        .move_connector(&moved, Next::Version(1), None, &back)
        .await;
    let (restored, _) = restored.unwrap().unwrap();
    let third = storage.move_connector(&restored, by, None, &back).await.unwrap();
    assert_eq!(third.unwrap().0.live, 3, "numbers go on");

    let live = storage.list_live_connectors(&first.id).await.unwrap();
    assert_eq!(live.len(), 1);
    assert_eq!((live[0].id.as_str(), live[0].file.as_str()), ("acme", "two"));
    let theirs = storage.list_live_connectors(&second.id).await.unwrap();
    assert_eq!(
        (theirs[0].identity.as_str(), theirs[0].file.as_str()),
        ("account/b", "theirs")
    );
    let versions = storage
        .list_connector_versions(&first.id, &acme.id, page(2, 0))
        .await
        .unwrap();
    let numbers: Vec<_> = versions.items.iter().map(|one| one.version).collect();
    assert_eq!((numbers, versions.total), (vec![3, 2], 3));
    let (version, file) = storage
        .find_connector_version(&first.id, &acme.id, 1)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((file.as_str(), version.created_by.as_str()), ("one", "operator"));
    assert_eq!(
        storage
            .find_connector_version(&second.id, &acme.id, 2)
            .await
            .unwrap(),
        None
    );
    let told = feed(&storage, before).await;
    assert!(
        told.iter()
            .all(|change| change.kind == ChangeKind::Connectors && change.key == first.id.as_str())
    );
    format!("{told:?} {:?} {live:?}", log(&storage, &first).await)
}

pub(super) async fn what_was_sealed_for_one_identity_ends_with_it(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (first, admin) = kept_account(&storage, 1).await;
    let (second, other) = kept_account(&storage, 2).await;
    let acme = kept(&storage, &connector(&first, "acme", "account/a"), "one").await;
    let done = entry(&first, "something", "something");
    let own = bound(&admin, 1, "acme", "account/a");
    let spared = [
        bound(&admin, 2, "acme", "built-in"),
        bound(&admin, 3, "other", "account/a"),
    ];
    for one in [&own, &spared[0], &spared[1]] {
        storage.create_credential(one, &admin, &done).await.unwrap();
    }
    let theirs = bound(&other, 4, "acme", "account/a");
    let done_there = entry(&second, "something", "something");
    storage
        .create_credential(&theirs, &other, &done_there)
        .await
        .unwrap();
    for app in [
        app(&first, 1, "acme", "account/a"),
        app(&first, 2, "acme", "built-in"),
    ] {
        storage.create_oauth_app(&app, &done).await.unwrap();
    }
    let until = NOW.plus_ms(1_000);
    let lease = storage
        .lease_credential(&own.id, 0, "a renewal", until, NOW)
        .await;
    assert!(matches!(lease.unwrap(), Lease::Taken(_)));
    let before = storage.last_change().await.unwrap();
    let rebinding = Rebinding {
        identity: "account/b",
        reason: "it goes elsewhere",
    };
    let next = Next::File {
        file: "two",
        by: "key:1",
    };
    let moved = storage.move_connector(&acme, next, Some(rebinding), &done).await;
    let (moved, unbound) = moved.unwrap().unwrap();
    assert_eq!(moved.identity, "account/b");
    assert_eq!((unbound.credentials, unbound.oauth_apps), (1, 1));
    assert!(unbound.users.contains(&admin.id) && unbound.users.len() == 1);

    let marked = storage.find_credential(&own.id).await.unwrap().unwrap();
    assert_eq!(marked.connection.status, CredentialStatus::NeedsReconnect);
    assert_eq!(
        marked.connection.status_reason.as_deref(),
        Some("it goes elsewhere")
    );
    assert_eq!(
        marked.connector_owner, "account/a",
        "it stays sealed for what it was given to"
    );
    let late = storage.renew_credential(&own, &done).await.unwrap();
    assert_eq!(late, None, "a renewal that was under way makes it no good again");
    for one in [&spared[0], &spared[1], &theirs] {
        let found = storage.find_credential(&one.id).await.unwrap().unwrap();
        assert_eq!(found.connection.status, CredentialStatus::Active);
    }
    let apps = storage.list_oauth_apps(&first.id, page(10, 0)).await.unwrap();
    assert_eq!(
        (apps.total, apps.items[0].connector_owner.as_str()),
        (1, "built-in")
    );
    let told: Vec<_> = feed(&storage, before)
        .await
        .into_iter()
        .map(|one| one.kind)
        .collect();
    assert_eq!(
        told,
        [
            ChangeKind::Credentials,
            ChangeKind::OAuthApps,
            ChangeKind::Connectors
        ]
    );

    let again = Credential {
        connector_owner: "account/b".to_owned(),
        ..marked
    };
    let again = storage
        .reconnect_credential(&again, &done)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        again.connector_owner, "account/b",
        "new secrets come to the present one"
    );
    format!("{told:?} {unbound:?}")
}

pub(super) async fn a_deleted_connector_leaves_nothing_that_was_sealed_for_it(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (first, admin) = kept_account(&storage, 1).await;
    let acme = kept(&storage, &connector(&first, "acme", "account/b"), "one").await;
    let done = entry(&first, "connector.delete", "acme");
    let gone = [
        bound(&admin, 1, "acme", "account/a"),
        bound(&admin, 2, "acme", "account/b"),
    ];
    let spared = bound(&admin, 3, "acme", "built-in");
    for one in [&gone[0], &gone[1], &spared] {
        storage.create_credential(one, &admin, &done).await.unwrap();
    }
    storage
        .create_oauth_app(&app(&first, 1, "acme", "account/b"), &done)
        .await
        .unwrap();
    let before = storage.last_change().await.unwrap();
    let unbound = storage
        .delete_connector(&first.id, &acme.id, &done)
        .await
        .unwrap();
    let unbound = unbound.unwrap();
    assert_eq!((unbound.credentials, unbound.oauth_apps), (2, 1));
    for one in &gone {
        assert_eq!(storage.find_credential(&one.id).await.unwrap(), None);
    }
    assert!(storage.find_credential(&spared.id).await.unwrap().is_some());
    assert_eq!(storage.find_connector(&first.id, &acme.id).await.unwrap(), None);
    assert_eq!(
        storage
            .find_connector_version(&first.id, &acme.id, 1)
            .await
            .unwrap(),
        None
    );
    let after = storage.last_change().await.unwrap();
    let none = storage
        .delete_connector(&first.id, &acme.id, &done)
        .await
        .unwrap();
    assert_eq!((none, storage.last_change().await.unwrap()), (None, after));
    kept(&storage, &connector(&first, "acme", "account/c"), "one").await;
    format!("{:?}", feed(&storage, before).await)
}
