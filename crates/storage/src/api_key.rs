//! API keys, without the keys.

use crate::database::{ListSql, Storage, Write};
use crate::row::{Columns, Row, corrupt, flag, hex};
use crate::{AuditEntry, ChangeKind, Error};
use solder_model::{AccountId, ApiKey, ApiKeyId, Digest, Page, Paged, Role, Timestamp};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT k.id, k.account_id, k.user_id, u.name AS user_name, k.name, k.role, k.user_bound, k.digest, ",
            "k.created_at, k.expires_at FROM api_keys k JOIN users u ON u.id = k.user_id ",
            $rest
        )
    };
}

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
    })
}
