//! Tokens of grants, as digests.

use super::{client, grant};
use crate::database::{Storage, Write};
use crate::row::{Columns, Row, corrupt, hex};
use crate::{AuditEntry, ChangeKind, Error};
use solder_model::{Digest, Grant, GrantToken, Scopes, Timestamp, TokenKind};

impl Storage {
    /// The token of that digest, be it at its end or exchanged.
    pub async fn find_token(&self, digest: &Digest) -> Result<Option<GrantToken>, Error> {
        const SQL: &str = "SELECT digest, grant_id, kind, scopes, expires_at, replaced_at \
            FROM authorization_tokens WHERE digest = $1";
        let query = sqlx::query(SQL).bind(digest.0.as_slice());
        let row = query.fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// Exchanges a refresh token of the grant for new tokens, once; the grant then ends with `until` at the latest.
    /// False where the token is too old or was exchanged before; where it was exchanged before, the grant ends with
    /// all its tokens, and `reuse` is logged.
    pub async fn exchange_refresh(
        &self,
        old: &GrantToken,
        grant: &Grant,
        tokens: &[GrantToken],
        until: Timestamp,
        reuse: &AuditEntry,
    ) -> Result<bool, Error> {
        const SQL: &str = "UPDATE authorization_tokens SET replaced_at = $1 \
            WHERE digest = $2 AND kind = 'refresh' AND replaced_at IS NULL AND expires_at > $1";
        const USED: &str = "SELECT digest FROM authorization_tokens \
            WHERE digest = $1 AND replaced_at IS NOT NULL";
        // Whoever ends a grant locks it and then its tokens. In the other order two that come with one token could wait
        // for each other for good.
        const LOCK: &str = "UPDATE authorization_grants SET expires_at = expires_at WHERE id = $1";
        let mut write = self.write(reuse.at).await?;
        let lock = sqlx::query(LOCK).bind(grant.id.as_str());
        lock.execute(write.connection()).await?;
        let query = sqlx::query(SQL).bind(reuse.at.0).bind(old.digest.0.as_slice());
        if query.execute(write.connection()).await?.rows_affected() == 1 {
            insert_all(&mut write, tokens).await?;
            grant::prolong(&mut write, &grant.id, reuse.at, until).await?;
            client::touch(&mut write, &grant.client, reuse.at).await?;
            write.commit().await?;
            return Ok(true);
        }
        let used = sqlx::query(USED).bind(old.digest.0.as_slice());
        if used.fetch_optional(write.connection()).await?.is_some() {
            grant::end(&mut write, &grant.id, reuse).await?;
            write.commit().await?;
        }
        Ok(false)
    }

    /// Ends one token and leaves its grant. False, and nothing logged, where it is gone.
    pub async fn end_token(&self, digest: &Digest, entry: &AuditEntry) -> Result<bool, Error> {
        const SQL: &str = "DELETE FROM authorization_tokens WHERE digest = $1";
        let mut write = self.write(entry.at).await?;
        let query = sqlx::query(SQL).bind(digest.0.as_slice());
        if query.execute(write.connection()).await?.rows_affected() == 0 {
            return Ok(false);
        }
        write.audit(entry).await?;
        let key = hex(digest);
        write.change(entry.at, ChangeKind::GrantToken, &key).await?;
        write.commit().await?;
        Ok(true)
    }
}

pub(super) async fn insert_all(write: &mut Write, tokens: &[GrantToken]) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO authorization_tokens \
        (digest, grant_id, kind, scopes, expires_at, replaced_at) VALUES ($1, $2, $3, $4, $5, $6)";
    for token in tokens {
        let query = sqlx::query(SQL)
            .bind(token.digest.0.as_slice())
            .bind(token.grant.as_str())
            .bind(token.kind.as_str())
            .bind(token.scopes.as_str())
            .bind(token.expires_at.0)
            .bind(token.replaced_at.map(|moment| moment.0));
        query.execute(write.connection()).await?;
    }
    Ok(())
}

/// Forgets tokens that have ended.
pub(super) async fn drop_ended(write: &mut Write, now: Timestamp) -> Result<(), Error> {
    const SQL: &str = "DELETE FROM authorization_tokens WHERE expires_at <= $1";
    let query = sqlx::query(SQL).bind(now.0);
    query.execute(write.connection()).await?;
    Ok(())
}

fn read(row: &Row) -> Result<GrantToken, Error> {
    let kind = TokenKind::from_name(&row.text("kind")?);
    let scopes = Scopes::from_list(&row.text("scopes")?);
    Ok(GrantToken {
        digest: row.digest("digest")?,
        grant: row.id("grant_id")?,
        kind: kind.ok_or_else(|| corrupt("kind"))?,
        scopes: scopes.ok_or_else(|| corrupt("scopes"))?,
        expires_at: row.time("expires_at")?,
        replaced_at: row.optional_time("replaced_at")?,
    })
}
