//! Keys that a person types in on a connect page. They are tried at the platform before they are kept, and wait for
//! the person's word where nothing proves who that is.

use super::visit::TicketVisit;
use crate::Engine;
use crate::broker::Opener;
use crate::catalog::Entry;
use crate::credentials::OpenedFields;
use crate::error::{Error, Result};
use crate::outbound::Caps;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use solder_connector::{Auth, BuildError, BuildInput, Connector, Reading};
use solder_model::{
    Code, Connection, Credential, CredentialId, Fault, PendingCredential, Problem, Retry, Sealed, Secret,
};
use solder_vault::Context;
use std::collections::BTreeMap;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long trying a key may take.
const TRIAL_TIMEOUT: Duration = Duration::from_secs(15);

/// What became of a key, or of a consent that needed no person.
#[derive(Debug, PartialEq, Eq)]
pub enum Joined {
    /// It is kept.
    Kept,
    /// It waits to be confirmed.
    Waits,
}

/// A key that was tried.
struct Key<'a> {
    kind: &'a str,
    /// Whom the platform says it belongs to.
    identity: Option<String>,
    fields: &'a OpenedFields,
}

/// What waits, sealed.
#[derive(Serialize, Deserialize)]
struct Waiting {
    identity: Option<String>,
    fields: BTreeMap<String, String>,
}

impl Engine {
    /// Takes what a person typed in for a kind that is no consent. Blank fields count as left out, and white space that
    /// came along with a key at its ends is dropped. [`Error::Invalid`] names every field that is wrong, the first secret
    /// where the platform does not take the key; [`Error::Platform`] where it could not be tried.
    pub async fn connect_with_key(
        &self,
        visit: &TicketVisit,
        connector: &str,
        kind: &str,
        typed: &[(&str, &str)],
    ) -> Result<Joined> {
        let (entry, connector) = self.offered(visit, connector).await?;
        let auth = connector.auth(kind).filter(|auth| auth.oauth.is_none());
        let auth = auth.ok_or(Error::NotFound("There is no such way to connect here"))?;
        let given = given(auth, typed);
        let faults = auth.validate(&given);
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let fields: OpenedFields = given
            .iter()
            .map(|(name, value)| (name.clone(), Secret::new(text(value))))
            .collect();
        let identity = self.try_key(&entry, &connector, auth, &fields).await?;
        if visit.asks_to_confirm() {
            self.let_key_wait(visit, &entry, kind, identity, &fields).await?;
            return Ok(Joined::Waits);
        }
        let key = Key {
            kind,
            identity,
            fields: &fields,
        };
        self.keep_key(visit, &entry, &connector, key).await?;
        Ok(Joined::Kept)
    }

    /// Runs the connector's check with a key: whose it is, where the platform tells.
    async fn try_key(
        &self,
        entry: &Entry,
        connector: &Connector,
        auth: &Auth,
        fields: &OpenedFields,
    ) -> Result<Option<String>> {
        let check = connector.check_of(auth);
        // A key that acts for another identity alone cannot run the check of the plain one.
        let Some(action) = check.filter(|action| auth.acts_as(action.identity.as_deref())) else {
            return Ok(None);
        };
        let (secrets, vars) = parted(auth, fields);
        let nothing = Map::new();
        let input = BuildInput {
            base_override: entry.settings.base_url.as_ref(),
            arguments: &nothing,
            auth: Some((auth, &secrets)),
            vars: &vars,
            idempotency_key: None,
        };
        let request = connector.build(action, &input).map_err(|error| {
            let (BuildError::Arguments(faults) | BuildError::Connection(faults)) = error;
            Error::Invalid(faults)
        })?;
        let caps = Caps::starting_now(TRIAL_TIMEOUT, self.settings.max_answer_bytes);
        let sent = self
            .outbound
            .send(entry.reach_of(connector, &request), &request, &caps)
            .await;
        let response = sent.map_err(|error| untried(connector, error.code()))?;
        match connector.read(action, None, &response, self.clock.now()) {
            Reading::Success(answer) => {
                let named = connector.identity_of(auth);
                Ok(named.and_then(|pointer| crate::broker::shown_identity(answer.value.pointer(pointer)?)))
            }
            Reading::Failure(failure) if failure.code == Code::PlatformReconnect => {
                let secret = auth.fields.iter().find(|field| field.secret);
                let field = secret.map_or("", |field| field.name.as_str());
                let message = format!(
                    "{} does not take this. Check that the whole of it was copied, and that it was not revoked since                      ({})",
                    connector.name, failure.message
                );
                Err(Error::Invalid(vec![Fault::new(field, message)]))
            }
            Reading::Failure(failure) if failure.code.retry() == Retry::Later => {
                Err(untried(connector, failure.code))
            }
            // It is a key, and may do other things than this one.
            Reading::Failure(_) => Ok(None),
        }
    }

    async fn let_key_wait(
        &self,
        visit: &TicketVisit,
        entry: &Entry,
        kind: &str,
        identity: Option<String>,
        fields: &OpenedFields,
    ) -> Result<()> {
        let now = self.clock.now();
        let mut pending = PendingCredential {
            ticket: visit.id().clone(),
            connector_owner: entry.identity().to_owned(),
            connector: entry.id.clone(),
            kind: kind.to_owned(),
            sealed: Sealed(Vec::new()),
            created_at: now,
        };
        let waiting = Waiting {
            identity,
            fields: fields
                .iter()
                .map(|(name, value)| (name.clone(), value.expose().to_owned()))
                .collect(),
        };
        let plain = serde_json::to_vec(&waiting).map(Zeroizing::new);
        let plain = plain.map_err(|_never| Error::Internal("fields are no JSON"))?;
        pending.sealed = self.vault.seal(&*self.entropy, &plain, &context(&pending));
        Ok(self.storage.put_pending(&pending, now).await?)
    }

    /// Whom the platform says a key belongs to that waits.
    pub(super) fn waiting_identity(&self, pending: &PendingCredential) -> Result<Option<String>> {
        Ok(self.open_waiting(pending)?.identity)
    }

    /// Keeps a key that waited. False where it does not wait any more.
    pub(super) async fn confirm_key(&self, visit: &TicketVisit, connector: &str) -> Result<bool> {
        let (entry, connector) = self.offered(visit, connector).await?;
        let now = self.clock.now();
        let taken = self.storage.take_pending(visit.id(), &entry.id, now).await?;
        let Some(pending) = taken.filter(|one| one.connector_owner == entry.identity()) else {
            return Ok(false);
        };
        let waiting = self.open_waiting(&pending)?;
        let fields = waiting.fields.into_iter();
        let key = Key {
            kind: &pending.kind,
            identity: waiting.identity,
            fields: &fields.map(|(name, value)| (name, Secret::new(value))).collect(),
        };
        self.keep_key(visit, &entry, &connector, key).await?;
        Ok(true)
    }

    async fn keep_key(
        &self,
        visit: &TicketVisit,
        entry: &Entry,
        connector: &Connector,
        key: Key<'_>,
    ) -> Result<()> {
        let opener = Opener::of(visit.caller(), visit.server_id());
        let now = self.clock.now();
        let draft = Credential {
            id: CredentialId::random(&*self.entropy),
            account: opener.account.clone(),
            user: self.drafted_user(&opener).await?.id,
            connector_owner: entry.identity().to_owned(),
            connector: entry.id.clone(),
            kind: key.kind.to_owned(),
            name: connector.name.clone(),
            made_through: opener.made_through.clone(),
            sealed: Sealed(Vec::new()),
            connection: Connection {
                identity: key.identity,
                ..Connection::default()
            },
            created_at: now,
            updated_at: now,
        };
        let kept = self.keep_new_credential(&opener, draft, key.fields).await?;
        self.note_connected(visit, &kept.id).await
    }

    fn open_waiting(&self, pending: &PendingCredential) -> Result<Waiting> {
        let opened = self.vault.open(&pending.sealed, &context(pending))?;
        serde_json::from_slice(&opened)
            .map_err(|_bad| Error::Internal("a pending credential holds no fields"))
    }
}

fn context(pending: &PendingCredential) -> Context {
    Context::new(
        "pending credential",
        &[
            pending.ticket.as_str(),
            &pending.connector_owner,
            pending.connector.as_str(),
            &pending.kind,
        ],
    )
}

/// What was typed, as the kind's schema takes it: every field of a form is a text.
pub(super) fn given(auth: &Auth, typed: &[(&str, &str)]) -> Map<String, Value> {
    let schema = auth.input_schema();
    let mut given = Map::new();
    for (name, value) in typed {
        let value = value.trim();
        if value.is_empty() {
            continue;
        }
        let value = match rule_of(&schema, name).and_then(|rule| rule.get("type")?.as_str()) {
            Some("integer" | "number" | "boolean") => {
                serde_json::from_str(value).unwrap_or_else(|_not_one| Value::String(value.to_owned()))
            }
            _ => Value::String(value.to_owned()),
        };
        given.insert((*name).to_owned(), value);
    }
    given
}

/// What the schema of a kind says of one field.
pub(super) fn rule_of<'s>(schema: &'s Value, field: &str) -> Option<&'s Value> {
    schema.get("properties")?.get(field)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Secrets and variables, apart.
fn parted(auth: &Auth, fields: &OpenedFields) -> (OpenedFields, Map<String, Value>) {
    let is_secret = |name: &str| {
        !auth
            .fields
            .iter()
            .any(|field| field.name == name && !field.secret)
    };
    let (secrets, vars): (Vec<_>, Vec<_>) = fields.iter().partition(|(name, _)| is_secret(name));
    let secrets = secrets
        .into_iter()
        .map(|(name, value)| (name.clone(), value.clone()));
    let vars = vars
        .into_iter()
        .map(|(name, value)| (name.clone(), Value::String(value.expose().to_owned())));
    (secrets.collect(), vars.collect())
}

/// The platform gave no answer that says whether it takes the key.
fn untried(connector: &Connector, code: Code) -> Error {
    let text = match code {
        Code::PlatformRateLimited | Code::PlatformQuota => format!(
            "{} is too busy to say whether it takes this. Nothing was kept: try again in a while.",
            connector.name
        ),
        _ => format!(
            "{} could not be reached to try this. Nothing was kept: try again in a moment.",
            connector.name
        ),
    };
    Error::Platform(Problem::new(code, text))
}
