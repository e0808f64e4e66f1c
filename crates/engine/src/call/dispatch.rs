//! Sends the request to the platform, and again where that helps, and reads the answer.

use super::Request;
use super::resolve::Target;
use crate::Engine;
use crate::caller::Caller;
use crate::credentials::OpenedFields;
use crate::error::{Error, Result};
use crate::limits::WindowKey;
use crate::outbound::{Attempt, Caps, Effect, OutboundError};
use crate::scope::Scope;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use serde_json::{Map, Value};
use solder_connector::{Action, Answer, Auth, BuildError, BuildInput, Connector, Failure, Kind, Reading};
use solder_model::{Code, Credential, Limit, Problem, Secret};
use std::sync::Arc;
use std::time::Duration;

impl Engine {
    /// Sends the request with the credential, renewed where it is time to, and once more with a renewed one where
    /// the platform says that its token has ended: so refused, nothing was done.
    pub(super) async fn dispatch_renewing(
        &self,
        target: &Target,
        credential: Option<Arc<Credential>>,
        request: &Request,
    ) -> Result<Answer> {
        let timeout = self.timeout(target, request);
        let mut caps = Caps::starting_now(timeout, self.settings.max_answer_bytes);
        if target.action.is_download() {
            caps = caps.peeking(crate::files::PEEK);
        }
        let Some(credential) = credential else {
            let sent = self.dispatch(target, None, request, &caps).await?;
            return sent.map_err(|failure| Error::Platform(refused(target, failure)));
        };
        let used = self.usable_credential(&target.connector, credential).await?;
        let failure = match self.dispatch(target, Some(&used), request, &caps).await? {
            Ok(answer) => {
                self.settle_later(&used);
                return Ok(answer);
            }
            Err(failure) => failure,
        };
        let Some(renewed) = self.renewed_after(target, &used, &failure).await? else {
            return Err(Error::Platform(refused(target, failure)));
        };
        match self.dispatch(target, Some(&renewed), request, &caps).await? {
            Ok(answer) => {
                self.settle_later(&renewed);
                Ok(answer)
            }
            Err(failure) => Err(Error::Platform(refused(target, failure))),
        }
    }

    /// The credential, renewed, where a failure says that its token has ended; nothing where it says something else, or where
    /// there is nothing to renew it with.
    pub(super) async fn renewed_after(
        &self,
        target: &Target,
        used: &Arc<Credential>,
        failure: &Failure,
    ) -> Result<Option<Arc<Credential>>> {
        let has_ended = target
            .connector
            .auth(&used.kind)
            .is_some_and(|auth| target.connector.should_refresh(auth, failure));
        if !has_ended {
            return Ok(None);
        }
        if !crate::broker::can_renew(&target.connector, used) {
            self.doubt_credential(&target.entry, &target.connector, used)
                .await;
            return Ok(None);
        }
        self.renewed_credential(&target.connector, used).await.map(Some)
    }

    /// Builds the request with the opened credential, sends it and reads what comes back: the answer, or what the
    /// platform refused it with.
    async fn dispatch(
        &self,
        target: &Target,
        credential: Option<&Credential>,
        request: &Request,
        caps: &Caps,
    ) -> Result<std::result::Result<Answer, Failure>> {
        let timeout = self.timeout(target, request);
        let built = self.build(target, credential, &request.parameters)?;
        if let Some(credential) = credential {
            self.brake(target, credential).await?;
        }
        let cursor = request.parameters.get("cursor").and_then(Value::as_str);
        let is_repeatable = target.action.kind == Kind::Read || target.action.keyed;
        let effect = if is_repeatable {
            Effect::Read
        } else {
            Effect::Write
        };
        let read = |response: &http::Response<Bytes>| match target.connector.read(
            &target.action,
            cursor,
            response,
            self.clock.now(),
        ) {
            Reading::Success(mut answer) => {
                if target.action.is_download() {
                    answer.value = crate::files::peeked(answer.value, response);
                }
                Attempt::Done(Ok(answer))
            }
            Reading::Failure(failure) if failure.retryable => Attempt::Again {
                wait: failure.retry,
                otherwise: Err(failure),
            },
            Reading::Failure(failure) => Attempt::Done(Err(failure)),
        };
        let sent = self
            .outbound
            .send_with_retry(
                target.entry.reach_of(&target.connector, &built),
                &built,
                caps,
                effect,
                read,
            )
            .await;
        sent.map_err(|error| Error::Platform(unanswered(target, &error, timeout)))
    }

    /// The same for Solder's own connector: the request goes to the operations of this process.
    pub(super) async fn dispatch_internal(
        &self,
        caller: &Caller,
        scope: Scope<'_>,
        target: &Target,
        request: &Request,
    ) -> Result<Answer> {
        let built = self.build(target, None, &request.parameters)?;
        let response = self.serve_internal(caller, scope, &built).await?;
        let cursor = request.parameters.get("cursor").and_then(Value::as_str);
        match target
            .connector
            .read(&target.action, cursor, &response, self.clock.now())
        {
            Reading::Success(answer) => Ok(answer),
            Reading::Failure(failure) => Err(Error::Platform(refused(target, failure))),
        }
    }

    pub(super) fn timeout(&self, target: &Target, request: &Request) -> Duration {
        let asked = request
            .timeout
            .or(target.action.timeout)
            .or(target.connector.timeout);
        asked.unwrap_or(self.settings.call_timeout)
    }

    pub(super) fn build(
        &self,
        target: &Target,
        credential: Option<&Credential>,
        parameters: &Map<String, Value>,
    ) -> Result<http::Request<Bytes>> {
        self.build_with(target, credential, parameters, Connector::build)
    }

    /// Builds a request by the way that is given.
    pub(super) fn build_with<B>(
        &self,
        target: &Target,
        credential: Option<&Credential>,
        parameters: &Map<String, Value>,
        build: impl FnOnce(&Connector, &Action, &BuildInput<'_>) -> std::result::Result<B, BuildError>,
    ) -> Result<B> {
        let opened = credential
            .map(|credential| self.open(target, credential))
            .transpose()?;
        let no_vars = Map::new();
        let key = target.action.keyed.then(|| self.idempotency_key());
        let input = BuildInput {
            base_override: target.entry.settings.base_url.as_ref(),
            arguments: parameters,
            auth: opened.as_ref().map(|opened| (opened.auth, &opened.secrets)),
            vars: opened.as_ref().map_or(&no_vars, |opened| &opened.vars),
            idempotency_key: key.as_deref(),
        };
        build(&target.connector, &target.action, &input).map_err(|error| unbuilt(target, error))
    }

    fn open<'t>(&self, target: &'t Target, credential: &Credential) -> Result<Opened<'t>> {
        let auth = target.connector.auth(&credential.kind).ok_or_else(|| {
            Error::CredentialNotFound(format!(
                "The credential is of the kind `{}`, which {} does not take any more: create a new one",
                credential.kind, target.connector.name
            ))
        })?;
        let fields = self.open_credential(credential)?;
        let mut opened = Opened {
            auth,
            secrets: OpenedFields::new(),
            vars: Map::new(),
        };
        for (name, value) in fields {
            let is_variable = auth
                .fields
                .iter()
                .any(|field| field.name == name && !field.secret);
            if is_variable {
                opened.vars.insert(name, Value::String(value.expose().to_owned()));
            } else {
                opened.secrets.insert(name, value);
            }
        }
        Ok(opened)
    }

    /// The connector's own brakes, for this connection: a call that would be over them waits for its turn where
    /// that is near, and is told to come back where it is not.
    pub(super) async fn brake(&self, target: &Target, credential: &Credential) -> Result<()> {
        let whole = target.connector.rate.map(|limit| (limit, None));
        let own = target
            .action
            .rate
            .map(|limit| (limit, Some(Arc::from(target.action.id.as_str()))));
        for (limit, action) in whole.into_iter().chain(own) {
            self.brake_one(
                target,
                &WindowKey::Connection(credential.id.clone(), action),
                limit,
            )
            .await?;
        }
        Ok(())
    }

    async fn brake_one(&self, target: &Target, key: &WindowKey, limit: Limit) -> Result<()> {
        const NEAR_MS: i64 = 2_000;
        let mut waited = 0;
        loop {
            let verdict = self.limits.brake(key, limit, self.clock.now()).await;
            if verdict.allowed {
                return Ok(());
            }
            let wait = verdict.retry_after_ms.max(1);
            waited += wait;
            if waited > NEAR_MS {
                let seconds = crate::error::whole_seconds(wait);
                let text = format!("{} takes {limit} here; wait {seconds} s", target.connector.name);
                let problem =
                    Problem::new(Code::PlatformRateLimited, text).with("retryAfterSeconds", seconds);
                return Err(Error::Platform(problem));
            }
            tokio::time::sleep(Duration::from_millis(u64::try_from(wait).unwrap_or_default())).await;
        }
    }

    pub(super) fn idempotency_key(&self) -> String {
        let mut bytes = [0_u8; 16];
        self.entropy.fill(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

/// A credential, open for as long as one request is built.
struct Opened<'t> {
    auth: &'t Auth,
    secrets: std::collections::BTreeMap<String, Secret>,
    vars: Map<String, Value>,
}

/// Arguments are the caller's to mend; a credential that makes no request has to be made anew.
fn unbuilt(target: &Target, error: BuildError) -> Error {
    match error {
        BuildError::Arguments(faults) => Error::of_parameters(faults),
        BuildError::Connection(faults) => {
            let told: Vec<String> = faults
                .iter()
                .map(|fault| format!("{}: {}", fault.field, fault.message))
                .collect();
            let text = format!(
                "{}: the credential makes no request: {}",
                target.connector.name,
                told.join("; ")
            );
            let problem = Problem::new(Code::PlatformReconnect, text);
            Error::Platform(problem.with("hint", hint(Code::PlatformReconnect)))
        }
    }
}

pub(super) fn refused(target: &Target, failure: Failure) -> Problem {
    let text = format!("{}: {}", target.connector.name, failure.message);
    let mut problem = Problem::new(failure.code, text).with("status", failure.status);
    if let Some(code) = failure.platform_code {
        problem = problem.with("platformCode", code);
    }
    if let Some(wait) = failure.retry {
        let ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        problem = problem.with("retryAfterSeconds", crate::error::whole_seconds(ms));
    }
    match failure.hint.or_else(|| hint(failure.code)) {
        Some(hint) => problem.with("hint", hint),
        None => problem,
    }
}

fn hint(code: Code) -> Option<String> {
    let text = match code {
        Code::PlatformReconnect => {
            "The platform does not take this credential any more: connect again with create_credential_alloy"
        }
        Code::PlatformForbidden => "The credential is not allowed to do this at the platform",
        Code::PlatformInvalid => "get_action_details_alloy says what the action takes",
        _ => return None,
    };
    Some(text.to_owned())
}

pub(super) fn unanswered(target: &Target, error: &OutboundError, timeout: Duration) -> Problem {
    tracing::debug!(
        connector = target.connector.id.as_str(),
        error = error as &dyn std::error::Error,
        "the platform gave no answer"
    );
    let name = &target.connector.name;
    let problem = Problem::new(error.code(), format!("{name}: {error}"));
    match error {
        OutboundError::Timeout => problem
            .with(
                "timeoutMs",
                u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX),
            )
            .with(
                "hint",
                if target.action.kind == Kind::Read {
                    "Ask for less, or give a larger `timeout`"
                } else {
                    "The platform may have done it all the same: read before you write again"
                },
            ),
        OutboundError::Broken(_) if target.action.kind != Kind::Read => problem.with(
            "hint",
            "The platform may have done it all the same: read before you write again",
        ),
        _ => problem,
    }
}
