//! Attempts to sign in, which live for minutes, and the record that one has worked.

use crate::database::{Connection, Storage};
use crate::row::{Columns, Row};
use crate::{AuditEntry, Error, user};
use solder_model::{Digest, Sealed, SignInAttempt, SignInAttemptId, Timestamp, User, UserId};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, digest, account_id, expected_user, browser, state, sealed, ends_at FROM sign_in_attempts ",
            $rest
        )
    };
}

impl Storage {
    /// Keeps a new attempt at `now`; those whose time is over are dropped on the way.
    pub async fn create_sign_in_attempt(&self, attempt: &SignInAttempt, now: Timestamp) -> Result<(), Error> {
        const DROP: &str = "DELETE FROM sign_in_attempts WHERE ends_at <= $1";
        let mut write = self.write(now).await?;
        let drop = sqlx::query(DROP).bind(now.0);
        drop.execute(write.connection()).await?;
        insert(write.connection(), attempt).await?;
        write.commit().await
    }

    /// The attempt of that digest, be its time over.
    pub async fn find_sign_in_attempt(&self, digest: &Digest) -> Result<Option<SignInAttempt>, Error> {
        const SQL: &str = select!("WHERE digest = $1");
        let query = sqlx::query(SQL).bind(digest.0.as_slice());
        let row = query.fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// The attempt that went to a provider with the state of that digest, be its time over.
    pub async fn find_sign_in_attempt_by_state(
        &self,
        state: &Digest,
    ) -> Result<Option<SignInAttempt>, Error> {
        const SQL: &str = select!("WHERE state = $1");
        let query = sqlx::query(SQL).bind(state.0.as_slice());
        let row = query.fetch_optional(self.reader()).await?;
        row.as_ref().map(read).transpose()
    }

    /// Notes that an attempt goes to a provider at `now`. Another one that it went to before is forgotten. False where
    /// the attempt is no more.
    pub async fn update_sign_in_attempt(
        &self,
        id: &SignInAttemptId,
        state: &Digest,
        sealed: &Sealed,
        now: Timestamp,
    ) -> Result<bool, Error> {
        const SQL: &str = "UPDATE sign_in_attempts SET state = $1, sealed = $2 WHERE id = $3";
        let mut write = self.write(now).await?;
        let query = sqlx::query(SQL)
            .bind(state.0.as_slice())
            .bind(sealed.0.as_slice())
            .bind(id.as_str());
        let updated = query.execute(write.connection()).await?.rows_affected() == 1;
        write.commit().await?;
        Ok(updated)
    }

    /// Takes an attempt away, for whoever comes first: of several only one is told true.
    pub async fn take_sign_in_attempt(&self, id: &SignInAttemptId, now: Timestamp) -> Result<bool, Error> {
        const SQL: &str = "DELETE FROM sign_in_attempts WHERE id = $1";
        let mut write = self.write(now).await?;
        let query = sqlx::query(SQL).bind(id.as_str());
        let taken = query.execute(write.connection()).await?.rows_affected() == 1;
        write.commit().await?;
        Ok(taken)
    }

    /// Records that somebody signed in as `user`, who is kept where the account has none of that name. Returns the one
    /// that stands.
    pub async fn record_sign_in(&self, user: &User, entry: &AuditEntry) -> Result<User, Error> {
        let mut write = self.write(entry.at).await?;
        let standing = user::ensure(&mut write, user, entry.at).await?;
        let entry = AuditEntry {
            acting_user: Some(standing.id.clone()),
            target: standing.id.as_str().to_owned(),
            ..entry.clone()
        };
        write.audit(&entry).await?;
        write.commit().await?;
        Ok(standing)
    }
}

async fn insert(connection: &mut Connection, attempt: &SignInAttempt) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO sign_in_attempts \
        (id, digest, account_id, expected_user, browser, state, sealed, ends_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let query = sqlx::query(SQL)
        .bind(attempt.id.as_str())
        .bind(attempt.digest.0.as_slice())
        .bind(attempt.account.as_str())
        .bind(attempt.expected.as_ref().map(UserId::as_str))
        .bind(attempt.browser.0.as_slice())
        .bind(attempt.state.as_ref().map(|state| state.0.as_slice()))
        .bind(attempt.sealed.0.as_slice())
        .bind(attempt.ends_at.0);
    query.execute(connection).await?;
    Ok(())
}

fn read(row: &Row) -> Result<SignInAttempt, Error> {
    Ok(SignInAttempt {
        id: row.id("id")?,
        digest: row.digest("digest")?,
        account: row.id("account_id")?,
        expected: row.optional_id("expected_user")?,
        browser: row.digest("browser")?,
        state: row.optional_digest("state")?,
        sealed: Sealed(row.bytes("sealed")?),
        ends_at: row.time("ends_at")?,
    })
}
