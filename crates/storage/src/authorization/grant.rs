//! Grants: what users allowed clients, from the code that a grant begins with to its end.

use super::{client, request, token};
use crate::database::{Storage, Write};
use crate::row::{Columns, Row, corrupt};
use crate::{AuditEntry, ChangeKind, Error};
use solder_model::{
    ClientId, ClientKind, Digest, Grant, GrantId, GrantToken, Page, Paged, Scopes, ServerId, Timestamp,
    UserId,
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT g.id, g.account_id, g.user_id, u.name AS user_name, g.server_id, g.client_id, g.client_kind, ",
            "g.client_name, g.redirect_uri, g.scopes, g.challenge, g.code_digest, g.code_expires_at, ",
            "g.code_used_at, g.created_at, g.used_at, g.expires_at ",
            "FROM authorization_grants g JOIN users u ON u.id = g.user_id ",
            $rest
        )
    };
}

impl Storage {
    /// Keeps what a user allowed, in place of the request that asked for it. False, and nothing kept, where the
    /// request is gone: it is answered once. Forgets grants and tokens that have ended.
    pub async fn create_grant(
        &self,
        request: &Digest,
        grant: &Grant,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        const DROP: &str = "DELETE FROM authorization_grants WHERE expires_at <= $1";
        let mut write = self.write(entry.at).await?;
        if !request::take(&mut write, request).await? {
            return Ok(false);
        }
        token::drop_ended(&mut write, entry.at).await?;
        let drop = sqlx::query(DROP).bind(entry.at.0);
        drop.execute(write.connection()).await?;
        insert(&mut write, grant).await?;
        write.audit(entry).await?;
        write.commit().await?;
        Ok(true)
    }

    /// The grant of that id, be it at its end.
    pub async fn find_grant(&self, id: &GrantId) -> Result<Option<Grant>, Error> {
        const SQL: &str = select!("WHERE g.id = $1");
        let query = sqlx::query(SQL).bind(id.as_str());
        let row = query.fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// The grant that began with the code of that digest, be it used or too old.
    pub async fn find_grant_by_code(&self, digest: &Digest) -> Result<Option<Grant>, Error> {
        const SQL: &str = select!("WHERE g.code_digest = $1");
        let query = sqlx::query(SQL).bind(digest.0.as_slice());
        let row = query.fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// A page of the grants of a user that go on at `now` and whose code was exchanged, newest first.
    pub async fn list_grants(
        &self,
        user: &UserId,
        now: Timestamp,
        page: Page,
    ) -> Result<Paged<Grant>, Error> {
        const COUNT: &str = "SELECT COUNT(*) FROM authorization_grants \
            WHERE user_id = $1 AND code_used_at IS NOT NULL AND expires_at > $2";
        const SQL: &str = select!(
            "WHERE g.user_id = $1 AND g.code_used_at IS NOT NULL AND g.expires_at > $2 \
            ORDER BY g.created_at DESC, g.id DESC LIMIT $3 OFFSET $4"
        );
        let mut read_all = self.read().await?;
        let count = sqlx::query_scalar(COUNT).bind(user.as_str()).bind(now.0);
        let total: i64 = count.fetch_one(&mut *read_all).await?;
        let query = sqlx::query(SQL)
            .bind(user.as_str())
            .bind(now.0)
            .bind(i64::from(page.limit.min(Page::MOST)))
            .bind(i64::try_from(page.offset).unwrap_or(i64::MAX));
        let rows = query.fetch_all(&mut *read_all).await?;
        read_all.commit().await?;
        Ok(Paged {
            items: rows.iter().map(read).collect::<Result<_, _>>()?,
            total: u64::try_from(total).unwrap_or(0),
            page,
        })
    }

    /// Whether the user has allowed the client at least these scopes on the server, with answers to the same redirect
    /// URI, by a grant that goes on at `now` and whose code was exchanged.
    pub async fn has_grant(&self, like: &Grant, now: Timestamp) -> Result<bool, Error> {
        const SQL: &str = "SELECT scopes FROM authorization_grants WHERE user_id = $1 AND client_id = $2 \
            AND server_id = $3 AND redirect_uri = $4 AND code_used_at IS NOT NULL AND expires_at > $5";
        let query = sqlx::query(SQL)
            .bind(like.user.as_str())
            .bind(like.client.as_str())
            .bind(like.server.as_str())
            .bind(&like.redirect_uri)
            .bind(now.0);
        let rows = query.fetch_all(self.reader()).await?;
        let mut covered = false;
        for row in &rows {
            covered |= scopes(row)? >= like.scopes;
        }
        Ok(covered)
    }

    /// Exchanges a grant's code for its first tokens; the grant then ends with `until` at the latest. False where the
    /// code was exchanged before or is too old; where it was exchanged before, the grant ends, and `reuse` is logged.
    pub async fn exchange_code(
        &self,
        grant: &Grant,
        tokens: &[GrantToken],
        until: Timestamp,
        reuse: &AuditEntry,
    ) -> Result<bool, Error> {
        const SQL: &str = "UPDATE authorization_grants SET code_used_at = $1, used_at = $1, expires_at = $2 \
            WHERE id = $3 AND code_used_at IS NULL AND code_expires_at > $1";
        const USED: &str = "SELECT id FROM authorization_grants WHERE id = $1 AND code_used_at IS NOT NULL";
        let mut write = self.write(reuse.at).await?;
        let query = sqlx::query(SQL)
            .bind(reuse.at.0)
            .bind(until.0)
            .bind(grant.id.as_str());
        if query.execute(write.connection()).await?.rows_affected() == 1 {
            token::insert_all(&mut write, tokens).await?;
            client::touch(&mut write, &grant.client, reuse.at).await?;
            write.commit().await?;
            return Ok(true);
        }
        let used = sqlx::query(USED).bind(grant.id.as_str());
        if used.fetch_optional(write.connection()).await?.is_some() {
            end(&mut write, &grant.id, reuse).await?;
            write.commit().await?;
        }
        Ok(false)
    }

    /// Ends a grant with all its tokens. False, and nothing logged, where it has ended.
    pub async fn end_grant(&self, id: &GrantId, entry: &AuditEntry) -> Result<bool, Error> {
        let mut write = self.write(entry.at).await?;
        let ended = end(&mut write, id, entry).await?;
        write.commit().await?;
        Ok(ended)
    }
}

/// Ends a grant with all its tokens, and logs it; false, and nothing logged, where it has ended.
pub(super) async fn end(write: &mut Write, id: &GrantId, entry: &AuditEntry) -> Result<bool, Error> {
    const SQL: &str = "DELETE FROM authorization_grants WHERE id = $1";
    let query = sqlx::query(SQL).bind(id.as_str());
    if query.execute(write.connection()).await?.rows_affected() == 0 {
        return Ok(false);
    }
    write.audit(entry).await?;
    write.change(entry.at, ChangeKind::Grant, id.as_str()).await?;
    Ok(true)
}

/// Lets a grant go on until `until`, since it was used at `now`.
pub(super) async fn prolong(
    write: &mut Write,
    id: &GrantId,
    now: Timestamp,
    until: Timestamp,
) -> Result<(), Error> {
    const SQL: &str = "UPDATE authorization_grants SET used_at = $1, expires_at = $2 WHERE id = $3";
    let query = sqlx::query(SQL).bind(now.0).bind(until.0).bind(id.as_str());
    query.execute(write.connection()).await?;
    Ok(())
}

/// Ends every grant that a client was given.
pub(super) async fn end_all_of(write: &mut Write, client: &ClientId, now: Timestamp) -> Result<(), Error> {
    const SQL: &str = "DELETE FROM authorization_grants WHERE client_id = $1 RETURNING id";
    let query = sqlx::query(SQL).bind(client.as_str());
    for row in query.fetch_all(write.connection()).await? {
        write.change(now, ChangeKind::Grant, &row.text("id")?).await?;
    }
    Ok(())
}

async fn insert(write: &mut Write, grant: &Grant) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO authorization_grants \
        (id, account_id, user_id, server_id, client_id, client_kind, client_name, redirect_uri, scopes, challenge, \
        code_digest, code_expires_at, code_used_at, created_at, used_at, expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    let query = sqlx::query(SQL)
        .bind(grant.id.as_str())
        .bind(grant.account.as_str())
        .bind(grant.user.as_str())
        .bind(ServerId::as_str(&grant.server))
        .bind(grant.client.as_str())
        .bind(grant.client_kind.as_str())
        .bind(&grant.client_name)
        .bind(&grant.redirect_uri)
        .bind(grant.scopes.as_str())
        .bind(&grant.challenge)
        .bind(grant.code_digest.0.as_slice())
        .bind(grant.code_expires_at.0)
        .bind(grant.code_used_at.map(|moment| moment.0))
        .bind(grant.created_at.0)
        .bind(grant.used_at.0)
        .bind(grant.expires_at.0);
    query.execute(write.connection()).await?;
    Ok(())
}

fn scopes(row: &Row) -> Result<Scopes, Error> {
    Scopes::from_list(&row.text("scopes")?).ok_or_else(|| corrupt("scopes"))
}

fn read(row: &Row) -> Result<Grant, Error> {
    let kind = ClientKind::from_name(&row.text("client_kind")?);
    Ok(Grant {
        id: row.id("id")?,
        account: row.id("account_id")?,
        user: row.id("user_id")?,
        user_name: row.id("user_name")?,
        server: row.id("server_id")?,
        client: row.id("client_id")?,
        client_kind: kind.ok_or_else(|| corrupt("client_kind"))?,
        client_name: row.text("client_name")?,
        redirect_uri: row.text("redirect_uri")?,
        scopes: scopes(row)?,
        challenge: row.text("challenge")?,
        code_digest: row.digest("code_digest")?,
        code_expires_at: row.time("code_expires_at")?,
        code_used_at: row.optional_time("code_used_at")?,
        created_at: row.time("created_at")?,
        used_at: row.time("used_at")?,
        expires_at: row.time("expires_at")?,
    })
}
