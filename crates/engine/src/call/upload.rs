//! A call whose file comes while its request is sent: fetched from a URL, or sent to a link by whoever has it. Such a request
//! is sent once, since what came is gone.

use super::dispatch::{refused, unanswered};
use super::resolve::Target;
use super::{Answer, Request};
use crate::Engine;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::files::SentFile;
use crate::outbound::{Flow, FlowError, SourceFault};
use crate::scope::Scope;
use serde_json::Value;
use solder_connector::{Around, Coming, ComingFile, FileFrom, Reading};
use solder_model::{Code, Credential, Problem};
use std::sync::Arc;

/// Tells what the action has to be told of a file that nothing is known of yet.
const UNKNOWN: Coming<'static> = Coming {
    name: None,
    media_type: None,
    boundary: "unknown",
};

impl Engine {
    /// Executes an action with the file that a link was made for. `spend` uses the link up, and comes when all that can be
    /// known beforehand is known to be right.
    pub(crate) async fn execute_with(
        &self,
        caller: &Caller,
        scope: Scope<'_>,
        request: &Request,
        file: SentFile,
        spend: impl AsyncFnOnce() -> Result<()>,
    ) -> Result<Answer> {
        let began = self.clock.now();
        let target = self.resolve(caller, scope, request).await?;
        target.permit(caller)?;
        target.validate(&request.parameters)?;
        let sending = async {
            let credential = self.credential(caller, scope, &target, request).await?;
            let _written = self.answers.writing(&target, credential.as_deref());
            if let Some(length) = file
                .length
                .filter(|length| *length > self.settings.max_file_bytes)
            {
                tracing::debug!(length, "a file is too large");
                return Err(self.too_large());
            }
            spend().await?;
            let answer = self.dispatch_file(&target, credential, request, file).await?;
            Ok(self.shaped(&target, request, answer))
        };
        let outcome = sending.await;
        self.record(caller, scope, &target, began, outcome.as_ref().err());
        outcome
    }

    /// What the call comes to where a file of it comes: the answer, or a link that the file is sent to.
    pub(super) async fn perform_coming(
        &self,
        (caller, scope): (&Caller, Scope<'_>),
        target: &Target,
        request: &Request,
        credential: Option<Arc<Credential>>,
        coming: ComingFile<'_>,
    ) -> Result<Answer> {
        // What cannot be sent anyway is said before anybody fetches or sends a file.
        self.build_around(target, credential.as_deref(), request, &UNKNOWN)?;
        let url = match coming.from {
            FileFrom::Url(url) => url,
            FileFrom::Upload => {
                let named = (target.connector.as_ref(), target.action.as_ref());
                let offer = self.upload_offer(caller, scope, named, request, credential.as_deref())?;
                return Ok(Answer {
                    text: offer.to_string(),
                    cache_hit: false,
                });
            }
        };
        let _written = self.answers.writing(target, credential.as_deref());
        let field = format!("parameters.{}.url", coming.param);
        let wait = self.timeout(target, request);
        let file = Box::pin(self.fetch_file(caller, &field, url, wait)).await?;
        let answer = self.dispatch_file(target, credential, request, file).await?;
        Ok(self.shaped(target, request, answer))
    }

    async fn dispatch_file(
        &self,
        target: &Target,
        credential: Option<Arc<Credential>>,
        request: &Request,
        file: SentFile,
    ) -> Result<solder_connector::Answer> {
        let used = match credential {
            Some(credential) => Some(self.usable_credential(&target.connector, credential).await?),
            None => None,
        };
        let failure = match self.send_file(target, used.as_deref(), request, file).await? {
            Reading::Success(answer) => {
                if let Some(used) = &used {
                    self.settle_later(used);
                }
                return Ok(answer);
            }
            Reading::Failure(failure) => failure,
        };
        let renewed = match &used {
            Some(used) => self.renewed_after(target, used, &failure).await?,
            None => None,
        };
        let problem = refused(target, failure);
        Err(Error::Platform(match renewed {
            Some(_) => problem.with(
                "hint",
                "The credential is renewed now: nothing was done, so execute it once more",
            ),
            None => problem,
        }))
    }

    async fn send_file(
        &self,
        target: &Target,
        credential: Option<&Credential>,
        request: &Request,
        file: SentFile,
    ) -> Result<Reading> {
        let boundary = self.idempotency_key().replace(['-', '_'], "0");
        let coming = Coming {
            name: file.name.as_deref(),
            media_type: file.content_type.as_deref(),
            boundary: &boundary,
        };
        let built = self.build_around(target, credential, request, &coming)?;
        if let Some(credential) = credential {
            self.brake(target, credential).await?;
        }
        let most = self.settings.max_file_bytes;
        let built = built.map(|around| Flow {
            head: around.head,
            pieces: file.pieces,
            tail: around.tail,
            length: file.length,
            most,
        });
        let timeout = self.timeout(target, request);
        let reach = target.entry.reach_of(&target.connector, &built);
        let sent = self
            .outbound
            .send_flow(reach, built, timeout, self.settings.max_answer_bytes)
            .await;
        let response = sent.map_err(|error| match error {
            FlowError::Outbound(error) => Error::Platform(unanswered(target, &error, timeout)),
            FlowError::Source(SourceFault::TooLarge(_)) => self.too_large(),
            FlowError::Source(fault) => Error::Platform(Problem::new(
                Code::InvalidRequest,
                format!("The file could not be read to its end: {fault}. The platform got no whole request"),
            )),
        })?;
        let cursor = request.parameters.get("cursor").and_then(Value::as_str);
        Ok(target
            .connector
            .read(&target.action, cursor, &response, self.clock.now()))
    }

    fn build_around(
        &self,
        target: &Target,
        credential: Option<&Credential>,
        request: &Request,
        coming: &Coming<'_>,
    ) -> Result<http::Request<Around>> {
        self.build_with(
            target,
            credential,
            &request.parameters,
            |connector, action, input| connector.build_around(action, input, coming),
        )
    }

    fn too_large(&self) -> Error {
        let most = self.settings.max_file_bytes;
        Error::Platform(
            Problem::new(
                Code::PayloadTooLarge,
                format!("The file is larger than the {most} bytes that are taken"),
            )
            .with("maxBytes", most)
            .with("setting", "SOLDER_MAX_FILE_BYTES"),
        )
    }
}
