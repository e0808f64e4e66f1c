//! Credentials, sealed.

use crate::database::{Connection, ListSql, Storage};
use crate::row::{Columns, Row, corrupt, flag};
use crate::{AuditEntry, ChangeKind, Error, user};
use solder_model::{
    ConnectorId, Credential, CredentialId, CredentialStatus, Page, Paged, Sealed, ServerId, User, UserId,
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, account_id, user_id, connector_owner, connector_id, kind, name, made_through, sealed, ",
            "status, status_reason, identity, scopes, client_id, refreshable, issued_at, expires_at, ends_at, ",
            "version, sealed_before, created_at, updated_at FROM credentials ",
            $rest
        )
    };
}

const FIND: &str = select!("WHERE id = $1");

impl Storage {
    /// Keeps a new credential of `owner`, who is kept too where the account has no user of that name. The credential
    /// that is kept and returned has the id of the user that stands, which is another one than `owner`'s where the
    /// user came to be in the meantime.
    pub async fn create_credential(
        &self,
        credential: &Credential,
        owner: &User,
        entry: &AuditEntry,
    ) -> Result<Credential, Error> {
        let mut write = self.write(entry.at).await?;
        let standing = user::ensure(&mut write, owner, entry.at).await?;
        let kept = Credential {
            account: standing.account,
            user: standing.id,
            ..credential.clone()
        };
        insert(write.connection(), &kept).await?;
        write.audit(entry).await?;
        let key = kept.user.as_str();
        write.change(entry.at, ChangeKind::Credentials, key).await?;
        write.commit().await?;
        Ok(kept)
    }

    /// The credential of that id.
    pub async fn find_credential(&self, id: &CredentialId) -> Result<Option<Credential>, Error> {
        let query = sqlx::query(FIND).bind(id.as_str());
        let row = query.fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// A page of a user's credentials, for one connector or for all, newest first.
    pub async fn list_credentials(
        &self,
        user: &UserId,
        connector: Option<&ConnectorId>,
        page: Page,
    ) -> Result<Paged<Credential>, Error> {
        match connector {
            None => self.list_all(user, page).await,
            Some(connector) => self.list_for(user, connector, page).await,
        }
    }

    /// Gives a credential another name, as of the entry's moment. None, and nothing logged, where there is none of that id.
    pub async fn rename_credential(
        &self,
        id: &CredentialId,
        name: &str,
        entry: &AuditEntry,
    ) -> Result<Option<Credential>, Error> {
        const RENAME: &str = "UPDATE credentials SET name = $1, updated_at = $2 WHERE id = $3";
        const SQL: &str = select!("WHERE id = $1");
        let mut write = self.write(entry.at).await?;
        let query = sqlx::query(RENAME).bind(name).bind(entry.at.0).bind(id.as_str());
        query.execute(write.connection()).await?;
        let query = sqlx::query(SQL).bind(id.as_str());
        let Some(row) = query.fetch_optional(write.connection()).await? else {
            return Ok(None);
        };
        let renamed = read(&row)?;
        write.audit(entry).await?;
        let key = renamed.user.as_str();
        write.change(entry.at, ChangeKind::Credentials, key).await?;
        write.commit().await?;
        Ok(Some(renamed))
    }

    /// Removes a credential. False, and nothing logged, where there is none of that id.
    pub async fn delete_credential(&self, id: &CredentialId, entry: &AuditEntry) -> Result<bool, Error> {
        const SQL: &str = "DELETE FROM credentials WHERE id = $1 RETURNING user_id";
        let mut write = self.write(entry.at).await?;
        let query = sqlx::query(SQL).bind(id.as_str());
        let Some(row) = query.fetch_optional(write.connection()).await? else {
            return Ok(false);
        };
        let user = row.text("user_id")?;
        write.audit(entry).await?;
        write.change(entry.at, ChangeKind::Credentials, &user).await?;
        write.commit().await?;
        Ok(true)
    }

    async fn list_all(&self, user: &UserId, page: Page) -> Result<Paged<Credential>, Error> {
        const COUNT: &str = "SELECT COUNT(*) FROM credentials WHERE user_id = $1";
        const SQL: &str = select!("WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3");
        let sql = ListSql {
            count: COUNT,
            page: SQL,
        };
        self.list(&sql, &[user.as_str()], page, read).await
    }

    async fn list_for(
        &self,
        user: &UserId,
        connector: &ConnectorId,
        page: Page,
    ) -> Result<Paged<Credential>, Error> {
        const COUNT: &str = "SELECT COUNT(*) FROM credentials WHERE user_id = $1 AND connector_id = $2";
        const SQL: &str = select!(
            "WHERE user_id = $1 AND connector_id = $2 ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4"
        );
        let sql = ListSql {
            count: COUNT,
            page: SQL,
        };
        self.list(&sql, &[user.as_str(), connector.as_str()], page, read)
            .await
    }
}

async fn insert(connection: &mut Connection, credential: &Credential) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO credentials (sealed, status, status_reason, identity, scopes, client_id, \
        refreshable, issued_at, expires_at, ends_at, version, updated_at, sealed_before, id, account_id, \
        user_id, connector_owner, connector_id, kind, name, made_through, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, \
        $21, $22)";
    let before = credential.connection.sealed_before.as_ref();
    let query = bind_known(sqlx::query(SQL), credential)
        .bind(before.map(|sealed| sealed.0.as_slice()))
        .bind(credential.id.as_str())
        .bind(credential.account.as_str())
        .bind(credential.user.as_str())
        .bind(&credential.connector_owner)
        .bind(credential.connector.as_str())
        .bind(&credential.kind)
        .bind(&credential.name)
        .bind(credential.made_through.as_ref().map(ServerId::as_str))
        .bind(credential.created_at.0);
    query.execute(connection).await?;
    Ok(())
}

pub(crate) type Query<'q> =
    sqlx::query::Query<'q, crate::database::Db, <crate::database::Db as sqlx::Database>::Arguments>;

/// Binds the secrets and what is known beside them, which every statement that writes them names first and in the
/// same order, up to the moment of the change.
pub(crate) fn bind_known<'q>(query: Query<'q>, credential: &'q Credential) -> Query<'q> {
    let known = &credential.connection;
    let scopes = known.scopes.as_ref();
    query
        .bind(credential.sealed.0.as_slice())
        .bind(known.status.as_str())
        .bind(&known.status_reason)
        .bind(&known.identity)
        .bind(scopes.map(|scopes| serde_json::Value::from(scopes.clone()).to_string()))
        .bind(&known.client_id)
        .bind(flag(known.refreshable))
        .bind(known.issued_at.map(|moment| moment.0))
        .bind(known.expires_at.map(|moment| moment.0))
        .bind(known.ends_at.map(|moment| moment.0))
        .bind(known.version)
        .bind(credential.updated_at.0)
}

/// Reads the credential of that id in a transaction.
pub(crate) async fn find_in(
    connection: &mut Connection,
    id: &CredentialId,
) -> Result<Option<Credential>, Error> {
    let row = sqlx::query(FIND)
        .bind(id.as_str())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read).transpose()
}

pub(crate) fn read(row: &Row) -> Result<Credential, Error> {
    Ok(Credential {
        id: row.id("id")?,
        account: row.id("account_id")?,
        user: row.id("user_id")?,
        connector_owner: row.text("connector_owner")?,
        connector: row.id("connector_id")?,
        kind: row.text("kind")?,
        name: row.text("name")?,
        made_through: row.optional_id("made_through")?,
        sealed: Sealed(row.bytes("sealed")?),
        connection: known(row)?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

fn known(row: &Row) -> Result<solder_model::Connection, Error> {
    let status = CredentialStatus::from_name(&row.text("status")?);
    let scopes = row.optional_text("scopes")?;
    let scopes = scopes.map(|text| serde_json::from_str(&text)).transpose();
    Ok(solder_model::Connection {
        status: status.ok_or_else(|| corrupt("status"))?,
        status_reason: row.optional_text("status_reason")?,
        identity: row.optional_text("identity")?,
        scopes: scopes.map_err(|_not_json| corrupt("scopes"))?,
        client_id: row.optional_text("client_id")?,
        refreshable: row.flag("refreshable")?,
        issued_at: row.optional_time("issued_at")?,
        expires_at: row.optional_time("expires_at")?,
        ends_at: row.optional_time("ends_at")?,
        version: row.number("version")?,
        sealed_before: row.optional_bytes("sealed_before")?.map(Sealed),
    })
}
