//! The change feed: a numbered row for each change, from which other caches and other processes learn what to drop.

use crate::Error;
use crate::database::{Connection, Storage};
use crate::row::{Columns, Row, corrupt};
use solder_model::Timestamp;
use std::sync::atomic::{AtomicI64, Ordering};

/// How long a change is kept, in milliseconds. Whoever reads the feed more rarely has to forget all it knows:
/// [`Storage::first_change`] tells.
const KEPT_MS: i64 = 3_600_000;

/// How often old changes are looked for, in milliseconds.
const PRUNED_EVERY_MS: i64 = 60_000;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// What has changed. Creating counts too: its absence may have been remembered.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ChangeKind { $($(#[$doc])* $name,)* }

        impl ChangeKind {
            const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$name),)* _ => None }
            }
        }
    };
}

kinds! {
    /// A server was created, updated or deleted; the key is its id.
    Server = "server";
    /// An API key was created or revoked; the key is its digest in lower-case hex.
    Key = "key";
    /// A user was created, or got or lost a password; the key is the account's id, `/` and the user's id.
    User = "user";
    /// A credential was created or deleted; the key is the id of its user.
    Credentials = "credentials";
    /// An account was created; the key is its id.
    Account = "account";
    /// A legacy MCP session was ended by its client; the key is its digest in lower-case hex.
    Session = "session";
    /// An OAuth app of an account was stored, changed or removed; the key is the account's id.
    OAuthApps = "oauth_apps";
    /// The source of the master keys gives other keys than before; the key is the id of the one that seals.
    MasterKey = "master_key";
    /// A JWT key was registered or deleted; the key is the id of its account.
    JwtKeys = "jwt_keys";
    /// A grant to an MCP client ended; the key is its id.
    Grant = "grant";
    /// A single token of a grant was revoked; the key is its digest in lower-case hex.
    GrantToken = "grant-token";
    /// A connector of an account was made, changed or removed; the key is the account's id.
    Connectors = "connectors";
}

/// One row of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its number. Later changes have higher numbers; numbers may be missing. On PostgreSQL a lower number can become
    /// visible after a higher one, so whoever reads on from a number reads some before it again.
    pub seq: i64,
    /// What kind of thing has changed.
    pub kind: ChangeKind,
    /// Which one; see [`ChangeKind`].
    pub key: String,
}

impl Storage {
    /// The highest number in the feed; 0 where nothing ever changed.
    pub async fn last_change(&self) -> Result<i64, Error> {
        const SQL: &str = "SELECT COALESCE(MAX(seq), 0) FROM changes";
        Ok(sqlx::query_scalar(SQL).fetch_one(self.reader()).await?)
    }

    /// The lowest number that is still kept; 0 where nothing ever changed. Changes from before it were dropped, being
    /// older than an hour.
    pub async fn first_change(&self) -> Result<i64, Error> {
        const SQL: &str = "SELECT COALESCE(MIN(seq), 0) FROM changes";
        Ok(sqlx::query_scalar(SQL).fetch_one(self.reader()).await?)
    }

    /// At most `limit` changes with higher numbers than `seq`, lowest first.
    pub async fn changes_after(&self, seq: i64, limit: u32) -> Result<Vec<Change>, Error> {
        const SQL: &str = "SELECT seq, kind, subject FROM changes WHERE seq > $1 ORDER BY seq LIMIT $2";
        let query = sqlx::query(SQL).bind(seq).bind(i64::from(limit));
        query.fetch_all(self.reader()).await?.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<Change, Error> {
    let kind = ChangeKind::from_name(&row.text("kind")?);
    Ok(Change {
        seq: row.number("seq")?,
        kind: kind.ok_or_else(|| corrupt("kind"))?,
        key: row.text("subject")?,
    })
}

pub(crate) async fn record(
    connection: &mut Connection,
    at: Timestamp,
    kind: ChangeKind,
    key: &str,
) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO changes (at, kind, subject) VALUES ($1, $2, $3)";
    let query = sqlx::query(SQL).bind(at.0).bind(kind.as_str()).bind(key);
    query.execute(connection).await?;
    Ok(())
}

/// When old changes are to be looked for next.
#[derive(Default)]
pub(crate) struct Pruning {
    next: AtomicI64,
}

impl Pruning {
    /// Whether they are due at `now`; says so once in a while only.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        let next = self.next.load(Ordering::Relaxed);
        let later = now.plus_ms(PRUNED_EVERY_MS).0;
        now.0 >= next
            && self
                .next
                .compare_exchange(next, later, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}

/// Drops changes that are long past. The last one stays, so that the highest number never goes back.
pub(crate) async fn prune(connection: &mut Connection, now: Timestamp) -> Result<(), Error> {
    const SQL: &str = "DELETE FROM changes WHERE at < $1 AND seq < (SELECT MAX(seq) FROM changes)";
    let query = sqlx::query(SQL).bind(now.plus_ms(-KEPT_MS).0);
    query.execute(connection).await?;
    Ok(())
}
