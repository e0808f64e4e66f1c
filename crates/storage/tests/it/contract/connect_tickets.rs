//! Tickets to the connect pages.

use crate::fixtures::{NOW, at, credential, digest, entry, kept_account, log, server, user};
use solder_model::{
    Account, ConnectTicket, ConnectorId, Opening, PendingCredential, Proof, Sealed, ServerId, TicketId, User,
};
use solder_storage::{Error, Storage};

fn ticket(of: &User, number: u8) -> ConnectTicket {
    ConnectTicket {
        id: TicketId::new(&format!("tkt_{number:016}")).unwrap(),
        account: of.account.clone(),
        user: of.id.clone(),
        user_name: of.name.clone(),
        server: None,
        connectors: None,
        redirect_uri: None,
        made_through: None,
        digest: digest(number),
        created_at: NOW,
        expires_at: NOW.plus_ms(1_000),
        opening: None,
        ended_at: None,
    }
}

fn opening(number: u8, proof: Proof, ms: i64) -> Opening {
    Opening {
        browser: digest(number),
        proof,
        at: NOW.plus_ms(ms),
    }
}

fn pending(of: &ConnectTicket, connector: &str, byte: u8) -> PendingCredential {
    PendingCredential {
        ticket: of.id.clone(),
        connector_owner: "built-in".to_owned(),
        connector: ConnectorId::new(connector).unwrap(),
        kind: "bot_token".to_owned(),
        sealed: Sealed(vec![0, byte]),
        created_at: NOW.plus_ms(i64::from(byte)),
    }
}

async fn keep(storage: &Storage, account: &Account, ticket: &ConnectTicket) {
    let entry = entry(account, "ticket.create", ticket.id.as_str());
    storage.create_connect_ticket(ticket, &entry).await.unwrap();
}

pub(super) async fn a_ticket_is_kept_with_every_field(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let server = server(&admin, "one-aaaaaaaa", "one");
    let done = entry(&account, "something", "something");
    storage.create_server(&server, &done).await.unwrap();
    let bare = ticket(&admin, 1);
    let full = ConnectTicket {
        server: Some(server.id.clone()),
        connectors: Some(
            ["slack", "github"]
                .map(|id| ConnectorId::new(id).unwrap())
                .to_vec(),
        ),
        redirect_uri: Some("https://app.example/back?x=y".to_owned()),
        made_through: Some(ServerId::new("two-aaaaaaaa").unwrap()),
        ..ticket(&admin, 2)
    };
    for ticket in [&bare, &full] {
        keep(&storage, &account, ticket).await;
        let found = storage.find_connect_ticket(&ticket.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(ticket));
        let found = storage
            .find_connect_ticket_by_digest(&ticket.digest)
            .await
            .unwrap();
        assert_eq!(found.as_ref(), Some(ticket));
    }
    assert_eq!(
        storage.find_connect_ticket_by_digest(&digest(9)).await.unwrap(),
        None
    );
    let twice = ConnectTicket {
        digest: digest(8),
        ..bare.clone()
    };
    let twice = storage.create_connect_ticket(&twice, &done).await.unwrap_err();
    assert!(matches!(twice, Error::Conflict("ticket id")), "{twice:?}");
    let taken = ConnectTicket {
        digest: digest(1),
        ..ticket(&admin, 3)
    };
    let taken = storage.create_connect_ticket(&taken, &done).await.unwrap_err();
    assert!(matches!(taken, Error::Conflict("ticket")), "{taken:?}");
    let foreign = ticket(&user(&account, 99, "nobody"), 4);
    let foreign = storage.create_connect_ticket(&foreign, &done).await.unwrap_err();
    assert!(matches!(foreign, Error::NotFound), "{foreign:?}");
    // It goes with its server.
    storage.delete_server(&server.id, &done).await.unwrap();
    assert_eq!(storage.find_connect_ticket(&full.id).await.unwrap(), None);
    format!(
        "{:?} {:?}",
        storage.find_connect_ticket(&bare.id).await.unwrap(),
        log(&storage, &account).await
    )
}

pub(super) async fn a_ticket_opens_once_and_ends_once(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let (first, late, ended) = (ticket(&admin, 1), ticket(&admin, 2), ticket(&admin, 3));
    for ticket in [&first, &late, &ended] {
        keep(&storage, &account, ticket).await;
    }
    let entry = entry(&account, "ticket.open", "a ticket");
    let later = NOW.plus_ms(9_000);
    let mine = opening(7, Proof::SignIn, 5);
    assert!(
        storage
            .open_connect_ticket(&first.id, &mine, later, &entry)
            .await
            .unwrap()
    );
    let theirs = opening(8, Proof::FirstBrowser, 6);
    for second in [&mine, &theirs] {
        assert!(
            !storage
                .open_connect_ticket(&first.id, second, later, &entry)
                .await
                .unwrap()
        );
    }
    let found = storage.find_connect_ticket(&first.id).await.unwrap().unwrap();
    assert_eq!((found.opening.as_ref(), found.expires_at), (Some(&mine), later));
    // The moment at which it ends is too late.
    let too_late = opening(7, Proof::UserToken, 1_000);
    assert!(
        !storage
            .open_connect_ticket(&late.id, &too_late, later, &entry)
            .await
            .unwrap()
    );
    assert!(storage.end_connect_ticket(&ended.id, &entry).await.unwrap());
    assert!(!storage.end_connect_ticket(&ended.id, &entry).await.unwrap());
    assert!(
        !storage
            .open_connect_ticket(&ended.id, &mine, later, &entry)
            .await
            .unwrap()
    );
    let found = storage.find_connect_ticket(&ended.id).await.unwrap().unwrap();
    assert_eq!((found.opening, found.ended_at), (None, Some(NOW)));
    assert!(storage.delete_connect_ticket(&ended.id, &entry).await.unwrap());
    assert!(!storage.delete_connect_ticket(&ended.id, &entry).await.unwrap());
    format!(
        "{:?} {:?}",
        storage.find_connect_ticket(&first.id).await.unwrap(),
        log(&storage, &account).await
    )
}

pub(super) async fn a_ticket_that_many_open_at_once_is_one_browsers(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let ticket = ticket(&admin, 1);
    keep(&storage, &account, &ticket).await;
    let tries = (1..=8).map(|number| {
        let (storage, id) = (storage.clone(), ticket.id.clone());
        let entry = entry(&account, "ticket.open", "a ticket");
        tokio::spawn(async move {
            let opening = opening(number, Proof::FirstBrowser, 1);
            let won = storage
                .open_connect_ticket(&id, &opening, NOW.plus_ms(9), &entry)
                .await;
            won.unwrap().then_some(opening)
        })
    });
    let mut winners = Vec::new();
    for tried in tries.collect::<Vec<_>>() {
        winners.extend(tried.await.unwrap());
    }
    assert_eq!(winners.len(), 1);
    let found = storage.find_connect_ticket(&ticket.id).await.unwrap().unwrap();
    assert_eq!(found.opening, winners.pop());
    String::new()
}

pub(super) async fn what_a_ticket_connected_is_told_while_it_exists(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let ticket = ticket(&admin, 1);
    keep(&storage, &account, &ticket).await;
    let done = entry(&account, "something", "something");
    let (slack, github) = (credential(&admin, 1, "slack"), credential(&admin, 2, "github"));
    for credential in [&slack, &github] {
        storage
            .create_credential(credential, &admin, &done)
            .await
            .unwrap();
    }
    storage
        .note_connected(&ticket.id, &slack.id, NOW.plus_ms(1))
        .await
        .unwrap();
    storage
        .note_connected(&ticket.id, &github.id, NOW.plus_ms(2))
        .await
        .unwrap();
    storage
        .note_connected(&ticket.id, &slack.id, NOW.plus_ms(3))
        .await
        .unwrap();
    let told = storage.list_connected(&ticket.id).await.unwrap();
    assert_eq!(
        told,
        [
            (github.id.clone(), github.connector.clone(), NOW.plus_ms(2)),
            (slack.id.clone(), slack.connector.clone(), NOW.plus_ms(3)),
        ]
    );
    storage.delete_credential(&slack.id, &done).await.unwrap();
    assert_eq!(storage.list_connected(&ticket.id).await.unwrap(), told[..1]);
    let gone = storage
        .note_connected(&ticket.id, &slack.id, NOW)
        .await
        .unwrap_err();
    assert!(matches!(gone, Error::NotFound), "{gone:?}");
    storage.delete_connect_ticket(&ticket.id, &done).await.unwrap();
    assert!(storage.find_credential(&github.id).await.unwrap().is_some());
    format!("{told:?}")
}

pub(super) async fn what_is_pending_is_taken_once_and_goes_with_its_ticket(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let (first, second) = (ticket(&admin, 1), ticket(&admin, 2));
    for ticket in [&first, &second] {
        keep(&storage, &account, ticket).await;
    }
    let newer = PendingCredential {
        kind: "user_token".to_owned(),
        ..pending(&first, "slack", 3)
    };
    for pending in [
        &pending(&first, "slack", 1),
        &pending(&first, "github", 2),
        &newer,
        &pending(&second, "slack", 4),
    ] {
        storage.put_pending(pending, NOW).await.unwrap();
    }
    let listed = storage.list_pending(&first.id).await.unwrap();
    assert_eq!(listed, [pending(&first, "github", 2), newer.clone()]);
    let taken = storage
        .take_pending(&first.id, &newer.connector, NOW)
        .await
        .unwrap();
    assert_eq!(taken, Some(newer.clone()));
    assert_eq!(
        storage
            .take_pending(&first.id, &newer.connector, NOW)
            .await
            .unwrap(),
        None
    );
    let done = entry(&account, "ticket.end", "a ticket");
    assert!(storage.end_connect_ticket(&first.id, &done).await.unwrap());
    assert_eq!(storage.list_pending(&first.id).await.unwrap(), []);
    assert_eq!(storage.list_pending(&second.id).await.unwrap().len(), 1);
    storage.delete_connect_ticket(&second.id, &done).await.unwrap();
    assert_eq!(storage.list_pending(&second.id).await.unwrap(), []);
    let gone = storage
        .put_pending(&pending(&second, "slack", 5), NOW)
        .await
        .unwrap_err();
    assert!(matches!(gone, Error::NotFound), "{gone:?}");
    format!("{listed:?}")
}

pub(super) async fn a_ticket_is_told_of_for_a_day_after_its_end(url: String) -> String {
    const DAY: i64 = 86_400_000;
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let old = ticket(&admin, 1);
    keep(&storage, &account, &old).await;
    for (number, ms, is_kept) in [(2, 1_000 + DAY, true), (3, 1_001 + DAY, false)] {
        let now = NOW.plus_ms(ms);
        let new = ConnectTicket {
            expires_at: now.plus_ms(1),
            ..ticket(&admin, number)
        };
        let entry = at(now, entry(&account, "ticket.create", new.id.as_str()));
        storage.create_connect_ticket(&new, &entry).await.unwrap();
        let found = storage.find_connect_ticket(&old.id).await.unwrap();
        assert_eq!(found.is_some(), is_kept, "{ms}");
    }
    String::new()
}
