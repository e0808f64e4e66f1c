//! Identity providers of accounts, their clients' secrets sealed.

use crate::database::{Connection, ListSql, Storage};
use crate::row::{Columns, Row, corrupt};
use crate::{AuditEntry, Error};
use serde_json::json;
use solder_model::{AccountId, IdentityProvider, IdentityProviderId, Page, Paged, Sealed};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, account_id, name, issuer, client_id, secret, user_claim, scopes, allowed_domains, created_at, ",
            "updated_at FROM identity_providers ",
            $rest
        )
    };
}

const FIND: &str = select!("WHERE id = $1 AND account_id = $2");

impl Storage {
    /// Keeps a new provider. [`Error::Conflict`]: `identity provider name`.
    pub async fn create_identity_provider(
        &self,
        provider: &IdentityProvider,
        entry: &AuditEntry,
    ) -> Result<(), Error> {
        let mut write = self.write(entry.at).await?;
        insert(write.connection(), provider).await?;
        write.audit(entry).await?;
        write.commit().await
    }

    /// The account's provider of that id.
    pub async fn find_identity_provider(
        &self,
        account: &AccountId,
        id: &IdentityProviderId,
    ) -> Result<Option<IdentityProvider>, Error> {
        let query = sqlx::query(FIND).bind(id.as_str()).bind(account.as_str());
        let row = query.fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// A page of an account's providers, newest first.
    pub async fn list_identity_providers(
        &self,
        account: &AccountId,
        page: Page,
    ) -> Result<Paged<IdentityProvider>, Error> {
        const COUNT: &str = "SELECT COUNT(*) FROM identity_providers WHERE account_id = $1";
        const SQL: &str =
            select!("WHERE account_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3");
        let sql = ListSql {
            count: COUNT,
            page: SQL,
        };
        self.list(&sql, &[account.as_str()], page, read).await
    }

    /// Puts `after` in place of `before`, if nothing has changed it since `before` was read. False, and nothing logged,
    /// where it has, or where it is no more. [`Error::Conflict`]: `identity provider name`.
    pub async fn update_identity_provider(
        &self,
        before: &IdentityProvider,
        after: &IdentityProvider,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        // Writing first takes the row's lock where there is no lock on the whole.
        const LOCK: &str =
            "UPDATE identity_providers SET updated_at = updated_at WHERE id = $1 AND account_id = $2";
        const DELETE: &str = "DELETE FROM identity_providers WHERE id = $1";
        let mut write = self.write(entry.at).await?;
        let lock = sqlx::query(LOCK)
            .bind(before.id.as_str())
            .bind(before.account.as_str());
        if lock.execute(write.connection()).await?.rows_affected() == 0 {
            return Ok(false);
        }
        let row = sqlx::query(FIND)
            .bind(before.id.as_str())
            .bind(before.account.as_str());
        if read(&row.fetch_one(write.connection()).await?)? != *before {
            return Ok(false);
        }
        let delete = sqlx::query(DELETE).bind(before.id.as_str());
        delete.execute(write.connection()).await?;
        let kept = IdentityProvider {
            id: before.id.clone(),
            account: before.account.clone(),
            created_at: before.created_at,
            ..after.clone()
        };
        insert(write.connection(), &kept).await?;
        write.audit(entry).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Removes a provider of the account. False, and nothing logged, where there is none.
    pub async fn delete_identity_provider(
        &self,
        account: &AccountId,
        id: &IdentityProviderId,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        const SQL: &str = "DELETE FROM identity_providers WHERE id = $1 AND account_id = $2";
        let mut write = self.write(entry.at).await?;
        let query = sqlx::query(SQL).bind(id.as_str()).bind(account.as_str());
        if query.execute(write.connection()).await?.rows_affected() == 0 {
            return Ok(false);
        }
        write.audit(entry).await?;
        write.commit().await?;
        Ok(true)
    }
}

async fn insert(connection: &mut Connection, provider: &IdentityProvider) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO identity_providers (id, account_id, name, issuer, client_id, secret, user_claim, \
        scopes, allowed_domains, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let query = sqlx::query(SQL)
        .bind(provider.id.as_str())
        .bind(provider.account.as_str())
        .bind(&provider.name)
        .bind(&provider.issuer)
        .bind(&provider.client_id)
        .bind(provider.secret.as_ref().map(|secret| secret.0.as_slice()))
        .bind(&provider.user_claim)
        .bind(json!(provider.scopes).to_string())
        .bind(json!(provider.allowed_domains).to_string())
        .bind(provider.created_at.0)
        .bind(provider.updated_at.0);
    query.execute(connection).await?;
    Ok(())
}

fn read(row: &Row) -> Result<IdentityProvider, Error> {
    Ok(IdentityProvider {
        id: row.id("id")?,
        account: row.id("account_id")?,
        name: row.text("name")?,
        issuer: row.text("issuer")?,
        client_id: row.text("client_id")?,
        secret: row.optional_bytes("secret")?.map(Sealed),
        user_claim: row.text("user_claim")?,
        scopes: texts(row, "scopes")?,
        allowed_domains: texts(row, "allowed_domains")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

fn texts(row: &Row, column: &str) -> Result<Vec<String>, Error> {
    serde_json::from_str(&row.text(column)?).map_err(|_not_a_list| corrupt(column))
}
