//! Requests for authorization that wait for their user.

use crate::Error;
use crate::database::{Storage, Write};
use crate::row::{Columns, Row, corrupt, flag};
use solder_model::{AuthorizationRequest, ClientKind, Digest, Scopes, Timestamp};

impl Storage {
    /// Keeps a request that came at `now`; forgets those that are too old.
    pub async fn create_request(&self, request: &AuthorizationRequest, now: Timestamp) -> Result<(), Error> {
        const DROP: &str = "DELETE FROM authorization_requests WHERE expires_at <= $1";
        const SQL: &str = "INSERT INTO authorization_requests \
            (digest, browser, account_id, server_id, client_id, client_kind, client_name, redirect_uri, state, \
            scopes, challenge, ask_again, expires_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
        let mut write = self.write(now).await?;
        let drop = sqlx::query(DROP).bind(now.0);
        drop.execute(write.connection()).await?;
        let query = sqlx::query(SQL)
            .bind(request.digest.0.as_slice())
            .bind(request.browser.0.as_slice())
            .bind(request.account.as_str())
            .bind(request.server.as_str())
            .bind(request.client.as_str())
            .bind(request.client_kind.as_str())
            .bind(&request.client_name)
            .bind(&request.redirect_uri)
            .bind(&request.state)
            .bind(request.scopes.as_str())
            .bind(&request.challenge)
            .bind(flag(request.ask_again))
            .bind(request.expires_at.0);
        query.execute(write.connection()).await?;
        write.commit().await
    }

    /// The request of that digest, be it too old.
    pub async fn find_request(&self, digest: &Digest) -> Result<Option<AuthorizationRequest>, Error> {
        const SQL: &str = "SELECT digest, browser, account_id, server_id, client_id, client_kind, client_name, \
            redirect_uri, state, scopes, challenge, ask_again, expires_at \
            FROM authorization_requests WHERE digest = $1";
        let query = sqlx::query(SQL).bind(digest.0.as_slice());
        let row = query.fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// Ends a request without a grant. False where it is gone: it is answered once.
    pub async fn refuse_request(&self, digest: &Digest, now: Timestamp) -> Result<bool, Error> {
        let mut write = self.write(now).await?;
        let was_there = take(&mut write, digest).await?;
        write.commit().await?;
        Ok(was_there)
    }
}

/// Takes a request away; false where somebody else did.
pub(super) async fn take(write: &mut Write, digest: &Digest) -> Result<bool, Error> {
    const SQL: &str = "DELETE FROM authorization_requests WHERE digest = $1";
    let query = sqlx::query(SQL).bind(digest.0.as_slice());
    Ok(query.execute(write.connection()).await?.rows_affected() == 1)
}

fn read(row: &Row) -> Result<AuthorizationRequest, Error> {
    let kind = ClientKind::from_name(&row.text("client_kind")?);
    let scopes = Scopes::from_list(&row.text("scopes")?);
    Ok(AuthorizationRequest {
        digest: row.digest("digest")?,
        browser: row.digest("browser")?,
        account: row.id("account_id")?,
        server: row.id("server_id")?,
        client: row.id("client_id")?,
        client_kind: kind.ok_or_else(|| corrupt("client_kind"))?,
        client_name: row.text("client_name")?,
        redirect_uri: row.text("redirect_uri")?,
        state: row.optional_text("state")?,
        scopes: scopes.ok_or_else(|| corrupt("scopes"))?,
        challenge: row.text("challenge")?,
        ask_again: row.flag("ask_again")?,
        expires_at: row.time("expires_at")?,
    })
}
