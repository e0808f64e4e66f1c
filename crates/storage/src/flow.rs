//! Connections in the making. Each step of one is taken once: a conditional update decides who takes it.

use crate::database::{Connection, Storage};
use crate::row::{Columns, Row, corrupt};
use crate::{AuditEntry, Error};
use solder_model::{
    ConnectorId, CredentialId, Digest, Flow, FlowId, FlowStage, Sealed, ServerId, Timestamp, UserId,
};

/// How long a flow is remembered after its end, in milliseconds, so that whoever comes late is told so.
const REMEMBERED_MS: i64 = 3_600_000;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, state, stage, account_id, user_id, user_name, server_id, made_through, ticket, ",
            "connector_owner, connector_id, kind, credential_id, name, redirect_uri, actor, sealed, created_at, ",
            "expires_at FROM oauth_flows ",
            $rest
        )
    };
}

/// What a state that came back is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// This flow's, which is taken now and by nobody else again.
    Flow(Box<Flow>),
    /// This flow's, which had been taken before.
    Used(Box<Flow>),
    /// This flow's, whose time is over.
    Expired(Box<Flow>),
    /// Nobody's.
    Unknown,
}

impl Storage {
    /// Keeps a new flow, and forgets those that ended more than an hour ago.
    pub async fn create_flow(&self, flow: &Flow, entry: &AuditEntry) -> Result<(), Error> {
        const PRUNE: &str = "DELETE FROM oauth_flows WHERE expires_at < $1";
        let mut write = self.write(entry.at).await?;
        let prune = sqlx::query(PRUNE).bind(entry.at.plus_ms(-REMEMBERED_MS).0);
        prune.execute(write.connection()).await?;
        insert(write.connection(), flow).await?;
        write.audit(entry).await?;
        write.commit().await
    }

    /// Takes the flow of that state at the stage `at`, where its time is not over. Of any number that try at once, one
    /// gets it.
    pub async fn take_flow(&self, state: &Digest, at: FlowStage, now: Timestamp) -> Result<Taken, Error> {
        const TAKE: &str =
            "UPDATE oauth_flows SET stage = $1 WHERE state = $2 AND stage = $3 AND expires_at > $4";
        const FIND: &str = select!("WHERE state = $1");
        let mut write = self.write(now).await?;
        let take = sqlx::query(TAKE)
            .bind(FlowStage::Taken.as_str())
            .bind(state.0.as_slice())
            .bind(at.as_str())
            .bind(now.0);
        let taken = take.execute(write.connection()).await?.rows_affected() == 1;
        let found = sqlx::query(FIND).bind(state.0.as_slice());
        let Some(row) = found.fetch_optional(write.connection()).await? else {
            return Ok(Taken::Unknown);
        };
        let flow = Box::new(read(&row)?);
        write.commit().await?;
        Ok(if taken {
            Taken::Flow(flow)
        } else if flow.stage == at {
            Taken::Expired(flow)
        } else {
            Taken::Used(flow)
        })
    }

    /// The flow of that id.
    pub async fn find_flow(&self, id: &FlowId) -> Result<Option<Flow>, Error> {
        const SQL: &str = select!("WHERE id = $1");
        let row = sqlx::query(SQL)
            .bind(id.as_str())
            .fetch_optional(self.reader())
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// The flow of that state, which is not taken by this.
    pub async fn find_flow_by_state(&self, state: &Digest) -> Result<Option<Flow>, Error> {
        const SQL: &str = select!("WHERE state = $1");
        let row = sqlx::query(SQL)
            .bind(state.0.as_slice())
            .fetch_optional(self.reader())
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// The flows of a ticket that wait to be confirmed and whose time is not over, oldest first.
    pub async fn list_pending_flows(&self, ticket: &str, now: Timestamp) -> Result<Vec<Flow>, Error> {
        const SQL: &str =
            select!("WHERE ticket = $1 AND stage = $2 AND expires_at > $3 ORDER BY created_at, id");
        let query = sqlx::query(SQL)
            .bind(ticket)
            .bind(FlowStage::Pending.as_str())
            .bind(now.0);
        query.fetch_all(self.reader()).await?.iter().map(read).collect()
    }

    /// Moves a flow on from the stage `from`: its stage, state, sealed part and time are `next`'s. False where it
    /// is not at that stage any more, or its time is over.
    pub async fn advance_flow(&self, next: &Flow, from: FlowStage, now: Timestamp) -> Result<bool, Error> {
        const SQL: &str = "UPDATE oauth_flows SET stage = $1, state = $2, sealed = $3, expires_at = $4 \
            WHERE id = $5 AND stage = $6 AND (expires_at > $7 OR stage = 'taken')";
        let mut write = self.write(now).await?;
        let query = sqlx::query(SQL)
            .bind(next.stage.as_str())
            .bind(next.state.0.as_slice())
            .bind(next.sealed.0.as_slice())
            .bind(next.expires_at.0)
            .bind(next.id.as_str())
            .bind(from.as_str())
            .bind(now.0);
        let moved = query.execute(write.connection()).await?.rows_affected() == 1;
        write.commit().await?;
        Ok(moved)
    }
}

async fn insert(connection: &mut Connection, flow: &Flow) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO oauth_flows (id, state, stage, account_id, user_id, user_name, server_id, \
        made_through, ticket, connector_owner, connector_id, kind, credential_id, name, redirect_uri, actor, \
        sealed, created_at, expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";
    let query = sqlx::query(SQL)
        .bind(flow.id.as_str())
        .bind(flow.state.0.as_slice())
        .bind(flow.stage.as_str())
        .bind(flow.account.as_str())
        .bind(flow.user.as_ref().map(UserId::as_str))
        .bind(flow.user_name.as_str())
        .bind(flow.server.as_ref().map(ServerId::as_str))
        .bind(flow.made_through.as_ref().map(ServerId::as_str))
        .bind(&flow.ticket)
        .bind(&flow.connector_owner)
        .bind(ConnectorId::as_str(&flow.connector))
        .bind(&flow.kind)
        .bind(flow.credential.as_ref().map(CredentialId::as_str))
        .bind(&flow.name)
        .bind(&flow.redirect_uri)
        .bind(&flow.actor)
        .bind(flow.sealed.0.as_slice())
        .bind(flow.created_at.0)
        .bind(flow.expires_at.0);
    query.execute(connection).await?;
    Ok(())
}

fn read(row: &Row) -> Result<Flow, Error> {
    let stage = FlowStage::from_name(&row.text("stage")?);
    Ok(Flow {
        id: row.id("id")?,
        state: row.digest("state")?,
        stage: stage.ok_or_else(|| corrupt("stage"))?,
        account: row.id("account_id")?,
        user: row.optional_id("user_id")?,
        user_name: row.id("user_name")?,
        server: row.optional_id("server_id")?,
        made_through: row.optional_id("made_through")?,
        ticket: row.optional_text("ticket")?,
        connector_owner: row.text("connector_owner")?,
        connector: row.id("connector_id")?,
        kind: row.text("kind")?,
        credential: row.optional_id("credential_id")?,
        name: row.optional_text("name")?,
        redirect_uri: row.optional_text("redirect_uri")?,
        actor: row.text("actor")?,
        sealed: Sealed(row.bytes("sealed")?),
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
    })
}
