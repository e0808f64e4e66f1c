//! API keys, without the keys.

use crate::database::{ListSql, Storage, Write};
use crate::row::{Columns, Row, corrupt, flag, hex};
use crate::{AuditEntry, ChangeKind, Error};
use solder_model::{AccountId, ApiKey, ApiKeyId, Digest, Page, Paged, Role, Timestamp};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT k.id, k.account_id, k.user_id, u.name AS user_name, k.name, k.role, k.user_bound, k.digest, ",
            "k.created_at, k.expires_at, k.last_used_at FROM api_keys k JOIN users u ON u.id = k.user_id ",
            $rest
        )
    };
}

const FIND: &str = select!("WHERE k.id = $1 AND k.account_id = $2");

impl Storage {
    /// Keeps a new key. [`Error::NotFound`] where its user is not one of its account; [`Error::Conflict`]: `API key`.
    pub async fn create_key(&self, key: &ApiKey, entry: &AuditEntry) -> Result<(), Error> {
        let mut write = self.write(entry.at).await?;
        insert(&mut write, key, entry.at).await?;
        write.audit(entry).await?;
        write.commit().await
    }

    /// The key of that digest, be it expired.
    pub async fn find_key_by_digest(&self, digest: &Digest) -> Result<Option<ApiKey>, Error> {
        const SQL: &str = select!("WHERE k.digest = $1");
        let query = sqlx::query(SQL).bind(digest.0.as_slice());
        let row = query.fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// The key of that id in the account.
    pub async fn find_key(&self, account: &AccountId, id: &ApiKeyId) -> Result<Option<ApiKey>, Error> {
        let query = sqlx::query(FIND).bind(id.as_str()).bind(account.as_str());
        let row = query.fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// A page of an account's keys, newest first.
    pub async fn list_keys(&self, account: &AccountId, page: Page) -> Result<Paged<ApiKey>, Error> {
        const COUNT: &str = "SELECT COUNT(*) FROM api_keys WHERE account_id = $1";
        const SQL: &str =
            select!("WHERE k.account_id = $1 ORDER BY k.created_at DESC, k.id DESC LIMIT $2 OFFSET $3");
        let sql = ListSql {
            count: COUNT,
            page: SQL,
        };
        self.list(&sql, &[account.as_str()], page, read).await
    }

    /// Removes a key of the account; the audit log still tells of it. False, and nothing logged, where the account
    /// has no such key.
    pub async fn revoke_key(
        &self,
        account: &AccountId,
        id: &ApiKeyId,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        const SQL: &str = "DELETE FROM api_keys WHERE id = $1 AND account_id = $2 RETURNING digest";
        let mut write = self.write(entry.at).await?;
        let query = sqlx::query(SQL).bind(id.as_str()).bind(account.as_str());
        let Some(row) = query.fetch_optional(write.connection()).await? else {
            return Ok(false);
        };
        let digest = row.digest("digest")?;
        write.audit(entry).await?;
        write.change(entry.at, ChangeKind::Key, &hex(&digest)).await?;
        write.commit().await?;
        Ok(true)
    }

    /// The same for a key that is not the last by which an admin could come in at `entry.at`; of two that revoke each
    /// other's key at once, one is refused.
    pub async fn revoke_key_but_the_last(
        &self,
        account: &AccountId,
        id: &ApiKeyId,
        entry: &AuditEntry,
    ) -> Result<Revoked, Error> {
        const LOCK: &str = "UPDATE accounts SET name = name WHERE id = $1";
        const ANOTHER: &str = "SELECT id FROM api_keys WHERE account_id = $1 AND id <> $2 AND role = 'admin' \
            AND user_bound = 0 AND (expires_at IS NULL OR expires_at > $3) LIMIT 1";
        const SQL: &str = "DELETE FROM api_keys WHERE id = $1";
        let mut write = self.write(entry.at).await?;
        let lock = sqlx::query(LOCK).bind(account.as_str());
        lock.execute(write.connection()).await?;
        let find = sqlx::query(FIND).bind(id.as_str()).bind(account.as_str());
        let Some(row) = find.fetch_optional(write.connection()).await? else {
            return Ok(Revoked::NotFound);
        };
        let key = read(&row)?;
        if key.role == Role::Admin && !key.user_bound && key.is_live(entry.at) {
            let another = sqlx::query(ANOTHER).bind(account.as_str()).bind(id.as_str());
            let another = another.bind(entry.at.0).fetch_optional(write.connection());
            if another.await?.is_none() {
                return Ok(Revoked::IsTheLast);
            }
        }
        let gone = sqlx::query(SQL).bind(id.as_str());
        gone.execute(write.connection()).await?;
        write.audit(entry).await?;
        let digest = hex(&key.digest);
        write.change(entry.at, ChangeKind::Key, &digest).await?;
        write.commit().await?;
        Ok(Revoked::Gone)
    }

    /// Gives a key of the account another name or another end. None, and nothing
    /// logged, where the account has no such key.
    pub async fn update_key(
        &self,
        account: &AccountId,
        id: &ApiKeyId,
        change: &KeyChange,
        entry: &AuditEntry,
    ) -> Result<Option<ApiKey>, Error> {
        const NAME: &str = "UPDATE api_keys SET name = $1 WHERE id = $2 AND account_id = $3";
        const END: &str = "UPDATE api_keys SET expires_at = $1 WHERE id = $2 AND account_id = $3";
        let mut write = self.write(entry.at).await?;
        if let Some(name) = &change.name {
            let query = sqlx::query(NAME).bind(name).bind(id.as_str());
            query.bind(account.as_str()).execute(write.connection()).await?;
        }
        if let Some(end) = change.expires_at {
            let query = sqlx::query(END)
                .bind(end.map(|moment| moment.0))
                .bind(id.as_str());
            query.bind(account.as_str()).execute(write.connection()).await?;
        }
        let find = sqlx::query(FIND).bind(id.as_str()).bind(account.as_str());
        let Some(row) = find.fetch_optional(write.connection()).await? else {
            return Ok(None);
        };
        let key = read(&row)?;
        write.audit(entry).await?;
        write.change(entry.at, ChangeKind::Key, &hex(&key.digest)).await?;
        write.commit().await?;
        Ok(Some(key))
    }

    /// Keeps the successor of a key, which ends at `ends_at` or when it would have ended, whichever is sooner. False,
    /// and nothing kept, where the account has no such key any more.
    pub async fn rotate_key(
        &self,
        old: &ApiKeyId,
        ends_at: Timestamp,
        successor: &ApiKey,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        const SQL: &str = "UPDATE api_keys \
            SET expires_at = CASE WHEN expires_at IS NULL OR expires_at > $1 THEN $1 ELSE expires_at END \
            WHERE id = $2 AND account_id = $3 RETURNING digest";
        let mut write = self.write(entry.at).await?;
        let query = sqlx::query(SQL)
            .bind(ends_at.0)
            .bind(old.as_str())
            .bind(successor.account.as_str());
        let Some(row) = query.fetch_optional(write.connection()).await? else {
            return Ok(false);
        };
        let digest = hex(&row.digest("digest")?);
        insert(&mut write, successor, entry.at).await?;
        write.audit(entry).await?;
        write.change(entry.at, ChangeKind::Key, &digest).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Writes down when keys were last used. An earlier moment than the one that stands changes nothing, and nothing is
    /// logged or fed.
    pub async fn note_key_use(&self, uses: &[(ApiKeyId, Timestamp)]) -> Result<(), Error> {
        const SQL: &str = "UPDATE api_keys SET last_used_at = $1 \
            WHERE id = $2 AND (last_used_at IS NULL OR last_used_at < $1)";
        let Some(now) = uses.iter().map(|(_, at)| *at).max() else {
            return Ok(());
        };
        let mut write = self.write(now).await?;
        for (key, at) in uses {
            let query = sqlx::query(SQL).bind(at.0).bind(key.as_str());
            query.execute(write.connection()).await?;
        }
        write.commit().await
    }
}

/// What came of revoking a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revoked {
    /// It is gone.
    Gone,
    /// The account has no such key.
    NotFound,
    /// It stays: without it no admin could come in.
    IsTheLast,
}

/// What shall change of a key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyChange {
    /// Another name.
    pub name: Option<String>,
    /// Another end; the inner none is never.
    pub expires_at: Option<Option<Timestamp>>,
}

pub(crate) async fn insert(write: &mut Write, key: &ApiKey, now: Timestamp) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO api_keys \
        (id, account_id, user_id, name, role, user_bound, digest, created_at, expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let query = sqlx::query(SQL)
        .bind(key.id.as_str())
        .bind(key.account.as_str())
        .bind(key.user.as_str())
        .bind(&key.name)
        .bind(key.role.as_str())
        .bind(flag(key.user_bound))
        .bind(key.digest.0.as_slice())
        .bind(key.created_at.0)
        .bind(key.expires_at.map(|moment| moment.0));
    query.execute(write.connection()).await?;
    write.change(now, ChangeKind::Key, &hex(&key.digest)).await
}

fn read(row: &Row) -> Result<ApiKey, Error> {
    let role = Role::from_name(&row.text("role")?);
    Ok(ApiKey {
        id: row.id("id")?,
        account: row.id("account_id")?,
        user: row.id("user_id")?,
        user_name: row.id("user_name")?,
        name: row.text("name")?,
        role: role.ok_or_else(|| corrupt("role"))?,
        user_bound: row.flag("user_bound")?,
        digest: row.digest("digest")?,
        created_at: row.time("created_at")?,
        expires_at: row.optional_time("expires_at")?,
        last_used_at: row.optional_time("last_used_at")?,
    })
}
