//! Playing a recorded connection: consent, callback, exchange, discovery, refresh, refusals and revocation.

use super::connection::{Begun, Call, Connection, Exchange, Refusal};
use super::{Played, Subject, sent};
use crate::auth::Auth;
use crate::{
    Asked, BuildError, BuildInput, Connector, Consent, Endpoints, Grant, OAuth, OAuthApp, OAuthInput, Scopes,
    TokenFailure, Tokens,
};
use bytes::Bytes;
use http::Request;
use serde_json::{Map, Value};
use solder_model::{Secret, Timestamp};
use std::collections::BTreeMap;

const CLIENT_ID: &str = "app-id";
const STATE: &str = "the-state";
const CODE: &str = "the-code";
const CHALLENGE: &str = "the-challenge";
const VERIFIER: &str = "the-verifier";
const ASSERTION: &str = "signed.assertion";

/// Plays one connection.
pub(super) fn play(connector: &Connector, recorded: &Connection) -> Played {
    let mut differences = Vec::new();
    match connector.auth(&recorded.auth) {
        Some(auth) => match &auth.oauth {
            Some(oauth) => Flow::new(connector, auth, oauth, recorded, &mut differences).play(),
            None => differences.push(format!("the auth `{}` is none by OAuth", recorded.auth)),
        },
        None => differences.push(format!("there is no auth `{}`", recorded.auth)),
    }
    Played {
        subject: Subject::Connection(recorded.auth.clone()),
        line: recorded.line,
        from: recorded.exchange.from.clone(),
        differences,
    }
}

/// A connection while it is played.
struct Flow<'a> {
    connector: &'a Connector,
    auth: &'a Auth,
    oauth: &'a OAuth,
    recorded: &'a Connection,
    differences: &'a mut Vec<String>,
    secret: Secret,
    /// What the credential holds so far.
    fields: BTreeMap<String, Secret>,
    scopes: Scopes,
}

impl<'a> Flow<'a> {
    fn new(
        connector: &'a Connector,
        auth: &'a Auth,
        oauth: &'a OAuth,
        recorded: &'a Connection,
        differences: &'a mut Vec<String>,
    ) -> Self {
        let secrets = auth.fields.iter().filter(|field| field.secret);
        let mut fields: BTreeMap<String, Secret> = secrets
            .map(|field| (field.name.clone(), Secret::new(format!("secret-{}", field.name))))
            .collect();
        let given = recorded.given.iter();
        fields.extend(given.map(|(name, value)| (name.clone(), Secret::new(value.as_str()))));
        let allowed = |id: &String| {
            recorded
                .actions
                .as_ref()
                .is_none_or(|actions| actions.contains(id))
        };
        for id in recorded.actions.iter().flatten() {
            if connector.action(id).is_none() {
                differences.push(format!("there is no action `{id}`"));
            }
        }
        Self {
            connector,
            auth,
            oauth,
            recorded,
            differences,
            secret: Secret::new("app-secret"),
            fields,
            scopes: connector.scopes_for(auth, |action| allowed(&action.id)),
        }
    }

    fn play(mut self) {
        self.consent();
        self.callback();
        let device = self.device();
        let claims = self.claims();
        self.differ("claims", &claims, &self.recorded.claims.clone());
        let request = self.token_request(device.as_ref());
        let asked = match self.oauth.grant {
            Grant::AuthorizationCode | Grant::DeviceCode => Asked::Code,
            Grant::ClientCredentials | Grant::JwtBearer => Asked::Client,
        };
        self.exchanged("exchange", request, asked, &self.recorded.exchange);
        self.discoveries();
        for refusal in &self.recorded.refused {
            self.refused(refusal);
        }
        if let Some(refresh) = &self.recorded.refresh {
            let request = self.connector.refresh(self.auth, &self.input(), None);
            self.exchanged("refresh", request, Asked::Refresh(None), refresh);
        } else if self.fields.contains_key(crate::oauth::REFRESH_TOKEN) {
            self.differences
                .push("refresh: a refresh token is kept, and no refresh is recorded".to_owned());
        }
        if let Some(call) = &self.recorded.call {
            self.call(call);
        }
        self.revoked();
    }

    fn input(&self) -> OAuthInput<'_> {
        let app = OAuthApp {
            client_id: CLIENT_ID,
            client_secret: Some(&self.secret),
        };
        OAuthInput {
            app: self.oauth.needs_app().then_some(app),
            fields: &self.fields,
            endpoints: Endpoints::default(),
        }
    }

    fn redirect_uri(&self) -> String {
        format!("https://solder.example/connect/callback/{}", self.connector.id)
    }

    fn differ<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, got: &T, recorded: &T) {
        if got != recorded {
            self.differences
                .push(format!("{what}: is {got:?}, recorded is {recorded:?}"));
        }
    }

    fn failed(&mut self, what: &str, error: &BuildError) {
        let faults = error.faults().iter();
        let told = faults.map(|fault| format!("{what}: no request: {}: {}", fault.field, fault.message));
        self.differences.extend(told);
    }

    fn consent(&mut self) {
        let redirect_uri = self.redirect_uri();
        let consent = Consent {
            input: self.input(),
            redirect_uri: &redirect_uri,
            state: STATE,
            pkce_challenge: self.oauth.pkce.then_some(CHALLENGE),
            scopes: &self.scopes,
        };
        let url = self
            .oauth
            .needs_browser()
            .then(|| self.connector.authorize_url(self.auth, &consent));
        match url.transpose() {
            Ok(url) => self.differ("consent", &url, &self.recorded.consent.clone()),
            Err(error) => self.failed("consent", &error),
        }
    }

    fn callback(&mut self) {
        match self.connector.callback_values(self.auth, &self.recorded.callback) {
            Ok(kept) => self.fields.extend(kept),
            Err(text) => self.differences.push(format!("callback: {text}")),
        }
    }

    /// The code of a consent on another device.
    fn device(&mut self) -> Option<Secret> {
        let is_device = self.oauth.grant == Grant::DeviceCode;
        let recorded: &Begun = match (&self.recorded.device, is_device) {
            (Some(recorded), true) => recorded,
            (None, false) => return None,
            _ => {
                self.differences
                    .push("device: stands exactly where the grant is `device_code`".to_owned());
                return None;
            }
        };
        match self
            .connector
            .device_authorization(self.auth, &self.input(), &self.scopes)
        {
            Ok(request) => self.sent("device", &recorded.request, &request),
            Err(error) => self.failed("device", &error),
        }
        match self
            .connector
            .read_device_code(self.auth, &recorded.answer, self.recorded.now)
        {
            Ok(code) => {
                self.differ("device user_code", &code.user_code, &recorded.user_code);
                let uri = code.verification_uri_complete.unwrap_or(code.verification_uri);
                self.differ("device verification_uri", &uri, &recorded.verification_uri);
                Some(code.device_code)
            }
            Err(failure) => {
                self.differences.push(format!("device: {failure}"));
                None
            }
        }
    }

    /// What is signed, where something is.
    fn claims(&mut self) -> Option<Map<String, Value>> {
        if self.oauth.grant != Grant::JwtBearer {
            return None;
        }
        let unsigned = self
            .connector
            .assertion(self.auth, &self.input(), &self.scopes, self.recorded.now);
        match unsigned {
            Ok(unsigned) => Some(unsigned.claims),
            Err(error) => {
                self.failed("claims", &error);
                None
            }
        }
    }

    fn token_request(&self, device_code: Option<&Secret>) -> Result<Request<Bytes>, BuildError> {
        let (connector, auth, input) = (self.connector, self.auth, self.input());
        match self.oauth.grant {
            Grant::AuthorizationCode => {
                let verifier = Secret::new(VERIFIER);
                connector.exchange_code(auth, &input, CODE, &self.redirect_uri(), Some(&verifier))
            }
            Grant::ClientCredentials => connector.client_credentials(auth, &input, &self.scopes),
            Grant::JwtBearer => connector.jwt_bearer(auth, &input, &Secret::new(ASSERTION)),
            Grant::DeviceCode => {
                let none = Secret::new("(no device code)");
                connector.device_token(auth, &input, device_code.unwrap_or(&none))
            }
        }
    }

    /// A request to the token endpoint and what comes of its answer.
    fn exchanged(
        &mut self,
        what: &str,
        request: Result<Request<Bytes>, BuildError>,
        asked: Asked<'_>,
        recorded: &Exchange,
    ) {
        match request {
            Ok(request) => self.sent(what, &recorded.request, &request),
            Err(error) => self.failed(what, &error),
        }
        match self
            .connector
            .read_tokens(self.auth, asked, &recorded.answer, self.recorded.now)
        {
            Ok(tokens) => self.kept(what, tokens, recorded),
            Err(failure) => self.differences.push(format!("{what}: no tokens: {failure}")),
        }
    }

    fn kept(&mut self, what: &str, tokens: Tokens, recorded: &Exchange) {
        self.differ(&format!("{what} kept"), &told(&tokens.fields), &recorded.kept);
        let life = |at: Timestamp| u64::try_from(at.since(self.recorded.now)).ok();
        let life = tokens
            .expires_at
            .and_then(life)
            .map(std::time::Duration::from_millis);
        self.differ(&format!("{what} expires_in"), &life, &recorded.expires_in);
        self.fields.extend(tokens.fields);
    }

    fn discoveries(&mut self) {
        let (known, recorded) = (&self.connector.discover, &self.recorded.discover);
        self.differ("number of discoveries", &recorded.len(), &known.len());
        for (discover, recorded) in known.iter().zip(recorded) {
            match self
                .connector
                .discover_request(discover, self.auth, &self.input())
            {
                Ok(request) => self.sent("discover", &recorded.request, &request),
                Err(error) => self.failed("discover", &error),
            }
            match self
                .connector
                .read_discovered(discover, &recorded.answer, self.recorded.now)
            {
                Ok(found) => {
                    let got: Vec<_> = found
                        .iter()
                        .map(|one| (one.label.clone(), told(&one.fields)))
                        .collect();
                    self.differ("discover found", &got, &recorded.found);
                    self.fields
                        .extend(found.into_iter().next().map(|one| one.fields).unwrap_or_default());
                }
                Err(failure) => self.differences.push(format!("discover: {failure}")),
            }
        }
    }

    fn refused(&mut self, refusal: &Refusal) {
        let asked = match (refusal.of_code, self.oauth.grant) {
            (_, Grant::ClientCredentials | Grant::JwtBearer) => Asked::Client,
            (true, _) => Asked::Code,
            (false, _) => Asked::Refresh(None),
        };
        let read = self
            .connector
            .read_tokens(self.auth, asked, &refusal.answer, self.recorded.now);
        let (blame, text) = match read {
            Ok(_) => ("tokens", String::new()),
            Err(failure) => (blame(&failure), failure.to_string()),
        };
        self.differ("refused blame", &blame, &refusal.blame);
        if let Some(part) = refusal.text.as_ref().filter(|part| !text.contains(part.as_str())) {
            self.differences.push(format!(
                "refused text: is `{text}`, which says nothing of `{part}`"
            ));
        }
    }

    /// A call with the credential.
    fn call(&mut self, call: &Call) {
        let Some(action) = self.connector.action(&call.action) else {
            self.differences
                .push(format!("there is no action `{}`", call.action));
            return;
        };
        if let Err(faults) = action.validate(&call.arguments) {
            let told = faults.iter();
            let told = told.map(|fault| format!("call argument {}: {}", fault.field, fault.message));
            self.differences.extend(told);
        }
        let none = Map::new();
        let input = BuildInput {
            base_override: None,
            arguments: &call.arguments,
            auth: Some((self.auth, &self.fields)),
            vars: &none,
            idempotency_key: None,
        };
        match self.connector.build(action, &input) {
            Ok(request) => self.sent("call", &call.request, &request),
            Err(error) => self.failed("call", &error),
        }
    }

    fn revoked(&mut self) {
        match (
            self.connector.revoke(self.auth, &self.input()),
            &self.recorded.revoke,
        ) {
            (Ok(Some(request)), Some(recorded)) => self.sent("revoke", recorded, &request),
            (Ok(None), None) => {}
            (Ok(Some(_)), None) => self
                .differences
                .push("revoke: the file has one, and none is recorded".to_owned()),
            (Ok(None), Some(_)) => self
                .differences
                .push("revoke: is recorded, and the file has none".to_owned()),
            (Err(error), _) => self.failed("revoke", &error),
        }
    }

    fn sent(&mut self, what: &str, recorded: &super::read::Sent, request: &Request<Bytes>) {
        let mut differences = Vec::new();
        sent::compare(recorded, request, &mut differences);
        let told = differences
            .into_iter()
            .map(|difference| format!("{what} {difference}"));
        self.differences.extend(told);
    }
}

/// Fields in the clear: what is recorded is none of anybody.
fn told(fields: &BTreeMap<String, Secret>) -> BTreeMap<String, String> {
    let pairs = fields.iter();
    pairs
        .map(|(name, value)| (name.clone(), value.expose().to_owned()))
        .collect()
}

fn blame(failure: &TokenFailure) -> &'static str {
    match failure {
        TokenFailure::Gone { .. } => "gone",
        TokenFailure::Misconfigured { .. } => "misconfigured",
        TokenFailure::Refused { .. } => "refused",
        TokenFailure::Later { .. } => "later",
        TokenFailure::Unreadable { .. } => "unreadable",
    }
}
