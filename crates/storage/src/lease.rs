//! Changing the secrets of a credential that several may want to change at once: a lease says who renews them, a
//! version says which ones were seen, and the ones before are kept until the new ones have been used.

use crate::credential::{bind_known, find_in};
use crate::database::Storage;
use crate::{AuditEntry, ChangeKind, Error};
use solder_model::{Credential, CredentialId, CredentialStatus, Timestamp};

/// What became of an attempt to take the lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lease {
    /// It was taken; this is the credential as it stands.
    Taken(Box<Credential>),
    /// Somebody else holds it until then.
    Held(Timestamp),
    /// The secrets are not the ones that were seen any more: these are the present ones.
    Changed(Box<Credential>),
    /// There is no such credential.
    Gone,
}

impl Storage {
    /// Takes the lease of a credential whose secrets are still of that version, where nobody holds it at `now`.
    /// Nobody else can take it before `until`. Readers see nothing of it.
    pub async fn lease_credential(
        &self,
        id: &CredentialId,
        version: i64,
        holder: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Lease, Error> {
        const TAKE: &str = "UPDATE credentials SET lease_holder = $1, lease_until = $2 \
            WHERE id = $3 AND version = $4 AND (lease_until IS NULL OR lease_until <= $5)";
        const UNTIL: &str = "SELECT COALESCE(lease_until, 0) FROM credentials WHERE id = $1";
        let mut write = self.write(now).await?;
        let take = sqlx::query(TAKE)
            .bind(holder)
            .bind(until.0)
            .bind(id.as_str())
            .bind(version)
            .bind(now.0);
        let taken = take.execute(write.connection()).await?.rows_affected() == 1;
        let Some(credential) = find_in(write.connection(), id).await? else {
            return Ok(Lease::Gone);
        };
        let lease = if taken {
            Lease::Taken(Box::new(credential))
        } else if credential.connection.version == version {
            let held = sqlx::query_scalar(UNTIL).bind(id.as_str());
            Lease::Held(Timestamp(held.fetch_one(write.connection()).await?))
        } else {
            Lease::Changed(Box::new(credential))
        };
        write.commit().await?;
        Ok(lease)
    }

    /// Gives the lease back, where that holder still has it. Nothing of the credential changes.
    pub async fn release_lease(&self, id: &CredentialId, holder: &str, now: Timestamp) -> Result<(), Error> {
        const SQL: &str = "UPDATE credentials SET lease_holder = NULL, lease_until = NULL \
            WHERE id = $1 AND lease_holder = $2";
        let mut write = self.write(now).await?;
        let query = sqlx::query(SQL).bind(id.as_str()).bind(holder);
        query.execute(write.connection()).await?;
        write.commit().await
    }

    /// Gives a credential new secrets, and what is known with them, in place of those of the version before; these are
    /// kept beside. Ends the lease. None, and nothing changed, where the credential is gone or has other secrets by now.
    pub async fn renew_credential(
        &self,
        renewed: &Credential,
        entry: &AuditEntry,
    ) -> Result<Option<Credential>, Error> {
        const SQL: &str = "UPDATE credentials SET sealed_before = sealed, sealed = $1, status = $2, \
            status_reason = $3, identity = $4, scopes = $5, client_id = $6, refreshable = $7, issued_at = $8, \
            expires_at = $9, ends_at = $10, version = $11, updated_at = $12, lease_holder = NULL, \
            lease_until = NULL WHERE id = $13 AND version = $14 AND connector_owner = $15";
        let seen = renewed.connection.version;
        let next = with_version(renewed, seen.saturating_add(1));
        self.write_secrets(SQL, &next, seen, entry).await
    }

    /// Gives a credential the secrets of a new connection, whatever it had before: none of those are kept, and it belongs
    /// to the connector of `connector_owner` from now on. Ends the
    /// lease. None, and nothing changed, where the credential is gone or has other secrets by now.
    pub async fn reconnect_credential(
        &self,
        connected: &Credential,
        entry: &AuditEntry,
    ) -> Result<Option<Credential>, Error> {
        const SQL: &str = "UPDATE credentials SET sealed_before = NULL, sealed = $1, status = $2, \
            status_reason = $3, identity = $4, scopes = $5, client_id = $6, refreshable = $7, issued_at = $8, \
            expires_at = $9, ends_at = $10, version = $11, updated_at = $12, lease_holder = NULL, \
            lease_until = NULL, connector_owner = $15 WHERE id = $13 AND version = $14";
        let seen = connected.connection.version;
        let next = with_version(connected, seen.saturating_add(1));
        self.write_secrets(SQL, &next, seen, entry).await
    }

    /// Drops the secrets before the present ones, which have been used. False where the version is another by now, or
    /// nothing was kept.
    pub async fn settle_credential(
        &self,
        id: &CredentialId,
        version: i64,
        now: Timestamp,
    ) -> Result<bool, Error> {
        const SQL: &str = "UPDATE credentials SET sealed_before = NULL \
            WHERE id = $1 AND version = $2 AND sealed_before IS NOT NULL RETURNING user_id";
        let mut write = self.write(now).await?;
        let query = sqlx::query(SQL).bind(id.as_str()).bind(version);
        let Some(row) = query.fetch_optional(write.connection()).await? else {
            return Ok(false);
        };
        let user = crate::row::Columns::text(&row, "user_id")?;
        write.change(now, ChangeKind::Credentials, &user).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Says that a credential cannot be used, and why; ends the lease. False, and nothing logged, where it is gone or
    /// has other secrets than those of that version by now.
    pub async fn mark_credential(
        &self,
        id: &CredentialId,
        version: i64,
        status: CredentialStatus,
        reason: &str,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        const SQL: &str = "UPDATE credentials SET status = $1, status_reason = $2, updated_at = $3, \
            lease_holder = NULL, lease_until = NULL WHERE id = $4 AND version = $5 RETURNING user_id";
        let mut write = self.write(entry.at).await?;
        let query = sqlx::query(SQL)
            .bind(status.as_str())
            .bind(reason)
            .bind(entry.at.0)
            .bind(id.as_str())
            .bind(version);
        let Some(row) = query.fetch_optional(write.connection()).await? else {
            return Ok(false);
        };
        let user = crate::row::Columns::text(&row, "user_id")?;
        write.audit(entry).await?;
        write.change(entry.at, ChangeKind::Credentials, &user).await?;
        write.commit().await?;
        Ok(true)
    }

    async fn write_secrets(
        &self,
        sql: &'static str,
        next: &Credential,
        seen: i64,
        entry: &AuditEntry,
    ) -> Result<Option<Credential>, Error> {
        let mut write = self.write(entry.at).await?;
        let query = bind_known(sqlx::query(sql), next)
            .bind(next.id.as_str())
            .bind(seen)
            .bind(&next.connector_owner);
        if query.execute(write.connection()).await?.rows_affected() == 0 {
            return Ok(None);
        }
        let kept = find_in(write.connection(), &next.id).await?;
        write.audit(entry).await?;
        let user = next.user.as_str();
        write.change(entry.at, ChangeKind::Credentials, user).await?;
        write.commit().await?;
        Ok(kept)
    }
}

fn with_version(credential: &Credential, version: i64) -> Credential {
    let mut next = credential.clone();
    next.connection.version = version;
    next
}
