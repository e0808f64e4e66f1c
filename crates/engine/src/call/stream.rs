//! A file that a link leads to: the way of a call once more, with an answer that streams through.

use super::Request;
use super::dispatch::{refused, unanswered};
use super::resolve::Target;
use crate::Engine;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::files::{OpenedFile, file_name};
use crate::outbound::Length;
use crate::scope::Scope;
use http::header::CONTENT_TYPE;
use solder_connector::{Failure, Reading};
use solder_model::Credential;

impl Engine {
    /// Asks the platform for the file, with the rights that hold now.
    pub(crate) async fn stream_file(
        &self,
        caller: &Caller,
        scope: Scope<'_>,
        request: &Request,
    ) -> Result<OpenedFile> {
        let began = self.clock.now();
        let target = self.resolve(caller, scope, request).await?;
        target.permit(caller)?;
        target.validate(&request.parameters)?;
        let opened = self.asked_file(caller, scope, &target, request).await;
        self.record(caller, scope, &target, began, opened.as_ref().err());
        opened
    }

    async fn asked_file(
        &self,
        caller: &Caller,
        scope: Scope<'_>,
        target: &Target,
        request: &Request,
    ) -> Result<OpenedFile> {
        let ended = |failure| Err(Error::Platform(refused(target, failure)));
        let Some(credential) = self.credential(caller, scope, target, request).await? else {
            return self.streamed(target, None, request).await?.or_else(ended);
        };
        let used = self.usable_credential(&target.connector, credential).await?;
        let failure = match self.streamed(target, Some(&used), request).await? {
            Ok(file) => {
                self.settle_later(&used);
                return Ok(file);
            }
            Err(failure) => failure,
        };
        // So refused, nothing was begun: with a renewed token it is asked once more, as a call is.
        let Some(renewed) = self.renewed_after(target, &used, &failure).await? else {
            return ended(failure);
        };
        let again = self.streamed(target, Some(&renewed), request).await?;
        if again.is_ok() {
            self.settle_later(&renewed);
        }
        again.or_else(ended)
    }

    async fn streamed(
        &self,
        target: &Target,
        credential: Option<&Credential>,
        request: &Request,
    ) -> Result<std::result::Result<OpenedFile, Failure>> {
        let timeout = self.timeout(target, request);
        let built = self.build(target, credential, &request.parameters)?;
        if let Some(credential) = credential {
            self.brake(target, credential).await?;
        }
        let most = self.settings.max_file_bytes;
        let sent = self
            .outbound
            .open(
                target.entry.reach_of(&target.connector, &built),
                &built,
                timeout,
                most,
            )
            .await;
        let response = sent.map_err(|error| Error::Platform(unanswered(target, &error, timeout)))?;
        if !response.status().is_success() {
            let (parts, body) = response.into_parts();
            let body = body.beginning(crate::files::PEEK).await;
            let response = http::Response::from_parts(parts, body);
            let read = target
                .connector
                .read(&target.action, None, &response, self.clock.now());
            return match read {
                Reading::Failure(failure) => Ok(Err(failure)),
                Reading::Success(_) => Err(Error::Internal("a refusal reads as a success")),
            };
        }
        let text = |name| {
            response
                .headers()
                .get(name)
                .and_then(|value: &http::HeaderValue| value.to_str().ok())
        };
        Ok(Ok(OpenedFile {
            content_type: text(CONTENT_TYPE)
                .unwrap_or("application/octet-stream")
                .to_owned(),
            size: response.extensions().get::<Length>().and_then(|length| length.0),
            name: file_name(response.headers()),
            body: response.into_body(),
        }))
    }
}
