//! Many at once, through two handles on one database, as two processes have them.

use crate::fixtures::{NOW, digest, entry, kept_account, server, user};
use solder_model::{Page, Server, Timestamp};
use solder_storage::{Error, Storage};
use std::future::Future;

/// How many do the same at once.
const MANY: u8 = 40;

async fn two(url: &str) -> [Storage; 2] {
    [
        Storage::open(url).await.unwrap(),
        Storage::open(url).await.unwrap(),
    ]
}

/// Runs all of them at once and returns what each had to say.
async fn at_once<T, F>(storages: &[Storage; 2], work: impl Fn(Storage, u8) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let tasks: Vec<_> = (0..MANY)
        .map(|number| {
            let storage = storages[usize::from(number % 2)].clone();
            tokio::spawn(work(storage, number))
        })
        .collect();
    let mut said = Vec::new();
    for task in tasks {
        said.push(task.await.unwrap());
    }
    said
}

pub(super) async fn two_that_have_the_database_open_both_write(url: String) -> String {
    let storages = two(&url).await;
    let until = |number: u8| NOW.plus_ms(1 + i64::from(number));
    at_once(&storages, |storage, number| async move {
        storage
            .end_session(&digest(number), until(number), NOW)
            .await
            .unwrap();
        storage.list_ended_sessions(NOW).await.unwrap();
    })
    .await;
    for storage in &storages {
        let ended = storage.list_ended_sessions(NOW).await.unwrap();
        assert_eq!(ended, (0..MANY).map(digest).collect::<Vec<_>>());
        assert_eq!(storage.last_change().await.unwrap(), i64::from(MANY));
    }
    String::new()
}

pub(super) async fn a_link_is_used_up_by_one_of_many_and_forgotten_when_it_has_ended(url: String) -> String {
    let storages = two(&url).await;
    let until = NOW.plus_ms(10);
    let said = at_once(&storages, |storage, _| async move {
        storage.spend_link(&digest(1), until, NOW).await.unwrap()
    })
    .await;
    assert_eq!(said.iter().filter(|fresh| **fresh).count(), 1);
    let [one, other] = &storages;
    assert!(one.spend_link(&digest(2), until, NOW).await.unwrap());
    assert!(!other.spend_link(&digest(2), until, NOW.plus_ms(9)).await.unwrap());
    assert!(
        other
            .spend_link(&digest(3), until.plus_ms(5), until)
            .await
            .unwrap()
    );
    assert_eq!(one.list_ended_sessions(Timestamp(0)).await.unwrap(), [digest(3)]);
    String::new()
}

pub(super) async fn no_update_is_lost(url: String) -> String {
    let storages = two(&url).await;
    let (account, admin) = kept_account(&storages[0], 1).await;
    let server = server(&admin, "one-aaaaaaaa", "one");
    let id = server.id.clone();
    let creation = entry(&account, "server.create", id.as_str());
    storages[0].create_server(&server, &creation).await.unwrap();
    at_once(&storages, |storage, _| {
        let (id, entry) = (id.clone(), entry(&account, "server.update", "a server"));
        async move {
            let count = |server: &mut Server| {
                server.updated_at = Timestamp(server.updated_at.0 + 1);
                server.description.push('+');
            };
            storage.update_server(&id, &entry, count).await.unwrap().unwrap();
        }
    })
    .await;
    let counted = storages[1].find_server(&id).await.unwrap().unwrap();
    assert_eq!(counted.updated_at, NOW.plus_ms(i64::from(MANY)));
    let logged = storages[0]
        .list_audit(&account.id, Page::default())
        .await
        .unwrap();
    assert_eq!(logged.total, u64::from(MANY) + 2);
    counted.description
}

pub(super) async fn a_user_that_many_name_at_once_is_kept_once(url: String) -> String {
    let storages = two(&url).await;
    let (account, _) = kept_account(&storages[0], 1).await;
    let last = storages[0].last_change().await.unwrap();
    let named = at_once(&storages, |storage, number| {
        let ada = user(&account, 100 + u32::from(number), "ada");
        async move { storage.ensure_user(&ada).await.unwrap() }
    })
    .await;
    assert!(named.iter().all(|user| user == &named[0]), "{named:?}");
    assert_eq!(
        storages[1]
            .list_users(&account.id, Page::default())
            .await
            .unwrap()
            .total,
        2
    );
    assert_eq!(storages[1].changes_after(last, 100).await.unwrap().len(), 1);
    String::new()
}

pub(super) async fn a_name_that_many_want_at_once_is_given_once(url: String) -> String {
    let storages = two(&url).await;
    let (account, admin) = kept_account(&storages[0], 1).await;
    let given = at_once(&storages, |storage, number| {
        let server = server(&admin, &format!("one-{number:08}"), "one");
        let entry = entry(&account, "server.create", server.id.as_str());
        async move {
            match storage.create_server(&server, &entry).await {
                Ok(()) => true,
                Err(Error::Conflict("server name")) => false,
                Err(other) => panic!("{other:?}"),
            }
        }
    })
    .await;
    assert_eq!(given.iter().filter(|given| **given).count(), 1);
    String::new()
}
