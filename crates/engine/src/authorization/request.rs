//! The first step at the authorization endpoint: what a client asks is read and kept, and waits for its user.
//!
//! Nothing goes back to a redirect URI before it is proven to be the client's (RFC 6749, 4.1.2.1); until then a person
//! reads on our own page what is wrong.

use super::form::one;
use super::refusal::{OauthError, OauthRefusal};
use super::{REQUEST_MS, redirect};
use crate::Engine;
use crate::error::{Error, Result};
use crate::limits::WindowKey;
use crate::warm::ServerEntry;
use solder_model::{AuthorizationRequest, Digest, Limit, McpClient, Scopes, ServerId};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// The longest `state`, in bytes.
const MAX_STATE: usize = 4_096;

/// How many requests of a client address are kept: each waits in the database, and nobody is signed in yet.
const REQUESTS: Limit = Limit {
    count: 60,
    window: Duration::from_mins(1),
};

/// What ends a request at once.
#[derive(Debug)]
pub enum NotBegun {
    /// The client or its redirect URI is not proven: said on our own page.
    Page(String),
    /// The answer goes back to the client: a URL.
    Back(String),
    /// A fault of ours, or a full window.
    Fault(Error),
}

impl From<Error> for NotBegun {
    fn from(error: Error) -> Self {
        Self::Fault(error)
    }
}

/// Parameters that the rest of the request is read from.
struct Asked {
    entry: Arc<ServerEntry>,
    scopes: Scopes,
    challenge: String,
    ask_again: bool,
}

impl Engine {
    /// Takes a request to the authorization endpoint: `parameters` as they were sent, from a browser whose cookie has
    /// the digest `browser`. Gives the path of the page on which the user answers.
    pub async fn begin_authorization(
        &self,
        parameters: &[(String, String)],
        browser: &Digest,
        from: IpAddr,
    ) -> std::result::Result<String, NotBegun> {
        let (client, redirect_uri) = self.asking(parameters, from).await?;
        let state = one(parameters, "state").ok().flatten();
        let state = state.filter(|state| state.len() <= MAX_STATE && !state.contains('\0'));
        let asked = match self.asked(parameters, &client).await {
            Ok(asked) => asked,
            Err(refusal) => {
                return Err(NotBegun::Back(self.answer_error(&redirect_uri, state, &refusal)));
            }
        };
        let now = self.clock.now();
        let window = WindowKey::authorization(from);
        let verdict = self.limits.brake(&window, REQUESTS, now).await;
        if !verdict.allowed {
            return Err(Error::rate_limited(verdict).into());
        }
        let id = crate::new_secret(&*self.entropy, "");
        let request = AuthorizationRequest {
            digest: self.vault.digest(id.expose()),
            browser: *browser,
            account: asked.entry.server.account.clone(),
            server: asked.entry.server.id.clone(),
            client: client.id,
            client_kind: client.kind,
            client_name: client.name,
            redirect_uri,
            state: state.map(str::to_owned),
            scopes: asked.scopes,
            challenge: asked.challenge,
            ask_again: asked.ask_again,
            expires_at: now.plus_ms(REQUEST_MS),
        };
        let kept = self.storage.create_request(&request, now).await;
        kept.map_err(Error::from)?;
        Ok(format!("/oauth/authorize/{}", id.expose()))
    }

    /// The client, and its redirect URI once it is proven to be the client's.
    async fn asking(
        &self,
        parameters: &[(String, String)],
        from: IpAddr,
    ) -> std::result::Result<(McpClient, String), NotBegun> {
        let page = |words: &str| NotBegun::Page(words.to_owned());
        let id = one(parameters, "client_id").ok().flatten();
        let id =
            id.ok_or_else(|| page("The app that sent you here did not say which app it is (client_id)."))?;
        let client = self.find_client(id, from).await?.map_err(NotBegun::Page)?;
        let asked = one(parameters, "redirect_uri").ok().flatten();
        let asked = asked.ok_or_else(|| {
            page("The app that sent you here did not say where to send the answer (redirect_uri).")
        })?;
        let is_registered = |uri: &String| redirect::matches(uri, asked);
        if !client.redirect_uris.iter().any(is_registered) {
            return Err(page(
                "The app that sent you here asks for the answer at an address that it has not registered \
                 (redirect_uri). Nothing was sent there.",
            ));
        }
        Ok((client, asked.to_owned()))
    }

    /// The rest of the request; what is wrong with it goes back to the client.
    async fn asked(
        &self,
        parameters: &[(String, String)],
        client: &McpClient,
    ) -> std::result::Result<Asked, OauthRefusal> {
        let once = |name: &str| {
            one(parameters, name).map_err(|_twice| {
                OauthRefusal::new(OauthError::InvalidRequest, format!("{name} is sent twice"))
            })
        };
        if once("request")?.is_some() {
            let words = "Request objects are not taken: send plain parameters";
            return Err(OauthRefusal::new(OauthError::RequestNotSupported, words));
        }
        if once("request_uri")?.is_some() {
            let words = "References to request objects are not taken: send plain parameters";
            return Err(OauthRefusal::new(OauthError::RequestUriNotSupported, words));
        }
        match once("response_type")? {
            Some("code") => {}
            Some(_) => {
                let words = "response_type must be 'code'";
                return Err(OauthRefusal::new(OauthError::UnsupportedResponseType, words));
            }
            None => {
                return Err(OauthRefusal::new(
                    OauthError::InvalidRequest,
                    "response_type is missing",
                ));
            }
        }
        if once("response_mode")?.is_some_and(|mode| mode != "query") {
            let words = "response_mode must be 'query'";
            return Err(OauthRefusal::new(OauthError::InvalidRequest, words));
        }
        check_state(once("state")?)?;
        let challenge = challenge(once("code_challenge")?, once("code_challenge_method")?)?;
        let scopes = match once("scope")? {
            None => Scopes::Write,
            Some(list) => Scopes::from_list(list).ok_or_else(|| {
                OauthRefusal::new(OauthError::InvalidScope, "The scopes are 'read' and 'write'")
            })?,
        };
        let prompt = once("prompt")?;
        let entry = self.target(parameters, client).await?;
        Ok(Asked {
            entry,
            scopes,
            challenge: challenge.to_owned(),
            ask_again: prompt.is_some_and(|prompt| prompt.split(' ').any(|one| one == "consent")),
        })
    }

    /// The server that the token shall be for (RFC 8707): exactly one, which takes OAuth and which the client may ask
    /// for.
    async fn target(
        &self,
        parameters: &[(String, String)],
        client: &McpClient,
    ) -> std::result::Result<Arc<ServerEntry>, OauthRefusal> {
        let refused = |words: &'static str| OauthRefusal::new(OauthError::InvalidTarget, words);
        let mut sent = parameters.iter().filter(|(name, _)| name == "resource");
        let (Some((_, resource)), None) = (sent.next(), sent.next()) else {
            return Err(refused("resource must be sent once: the URL of the MCP server"));
        };
        let entry = self.server_of_resource(resource).await?;
        let entry = entry.ok_or_else(|| refused("resource is no MCP server here that takes OAuth"))?;
        if client
            .account
            .as_ref()
            .is_none_or(|account| *account == entry.server.account)
        {
            Ok(entry)
        } else {
            Err(OauthRefusal::new(
                OauthError::UnauthorizedClient,
                "The client is registered in another account than the server's",
            ))
        }
    }

    /// The server of a resource identifier, which is compared as a text; none where it takes no OAuth.
    async fn server_of_resource(&self, resource: &str) -> Result<Option<Arc<ServerEntry>>> {
        let start = format!("{}/mcp/", self.settings.public_url);
        let id = resource
            .strip_prefix(&start)
            .and_then(|id| ServerId::new(id).ok());
        match id {
            Some(id) => self.oauth_server(&id).await,
            None => Ok(None),
        }
    }

    /// The server of that id, where it takes OAuth.
    pub(super) async fn oauth_server(&self, id: &ServerId) -> Result<Option<Arc<ServerEntry>>> {
        let found = self.warm.server(&self.storage, id).await?;
        Ok(found.filter(|entry| entry.server.ways_in.oauth))
    }

    /// The redirect URI with a code; `iss` tells the client who answers (RFC 9207).
    pub(super) fn answer_code(&self, redirect_uri: &str, state: Option<&str>, code: &str) -> String {
        self.answer(redirect_uri, state, &[("code", code)])
    }

    /// The redirect URI with an error.
    pub(super) fn answer_error(
        &self,
        redirect_uri: &str,
        state: Option<&str>,
        refusal: &OauthRefusal,
    ) -> String {
        let error = refusal.error.as_str();
        let described = [("error", error), ("error_description", &refusal.description)];
        self.answer(redirect_uri, state, &described)
    }

    fn answer(&self, redirect_uri: &str, state: Option<&str>, said: &[(&str, &str)]) -> String {
        let issuer = self.issuer();
        let mut parameters = said.to_vec();
        parameters.extend(state.map(|state| ("state", state)));
        parameters.push(("iss", &issuer));
        redirect::with(redirect_uri, &parameters)
    }
}

fn check_state(state: Option<&str>) -> std::result::Result<(), OauthRefusal> {
    let is_fine = state.is_none_or(|state| state.len() <= MAX_STATE && !state.contains('\0'));
    let words = "state must be at most 4096 bytes without U+0000";
    is_fine
        .then_some(())
        .ok_or_else(|| OauthRefusal::new(OauthError::InvalidRequest, words))
}

/// The S256 challenge (RFC 7636, 4.2 and 4.3): none, and `plain`, which is meant where no method is named, are refused.
fn challenge<'a>(
    challenge: Option<&'a str>,
    method: Option<&str>,
) -> std::result::Result<&'a str, OauthRefusal> {
    let refused = |words: &'static str| OauthRefusal::new(OauthError::InvalidRequest, words);
    let Some(challenge) = challenge else {
        return Err(refused("PKCE is required: code_challenge is missing"));
    };
    if method != Some("S256") {
        return Err(refused("code_challenge_method must be 'S256'"));
    }
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if challenge.len() == 43 && challenge.bytes().all(is_base64url) {
        Ok(challenge)
    } else {
        Err(refused(
            "code_challenge must be a SHA-256 in base64url: 43 characters",
        ))
    }
}
