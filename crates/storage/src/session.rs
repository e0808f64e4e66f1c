//! Legacy MCP sessions that their clients have ended. Sessions themselves are kept nowhere: their ids carry what is
//! needed, so that only the early end of one has to be remembered. So it is with links that work once.

use crate::database::Storage;
use crate::row::{Columns, hex};
use crate::{ChangeKind, Error};
use solder_model::{Digest, Timestamp};

impl Storage {
    /// Remembers at `now` that a session has ended, until the moment when it would have ended by itself. Forgets
    /// those for which that moment has come.
    pub async fn end_session(&self, session: &Digest, until: Timestamp, now: Timestamp) -> Result<(), Error> {
        const DROP: &str = "DELETE FROM ended_sessions WHERE ends_at <= $1";
        const SQL: &str = "INSERT INTO ended_sessions (digest, ends_at) VALUES ($1, $2) \
            ON CONFLICT (digest) DO UPDATE SET ends_at = excluded.ends_at";
        let mut write = self.write(now).await?;
        let drop = sqlx::query(DROP).bind(now.0);
        drop.execute(write.connection()).await?;
        let query = sqlx::query(SQL).bind(session.0.as_slice()).bind(until.0);
        query.execute(write.connection()).await?;
        write.change(now, ChangeKind::Session, &hex(session)).await?;
        write.commit().await
    }

    /// Uses a link up that ends by itself at `until`; false where it was used up before. Of several who do so at once, one is
    /// told true.
    pub async fn spend_link(&self, link: &Digest, until: Timestamp, now: Timestamp) -> Result<bool, Error> {
        const DROP: &str = "DELETE FROM ended_sessions WHERE ends_at <= $1";
        const SQL: &str =
            "INSERT INTO ended_sessions (digest, ends_at) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING";
        let mut write = self.write(now).await?;
        let drop = sqlx::query(DROP).bind(now.0);
        drop.execute(write.connection()).await?;
        let query = sqlx::query(SQL).bind(link.0.as_slice()).bind(until.0);
        let done = query.execute(write.connection()).await?;
        write.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// The ended sessions that would still run at `now`.
    pub async fn list_ended_sessions(&self, now: Timestamp) -> Result<Vec<Digest>, Error> {
        const SQL: &str = "SELECT digest FROM ended_sessions WHERE ends_at > $1 ORDER BY ends_at, digest";
        let rows = sqlx::query(SQL).bind(now.0).fetch_all(self.reader()).await?;
        rows.iter().map(|row| row.digest("digest")).collect()
    }
}
