//! One renewal, from the lease to the written row.
//!
//! Only the holder of the lease asks the platform, and only for the version of the secrets that it saw. New tokens are
//! written before anything uses them, with the ones before kept beside them. Whoever dies in between leaves a lease that
//! ends by itself; the next one tries again with the last good refresh token.

use super::client::input;
use super::refresh::renews_itself;
use super::token::{At, TokenError};
use super::{auth_of, oauth_of};
use crate::Engine;
use crate::credentials::OpenedFields;
use crate::error::{Error, Result};
use serde_json::json;
use solder_connector::{Asked, Scopes, TokenFailure, Tokens};
use solder_model::{Code, Connection, Credential, CredentialStatus, Problem, Timestamp};
use solder_storage::{AuditEntry, Lease};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How long a lease lasts, in milliseconds: longer than all requests of a renewal together.
const LEASE_MS: i64 = 90_000;

/// How often those who wait for another's renewal look at the row.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// How long they wait: as long as a lease lasts, and a little.
const LONGEST_WAIT: Duration = Duration::from_secs(95);

/// What came of a renewal.
#[derive(Debug, Clone)]
pub(super) enum Renewal {
    /// The credential as it stands, with tokens that were not seen before.
    Renewed(Arc<Credential>),
    /// Only a person can mend it.
    Broken(Arc<Credential>),
    /// It passes; the secrets are as they were.
    Later(Problem),
    /// There is no such credential.
    Gone,
    /// A fault of ours, which is logged.
    Fault,
}

/// Where a renewal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The lease is taken, nothing is sent.
    BeforeSend,
    /// The request is on its way.
    AfterSend,
    /// The answer is here and not read.
    AfterAnswer,
    /// The answer is read, and nothing written.
    BeforeWrite,
    /// The new tokens are written, and nobody was told.
    AfterWrite,
}

impl Engine {
    /// Renews a credential whose secrets are those that were seen, or waits for whoever does.
    pub(super) async fn renew(&self, seen: &Credential) -> Renewal {
        match self.try_renew(seen).await {
            Ok(renewal) => renewal,
            Err(error) => {
                error.log();
                Renewal::Fault
            }
        }
    }

    async fn try_renew(&self, seen: &Credential) -> Result<Renewal> {
        let holder = crate::new_secret(&*self.entropy, "");
        let began = Instant::now();
        loop {
            let now = self.clock.now();
            let until = now.plus_ms(LEASE_MS);
            let version = seen.connection.version;
            let lease = self
                .storage
                .lease_credential(&seen.id, version, holder.expose(), until, now)
                .await?;
            match lease {
                Lease::Gone => {
                    self.warm.forget_credentials(&seen.user);
                    return Ok(Renewal::Gone);
                }
                Lease::Changed(credential) => {
                    self.warm.forget_credentials(&credential.user);
                    return Ok(as_it_stands(*credential));
                }
                Lease::Taken(credential) => {
                    let renewal = self.renew_leased(&credential).await;
                    // Nothing to give back where it was written: that ended the lease.
                    self.storage
                        .release_lease(&credential.id, holder.expose(), self.clock.now())
                        .await?;
                    self.warm.forget_credentials(&credential.user);
                    return renewal;
                }
                Lease::Held(_) if began.elapsed() > LONGEST_WAIT || self.stopping.is_cancelled() => {
                    return Ok(Renewal::Later(Problem::new(
                        Code::PlatformTimeout,
                        "The connection is being renewed elsewhere, which takes long; try again in a moment",
                    )));
                }
                Lease::Held(_) => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
    }

    /// Renews what the lease was taken for.
    async fn renew_leased(&self, credential: &Credential) -> Result<Renewal> {
        if credential.connection.status != CredentialStatus::Active {
            return Ok(as_it_stands(credential.clone()));
        }
        let found = self
            .entry_of(
                &credential.account,
                credential.connector.as_str(),
                &credential.connector_owner,
            )
            .await?;
        let Some(entry) = found.as_deref() else {
            return Ok(Renewal::Gone);
        };
        let connector = entry.connector()?;
        let Some(auth) = auth_of(&connector, &credential.kind) else {
            return Ok(Renewal::Gone);
        };
        let client = match &credential.connection.client_id {
            Some(id) => match self.client_with_id(&credential.account, entry, auth, id).await? {
                Some(client) => Some(client),
                None => return Ok(Renewal::Later(app_gone(&connector.name, id))),
            },
            None => None,
        };
        let at = At {
            entry,
            connector: &connector,
            auth,
            client: client.as_ref(),
        };
        let fields = self.open_credential(credential)?;
        let outcome = if renews_itself(auth)? {
            self.renew_without_refresh(&at, credential, fields).await?
        } else {
            self.renew_each(&at, credential, fields).await?
        };
        match outcome {
            Ok(renewed) => Ok(Renewal::Renewed(Arc::new(renewed))),
            Err(TokenError::Platform(failure @ TokenFailure::Gone { .. })) => {
                let status = status_of(&failure);
                let marked = self.mark_broken(credential, status, &failure.to_string()).await?;
                Ok(Renewal::Broken(Arc::new(marked)))
            }
            Err(error) => Ok(Renewal::Later(later(&error, &connector.name))),
        }
    }

    /// Renews the token of each identity that has one of its own, and writes after each: what a platform gave is
    /// never held in memory alone while another request is under way.
    async fn renew_each(
        &self,
        at: &At<'_>,
        credential: &Credential,
        fields: OpenedFields,
    ) -> Result<std::result::Result<Credential, TokenError>> {
        let oauth = oauth_of(at.auth)?;
        let (mut standing, mut fields) = (credential.clone(), fields);
        let identities: Vec<Option<String>> = oauth
            .refreshable(&fields)
            .into_iter()
            .map(|identity| identity.map(str::to_owned))
            .collect();
        if identities.is_empty() {
            return Ok(Err(TokenError::Unbuilt(
                "it holds nothing that could be renewed".to_owned(),
            )));
        }
        for identity in identities {
            let identity = identity.as_deref();
            let mut asked = self.ask_refresh(at, &fields, identity).await;
            if matches!(asked, Err(TokenError::Platform(TokenFailure::Gone { .. })))
                && let Some(before) = self.fields_before(&standing, oauth, &fields, identity)
            {
                // A platform may never have taken the present token for given out: the last good one is tried, once.
                let second = self.ask_refresh(at, &before, identity).await;
                if second.is_ok() {
                    (fields, asked) = (before, second);
                }
            }
            let tokens = match asked {
                Ok(tokens) => tokens,
                Err(error) => return Ok(Err(error)),
            };
            fields.extend(
                tokens
                    .fields
                    .iter()
                    .map(|(name, value)| (name.clone(), value.clone())),
            );
            standing = self.write_renewed(at, &standing, &fields, &tokens).await?;
        }
        Ok(Ok(standing))
    }

    /// Gets new tokens where no refresh token is needed.
    async fn renew_without_refresh(
        &self,
        at: &At<'_>,
        credential: &Credential,
        mut fields: OpenedFields,
    ) -> Result<std::result::Result<Credential, TokenError>> {
        let scopes = Scopes {
            plain: credential.connection.scopes.clone().unwrap_or_default(),
            ..Scopes::default()
        };
        self.reached(Step::BeforeSend).await;
        match self.tokens_without_a_person(at, &fields, &scopes).await {
            Ok(tokens) => {
                self.reached(Step::BeforeWrite).await;
                fields.extend(
                    tokens
                        .fields
                        .iter()
                        .map(|(name, value)| (name.clone(), value.clone())),
                );
                Ok(Ok(self.write_renewed(at, credential, &fields, &tokens).await?))
            }
            Err(error) => Ok(Err(error)),
        }
    }

    async fn ask_refresh(
        &self,
        at: &At<'_>,
        fields: &OpenedFields,
        identity: Option<&str>,
    ) -> std::result::Result<Tokens, TokenError> {
        let input = input(at.entry, at.client, fields);
        let request = at.connector.refresh(at.auth, &input, identity)?;
        self.reached(Step::BeforeSend).await;
        let sending = self.send_token_request(at, &request);
        let response = self.unless_stopped(sending).await?;
        self.reached(Step::AfterAnswer).await;
        let tokens = self.read_tokens(at, Asked::Refresh(identity), &response);
        self.reached(Step::BeforeWrite).await;
        tokens
    }

    /// The secrets before the present ones, where they hold another refresh token.
    fn fields_before(
        &self,
        credential: &Credential,
        oauth: &solder_connector::OAuth,
        present: &OpenedFields,
        identity: Option<&str>,
    ) -> Option<OpenedFields> {
        let sealed = credential.connection.sealed_before.clone()?;
        let earlier = Credential {
            sealed,
            ..credential.clone()
        };
        let before = self.open_credential(&earlier).ok()?;
        let name = oauth.refresh_field(identity);
        let token = before.get(&name)?;
        let differs = present
            .get(&name)
            .is_none_or(|now| now.expose() != token.expose());
        differs.then_some(before)
    }

    /// Writes new tokens, with the ones before kept beside them.
    async fn write_renewed(
        &self,
        at: &At<'_>,
        credential: &Credential,
        fields: &OpenedFields,
        tokens: &Tokens,
    ) -> Result<Credential> {
        let now = self.clock.now();
        let connection = renewed(&credential.connection, at, tokens, now);
        let next = Credential {
            sealed: self.seal_fields(credential, fields)?,
            connection,
            updated_at: now,
            ..credential.clone()
        };
        let details = json!({ "connector": credential.connector.as_str() });
        let audit = self.audit_of(credential, "credential.refresh", details);
        let written = self.storage.renew_credential(&next, &audit).await?;
        self.reached(Step::AfterWrite).await;
        if let Some(kept) = written {
            return Ok(kept);
        }
        // Somebody connected it again in the meantime: theirs are newer.
        let found = self.storage.find_credential(&credential.id).await?;
        found.ok_or(Error::CredentialNotFound("It was deleted".to_owned()))
    }

    /// Marks a credential as one that only a person can mend, and gives it as it stands.
    pub(super) async fn mark_broken(
        &self,
        credential: &Credential,
        status: CredentialStatus,
        reason: &str,
    ) -> Result<Credential> {
        let details = json!({
            "connector": credential.connector.as_str(), "status": status.as_str(), "reason": reason,
        });
        let audit = self.audit_of(credential, "credential.mark", details);
        let version = credential.connection.version;
        self.storage
            .mark_credential(&credential.id, version, status, reason, &audit)
            .await?;
        self.warm.forget_credentials(&credential.user);
        let mut marked = credential.clone();
        marked.connection.status = status;
        marked.connection.status_reason = Some(reason.to_owned());
        Ok(marked)
    }

    /// An audit row of what Solder does to a credential by itself.
    fn audit_of(&self, credential: &Credential, action: &str, details: serde_json::Value) -> AuditEntry {
        AuditEntry {
            account: credential.account.clone(),
            at: self.clock.now(),
            actor: "solder".to_owned(),
            acting_user: Some(credential.user.clone()),
            action: action.to_owned(),
            target: credential.id.as_str().to_owned(),
            from: None,
            details,
        }
    }

    /// Sends; a test can stop when the request is on its way.
    async fn unless_stopped<T>(&self, sending: impl Future<Output = T>) -> T {
        let sent = sending.await;
        // The platform has done what it was asked, and its answer is lost.
        self.reached(Step::AfterSend).await;
        sent
    }

    /// A test can stop here, as a process that dies does.
    fn reached(&self, step: Step) -> impl Future<Output = ()> {
        let stops = self.refreshes.stops_at(step);
        async move {
            if stops {
                std::future::pending::<()>().await;
            }
        }
    }
}

fn as_it_stands(credential: Credential) -> Renewal {
    if credential.connection.status == CredentialStatus::Active {
        Renewal::Renewed(Arc::new(credential))
    } else {
        Renewal::Broken(Arc::new(credential))
    }
}

/// What is known of a connection after its tokens were renewed.
fn renewed(before: &Connection, at: &At<'_>, tokens: &Tokens, now: Timestamp) -> Connection {
    let renews_itself = renews_itself(at.auth).unwrap_or_default();
    let told = tokens.refresh_expires_at;
    Connection {
        status: CredentialStatus::Active,
        status_reason: None,
        scopes: tokens.scopes.clone().or_else(|| before.scopes.clone()),
        issued_at: Some(now),
        expires_at: tokens.expires_at,
        ends_at: if renews_itself {
            None
        } else {
            told.or(before.ends_at)
        },
        refreshable: true,
        ..before.clone()
    }
}

/// A platform that speaks of revoking means that somebody took the access back.
fn status_of(failure: &TokenFailure) -> CredentialStatus {
    let revoked = failure.code().is_some_and(|code| code.contains("revoked"));
    if revoked {
        CredentialStatus::Revoked
    } else {
        CredentialStatus::NeedsReconnect
    }
}

fn later(error: &TokenError, platform: &str) -> Problem {
    let mut problem = Problem::new(error.code(), error.text(platform));
    if let Some(wait) = error.wait() {
        let ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        problem = problem.with("retryAfterSeconds", crate::error::whole_seconds(ms));
    }
    problem
}

fn app_gone(platform: &str, client_id: &str) -> Problem {
    Problem::new(
        Code::PlatformForbidden,
        format!(
            "The connection to {platform} was made with the OAuth app of the client id {client_id}, which is not set up \
             any more: an admin stores it again, or the person connects anew"
        ),
    )
}
