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

/// Which entries of a log are asked for: those for which everything holds that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// What was done, whole.
    pub action: Option<String>,
    /// Where the right came from, whole.
    pub actor: Option<String>,
    /// What it was done to, whole.
    pub target: Option<String>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub to: Option<Timestamp>,
}

macro_rules! matching {
    ($what:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM audit WHERE account_id = $1 AND ($2 = '' OR action = $2) AND ($3 = '' OR actor = $3) ",
            "AND ($4 = '' OR target = $4) AND at >= $5 AND at < $6",
            $rest
        )
    };
}

impl Storage {
    /// A page of those entries of an account's log that are asked for, newest first.
    pub async fn find_audit(
        &self,
        account: &AccountId,
        asked: &AuditQuery,
        page: Page,
    ) -> Result<Paged<AuditEntry>, Error> {
        const COUNT: &str = matching!("COUNT(*)", "");
        const SQL: &str = matching!(
            "account_id, at, actor, acting_user, action, target, client_address, details",
            " ORDER BY seq DESC LIMIT $7 OFFSET $8"
        );
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let texts = [text(&asked.action), text(&asked.actor), text(&asked.target)];
        let from = asked.from.map_or(i64::MIN, |moment| moment.0);
        let to = asked.to.map_or(i64::MAX, |moment| moment.0);
        let mut transaction = self.read().await?;
        let mut total = sqlx::query_scalar(COUNT).bind(account.as_str());
        let mut rows = sqlx::query(SQL).bind(account.as_str());
        for text in &texts {
            (total, rows) = (total.bind(text), rows.bind(text));
        }
        let total: i64 = total.bind(from).bind(to).fetch_one(&mut *transaction).await?;
        let rows = rows
            .bind(from)
            .bind(to)
            .bind(i64::from(page.limit.min(Page::MOST)));
        let rows = rows.bind(i64::try_from(page.offset).unwrap_or(i64::MAX));
        let rows = rows.fetch_all(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(Paged {
            items: rows.iter().map(read).collect::<Result<_, _>>()?,
            total: u64::try_from(total).unwrap_or(0),
            page,
        })
    }

    /// Writes a row about something that changed nothing here, such as what another system was asked to do.
    pub async fn add_audit(&self, entry: &AuditEntry) -> Result<(), Error> {
        let mut write = self.write(entry.at).await?;
        write.audit(entry).await?;
        write.commit().await
    }

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
