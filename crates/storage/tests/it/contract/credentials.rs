//! Credentials, and sessions that were ended.

use crate::fixtures::{NOW, credential, digest, entry, feed, kept_account, log, page, user};
use solder_model::{ConnectorId, Credential, CredentialId, Page, Sealed, ServerId};
use solder_storage::{AuditEntry, ChangeKind, Error, Storage};

pub(super) async fn a_credential_is_kept_with_every_field(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let bare = credential(&admin, 1, "slack");
    let full = Credential {
        connector_owner: account.id.as_str().to_owned(),
        made_through: Some(ServerId::new("one-aaaaaaaa").unwrap()),
        sealed: Sealed((0..=255).cycle().take(100_000).collect()),
        updated_at: NOW.plus_ms(5),
        ..credential(&admin, 2, "github")
    };
    for credential in [&bare, &full] {
        let entry = entry(&account, "credential.create", credential.id.as_str());
        let kept = storage
            .create_credential(credential, &admin, &entry)
            .await
            .unwrap();
        assert_eq!(&kept, credential);
        assert_eq!(storage.find_credential(&credential.id).await.unwrap(), Some(kept));
    }
    let again = entry(&account, "credential.create", bare.id.as_str());
    let refused = storage
        .create_credential(&bare, &admin, &again)
        .await
        .unwrap_err();
    assert!(matches!(refused, Error::Conflict("credential id")), "{refused:?}");
    format!(
        "{:?} {:?}",
        storage.find_credential(&full.id).await.unwrap(),
        log(&storage, &account).await
    )
}

pub(super) async fn a_credential_brings_its_user_or_takes_the_standing_one(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, _) = kept_account(&storage, 1).await;
    let ada = user(&account, 10, "ada");
    let first = credential(&ada, 1, "slack");
    let entry = entry(&account, "credential.create", "a credential");
    let kept = storage.create_credential(&first, &ada, &entry).await.unwrap();
    assert_eq!(kept, first);
    assert_eq!(
        storage.find_user(&account.id, &ada.name).await.unwrap().as_ref(),
        Some(&ada)
    );

    let ada_again = user(&account, 11, "ada");
    let second = credential(&ada_again, 2, "slack");
    let kept = storage
        .create_credential(&second, &ada_again, &entry)
        .await
        .unwrap();
    assert_eq!(
        kept,
        Credential {
            user: ada.id.clone(),
            ..second
        }
    );
    assert_eq!(storage.find_credential(&kept.id).await.unwrap(), Some(kept));
    format!(
        "{:?}",
        storage
            .list_credentials(&ada.id, None, Page::default())
            .await
            .unwrap()
    )
}

pub(super) async fn credentials_are_listed_for_all_connectors_or_for_one(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let ada = user(&account, 10, "ada");
    let entry = entry(&account, "credential.create", "a credential");
    for (number, connector) in [(1, "slack"), (2, "github"), (3, "slack"), (4, "slack")] {
        let credential = credential(&admin, number, connector);
        storage
            .create_credential(&credential, &admin, &entry)
            .await
            .unwrap();
    }
    storage
        .create_credential(&credential(&ada, 5, "slack"), &ada, &entry)
        .await
        .unwrap();

    let numbers = |credentials: &[Credential]| -> Vec<u32> {
        let ids = credentials.iter().map(|credential| credential.id.as_str());
        ids.map(|id| u32::from_str_radix(id, 16).unwrap()).collect()
    };
    let all = storage
        .list_credentials(&admin.id, None, page(2, 1))
        .await
        .unwrap();
    assert_eq!((numbers(&all.items), all.total), (vec![3, 2], 4));
    let slack = ConnectorId::new("slack").unwrap();
    let of_slack = storage
        .list_credentials(&admin.id, Some(&slack), page(2, 0))
        .await
        .unwrap();
    assert_eq!((numbers(&of_slack.items), of_slack.total), (vec![4, 3], 3));
    let notion = ConnectorId::new("notion").unwrap();
    let none = storage
        .list_credentials(&admin.id, Some(&notion), Page::default())
        .await
        .unwrap();
    assert_eq!((none.items.len(), none.total), (0, 0));
    format!("{all:?} {of_slack:?}")
}

pub(super) async fn a_renamed_credential_keeps_all_else(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let (first, second) = (credential(&admin, 1, "slack"), credential(&admin, 2, "slack"));
    for credential in [&first, &second] {
        let entry = entry(&account, "credential.create", credential.id.as_str());
        storage
            .create_credential(credential, &admin, &entry)
            .await
            .unwrap();
    }
    let last = storage.last_change().await.unwrap();
    let renaming = AuditEntry {
        at: NOW.plus_ms(7),
        ..entry(&account, "credential.update", first.id.as_str())
    };
    let renamed = storage
        .rename_credential(&first.id, "Zoë's", &renaming)
        .await
        .unwrap();
    let expected = Credential {
        name: "Zoë's".to_owned(),
        updated_at: NOW.plus_ms(7),
        ..first
    };
    assert_eq!(renamed.as_ref(), Some(&expected));
    assert_eq!(storage.find_credential(&expected.id).await.unwrap(), renamed);
    assert_eq!(storage.find_credential(&second.id).await.unwrap(), Some(second));
    let fed = feed(&storage, last).await;
    assert_eq!(
        (fed.len(), fed[0].kind, fed[0].key.as_str()),
        (1, ChangeKind::Credentials, admin.id.as_str())
    );
    let unknown = CredentialId::new("ffffffffffffffffffffffff").unwrap();
    assert_eq!(
        storage.rename_credential(&unknown, "x", &renaming).await.unwrap(),
        None
    );
    assert_eq!(feed(&storage, last).await.len(), 1);
    format!("{:?}", log(&storage, &account).await)
}

pub(super) async fn a_deleted_credential_is_gone(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let (kept, gone) = (credential(&admin, 1, "slack"), credential(&admin, 2, "slack"));
    for credential in [&kept, &gone] {
        let entry = entry(&account, "credential.create", credential.id.as_str());
        storage
            .create_credential(credential, &admin, &entry)
            .await
            .unwrap();
    }
    let deletion = entry(&account, "credential.delete", gone.id.as_str());
    assert!(storage.delete_credential(&gone.id, &deletion).await.unwrap());
    assert!(!storage.delete_credential(&gone.id, &deletion).await.unwrap());
    assert_eq!(storage.find_credential(&gone.id).await.unwrap(), None);
    assert_eq!(storage.find_credential(&kept.id).await.unwrap(), Some(kept));
    let unknown = CredentialId::new("ffffffffffffffffffffffff").unwrap();
    assert_eq!(storage.find_credential(&unknown).await.unwrap(), None);
    format!("{:?}", log(&storage, &account).await)
}

pub(super) async fn an_ended_session_is_remembered_until_it_would_have_ended(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    assert_eq!(storage.list_ended_sessions(NOW).await.unwrap(), []);
    storage
        .end_session(&digest(2), NOW.plus_ms(20), NOW)
        .await
        .unwrap();
    storage
        .end_session(&digest(1), NOW.plus_ms(10), NOW)
        .await
        .unwrap();
    storage
        .end_session(&digest(1), NOW.plus_ms(10), NOW)
        .await
        .unwrap();
    assert_eq!(
        storage.list_ended_sessions(NOW.plus_ms(9)).await.unwrap(),
        [digest(1), digest(2)]
    );
    assert_eq!(
        storage.list_ended_sessions(NOW.plus_ms(10)).await.unwrap(),
        [digest(2)]
    );
    // The next end forgets what is past, so that the table stays small.
    storage
        .end_session(&digest(3), NOW.plus_ms(40), NOW.plus_ms(20))
        .await
        .unwrap();
    assert_eq!(storage.list_ended_sessions(NOW).await.unwrap(), [digest(3)]);
    String::new()
}
