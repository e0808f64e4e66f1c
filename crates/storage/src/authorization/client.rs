//! MCP clients that are kept: those that an admin registered, and those that registered themselves.

use super::grant;
use crate::database::{ListSql, Storage, Write};
use crate::row::{Columns, Row, corrupt};
use crate::{AuditEntry, Error};
use solder_model::{AccountId, ClientId, ClientKind, Digest, McpClient, Page, Paged, Timestamp};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, account_id, kind, name, redirect_uris, secret_digest, created_at, used_at ",
            "FROM authorization_clients ",
            $rest
        )
    };
}

impl Storage {
    /// Keeps a client that an admin registered. [`Error::Conflict`]: `client id`.
    pub async fn create_client(&self, client: &McpClient, entry: &AuditEntry) -> Result<(), Error> {
        let mut write = self.write(entry.at).await?;
        insert(&mut write, client).await?;
        write.audit(entry).await?;
        write.commit().await
    }

    /// Keeps a client that registered itself. Forgets those that have not been used since `unused_since`. No account
    /// has it, so that no account's log tells of it.
    pub async fn create_dynamic_client(
        &self,
        client: &McpClient,
        unused_since: Timestamp,
    ) -> Result<(), Error> {
        const DROP: &str = "DELETE FROM authorization_clients \
            WHERE kind = 'dynamic' AND COALESCE(used_at, created_at) < $1";
        let mut write = self.write(client.created_at).await?;
        let drop = sqlx::query(DROP).bind(unused_since.0);
        drop.execute(write.connection()).await?;
        insert(&mut write, client).await?;
        write.commit().await
    }

    /// The client of that id.
    pub async fn find_client(&self, id: &ClientId) -> Result<Option<McpClient>, Error> {
        const SQL: &str = select!("WHERE id = $1");
        let query = sqlx::query(SQL).bind(id.as_str());
        let row = query.fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// A page of the clients that were registered in an account, newest first.
    pub async fn list_clients(&self, account: &AccountId, page: Page) -> Result<Paged<McpClient>, Error> {
        const COUNT: &str = "SELECT COUNT(*) FROM authorization_clients WHERE account_id = $1";
        const SQL: &str =
            select!("WHERE account_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3");
        let sql = ListSql {
            count: COUNT,
            page: SQL,
        };
        self.list(&sql, &[account.as_str()], page, read).await
    }

    /// Removes a client of the account, with every grant that it was given. False, and nothing logged, where the
    /// account has no such client.
    pub async fn delete_client(
        &self,
        account: &AccountId,
        id: &ClientId,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        const SQL: &str = "DELETE FROM authorization_clients WHERE id = $1 AND account_id = $2";
        let mut write = self.write(entry.at).await?;
        let query = sqlx::query(SQL).bind(id.as_str()).bind(account.as_str());
        if query.execute(write.connection()).await?.rows_affected() == 0 {
            return Ok(false);
        }
        grant::end_all_of(&mut write, id, entry.at).await?;
        write.audit(entry).await?;
        write.commit().await?;
        Ok(true)
    }
}

/// Remembers at `now` that a client got a token, to about a day.
pub(super) async fn touch(write: &mut Write, id: &ClientId, now: Timestamp) -> Result<(), Error> {
    const SQL: &str = "UPDATE authorization_clients SET used_at = $1 \
        WHERE id = $2 AND (used_at IS NULL OR used_at < $3)";
    let query = sqlx::query(SQL)
        .bind(now.0)
        .bind(id.as_str())
        .bind(now.plus_ms(-Timestamp::DAY_MS).0);
    query.execute(write.connection()).await?;
    Ok(())
}

async fn insert(write: &mut Write, client: &McpClient) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO authorization_clients \
        (id, account_id, kind, name, redirect_uris, secret_digest, created_at, used_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let secret = client.secret_digest.as_ref();
    let query = sqlx::query(SQL)
        .bind(client.id.as_str())
        .bind(client.account.as_ref().map(AccountId::as_str))
        .bind(client.kind.as_str())
        .bind(&client.name)
        .bind(serde_json::Value::from(client.redirect_uris.clone()).to_string())
        .bind(secret.map(|digest: &Digest| digest.0.as_slice()))
        .bind(client.created_at.0)
        .bind(client.used_at.map(|moment| moment.0));
    query.execute(write.connection()).await?;
    Ok(())
}

fn read(row: &Row) -> Result<McpClient, Error> {
    let kind = ClientKind::from_name(&row.text("kind")?);
    let redirect_uris = serde_json::from_str(&row.text("redirect_uris")?);
    Ok(McpClient {
        id: row.id("id")?,
        kind: kind.ok_or_else(|| corrupt("kind"))?,
        account: row.optional_id("account_id")?,
        name: row.text("name")?,
        redirect_uris: redirect_uris.map_err(|_no_list| corrupt("redirect_uris"))?,
        secret_digest: row.optional_digest("secret_digest")?,
        created_at: row.time("created_at")?,
        used_at: row.optional_time("used_at")?,
    })
}
