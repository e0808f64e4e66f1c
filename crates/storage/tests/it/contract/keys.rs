//! What admins do to keys and users, and how they search the log.

use crate::fixtures::{NOW, at, digest, entry, feed, kept_account, key, log, page, user};
use solder_model::{Account, ApiKey, Role, Timestamp, User};
use solder_storage::{AuditEntry, AuditQuery, ChangeKind, KeyChange, Revoked, Storage};

/// A live admin key of the account's first user.
async fn admin_key(storage: &Storage, account: &Account, admin: &User, number: u8) -> ApiKey {
    let made = ApiKey {
        role: Role::Admin,
        user_bound: false,
        expires_at: None,
        ..key(admin, number)
    };
    let done = entry(account, "key.create", made.id.as_str());
    storage.create_key(&made, &done).await.unwrap();
    made
}

pub(super) async fn a_key_is_given_another_name_and_another_end(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let made = admin_key(&storage, &account, &admin, 2).await;
    let done = entry(&account, "key.update", made.id.as_str());
    let before = storage.last_change().await.unwrap();
    let change = KeyChange {
        name: Some("other".to_owned()),
        expires_at: Some(Some(NOW)),
    };
    let changed = storage
        .update_key(&account.id, &made.id, &change, &done)
        .await
        .unwrap();
    let expected = ApiKey {
        name: "other".to_owned(),
        expires_at: Some(NOW),
        ..made.clone()
    };
    assert_eq!(changed.as_ref(), Some(&expected));
    let never = KeyChange {
        name: None,
        expires_at: Some(None),
    };
    let changed = storage
        .update_key(&account.id, &made.id, &never, &done)
        .await
        .unwrap();
    assert_eq!(changed.unwrap().expires_at, None);
    let found = storage.find_key(&account.id, &made.id).await.unwrap().unwrap();
    assert_eq!((found.name.as_str(), found.expires_at), ("other", None));
    let fed = feed(&storage, before).await;
    assert!(
        fed.iter()
            .all(|change| change.kind == ChangeKind::Key && change.key == "02".repeat(32))
    );
    assert_eq!(fed.len(), 2);
    // Another account's key is none of this one's.
    let (second, _) = kept_account(&storage, 2).await;
    assert_eq!(storage.find_key(&second.id, &made.id).await.unwrap(), None);
    let foreign = storage
        .update_key(&second.id, &made.id, &change, &entry(&second, "x", "x"))
        .await;
    assert_eq!(foreign.unwrap(), None);
    assert_eq!(log(&storage, &second).await.len(), 1);
    format!("{fed:?}")
}

pub(super) async fn a_successor_takes_over_while_the_old_key_lives_on_for_a_while(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let old = admin_key(&storage, &account, &admin, 2).await;
    let next = ApiKey {
        expires_at: None,
        ..key(&admin, 4)
    };
    let done = entry(&account, "key.rotate", old.id.as_str());
    let ends = NOW.plus_ms(60_000);
    assert!(storage.rotate_key(&old.id, ends, &next, &done).await.unwrap());
    let found = storage.find_key_by_digest(&old.digest).await.unwrap().unwrap();
    assert_eq!(found.expires_at, Some(ends));
    assert_eq!(
        storage.find_key_by_digest(&next.digest).await.unwrap(),
        Some(next.clone())
    );
    // A key never lives longer by a rotation than it would have.
    let third = key(&admin, 6);
    assert!(
        storage
            .rotate_key(&old.id, ends.plus_ms(1), &third, &done)
            .await
            .unwrap()
    );
    let found = storage.find_key(&account.id, &old.id).await.unwrap().unwrap();
    assert_eq!(found.expires_at, Some(ends));
    // Of a key that is gone nothing comes.
    let stray = key(&admin, 8);
    storage.revoke_key(&account.id, &old.id, &done).await.unwrap();
    assert!(!storage.rotate_key(&old.id, ends, &stray, &done).await.unwrap());
    assert_eq!(storage.find_key_by_digest(&stray.digest).await.unwrap(), None);
    format!("{:?}", feed(&storage, 0).await)
}

pub(super) async fn the_last_key_of_an_admin_is_not_revoked(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let (one, two) = (
        admin_key(&storage, &account, &admin, 2).await,
        admin_key(&storage, &account, &admin, 4).await,
    );
    // None of these lets an admin in: a member's, one that is bound to its user, one that has ended.
    for (number, change) in [(10, Role::Member), (12, Role::Admin), (14, Role::Admin)] {
        let made = ApiKey {
            role: change,
            user_bound: number == 12,
            expires_at: (number == 14).then_some(NOW),
            ..key(&admin, number)
        };
        storage
            .create_key(&made, &entry(&account, "key.create", "x"))
            .await
            .unwrap();
    }
    let revoke = async |key: &ApiKey| {
        let done = entry(&account, "key.revoke", key.id.as_str());
        storage
            .revoke_key_but_the_last(&account.id, &key.id, &done)
            .await
            .unwrap()
    };
    assert_eq!(revoke(&one).await, Revoked::Gone);
    assert_eq!(revoke(&one).await, Revoked::NotFound);
    let before = (
        storage.last_change().await.unwrap(),
        log(&storage, &account).await,
    );
    assert_eq!(revoke(&two).await, Revoked::IsTheLast);
    assert_eq!(
        before,
        (
            storage.last_change().await.unwrap(),
            log(&storage, &account).await
        )
    );
    // Those that let no admin in go at any time.
    for number in [10, 12, 14] {
        assert_eq!(revoke(&key(&admin, number)).await, Revoked::Gone, "{number}");
    }
    format!("{:?}", log(&storage, &account).await)
}

pub(super) async fn two_admins_do_not_revoke_each_others_last_key(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let other = Storage::open(&url).await.unwrap();
    for round in 0..10 {
        let (account, admin) = kept_account(&storage, round + 1).await;
        let number = u8::try_from(round * 2).unwrap() + 100;
        let (one, two) = (
            admin_key(&storage, &account, &admin, number).await,
            admin_key(&storage, &account, &admin, number + 1).await,
        );
        let done = entry(&account, "key.revoke", "x");
        let (left, right) = tokio::join!(
            storage.revoke_key_but_the_last(&account.id, &two.id, &done),
            other.revoke_key_but_the_last(&account.id, &one.id, &done),
        );
        let mut came = [left.unwrap(), right.unwrap()];
        came.sort_by_key(|one| *one == Revoked::IsTheLast);
        assert_eq!(came, [Revoked::Gone, Revoked::IsTheLast], "round {round}");
    }
    String::new()
}

pub(super) async fn the_last_use_of_a_key_goes_on_and_never_back(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let made = admin_key(&storage, &account, &admin, 2).await;
    let before = storage.last_change().await.unwrap();
    let used = async || {
        let found = storage.find_key(&account.id, &made.id).await.unwrap();
        found.unwrap().last_used_at
    };
    assert_eq!(used().await, None);
    storage.note_key_use(&[]).await.unwrap();
    let (late, early) = (NOW.plus_ms(9), NOW.plus_ms(3));
    let gone = "key_aaaaaaaaaaaaaaaa".to_owned().try_into().unwrap();
    storage
        .note_key_use(&[(made.id.clone(), late), (gone, late)])
        .await
        .unwrap();
    storage.note_key_use(&[(made.id.clone(), early)]).await.unwrap();
    assert_eq!(used().await, Some(late));
    assert_eq!(
        storage.last_change().await.unwrap(),
        before,
        "nobody has to hear of it"
    );
    String::new()
}

pub(super) async fn a_user_is_created_and_logged_once(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, _) = kept_account(&storage, 1).await;
    let ada = user(&account, 5, "ada");
    let done = entry(&account, "user.create", ada.id.as_str());
    assert_eq!(
        storage.create_user(&ada, &done).await.unwrap(),
        (ada.clone(), true)
    );
    let again = user(&account, 6, "ada");
    let second = entry(&account, "user.create", again.id.as_str());
    assert_eq!(
        storage.create_user(&again, &second).await.unwrap(),
        (ada.clone(), false)
    );
    let said = log(&storage, &account).await;
    assert_eq!(said.len(), 2);
    assert_eq!(said[1], ("user.create".to_owned(), ada.id.to_string()));
    format!("{said:?}")
}

pub(super) async fn the_log_is_searched_by_what_is_asked(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let (second, _) = kept_account(&storage, 2).await;
    for (number, action) in [(1_u8, "key.create"), (2, "key.create"), (3, "key.rotate")] {
        let made = key(&admin, number);
        let mut done = at(
            NOW.plus_ms(i64::from(number)),
            entry(&account, action, made.id.as_str()),
        );
        if number == 2 {
            "key:key_aaaaaaaaaaaaaaaa".clone_into(&mut done.actor);
        }
        storage
            .create_key(
                &ApiKey {
                    digest: digest(number),
                    ..made
                },
                &done,
            )
            .await
            .unwrap();
    }
    let any = AuditQuery::default();
    let cases = searches(account.id.as_str());
    for (asked, expected) in cases {
        let found = storage
            .find_audit(&account.id, &asked, page(100, 0))
            .await
            .unwrap();
        let targets: Vec<&str> = found
            .items
            .iter()
            .map(|entry: &AuditEntry| entry.target.as_str())
            .collect();
        assert_eq!(targets, expected, "{asked:?}");
        assert_eq!(found.total, expected.len() as u64);
    }
    let paged = storage.find_audit(&account.id, &any, page(1, 1)).await.unwrap();
    assert_eq!(
        (paged.items[0].target.as_str(), paged.total),
        ("key_0000000000000002", 4)
    );
    assert_eq!(
        storage
            .find_audit(&second.id, &any, page(9, 0))
            .await
            .unwrap()
            .total,
        1
    );
    String::new()
}

/// What is asked, and the targets of the entries that fit.
fn searches(account: &str) -> Vec<(AuditQuery, Vec<&str>)> {
    let text = |text: &str| Some(text.to_owned());
    let moment = |ms: i64| Some::<Timestamp>(NOW.plus_ms(ms));
    let any = AuditQuery::default();
    vec![
        (
            any.clone(),
            vec![
                "key_0000000000000003",
                "key_0000000000000002",
                "key_0000000000000001",
                account,
            ],
        ),
        (
            AuditQuery {
                action: text("key.create"),
                ..any.clone()
            },
            vec!["key_0000000000000002", "key_0000000000000001"],
        ),
        (
            AuditQuery {
                actor: text("key:key_aaaaaaaaaaaaaaaa"),
                ..any.clone()
            },
            vec!["key_0000000000000002"],
        ),
        (
            AuditQuery {
                target: text("key_0000000000000003"),
                ..any.clone()
            },
            vec!["key_0000000000000003"],
        ),
        (
            AuditQuery {
                from: moment(1),
                to: moment(3),
                ..any.clone()
            },
            vec!["key_0000000000000002", "key_0000000000000001"],
        ),
        (
            AuditQuery {
                action: text("key.create"),
                from: moment(2),
                ..any.clone()
            },
            vec!["key_0000000000000002"],
        ),
        (
            AuditQuery {
                action: text("key.%"),
                ..any.clone()
            },
            vec![],
        ),
    ]
}
