//! Passwords, hashed and sealed, and the epochs of users' sign-ins.

use crate::database::{Storage, Write};
use crate::row::{Columns, Row};
use crate::user::hash;
use crate::{AuditEntry, ChangeKind, Error};
use solder_model::{AccountId, Password, Sealed, User, UserId, UserName};

impl Storage {
    /// Sets or replaces a user's password. Every sign-in of the user ends: the epoch grows.
    /// [`Error::NotFound`] where the account has no such user.
    pub async fn set_password(
        &self,
        account: &AccountId,
        user: &UserId,
        sealed: &Sealed,
        entry: &AuditEntry,
    ) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO sign_ins (user_id, account_id, password, password_set_at, epoch) \
            VALUES ($1, $2, $3, $4, 1) ON CONFLICT (user_id) DO UPDATE SET password = excluded.password, \
            password_set_at = excluded.password_set_at, epoch = sign_ins.epoch + 1 \
            WHERE sign_ins.account_id = excluded.account_id";
        let mut write = self.write(entry.at).await?;
        let query = sqlx::query(SQL)
            .bind(user.as_str())
            .bind(account.as_str())
            .bind(sealed.0.as_slice())
            .bind(entry.at.0);
        if query.execute(write.connection()).await?.rows_affected() == 0 {
            return Err(Error::NotFound);
        }
        changed(write, account, user, entry).await
    }

    /// Removes a user's password and ends every sign-in of the user. False, and nothing logged, where there is none.
    pub async fn remove_password(
        &self,
        account: &AccountId,
        user: &UserId,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        const SQL: &str = "UPDATE sign_ins SET password = NULL, password_set_at = NULL, epoch = epoch + 1 \
            WHERE user_id = $1 AND account_id = $2 AND password IS NOT NULL";
        let mut write = self.write(entry.at).await?;
        let query = sqlx::query(SQL).bind(user.as_str()).bind(account.as_str());
        if query.execute(write.connection()).await?.rows_affected() == 0 {
            return Ok(false);
        }
        changed(write, account, user, entry).await?;
        Ok(true)
    }

    /// The password of the account's user of that name. No such user and a user without one are one query alike.
    pub async fn find_password(
        &self,
        account: &AccountId,
        name: &UserName,
    ) -> Result<Option<Password>, Error> {
        const SQL: &str = "SELECT u.id, u.account_id, u.name, u.created_at, s.password, s.password_set_at, s.epoch \
            FROM users u JOIN sign_ins s ON s.user_id = u.id \
            WHERE u.account_id = $1 AND u.name_hash = $2 AND s.password IS NOT NULL";
        let query = sqlx::query(SQL).bind(account.as_str()).bind(hash(name));
        let row = query.fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// Whether the user has a password.
    pub async fn user_has_password(&self, user: &UserId) -> Result<bool, Error> {
        const SQL: &str = "SELECT epoch FROM sign_ins WHERE user_id = $1 AND password IS NOT NULL";
        let query = sqlx::query(SQL).bind(user.as_str());
        Ok(query.fetch_optional(self.reader()).await?.is_some())
    }

    /// Whether any user of the account has a password.
    pub async fn account_has_password(&self, account: &AccountId) -> Result<bool, Error> {
        const SQL: &str = "SELECT epoch FROM sign_ins WHERE account_id = $1 AND password IS NOT NULL LIMIT 1";
        let query = sqlx::query(SQL).bind(account.as_str());
        Ok(query.fetch_optional(self.reader()).await?.is_some())
    }

    /// The user of that internal id, and the epoch of its sign-ins, which is 0 as long as it never had a password.
    pub async fn find_user_and_epoch(&self, user: &UserId) -> Result<Option<(User, i64)>, Error> {
        const SQL: &str = "SELECT u.id, u.account_id, u.name, u.created_at, COALESCE(s.epoch, 0) AS epoch \
            FROM users u LEFT JOIN sign_ins s ON s.user_id = u.id WHERE u.id = $1";
        let query = sqlx::query(SQL).bind(user.as_str());
        let Some(row) = query.fetch_optional(self.reader()).await? else {
            return Ok(None);
        };
        Ok(Some((crate::user::read(&row)?, row.number("epoch")?)))
    }
}

async fn changed(
    mut write: Write,
    account: &AccountId,
    user: &UserId,
    entry: &AuditEntry,
) -> Result<(), Error> {
    write.audit(entry).await?;
    let key = format!("{account}/{user}");
    write.change(entry.at, ChangeKind::User, &key).await?;
    write.commit().await
}

fn read(row: &Row) -> Result<Password, Error> {
    Ok(Password {
        user: crate::user::read(row)?,
        sealed: Sealed(row.bytes("password")?),
        set_at: row.time("password_set_at")?,
        epoch: row.number("epoch")?,
    })
}
