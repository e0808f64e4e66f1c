//! Begins a connection: to the URL where the person consents, to a code for another device, or, where no person is
//! needed, to the credential at once.

use super::client::{Client, input};
use super::kept::{Issued, Kept};
use super::token::{At, TokenError};
use super::{Opener, is_for, oauth_of};
use crate::Engine;
use crate::catalog::Entry;
use crate::credentials::{CredentialView, OpenedFields};
use crate::error::{Error, Result};
use openidconnect::{PkceCodeChallenge, PkceCodeVerifier};
use serde::Serialize;
use serde_json::{Map, Value, json};
use solder_connector::{Auth, BuildError, Connector, Consent, Grant, Scopes};
use solder_model::{CredentialId, Flow, FlowId, FlowStage, Policy, Problem, Secret, Timestamp};
use std::sync::Arc;
use utoipa::ToSchema;

/// How long a person has for a step, in milliseconds: ten minutes.
pub(super) const STEP_MS: i64 = 600_000;

/// A connection that shall be made.
pub(crate) struct NewConnection {
    pub(crate) connector: String,
    /// The kind of authentication, as the connector's file names it.
    pub(crate) kind: String,
    /// What the person gave: the connector's variables, and secrets that the kind asks for.
    pub(crate) fields: Map<String, Value>,
    /// A name for people.
    pub(crate) name: Option<String>,
    /// Where the browser goes at the end.
    pub(crate) redirect_uri: Option<String>,
    /// The credential that is connected again.
    pub(crate) credential: Option<String>,
}

/// What has begun.
pub(crate) enum Begun {
    /// A person has to consent.
    Consent(ConnectionBegun),
    /// No person was needed.
    Connected(Box<CredentialView>),
    /// No person was needed, and the ticket's user has to confirm it.
    Pending,
}

/// A connection that waits for a person's consent.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionBegun {
    /// Where the person consents. It works once, for ten minutes where nothing else is said.
    #[schema(example = "https://slack.com/oauth/v2/authorize?response_type=code&client_id=…&state=…")]
    pub oauth_url: String,
    /// What the person types there, where the platform asks for a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "WDJB-MJHT")]
    pub user_code: Option<String>,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// For whoever shows it to the person.
    pub message: String,
}

impl Engine {
    /// Begins a connection within a policy. Every fault of what was given is listed.
    pub(crate) async fn begin_connection(
        &self,
        opener: &Opener,
        policy: &Policy,
        new: NewConnection,
    ) -> Result<Begun> {
        let entry = self
            .seen_connector(&opener.account, &new.connector, policy)
            .await?;
        let entry = &*entry;
        let connector = entry.connector()?;
        let auth = super::auth_of(&connector, &new.kind)
            .ok_or_else(|| Error::invalid("authenticationType", "is not a kind that connects by OAuth"))?;
        let faults = auth.validate(&new.fields).into_iter();
        let mut faults: Vec<_> = faults.map(|fault| fault.under("fields")).collect();
        if let Some(fault) = new
            .redirect_uri
            .as_deref()
            .and_then(crate::redirect_uris::form_fault)
        {
            faults.push(solder_model::Fault::new("redirectUri", fault));
        }
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let credential = self
            .credential_to_reconnect(opener, entry, auth, new.credential.as_deref())
            .await?;
        let client = self.client_for(&opener.account, entry, auth).await?;
        let scopes = connector.scopes_for(auth, |action| {
            policy.allows_action(connector.id.as_str(), &action.id)
        });
        let beginning = Beginning {
            opener,
            entry,
            connector: &connector,
            auth,
            client,
            scopes,
            credential,
            name: new.name,
            redirect_uri: new.redirect_uri,
        };
        let fields = given(&new.fields);
        match oauth_of(auth)?.grant {
            Grant::AuthorizationCode => self.begin_consent(beginning, &fields).await,
            Grant::DeviceCode => self.begin_device(beginning, &fields).await,
            Grant::ClientCredentials | Grant::JwtBearer => self.connect_at_once(beginning, &fields).await,
        }
    }

    /// A person consents in a browser: a flow is kept, and the URL carries its state.
    async fn begin_consent(&self, new: Beginning<'_>, fields: &OpenedFields) -> Result<Begun> {
        let state = crate::new_secret(&*self.entropy, "");
        let verifier = oauth_of(new.auth)?
            .pkce
            .then(|| crate::new_secret(&*self.entropy, ""));
        let challenge = verifier.as_ref().map(challenge);
        let consent = Consent {
            input: input(new.entry, new.client.as_ref(), fields),
            redirect_uri: &self.callback_uri(new.entry.id.as_str()),
            state: state.expose(),
            pkce_challenge: challenge.as_deref(),
            scopes: &new.scopes,
        };
        let oauth_url = new.connector.authorize_url(new.auth, &consent).map_err(ungiven)?;
        let mut kept = new.kept(fields);
        kept.verifier = verifier.map(|verifier| verifier.expose().to_owned());
        let expires_at = self.clock.now().plus_ms(STEP_MS);
        let flow = self
            .keep_flow(&new, &state, FlowStage::Begun, expires_at, &kept)
            .await?;
        Ok(Begun::Consent(ConnectionBegun {
            oauth_url,
            user_code: None,
            expires_at: flow.expires_at,
            message: format!(
                "Open the URL in a browser to connect {}. It works once and for ten minutes; the credential is there \
                 when the page says so",
                new.connector.name
            ),
        }))
    }

    /// No person is needed: the tokens are asked for now, and what does not work is refused now.
    async fn connect_at_once(&self, new: Beginning<'_>, fields: &OpenedFields) -> Result<Begun> {
        let at = new.at();
        let tokens = self.tokens_without_a_person(&at, fields, &new.scopes).await;
        let tokens = tokens.map_err(|error| refused(&error, &new.connector.name))?;
        let mut kept = new.kept(fields);
        kept.lay(&tokens.fields);
        kept.issued = Some(Issued::new(&tokens, self.clock.now()));
        let state = crate::new_secret(&*self.entropy, "");
        let expires_at = self.clock.now().plus_ms(STEP_MS);
        let flow = self
            .keep_flow(&new, &state, FlowStage::Taken, expires_at, &kept)
            .await?;
        self.complete_at_once(&at, flow, kept).await
    }

    /// Keeps a flow, with an audit row that says who began it.
    pub(super) async fn keep_flow(
        &self,
        new: &Beginning<'_>,
        state: &Secret,
        stage: FlowStage,
        expires_at: Timestamp,
        kept: &Kept,
    ) -> Result<Flow> {
        let opener = new.opener;
        let mut flow = Flow {
            id: FlowId::random(&*self.entropy),
            state: self.state_digest(state.expose()),
            stage,
            account: opener.account.clone(),
            user: opener.user.clone(),
            user_name: opener.user_name.clone(),
            server: opener.server.clone(),
            made_through: opener.made_through.clone(),
            ticket: opener.ticket.clone(),
            connector_owner: new.entry.identity().to_owned(),
            connector: new.entry.id.clone(),
            kind: new.auth.kind.clone(),
            credential: new.credential.clone(),
            name: new.name.clone(),
            redirect_uri: new.redirect_uri.clone(),
            actor: opener.actor.clone(),
            sealed: solder_model::Sealed(Vec::new()),
            created_at: self.clock.now(),
            expires_at,
        };
        flow.sealed = self.seal_kept(&flow, kept)?;
        let details = json!({
            "connector": flow.connector.as_str(), "kind": flow.kind, "scopes": kept.scopes,
            "credential": flow.credential.as_ref().map(CredentialId::as_str),
        });
        let audit = self.audit_for(opener, "connection.begin", flow.id.as_str(), details);
        self.storage.create_flow(&flow, &audit).await?;
        Ok(flow)
    }

    /// What a state is looked up by. It is hashed with a word of its own, so that no other kind of secret can stand
    /// for one.
    pub(super) fn state_digest(&self, state: &str) -> solder_model::Digest {
        self.vault.digest(&format!("oauth state\0{state}"))
    }

    /// The opener's own credential that is connected again, of this connector and kind.
    async fn credential_to_reconnect(
        &self,
        opener: &Opener,
        entry: &Entry,
        auth: &Auth,
        id: Option<&str>,
    ) -> Result<Option<CredentialId>> {
        let Some(id) = id else { return Ok(None) };
        let unknown = || {
            Error::CredentialNotFound(format!(
                "This caller has no credential of that id for {} by `{}`; without `credentialId` a new one is made",
                entry.id, auth.kind
            ))
        };
        let id = CredentialId::new(id).map_err(|_bad| unknown())?;
        let found = self.storage.find_credential(&id).await?.ok_or_else(unknown)?;
        let own = found.account == opener.account
            && Some(&found.user) == opener.user.as_ref()
            && found.connector == entry.id
            && is_for(&found.connector_owner, entry)
            && found.kind == auth.kind
            && (opener.made_through.is_none() || opener.made_through == found.made_through);
        if own { Ok(Some(id)) } else { Err(unknown()) }
    }
}

/// A connection that is being begun: everything that was found and checked.
pub(super) struct Beginning<'a> {
    pub(super) opener: &'a Opener,
    pub(super) entry: &'a Entry,
    pub(super) connector: &'a Arc<Connector>,
    pub(super) auth: &'a Auth,
    pub(super) client: Option<Client>,
    pub(super) scopes: Scopes,
    pub(super) credential: Option<CredentialId>,
    pub(super) name: Option<String>,
    pub(super) redirect_uri: Option<String>,
}

impl Beginning<'_> {
    pub(super) fn at(&self) -> At<'_> {
        At {
            entry: self.entry,
            connector: self.connector,
            auth: self.auth,
            client: self.client.as_ref(),
        }
    }

    pub(super) fn kept(&self, fields: &OpenedFields) -> Kept {
        let mut kept = Kept::default();
        kept.client_id = self.client.as_ref().map(|client| client.id.clone());
        kept.scopes = self.scopes.all();
        kept.lay(fields);
        kept
    }
}

/// What the person gave, as requests take it. It was validated before: texts, and scalars of variables.
fn given(fields: &Map<String, Value>) -> OpenedFields {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    fields
        .iter()
        .map(|(name, value)| (name.clone(), Secret::new(text(value))))
        .collect()
}

/// The PKCE challenge of a verifier: S256 (RFC 7636, 4.2).
fn challenge(verifier: &Secret) -> String {
    let verifier = PkceCodeVerifier::new(verifier.expose().to_owned());
    PkceCodeChallenge::from_code_verifier_sha256(&verifier)
        .as_str()
        .to_owned()
}

/// What the person gave makes no URL.
pub(super) fn ungiven(error: BuildError) -> Error {
    let (BuildError::Arguments(faults) | BuildError::Connection(faults)) = error;
    Error::Invalid(faults.into_iter().map(|fault| fault.under("fields")).collect())
}

/// The platform gave no tokens to somebody who waits for the answer.
pub(super) fn refused(error: &TokenError, platform: &str) -> Error {
    let mut problem = Problem::new(error.code(), error.text(platform));
    if let Some(wait) = error.wait() {
        let ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        problem = problem.with("retryAfterSeconds", crate::error::whole_seconds(ms));
    }
    Error::Platform(problem)
}
