//! What the OAuth broker keeps: apps, redirect URIs, flows, and the secrets of a credential that several want to change.

use crate::fixtures::{NOW, account, at, credential, digest, entry, feed, kept_account, log, page};
use solder_model::{
    Account, Connection, ConnectorId, Credential, CredentialId, CredentialStatus, Flow, FlowId, FlowStage,
    OAuthApp, OAuthAppId, Page, RedirectUri, RedirectUriId, Sealed, ServerId, User,
};
use solder_storage::{ChangeKind, Error, Lease, Storage, Taken};

fn app(of: &Account, number: u32, connector: &str) -> OAuthApp {
    OAuthApp {
        id: OAuthAppId::new(&format!("app_{number:016}")).unwrap(),
        account: of.id.clone(),
        connector_owner: "built-in".to_owned(),
        connector: ConnectorId::new(connector).unwrap(),
        kind: "oauth2".to_owned(),
        client_id: format!("client {number}"),
        secret: number.is_multiple_of(2).then(|| Sealed(vec![9, 0, 9])),
        created_at: NOW.plus_ms(i64::from(number)),
        updated_at: NOW,
    }
}

pub(super) async fn an_app_is_kept_once_for_each_account_connector_and_kind(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (first, _) = kept_account(&storage, 1).await;
    let (second, _) = kept_account(&storage, 2).await;
    let done = |of: &Account| entry(of, "oauth_app.create", "an app");
    let (bare, full) = (app(&first, 1, "slack"), app(&first, 2, "github"));
    for one in [&bare, &full, &app(&second, 3, "slack")] {
        let owner = if one.account == first.id { &first } else { &second };
        storage.create_oauth_app(one, &done(owner)).await.unwrap();
    }
    let again = storage
        .create_oauth_app(&app(&first, 4, "slack"), &done(&first))
        .await;
    assert!(matches!(again, Err(Error::Conflict("OAuth app"))), "{again:?}");
    assert_eq!(
        storage.find_oauth_app(&first.id, &full.id).await.unwrap(),
        Some(full.clone())
    );
    assert_eq!(storage.find_oauth_app(&second.id, &full.id).await.unwrap(), None);
    assert_eq!(
        storage.find_oauth_app(&first.id, &bare.id).await.unwrap(),
        Some(bare)
    );
    let listed = storage.list_oauth_apps(&first.id, page(1, 0)).await.unwrap();
    assert_eq!((listed.items, listed.total), (vec![full.clone()], 2));

    let changed = OAuthApp {
        client_id: "another".to_owned(),
        secret: None,
        updated_at: NOW.plus_ms(9),
        ..full.clone()
    };
    assert!(storage.update_oauth_app(&changed, &done(&first)).await.unwrap());
    assert_eq!(
        storage.find_oauth_app(&first.id, &full.id).await.unwrap(),
        Some(changed)
    );
    assert!(
        !storage
            .delete_oauth_app(&second.id, &full.id, &done(&second))
            .await
            .unwrap()
    );
    assert!(
        storage
            .delete_oauth_app(&first.id, &full.id, &done(&first))
            .await
            .unwrap()
    );
    assert!(
        !storage
            .delete_oauth_app(&first.id, &full.id, &done(&first))
            .await
            .unwrap()
    );
    format!("{:?}", log(&storage, &first).await)
}

pub(super) async fn a_redirect_uri_is_listed_once_and_matched_by_its_bytes(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, _) = kept_account(&storage, 1).await;
    let (other, _) = kept_account(&storage, 2).await;
    let uri = |of: &Account, number: u32, text: &str| RedirectUri {
        id: RedirectUriId::new(&format!("uri_{number:016}")).unwrap(),
        account: of.id.clone(),
        uri: text.to_owned(),
        created_at: NOW.plus_ms(i64::from(number)),
    };
    let done = entry(&account, "redirect_uri.create", "a URI");
    let long = format!("https://app.example.com/{}", "x".repeat(1_976));
    for (number, text) in [(1, "https://app.example.com/Done"), (2, long.as_str())] {
        storage
            .create_redirect_uri(&uri(&account, number, text), &done)
            .await
            .unwrap();
    }
    let again = storage
        .create_redirect_uri(&uri(&account, 3, "https://app.example.com/Done"), &done)
        .await;
    assert!(matches!(again, Err(Error::Conflict("redirect URI"))), "{again:?}");
    let is_listed =
        async |of: &Account, text: &str| storage.is_redirect_uri_listed(&of.id, text).await.unwrap();
    assert!(is_listed(&account, "https://app.example.com/Done").await && is_listed(&account, &long).await);
    assert!(!is_listed(&account, "https://app.example.com/done").await);
    assert!(!is_listed(&account, "https://app.example.com/Done/").await);
    assert!(!is_listed(&other, "https://app.example.com/Done").await);
    let id = RedirectUriId::new("uri_0000000000000001").unwrap();
    assert!(!storage.delete_redirect_uri(&other.id, &id, &done).await.unwrap());
    assert!(
        storage
            .delete_redirect_uri(&account.id, &id, &done)
            .await
            .unwrap()
    );
    assert!(
        !storage
            .delete_redirect_uri(&account.id, &id, &done)
            .await
            .unwrap()
    );
    let listed = storage
        .list_redirect_uris(&account.id, Page::default())
        .await
        .unwrap();
    assert_eq!((listed.items.len(), listed.total), (1, 1));
    format!("{:?}", log(&storage, &account).await)
}

fn flow(of: &User, number: u8) -> Flow {
    Flow {
        id: FlowId::new(&format!("flw_{number:016}")).unwrap(),
        state: digest(number),
        stage: FlowStage::Begun,
        account: of.account.clone(),
        user: Some(of.id.clone()),
        user_name: of.name.clone(),
        server: None,
        made_through: None,
        ticket: None,
        connector_owner: "built-in".to_owned(),
        connector: ConnectorId::new("slack").unwrap(),
        kind: "oauth2".to_owned(),
        credential: None,
        name: None,
        redirect_uri: None,
        actor: "operator".to_owned(),
        sealed: Sealed(vec![3, 0, 3]),
        created_at: NOW,
        expires_at: NOW.plus_ms(600_000),
    }
}

pub(super) async fn a_flow_is_kept_with_every_field_and_each_step_is_taken_once(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let begun = entry(&account, "connection.begin", "a flow");
    let full = Flow {
        user: None,
        server: Some(ServerId::new("one-aaaaaaaa").unwrap()),
        made_through: Some(ServerId::new("one-aaaaaaaa").unwrap()),
        ticket: Some("a ticket".to_owned()),
        credential: Some(CredentialId::new(&"a".repeat(24)).unwrap()),
        name: Some("Zürich".to_owned()),
        redirect_uri: Some("https://app.example.com".to_owned()),
        ..flow(&admin, 2)
    };
    for one in [&flow(&admin, 1), &full] {
        storage.create_flow(one, &begun).await.unwrap();
        assert_eq!(storage.find_flow(&one.id).await.unwrap().as_ref(), Some(one));
        assert_eq!(
            storage.find_flow_by_state(&one.state).await.unwrap().as_ref(),
            Some(one)
        );
    }
    let take = async |number, stage, now| storage.take_flow(&digest(number), stage, now).await.unwrap();
    assert_eq!(take(9, FlowStage::Begun, NOW).await, Taken::Unknown);
    assert!(matches!(take(1, FlowStage::Choosing, NOW).await, Taken::Used(_)));
    let late = take(1, FlowStage::Begun, NOW.plus_ms(600_000)).await;
    assert!(matches!(late, Taken::Expired(_)));
    let Taken::Flow(taken) = take(1, FlowStage::Begun, NOW.plus_ms(599_999)).await else {
        panic!("a flow in time was not given");
    };
    assert_eq!(taken.stage, FlowStage::Taken);
    assert!(matches!(take(1, FlowStage::Begun, NOW).await, Taken::Used(_)));

    let choosing = Flow {
        stage: FlowStage::Choosing,
        state: digest(11),
        sealed: Sealed(vec![4]),
        expires_at: NOW.plus_ms(700_000),
        ..*taken
    };
    assert!(
        storage
            .advance_flow(&choosing, FlowStage::Taken, NOW)
            .await
            .unwrap()
    );
    assert!(
        !storage
            .advance_flow(&choosing, FlowStage::Taken, NOW)
            .await
            .unwrap()
    );
    assert_eq!(storage.find_flow(&choosing.id).await.unwrap(), Some(choosing));
    assert_eq!(take(1, FlowStage::Choosing, NOW).await, Taken::Unknown);
    assert!(matches!(take(11, FlowStage::Choosing, NOW).await, Taken::Flow(_)));
    format!("{:?}", storage.find_flow(&full.id).await.unwrap())
}

pub(super) async fn flows_of_a_ticket_wait_until_their_time_is_over_and_old_ones_are_forgotten(
    url: String,
) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let begun = entry(&account, "connection.begin", "a flow");
    for (number, ticket, stage) in [
        (1, Some("one"), FlowStage::Pending),
        (2, Some("one"), FlowStage::Begun),
        (3, Some("two"), FlowStage::Pending),
        (4, None, FlowStage::Pending),
    ] {
        let made = Flow {
            ticket: ticket.map(str::to_owned),
            stage,
            ..flow(&admin, number)
        };
        storage.create_flow(&made, &begun).await.unwrap();
    }
    let waiting = async |now| {
        let flows = storage.list_pending_flows("one", now).await.unwrap();
        flows.into_iter().map(|flow| flow.state).collect::<Vec<_>>()
    };
    assert_eq!(waiting(NOW).await, [digest(1)]);
    assert_eq!(waiting(NOW.plus_ms(600_000)).await, []);
    // A step that is late is not taken.
    let late = Flow {
        stage: FlowStage::Taken,
        ticket: Some("one".to_owned()),
        ..flow(&admin, 1)
    };
    let moved = storage
        .advance_flow(&late, FlowStage::Pending, NOW.plus_ms(600_000))
        .await;
    assert!(!moved.unwrap());
    let hour = at(NOW.plus_ms(600_000 + 3_600_001), begun);
    storage.create_flow(&flow(&admin, 9), &hour).await.unwrap();
    assert_eq!(storage.find_flow(&flow(&admin, 1).id).await.unwrap(), None);
    assert!(storage.find_flow(&flow(&admin, 9).id).await.unwrap().is_some());
    String::new()
}

/// A credential of Slack's, kept.
async fn kept(storage: &Storage, account: &Account, admin: &User) -> Credential {
    let connected = Credential {
        connection: Connection {
            identity: Some("Acme".to_owned()),
            scopes: Some(vec!["read".to_owned(), "write \"x\"".to_owned()]),
            client_id: Some("client".to_owned()),
            refreshable: true,
            issued_at: Some(NOW),
            expires_at: Some(NOW.plus_ms(60_000)),
            ends_at: Some(NOW.plus_ms(90_000)),
            status_reason: Some("a reason".to_owned()),
            status: CredentialStatus::Active,
            version: 0,
            sealed_before: Some(Sealed(vec![0])),
        },
        ..credential(admin, 1, "slack")
    };
    let done = entry(account, "credential.create", connected.id.as_str());
    storage.create_credential(&connected, admin, &done).await.unwrap()
}

pub(super) async fn new_secrets_keep_those_before_until_they_are_settled(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let first = kept(&storage, &account, &admin).await;
    assert_eq!(
        storage.find_credential(&first.id).await.unwrap().as_ref(),
        Some(&first)
    );
    let done = entry(&account, "credential.refresh", first.id.as_str());
    let next = Credential {
        sealed: Sealed(vec![2, 2]),
        updated_at: NOW.plus_ms(5),
        ..first.clone()
    };
    let renewed = storage.renew_credential(&next, &done).await.unwrap().unwrap();
    assert_eq!(
        (&renewed.sealed, renewed.connection.version),
        (&Sealed(vec![2, 2]), 1)
    );
    assert_eq!(renewed.connection.sealed_before.as_ref(), Some(&first.sealed));
    assert_eq!(
        storage.find_credential(&first.id).await.unwrap().as_ref(),
        Some(&renewed)
    );
    // Whoever saw the first secrets changes nothing any more.
    assert_eq!(storage.renew_credential(&next, &done).await.unwrap(), None);
    assert_eq!(storage.reconnect_credential(&next, &done).await.unwrap(), None);
    let marked = storage
        .mark_credential(&first.id, 0, CredentialStatus::Revoked, "late", &done)
        .await;
    assert!(!marked.unwrap());
    assert!(!storage.settle_credential(&first.id, 0, NOW).await.unwrap());

    assert!(storage.settle_credential(&first.id, 1, NOW).await.unwrap());
    assert!(!storage.settle_credential(&first.id, 1, NOW).await.unwrap());
    let settled = storage.find_credential(&first.id).await.unwrap().unwrap();
    assert_eq!(settled.connection.sealed_before, None);
    let reason = "the person took it back";
    let marked = storage
        .mark_credential(&first.id, 1, CredentialStatus::Revoked, reason, &done)
        .await;
    assert!(marked.unwrap());
    let broken = storage.find_credential(&first.id).await.unwrap().unwrap();
    assert_eq!(
        (
            broken.connection.status,
            broken.connection.status_reason.as_deref()
        ),
        (CredentialStatus::Revoked, Some(reason))
    );
    let again = Credential {
        connection: Connection {
            version: 1,
            ..Connection::default()
        },
        sealed: Sealed(vec![3]),
        ..broken
    };
    let connected = storage
        .reconnect_credential(&again, &done)
        .await
        .unwrap()
        .unwrap();
    let expected = Connection {
        version: 2,
        ..Connection::default()
    };
    assert_eq!(
        (connected.connection, connected.sealed),
        (expected, Sealed(vec![3]))
    );
    let told = feed(&storage, 0).await;
    let count = told
        .iter()
        .filter(|one| one.kind == ChangeKind::Credentials)
        .count();
    assert_eq!(count, 5);
    format!(
        "{:?} {:?}",
        storage.find_credential(&first.id).await.unwrap(),
        log(&storage, &account).await
    )
}

pub(super) async fn a_lease_has_one_holder_until_it_ends_or_is_given_back(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let first = kept(&storage, &account, &admin).await;
    let until = NOW.plus_ms(1_000);
    let lease = async |holder: &str, version, now| {
        storage
            .lease_credential(&first.id, version, holder, until, now)
            .await
            .unwrap()
    };
    assert!(matches!(lease("one", 0, NOW).await, Lease::Taken(found) if *found == first));
    assert_eq!(lease("two", 0, NOW.plus_ms(999)).await, Lease::Held(until));
    assert!(matches!(
        lease("two", 0, NOW.plus_ms(1_000)).await,
        Lease::Taken(_)
    ));
    // The first has lost it, and gives back nothing of another's.
    storage.release_lease(&first.id, "one", NOW).await.unwrap();
    assert_eq!(lease("three", 0, NOW.plus_ms(500)).await, Lease::Held(until));
    storage.release_lease(&first.id, "two", NOW).await.unwrap();
    assert!(matches!(lease("three", 0, NOW).await, Lease::Taken(_)));

    let done = entry(&account, "credential.refresh", first.id.as_str());
    let renewed = storage.renew_credential(&first, &done).await.unwrap().unwrap();
    assert!(matches!(lease("four", 0, NOW).await, Lease::Changed(found) if *found == renewed));
    // Writing ended the lease.
    assert!(matches!(lease("four", 1, NOW).await, Lease::Taken(_)));
    let unknown = CredentialId::new(&"f".repeat(24)).unwrap();
    let gone = storage.lease_credential(&unknown, 0, "one", until, NOW).await;
    assert_eq!(gone.unwrap(), Lease::Gone);
    String::new()
}

pub(super) async fn a_lease_that_many_want_at_once_goes_to_one(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let first = kept(&storage, &account, &admin).await;
    let tries = (0..16).map(|number| {
        let (storage, id) = (storage.clone(), first.id.clone());
        tokio::spawn(async move {
            let holder = format!("holder {number}");
            let lease = storage
                .lease_credential(&id, 0, &holder, NOW.plus_ms(1_000), NOW)
                .await;
            matches!(lease.unwrap(), Lease::Taken(_))
        })
    });
    let mut taken = 0;
    for one in tries.collect::<Vec<_>>() {
        taken += u32::from(one.await.unwrap());
    }
    assert_eq!(taken, 1);
    String::new()
}

pub(super) async fn what_was_asked_of_a_platform_is_logged_by_itself(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (first, _) = kept_account(&storage, 1).await;
    storage
        .add_audit(&entry(&first, "credential.revoke", "a credential"))
        .await
        .unwrap();
    let told = log(&storage, &account(1)).await;
    assert_eq!(told.last().unwrap().0, "credential.revoke");
    format!("{told:?}")
}
