//! Connectors of accounts, with every version of their files.
//!
//! What was made for a connector (credentials, OAuth apps, flows, keys that wait) names its identity as its owner. A
//! change of where secrets may be sent gives it another identity in the same transaction: whatever was sealed for the one
//! before does not open for it.

use crate::database::{ListSql, Storage, Write};
use crate::row::{Columns, Row};
use crate::{AuditEntry, ChangeKind, Error};
use solder_model::{AccountId, ConnectorId, CredentialStatus, Page, Paged, Timestamp, UserId};
use std::collections::BTreeSet;

/// A connector of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnConnector {
    /// The account.
    pub account: AccountId,
    /// Its id, which is the account's alone.
    pub id: ConnectorId,
    /// What is sealed for it is bound to this: `account/` and what no other connector ever has.
    pub identity: String,
    /// The version that is used.
    pub live: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When another version, or one from before, became live.
    pub updated_at: Timestamp,
}

/// What is used of a connector of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveConnector {
    /// Its id.
    pub id: ConnectorId,
    /// Its identity.
    pub identity: String,
    /// The file of the live version.
    pub file: String,
}

/// A version of a connector's file, without the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectorVersion {
    /// Its number, from 1.
    pub version: i64,
    /// Who made it, as the audit log names them.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
}

/// What becomes live next.
#[derive(Debug, Clone, Copy)]
pub enum Next<'a> {
    /// A new version with this file, by this actor.
    File {
        /// The file.
        file: &'a str,
        /// Who made it.
        by: &'a str,
    },
    /// A version from before.
    Version(i64),
}

/// Another identity, where secrets may be sent elsewhere than before.
#[derive(Debug, Clone, Copy)]
pub struct Rebinding<'a> {
    /// The new identity.
    pub identity: &'a str,
    /// What its credentials say of why they have to be connected again.
    pub reason: &'a str,
}

/// What ends with an identity that a connector had.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unbound {
    /// How many credentials.
    pub credentials: u64,
    /// Whose they were, each once.
    pub users: BTreeSet<UserId>,
    /// How many OAuth apps.
    pub oauth_apps: u64,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT account_id, id, identity, live, created_at, updated_at FROM connectors ",
            $rest
        )
    };
}

impl Storage {
    /// Keeps a new connector whose first version is `file`. False, and nothing kept, where the account has `most` already.
    /// [`Error::Conflict`]: `connector` where it has one of that id.
    pub async fn create_connector(
        &self,
        new: &OwnConnector,
        file: &str,
        most: u64,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        const COUNT: &str = "SELECT COUNT(*) FROM connectors WHERE account_id = $1";
        const SQL: &str = "INSERT INTO connectors (account_id, id, identity, live, created_at, updated_at) \
            VALUES ($1, $2, $3, $4, $5, $6)";
        let mut write = self.write(entry.at).await?;
        let count = sqlx::query_scalar(COUNT).bind(new.account.as_str());
        let count: i64 = count.fetch_one(write.connection()).await?;
        let query = sqlx::query(SQL)
            .bind(new.account.as_str())
            .bind(new.id.as_str())
            .bind(&new.identity)
            .bind(new.live)
            .bind(new.created_at.0)
            .bind(new.updated_at.0);
        query.execute(write.connection()).await?;
        if u64::try_from(count).unwrap_or_default() >= most {
            return Ok(false);
        }
        insert_version(&mut write, new, new.live, (file, &entry.actor), new.created_at).await?;
        write.audit(entry).await?;
        feed(&mut write, entry.at, &new.account).await?;
        write.commit().await?;
        Ok(true)
    }

    /// The account's connector of that id.
    pub async fn find_connector(
        &self,
        account: &AccountId,
        id: &ConnectorId,
    ) -> Result<Option<OwnConnector>, Error> {
        const SQL: &str = select!("WHERE account_id = $1 AND id = $2");
        let query = sqlx::query(SQL).bind(account.as_str()).bind(id.as_str());
        let row = query.fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// What is used of every connector of an account, by id.
    pub async fn list_live_connectors(&self, account: &AccountId) -> Result<Vec<LiveConnector>, Error> {
        const SQL: &str = "SELECT c.id AS id, c.identity AS identity, v.file AS file FROM connectors c \
            JOIN connector_versions v ON v.account_id = c.account_id AND v.connector_id = c.id AND v.version = c.live \
            WHERE c.account_id = $1 ORDER BY c.id";
        let rows = sqlx::query(SQL).bind(account.as_str());
        let rows = rows.fetch_all(self.reader()).await?;
        let live = rows.iter().map(|row| {
            Ok(LiveConnector {
                id: row.id("id")?,
                identity: row.text("identity")?,
                file: row.text("file")?,
            })
        });
        live.collect()
    }

    /// A version with its file.
    pub async fn find_connector_version(
        &self,
        account: &AccountId,
        id: &ConnectorId,
        version: i64,
    ) -> Result<Option<(ConnectorVersion, String)>, Error> {
        const SQL: &str = "SELECT version, file, created_by, created_at FROM connector_versions \
            WHERE account_id = $1 AND connector_id = $2 AND version = $3";
        let query = sqlx::query(SQL).bind(account.as_str()).bind(id.as_str());
        let row = query.bind(version).fetch_optional(self.reader()).await?;
        let read = |row: &Row| Ok((read_version(row)?, row.text("file")?));
        row.as_ref().map(read).transpose()
    }

    /// A page of a connector's versions, newest first.
    pub async fn list_connector_versions(
        &self,
        account: &AccountId,
        id: &ConnectorId,
        page: Page,
    ) -> Result<Paged<ConnectorVersion>, Error> {
        const COUNT: &str =
            "SELECT COUNT(*) FROM connector_versions WHERE account_id = $1 AND connector_id = $2";
        const SQL: &str = "SELECT version, created_by, created_at FROM connector_versions \
            WHERE account_id = $1 AND connector_id = $2 ORDER BY version DESC LIMIT $3 OFFSET $4";
        let sql = ListSql {
            count: COUNT,
            page: SQL,
        };
        self.list(&sql, &[account.as_str(), id.as_str()], page, read_version)
            .await
    }

    /// Makes another version live than the one that was `seen`; with a rebinding, what was sealed for the connector ends.
    /// Gives the connector as it is now. None, and nothing changed, where the connector is not the one any more that was
    /// seen, or has no such version.
    pub async fn move_connector(
        &self,
        seen: &OwnConnector,
        next: Next<'_>,
        rebinding: Option<Rebinding<'_>>,
        entry: &AuditEntry,
    ) -> Result<Option<(OwnConnector, Unbound)>, Error> {
        const MOVE: &str = "UPDATE connectors SET live = $1, identity = $2, updated_at = $3 \
            WHERE account_id = $4 AND id = $5 AND live = $6 AND identity = $7";
        const LAST: &str = "SELECT COALESCE(MAX(version), 0) FROM connector_versions WHERE account_id = $1 AND connector_id = $2";
        const FIND: &str = "SELECT COUNT(*) FROM connector_versions \
            WHERE account_id = $1 AND connector_id = $2 AND version = $3";
        let (account, id) = (seen.account.as_str(), seen.id.as_str());
        let mut write = self.write(entry.at).await?;
        let last = sqlx::query_scalar(LAST).bind(account).bind(id);
        let last: i64 = last.fetch_one(write.connection()).await?;
        let live = match next {
            Next::File { .. } => last.saturating_add(1),
            Next::Version(version) => version,
        };
        let identity = rebinding.map_or(seen.identity.as_str(), |rebinding| rebinding.identity);
        let query = sqlx::query(MOVE).bind(live).bind(identity).bind(entry.at.0);
        let query = query.bind(account).bind(id).bind(seen.live).bind(&seen.identity);
        if query.execute(write.connection()).await?.rows_affected() == 0 {
            return Ok(None);
        }
        if let Next::File { file, by } = next {
            insert_version(&mut write, seen, live, (file, by), entry.at).await?;
        }
        let found = sqlx::query_scalar(FIND).bind(account).bind(id).bind(live);
        let found: i64 = found.fetch_one(write.connection()).await?;
        if found == 0 {
            return Ok(None);
        }
        let unbound = match rebinding {
            Some(rebinding) => unbind(&mut write, seen, rebinding.reason, entry.at).await?,
            None => Unbound::default(),
        };
        write.audit(entry).await?;
        feed(&mut write, entry.at, &seen.account).await?;
        write.commit().await?;
        let moved = OwnConnector {
            live,
            identity: identity.to_owned(),
            updated_at: entry.at,
            ..seen.clone()
        };
        Ok(Some((moved, unbound)))
    }

    /// Removes a connector with its versions and all that was ever sealed for it: credentials, OAuth apps, flows, and keys
    /// that wait. None, and nothing logged, where there is none of that id.
    pub async fn delete_connector(
        &self,
        account: &AccountId,
        id: &ConnectorId,
        entry: &AuditEntry,
    ) -> Result<Option<Unbound>, Error> {
        const SQL: &str = "DELETE FROM connectors WHERE account_id = $1 AND id = $2";
        const CREDENTIALS: &str = "DELETE FROM credentials WHERE account_id = $1 AND connector_id = $2 \
            AND connector_owner LIKE 'account/%' RETURNING user_id";
        const APPS: &str = "DELETE FROM oauth_apps WHERE account_id = $1 AND connector_id = $2 \
            AND connector_owner LIKE 'account/%'";
        const FLOWS: &str = "DELETE FROM oauth_flows WHERE account_id = $1 AND connector_id = $2 \
            AND connector_owner LIKE 'account/%'";
        const PENDING: &str = "DELETE FROM connect_pending WHERE connector_id = $2 \
            AND connector_owner LIKE 'account/%' \
            AND ticket_id IN (SELECT id FROM connect_tickets WHERE account_id = $1)";
        let mut write = self.write(entry.at).await?;
        let mut gone = [0; 4];
        for (sql, gone) in [SQL, APPS, FLOWS, PENDING].into_iter().zip(&mut gone) {
            let query = sqlx::query(sql).bind(account.as_str()).bind(id.as_str());
            *gone = query.execute(write.connection()).await?.rows_affected();
        }
        let [connectors, oauth_apps, ..] = gone;
        if connectors == 0 {
            return Ok(None);
        }
        let query = sqlx::query(CREDENTIALS).bind(account.as_str()).bind(id.as_str());
        let rows = query.fetch_all(write.connection()).await?;
        let users = feed_users(&mut write, &rows, entry.at).await?;
        if oauth_apps > 0 {
            write
                .change(entry.at, ChangeKind::OAuthApps, account.as_str())
                .await?;
        }
        write.audit(entry).await?;
        feed(&mut write, entry.at, account).await?;
        write.commit().await?;
        Ok(Some(Unbound {
            credentials: rows.len() as u64,
            users,
            oauth_apps,
        }))
    }
}

/// Says of every credential of an identity that a person has to connect again, and drops its OAuth apps. The version of
/// the secrets goes on, so that no renewal that is under way makes them good again.
async fn unbind(write: &mut Write, of: &OwnConnector, reason: &str, at: Timestamp) -> Result<Unbound, Error> {
    const CREDENTIALS: &str = "UPDATE credentials SET status = $1, status_reason = $2, updated_at = $3, \
        version = version + 1, lease_holder = NULL, lease_until = NULL \
        WHERE account_id = $4 AND connector_id = $5 AND connector_owner = $6 RETURNING user_id";
    const APPS: &str =
        "DELETE FROM oauth_apps WHERE account_id = $1 AND connector_id = $2 AND connector_owner = $3";
    let (account, id) = (of.account.as_str(), of.id.as_str());
    let query = sqlx::query(CREDENTIALS)
        .bind(CredentialStatus::NeedsReconnect.as_str())
        .bind(reason)
        .bind(at.0);
    let query = query.bind(account).bind(id).bind(&of.identity);
    let rows = query.fetch_all(write.connection()).await?;
    let users = feed_users(write, &rows, at).await?;
    let query = sqlx::query(APPS).bind(account).bind(id).bind(&of.identity);
    let oauth_apps = query.execute(write.connection()).await?.rows_affected();
    if oauth_apps > 0 {
        write.change(at, ChangeKind::OAuthApps, account).await?;
    }
    Ok(Unbound {
        credentials: rows.len() as u64,
        users,
        oauth_apps,
    })
}

/// Tells of the users whose credentials these rows are, each once.
async fn feed_users(write: &mut Write, rows: &[Row], at: Timestamp) -> Result<BTreeSet<UserId>, Error> {
    let users = rows.iter().map(|row| row.id("user_id"));
    let users: BTreeSet<UserId> = users.collect::<Result<_, _>>()?;
    for user in &users {
        write.change(at, ChangeKind::Credentials, user.as_str()).await?;
    }
    Ok(users)
}

async fn feed(write: &mut Write, at: Timestamp, account: &AccountId) -> Result<(), Error> {
    write.change(at, ChangeKind::Connectors, account.as_str()).await
}

async fn insert_version(
    write: &mut Write,
    of: &OwnConnector,
    version: i64,
    (file, by): (&str, &str),
    at: Timestamp,
) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO connector_versions (account_id, connector_id, version, file, created_by, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    let query = sqlx::query(SQL).bind(of.account.as_str()).bind(of.id.as_str());
    let query = query.bind(version).bind(file).bind(by).bind(at.0);
    query.execute(write.connection()).await?;
    Ok(())
}

fn read(row: &Row) -> Result<OwnConnector, Error> {
    Ok(OwnConnector {
        account: row.id("account_id")?,
        id: row.id("id")?,
        identity: row.text("identity")?,
        live: row.number("live")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

fn read_version(row: &Row) -> Result<ConnectorVersion, Error> {
    Ok(ConnectorVersion {
        version: row.number("version")?,
        created_by: row.text("created_by")?,
        created_at: row.time("created_at")?,
    })
}
