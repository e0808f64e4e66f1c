//! Every column that holds something sealed, in one table, and the way by which a rotation of the master key reaches
//! each of them. A test holds the table against the tables that there really are: a column of bytes that stands neither
//! in [`SEALED`] nor in [`NOT_SEALED`] fails it.
//!
//! What is sealed is bound to its row: its context is a word and the texts of other columns of **the same row**, in the
//! order that stands here. Whoever changes one of those columns has to seal the record anew.

use crate::database::Storage;
use crate::row::{Columns, Row, hex_of};
use crate::{AuditEntry, ChangeKind, Error};
use solder_model::{Sealed, Timestamp};

/// A column that holds something sealed.
#[derive(Debug, Clone)]
pub struct SealedColumn {
    /// Its table.
    pub table: &'static str,
    /// The column that alone names a row of the table.
    pub key: &'static str,
    /// The column itself. A row in which it is NULL holds nothing sealed.
    pub column: &'static str,
    /// The word of the context that its records are sealed for.
    pub context: &'static str,
    /// The columns whose texts are the further parts of that context, in order. NULL stands for the empty text.
    pub parts: &'static [&'static str],
    first_key: RowKey,
    page: &'static str,
    replace: &'static str,
}

macro_rules! sealed {
    ($($table:ident.$column:ident of $kind:ident $key:ident for $context:literal ($($part:ident),*);)*) => {
        /// Every column that holds something sealed.
        pub const SEALED: &[SealedColumn] = &[$(SealedColumn {
            table: stringify!($table),
            key: stringify!($key),
            column: stringify!($column),
            context: $context,
            parts: &[$(stringify!($part)),*],
            first_key: sealed!(@before $kind),
            page: concat!(
                "SELECT ", stringify!($key), " AS sealed_key, ", stringify!($column), " AS sealed_bytes",
                $(", ", stringify!($part),)*
                " FROM ", stringify!($table), " WHERE ", stringify!($key), " > $1 AND ", stringify!($column),
                " IS NOT NULL ORDER BY ", stringify!($key), " LIMIT $2"
            ),
            replace: concat!(
                "UPDATE ", stringify!($table), " SET ", stringify!($column), " = $1 WHERE ", stringify!($key),
                " = $2 AND ", stringify!($column), " = $3"
            ),
        },)*];
    };
    (@before text) => { RowKey::Text(String::new()) };
    (@before number) => { RowKey::Number(i64::MIN) };
    (@before bytes) => { RowKey::Bytes(Vec::new()) };
}

// table.column of KIND key for "word" (parts); the key's kind is `text`, `number` or `bytes`.
sealed! {
    installation.hash_key of number id for "hash key" ();
    servers.token_sealed of text id for "server token" (account_id, id);
    credentials.sealed of text id for "credential" (account_id, user_id, connector_owner, connector_id, kind, id);
    sign_ins.password of text user_id for "password" (account_id, user_id);
    identity_providers.secret of text id for "identity provider" (account_id, id, issuer, client_id);
    sign_in_attempts.sealed of text id for "sign-in attempt" (account_id, id);
    connect_pending.sealed of text id for "pending credential" (ticket_id, connector_owner, connector_id, kind);
    jwt_keys.secret of text id for "jwt key" (account_id, id);
    credentials.sealed_before of text id for "credential"
        (account_id, user_id, connector_owner, connector_id, kind, id);
    oauth_apps.secret_sealed of text id for "oauth app" (account_id, connector_owner, connector_id, kind, id);
    oauth_flows.sealed of text id for "oauth flow" (account_id, connector_owner, connector_id, kind, id);
}

/// The columns of bytes that hold nothing sealed, as table and column: hashes and digests.
pub const NOT_SEALED: &[(&str, &str)] = &[
    ("api_keys", "digest"),
    ("authorization_clients", "secret_digest"),
    ("authorization_grants", "code_digest"),
    ("authorization_requests", "browser"),
    ("authorization_requests", "digest"),
    ("authorization_tokens", "digest"),
    ("connect_tickets", "browser"),
    ("connect_tickets", "digest"),
    ("ended_sessions", "digest"),
    ("oauth_flows", "state"),
    ("servers", "old_token_digest"),
    ("servers", "token_digest"),
    ("sign_in_attempts", "browser"),
    ("sign_in_attempts", "digest"),
    ("sign_in_attempts", "state"),
    ("users", "name_hash"),
];

/// The name of a row in its table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowKey {
    /// By a column of text.
    Text(String),
    /// By a column of numbers.
    Number(i64),
    /// By a column of bytes, such as a digest.
    Bytes(Vec<u8>),
}

/// A sealed record where it lies.
#[derive(Debug, Clone)]
pub struct SealedRow {
    /// The row.
    pub key: RowKey,
    /// The record.
    pub sealed: Sealed,
    /// The texts of [`SealedColumn::parts`].
    pub parts: Vec<String>,
}

impl SealedRow {
    /// The row's key for an operator's eyes: a text or a number as it is, bytes in hex.
    pub fn name(&self) -> String {
        match &self.key {
            RowKey::Text(text) => text.clone(),
            RowKey::Number(number) => number.to_string(),
            RowKey::Bytes(bytes) => hex_of(bytes),
        }
    }
}

impl SealedColumn {
    /// `table.column`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.table, self.column)
    }

    fn read(&self, row: &Row) -> Result<SealedRow, Error> {
        let key = match self.first_key {
            RowKey::Text(_) => RowKey::Text(row.text("sealed_key")?),
            RowKey::Number(_) => RowKey::Number(row.number("sealed_key")?),
            RowKey::Bytes(_) => RowKey::Bytes(row.bytes("sealed_key")?),
        };
        let parts = self.parts.iter();
        let parts = parts.map(|part| Ok(row.optional_text(part)?.unwrap_or_default()));
        Ok(SealedRow {
            key,
            sealed: Sealed(row.bytes("sealed_bytes")?),
            parts: parts.collect::<Result<_, Error>>()?,
        })
    }
}

impl Storage {
    /// At most `limit` records of a column, by the order of their keys, those after the row `after`.
    pub async fn list_sealed(
        &self,
        column: &SealedColumn,
        after: Option<&SealedRow>,
        limit: u32,
    ) -> Result<Vec<SealedRow>, Error> {
        let query = bind(
            sqlx::query(column.page),
            after.map_or(&column.first_key, |row| &row.key),
        );
        let rows = query.bind(i64::from(limit)).fetch_all(self.reader()).await?;
        rows.iter().map(|row| column.read(row)).collect()
    }

    /// Puts records in the place of others, each only where the row still holds the very bytes that were read: what
    /// somebody else wrote in the meantime stays. Says how many were put. Nothing is fed or logged, since what is sealed
    /// is the same as before.
    pub async fn replace_sealed(
        &self,
        column: &SealedColumn,
        changed: &[(SealedRow, Sealed)],
        now: Timestamp,
    ) -> Result<u64, Error> {
        let mut write = self.write(now).await?;
        let mut replaced = 0;
        for (row, sealed) in changed {
            let query = sqlx::query(column.replace).bind(sealed.0.as_slice());
            let query = bind(query, &row.key).bind(row.sealed.0.as_slice());
            replaced += query.execute(write.connection()).await?.rows_affected();
        }
        write.commit().await?;
        Ok(replaced)
    }

    /// Tells every process that the source of the master keys gives other keys than before, and writes it into every
    /// account's log, since every account's secrets are concerned. The entry's account is not looked at. `keys` names
    /// what seals from now on.
    pub async fn tell_of_master_key(&self, entry: &AuditEntry, keys: &str) -> Result<(), Error> {
        const AUDIT: &str = "INSERT INTO audit \
            (account_id, at, actor, acting_user, action, target, client_address, details) \
            SELECT id, CAST($1 AS BIGINT), CAST($2 AS TEXT), NULL, CAST($3 AS TEXT), CAST($4 AS TEXT), NULL, \
            CAST($5 AS TEXT) FROM accounts";
        let mut write = self.write(entry.at).await?;
        let query = sqlx::query(AUDIT)
            .bind(entry.at.0)
            .bind(&entry.actor)
            .bind(&entry.action)
            .bind(&entry.target)
            .bind(entry.details.to_string());
        query.execute(write.connection()).await?;
        write.change(entry.at, ChangeKind::MasterKey, keys).await?;
        write.commit().await
    }
}

type Query<'q> =
    sqlx::query::Query<'q, crate::database::Db, <crate::database::Db as sqlx::Database>::Arguments>;

fn bind<'q>(query: Query<'q>, key: &'q RowKey) -> Query<'q> {
    match key {
        RowKey::Text(text) => query.bind(text.as_str()),
        RowKey::Number(number) => query.bind(*number),
        RowKey::Bytes(bytes) => query.bind(bytes.as_slice()),
    }
}
