//! Accounts, users, API keys, the hash key and the audit log.

use crate::fixtures::{NOW, account, digest, entry, kept_account, key, log, page, user};
use serde_json::json;
use solder_model::{Account, AccountId, ApiKeyId, Page, Sealed, UserId, UserName};
use solder_storage::{AuditEntry, Error, Storage};

pub(super) async fn an_account_comes_with_its_first_user_and_key(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let account = account(1);
    let admin = user(&account, 1, "admin");
    let key = key(&admin, 6);
    let entry = entry(&account, "account.create", account.id.as_str());
    storage
        .create_account(&account, &admin, Some(&key), &entry)
        .await
        .unwrap();

    let found = storage.find_account(&account.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&account));
    assert_eq!(storage.find_account_by_name("Account 1").await.unwrap(), found);
    assert_eq!(storage.find_account_by_name("account 1").await.unwrap(), None);
    let by_name = storage.find_user(&account.id, &admin.name).await.unwrap();
    assert_eq!(by_name.as_ref(), Some(&admin));
    assert_eq!(storage.find_user_by_id(&admin.id).await.unwrap(), by_name);
    let found_key = storage.find_key_by_digest(&key.digest).await.unwrap();
    assert_eq!(found_key.as_ref(), Some(&key));
    let unknown = AccountId::new("acc_aaaaaaaaaaaaaaaa").unwrap();
    assert_eq!(storage.find_account(&unknown).await.unwrap(), None);
    format!(
        "{found:?} {by_name:?} {found_key:?} {:?}",
        log(&storage, &account).await
    )
}

pub(super) async fn an_account_name_is_taken_once_and_a_refusal_leaves_nothing(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (first, _) = kept_account(&storage, 1).await;
    let last = storage.last_change().await.unwrap();
    let second = Account {
        name: first.name,
        ..account(2)
    };
    let admin = user(&second, 2, "admin");
    let entry = entry(&second, "account.create", second.id.as_str());
    let refused = storage
        .create_account(&second, &admin, None, &entry)
        .await
        .unwrap_err();
    assert!(matches!(refused, Error::Conflict("account name")), "{refused:?}");
    assert_eq!(storage.find_user_by_id(&admin.id).await.unwrap(), None);
    assert_eq!(log(&storage, &second).await, []);
    assert_eq!(storage.last_change().await.unwrap(), last);

    let same_id = Account {
        name: "Another".to_owned(),
        ..account(1)
    };
    let refused = storage
        .create_account(&same_id, &admin, None, &entry)
        .await
        .unwrap_err();
    assert!(matches!(refused, Error::Conflict("account id")), "{refused:?}");
    refused.to_string()
}

pub(super) async fn a_user_is_kept_once_for_each_account_and_name(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (one, _) = kept_account(&storage, 1).await;
    let (two, _) = kept_account(&storage, 2).await;
    let ada = user(&one, 10, "ada");
    assert_eq!(storage.ensure_user(&ada).await.unwrap(), ada);
    let again = user(&one, 11, "ada");
    assert_eq!(storage.ensure_user(&again).await.unwrap(), ada);
    assert_eq!(storage.find_user_by_id(&again.id).await.unwrap(), None);
    let elsewhere = user(&two, 12, "ada");
    assert_eq!(storage.ensure_user(&elsewhere).await.unwrap(), elsewhere);
    assert_eq!(
        storage.list_users(&one.id, Page::default()).await.unwrap().total,
        2
    );

    let taken = user(&one, 10, "bob");
    let refused = storage.ensure_user(&taken).await.unwrap_err();
    assert!(matches!(refused, Error::Conflict("user id")), "{refused:?}");
    let of_nobody = user(&account(3), 13, "ada");
    let refused = storage.ensure_user(&of_nobody).await.unwrap_err();
    assert!(matches!(refused, Error::NotFound), "{refused:?}");
    format!(
        "{:?}",
        storage.list_users(&one.id, Page::default()).await.unwrap()
    )
}

pub(super) async fn names_of_users_are_compared_byte_for_byte_up_to_their_last_character(
    url: String,
) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, _) = kept_account(&storage, 1).await;
    let long = "\u{1f40d}".repeat(9_999);
    let names = [
        format!("{long}a"),
        format!("{long}b"),
        "Ada".into(),
        "ada".into(),
        "ada ".into(),
        " ".into(),
        "é".into(),
        "e\u{301}".into(),
        "a'b\"; --".into(),
        "\u{1}".into(),
        "%".into(),
        "_".into(),
    ];
    for (number, name) in (10..).zip(&names) {
        let user = user(&account, number, name);
        assert_eq!(storage.ensure_user(&user).await.unwrap().id, user.id);
    }
    let mut seen = String::new();
    for name in &names {
        let name = UserName::new(name).unwrap();
        let found = storage.find_user(&account.id, &name).await.unwrap().unwrap();
        assert_eq!(found.name, name);
        seen.push_str(found.id.as_str());
    }
    seen
}

pub(super) async fn a_key_is_found_until_it_is_revoked(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (one, admin) = kept_account(&storage, 1).await;
    let (two, _) = kept_account(&storage, 2).await;
    let key = key(&admin, 3);
    assert!(!storage.user_holds_key(&admin.id).await.unwrap());
    storage
        .create_key(&key, &entry(&one, "key.create", key.id.as_str()))
        .await
        .unwrap();
    assert!(storage.user_holds_key(&admin.id).await.unwrap());
    assert_eq!(storage.find_key_by_digest(&digest(4)).await.unwrap(), None);

    let revocation = entry(&two, "key.revoke", key.id.as_str());
    assert!(!storage.revoke_key(&two.id, &key.id, &revocation).await.unwrap());
    assert!(storage.find_key_by_digest(&key.digest).await.unwrap().is_some());
    let revocation = entry(&one, "key.revoke", key.id.as_str());
    assert!(storage.revoke_key(&one.id, &key.id, &revocation).await.unwrap());
    assert!(!storage.revoke_key(&one.id, &key.id, &revocation).await.unwrap());
    assert_eq!(storage.find_key_by_digest(&key.digest).await.unwrap(), None);
    assert!(!storage.user_holds_key(&admin.id).await.unwrap());
    format!("{:?} {:?}", log(&storage, &one).await, log(&storage, &two).await)
}

pub(super) async fn a_key_needs_a_digest_of_its_own_and_a_user_of_its_account(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (one, admin) = kept_account(&storage, 1).await;
    let (two, _) = kept_account(&storage, 2).await;
    let first = key(&admin, 1);
    let creation = entry(&one, "key.create", first.id.as_str());
    storage.create_key(&first, &creation).await.unwrap();

    let mut same_digest = key(&admin, 2);
    same_digest.digest = first.digest;
    let refused = storage.create_key(&same_digest, &creation).await.unwrap_err();
    assert!(matches!(refused, Error::Conflict("API key")), "{refused:?}");
    let mut same_id = key(&admin, 2);
    same_id.id = first.id;
    let refused = storage.create_key(&same_id, &creation).await.unwrap_err();
    assert!(matches!(refused, Error::Conflict("API key id")), "{refused:?}");
    let mut foreign = key(&admin, 3);
    foreign.account = two.id;
    let refused = storage.create_key(&foreign, &creation).await.unwrap_err();
    assert!(matches!(refused, Error::NotFound), "{refused:?}");
    format!("{:?}", storage.list_keys(&one.id, Page::default()).await.unwrap())
}

pub(super) async fn lists_are_paged_newest_first(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    for number in 2..=5 {
        kept_account(&storage, number).await;
        let user = user(&account, 20 + number, &format!("user {number}"));
        storage.ensure_user(&user).await.unwrap();
        let key = key(&admin, u8::try_from(number).unwrap());
        storage
            .create_key(&key, &entry(&account, "key.create", key.id.as_str()))
            .await
            .unwrap();
    }
    let accounts = storage.list_accounts(page(2, 1)).await.unwrap();
    let names: Vec<_> = accounts
        .items
        .iter()
        .map(|account| account.name.as_str())
        .collect();
    assert_eq!((names, accounts.total), (vec!["Account 4", "Account 3"], 5));
    assert!(accounts.has_more());
    let users = storage.list_users(&account.id, page(10, 3)).await.unwrap();
    let names: Vec<_> = users.items.iter().map(|user| user.name.as_str()).collect();
    assert_eq!((names, users.total), (vec!["user 2", "admin"], 5));
    assert!(!users.has_more());
    let keys = storage.list_keys(&account.id, page(1, 0)).await.unwrap();
    assert_eq!(keys.items, [key(&admin, 5)]);
    let beyond = storage.list_keys(&account.id, page(1, u64::MAX)).await.unwrap();
    assert_eq!((beyond.items.len(), beyond.total), (0, 4));
    format!("{accounts:?} {users:?} {keys:?} {beyond:?}")
}

pub(super) async fn the_first_hash_key_stands(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    assert_eq!(storage.find_hash_key().await.unwrap(), None);
    let (first, second) = (Sealed(vec![0, 7]), Sealed(vec![8]));
    assert_eq!(storage.create_hash_key(&first, NOW).await.unwrap(), first);
    assert_eq!(storage.create_hash_key(&second, NOW).await.unwrap(), first);
    storage.close().await;
    let again = Storage::open(&url).await.unwrap();
    assert_eq!(again.find_hash_key().await.unwrap(), Some(first));
    String::new()
}

pub(super) async fn the_log_keeps_all_that_it_was_told(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let key = key(&admin, 1);
    let told = AuditEntry {
        actor: format!("key:{}", ApiKeyId::new("key_aaaaaaaaaaaaaaaa").unwrap()),
        acting_user: Some(UserId::new("usr_aaaaaaaaaaaaaaaa").unwrap()),
        from: Some("2001:db8::1".to_owned()),
        details: json!({"z": [1, null], "a": "\u{0}é"}),
        ..entry(&account, "key.create", key.id.as_str())
    };
    storage.create_key(&key, &told).await.unwrap();
    let newest = storage.list_audit(&account.id, page(1, 0)).await.unwrap();
    assert_eq!(newest.items, [told]);
    assert_eq!(newest.total, 2);
    format!("{:?}", storage.list_audit(&account.id, page(1, 1)).await.unwrap())
}
