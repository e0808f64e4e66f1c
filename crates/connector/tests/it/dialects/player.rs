//! Plays a connection: what a person gave, what the operator stored, and what the platform answers.

use crate::support::{NOW, answer, written};
use bytes::Bytes;
use http::Request;
use serde_json::Value;
use solder_connector::{
    Asked, Auth, BuildError, BuildInput, Connector, Consent, Endpoints, Failure, OAuth, OAuthApp, OAuthInput,
    Reading, TokenFailure, Tokens, parse,
};
use solder_model::Secret;
use std::collections::BTreeMap;

pub(super) const REDIRECT: &str = "https://solder.example/connect/callback/x";
pub(super) const STATE: &str = "st4te";

/// One connection of a platform, as a credential holds it.
pub(super) struct Player {
    pub(super) connector: Connector,
    kind: &'static str,
    secret: Secret,
    pub(super) fields: BTreeMap<String, Secret>,
}

impl Player {
    /// A platform by its file, with the app `id` and `app-secret`.
    pub(super) fn new(file: &str, text: &str) -> Self {
        let connector = parse(&format!("dialect_{file}.toml"), text).unwrap_or_else(|faults| {
            panic!("{}", crate::support::told(&faults));
        });
        Self::of(connector)
    }

    /// The same of a connector that stands ready.
    pub(super) fn of(connector: Connector) -> Self {
        Self {
            connector,
            kind: "oauth2",
            secret: Secret::new("app-secret"),
            fields: BTreeMap::new(),
        }
    }

    pub(super) fn of_kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    /// What a person gives, or what a flow found.
    pub(super) fn given(mut self, name: &str, value: &str) -> Self {
        self.fields.insert(name.to_owned(), Secret::new(value));
        self
    }

    pub(super) fn auth(&self) -> &Auth {
        self.connector.auth(self.kind).unwrap()
    }

    pub(super) fn oauth(&self) -> &OAuth {
        self.auth().oauth.as_ref().unwrap()
    }

    pub(super) fn input(&self) -> OAuthInput<'_> {
        OAuthInput {
            app: Some(OAuthApp {
                client_id: "id",
                client_secret: Some(&self.secret),
            }),
            fields: &self.fields,
            endpoints: Endpoints::default(),
        }
    }

    /// Where a person consents to all actions.
    pub(super) fn authorize_url(&self) -> String {
        self.authorize_url_for(|_| true)
    }

    pub(super) fn authorize_url_for(&self, allowed: impl Fn(&str) -> bool) -> String {
        let scopes = self
            .connector
            .scopes_for(self.auth(), |action| allowed(&action.id));
        let consent = Consent {
            input: self.input(),
            redirect_uri: REDIRECT,
            state: STATE,
            pkce_challenge: self.oauth().pkce.then_some("ch4llenge"),
            scopes: &scopes,
        };
        self.connector.authorize_url(self.auth(), &consent).unwrap()
    }

    /// The request that exchanges the code `c0de`, as text.
    pub(super) fn exchange(&self) -> String {
        let verifier = Secret::new("ver1fier");
        let request = self
            .connector
            .exchange_code(self.auth(), &self.input(), "c0de", REDIRECT, Some(&verifier))
            .unwrap();
        sensitive(&request);
        written(&request)
    }

    /// The request that refreshes the plain token, as text.
    pub(super) fn refresh(&self) -> String {
        let request = self.connector.refresh(self.auth(), &self.input(), None).unwrap();
        sensitive(&request);
        written(&request)
    }

    pub(super) fn read(
        &self,
        asked: Asked<'_>,
        status: u16,
        body: impl Into<Bytes>,
    ) -> Result<Tokens, TokenFailure> {
        let response = answer(status, &[], body);
        self.connector.read_tokens(self.auth(), asked, &response, NOW)
    }

    /// Takes tokens into the credential. Tells when they end, in seconds from now.
    pub(super) fn take(&mut self, asked: Asked<'_>, body: impl Into<Bytes>) -> Option<i64> {
        let tokens = self.read(asked, 200, body).unwrap();
        self.fields.extend(tokens.fields);
        tokens.expires_at.map(|at| at.since(NOW) / 1_000)
    }

    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(Secret::expose)
    }

    /// What an action's answer comes to, which is a failure.
    pub(super) fn failed(&self, action: &str, status: u16, headers: &[(&str, &str)], body: &str) -> Failure {
        let action = self.connector.action(action).unwrap();
        let response = answer(status, headers, body.to_owned());
        match self.connector.read(action, None, &response, NOW) {
            Reading::Failure(failure) => failure,
            Reading::Success(answer) => panic!("{answer:?}"),
        }
    }

    /// The request of an action with this credential.
    pub(super) fn call(&self, action: &str, arguments: Value) -> Result<Request<Bytes>, BuildError> {
        let action = self.connector.action(action).unwrap();
        let arguments = crate::support::object(arguments);
        assert_eq!(action.validate(&arguments), Ok(()));
        let none = serde_json::Map::new();
        let input = BuildInput {
            base_override: None,
            arguments: &arguments,
            auth: Some((self.auth(), &self.fields)),
            vars: &none,
            idempotency_key: None,
        };
        self.connector.build(action, &input)
    }

    /// The same as text.
    pub(super) fn called(&self, action: &str, arguments: Value) -> String {
        written(&self.call(action, arguments).unwrap())
    }
}

/// A platform's dialect by the name of its file.
macro_rules! dialect {
    ($name:literal) => {
        crate::dialects::player::Player::new($name, include_str!(concat!($name, ".toml")))
    };
}
pub(super) use dialect;

/// Whom a failure concerns.
pub(super) fn blame(failure: &TokenFailure) -> &'static str {
    match failure {
        TokenFailure::Gone { .. } => "gone",
        TokenFailure::Misconfigured { .. } => "misconfigured",
        TokenFailure::Refused { .. } => "refused",
        TokenFailure::Later { .. } => "later",
        TokenFailure::Unreadable { .. } => "unreadable",
    }
}

fn sensitive(request: &Request<Bytes>) {
    let header = request.headers().get("authorization");
    assert!(header.is_none_or(http::HeaderValue::is_sensitive));
}
