//! What is sealed: the table of its columns against the tables there are, and the way to each record.

use crate::fixtures::{NOW, account, credential, entry, feed, kept_account, log, server, user};
use serde_json::json;
use solder_model::{Page, Sealed};
use solder_storage::{AuditEntry, ChangeKind, NOT_SEALED, SEALED, SealedColumn, SealedRow, Storage};
use sqlx::{AnyConnection, Connection, Row};

/// Every column of bytes, as table and column.
async fn columns_of_bytes(url: &str) -> Vec<(String, String)> {
    const SQLITE: &str = "SELECT m.name AS t, p.name AS c FROM sqlite_schema m JOIN pragma_table_info(m.name) p \
        WHERE m.type = 'table' AND p.type = 'BLOB'";
    const POSTGRES: &str = "SELECT CAST(table_name AS TEXT) AS t, CAST(column_name AS TEXT) AS c \
        FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'bytea'";
    let sql = if url.starts_with("sqlite:") {
        SQLITE
    } else {
        POSTGRES
    };
    let mut connection = AnyConnection::connect(url).await.unwrap();
    let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
    let named = rows
        .iter()
        .map(|row| (row.get::<String, _>("t"), row.get::<String, _>("c")));
    // The migrator's own checksums are no business of ours.
    let mut named: Vec<_> = named.filter(|(table, _)| !table.starts_with("_sqlx")).collect();
    named.sort();
    named
}

/// Fails where a table has got a column of bytes that nobody said anything about: sealed records in it would be
/// forgotten by a rotation of the master key, and lost with the old key.
pub(super) async fn every_column_of_bytes_is_known_as_sealed_or_not(url: String) -> String {
    drop(Storage::open(&url).await.unwrap());
    let found = columns_of_bytes(&url).await;
    let sealed = SEALED
        .iter()
        .map(|one| (one.table.to_owned(), one.column.to_owned()));
    let others = NOT_SEALED
        .iter()
        .map(|(table, column)| ((*table).to_owned(), (*column).to_owned()));
    let mut known: Vec<_> = sealed.chain(others).collect();
    known.sort();
    assert_eq!(
        found, known,
        "storage/src/sealed.rs has to name every column of bytes"
    );
    // Each statement is one that the database takes.
    let storage = Storage::open(&url).await.unwrap();
    for column in SEALED {
        let rows = storage.list_sealed(column, None, 10).await;
        assert!(rows.unwrap().is_empty(), "{}", column.name());
        storage.replace_sealed(column, &[], NOW).await.unwrap();
    }
    format!("{found:?}")
}

fn column(table: &str) -> &'static SealedColumn {
    SEALED.iter().find(|one| one.table == table).unwrap()
}

async fn whole(storage: &Storage, column: &SealedColumn) -> Vec<SealedRow> {
    let mut rows = Vec::<SealedRow>::new();
    loop {
        let next = storage.list_sealed(column, rows.last(), 2).await.unwrap();
        if next.is_empty() {
            return rows;
        }
        rows.extend(next);
    }
}

pub(super) async fn sealed_records_are_listed_by_their_keys_with_the_parts_of_their_context(
    url: String,
) -> String {
    let storage = Storage::open(&url).await.unwrap();
    storage
        .create_hash_key(&Sealed(vec![7, 0, 7]), NOW)
        .await
        .unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let done = entry(&account, "something", "something");
    for number in [3_u32, 1, 5, 4, 2] {
        let credential = credential(&admin, number, "slack");
        storage
            .create_credential(&credential, &admin, &done)
            .await
            .unwrap();
    }
    let named = server(&admin, "one-aaaaaaaa", "one");
    storage.create_server(&named, &done).await.unwrap();

    let hash_key = whole(&storage, column("installation")).await;
    assert_eq!(
        (hash_key[0].name(), &hash_key[0].sealed, hash_key.len()),
        ("1".to_owned(), &Sealed(vec![7, 0, 7]), 1)
    );
    assert!(hash_key[0].parts.is_empty());
    let servers = whole(&storage, column("servers")).await;
    assert_eq!(servers[0].parts, [account.id.as_str(), "one-aaaaaaaa"]);
    assert_eq!(servers[0].sealed, named.token_sealed);
    let credentials = whole(&storage, column("credentials")).await;
    let names: Vec<_> = credentials.iter().map(SealedRow::name).collect();
    let expected: Vec<_> = (1..=5).map(|number| format!("{number:024x}")).collect();
    assert_eq!(names, expected);
    assert_eq!(
        credentials[0].parts,
        [
            account.id.as_str(),
            admin.id.as_str(),
            "built-in",
            "slack",
            "bot_token",
            &expected[0]
        ]
    );
    format!("{credentials:?}")
}

pub(super) async fn a_record_that_was_changed_in_the_meantime_is_not_replaced(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let (account, admin) = kept_account(&storage, 1).await;
    let done = entry(&account, "something", "something");
    for id in ["one-aaaaaaaa", "two-aaaaaaaa", "three-aaaaaaaa"] {
        let server = server(&admin, id, id);
        storage.create_server(&server, &done).await.unwrap();
    }
    let column = column("servers");
    let read = whole(&storage, column).await;
    assert_eq!(read.len(), 3);
    // Two of them are changed and deleted between the reading and the writing.
    let two = "two-aaaaaaaa".to_owned().try_into().unwrap();
    storage
        .update_server(&two, &done, |server| server.token_sealed = Sealed(vec![9]))
        .await
        .unwrap();
    let three = "three-aaaaaaaa".to_owned().try_into().unwrap();
    storage.delete_server(&three, &done).await.unwrap();
    let last = storage.last_change().await.unwrap();

    let changed: Vec<_> = read.into_iter().map(|row| (row, Sealed(vec![5, 5]))).collect();
    assert_eq!(storage.replace_sealed(column, &changed, NOW).await.unwrap(), 1);
    assert_eq!(storage.replace_sealed(column, &changed, NOW).await.unwrap(), 0);
    let now = whole(&storage, column).await;
    let kept: Vec<_> = now.iter().map(|row| (row.name(), row.sealed.0.clone())).collect();
    assert_eq!(
        kept,
        [
            ("one-aaaaaaaa".to_owned(), vec![5, 5]),
            ("two-aaaaaaaa".to_owned(), vec![9])
        ]
    );
    assert_eq!(
        storage.last_change().await.unwrap(),
        last,
        "what is sealed is the same"
    );
    format!("{kept:?}")
}

pub(super) async fn another_master_key_is_told_to_every_process_and_to_every_accounts_log(
    url: String,
) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let told = AuditEntry {
        details: json!({ "keyId": "00ff" }),
        ..entry(&account(9), "vault.rotate", "master-key")
    };
    // Before there is an account, there is no log to write into.
    storage.tell_of_master_key(&told, "00ff").await.unwrap();
    let (one, admin) = kept_account(&storage, 1).await;
    let (two, _) = kept_account(&storage, 2).await;
    storage
        .ensure_user(&user(&one, 7, admin.name.as_str()))
        .await
        .unwrap();
    let before = storage.last_change().await.unwrap();
    storage.tell_of_master_key(&told, "00ff").await.unwrap();
    let fed = feed(&storage, before).await;
    assert_eq!(
        fed.iter()
            .map(|change| (change.kind, change.key.as_str()))
            .collect::<Vec<_>>(),
        [(ChangeKind::MasterKey, "00ff")]
    );
    for account in [&one, &two] {
        let said = log(&storage, account).await;
        assert_eq!(
            said.last().unwrap(),
            &("vault.rotate".to_owned(), "master-key".to_owned())
        );
        assert_eq!(said.len(), 2);
        let entries = storage.list_audit(&account.id, Page::default()).await.unwrap();
        assert_eq!(entries.items[0].details, json!({ "keyId": "00ff" }));
        assert_eq!(entries.items[0].account, account.id);
    }
    format!("{:?}", log(&storage, &two).await)
}
