//! From tokens to a credential: what the connection is for is found out, the connected account is named, and the
//! credential is stored, or waits for the confirmation of a ticket's user.

use super::begin::{Begun, STEP_MS};
use super::callback::{Resumed, failed};
use super::client::input;
use super::finished::{Choice, Finished, PageResult, Pending};
use super::kept::Kept;
use super::token::{At, TokenError};
use super::{Opener, auth_of, oauth_of};
use crate::Engine;
use crate::catalog::Entry;
use crate::credentials::{CredentialView, OpenedFields};
use crate::error::{Error, Result};
use crate::outbound::Caps;
use serde_json::{Map, Value, json};
use solder_connector::{BuildInput, Discover, Found, Grant, Reading};
use solder_model::{
    Code, Connection, Credential, CredentialId, CredentialStatus, Flow, FlowId, FlowStage, Page, Problem,
};
use std::time::Duration;

/// How long finding out who is connected may take.
const CHECK_TIMEOUT: Duration = Duration::from_secs(15);

/// How often storing is tried where somebody else writes the same credential.
const ATTEMPTS: usize = 5;

/// How far the opened connection came.
enum OpenedUp {
    /// Everything is known.
    Ready(Kept),
    /// The person has to be asked which of several.
    Ask(Kept),
    /// It does not work.
    Failed(PageResult),
}

impl Engine {
    /// Goes on after the tokens came, in a browser.
    pub(super) async fn carry_on(&self, at: &At<'_>, flow: Flow, kept: Kept) -> Result<Finished> {
        match self.open_up(at, kept, true).await? {
            OpenedUp::Failed(result) => self.end(flow, result).await,
            OpenedUp::Ask(kept) => self.ask(at, flow, &kept).await,
            OpenedUp::Ready(kept) => {
                let result = self.keep_opened(at, &flow, &kept).await?;
                match result {
                    PageResult::Pending { .. } => self.leave(flow, result).await,
                    _ => self.end(flow, result).await,
                }
            }
        }
    }

    /// The same where no person is there to be asked, and the caller waits for the result.
    pub(super) async fn complete_at_once(&self, at: &At<'_>, flow: Flow, kept: Kept) -> Result<Begun> {
        match self.open_up(at, kept, false).await? {
            OpenedUp::Ready(kept) | OpenedUp::Ask(kept) => match self.keep_opened(at, &flow, &kept).await? {
                PageResult::Connected { credential, .. } => {
                    self.close_flow(&flow).await?;
                    let kept = self.storage.find_credential(&credential).await?;
                    let kept = kept.ok_or(Error::Internal("a credential that was just stored is gone"))?;
                    let view = CredentialView::new(&kept, self.clock.now());
                    Ok(Begun::Connected(Box::new(view)))
                }
                _ => Ok(Begun::Pending),
            },
            OpenedUp::Failed(result) => {
                self.close_flow(&flow).await?;
                let text = match result {
                    PageResult::Failed { text, .. } => text,
                    _ => format!("{} did not make the connection", at.connector.name),
                };
                Err(Error::Platform(Problem::new(Code::PlatformForbidden, text)))
            }
        }
    }

    /// Finds out what the connection is for, and whom the platform names.
    async fn open_up(&self, at: &At<'_>, mut kept: Kept, asks: bool) -> Result<OpenedUp> {
        while let Some(discover) = at.connector.discover.get(kept.discovered) {
            let found = match self.discover_one(at, discover, &kept.fields()).await {
                Ok(found) => found,
                Err(error) => {
                    let text = error.text(&at.connector.name);
                    return Ok(OpenedUp::Failed(failed("platform_error", text)));
                }
            };
            if asks && discover.choose && found.len() > 1 {
                kept.offer(&found);
                return Ok(OpenedUp::Ask(kept));
            }
            if let Some(first) = found.first() {
                kept.lay(&first.fields);
            }
            kept.discovered += 1;
        }
        match self.identify(at, &kept.fields()).await {
            Ok(identity) => kept.identity = identity,
            Err(text) => return Ok(OpenedUp::Failed(failed("platform_error", text))),
        }
        Ok(OpenedUp::Ready(kept))
    }

    async fn discover_one(
        &self,
        at: &At<'_>,
        discover: &Discover,
        fields: &OpenedFields,
    ) -> std::result::Result<Vec<Found>, TokenError> {
        let input = input(at.entry, at.client, fields);
        let request = at.connector.discover_request(discover, at.auth, &input)?;
        let caps = Caps::starting_now(CHECK_TIMEOUT, self.settings.max_answer_bytes);
        let sent = self
            .outbound
            .send(at.entry.reach_of(at.connector, &request), &request, &caps)
            .await;
        let response = sent.map_err(TokenError::Unanswered)?;
        at.connector
            .read_discovered(discover, &response, self.clock.now())
            .map_err(TokenError::Platform)
    }

    /// Asks the person which of several: the opened connection waits sealed, and the page carries a token.
    async fn ask(&self, at: &At<'_>, flow: Flow, kept: &Kept) -> Result<Finished> {
        let token = crate::new_secret(&*self.entropy, "");
        let now = self.clock.now();
        let next = Flow {
            stage: FlowStage::Choosing,
            state: self.state_digest(token.expose()),
            sealed: self.seal_kept(&flow, kept)?,
            expires_at: now.plus_ms(STEP_MS),
            ..flow
        };
        self.storage.advance_flow(&next, FlowStage::Taken, now).await?;
        let leads_to = match &next.redirect_uri {
            Some(uri) => self.listed_url(&next.account, uri, &[]).await?,
            None => None,
        };
        Ok(Finished::Choose(Choice {
            platform: at.connector.name.clone(),
            token,
            options: kept.labels(),
            leads_to,
        }))
    }

    /// Runs the connector's check: the name of the connected account where the platform tells it. The text of a
    /// refusal says that the platform does not take its own tokens; whatever else goes wrong names nobody.
    pub(super) async fn identify(
        &self,
        at: &At<'_>,
        fields: &OpenedFields,
    ) -> std::result::Result<Option<String>, String> {
        let Some(action) = at.connector.check_of(at.auth) else {
            return Ok(None);
        };
        let none = Map::new();
        let built = BuildInput {
            base_override: at.entry.settings.base_url.as_ref(),
            arguments: &none,
            auth: Some((at.auth, fields)),
            vars: &none,
            idempotency_key: None,
        };
        let Ok(request) = at.connector.build(action, &built) else {
            return Ok(None);
        };
        let caps = Caps::starting_now(CHECK_TIMEOUT, self.settings.max_answer_bytes);
        let Ok(response) = self
            .outbound
            .send(at.entry.reach_of(at.connector, &request), &request, &caps)
            .await
        else {
            return Ok(None);
        };
        match at.connector.read(action, None, &response, self.clock.now()) {
            Reading::Success(answer) => {
                let named = at.connector.identity_of(at.auth);
                Ok(named.and_then(|pointer| shown_identity(answer.value.pointer(pointer)?)))
            }
            Reading::Failure(failure) if failure.code == Code::PlatformReconnect => Err(format!(
                "{} does not take the tokens that it gave: {}",
                at.connector.name, failure.message
            )),
            Reading::Failure(_) => Ok(None),
        }
    }

    /// Stores what was opened, or lets it wait for the ticket's user.
    async fn keep_opened(&self, at: &At<'_>, flow: &Flow, kept: &Kept) -> Result<PageResult> {
        if flow.ticket.is_none() {
            let credential = self.store_connection(at, flow, kept).await?;
            return Ok(PageResult::Connected {
                credential: credential.id,
                identity: credential.connection.identity,
            });
        }
        let now = self.clock.now();
        let next = Flow {
            stage: FlowStage::Pending,
            sealed: self.seal_kept(flow, kept)?,
            expires_at: now.plus_ms(STEP_MS),
            ..flow.clone()
        };
        self.storage.advance_flow(&next, FlowStage::Taken, now).await?;
        Ok(PageResult::Pending {
            flow: flow.id.clone(),
            identity: kept.identity.clone(),
        })
    }

    /// The connections of a ticket that wait to be confirmed.
    pub async fn pending_connections(&self, ticket: &str) -> Result<Vec<Pending>> {
        let flows = self.storage.list_pending_flows(ticket, self.clock.now()).await?;
        let mut pending = Vec::with_capacity(flows.len());
        for flow in flows {
            let Some(resumed) = self.resume(&flow).await? else {
                continue;
            };
            let issued = resumed.kept.issued.as_ref();
            pending.push(Pending {
                flow: flow.id,
                connector: flow.connector,
                platform: resumed.connector.name.clone(),
                kind: flow.kind,
                identity: resumed.kept.identity.clone(),
                scopes: issued
                    .and_then(|issued| issued.scopes.clone())
                    .unwrap_or_else(|| resumed.kept.scopes.clone()),
                created_at: flow.created_at,
            });
        }
        Ok(pending)
    }

    /// Stores a connection of a ticket that its user confirmed. It can be confirmed once.
    pub async fn confirm_connection(&self, ticket: &str, flow: &FlowId) -> Result<CredentialView> {
        let taken = self.take_pending(ticket, flow).await?;
        let resumed = self.resume(&taken).await?.ok_or(GONE)?;
        let auth = auth_of(&resumed.connector, &taken.kind).ok_or(GONE)?;
        let at = At {
            entry: &resumed.entry,
            connector: &resumed.connector,
            auth,
            client: None,
        };
        let credential = self.store_connection(&at, &taken, &resumed.kept).await?;
        self.close_flow(&taken).await?;
        Ok(CredentialView::new(&credential, self.clock.now()))
    }

    /// Forgets a connection of a ticket, and takes it back at the platform where that can be done.
    pub async fn discard_connection(&self, ticket: &str, flow: &FlowId) -> Result<()> {
        let taken = self.take_pending(ticket, flow).await?;
        let resumed = self.resume(&taken).await?;
        self.close_flow(&taken).await?;
        if let Some(resumed) = resumed {
            self.revoke_discarded(resumed);
        }
        Ok(())
    }

    async fn take_pending(&self, ticket: &str, id: &FlowId) -> Result<Flow> {
        let found = self.storage.find_flow(id).await?;
        let flow = found
            .filter(|flow| flow.ticket.as_deref() == Some(ticket))
            .ok_or(GONE)?;
        let taken = Flow {
            stage: FlowStage::Taken,
            ..flow
        };
        let moved = self
            .storage
            .advance_flow(&taken, FlowStage::Pending, self.clock.now())
            .await?;
        if moved { Ok(taken) } else { Err(GONE) }
    }

    /// Stores the credential: in place of the one that is connected again, so that ids that clients hold live on,
    /// else as a new one.
    async fn store_connection(&self, at: &At<'_>, flow: &Flow, kept: &Kept) -> Result<Credential> {
        let fields = kept.fields();
        let opener = Opener::of_flow(flow);
        let connection = connected(at, kept, &fields)?;
        let made = (&connection, &fields);
        let again = match &flow.credential {
            Some(id) => Some(id.clone()),
            None => self.broken_connection(at, &opener, made).await?,
        };
        if let Some(id) = again
            && let Some(credential) = self
                .reconnect(&opener, (&id, at.entry), &connection, &fields)
                .await?
        {
            return Ok(credential);
        }
        let now = self.clock.now();
        let draft = Credential {
            id: CredentialId::random(&*self.entropy),
            account: opener.account.clone(),
            user: self.drafted_user(&opener).await?.id,
            connector_owner: flow.connector_owner.clone(),
            connector: flow.connector.clone(),
            kind: flow.kind.clone(),
            name: flow.name.clone().unwrap_or_else(|| at.connector.name.clone()),
            made_through: flow.made_through.clone(),
            sealed: solder_model::Sealed(Vec::new()),
            connection,
            created_at: now,
            updated_at: now,
        };
        self.keep_new_credential(&opener, draft, &fields).await
    }

    /// Gives a credential the secrets of a new connection. None where it is gone.
    async fn reconnect(
        &self,
        opener: &Opener,
        (id, entry): (&CredentialId, &Entry),
        connection: &Connection,
        fields: &OpenedFields,
    ) -> Result<Option<Credential>> {
        for _ in 0..ATTEMPTS {
            let Some(found) = self.storage.find_credential(id).await? else {
                return Ok(None);
            };
            // Where its connector had another identity before, it comes to the present one with its new secrets.
            let found = Credential {
                connector_owner: entry.identity().to_owned(),
                ..found
            };
            let details = json!({
                "connector": found.connector.as_str(), "kind": found.kind, "identity": connection.identity,
                "identityBefore": found.connection.identity,
            });
            let audit = self.audit_for(opener, "credential.reconnect", id.as_str(), details);
            let next = Credential {
                sealed: self.seal_fields(&found, fields)?,
                connection: Connection {
                    version: found.connection.version,
                    ..connection.clone()
                },
                updated_at: self.clock.now(),
                ..found
            };
            if let Some(kept) = self.storage.reconnect_credential(&next, &audit).await? {
                self.warm.forget_credentials(&kept.user);
                return Ok(Some(kept));
            }
        }
        Err(Error::Internal(
            "a credential is written by somebody else all the time",
        ))
    }

    /// The user's credential for the same account at the platform that only a new connection can mend. The account's name
    /// does not tell it alone: what leads calls to it (a subdomain, a tenant) has to be the same too.
    async fn broken_connection(
        &self,
        at: &At<'_>,
        opener: &Opener,
        (connection, fields): (&Connection, &OpenedFields),
    ) -> Result<Option<CredentialId>> {
        let (Some(user), Some(_)) = (&opener.user, &connection.identity) else {
            return Ok(None);
        };
        let page = Page {
            limit: Page::MOST,
            offset: 0,
        };
        let all = self
            .storage
            .list_credentials(user, Some(&at.entry.id), page)
            .await?;
        let same = |one: &Credential| {
            crate::broker::is_for(&one.connector_owner, at.entry)
                && one.kind == at.auth.kind
                && one.made_through == opener.made_through
                && one.connection.status != CredentialStatus::Active
                && one.connection.identity == connection.identity
                // One that does not open leads nowhere that is known.
                && self
                    .open_credential(one)
                    .is_ok_and(|before| at.connector.leads_alike(at.auth, &before, fields))
        };
        Ok(all.items.into_iter().find(same).map(|one| one.id))
    }
}

const GONE: Error = Error::NotFound("This connection does not wait to be confirmed any more");

/// What is known of a connection that was just opened.
fn connected(at: &At<'_>, kept: &Kept, fields: &OpenedFields) -> Result<Connection> {
    let oauth = oauth_of(at.auth)?;
    let renews_itself = matches!(oauth.grant, Grant::ClientCredentials | Grant::JwtBearer);
    let refreshable = renews_itself || !oauth.refreshable(fields).is_empty();
    let issued = kept.issued.as_ref();
    let expires_at = issued.and_then(super::kept::Issued::expires_at);
    let ends_at = if refreshable {
        issued.and_then(super::kept::Issued::refresh_expires_at)
    } else {
        expires_at
    };
    let granted = issued.and_then(|issued| issued.scopes.clone());
    let asked = Some(kept.scopes.clone()).filter(|scopes| !scopes.is_empty());
    Ok(Connection {
        identity: kept.identity.clone(),
        scopes: granted.or(asked),
        client_id: kept.client_id.clone(),
        refreshable,
        issued_at: issued.map(super::kept::Issued::at),
        expires_at,
        ends_at,
        ..Connection::default()
    })
}

/// A name that a platform gave, as it is shown: one line, not endless.
pub(crate) fn shown_identity(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let line: String = text
        .trim()
        .chars()
        .filter(|letter| !letter.is_control())
        .take(200)
        .collect();
    Some(line).filter(|line| !line.is_empty())
}

impl Engine {
    /// Takes a discarded connection back at its platform, after the answer.
    fn revoke_discarded(&self, resumed: Resumed) {
        let opener = resumed.opener();
        let fields = resumed.kept.fields();
        let flow = resumed.flow;
        self.revoke_later(
            opener,
            flow.id.as_str().to_owned(),
            super::revoke::Revocation {
                account: flow.account,
                connector_owner: flow.connector_owner,
                connector: flow.connector,
                kind: flow.kind,
                client_id: resumed.kept.client_id,
                fields,
            },
        );
    }

    /// The fields of a credential, sealed for it.
    pub(super) fn seal_fields(
        &self,
        credential: &Credential,
        fields: &OpenedFields,
    ) -> Result<solder_model::Sealed> {
        let plain = crate::credentials::plain(fields)?;
        let context = crate::credentials::context(credential, &credential.user);
        Ok(self.vault.seal(&*self.entropy, &plain, &context))
    }
}
