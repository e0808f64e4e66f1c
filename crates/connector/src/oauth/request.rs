//! Requests to token endpoints, each in the platform's own dialect.

use super::consent::{Scopes, oauth_of};
use super::parts::{ClientAuth, Params};
use super::{Grant, OAuth};
use crate::auth::Auth;
use crate::request::{BuildInput, Names, connection, encode, missing, target};
use crate::template::Template;
use crate::{BuildError, Connector};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, Request};
use serde_json::{Map, Value};
use solder_model::Secret;
use std::collections::BTreeMap;
use url::Url;

/// An OAuth app: how a platform knows who asks.
#[derive(Debug, Clone, Copy)]
pub struct OAuthApp<'a> {
    /// Its public id.
    pub client_id: &'a str,
    /// Its secret; nothing for a public client.
    pub client_secret: Option<&'a Secret>,
}

/// The operator's own endpoints, where they stand for the file's.
#[derive(Debug, Clone, Copy, Default)]
pub struct Endpoints<'a> {
    /// Stands for `authorize`.
    pub authorize: Option<&'a Url>,
    /// Stands for `token`; its origin stands for the origins of `refresh`, `revoke` and `device`.
    pub token: Option<&'a Url>,
    /// Stands for the connector's `base`; its origin stands for the origins of all endpoints that nothing else stands for.
    pub base: Option<&'a Url>,
}

/// What every OAuth request is made of.
#[derive(Debug, Clone, Copy)]
pub struct OAuthInput<'a> {
    /// The OAuth app; nothing where [`OAuth::needs_app`] says that none is needed.
    pub app: Option<OAuthApp<'a>>,
    /// What the credential holds so far: what the person gave, what the callback brought, tokens, and what was kept.
    pub fields: &'a BTreeMap<String, Secret>,
    /// The operator's endpoints.
    pub endpoints: Endpoints<'a>,
}

impl<'a> OAuthInput<'a> {
    /// The client's id: the app's, or what the person gave.
    pub(super) fn client_id(&self, oauth: &OAuth) -> Result<&'a str, BuildError> {
        let own = || oauth.own_app.then(|| self.fields.get("client_id")).flatten();
        let app = self.app.map(|app| app.client_id);
        own().map(Secret::expose).or(app).ok_or_else(|| {
            connection(
                "",
                "has no OAuth app: its client id and secret must be stored first",
            )
        })
    }

    pub(super) fn client_secret(&self, oauth: &OAuth) -> Result<&'a Secret, BuildError> {
        let own = || oauth.own_app.then(|| self.fields.get("client_secret")).flatten();
        own()
            .or_else(|| self.app.and_then(|app| app.client_secret))
            .ok_or_else(|| {
                connection(
                    "",
                    "has an OAuth app without a client secret, which this platform asks for",
                )
            })
    }
}

/// How the client shows itself in a request, and how the request is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    /// Nothing where the client does not show itself.
    pub(super) client: Option<ClientAuth>,
    pub(super) json: bool,
}

/// Where OAuth requests of a connection go.
pub(super) struct Target<'a> {
    connector: &'a Connector,
    auth: &'a Auth,
    input: &'a OAuthInput<'a>,
    none: Map<String, Value>,
    more: Vec<(&'static str, &'a str)>,
}

impl<'a> Target<'a> {
    pub(super) fn new(connector: &'a Connector, auth: &'a Auth, input: &'a OAuthInput<'a>) -> Self {
        Self {
            connector,
            auth,
            input,
            none: Map::new(),
            more: Vec::new(),
        }
    }

    /// Makes a name known to the URLs of this request alone.
    pub(super) fn also(&mut self, name: &'static str, value: &'a str) {
        self.more.push((name, value));
    }

    pub(super) fn names<'b>(&'b self, input: &'b BuildInput<'b>) -> Names<'b> {
        Names::new(self.connector, input).knowing(&self.more)
    }

    pub(super) fn build_input(&self) -> BuildInput<'_> {
        BuildInput {
            base_override: None,
            arguments: &self.none,
            auth: Some((self.auth, self.input.fields)),
            vars: &self.none,
            idempotency_key: None,
        }
    }

    /// Where a person consents.
    pub(super) fn authorize(&self, template: &Template) -> Result<String, BuildError> {
        self.endpoint(template, self.input.endpoints.authorize, None)
    }

    /// Where tokens are given out.
    pub(super) fn token(&self, oauth: &OAuth) -> Result<String, BuildError> {
        self.endpoint(&oauth.token, self.input.endpoints.token, None)
    }

    /// Where a call of the file goes that is no token request.
    pub(super) fn call(&self, template: &Template) -> Result<String, BuildError> {
        self.endpoint(template, None, None)
    }

    /// Another endpoint of the same platform.
    pub(super) fn beside(&self, template: &Template) -> Result<String, BuildError> {
        self.endpoint(template, None, self.input.endpoints.token)
    }

    fn endpoint(
        &self,
        template: &Template,
        own: Option<&Url>,
        beside: Option<&Url>,
    ) -> Result<String, BuildError> {
        if let Some(url) = own {
            return Ok(url.as_str().to_owned());
        }
        let input = self.build_input();
        let names = self.names(&input);
        match beside.or(self.input.endpoints.base) {
            Some(url) => {
                let text = target::named(template, &names)?;
                let path = Url::parse(&text).map_err(|_not_a_url| connection("", "does not give a URL"))?;
                Ok(format!("{}{}", url.origin().ascii_serialization(), path.path()))
            }
            None => target::own_url(template, &names),
        }
    }

    /// Parameters with their names filled in. One that needs an optional value which was not given is left out.
    pub(super) fn params(&self, params: &Params) -> Result<Vec<(String, String)>, BuildError> {
        let input = self.build_input();
        let names = self.names(&input);
        let mut filled = Vec::with_capacity(params.len());
        for (name, template) in params {
            match template.render(|name| names.secret(name)) {
                Ok(value) => filled.push((name.clone(), value)),
                Err(unknown) if self.auth.is_optional(&unknown) => {}
                Err(unknown) => return Err(missing(&unknown)),
            }
        }
        Ok(filled)
    }

    /// A request to a token endpoint, or to one beside it.
    pub(super) fn request(
        &self,
        method: &Method,
        url: &str,
        mut params: Vec<(String, String)>,
        manner: Manner,
    ) -> Result<Request<Bytes>, BuildError> {
        let oauth = oauth_of(self.auth)?;
        let mut headers = HeaderMap::with_capacity(4);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        for (name, value) in &oauth.token_headers {
            headers.insert(name.clone(), value.clone());
        }
        match manner.client {
            Some(ClientAuth::Basic) => {
                let (id, secret) = (self.input.client_id(oauth)?, self.input.client_secret(oauth)?);
                headers.insert(AUTHORIZATION, basic(id, secret)?);
            }
            Some(ClientAuth::Body) => {
                let (id, secret) = (self.input.client_id(oauth)?, self.input.client_secret(oauth)?);
                params.push(("client_id".to_owned(), id.to_owned()));
                params.push(("client_secret".to_owned(), secret.expose().to_owned()));
            }
            Some(ClientAuth::None) => {
                params.push(("client_id".to_owned(), self.input.client_id(oauth)?.to_owned()));
            }
            None => {}
        }
        let body = written(params, manner.json, &mut headers);
        finish(method, url, headers, body)
    }

    /// A request to the token endpoint with a grant's own parameters and the file's.
    pub(super) fn token_request(&self, own: Vec<(&str, &str)>) -> Result<Request<Bytes>, BuildError> {
        let oauth = oauth_of(self.auth)?;
        let mut params: Vec<(String, String)> = own
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        overlay(&mut params, self.params(&oauth.token_params)?);
        self.request(&Method::POST, &self.token(oauth)?, params, oauth.manner())
    }
}

impl OAuth {
    pub(super) fn manner(&self) -> Manner {
        Manner {
            // The signature says who asks.
            client: (self.grant != Grant::JwtBearer).then_some(self.client),
            json: self.json,
        }
    }
}

impl Connector {
    /// The request that exchanges a code for tokens. `verifier` is the PKCE verifier whose challenge the consent carried.
    ///
    /// # Errors
    ///
    /// [`BuildError::Connection`] where the app, its secret or a variable is missing, or a variable leads to a host that is
    /// none of the connector's.
    pub fn exchange_code(
        &self,
        auth: &Auth,
        input: &OAuthInput<'_>,
        code: &str,
        redirect_uri: &str,
        verifier: Option<&Secret>,
    ) -> Result<Request<Bytes>, BuildError> {
        let oauth = oauth_of(auth)?;
        let mut own = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
        ];
        match verifier {
            Some(verifier) if oauth.pkce => own.push(("code_verifier", verifier.expose())),
            None if oauth.pkce => {
                return Err(connection("", "has no PKCE verifier, which this kind asks for"));
            }
            _ => {}
        }
        Target::new(self, auth, input).token_request(own)
    }

    /// The request that exchanges the refresh token of an identity (`None`: the plain one) for a new access token.
    ///
    /// # Errors
    ///
    /// As [`Self::exchange_code`]; and where the credential holds no refresh token.
    pub fn refresh(
        &self,
        auth: &Auth,
        input: &OAuthInput<'_>,
        identity: Option<&str>,
    ) -> Result<Request<Bytes>, BuildError> {
        let oauth = oauth_of(auth)?;
        let field = oauth.refresh_field(identity);
        let token = input.fields.get(&field).ok_or_else(|| missing(&field))?;
        let target = Target::new(self, auth, input);
        let mut params = vec![
            ("grant_type".to_owned(), "refresh_token".to_owned()),
            ("refresh_token".to_owned(), token.expose().to_owned()),
        ];
        overlay(&mut params, target.params(&oauth.refresh_params)?);
        let url = match &oauth.refresh {
            Some(template) => target.beside(template)?,
            None => target.token(oauth)?,
        };
        target.request(&Method::POST, &url, params, oauth.manner())
    }

    /// The request by which the client gets tokens for itself (RFC 6749, 4.4). It is made anew where others refresh.
    ///
    /// # Errors
    ///
    /// As [`Self::exchange_code`].
    pub fn client_credentials(
        &self,
        auth: &Auth,
        input: &OAuthInput<'_>,
        scopes: &Scopes,
    ) -> Result<Request<Bytes>, BuildError> {
        let oauth = oauth_of(auth)?;
        if oauth.grant != Grant::ClientCredentials {
            return Err(connection(
                "",
                "is of a kind whose client gets no tokens for itself",
            ));
        }
        let scopes = oauth.scope_params(scopes);
        let mut own = vec![("grant_type", "client_credentials")];
        own.extend(scopes.iter().map(|(name, scopes)| (*name, scopes.as_str())));
        Target::new(self, auth, input).token_request(own)
    }
}

/// Puts the file's parameters over a grant's own, by name.
fn overlay(params: &mut Vec<(String, String)>, over: Vec<(String, String)>) {
    for (name, value) in over {
        params.retain(|(known, _)| *known != name);
        params.push((name, value));
    }
}

/// The body of parameters; nothing where there are none.
fn written(params: Vec<(String, String)>, json: bool, headers: &mut HeaderMap) -> Bytes {
    if params.is_empty() {
        return Bytes::new();
    }
    if json {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let map: Map<String, Value> = params
            .into_iter()
            .map(|(name, value)| (name, Value::String(value)))
            .collect();
        return Bytes::from(Value::Object(map).to_string());
    }
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    let mut form = String::new();
    for (name, value) in &params {
        encode::pair(&mut form, name, value);
    }
    Bytes::from(form)
}

/// HTTP Basic of id and secret as they are: platforms do not take the form encoding of RFC 6749, 2.3.1.
fn basic(id: &str, secret: &Secret) -> Result<HeaderValue, BuildError> {
    if id.contains(':') {
        return Err(connection(
            "",
            "has a `:` in its client id, which HTTP Basic cannot send",
        ));
    }
    let text = format!("Basic {}", STANDARD.encode(format!("{id}:{}", secret.expose())));
    let mut value = HeaderValue::from_str(&text)
        .map_err(|_bad_value| connection("", "has an OAuth app that cannot be sent"))?;
    value.set_sensitive(true);
    Ok(value)
}

pub(super) fn finish(
    method: &Method,
    url: &str,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Request<Bytes>, BuildError> {
    let mut request = Request::new(body);
    *request.method_mut() = method.clone();
    *request.uri_mut() = url
        .parse()
        .map_err(|_not_a_uri| connection("", "makes a URL that cannot be sent"))?;
    *request.headers_mut() = headers;
    Ok(request)
}
