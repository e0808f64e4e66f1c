//! Servers.

use crate::fixtures::{NOW, credential, digest, entry, kept_account, log, page, server, user};
use serde_json::json;
use solder_model::{AccountId, Page, Restrictions, Sealed, Server, ServerId, UserName, WaysIn};
use solder_storage::{Error, Storage};

pub(super) async fn a_server_is_kept_with_every_field(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let bare = server(&admin, "bare-aaaaaaaa", "bare");
    let sent = json!({"users": {"mode": "blocklist", "blockedIds": ["\u{0}"], "allowedIds": []}, "connectors": null});
    let full = Server {
        description: "two\nlines, 'quotes' and \u{1f40d}".repeat(2_000),
        is_public: true,
        ways_in: WaysIn {
            token_url: false,
            ..WaysIn::ALL
        },
        mode: "other".to_owned(),
        restrictions: Restrictions::read(&sent).unwrap(),
        custom_instructions: Some(String::new()),
        token_digest: digest(2),
        token_sealed: Sealed((0..=255).collect()),
        token_expires_at: Some(NOW.plus_ms(1)),
        token_days: Some(365),
        old_token_digest: Some(digest(3)),
        old_token_expires_at: Some(NOW.plus_ms(-1)),
        updated_at: NOW.plus_ms(5),
        ..server(&admin, "full-aaaaaaaa", "full")
    };
    for server in [&bare, &full] {
        let entry = entry(&account, "server.create", server.id.as_str());
        storage.create_server(server, &entry).await.unwrap();
        let found = storage.find_server(&server.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(server));
    }
    let found = storage.find_server(&full.id).await.unwrap().unwrap();
    assert_eq!(found.restrictions.as_sent().to_string(), sent.to_string());
    let unknown = ServerId::new("none-aaaaaaaa").unwrap();
    assert_eq!(storage.find_server(&unknown).await.unwrap(), None);
    format!("{found:?} {:?}", log(&storage, &account).await)
}

pub(super) async fn an_update_keeps_what_was_changed_and_only_what_may_change(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let before = server(&admin, "one-aaaaaaaa", "one");
    let creation = entry(&account, "server.create", before.id.as_str());
    storage.create_server(&before, &creation).await.unwrap();

    let update = entry(&account, "server.update", before.id.as_str());
    let change = |server: &mut Server| {
        server.name = "renamed".into();
        server.token_days = Some(7);
        server.old_token_digest = Some(server.token_digest);
        server.token_digest = digest(9);
        server.restrictions = Restrictions::read(&json!({"permissions": []})).unwrap();
        server.updated_at = NOW.plus_ms(1);
        server.id = ServerId::new("other-aaaaaaaa").unwrap();
        server.account = AccountId::new("acc_aaaaaaaaaaaaaaaa").unwrap();
        server.owner_name = UserName::new("other").unwrap();
        server.created_at = NOW.plus_ms(1);
    };
    let after = storage
        .update_server(&before.id, &update, change)
        .await
        .unwrap()
        .unwrap();
    let expected = Server {
        name: "renamed".to_owned(),
        token_days: Some(7),
        old_token_digest: Some(digest(1)),
        token_digest: digest(9),
        restrictions: Restrictions::read(&json!({"permissions": []})).unwrap(),
        updated_at: NOW.plus_ms(1),
        ..before.clone()
    };
    assert_eq!(after, expected);
    assert_eq!(storage.find_server(&before.id).await.unwrap(), Some(expected));

    let back = |server: &mut Server| *server = before.clone();
    storage
        .update_server(&before.id, &update, back)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        storage.find_server(&before.id).await.unwrap().as_ref(),
        Some(&before)
    );
    format!("{:?}", log(&storage, &account).await)
}

pub(super) async fn a_server_name_is_unique_for_its_owner_alone(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let ada = storage.ensure_user(&user(&account, 10, "ada")).await.unwrap();
    let creation = entry(&account, "server.create", "a server");
    for server in [
        server(&admin, "one-aaaaaaaa", "one"),
        server(&admin, "one-bbbbbbbb", "One"),
        server(&admin, "two-aaaaaaaa", "two"),
        server(&ada, "one-cccccccc", "one"),
    ] {
        storage.create_server(&server, &creation).await.unwrap();
    }
    let twice = server(&admin, "one-dddddddd", "one");
    let refused = storage.create_server(&twice, &creation).await.unwrap_err();
    assert!(matches!(refused, Error::Conflict("server name")), "{refused:?}");

    let two = ServerId::new("two-aaaaaaaa").unwrap();
    let update = entry(&account, "server.update", two.as_str());
    let rename = |server: &mut Server| server.name = "one".into();
    let refused = storage.update_server(&two, &update, rename).await.unwrap_err();
    assert!(matches!(refused, Error::Conflict("server name")), "{refused:?}");
    assert_eq!(storage.find_server(&two).await.unwrap().unwrap().name, "two");
    assert_eq!(log(&storage, &account).await.len(), 5);
    refused.to_string()
}

pub(super) async fn a_server_needs_an_id_of_its_own_and_an_owner_of_its_account(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (one, admin) = kept_account(&storage, 1).await;
    let (two, _) = kept_account(&storage, 2).await;
    let creation = entry(&one, "server.create", "a server");
    let first = server(&admin, "one-aaaaaaaa", "one");
    storage.create_server(&first, &creation).await.unwrap();
    let same_id = server(&admin, "one-aaaaaaaa", "other");
    let refused = storage.create_server(&same_id, &creation).await.unwrap_err();
    assert!(matches!(refused, Error::Conflict("server id")), "{refused:?}");
    let mut foreign = server(&admin, "two-aaaaaaaa", "two");
    foreign.account = two.id;
    let refused = storage.create_server(&foreign, &creation).await.unwrap_err();
    assert!(matches!(refused, Error::NotFound), "{refused:?}");
    let nobodys = server(&user(&one, 99, "nobody"), "two-aaaaaaaa", "two");
    let refused = storage.create_server(&nobodys, &creation).await.unwrap_err();
    assert!(matches!(refused, Error::NotFound), "{refused:?}");
    format!("{:?}", log(&storage, &one).await)
}

pub(super) async fn servers_are_listed_newest_first_and_of_one_moment_by_the_bytes_of_their_ids(
    url: String,
) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let ada = storage.ensure_user(&user(&account, 10, "ada")).await.unwrap();
    let creation = entry(&account, "server.create", "a server");
    // By their letters alone, as many a language orders them, `a-b` would stand after `aa`.
    for (id, later) in [
        ("aa-aaaaaaaa", 0),
        ("a-b-aaaaaaaa", 0),
        ("a1-aaaaaaaa", 0),
        ("old-aaaaaaaa", -1),
        ("new-aaaaaaaa", 1),
    ] {
        let mut server = server(&admin, id, id);
        server.created_at = NOW.plus_ms(later);
        storage.create_server(&server, &creation).await.unwrap();
    }
    storage
        .create_server(&server(&ada, "ada-aaaaaaaa", "ada"), &creation)
        .await
        .unwrap();

    let whole = storage.list_servers(&admin.id, Page::default()).await.unwrap();
    let ids: Vec<_> = whole.items.iter().map(|server| server.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "new-aaaaaaaa",
            "aa-aaaaaaaa",
            "a1-aaaaaaaa",
            "a-b-aaaaaaaa",
            "old-aaaaaaaa"
        ]
    );
    assert_eq!((whole.total, whole.has_more()), (5, false));
    let mut paged = Vec::new();
    for offset in 0..5 {
        let one = storage.list_servers(&admin.id, page(1, offset)).await.unwrap();
        assert_eq!((one.total, one.has_more()), (5, offset < 4));
        paged.extend(one.items);
    }
    assert_eq!(paged, whole.items);
    format!("{whole:?}")
}

pub(super) async fn a_deleted_server_is_gone_and_what_outlives_it_stays(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let server = server(&admin, "one-aaaaaaaa", "one");
    let creation = entry(&account, "server.create", server.id.as_str());
    storage.create_server(&server, &creation).await.unwrap();
    let mut through = credential(&admin, 1, "slack");
    through.made_through = Some(server.id.clone());
    storage
        .create_credential(&through, &admin, &creation)
        .await
        .unwrap();

    let deletion = entry(&account, "server.delete", server.id.as_str());
    assert!(storage.delete_server(&server.id, &deletion).await.unwrap());
    assert!(!storage.delete_server(&server.id, &deletion).await.unwrap());
    assert_eq!(storage.find_server(&server.id).await.unwrap(), None);
    let untouched = |_: &mut Server| panic!("there is nothing to change");
    assert_eq!(
        storage
            .update_server(&server.id, &deletion, untouched)
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        storage
            .list_servers(&admin.id, Page::default())
            .await
            .unwrap()
            .total,
        0
    );
    // Still bound to the server that is gone, so that no other picks it by itself.
    assert_eq!(storage.find_credential(&through.id).await.unwrap(), Some(through));
    assert_eq!(storage.find_user_by_id(&admin.id).await.unwrap(), Some(admin));
    storage.create_server(&server, &creation).await.unwrap();
    format!("{:?}", log(&storage, &account).await)
}
