//! The second step at the authorization endpoint: the user, signed in, allows the client or does not.
//!
//! A request is bound to the browser that brought it and is answered once. A user who allowed the same client the same
//! on the same server, with answers to the same address, is not asked again while that grant goes on; but a client that
//! registered itself, or whose answers stay on the user's machine, could be any other that says the same of itself, and
//! its user is always asked (RFC 8252, 8.6).

use super::refusal::{OauthError, OauthRefusal};
use super::{CODE_MS, redirect};
use crate::Engine;
use crate::error::{Error, Result};
use crate::visitor::Visitor;
use crate::warm::ServerEntry;
use serde_json::json;
use solder_model::{
    AccountId, AuthorizationRequest, ClientKind, Digest, Grant, GrantId, Scopes, Secret, Server, UserName,
};
use solder_storage::AuditEntry;
use std::net::IpAddr;
use std::sync::Arc;

/// Who answers a request for authorization, from where.
#[derive(Debug, Clone, Copy)]
pub struct Answerer<'a> {
    /// The digest of the browser's cookie.
    pub browser: &'a Digest,
    /// The visitor's cookie, where one was sent.
    pub visitor: Option<&'a str>,
    /// The client's address, as the trusted proxies tell it.
    pub from: IpAddr,
}

/// What a request needs next.
#[derive(Debug)]
pub enum Step {
    /// The user signs in to this account, and comes back.
    SignIn(AccountId),
    /// The user is asked.
    Ask(Box<Question>),
    /// The user allowed it before: the browser goes on to this URL.
    Done(String),
}

/// What the user is asked, as the page shows it.
#[derive(Debug)]
pub struct Question {
    /// The client's name: its own claim, unless an admin registered it.
    pub client_name: String,
    /// Where the client is known from.
    pub known_from: KnownFrom,
    /// Where the answer goes, as a person reads it.
    pub leads_to: String,
    /// Whether that is an app on the user's own machine, which nobody can vouch for.
    pub is_own_machine: bool,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// The server's name.
    pub server_name: String,
    /// The account's name.
    pub account_name: String,
    /// The user who is signed in.
    pub user_name: UserName,
    /// Whether the client asks to act, and not only to look.
    pub asks_to_write: bool,
    /// Whether the server is open to this user.
    pub is_admitted: bool,
}

/// Where a client is known from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KnownFrom {
    /// An admin of the account registered it.
    Admin,
    /// It registered itself.
    Itself,
    /// The document at its id, which stands at this host.
    Host(String),
}

/// What the user answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The client may do at most this.
    Allow(Scopes),
    /// It may do nothing.
    Refuse,
}

impl Engine {
    /// What a request for authorization needs next. [`Error::NotFound`] where it is over, or belongs to another browser.
    pub async fn authorization_step(&self, id: &str, who: &Answerer<'_>) -> Result<Step> {
        let (request, entry) = self.open_request(id, who).await?;
        let Some(visitor) = self.visitor_of(&request, who).await? else {
            return Ok(Step::SignIn(request.account));
        };
        let is_admitted = entry.policy.admits(visitor.user_name());
        let (grant, code) = self.draft_grant(&request, &visitor, request.scopes);
        if is_admitted
            && may_be_remembered(&request)
            && self.storage.has_grant(&grant, self.clock.now()).await?
        {
            return self
                .grant(&request, &visitor, grant, &code, who.from)
                .await
                .map(Step::Done);
        }
        let account = self.storage.find_account(&request.account).await?;
        let account = account.ok_or(Error::Internal("a request belongs to no account"))?;
        let question = question(&request, &entry.server, account.name, &visitor, is_admitted);
        Ok(Step::Ask(Box::new(question)))
    }

    /// Takes the user's answer and gives the URL on which the browser goes on. [`Error::NotFound`] where the request is
    /// over, belongs to another browser, or nobody is signed in to answer it.
    pub async fn decide_authorization(
        &self,
        id: &str,
        who: &Answerer<'_>,
        decision: Decision,
    ) -> Result<String> {
        let (request, entry) = self.open_request(id, who).await?;
        let visitor = self.visitor_of(&request, who).await?.ok_or_else(over)?;
        match decision {
            Decision::Allow(scopes) if entry.policy.admits(visitor.user_name()) => {
                let (grant, code) = self.draft_grant(&request, &visitor, scopes.min(request.scopes));
                self.grant(&request, &visitor, grant, &code, who.from).await
            }
            Decision::Allow(_) => self.refuse(&request, "The server is not open to this user").await,
            Decision::Refuse => self.refuse(&request, "The user did not allow it").await,
        }
    }

    /// A request that is open in this browser, and its server, which takes OAuth still.
    async fn open_request(
        &self,
        id: &str,
        who: &Answerer<'_>,
    ) -> Result<(AuthorizationRequest, Arc<ServerEntry>)> {
        let found = self.storage.find_request(&self.vault.digest(id)).await?;
        let request = found
            .filter(|request| self.clock.now() < request.expires_at)
            .filter(|request| request.browser == *who.browser)
            .ok_or_else(over)?;
        let entry = self.oauth_server(&request.server).await?.ok_or_else(over)?;
        Ok((request, entry))
    }

    async fn visitor_of(
        &self,
        request: &AuthorizationRequest,
        who: &Answerer<'_>,
    ) -> Result<Option<Visitor>> {
        match who.visitor {
            Some(cookie) => self.visitor(cookie, &request.account, who.browser).await,
            None => Ok(None),
        }
    }

    fn draft_grant(
        &self,
        request: &AuthorizationRequest,
        visitor: &Visitor,
        scopes: Scopes,
    ) -> (Grant, Secret) {
        let now = self.clock.now();
        let code = crate::new_secret(&*self.entropy, "sac_");
        let grant = Grant {
            id: GrantId::random(&*self.entropy),
            account: request.account.clone(),
            user: visitor.user().clone(),
            user_name: visitor.user_name().clone(),
            server: request.server.clone(),
            client: request.client.clone(),
            client_kind: request.client_kind,
            client_name: request.client_name.clone(),
            redirect_uri: request.redirect_uri.clone(),
            scopes,
            challenge: request.challenge.clone(),
            code_digest: self.vault.digest(code.expose()),
            code_expires_at: now.plus_ms(CODE_MS),
            code_used_at: None,
            created_at: now,
            used_at: now,
            expires_at: now.plus_ms(CODE_MS),
        };
        (grant, code)
    }

    async fn grant(
        &self,
        request: &AuthorizationRequest,
        visitor: &Visitor,
        grant: Grant,
        code: &Secret,
        from: IpAddr,
    ) -> Result<String> {
        let details = json!({
            "client": grant.client.as_str(),
            "clientName": grant.client_name,
            "server": grant.server.as_str(),
            "scopes": grant.scopes.as_str(),
        });
        let entry = AuditEntry {
            actor: visitor.way().to_string(),
            ..self.grant_audit(&grant, "oauth-grant.create", from, details)
        };
        if !self.storage.create_grant(&request.digest, &grant, &entry).await? {
            return Err(over());
        }
        Ok(self.answer_code(&request.redirect_uri, request.state.as_deref(), code.expose()))
    }

    async fn refuse(&self, request: &AuthorizationRequest, words: &'static str) -> Result<String> {
        let now = self.clock.now();
        if !self.storage.refuse_request(&request.digest, now).await? {
            return Err(over());
        }
        let refusal = OauthRefusal::new(OauthError::AccessDenied, words);
        Ok(self.answer_error(&request.redirect_uri, request.state.as_deref(), &refusal))
    }
}

fn over() -> Error {
    Error::NotFound(
        "This request is over: it was answered, it is older than ten minutes, or it began in another browser. Go back \
         to your app and connect once more.",
    )
}

/// Whether a user's earlier answer may stand for this one.
fn may_be_remembered(request: &AuthorizationRequest) -> bool {
    let is_known = match request.client_kind {
        ClientKind::Registered => true,
        ClientKind::Document => request.client.as_str().starts_with("https:"),
        ClientKind::Dynamic => false,
    };
    is_known
        && !request.ask_again
        && request.redirect_uri.starts_with("https:")
        && !redirect::is_own_machine(&request.redirect_uri)
}

fn question(
    request: &AuthorizationRequest,
    server: &Server,
    account_name: String,
    visitor: &Visitor,
    is_admitted: bool,
) -> Question {
    Question {
        client_name: request.client_name.clone(),
        known_from: match request.client_kind {
            ClientKind::Registered => KnownFrom::Admin,
            ClientKind::Dynamic => KnownFrom::Itself,
            ClientKind::Document => KnownFrom::Host(redirect::shown(request.client.as_str())),
        },
        leads_to: redirect::shown(&request.redirect_uri),
        is_own_machine: !request.redirect_uri.starts_with("https:")
            || redirect::is_own_machine(&request.redirect_uri),
        redirect_uri: request.redirect_uri.clone(),
        server_name: server.name.clone(),
        account_name,
        user_name: visitor.user_name().clone(),
        asks_to_write: request.scopes == Scopes::Write,
        is_admitted,
    }
}
