//! Passwords, identity providers and attempts to sign in.

use crate::fixtures::{NOW, at, digest, entry, feed, kept_account, log, page, user};
use solder_model::{
    Account, IdentityProvider, IdentityProviderId, Page, Sealed, SignInAttempt, SignInAttemptId, UserId,
};
use solder_storage::{ChangeKind, Error, Storage};

pub(super) async fn a_password_is_kept_until_it_is_removed_and_each_change_raises_the_epoch(
    url: String,
) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let epoch = async || storage.find_user_and_epoch(&admin.id).await.unwrap();
    assert_eq!(epoch().await, Some((admin.clone(), 0)));
    let last = storage.last_change().await.unwrap();
    let set = at(NOW.plus_ms(5), entry(&account, "password.set", admin.id.as_str()));
    let sealed = Sealed(vec![0, 1]);
    storage
        .set_password(&account.id, &admin.id, &sealed, &set)
        .await
        .unwrap();
    let found = storage
        .find_password(&account.id, &admin.name)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (&found.user, &found.sealed, found.set_at, found.epoch),
        (&admin, &sealed, NOW.plus_ms(5), 1)
    );
    assert!(storage.user_has_password(&admin.id).await.unwrap());
    assert!(storage.account_has_password(&account.id).await.unwrap());

    let other = Sealed(vec![2]);
    storage
        .set_password(&account.id, &admin.id, &other, &set)
        .await
        .unwrap();
    let found = storage
        .find_password(&account.id, &admin.name)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((&found.sealed, found.epoch), (&other, 2));

    let gone = entry(&account, "password.remove", admin.id.as_str());
    assert!(
        storage
            .remove_password(&account.id, &admin.id, &gone)
            .await
            .unwrap()
    );
    assert!(
        !storage
            .remove_password(&account.id, &admin.id, &gone)
            .await
            .unwrap()
    );
    assert_eq!(
        storage.find_password(&account.id, &admin.name).await.unwrap(),
        None
    );
    assert!(!storage.user_has_password(&admin.id).await.unwrap());
    assert!(!storage.account_has_password(&account.id).await.unwrap());
    assert_eq!(epoch().await, Some((admin.clone(), 3)));
    storage
        .set_password(&account.id, &admin.id, &sealed, &set)
        .await
        .unwrap();
    assert_eq!(epoch().await.map(|(_, epoch)| epoch), Some(4));
    let fed = feed(&storage, last).await;
    assert_eq!(fed.len(), 4);
    let key = format!("{}/{}", account.id, admin.id);
    assert!(
        fed.iter()
            .all(|change| change.kind == ChangeKind::User && change.key == key)
    );
    format!("{found:?} {:?}", log(&storage, &account).await)
}

pub(super) async fn a_password_belongs_to_a_user_of_its_account(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (one, admin) = kept_account(&storage, 1).await;
    let (two, other) = kept_account(&storage, 2).await;
    let done = entry(&two, "password.set", "x");
    let sealed = Sealed(vec![1]);
    let refused = storage
        .set_password(&two.id, &admin.id, &sealed, &done)
        .await
        .unwrap_err();
    assert!(matches!(refused, Error::NotFound), "{refused:?}");
    let unknown = UserId::new("usr_aaaaaaaaaaaaaaaa").unwrap();
    let refused = storage
        .set_password(&one.id, &unknown, &sealed, &done)
        .await
        .unwrap_err();
    assert!(matches!(refused, Error::NotFound), "{refused:?}");
    storage
        .set_password(&one.id, &admin.id, &sealed, &done)
        .await
        .unwrap();
    // Where the user has one already, another account cannot change it either.
    let refused = storage
        .set_password(&two.id, &admin.id, &Sealed(vec![9]), &done)
        .await
        .unwrap_err();
    assert!(matches!(refused, Error::NotFound), "{refused:?}");
    assert!(!storage.remove_password(&two.id, &admin.id, &done).await.unwrap());
    // The same name in another account is somebody else.
    assert_eq!(admin.name, other.name);
    assert_eq!(storage.find_password(&two.id, &other.name).await.unwrap(), None);
    assert!(!storage.account_has_password(&two.id).await.unwrap());
    assert_eq!(storage.find_user_and_epoch(&unknown).await.unwrap(), None);
    let kept = storage
        .find_password(&one.id, &admin.name)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(kept.sealed, sealed);
    format!("{kept:?}")
}

fn provider(of: &Account, number: u32, name: &str) -> IdentityProvider {
    IdentityProvider {
        id: IdentityProviderId::new(&format!("idp_{number:016}")).unwrap(),
        account: of.id.clone(),
        name: name.to_owned(),
        issuer: "https://login.example/realms/ü".to_owned(),
        client_id: "solder".to_owned(),
        secret: number.is_multiple_of(2).then(|| Sealed(vec![0, 9])),
        user_claim: "sub".to_owned(),
        scopes: vec!["openid".to_owned(), "email".to_owned()],
        allowed_domains: Vec::new(),
        created_at: NOW.plus_ms(i64::from(number)),
        updated_at: NOW,
    }
}

pub(super) async fn a_provider_is_kept_with_every_field_for_its_account_alone(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, _) = kept_account(&storage, 1).await;
    let (second, _) = kept_account(&storage, 2).await;
    let made = entry(&account, "identity_provider.create", "x");
    let (one, two) = (provider(&account, 1, "One"), provider(&account, 2, "Two"));
    storage.create_identity_provider(&one, &made).await.unwrap();
    storage.create_identity_provider(&two, &made).await.unwrap();
    let same_name = provider(&account, 3, "One");
    let refused = storage
        .create_identity_provider(&same_name, &made)
        .await
        .unwrap_err();
    assert!(
        matches!(refused, Error::Conflict("identity provider name")),
        "{refused:?}"
    );
    let elsewhere = provider(&second, 4, "One");
    storage.create_identity_provider(&elsewhere, &made).await.unwrap();
    let same_id = provider(&second, 1, "Other");
    let refused = storage
        .create_identity_provider(&same_id, &made)
        .await
        .unwrap_err();
    assert!(
        matches!(refused, Error::Conflict("identity provider id")),
        "{refused:?}"
    );

    let find = async |account: &Account, one: &IdentityProvider| {
        storage
            .find_identity_provider(&account.id, &one.id)
            .await
            .unwrap()
    };
    assert_eq!(find(&account, &one).await.as_ref(), Some(&one));
    assert_eq!(find(&second, &one).await, None);
    let listed = storage
        .list_identity_providers(&account.id, Page::default())
        .await
        .unwrap();
    assert_eq!(listed.items, [two.clone(), one.clone()]);
    let first = storage
        .list_identity_providers(&account.id, page(1, 1))
        .await
        .unwrap();
    assert_eq!((first.items.as_slice(), first.total), (&[one.clone()][..], 2));
    format!("{listed:?}")
}

pub(super) async fn a_provider_is_changed_by_who_read_it_last_and_deleted_once(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, _) = kept_account(&storage, 1).await;
    let (second, _) = kept_account(&storage, 2).await;
    let made = entry(&account, "identity_provider.create", "x");
    let (one, two) = (provider(&account, 1, "One"), provider(&account, 2, "Two"));
    storage.create_identity_provider(&one, &made).await.unwrap();
    storage.create_identity_provider(&two, &made).await.unwrap();
    let find = async |account: &Account, one: &IdentityProvider| {
        storage
            .find_identity_provider(&account.id, &one.id)
            .await
            .unwrap()
    };
    let changed = IdentityProvider {
        name: "Eins".to_owned(),
        secret: Some(Sealed(vec![4])),
        allowed_domains: vec!["example.com".to_owned()],
        updated_at: NOW.plus_ms(9),
        ..one.clone()
    };
    let updated = entry(&account, "identity_provider.update", "x");
    assert!(
        storage
            .update_identity_provider(&one, &changed, &updated)
            .await
            .unwrap()
    );
    assert_eq!(find(&account, &one).await.as_ref(), Some(&changed));
    // What was read before the change is old.
    assert!(
        !storage
            .update_identity_provider(&one, &two, &updated)
            .await
            .unwrap()
    );
    let taken = IdentityProvider {
        name: "Two".to_owned(),
        ..changed.clone()
    };
    let refused = storage
        .update_identity_provider(&changed, &taken, &updated)
        .await
        .unwrap_err();
    assert!(
        matches!(refused, Error::Conflict("identity provider name")),
        "{refused:?}"
    );
    assert_eq!(find(&account, &one).await.as_ref(), Some(&changed));

    let deleted = entry(&account, "identity_provider.delete", "x");
    assert!(
        !storage
            .delete_identity_provider(&second.id, &one.id, &deleted)
            .await
            .unwrap()
    );
    assert!(
        storage
            .delete_identity_provider(&account.id, &one.id, &deleted)
            .await
            .unwrap()
    );
    assert!(
        !storage
            .delete_identity_provider(&account.id, &one.id, &deleted)
            .await
            .unwrap()
    );
    assert!(
        !storage
            .update_identity_provider(&changed, &two, &updated)
            .await
            .unwrap()
    );
    assert_eq!(find(&account, &one).await, None);
    format!("{changed:?} {:?}", log(&storage, &account).await)
}

fn attempt(of: &Account, number: u8) -> SignInAttempt {
    SignInAttempt {
        id: SignInAttemptId::new(&format!("sia_{number:016}")).unwrap(),
        digest: digest(number),
        account: of.id.clone(),
        expected: None,
        browser: digest(100 + number),
        state: None,
        sealed: Sealed(vec![0, number]),
        ends_at: NOW.plus_ms(i64::from(number)),
    }
}

pub(super) async fn an_attempt_is_kept_goes_to_a_provider_and_is_taken_once(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let first = SignInAttempt {
        expected: Some(admin.id),
        ..attempt(&account, 5)
    };
    storage.create_sign_in_attempt(&first, NOW).await.unwrap();
    let find = async |number: u8| storage.find_sign_in_attempt(&digest(number)).await.unwrap();
    let by_state = async |number: u8| {
        storage
            .find_sign_in_attempt_by_state(&digest(number))
            .await
            .unwrap()
    };
    assert_eq!(find(5).await.as_ref(), Some(&first));
    assert_eq!(find(6).await, None);
    assert_eq!(by_state(5).await, None);
    for state in [50, 51] {
        let sealed = Sealed(vec![state, 0]);
        assert!(
            storage
                .update_sign_in_attempt(&first.id, &digest(state), &sealed, NOW)
                .await
                .unwrap()
        );
    }
    assert_eq!(by_state(50).await, None);
    let sent = by_state(51).await.unwrap();
    assert_eq!(
        (sent.state, &sent.sealed, &sent.expected),
        (Some(digest(51)), &Sealed(vec![51, 0]), &first.expected)
    );

    let second = attempt(&account, 6);
    storage.create_sign_in_attempt(&second, NOW).await.unwrap();
    let same_state = storage
        .update_sign_in_attempt(&second.id, &digest(51), &Sealed(vec![1]), NOW)
        .await;
    assert!(matches!(
        same_state.unwrap_err(),
        Error::Conflict("sign-in state")
    ));
    assert!(storage.take_sign_in_attempt(&first.id, NOW).await.unwrap());
    assert!(!storage.take_sign_in_attempt(&first.id, NOW).await.unwrap());
    assert!(
        !storage
            .update_sign_in_attempt(&first.id, &digest(60), &Sealed(vec![1]), NOW)
            .await
            .unwrap()
    );
    assert_eq!((find(5).await, by_state(51).await), (None, None));

    // The next one drops those whose time is over, and no others.
    storage
        .create_sign_in_attempt(&attempt(&account, 9), NOW)
        .await
        .unwrap();
    storage
        .create_sign_in_attempt(&attempt(&account, 20), NOW.plus_ms(6))
        .await
        .unwrap();
    assert_eq!(find(6).await, None);
    assert!(find(9).await.is_some() && find(20).await.is_some());
    format!("{sent:?}")
}

pub(super) async fn of_many_that_take_an_attempt_at_once_one_gets_it(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, _) = kept_account(&storage, 1).await;
    let attempt = attempt(&account, 5);
    storage.create_sign_in_attempt(&attempt, NOW).await.unwrap();
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (storage, id) = (storage.clone(), attempt.id.clone());
            tokio::spawn(async move { storage.take_sign_in_attempt(&id, NOW).await.unwrap() })
        })
        .collect();
    let mut taken = 0;
    for task in tasks {
        taken += u32::from(task.await.unwrap());
    }
    assert_eq!(taken, 1);
    taken.to_string()
}

pub(super) async fn a_sign_in_brings_its_user_and_is_logged_with_who_it_was(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let signed = entry(&account, "user.sign_in", "");
    let again = user(&account, 40, "admin");
    assert_eq!(storage.record_sign_in(&again, &signed).await.unwrap(), admin);
    let ada = user(&account, 41, "ada");
    assert_eq!(storage.record_sign_in(&ada, &signed).await.unwrap(), ada);
    assert_eq!(
        storage.find_user(&account.id, &ada.name).await.unwrap().as_ref(),
        Some(&ada)
    );
    let told = storage.list_audit(&account.id, page(1, 0)).await.unwrap().items;
    assert_eq!(told[0].acting_user.as_ref(), Some(&ada.id));
    assert_eq!(told[0].target, ada.id.as_str());
    format!("{:?}", log(&storage, &account).await)
}
