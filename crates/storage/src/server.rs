//! Servers.

use crate::database::{Connection, ListSql, Storage};
use crate::row::{Columns, Row, corrupt, flag};
use crate::{AuditEntry, ChangeKind, Error};
use solder_model::{Digest, Page, Paged, Restrictions, Sealed, Server, ServerId, Timestamp, UserId, WaysIn};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.account_id, s.owner_id, u.name AS owner_name, s.name, s.description, s.mode, ",
            "s.is_public, s.ways_in, s.restrictions, s.custom_instructions, s.token_digest, s.token_sealed, ",
            "s.token_expires_at, s.token_days, s.old_token_digest, s.old_token_expires_at, s.created_at, ",
            "s.updated_at FROM servers s JOIN users u ON u.id = s.owner_id ",
            $rest
        )
    };
}

const FIND: &str = select!("WHERE s.id = $1");

impl Storage {
    /// Keeps a new server. [`Error::Conflict`]: `server name` where the owner has one of that name, `server id`;
    /// [`Error::NotFound`] where the owner is not a user of its account.
    pub async fn create_server(&self, server: &Server, entry: &AuditEntry) -> Result<(), Error> {
        let mut write = self.write(entry.at).await?;
        insert(write.connection(), server).await?;
        write.audit(entry).await?;
        let key = server.id.as_str();
        write.change(entry.at, ChangeKind::Server, key).await?;
        write.commit().await
    }

    /// The server of that id.
    pub async fn find_server(&self, id: &ServerId) -> Result<Option<Server>, Error> {
        let query = sqlx::query(FIND).bind(id.as_str());
        let row = query.fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// A page of a user's own servers, newest first; of those of one millisecond, in the order of their ids.
    pub async fn list_servers(&self, owner: &UserId, page: Page) -> Result<Paged<Server>, Error> {
        const COUNT: &str = "SELECT COUNT(*) FROM servers WHERE owner_id = $1";
        const SQL: &str =
            select!("WHERE s.owner_id = $1 ORDER BY s.created_at DESC, s.id DESC LIMIT $2 OFFSET $3");
        let sql = ListSql {
            count: COUNT,
            page: SQL,
        };
        self.list(&sql, &[owner.as_str()], page, read).await
    }

    /// Changes a server: reads it, lets `change` have it, and keeps what came of it, with nobody writing in between.
    /// Its id, account, owner and the moment of its making stay, whatever `change` does to them. None where there is
    /// no such server. [`Error::Conflict`]: `server name`.
    pub async fn update_server(
        &self,
        id: &ServerId,
        entry: &AuditEntry,
        change: impl FnOnce(&mut Server) + Send,
    ) -> Result<Option<Server>, Error> {
        // Writing first takes the row's lock where there is no lock on the whole.
        const LOCK: &str = "UPDATE servers SET updated_at = updated_at WHERE id = $1";
        let mut write = self.write(entry.at).await?;
        let lock = sqlx::query(LOCK).bind(id.as_str());
        if lock.execute(write.connection()).await?.rows_affected() == 0 {
            return Ok(None);
        }
        let row = sqlx::query(FIND).bind(id.as_str());
        let before = read(&row.fetch_one(write.connection()).await?)?;
        let mut changed = before.clone();
        change(&mut changed);
        let after = Server {
            id: before.id,
            account: before.account,
            owner: before.owner,
            owner_name: before.owner_name,
            created_at: before.created_at,
            ..changed
        };
        update(write.connection(), &after).await?;
        write.audit(entry).await?;
        write.change(entry.at, ChangeKind::Server, id.as_str()).await?;
        write.commit().await?;
        Ok(Some(after))
    }

    /// Removes a server and what is its own. Credentials that were made through its token URL stay. False, and
    /// nothing logged, where there is no such server.
    pub async fn delete_server(&self, id: &ServerId, entry: &AuditEntry) -> Result<bool, Error> {
        const SQL: &str = "DELETE FROM servers WHERE id = $1";
        let mut write = self.write(entry.at).await?;
        let query = sqlx::query(SQL).bind(id.as_str());
        if query.execute(write.connection()).await?.rows_affected() == 0 {
            return Ok(false);
        }
        write.audit(entry).await?;
        write.change(entry.at, ChangeKind::Server, id.as_str()).await?;
        write.commit().await?;
        Ok(true)
    }
}

async fn insert(connection: &mut Connection, server: &Server) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO servers (name, description, mode, is_public, restrictions, \
        custom_instructions, token_digest, token_sealed, token_expires_at, token_days, old_token_digest, \
        old_token_expires_at, updated_at, ways_in, id, account_id, owner_id, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
    let query = bind_changing(sqlx::query(SQL), server)
        .bind(server.id.as_str())
        .bind(server.account.as_str())
        .bind(server.owner.as_str())
        .bind(server.created_at.0);
    query.execute(connection).await?;
    Ok(())
}

async fn update(connection: &mut Connection, server: &Server) -> Result<(), Error> {
    const SQL: &str = "UPDATE servers SET name = $1, description = $2, mode = $3, is_public = $4, \
        restrictions = $5, custom_instructions = $6, token_digest = $7, token_sealed = $8, \
        token_expires_at = $9, token_days = $10, old_token_digest = $11, old_token_expires_at = $12, \
        updated_at = $13, ways_in = $14 WHERE id = $15";
    let query = bind_changing(sqlx::query(SQL), server).bind(server.id.as_str());
    query.execute(connection).await?;
    Ok(())
}

type Query<'q> =
    sqlx::query::Query<'q, crate::database::Db, <crate::database::Db as sqlx::Database>::Arguments>;

/// Binds the columns that can change, which both statements name first and in the same order.
fn bind_changing<'q>(query: Query<'q>, server: &'q Server) -> Query<'q> {
    let old = server.old_token_digest.as_ref();
    query
        .bind(&server.name)
        .bind(&server.description)
        .bind(&server.mode)
        .bind(flag(server.is_public))
        .bind(server.restrictions.as_sent().to_string())
        .bind(&server.custom_instructions)
        .bind(server.token_digest.0.as_slice())
        .bind(server.token_sealed.0.as_slice())
        .bind(server.token_expires_at.map(|moment| moment.0))
        .bind(server.token_days.map(i64::from))
        .bind(old.map(|digest: &Digest| digest.0.as_slice()))
        .bind(server.old_token_expires_at.map(|moment: Timestamp| moment.0))
        .bind(server.updated_at.0)
        .bind(server.ways_in.to_text())
}

fn read(row: &Row) -> Result<Server, Error> {
    Ok(Server {
        id: row.id("id")?,
        account: row.id("account_id")?,
        owner: row.id("owner_id")?,
        owner_name: row.id("owner_name")?,
        name: row.text("name")?,
        description: row.text("description")?,
        mode: row.text("mode")?,
        is_public: row.flag("is_public")?,
        ways_in: WaysIn::from_text(&row.text("ways_in")?).ok_or_else(|| corrupt("ways_in"))?,
        restrictions: restrictions(&row.text("restrictions")?).ok_or_else(|| corrupt("restrictions"))?,
        custom_instructions: row.optional_text("custom_instructions")?,
        token_digest: row.digest("token_digest")?,
        token_sealed: Sealed(row.bytes("token_sealed")?),
        token_expires_at: row.optional_time("token_expires_at")?,
        token_days: row.optional_days("token_days")?,
        old_token_digest: row.optional_digest("old_token_digest")?,
        old_token_expires_at: row.optional_time("old_token_expires_at")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

/// The restrictions as they were sent. What cannot be read must never mean none.
fn restrictions(text: &str) -> Option<Restrictions> {
    Restrictions::read(&serde_json::from_str(text).ok()?).ok()
}
