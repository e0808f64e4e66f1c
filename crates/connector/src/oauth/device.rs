//! Consent on another device (RFC 8628).

use super::consent::{Scopes, oauth_of};
use super::failure::cleaned;
use super::request::{OAuthInput, Target};
use super::tokens::{after, content};
use super::{Asked, ClientAuth, TokenFailure, Tokens};
use crate::auth::Auth;
use crate::pointer::scalar_text;
use crate::request::connection;
use crate::{BuildError, Connector};
use bytes::Bytes;
use http::{Method, Request, Response};
use solder_model::{Secret, Timestamp};
use std::time::Duration;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// What a person has to type where, and what is polled with meanwhile.
#[derive(Debug, Clone)]
pub struct DeviceCode {
    /// What polling sends.
    pub device_code: Secret,
    /// What the person types.
    pub user_code: String,
    /// Where: an https URL.
    pub verification_uri: String,
    /// The same with the code in it, where the platform has one.
    pub verification_uri_complete: Option<String>,
    /// When it is over; 15 minutes where the platform does not say.
    pub expires_at: Timestamp,
    /// How long to wait between polls, 1 s to 60 s; 5 s where the platform does not say.
    pub interval: Duration,
}

/// What a poll gave.
#[derive(Debug)]
pub enum DevicePoll {
    /// The person consented.
    Done(Tokens),
    /// Not yet: ask again after the interval, which is longer by this much from now on.
    Pending(Duration),
    /// It will not happen.
    Failed(TokenFailure),
}

impl Connector {
    /// The request that begins a consent on another device.
    ///
    /// # Errors
    ///
    /// [`BuildError::Connection`] where the file has no `device`, or the app or a variable is missing.
    pub fn device_authorization(
        &self,
        auth: &Auth,
        input: &OAuthInput<'_>,
        scopes: &Scopes,
    ) -> Result<Request<Bytes>, BuildError> {
        let oauth = oauth_of(auth)?;
        let device = oauth
            .device
            .as_ref()
            .ok_or_else(|| connection("", "is of a kind without a consent on another device"))?;
        let target = Target::new(self, auth, input);
        let scopes = oauth.scope_params(scopes).into_iter();
        let params = scopes.map(|(name, scopes)| (name.to_owned(), scopes)).collect();
        // The client shows its id here and its secret at the token endpoint alone (RFC 8628, 3.1).
        let manner = super::request::Manner {
            client: Some(ClientAuth::None),
            json: oauth.json,
        };
        target.request(&Method::POST, &target.beside(device)?, params, manner)
    }

    /// Reads what the platform gives for it.
    ///
    /// # Errors
    ///
    /// Who can mend it: see [`TokenFailure`].
    pub fn read_device_code(
        &self,
        auth: &Auth,
        response: &Response<Bytes>,
        now: Timestamp,
    ) -> Result<DeviceCode, TokenFailure> {
        let oauth = oauth_of(auth).map_err(|_none| TokenFailure::unreadable(self, "has no such flow"))?;
        let body = content(response.body()).filter(|_| response.status().is_success());
        let text = |name: &str| {
            let found = body.as_ref()?.get(name)?;
            scalar_text(found).map(std::borrow::Cow::into_owned)
        };
        let uri = |name: &str| {
            text(name).filter(|uri| url::Url::parse(uri).is_ok_and(|url| url.scheme() == "https"))
        };
        let (Some(device_code), Some(user_code), Some(verification_uri)) = (
            text("device_code"),
            text("user_code"),
            // Google names it as the draft did.
            uri("verification_uri").or_else(|| uri("verification_url")),
        ) else {
            return Err(self.token_failure(oauth, Asked::Code, response, now));
        };
        let life = body.as_ref().and_then(|body| after(body.get("expires_in")?, now));
        let interval = body.as_ref().and_then(|body| body.get("interval")?.as_u64());
        Ok(DeviceCode {
            device_code: Secret::new(device_code),
            user_code: cleaned(&user_code),
            verification_uri,
            verification_uri_complete: uri("verification_uri_complete"),
            expires_at: life.unwrap_or_else(|| now.plus_ms(15 * 60_000)),
            interval: Duration::from_secs(interval.unwrap_or(5).clamp(1, 60)),
        })
    }

    /// The request that asks whether the person consented.
    ///
    /// # Errors
    ///
    /// As [`Self::exchange_code`].
    pub fn device_token(
        &self,
        auth: &Auth,
        input: &OAuthInput<'_>,
        device_code: &Secret,
    ) -> Result<Request<Bytes>, BuildError> {
        let own = vec![("grant_type", GRANT), ("device_code", device_code.expose())];
        Target::new(self, auth, input).token_request(own)
    }

    /// Reads its answer.
    pub fn read_device_poll(&self, auth: &Auth, response: &Response<Bytes>, now: Timestamp) -> DevicePoll {
        let code = content(response.body()).and_then(|body| Some(body.get("error")?.as_str()?.to_owned()));
        match code.as_deref() {
            Some("authorization_pending") => DevicePoll::Pending(Duration::ZERO),
            Some("slow_down") => DevicePoll::Pending(Duration::from_secs(5)),
            _ => match self.read_tokens(auth, Asked::Code, response, now) {
                Ok(tokens) => DevicePoll::Done(tokens),
                Err(failure) => DevicePoll::Failed(failure),
            },
        }
    }
}
