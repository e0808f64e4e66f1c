//! OAuth apps of accounts, their secrets sealed.

use crate::database::{ListSql, Storage};
use crate::row::{Columns, Row};
use crate::{AuditEntry, ChangeKind, Error};
use solder_model::{AccountId, OAuthApp, OAuthAppId, Page, Paged, Sealed};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, account_id, connector_owner, connector_id, kind, client_id, secret_sealed, created_at, ",
            "updated_at FROM oauth_apps ",
            $rest
        )
    };
}

impl Storage {
    /// Keeps a new app. [`Error::Conflict`]: `OAuth app` where the account has one for the connector and kind.
    pub async fn create_oauth_app(&self, app: &OAuthApp, entry: &AuditEntry) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO oauth_apps (id, account_id, connector_owner, connector_id, kind, client_id, \
            secret_sealed, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let mut write = self.write(entry.at).await?;
        let query = sqlx::query(SQL)
            .bind(app.id.as_str())
            .bind(app.account.as_str())
            .bind(&app.connector_owner)
            .bind(app.connector.as_str())
            .bind(&app.kind)
            .bind(&app.client_id)
            .bind(app.secret.as_ref().map(|sealed| sealed.0.as_slice()))
            .bind(app.created_at.0)
            .bind(app.updated_at.0);
        query.execute(write.connection()).await?;
        write.audit(entry).await?;
        let key = app.account.as_str();
        write.change(entry.at, ChangeKind::OAuthApps, key).await?;
        write.commit().await
    }

    /// The account's app of that id.
    pub async fn find_oauth_app(
        &self,
        account: &AccountId,
        id: &OAuthAppId,
    ) -> Result<Option<OAuthApp>, Error> {
        const SQL: &str = select!("WHERE account_id = $1 AND id = $2");
        let query = sqlx::query(SQL).bind(account.as_str()).bind(id.as_str());
        let row = query.fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// A page of an account's apps, newest first.
    pub async fn list_oauth_apps(&self, account: &AccountId, page: Page) -> Result<Paged<OAuthApp>, Error> {
        const COUNT: &str = "SELECT COUNT(*) FROM oauth_apps WHERE account_id = $1";
        const SQL: &str =
            select!("WHERE account_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3");
        let sql = ListSql {
            count: COUNT,
            page: SQL,
        };
        self.list(&sql, &[account.as_str()], page, read).await
    }

    /// Keeps another client id and secret for an app. False, and nothing logged, where it is gone.
    pub async fn update_oauth_app(&self, app: &OAuthApp, entry: &AuditEntry) -> Result<bool, Error> {
        const SQL: &str = "UPDATE oauth_apps SET client_id = $1, secret_sealed = $2, updated_at = $3 \
            WHERE account_id = $4 AND id = $5";
        let mut write = self.write(entry.at).await?;
        let query = sqlx::query(SQL)
            .bind(&app.client_id)
            .bind(app.secret.as_ref().map(|sealed| sealed.0.as_slice()))
            .bind(app.updated_at.0)
            .bind(app.account.as_str())
            .bind(app.id.as_str());
        if query.execute(write.connection()).await?.rows_affected() == 0 {
            return Ok(false);
        }
        write.audit(entry).await?;
        let key = app.account.as_str();
        write.change(entry.at, ChangeKind::OAuthApps, key).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Removes an app. False, and nothing logged, where the account has none of that id.
    pub async fn delete_oauth_app(
        &self,
        account: &AccountId,
        id: &OAuthAppId,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        const SQL: &str = "DELETE FROM oauth_apps WHERE account_id = $1 AND id = $2";
        let mut write = self.write(entry.at).await?;
        let query = sqlx::query(SQL).bind(account.as_str()).bind(id.as_str());
        if query.execute(write.connection()).await?.rows_affected() == 0 {
            return Ok(false);
        }
        write.audit(entry).await?;
        let key = account.as_str();
        write.change(entry.at, ChangeKind::OAuthApps, key).await?;
        write.commit().await?;
        Ok(true)
    }
}

fn read(row: &Row) -> Result<OAuthApp, Error> {
    Ok(OAuthApp {
        id: row.id("id")?,
        account: row.id("account_id")?,
        connector_owner: row.text("connector_owner")?,
        connector: row.id("connector_id")?,
        kind: row.text("kind")?,
        client_id: row.text("client_id")?,
        secret: row.optional_bytes("secret_sealed")?.map(Sealed),
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
