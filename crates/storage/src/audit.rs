//! The audit log: who changed what, written with the change itself.

use crate::Error;
use crate::database::{Connection, ListSql, Storage};
use crate::row::{Columns, Row, corrupt};
use serde_json::Value;
use solder_model::{AccountId, Page, Paged, Timestamp, UserId};

/// What the log says of one change. It holds no secret.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// The account that it concerns.
    pub account: AccountId,
    /// When it was done.
    pub at: Timestamp,
    /// What the right to do it came from: `key:` and the key's id, `jwt:` and the id of the key that
    /// verified it, `token-url:` and the server's id, `operator`.
    pub actor: String,
    /// The user that was acted as; none where the operator acted.
    pub acting_user: Option<UserId>,
    /// What was done, such as `server.create`.
    pub action: String,
    /// The id of what it was done to.
    pub target: String,
    /// The client's address, where there was a client.
    pub from: Option<String>,
    /// Further facts: an object, or null.
    pub details: Value,
}

impl Storage {
    /// A page of an account's log, newest first.
    pub async fn list_audit(&self, account: &AccountId, page: Page) -> Result<Paged<AuditEntry>, Error> {
        const COUNT: &str = "SELECT COUNT(*) FROM audit WHERE account_id = $1";
        const SQL: &str = "SELECT account_id, at, actor, acting_user, action, target, client_address, details \
            FROM audit WHERE account_id = $1 ORDER BY seq DESC LIMIT $2 OFFSET $3";
        let sql = ListSql {
            count: COUNT,
            page: SQL,
        };
        self.list(&sql, &[account.as_str()], page, read).await
    }
}

fn read(row: &Row) -> Result<AuditEntry, Error> {
    let details = serde_json::from_str(&row.text("details")?);
    Ok(AuditEntry {
        account: row.id("account_id")?,
        at: row.time("at")?,
        actor: row.text("actor")?,
        acting_user: row.optional_id("acting_user")?,
        action: row.text("action")?,
        target: row.text("target")?,
        from: row.optional_text("client_address")?,
        details: details.map_err(|_not_json| corrupt("details"))?,
    })
}

pub(crate) async fn record(connection: &mut Connection, entry: &AuditEntry) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO audit \
        (account_id, at, actor, acting_user, action, target, client_address, details) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let query = sqlx::query(SQL)
        .bind(entry.account.as_str())
        .bind(entry.at.0)
        .bind(&entry.actor)
        .bind(entry.acting_user.as_ref().map(UserId::as_str))
        .bind(&entry.action)
        .bind(&entry.target)
        .bind(&entry.from)
        .bind(entry.details.to_string());
    query.execute(connection).await?;
    Ok(())
}
