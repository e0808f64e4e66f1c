//! Accounts.

use crate::database::{ListSql, Storage};
use crate::row::{Columns, Row};
use crate::{AuditEntry, ChangeKind, Error, api_key, user};
use solder_model::{Account, AccountId, ApiKey, Page, Paged, User};

impl Storage {
    /// Keeps a new account with its first user and, where given, the first API key.
    /// [`Error::Conflict`]: `account name`.
    pub async fn create_account(
        &self,
        account: &Account,
        first: &User,
        key: Option<&ApiKey>,
        entry: &AuditEntry,
    ) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO accounts (id, name, created_at) VALUES ($1, $2, $3)";
        let mut write = self.write(entry.at).await?;
        let query = sqlx::query(SQL).bind(account.id.as_str());
        let query = query.bind(&account.name).bind(account.created_at.0);
        query.execute(write.connection()).await?;
        user::ensure(&mut write, first, entry.at).await?;
        if let Some(key) = key {
            api_key::insert(&mut write, key, entry.at).await?;
        }
        write.audit(entry).await?;
        write
            .change(entry.at, ChangeKind::Account, account.id.as_str())
            .await?;
        write.commit().await
    }

    /// The account of that id.
    pub async fn find_account(&self, id: &AccountId) -> Result<Option<Account>, Error> {
        const SQL: &str = "SELECT id, name, created_at FROM accounts WHERE id = $1";
        let query = sqlx::query(SQL).bind(id.as_str());
        let row = query.fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// The account of that name, compared byte for byte.
    pub async fn find_account_by_name(&self, name: &str) -> Result<Option<Account>, Error> {
        const SQL: &str = "SELECT id, name, created_at FROM accounts WHERE name = $1";
        let row = sqlx::query(SQL).bind(name).fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// The first account by age.
    pub async fn find_first_account(&self) -> Result<Option<Account>, Error> {
        const SQL: &str = "SELECT id, name, created_at FROM accounts ORDER BY created_at, id LIMIT 1";
        let row = sqlx::query(SQL).fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// A page of all accounts, newest first.
    pub async fn list_accounts(&self, page: Page) -> Result<Paged<Account>, Error> {
        const COUNT: &str = "SELECT COUNT(*) FROM accounts";
        const SQL: &str = "SELECT id, name, created_at FROM accounts \
            ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2";
        let sql = ListSql {
            count: COUNT,
            page: SQL,
        };
        self.list(&sql, &[], page, read).await
    }
}

fn read(row: &Row) -> Result<Account, Error> {
    Ok(Account {
        id: row.id("id")?,
        name: row.text("name")?,
        created_at: row.time("created_at")?,
    })
}
