//! A call whose file comes while its request is sent: fetched from a URL, or sent to a link by whoever has it. Such a request
//! is sent once, since what came is gone.

use super::dispatch::{refused, unanswered};
use super::resolve::Target;
use super::{Answer, Request};
use crate::Engine;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::files::SentFile;
use crate::outbound::{Flow, FlowError, Pieces, SourceFault};
use crate::scope::Scope;
use bytes::Bytes;
use futures_util::StreamExt;
use serde_json::Value;
use solder_connector::{Around, Coming, ComingFile, FileFrom, Reading, file_bytes};
use solder_model::{Code, Credential, Problem};
use std::sync::Arc;

/// A file on its way, until it is sent.
pub(super) struct Source {
    name: Option<String>,
    content_type: Option<String>,
    pub(super) length: Option<u64>,
    /// Gone once it was begun to be sent.
    pub(super) pieces: Option<Pieces>,
}

impl Source {
    pub(super) fn coming<'a>(&'a self, boundary: &'a str) -> Coming<'a> {
        Coming {
            name: self.name.as_deref(),
            media_type: self.content_type.as_deref(),
            size: self.length,
            more: None,
            boundary,
        }
    }
}

impl From<SentFile> for Source {
    fn from(file: SentFile) -> Self {
        Self {
            name: file.name,
            content_type: file.content_type,
            length: file.length,
            pieces: Some(file.pieces),
        }
    }
}

/// Tells what the action has to be told of a file that nothing is known of yet.
const UNKNOWN: Coming<'static> = Coming {
    name: None,
    media_type: None,
    size: None,
    more: None,
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
            FileFrom::Here(file) => {
                let bytes = file_bytes(coming.param, file).map_err(Error::of_parameters)?;
                let file = SentFile {
                    name: None,
                    content_type: None,
                    length: Some(bytes.len() as u64),
                    pieces: futures_util::stream::iter([Ok(bytes)]).boxed(),
                };
                return self.dispatch_shaped(target, credential, request, file).await;
            }
        };
        let field = format!("parameters.{}.url", coming.param);
        let wait = self.timeout(target, request);
        let file = Box::pin(self.fetch_file(caller, &field, url, wait)).await?;
        self.dispatch_shaped(target, credential, request, file).await
    }

    async fn dispatch_shaped(
        &self,
        target: &Target,
        credential: Option<Arc<Credential>>,
        request: &Request,
        file: SentFile,
    ) -> Result<Answer> {
        let _written = self.answers.writing(target, credential.as_deref());
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
        let mut source = Source::from(file);
        let first = self
            .send_any(target, used.as_deref(), request, &mut source)
            .await?;
        let failure = match (first, &used) {
            (Reading::Success(answer), used) => {
                if let Some(used) = used {
                    self.settle_later(used);
                }
                return Ok(answer);
            }
            (Reading::Failure(failure), _) => failure,
        };
        let renewed = match &used {
            Some(used) => self.renewed_after(target, used, &failure).await?,
            None => None,
        };
        let Some(renewed) = renewed else {
            return Err(Error::Platform(refused(target, failure)));
        };
        if source.pieces.is_none() {
            let hint = "The credential is renewed now: nothing was done, so execute it once more";
            return Err(Error::Platform(refused(target, failure).with("hint", hint)));
        }
        // The file was not begun: the platform refused to say where it goes.
        match self
            .send_any(target, Some(&renewed), request, &mut source)
            .await?
        {
            Reading::Success(answer) => {
                self.settle_later(&renewed);
                Ok(answer)
            }
            Reading::Failure(failure) => Err(Error::Platform(refused(target, failure))),
        }
    }

    async fn send_any(
        &self,
        target: &Target,
        credential: Option<&Credential>,
        request: &Request,
        source: &mut Source,
    ) -> Result<Reading> {
        if target.action.has_session() {
            self.send_by_session(target, credential, request, source).await
        } else {
            self.send_file(target, credential, request, source).await
        }
    }

    async fn send_file(
        &self,
        target: &Target,
        credential: Option<&Credential>,
        request: &Request,
        source: &mut Source,
    ) -> Result<Reading> {
        let boundary = self.idempotency_key().replace(['-', '_'], "0");
        let coming = source.coming(&boundary);
        let built = self.build_around(target, credential, request, &coming)?;
        if let Some(credential) = credential {
            self.brake(target, credential).await?;
        }
        let length = source.length;
        let Some(pieces) = source.pieces.take() else {
            return Err(Error::Internal("a file is sent twice"));
        };
        let built = built.map(|around| Flow {
            head: around.head,
            pieces,
            tail: around.tail,
            length,
            most: self.settings.max_file_bytes,
        });
        let response = self.flow(target, request, built).await?;
        let cursor = request.parameters.get("cursor").and_then(Value::as_str);
        Ok(target
            .connector
            .read(&target.action, cursor, &response, self.clock.now()))
    }

    /// Sends a request whose body comes.
    pub(super) async fn flow(
        &self,
        target: &Target,
        request: &Request,
        asked: http::Request<Flow>,
    ) -> Result<http::Response<Bytes>> {
        let wait = self.timeout(target, request);
        let most = self.settings.max_answer_bytes;
        let reach = target.entry.reach_of(&target.connector, &asked);
        let sent = self.outbound.send_flow(reach, asked, wait, most).await;
        sent.map_err(|error| match error {
            FlowError::Outbound(error) => Error::Platform(unanswered(target, &error, wait)),
            FlowError::Source(fault) => self.unread(&fault),
        })
    }

    /// What a source that was not read to its end comes to.
    pub(super) fn unread(&self, fault: &SourceFault) -> Error {
        if let SourceFault::TooLarge(_) = fault {
            return self.too_large();
        }
        let text = format!("The file could not be read to its end: {fault}. The platform got no whole file");
        Error::Platform(Problem::new(Code::InvalidRequest, text))
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
