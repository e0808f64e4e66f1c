//! Usage: how often each action was called, how it went, and how long it took, in sums of an hour. It is written
//! down behind the calls and may miss some: nothing else rests on it.

use crate::Error;
use crate::database::{ListSql, Storage};
use crate::row::{Columns, Row};
use solder_model::{AccountId, Page, Paged, ServerId, Timestamp};

/// Calls of one kind in one hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// The account.
    pub account: AccountId,
    /// The server that was called through; none for calls over REST that named none.
    pub server: Option<ServerId>,
    /// The connector's id.
    pub connector: String,
    /// The action's id.
    pub action: String,
    /// How the calls ended: `OK`, or an error's code.
    pub outcome: String,
    /// The beginning of the hour.
    pub hour: Timestamp,
    /// How many calls.
    pub calls: i64,
    /// How long they took together, in milliseconds.
    pub total_ms: i64,
}

impl Storage {
    /// Adds to the sums, all of it or nothing.
    pub async fn add_usage(&self, rows: &[Usage], now: Timestamp) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO usage_hours \
            (account_id, server_id, connector_id, action_id, outcome, hour, calls, total_ms) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
            ON CONFLICT (account_id, hour, server_id, connector_id, action_id, outcome) DO UPDATE SET \
            calls = usage_hours.calls + excluded.calls, total_ms = usage_hours.total_ms + excluded.total_ms";
        // In one order everywhere: two that took the locks of the same rows in different orders would wait for ever.
        let mut rows: Vec<&Usage> = rows.iter().collect();
        rows.sort_by_key(|row| {
            (
                &row.account,
                row.hour,
                &row.server,
                &row.connector,
                &row.action,
                &row.outcome,
            )
        });
        let mut write = self.write(now).await?;
        for row in rows {
            let query = sqlx::query(SQL)
                .bind(row.account.as_str())
                .bind(row.server.as_ref().map_or("", ServerId::as_str))
                .bind(&row.connector)
                .bind(&row.action)
                .bind(&row.outcome)
                .bind(row.hour.0)
                .bind(row.calls)
                .bind(row.total_ms);
            query.execute(write.connection()).await?;
        }
        write.commit().await
    }

    /// A page of an account's sums, the latest hour first.
    pub async fn list_usage(&self, account: &AccountId, page: Page) -> Result<Paged<Usage>, Error> {
        const COUNT: &str = "SELECT COUNT(*) FROM usage_hours WHERE account_id = $1";
        const SQL: &str = "SELECT account_id, server_id, connector_id, action_id, outcome, hour, calls, total_ms \
            FROM usage_hours WHERE account_id = $1 \
            ORDER BY hour DESC, server_id, connector_id, action_id, outcome LIMIT $2 OFFSET $3";
        let sql = ListSql {
            count: COUNT,
            page: SQL,
        };
        self.list(&sql, &[account.as_str()], page, read).await
    }
}

fn read(row: &Row) -> Result<Usage, Error> {
    Ok(Usage {
        account: row.id("account_id")?,
        server: server(row)?,
        connector: row.text("connector_id")?,
        action: row.text("action_id")?,
        outcome: row.text("outcome")?,
        hour: row.time("hour")?,
        calls: row.number("calls")?,
        total_ms: row.number("total_ms")?,
    })
}

/// The column is a part of the key, so that none is an empty text there.
fn server(row: &Row) -> Result<Option<ServerId>, Error> {
    if row.text("server_id")?.is_empty() {
        Ok(None)
    } else {
        row.id("server_id").map(Some)
    }
}
