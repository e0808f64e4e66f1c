//! Revoking a credential at its platform.

use super::consent::oauth_of;
use super::parts::Which;
use super::request::{Manner, OAuthInput, Target};
use super::{ACCESS_TOKEN, Asked, REFRESH_TOKEN, TokenFailure};
use crate::auth::Auth;
use crate::request::{apply, common_headers, missing};
use crate::{BuildError, Connector};
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use solder_model::Timestamp;

impl Connector {
    /// The request that revokes a credential; nothing where the file has no `revoke`.
    ///
    /// # Errors
    ///
    /// [`BuildError::Connection`] where the token, the app or a variable is missing.
    pub fn revoke(&self, auth: &Auth, input: &OAuthInput<'_>) -> Result<Option<Request<Bytes>>, BuildError> {
        let oauth = oauth_of(auth)?;
        let Some(revoke) = &oauth.revoke else {
            return Ok(None);
        };
        let refresh = input
            .fields
            .get(REFRESH_TOKEN)
            .filter(|_| revoke.which == Which::Refresh);
        let token = refresh
            .or_else(|| input.fields.get(ACCESS_TOKEN))
            .ok_or_else(|| missing(ACCESS_TOKEN))?;
        let mut params = Vec::new();
        if let Some(name) = &revoke.token {
            params.push((name.clone(), token.expose().to_owned()));
        }
        let mut target = Target::new(self, auth, input);
        target.also("token", token.expose());
        if let Ok(client_id) = input.client_id(oauth) {
            target.also("client_id", client_id);
        }
        let mut url = target.beside(&revoke.url)?;
        let mut headers = HeaderMap::new();
        let manner = if revoke.apply {
            let build = target.build_input();
            let names = target.names(&build);
            headers = common_headers(self, &names);
            apply::apply(&names, &mut url, &mut headers)?;
            Manner {
                client: None,
                json: revoke.json,
            }
        } else {
            Manner {
                client: Some(revoke.client),
                json: revoke.json,
            }
        };
        let mut request = target.request(&revoke.method, &url, params, manner)?;
        for (name, value) in headers {
            request.headers_mut().extend(name.map(|name| (name, value)));
        }
        if let Ok(secret) = input.client_secret(oauth) {
            target.also("client_secret", secret.expose());
        }
        let build = target.build_input();
        let names = target.names(&build);
        for (name, template) in &revoke.headers {
            let text = template
                .render(|name| names.var(name))
                .map_err(|name| missing(&name))?;
            request
                .headers_mut()
                .insert(name.clone(), apply::sensitive(&text)?);
        }
        Ok(Some(request))
    }

    /// Reads its answer. That the platform does not know the token any more is as good.
    ///
    /// # Errors
    ///
    /// Who can mend it: see [`TokenFailure`].
    pub fn read_revoked(
        &self,
        auth: &Auth,
        response: &Response<Bytes>,
        now: Timestamp,
    ) -> Result<(), TokenFailure> {
        let oauth = oauth_of(auth).map_err(|_none| TokenFailure::unreadable(self, "has no such request"))?;
        let body = super::tokens::content(response.body());
        let told = body
            .as_ref()
            .and_then(|body| oauth.answers.ok.as_ref()?.holds(body));
        if told.unwrap_or_else(|| response.status().is_success()) {
            return Ok(());
        }
        match self.token_failure(oauth, Asked::Refresh(None), response, now) {
            TokenFailure::Gone { .. } => Ok(()),
            failure => Err(failure),
        }
    }
}
