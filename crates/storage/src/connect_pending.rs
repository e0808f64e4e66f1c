//! Credentials that were given on a connect page and wait, sealed, for the person's word.

use crate::Error;
use crate::database::Storage;
use crate::row::{Columns, Row};
use solder_model::{ConnectorId, PendingCredential, Sealed, TicketId, Timestamp};

macro_rules! columns {
    () => {
        "ticket_id, connector_owner, connector_id, kind, sealed, created_at"
    };
}

impl Storage {
    /// Keeps a credential until it is confirmed or forgotten, in place of an earlier one of that ticket and connector.
    /// [`Error::NotFound`] where the ticket does not exist any more.
    pub async fn put_pending(&self, pending: &PendingCredential, now: Timestamp) -> Result<(), Error> {
        const SQL: &str = concat!(
            "INSERT INTO connect_pending (id, ",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO UPDATE SET \
             connector_owner = excluded.connector_owner, kind = excluded.kind, sealed = excluded.sealed, \
             created_at = excluded.created_at"
        );
        let mut write = self.write(now).await?;
        let query = sqlx::query(SQL)
            .bind(key(&pending.ticket, &pending.connector))
            .bind(pending.ticket.as_str())
            .bind(&pending.connector_owner)
            .bind(pending.connector.as_str())
            .bind(&pending.kind)
            .bind(pending.sealed.0.as_slice())
            .bind(pending.created_at.0);
        query.execute(write.connection()).await?;
        write.commit().await
    }

    /// What waits for a ticket, in the order of the connectors' ids.
    pub async fn list_pending(&self, ticket: &TicketId) -> Result<Vec<PendingCredential>, Error> {
        const SQL: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM connect_pending WHERE ticket_id = $1 ORDER BY connector_id"
        );
        let query = sqlx::query(SQL).bind(ticket.as_str());
        query.fetch_all(self.reader()).await?.iter().map(read).collect()
    }

    /// Takes out what waits for a ticket and a connector: of several that try at once one gets it.
    pub async fn take_pending(
        &self,
        ticket: &TicketId,
        connector: &ConnectorId,
        now: Timestamp,
    ) -> Result<Option<PendingCredential>, Error> {
        const SQL: &str = concat!("DELETE FROM connect_pending WHERE id = $1 RETURNING ", columns!());
        let mut write = self.write(now).await?;
        let query = sqlx::query(SQL).bind(key(ticket, connector));
        let row = query.fetch_optional(write.connection()).await?;
        let taken = row.as_ref().map(read).transpose()?;
        write.commit().await?;
        Ok(taken)
    }
}

/// The id of what waits for a ticket and a connector.
fn key(ticket: &TicketId, connector: &ConnectorId) -> String {
    format!("{ticket}/{connector}")
}

fn read(row: &Row) -> Result<PendingCredential, Error> {
    Ok(PendingCredential {
        ticket: row.id("ticket_id")?,
        connector_owner: row.text("connector_owner")?,
        connector: row.id("connector_id")?,
        kind: row.text("kind")?,
        sealed: Sealed(row.bytes("sealed")?),
        created_at: row.time("created_at")?,
    })
}
