//! The change feed, and how many queries a method needs.

use crate::fixtures::{NOW, account, at, credential, digest, entry, feed, kept_account, key, server, user};
use solder_model::{ApiKeyId, CredentialId, Page, Sealed, Server, ServerId};
use solder_storage::{ChangeKind, Storage};

pub(super) async fn every_change_is_fed_with_what_it_concerns(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    assert_eq!(storage.last_change().await.unwrap(), 0);
    let account = account(1);
    let admin = user(&account, 1, "admin");
    let ada = user(&account, 2, "ada");
    let (first, second) = (key(&admin, 1), key(&ada, 0xab));
    let server = server(&admin, "one-aaaaaaaa", "one");
    let credential = credential(&admin, 1, "slack");
    let done = entry(&account, "something", "something");
    storage
        .create_account(&account, &admin, Some(&first), &done)
        .await
        .unwrap();
    storage.ensure_user(&ada).await.unwrap();
    storage.create_key(&second, &done).await.unwrap();
    storage.revoke_key(&account.id, &second.id, &done).await.unwrap();
    storage.create_server(&server, &done).await.unwrap();
    storage
        .update_server(&server.id, &done, |server| server.is_public = true)
        .await
        .unwrap();
    storage.delete_server(&server.id, &done).await.unwrap();
    storage
        .create_credential(&credential, &admin, &done)
        .await
        .unwrap();
    storage.delete_credential(&credential.id, &done).await.unwrap();
    storage
        .end_session(&digest(0x0f), NOW.plus_ms(1), NOW)
        .await
        .unwrap();

    let fed = feed(&storage, 0).await;
    let seen: Vec<_> = fed
        .iter()
        .map(|change| (change.kind, change.key.as_str()))
        .collect();
    let (first, second, session) = ("01".repeat(32), "ab".repeat(32), "0f".repeat(32));
    assert_eq!(
        seen,
        [
            (ChangeKind::User, "acc_0000000000000001/usr_0000000000000001"),
            (ChangeKind::Key, &first),
            (ChangeKind::Account, "acc_0000000000000001"),
            (ChangeKind::User, "acc_0000000000000001/usr_0000000000000002"),
            (ChangeKind::Key, &second),
            (ChangeKind::Key, &second),
            (ChangeKind::Server, "one-aaaaaaaa"),
            (ChangeKind::Server, "one-aaaaaaaa"),
            (ChangeKind::Server, "one-aaaaaaaa"),
            (ChangeKind::Credentials, "usr_0000000000000001"),
            (ChangeKind::Credentials, "usr_0000000000000001"),
            (ChangeKind::Session, &session),
        ]
    );
    assert_eq!(storage.last_change().await.unwrap(), fed.last().unwrap().seq);
    format!("{fed:?}")
}

pub(super) async fn what_changes_nothing_is_neither_fed_nor_logged(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let last = storage.last_change().await.unwrap();
    let entry = entry(&account, "something", "something");
    let server = ServerId::new("none-aaaaaaaa").unwrap();
    let credential = CredentialId::new("ffffffffffffffffffffffff").unwrap();
    let key = ApiKeyId::new("key_aaaaaaaaaaaaaaaa").unwrap();
    storage.ensure_user(&admin).await.unwrap();
    assert!(!storage.delete_server(&server, &entry).await.unwrap());
    assert!(!storage.delete_credential(&credential, &entry).await.unwrap());
    assert!(!storage.revoke_key(&account.id, &key, &entry).await.unwrap());
    assert_eq!(
        storage.update_server(&server, &entry, |_| ()).await.unwrap(),
        None
    );
    assert_eq!(storage.last_change().await.unwrap(), last);
    assert_eq!(
        storage
            .list_audit(&account.id, Page::default())
            .await
            .unwrap()
            .total,
        1
    );
    format!("{:?}", feed(&storage, 0).await)
}

pub(super) async fn the_feed_is_read_on_from_a_number(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    for number in 1..=5 {
        storage
            .end_session(&digest(number), NOW.plus_ms(1), NOW)
            .await
            .unwrap();
    }
    let whole = feed(&storage, 0).await;
    assert_eq!(whole.len(), 5);
    let first = storage.changes_after(0, 2).await.unwrap();
    assert_eq!(first, whole[..2]);
    let rest = storage.changes_after(first[1].seq, 100).await.unwrap();
    assert_eq!(rest, whole[2..]);
    assert_eq!(storage.changes_after(whole[4].seq, 100).await.unwrap(), []);
    format!("{whole:?}")
}

pub(super) async fn old_changes_are_dropped_and_the_last_one_stays(url: String) -> String {
    const MINUTE: i64 = 60_000;
    let storage = Storage::open(&url).await.unwrap();
    let end = async |number: u8, minutes: i64| {
        let now = NOW.plus_ms(minutes * MINUTE);
        storage
            .end_session(&digest(number), now.plus_ms(1), now)
            .await
            .unwrap();
        let first = storage.first_change().await.unwrap();
        (first, storage.last_change().await.unwrap())
    };
    assert_eq!(storage.first_change().await.unwrap(), 0);
    assert_eq!(end(1, 0).await, (1, 1));
    assert_eq!(end(2, 30).await, (1, 2));
    assert_eq!(end(3, 60).await, (1, 3));
    assert_eq!(end(4, 61).await, (2, 4));
    assert_eq!(end(5, 10_000).await, (4, 5));

    // Nothing is fed here, and what was fed is old: the number still does not go back.
    let (other, late) = (Storage::open(&url).await.unwrap(), NOW.plus_ms(20_000 * MINUTE));
    other.create_hash_key(&Sealed(vec![1]), late).await.unwrap();
    assert_eq!(storage.first_change().await.unwrap(), 5);
    assert_eq!(storage.last_change().await.unwrap(), 5);
    format!("{:?}", feed(&storage, 0).await)
}

pub(super) async fn each_method_is_one_query(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    assert_eq!(storage.queries(), 0);
    let (account, admin) = kept_account(&storage, 1).await;
    let server = server(&admin, "one-aaaaaaaa", "one");
    let done = at(NOW.plus_ms(1), entry(&account, "something", "something"));
    let mut before = storage.queries();
    let mut one_more = |what: &str| {
        assert_eq!(storage.queries(), before + 1, "{what}");
        before += 1;
    };
    storage.create_server(&server, &done).await.unwrap();
    one_more("create");
    storage.find_server(&server.id).await.unwrap();
    one_more("find");
    storage.list_servers(&admin.id, Page::default()).await.unwrap();
    one_more("list");
    storage
        .update_server(&server.id, &done, |server: &mut Server| server.is_public = true)
        .await
        .unwrap();
    one_more("update");
    storage.changes_after(0, 10).await.unwrap();
    one_more("read the feed");
    storage.clone().ensure_user(&admin).await.unwrap();
    one_more("find a user that stands, by a clone");
    storage.queries().to_string()
}
