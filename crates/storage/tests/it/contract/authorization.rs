//! What MCP clients are authorized by: clients, requests, grants and tokens.

use crate::fixtures::{NOW, digest, entry, feed, kept_account, log, page, server, user};
use solder_model::{
    Account, AuthorizationRequest, ClientId, ClientKind, Digest, Grant, GrantId, GrantToken, McpClient, Page,
    Scopes, Server, Timestamp, TokenKind, User,
};
use solder_storage::{ChangeKind, Error, Storage};

const DAY: i64 = Timestamp::DAY_MS;

fn client(of: Option<&Account>, number: u32) -> McpClient {
    McpClient {
        id: ClientId::new(&format!("mcl_{number:024}")).unwrap(),
        kind: if of.is_some() {
            ClientKind::Registered
        } else {
            ClientKind::Dynamic
        },
        account: of.map(|account| account.id.clone()),
        name: "Zürich \u{1f40d}".to_owned(),
        redirect_uris: vec!["https://a.example/'\"".to_owned(), "app:/cb".to_owned()],
        secret_digest: number.is_multiple_of(2).then(|| digest(9)),
        created_at: NOW.plus_ms(i64::from(number)),
        used_at: None,
    }
}

fn request(of: &Server, number: u8) -> AuthorizationRequest {
    AuthorizationRequest {
        digest: digest(number),
        browser: digest(200),
        account: of.account.clone(),
        server: of.id.clone(),
        client: ClientId::new("https://client.example/c.json").unwrap(),
        client_kind: ClientKind::Document,
        client_name: "Client".to_owned(),
        redirect_uri: "https://client.example/cb".to_owned(),
        state: number.is_multiple_of(2).then(|| "é &=".to_owned()),
        scopes: Scopes::Write,
        challenge: "challenge".to_owned(),
        ask_again: number.is_multiple_of(2),
        expires_at: NOW.plus_ms(600_000),
    }
}

fn grant(of: &User, server: &Server, number: u8) -> Grant {
    Grant {
        id: GrantId::new(&format!("grt_{number:016}")).unwrap(),
        account: of.account.clone(),
        user: of.id.clone(),
        user_name: of.name.clone(),
        server: server.id.clone(),
        client: ClientId::new("https://client.example/c.json").unwrap(),
        client_kind: ClientKind::Document,
        client_name: "Client".to_owned(),
        redirect_uri: "https://client.example/cb".to_owned(),
        scopes: Scopes::Write,
        challenge: "challenge".to_owned(),
        code_digest: digest(number),
        code_expires_at: NOW.plus_ms(60_000),
        code_used_at: None,
        created_at: NOW.plus_ms(i64::from(number)),
        used_at: NOW.plus_ms(i64::from(number)),
        expires_at: NOW.plus_ms(60_000),
    }
}

fn token(of: &Grant, number: u8, kind: TokenKind) -> GrantToken {
    GrantToken {
        digest: digest(number),
        grant: of.id.clone(),
        kind,
        scopes: Scopes::Read,
        expires_at: NOW.plus_ms(30 * DAY),
        replaced_at: None,
    }
}

/// An account with a user and a server, kept.
async fn kept_server(storage: &Storage, number: u32) -> (Account, User, Server) {
    let (account, admin) = kept_account(storage, number).await;
    let server = server(&admin, &format!("server-{number:08}"), "server");
    let created = entry(&account, "server.create", server.id.as_str());
    storage.create_server(&server, &created).await.unwrap();
    (account, admin, server)
}

/// A grant whose request was answered.
async fn kept_grant(storage: &Storage, of: &User, server: &Server, number: u8) -> Grant {
    let grant = grant(of, server, number);
    let request = request(server, number);
    storage.create_request(&request, NOW).await.unwrap();
    let allowed = solder_storage::AuditEntry {
        account: of.account.clone(),
        ..entry(
            &crate::fixtures::account(1),
            "oauth-grant.create",
            grant.id.as_str(),
        )
    };
    assert!(
        storage
            .create_grant(&request.digest, &grant, &allowed)
            .await
            .unwrap()
    );
    grant
}

async fn exchanged(storage: &Storage, account: &Account, grant: &Grant, tokens: &[GrantToken]) -> bool {
    let reuse = entry(account, "oauth-grant.revoke", grant.id.as_str());
    let until = NOW.plus_ms(30 * DAY);
    storage.exchange_code(grant, tokens, until, &reuse).await.unwrap()
}

pub(super) async fn a_client_is_kept_with_every_field_until_it_is_deleted(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (one, admin, server) = kept_server(&storage, 1).await;
    let (two, _) = kept_account(&storage, 2).await;
    let created = entry(&one, "oauth-client.create", "client");
    for number in 1..=3 {
        let client = client(Some(&one), number);
        storage.create_client(&client, &created).await.unwrap();
        assert_eq!(storage.find_client(&client.id).await.unwrap(), Some(client));
    }
    let again = client(Some(&one), 1);
    let refused = storage.create_client(&again, &created).await.unwrap_err();
    assert!(matches!(refused, Error::Conflict("client id")), "{refused:?}");
    let listed = storage.list_clients(&one.id, page(2, 0)).await.unwrap();
    assert_eq!(listed.items, [client(Some(&one), 3), client(Some(&one), 2)]);
    assert_eq!(
        (
            listed.total,
            storage
                .list_clients(&two.id, Page::default())
                .await
                .unwrap()
                .total
        ),
        (3, 0)
    );

    let mut given = grant(&admin, &server, 7);
    given.client = again.id.clone();
    storage.create_request(&request(&server, 7), NOW).await.unwrap();
    assert!(storage.create_grant(&digest(7), &given, &created).await.unwrap());
    let last = storage.last_change().await.unwrap();
    let deletion = entry(&two, "oauth-client.delete", "client");
    assert!(
        !storage
            .delete_client(&two.id, &again.id, &deletion)
            .await
            .unwrap()
    );
    let deletion = entry(&one, "oauth-client.delete", "client");
    assert!(
        storage
            .delete_client(&one.id, &again.id, &deletion)
            .await
            .unwrap()
    );
    assert!(
        !storage
            .delete_client(&one.id, &again.id, &deletion)
            .await
            .unwrap()
    );
    assert_eq!(storage.find_client(&again.id).await.unwrap(), None);
    assert_eq!(storage.find_grant(&given.id).await.unwrap(), None);
    let fed = feed(&storage, last).await;
    assert_eq!(fed.len(), 1);
    assert_eq!(
        (fed[0].kind, fed[0].key.as_str()),
        (ChangeKind::Grant, given.id.as_str())
    );
    format!("{listed:?} {:?}", log(&storage, &one).await)
}

pub(super) async fn clients_that_registered_themselves_are_forgotten_when_unused(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin, server) = kept_server(&storage, 1).await;
    let registered = client(Some(&account), 1);
    let created = entry(&account, "oauth-client.create", "client");
    storage.create_client(&registered, &created).await.unwrap();
    let (unused, used) = (client(None, 2), client(None, 3));
    for client in [&unused, &used] {
        storage
            .create_dynamic_client(client, NOW.plus_ms(-DAY))
            .await
            .unwrap();
    }
    let mut given = grant(&admin, &server, 7);
    given.client = used.id.clone();
    storage.create_request(&request(&server, 7), NOW).await.unwrap();
    assert!(storage.create_grant(&digest(7), &given, &created).await.unwrap());
    assert!(exchanged(&storage, &account, &given, &[]).await);

    let mut late = client(None, 4);
    late.created_at = NOW.plus_ms(100);
    storage.create_dynamic_client(&late, NOW).await.unwrap();
    let after = storage.find_client(&used.id).await.unwrap().unwrap();
    assert_eq!(after.used_at, Some(NOW));
    late = client(None, 5);
    storage
        .create_dynamic_client(&late, NOW.plus_ms(3))
        .await
        .unwrap();
    assert_eq!(storage.find_client(&unused.id).await.unwrap(), None);
    // It was used at a moment that is now too long ago as well.
    assert_eq!(storage.find_client(&used.id).await.unwrap(), None);
    assert!(storage.find_client(&registered.id).await.unwrap().is_some());
    format!("{after:?}")
}

pub(super) async fn a_request_is_kept_until_it_is_answered_once(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin, server) = kept_server(&storage, 1).await;
    let (first, second) = (request(&server, 1), request(&server, 2));
    for request in [&first, &second] {
        storage.create_request(request, NOW).await.unwrap();
        let found = storage.find_request(&request.digest).await.unwrap();
        assert_eq!(found.as_ref(), Some(request));
    }
    assert!(storage.refuse_request(&first.digest, NOW).await.unwrap());
    assert!(!storage.refuse_request(&first.digest, NOW).await.unwrap());

    let grant = grant(&admin, &server, 2);
    let allowed = entry(&account, "oauth-grant.create", grant.id.as_str());
    assert!(
        storage
            .create_grant(&second.digest, &grant, &allowed)
            .await
            .unwrap()
    );
    let mut other = grant.clone();
    other.id = GrantId::new("grt_aaaaaaaaaaaaaaaa").unwrap();
    assert!(
        !storage
            .create_grant(&second.digest, &other, &allowed)
            .await
            .unwrap()
    );
    assert_eq!(storage.find_grant(&other.id).await.unwrap(), None);
    let found = storage.find_grant_by_code(&grant.code_digest).await.unwrap();
    assert_eq!(found.as_ref(), Some(&grant));
    assert_eq!(storage.find_grant(&grant.id).await.unwrap(), found);

    // Those that are too old go when the next one comes, and all of a server with it.
    storage.create_request(&first, NOW).await.unwrap();
    let mut third = request(&server, 3);
    third.expires_at = NOW.plus_ms(2 * DAY);
    storage.create_request(&third, NOW.plus_ms(DAY)).await.unwrap();
    assert_eq!(storage.find_request(&first.digest).await.unwrap(), None);
    let gone = entry(&account, "server.delete", server.id.as_str());
    assert!(storage.delete_server(&server.id, &gone).await.unwrap());
    assert_eq!(storage.find_request(&third.digest).await.unwrap(), None);
    assert_eq!(storage.find_grant(&grant.id).await.unwrap(), None);
    format!("{:?}", log(&storage, &account).await)
}

pub(super) async fn a_code_is_exchanged_once_and_its_second_use_ends_the_grant(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin, server) = kept_server(&storage, 1).await;
    let given = kept_grant(&storage, &admin, &server, 1).await;
    let access = token(&given, 11, TokenKind::Access);
    let refresh = token(&given, 12, TokenKind::Refresh);
    assert!(exchanged(&storage, &account, &given, &[access.clone(), refresh.clone()]).await);
    assert_eq!(
        storage.find_token(&access.digest).await.unwrap(),
        Some(access.clone())
    );
    assert_eq!(storage.find_token(&refresh.digest).await.unwrap(), Some(refresh));
    let after = storage.find_grant(&given.id).await.unwrap().unwrap();
    assert_eq!(
        (after.code_used_at, after.expires_at),
        (Some(NOW), NOW.plus_ms(30 * DAY))
    );

    let last = storage.last_change().await.unwrap();
    assert!(
        !exchanged(
            &storage,
            &account,
            &given,
            &[token(&given, 13, TokenKind::Access)]
        )
        .await
    );
    assert_eq!(storage.find_grant(&given.id).await.unwrap(), None);
    assert_eq!(storage.find_token(&access.digest).await.unwrap(), None);
    assert_eq!(storage.find_token(&digest(13)).await.unwrap(), None);
    let fed = feed(&storage, last).await;
    assert_eq!(
        (fed[0].kind, fed[0].key.as_str()),
        (ChangeKind::Grant, given.id.as_str())
    );

    // One that is too old ends nothing.
    let mut old = grant(&admin, &server, 2);
    old.code_expires_at = NOW;
    storage.create_request(&request(&server, 2), NOW).await.unwrap();
    let allowed = entry(&account, "oauth-grant.create", old.id.as_str());
    assert!(storage.create_grant(&digest(2), &old, &allowed).await.unwrap());
    assert!(!exchanged(&storage, &account, &old, &[]).await);
    assert!(storage.find_grant(&old.id).await.unwrap().is_some());
    format!("{after:?} {:?}", log(&storage, &account).await)
}

pub(super) async fn a_refresh_token_is_exchanged_once_and_its_second_use_ends_the_grant(
    url: String,
) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin, server) = kept_server(&storage, 1).await;
    let given = kept_grant(&storage, &admin, &server, 1).await;
    let first = token(&given, 12, TokenKind::Refresh);
    let access = token(&given, 11, TokenKind::Access);
    assert!(exchanged(&storage, &account, &given, &[access.clone(), first.clone()]).await);

    let reuse = entry(&account, "oauth-grant.revoke", given.id.as_str());
    let until = NOW.plus_ms(60 * DAY);
    let exchange = async |old: &GrantToken, new: GrantToken| {
        let exchanged = storage.exchange_refresh(old, &given, &[new], until, &reuse).await;
        exchanged.unwrap()
    };
    assert!(!exchange(&access, token(&given, 20, TokenKind::Refresh)).await);
    assert!(storage.find_grant(&given.id).await.unwrap().is_some());
    let second = token(&given, 13, TokenKind::Refresh);
    assert!(exchange(&first, second.clone()).await);
    let replaced = storage.find_token(&first.digest).await.unwrap().unwrap();
    assert_eq!(replaced.replaced_at, Some(NOW));
    let after = storage.find_grant(&given.id).await.unwrap().unwrap();
    assert_eq!(after.expires_at, until);

    assert!(!exchange(&first, token(&given, 14, TokenKind::Refresh)).await);
    for gone in [&access, &first, &second] {
        assert_eq!(storage.find_token(&gone.digest).await.unwrap(), None);
    }
    assert_eq!(storage.find_grant(&given.id).await.unwrap(), None);
    assert!(!exchange(&first, token(&given, 15, TokenKind::Refresh)).await);
    format!("{after:?} {:?}", log(&storage, &account).await)
}

pub(super) async fn of_many_who_exchange_one_token_at_once_one_wins_and_the_grant_ends(
    url: String,
) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin, server) = kept_server(&storage, 1).await;
    let given = kept_grant(&storage, &admin, &server, 1).await;
    let first = token(&given, 12, TokenKind::Refresh);
    assert!(exchanged(&storage, &account, &given, std::slice::from_ref(&first)).await);
    let tries = (20_u8..28).map(|number| {
        let (storage, given, first) = (storage.clone(), given.clone(), first.clone());
        let reuse = entry(&account, "oauth-grant.revoke", given.id.as_str());
        tokio::spawn(async move {
            let new = [token(&given, number, TokenKind::Refresh)];
            storage
                .exchange_refresh(&first, &given, &new, NOW.plus_ms(DAY), &reuse)
                .await
        })
    });
    let mut won = 0;
    for tried in tries.collect::<Vec<_>>() {
        won += u32::from(tried.await.unwrap().unwrap());
    }
    assert_eq!(won, 1);
    assert_eq!(storage.find_grant(&given.id).await.unwrap(), None);
    let told = log(&storage, &account).await;
    assert_eq!(
        told.iter()
            .filter(|(action, _)| action == "oauth-grant.revoke")
            .count(),
        1
    );
    String::new()
}

pub(super) async fn grants_are_listed_while_they_go_on_and_remembered_as_they_are(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin, server) = kept_server(&storage, 1).await;
    let ada = user(&account, 9, "ada");
    storage.ensure_user(&ada).await.unwrap();
    for number in 1..=3 {
        let given = kept_grant(&storage, &admin, &server, number).await;
        let tokens = [token(&given, 10 + number, TokenKind::Refresh)];
        assert!(number == 3 || exchanged(&storage, &account, &given, &tokens).await);
    }
    let listed = storage.list_grants(&admin.id, NOW, page(1, 0)).await.unwrap();
    assert_eq!(
        (listed.items[0].id.as_str(), listed.total),
        ("grt_0000000000000002", 2)
    );
    let later = NOW.plus_ms(30 * DAY);
    assert_eq!(
        storage
            .list_grants(&admin.id, later, Page::default())
            .await
            .unwrap()
            .total,
        0
    );
    assert_eq!(
        storage
            .list_grants(&ada.id, NOW, Page::default())
            .await
            .unwrap()
            .total,
        0
    );

    let like = grant(&admin, &server, 50);
    assert!(storage.has_grant(&like, NOW).await.unwrap());
    assert!(!storage.has_grant(&like, later).await.unwrap());
    let fewer = Grant {
        scopes: Scopes::Read,
        ..like.clone()
    };
    assert!(storage.has_grant(&fewer, NOW).await.unwrap());
    let mut elsewhere = like.clone();
    "https://client.example/other".clone_into(&mut elsewhere.redirect_uri);
    assert!(!storage.has_grant(&elsewhere, NOW).await.unwrap());
    let mut other = like.clone();
    other.client = ClientId::new("https://other.example/c.json").unwrap();
    assert!(!storage.has_grant(&other, NOW).await.unwrap());
    let other = Grant {
        user: ada.id.clone(),
        ..like.clone()
    };
    assert!(!storage.has_grant(&other, NOW).await.unwrap());

    let one = GrantId::new("grt_0000000000000001").unwrap();
    let two = GrantId::new("grt_0000000000000002").unwrap();
    let end = entry(&account, "oauth-grant.revoke", "grant");
    let last = storage.last_change().await.unwrap();
    assert!(storage.end_token(&digest(11), &end).await.unwrap());
    assert!(!storage.end_token(&digest(11), &end).await.unwrap());
    assert!(storage.find_grant(&one).await.unwrap().is_some());
    assert!(storage.end_grant(&one, &end).await.unwrap());
    assert!(!storage.end_grant(&one, &end).await.unwrap());
    assert!(storage.has_grant(&like, NOW).await.unwrap());
    assert!(storage.end_grant(&two, &end).await.unwrap());
    assert!(!storage.has_grant(&like, NOW).await.unwrap());
    let fed = feed(&storage, last).await;
    let seen: Vec<_> = fed
        .iter()
        .map(|change| (change.kind, change.key.clone()))
        .collect();
    assert_eq!(
        seen,
        [
            (ChangeKind::GrantToken, hex(&digest(11))),
            (ChangeKind::Grant, one.to_string()),
            (ChangeKind::Grant, two.to_string()),
        ]
    );
    format!("{listed:?} {:?}", log(&storage, &account).await)
}

fn hex(digest: &Digest) -> String {
    use std::fmt::Write;
    digest.0.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}
