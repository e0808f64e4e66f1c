//! What only SQLite has: a file, its mode, its settings, other processes beside us.

use crate::fixtures::{NOW, credential, digest, entry, kept_account, server};
use solder_model::{Page, ServerId};
use solder_storage::{Error, Storage};
use sqlx::{AnyConnection, Connection, Executor, Row};
use std::future::{Future, poll_fn};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::task::Poll;
use tempfile::TempDir;

/// A place for a new database, removed with everything in it when dropped.
pub(crate) struct Database(TempDir);

impl Database {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("solder.db")
    }

    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}", self.path().display())
    }

    /// A connection that is not storage's own.
    async fn connect(&self) -> AnyConnection {
        sqlx::any::install_default_drivers();
        AnyConnection::connect(&self.url()).await.unwrap()
    }
}

#[tokio::test]
async fn every_file_is_for_its_owner_alone() {
    let database = Database::new();
    let storage = Storage::open(&database.url()).await.unwrap();
    kept_account(&storage, 1).await;
    let mut names = Vec::new();
    for file in std::fs::read_dir(database.0.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file:?}");
        names.push(file.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names, ["solder.db", "solder.db-shm", "solder.db-wal"]);
}

#[tokio::test]
async fn a_path_may_hold_what_urls_do_not() {
    let database = Database::new();
    let folder = database.0.path().join("a b é");
    std::fs::create_dir(&folder).unwrap();
    let url = format!("sqlite://{}/100%25.db", folder.display());
    let storage = Storage::open(&url).await.unwrap();
    kept_account(&storage, 1).await;
    assert!(folder.join("100%.db").exists());
}

#[tokio::test]
async fn what_was_acknowledged_is_there_though_nothing_was_closed() {
    let database = Database::new();
    let storage = Storage::open(&database.url()).await.unwrap();
    let (account, _) = kept_account(&storage, 1).await;
    // The files as a machine finds them that lost its power now.
    let copy = Database::new();
    for name in ["solder.db", "solder.db-wal"] {
        std::fs::copy(database.0.path().join(name), copy.0.path().join(name)).unwrap();
    }
    let found = Storage::open(&copy.url()).await.unwrap();
    assert_eq!(found.find_account(&account.id).await.unwrap(), Some(account));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_may_open_a_new_file_together() {
    let database = Database::new();
    let opening: Vec<_> = (0..8)
        .map(|_| {
            let url = database.url();
            tokio::spawn(async move { Storage::open(&url).await.unwrap().last_change().await.unwrap() })
        })
        .collect();
    for opened in opening {
        assert_eq!(opened.await.unwrap(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_waits_for_another_process_and_readers_do_not() {
    let database = Database::new();
    let storage = Storage::open(&database.url()).await.unwrap();
    let mut other = database.connect().await;
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let write = tokio::spawn({
        let storage = storage.clone();
        async move { storage.end_session(&digest(1), NOW.plus_ms(1), NOW).await }
    });
    // The write has begun once it is counted; reading goes on beside it.
    while storage.queries() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(storage.list_ended_sessions(NOW).await.unwrap(), []);
    assert!(!write.is_finished());
    other.execute("COMMIT").await.unwrap();
    write.await.unwrap().unwrap();
    assert_eq!(storage.list_ended_sessions(NOW).await.unwrap(), [digest(1)]);
}

#[tokio::test]
async fn a_call_that_is_given_up_leaves_nothing_and_holds_nothing() {
    let database = Database::new();
    let storage = Storage::open(&database.url()).await.unwrap();
    for polls in 0..12 {
        let session = digest(1);
        let mut write = Box::pin(storage.end_session(&session, NOW.plus_ms(1), NOW));
        for _ in 0..polls {
            let once = poll_fn(|context| Poll::Ready(write.as_mut().poll(context).is_ready()));
            if once.await {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(write);
    }
    storage
        .end_session(&digest(2), NOW.plus_ms(1), NOW)
        .await
        .unwrap();
    assert!(
        storage
            .list_ended_sessions(NOW)
            .await
            .unwrap()
            .contains(&digest(2))
    );
}

#[tokio::test]
async fn what_is_no_database_of_ours_is_refused() {
    let database = Database::new();
    std::fs::write(database.path(), "a file that is something else entirely").unwrap();
    let refused = Storage::open(&database.url()).await.unwrap_err();
    assert!(matches!(refused, Error::Unavailable(_)), "{refused:?}");
    for url in [
        "",
        "solder.db",
        "mysql://localhost/x",
        "sqlite::memory:",
        "sqlite:///tmp/x.db?mode=ro",
    ] {
        let refused = Storage::open(url).await.unwrap_err();
        assert!(matches!(refused, Error::BadUrl(_)), "{url}: {refused:?}");
    }
    let nowhere = format!("{}/none/solder.db", database.url());
    let refused = Storage::open(&nowhere).await.unwrap_err();
    assert!(matches!(refused, Error::Unavailable(_)), "{refused:?}");
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused() {
    let database = Database::new();
    Storage::open(&database.url()).await.unwrap().close().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
        VALUES (9999, 'from the future', TRUE, x'00', 0)";
    database.connect().await.execute(newer).await.unwrap();
    let refused = Storage::open(&database.url()).await.unwrap_err();
    assert!(matches!(refused, Error::Migration(_)), "{refused:?}");
}

#[tokio::test]
async fn restrictions_that_cannot_be_read_never_mean_none() {
    let database = Database::new();
    let storage = Storage::open(&database.url()).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let server = server(&admin, "one-aaaaaaaa", "one");
    let creation = entry(&account, "server.create", server.id.as_str());
    storage.create_server(&server, &creation).await.unwrap();
    let mut other = database.connect().await;
    for (spoil, column) in [
        ("UPDATE servers SET restrictions = '{'", "restrictions"),
        (
            "UPDATE servers SET restrictions = '{\"conectors\": {}}'",
            "restrictions",
        ),
        (
            "UPDATE servers SET restrictions = '{}', is_public = 2",
            "is_public",
        ),
        (
            "UPDATE servers SET is_public = 0, token_digest = x'00'",
            "token_digest",
        ),
        (
            "UPDATE servers SET token_digest = token_sealed, created_at = 'x'",
            "token_digest",
        ),
    ] {
        other.execute(spoil).await.unwrap();
        let refused = storage.find_server(&server.id).await.unwrap_err();
        assert!(
            matches!(&refused, Error::Corrupt(name) if name == column),
            "{spoil}: {refused:?}"
        );
        let listed = storage.list_servers(&admin.id, Page::default()).await;
        assert!(matches!(listed, Err(Error::Corrupt(_))), "{listed:?}");
    }
}

#[tokio::test]
async fn a_closed_database_is_unavailable() {
    let database = Database::new();
    let storage = Storage::open(&database.url()).await.unwrap();
    storage.close().await;
    let refused = storage.last_change().await.unwrap_err();
    assert!(matches!(refused, Error::Unavailable(_)), "{refused:?}");
    let names = std::fs::read_dir(database.0.path()).unwrap().count();
    assert_eq!(names, 1, "the side files are folded into the database");
}

#[tokio::test]
async fn what_is_looked_up_often_is_found_by_an_index() {
    let database = Database::new();
    let storage = Storage::open(&database.url()).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let kept = credential(&admin, 1, "slack");
    let done = entry(&account, "credential.create", kept.id.as_str());
    storage.create_credential(&kept, &admin, &done).await.unwrap();
    let mut other = database.connect().await;
    for (sql, index) in [
        (
            "EXPLAIN QUERY PLAN SELECT * FROM servers WHERE owner_id = 'x' ORDER BY created_at DESC, id DESC",
            "servers_listed",
        ),
        (
            "EXPLAIN QUERY PLAN SELECT COUNT(*) FROM servers WHERE owner_id = 'x'",
            "COVERING INDEX servers_",
        ),
        (
            "EXPLAIN QUERY PLAN SELECT * FROM credentials WHERE user_id = 'x' ORDER BY created_at DESC, id DESC",
            "credentials_listed",
        ),
        (
            "EXPLAIN QUERY PLAN SELECT * FROM credentials WHERE user_id = 'x' AND connector_id = 'y' \
            ORDER BY created_at DESC, id DESC",
            "credentials_connector",
        ),
        (
            "EXPLAIN QUERY PLAN SELECT * FROM users WHERE account_id = 'x' AND name_hash = x'00'",
            "INDEX",
        ),
        (
            "EXPLAIN QUERY PLAN SELECT * FROM api_keys WHERE digest = x'00'",
            "INDEX",
        ),
        (
            "EXPLAIN QUERY PLAN SELECT * FROM jwt_keys WHERE issuer = 'x' OR kid = 'y'",
            "jwt_keys_issuer",
        ),
        (
            "EXPLAIN QUERY PLAN SELECT * FROM jwt_keys WHERE account_id = 'x' ORDER BY created_at DESC, id DESC",
            "jwt_keys_listed",
        ),
        (
            "EXPLAIN QUERY PLAN SELECT * FROM audit WHERE account_id = 'x' ORDER BY seq DESC",
            "audit_listed",
        ),
        (
            "EXPLAIN QUERY PLAN DELETE FROM changes WHERE at < 1 AND seq < 5",
            "changes_at",
        ),
    ] {
        let rows = other.fetch_all(sql).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        let plan = plan.join("; ");
        assert!(
            plan.contains(index) && !plan.contains("TEMP B-TREE") && !plan.contains("SCAN"),
            "{sql}: {plan}"
        );
    }
    assert!(
        storage
            .find_server(&ServerId::new("x-aaaaaaaa").unwrap())
            .await
            .unwrap()
            .is_none()
    );
}
