//! Consent on another device (RFC 8628): the person gets a code and a URL, and the platform is asked now and then
//! whether it was typed.

use super::auth_of;
use super::begin::{Beginning, Begun, ConnectionBegun, refused};
use super::callback::failed;
use super::client::input;
use super::finished::PageResult;
use super::kept::Issued;
use super::token::{At, TokenError};
use crate::Engine;
use crate::credentials::OpenedFields;
use crate::error::Result;
use solder_connector::{DeviceCode, DevicePoll};
use solder_model::{FlowStage, Secret};
use solder_storage::Taken;
use std::time::Duration;

/// How often a platform is asked at most: at its shortest interval that is longer than any code lives.
const MOST_POLLS: usize = 1_000;

impl Engine {
    /// Asks for a code, keeps a flow, and polls until the person typed it or its time is over.
    pub(super) async fn begin_device(&self, new: Beginning<'_>, fields: &OpenedFields) -> Result<Begun> {
        let at = new.at();
        let code = self.device_code(&at, &new, fields).await;
        let code = code.map_err(|error| refused(&error, &new.connector.name))?;
        let state = crate::new_secret(&*self.entropy, "");
        let kept = new.kept(fields);
        let flow = self
            .keep_flow(&new, &state, FlowStage::Begun, code.expires_at, &kept)
            .await?;
        let begun = ConnectionBegun {
            oauth_url: code
                .verification_uri_complete
                .clone()
                .unwrap_or_else(|| code.verification_uri.clone()),
            user_code: Some(code.user_code.clone()),
            expires_at: flow.expires_at,
            message: format!(
                "Open the URL in a browser and type the code to connect {}; the credential is there a few seconds later",
                new.connector.name
            ),
        };
        if let Some(engine) = self.me.upgrade() {
            self.tasks.spawn(async move {
                if let Err(error) = engine.poll(state, code).await {
                    error.log();
                }
            });
        }
        Ok(Begun::Consent(begun))
    }

    async fn device_code(
        &self,
        at: &At<'_>,
        new: &Beginning<'_>,
        fields: &OpenedFields,
    ) -> std::result::Result<DeviceCode, TokenError> {
        let input = input(at.entry, at.client, fields);
        let request = at.connector.device_authorization(at.auth, &input, &new.scopes)?;
        let response = self.send_token_request(at, &request).await?;
        at.connector
            .read_device_code(at.auth, &response, self.clock.now())
            .map_err(TokenError::Platform)
    }

    /// Polls until there is an answer, the time is over, or the engine stops.
    async fn poll(&self, state: Secret, code: DeviceCode) -> Result<()> {
        let mut interval = code.interval;
        for _ in 0..MOST_POLLS {
            tokio::select! {
                () = self.stopping.cancelled() => return Ok(()),
                () = tokio::time::sleep(interval) => {}
            }
            if self.clock.now() >= code.expires_at {
                return Ok(());
            }
            match self.poll_once(&state, &code).await? {
                Some(longer) => interval = interval.saturating_add(longer),
                None => return Ok(()),
            }
        }
        Ok(())
    }

    /// Asks once. Gives what the interval grows by, or nothing where it is over.
    async fn poll_once(&self, state: &Secret, code: &DeviceCode) -> Result<Option<Duration>> {
        let digest = self.state_digest(state.expose());
        let Some(flow) = self.storage.find_flow_by_state(&digest).await? else {
            return Ok(None);
        };
        let Some(resumed) = self.resume(&flow).await? else {
            return Ok(None);
        };
        let Some(auth) = auth_of(&resumed.connector, &flow.kind) else {
            return Ok(None);
        };
        let client = match &resumed.kept.client_id {
            Some(id) => {
                self.client_with_id(&flow.account, &resumed.entry, auth, id)
                    .await?
            }
            None => None,
        };
        let at = At {
            entry: &resumed.entry,
            connector: &resumed.connector,
            auth,
            client: client.as_ref(),
        };
        let answer = self.poll_answer(&at, &resumed.kept.fields(), code).await;
        let result = match answer {
            // What passes is waited for.
            Err(TokenError::Unanswered(_)) => return Ok(Some(Duration::from_secs(5))),
            Ok(DevicePoll::Pending(longer)) => return Ok(Some(longer)),
            Ok(DevicePoll::Failed(solder_connector::TokenFailure::Later { wait, .. })) => {
                return Ok(Some(
                    wait.unwrap_or(Duration::from_secs(5)).min(Duration::from_mins(1)),
                ));
            }
            Ok(DevicePoll::Done(tokens)) => Ok(tokens),
            Ok(DevicePoll::Failed(failure)) => Err(failure.to_string()),
            Err(error) => Err(error.text(&resumed.connector.name)),
        };
        let taken = self
            .storage
            .take_flow(&digest, FlowStage::Begun, self.clock.now())
            .await?;
        let Taken::Flow(flow) = taken else { return Ok(None) };
        let finished: PageResult = match result {
            Ok(tokens) => {
                let mut kept = resumed.kept;
                kept.lay(&tokens.fields);
                kept.issued = Some(Issued::new(&tokens, self.clock.now()));
                let done = self.complete_at_once(&at, *flow, kept).await;
                return done.map(|_begun| None);
            }
            Err(text) => failed("platform_error", text),
        };
        self.end(*flow, finished).await?;
        Ok(None)
    }

    async fn poll_answer(
        &self,
        at: &At<'_>,
        fields: &OpenedFields,
        code: &DeviceCode,
    ) -> std::result::Result<DevicePoll, TokenError> {
        let input = input(at.entry, at.client, fields);
        let request = at.connector.device_token(at.auth, &input, &code.device_code)?;
        let response = self.send_token_request(at, &request).await?;
        Ok(at
            .connector
            .read_device_poll(at.auth, &response, self.clock.now()))
    }
}
