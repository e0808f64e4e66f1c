//! Tickets to the connect pages, and what was connected by them. Nothing caches them: the change feed has no word of
//! them.

use crate::database::Storage;
use crate::row::{Columns, Row, corrupt};
use crate::{AuditEntry, Error};
use solder_model::{
    ConnectTicket, ConnectorId, CredentialId, Digest, Opening, Proof, ServerId, TicketId, Timestamp,
};

/// How long a ticket that has ended is still told of, in milliseconds.
const KEPT_MS: i64 = Timestamp::DAY_MS;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.account_id, t.user_id, u.name AS user_name, t.server_id, t.connectors, ",
            "t.redirect_uri, t.made_through, t.digest, t.created_at, t.expires_at, t.browser, t.proof, ",
            "t.opened_at, t.ended_at FROM connect_tickets t JOIN users u ON u.id = t.user_id ",
            $rest
        )
    };
}

impl Storage {
    /// Keeps a new ticket; drops those that ended more than a day before. [`Error::NotFound`] where its user or its
    /// server does not exist.
    pub async fn create_connect_ticket(
        &self,
        ticket: &ConnectTicket,
        entry: &AuditEntry,
    ) -> Result<(), Error> {
        const DROP: &str = "DELETE FROM connect_tickets WHERE expires_at < $1";
        const SQL: &str = "INSERT INTO connect_tickets (id, account_id, user_id, server_id, connectors, \
            redirect_uri, made_through, digest, created_at, expires_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let mut write = self.write(entry.at).await?;
        let drop = sqlx::query(DROP).bind(entry.at.plus_ms(-KEPT_MS).0);
        drop.execute(write.connection()).await?;
        let query = sqlx::query(SQL)
            .bind(ticket.id.as_str())
            .bind(ticket.account.as_str())
            .bind(ticket.user.as_str())
            .bind(ticket.server.as_ref().map(ServerId::as_str))
            .bind(ticket.connectors.as_deref().map(listed))
            .bind(&ticket.redirect_uri)
            .bind(ticket.made_through.as_ref().map(ServerId::as_str))
            .bind(ticket.digest.0.as_slice())
            .bind(ticket.created_at.0)
            .bind(ticket.expires_at.0);
        query.execute(write.connection()).await?;
        write.audit(entry).await?;
        write.commit().await
    }

    /// The ticket of that id.
    pub async fn find_connect_ticket(&self, id: &TicketId) -> Result<Option<ConnectTicket>, Error> {
        const SQL: &str = select!("WHERE t.id = $1");
        let query = sqlx::query(SQL).bind(id.as_str());
        let row = query.fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// The ticket whose URL has that keyed hash.
    pub async fn find_connect_ticket_by_digest(
        &self,
        digest: &Digest,
    ) -> Result<Option<ConnectTicket>, Error> {
        const SQL: &str = select!("WHERE t.digest = $1");
        let query = sqlx::query(SQL).bind(digest.0.as_slice());
        let row = query.fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// Binds a ticket to the browser that opens it, until `expires_at`. Of several that try at once one wins: false,
    /// and nothing logged, for the others, as for a ticket that is opened, has ended or does not exist.
    pub async fn open_connect_ticket(
        &self,
        id: &TicketId,
        opening: &Opening,
        expires_at: Timestamp,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        const SQL: &str = "UPDATE connect_tickets SET browser = $1, proof = $2, opened_at = $3, expires_at = $4 \
            WHERE id = $5 AND browser IS NULL AND ended_at IS NULL AND expires_at > $6";
        let mut write = self.write(entry.at).await?;
        let query = sqlx::query(SQL)
            .bind(opening.browser.0.as_slice())
            .bind(opening.proof.as_str())
            .bind(opening.at.0)
            .bind(expires_at.0)
            .bind(id.as_str())
            .bind(opening.at.0);
        if query.execute(write.connection()).await?.rows_affected() == 0 {
            return Ok(false);
        }
        write.audit(entry).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Ends a ticket whose user is done; what was still pending is forgotten. False, and nothing logged, where it has
    /// ended before or does not exist.
    pub async fn end_connect_ticket(&self, id: &TicketId, entry: &AuditEntry) -> Result<bool, Error> {
        const SQL: &str = "UPDATE connect_tickets SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL";
        const FORGET: &str = "DELETE FROM connect_pending WHERE ticket_id = $1";
        let mut write = self.write(entry.at).await?;
        let query = sqlx::query(SQL).bind(entry.at.0).bind(id.as_str());
        if query.execute(write.connection()).await?.rows_affected() == 0 {
            return Ok(false);
        }
        let forget = sqlx::query(FORGET).bind(id.as_str());
        forget.execute(write.connection()).await?;
        write.audit(entry).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Removes a ticket with what was pending; what was connected by it stays connected. False, and nothing logged,
    /// where there is none.
    pub async fn delete_connect_ticket(&self, id: &TicketId, entry: &AuditEntry) -> Result<bool, Error> {
        const SQL: &str = "DELETE FROM connect_tickets WHERE id = $1";
        let mut write = self.write(entry.at).await?;
        let query = sqlx::query(SQL).bind(id.as_str());
        if query.execute(write.connection()).await?.rows_affected() == 0 {
            return Ok(false);
        }
        write.audit(entry).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Notes that a credential was connected by a ticket. A credential that was connected again is noted with the
    /// later moment. [`Error::NotFound`] where either does not exist any more.
    pub async fn note_connected(
        &self,
        ticket: &TicketId,
        credential: &CredentialId,
        at: Timestamp,
    ) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO connect_ticket_credentials (ticket_id, credential_id, connected_at) \
            VALUES ($1, $2, $3) \
            ON CONFLICT (ticket_id, credential_id) DO UPDATE SET connected_at = excluded.connected_at";
        let mut write = self.write(at).await?;
        let query = sqlx::query(SQL)
            .bind(ticket.as_str())
            .bind(credential.as_str())
            .bind(at.0);
        query.execute(write.connection()).await?;
        write.commit().await
    }

    /// What was connected by a ticket and still exists, in the order in which it was.
    pub async fn list_connected(
        &self,
        ticket: &TicketId,
    ) -> Result<Vec<(CredentialId, ConnectorId, Timestamp)>, Error> {
        const SQL: &str = "SELECT n.credential_id, c.connector_id, n.connected_at \
            FROM connect_ticket_credentials n JOIN credentials c ON c.id = n.credential_id \
            WHERE n.ticket_id = $1 ORDER BY n.connected_at, n.credential_id";
        let query = sqlx::query(SQL).bind(ticket.as_str());
        let rows = query.fetch_all(self.reader()).await?;
        let connected = rows.iter().map(|row| {
            let credential = row.id("credential_id")?;
            Ok((credential, row.id("connector_id")?, row.time("connected_at")?))
        });
        connected.collect()
    }
}

/// A list of ids as its column holds it.
fn listed(connectors: &[ConnectorId]) -> String {
    let ids: Vec<&str> = connectors.iter().map(ConnectorId::as_str).collect();
    ids.join(" ")
}

fn read(row: &Row) -> Result<ConnectTicket, Error> {
    let connectors = row.optional_text("connectors")?.map(|text| {
        let ids = text.split(' ').map(ConnectorId::new);
        ids.collect::<Result<Vec<_>, _>>()
            .map_err(|_breaks_its_rule| corrupt("connectors"))
    });
    Ok(ConnectTicket {
        id: row.id("id")?,
        account: row.id("account_id")?,
        user: row.id("user_id")?,
        user_name: row.id("user_name")?,
        server: row.optional_id("server_id")?,
        connectors: connectors.transpose()?,
        redirect_uri: row.optional_text("redirect_uri")?,
        made_through: row.optional_id("made_through")?,
        digest: row.digest("digest")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
        opening: opening(row)?,
        ended_at: row.optional_time("ended_at")?,
    })
}

fn opening(row: &Row) -> Result<Option<Opening>, Error> {
    let Some(browser) = row.optional_digest("browser")? else {
        return Ok(None);
    };
    let proof = row.optional_text("proof")?;
    let proof = proof.as_deref().and_then(Proof::from_name);
    Ok(Some(Opening {
        browser,
        proof: proof.ok_or_else(|| corrupt("proof"))?,
        at: row
            .optional_time("opened_at")?
            .ok_or_else(|| corrupt("opened_at"))?,
    }))
}
