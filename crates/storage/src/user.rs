//! Users of an account.

use crate::database::{ListSql, Storage, Write};
use crate::row::{Columns, Row};
use crate::{AuditEntry, ChangeKind, Error};
use sha2::{Digest as _, Sha256};
use solder_model::{AccountId, Page, Paged, Timestamp, User, UserId, UserName};

const FIND_BY_NAME: &str = "SELECT id, account_id, name, created_at FROM users \
    WHERE account_id = $1 AND name_hash = $2";

impl Storage {
    /// The user of that account and name: the one that stands, or this one, which is kept then.
    /// [`Error::NotFound`] where the account does not exist.
    pub async fn ensure_user(&self, user: &User) -> Result<User, Error> {
        if let Some(standing) = self.find_user(&user.account, &user.name).await? {
            return Ok(standing);
        }
        let mut write = self.write(user.created_at).await?;
        let standing = ensure(&mut write, user, user.created_at).await?;
        write.commit().await?;
        Ok(standing)
    }

    /// The user of that account and name, and whether it came to be now; only then something is logged.
    pub async fn create_user(&self, user: &User, entry: &AuditEntry) -> Result<(User, bool), Error> {
        let mut write = self.write(entry.at).await?;
        let standing = ensure(&mut write, user, entry.at).await?;
        let is_new = standing.id == user.id;
        if is_new {
            write.audit(entry).await?;
        }
        write.commit().await?;
        Ok((standing, is_new))
    }

    /// The user of that name in the account, compared byte for byte.
    pub async fn find_user(&self, account: &AccountId, name: &UserName) -> Result<Option<User>, Error> {
        let query = sqlx::query(FIND_BY_NAME).bind(account.as_str()).bind(hash(name));
        let row = query.fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// The user of that internal id.
    pub async fn find_user_by_id(&self, id: &UserId) -> Result<Option<User>, Error> {
        const SQL: &str = "SELECT id, account_id, name, created_at FROM users WHERE id = $1";
        let query = sqlx::query(SQL).bind(id.as_str());
        let row = query.fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// A page of an account's users, newest first.
    pub async fn list_users(&self, account: &AccountId, page: Page) -> Result<Paged<User>, Error> {
        const COUNT: &str = "SELECT COUNT(*) FROM users WHERE account_id = $1";
        const SQL: &str = "SELECT id, account_id, name, created_at FROM users WHERE account_id = $1 \
            ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3";
        let sql = ListSql {
            count: COUNT,
            page: SQL,
        };
        self.list(&sql, &[account.as_str()], page, read).await
    }

    /// Whether any API key is tied to the user, be it expired.
    pub async fn user_holds_key(&self, user: &UserId) -> Result<bool, Error> {
        const SQL: &str = "SELECT id FROM api_keys WHERE user_id = $1 LIMIT 1";
        let query = sqlx::query(SQL).bind(user.as_str());
        Ok(query.fetch_optional(self.reader()).await?.is_some())
    }
}

/// Keeps the user where the account has none of that name; returns the one that stands.
pub(crate) async fn ensure(write: &mut Write, user: &User, now: Timestamp) -> Result<User, Error> {
    const SQL: &str = "INSERT INTO users (id, account_id, name, name_hash, created_at) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account_id, name_hash) DO NOTHING";
    let query = sqlx::query(SQL)
        .bind(user.id.as_str())
        .bind(user.account.as_str())
        .bind(user.name.as_str())
        .bind(hash(&user.name))
        .bind(user.created_at.0);
    if query.execute(write.connection()).await?.rows_affected() == 1 {
        let key = format!("{}/{}", user.account, user.id);
        write.change(now, ChangeKind::User, &key).await?;
        return Ok(user.clone());
    }
    let query = sqlx::query(FIND_BY_NAME)
        .bind(user.account.as_str())
        .bind(hash(&user.name));
    read(&query.fetch_one(write.connection()).await?)
}

pub(crate) fn read(row: &Row) -> Result<User, Error> {
    Ok(User {
        id: row.id("id")?,
        account: row.id("account_id")?,
        name: row.id("name")?,
        created_at: row.time("created_at")?,
    })
}

/// What stands for a name in the index, since a name can be longer than an index takes.
pub(crate) fn hash(name: &UserName) -> Vec<u8> {
    Sha256::digest(name.as_str().as_bytes()).to_vec()
}
