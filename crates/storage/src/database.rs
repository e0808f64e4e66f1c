//! The database as every other file here uses it: transactions that read or write, counted.

use crate::change::{Pruning, prune};
use crate::dialect::{self, Dialect};
use crate::{AuditEntry, ChangeKind, Error, audit, change};
use solder_model::{Page, Paged, Timestamp};
use sqlx::{Database, Pool, Transaction};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The driver, which every statement here goes through.
pub(crate) type Db = sqlx::Any;

pub(crate) type Connection = <Db as Database>::Connection;

/// The database. A clone is the same database.
#[derive(Clone)]
pub struct Storage {
    inner: Arc<Inner>,
}

struct Inner {
    dialect: Dialect,
    writer: Pool<Db>,
    reader: Pool<Db>,
    queries: AtomicU64,
    pruning: Pruning,
}

/// A transaction that writes. Dropped without [`Write::commit`], it leaves nothing behind.
pub(crate) struct Write(Transaction<'static, Db>);

/// A transaction whose statements all see the same moment.
pub(crate) type Read = Transaction<'static, Db>;

impl Storage {
    /// Opens the database and brings its tables up to date.
    ///
    /// `sqlite:///path/solder.db` is a file, which is made with mode 0600 where it does not exist (its folder must);
    /// other processes may have it open too. `postgres://user:password@host/database` is a PostgreSQL database.
    pub async fn open(url: &str) -> Result<Self, Error> {
        let pools = dialect::open(url).await?;
        Ok(Self {
            inner: Arc::new(Inner {
                dialect: pools.dialect,
                writer: pools.writer,
                reader: pools.reader,
                queries: AtomicU64::new(0),
                pruning: Pruning::default(),
            }),
        })
    }

    /// Waits for the transactions under way and closes every connection. Later calls are [`Error::Unavailable`].
    pub async fn close(&self) {
        self.inner.reader.close().await;
        self.inner.writer.close().await;
    }

    /// How many transactions and single statements have been begun so far, so that a test can tell that a call
    /// needed none.
    pub fn queries(&self) -> u64 {
        self.inner.queries.load(Ordering::Relaxed)
    }

    /// The pool for a single statement that reads.
    pub(crate) fn reader(&self) -> &Pool<Db> {
        self.count();
        &self.inner.reader
    }

    pub(crate) async fn read(&self) -> Result<Read, Error> {
        self.count();
        Ok(self
            .inner
            .reader
            .begin_with(self.inner.dialect.begin_read())
            .await?)
    }

    /// Begins to write at the moment `now`; drops changes that are long past on the way.
    pub(crate) async fn write(&self, now: Timestamp) -> Result<Write, Error> {
        self.count();
        let begin = self.inner.dialect.begin_write();
        let mut transaction = self.inner.writer.begin_with(begin).await?;
        if self.inner.pruning.is_due(now) {
            prune(&mut transaction, now).await?;
        }
        Ok(Write(transaction))
    }

    fn count(&self) {
        self.inner.queries.fetch_add(1, Ordering::Relaxed);
    }
}

impl std::fmt::Debug for Storage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("Storage");
        shown
            .field("dialect", &self.inner.dialect)
            .finish_non_exhaustive()
    }
}

impl Write {
    pub(crate) fn connection(&mut self) -> &mut Connection {
        &mut self.0
    }

    pub(crate) async fn audit(&mut self, entry: &AuditEntry) -> Result<(), Error> {
        audit::record(&mut self.0, entry).await
    }

    pub(crate) async fn change(&mut self, at: Timestamp, kind: ChangeKind, key: &str) -> Result<(), Error> {
        change::record(&mut self.0, at, kind, key).await
    }

    pub(crate) async fn commit(self) -> Result<(), Error> {
        Ok(self.0.commit().await?)
    }
}

/// The two statements of a list: how many there are, and one page of them.
pub(crate) struct ListSql {
    /// Takes the keys.
    pub(crate) count: &'static str,
    /// Takes the keys, then the limit and the offset.
    pub(crate) page: &'static str,
}

impl Storage {
    /// A page of what belongs to `keys`, both statements in one moment.
    pub(crate) async fn list<T>(
        &self,
        sql: &ListSql,
        keys: &[&str],
        page: Page,
        read: impl Fn(&crate::row::Row) -> Result<T, Error> + Send,
    ) -> Result<Paged<T>, Error> {
        let limit = i64::from(page.limit.min(Page::MOST));
        let offset = i64::try_from(page.offset).unwrap_or(i64::MAX);
        let mut transaction = self.read().await?;
        let (mut total, mut rows) = (sqlx::query_scalar(sql.count), sqlx::query(sql.page));
        for key in keys {
            (total, rows) = (total.bind(*key), rows.bind(*key));
        }
        let total: i64 = total.fetch_one(&mut *transaction).await?;
        let rows = rows.bind(limit).bind(offset).fetch_all(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(Paged {
            items: rows.iter().map(read).collect::<Result<_, _>>()?,
            total: u64::try_from(total).unwrap_or(0),
            page,
        })
    }
}
