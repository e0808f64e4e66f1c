//! The URIs that an account lets browsers be sent to.

use crate::database::{ListSql, Storage};
use crate::row::{Columns, Row};
use crate::{AuditEntry, Error};
use solder_model::{AccountId, Page, Paged, RedirectUri, RedirectUriId};

impl Storage {
    /// Lists a URI. [`Error::Conflict`]: `redirect URI` where the account has listed it already.
    pub async fn create_redirect_uri(&self, listed: &RedirectUri, entry: &AuditEntry) -> Result<(), Error> {
        const SQL: &str =
            "INSERT INTO redirect_uris (id, account_id, uri, created_at) VALUES ($1, $2, $3, $4)";
        let mut write = self.write(entry.at).await?;
        let query = sqlx::query(SQL)
            .bind(listed.id.as_str())
            .bind(listed.account.as_str())
            .bind(&listed.uri)
            .bind(listed.created_at.0);
        query.execute(write.connection()).await?;
        write.audit(entry).await?;
        write.commit().await
    }

    /// Whether the account has listed exactly this URI.
    pub async fn is_redirect_uri_listed(&self, account: &AccountId, uri: &str) -> Result<bool, Error> {
        const SQL: &str = "SELECT COUNT(*) FROM redirect_uris WHERE account_id = $1 AND uri = $2";
        let query = sqlx::query_scalar(SQL).bind(account.as_str()).bind(uri);
        let found: i64 = query.fetch_one(self.reader()).await?;
        Ok(found > 0)
    }

    /// A page of an account's URIs, newest first.
    pub async fn list_redirect_uris(
        &self,
        account: &AccountId,
        page: Page,
    ) -> Result<Paged<RedirectUri>, Error> {
        const COUNT: &str = "SELECT COUNT(*) FROM redirect_uris WHERE account_id = $1";
        const SQL: &str = "SELECT id, account_id, uri, created_at FROM redirect_uris WHERE account_id = $1 \
            ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3";
        let sql = ListSql {
            count: COUNT,
            page: SQL,
        };
        self.list(&sql, &[account.as_str()], page, read).await
    }

    /// Takes a URI off the list. False, and nothing logged, where the account has none of that id.
    pub async fn delete_redirect_uri(
        &self,
        account: &AccountId,
        id: &RedirectUriId,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        const SQL: &str = "DELETE FROM redirect_uris WHERE account_id = $1 AND id = $2";
        let mut write = self.write(entry.at).await?;
        let query = sqlx::query(SQL).bind(account.as_str()).bind(id.as_str());
        if query.execute(write.connection()).await?.rows_affected() == 0 {
            return Ok(false);
        }
        write.audit(entry).await?;
        write.commit().await?;
        Ok(true)
    }
}

fn read(row: &Row) -> Result<RedirectUri, Error> {
    Ok(RedirectUri {
        id: row.id("id")?,
        account: row.id("account_id")?,
        uri: row.text("uri")?,
        created_at: row.time("created_at")?,
    })
}
