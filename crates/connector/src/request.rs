//! Building a platform's request of arguments and a credential.

pub(crate) mod apply;
mod body;
pub(crate) mod encode;
mod multipart;
pub(crate) mod target;

use crate::connector::Header;
use crate::param::Place;
use crate::{Action, Around, Auth, BuildError, Coming, Connector};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use serde_json::{Map, Value};
use solder_model::{Fault, Secret};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What a request is built of.
#[derive(Debug, Clone, Copy)]
pub struct BuildInput<'a> {
    /// Stands for the connector's base and hosts: the operator's own setting.
    pub base_override: Option<&'a url::Url>,
    /// The arguments, validated before by [`Action::validate`].
    pub arguments: &'a Map<String, Value>,
    /// The way to connect and what a person gave for it: secrets, and variables that are asked for.
    pub auth: Option<(&'a Auth, &'a BTreeMap<String, Secret>)>,
    /// Variables of the connection that were found out, texts. They win over what a person gave, and that over defaults.
    pub vars: &'a Map<String, Value>,
    /// The key of a repeatable write. Whoever may send a request twice must give one where [`Action::keyed`] says so.
    pub idempotency_key: Option<&'a str>,
}

/// What names in templates stand for.
pub(crate) struct Names<'a> {
    connector: &'a Connector,
    input: &'a BuildInput<'a>,
    /// Who acts; nothing for the plain identity.
    identity: Option<&'a str>,
    /// Names that this request alone knows.
    more: &'a [(&'static str, &'a str)],
}

impl<'a> Names<'a> {
    pub(crate) fn new(connector: &'a Connector, input: &'a BuildInput<'a>) -> Self {
        Self {
            connector,
            input,
            identity: None,
            more: &[],
        }
    }

    /// The same with names that one request alone knows.
    pub(crate) fn knowing(self, more: &'a [(&'static str, &'a str)]) -> Self {
        Self { more, ..self }
    }

    fn given(&self, name: &str) -> Option<&'a Secret> {
        self.input.auth.and_then(|(_, fields)| fields.get(name))
    }

    /// A variable: found out, given, or by default.
    pub(crate) fn var(&self, name: &str) -> Option<Cow<'a, str>> {
        if let Some(value) = self.input.vars.get(name) {
            return crate::pointer::scalar_text(value);
        }
        if let Some((_, value)) = self.more.iter().find(|(known, _)| *known == name) {
            return Some(Cow::Borrowed(*value));
        }
        let declared = self.connector.vars.iter().find(|var| var.name == name);
        let given = self
            .given(name)
            .filter(|_| declared.is_some() || self.is_found(name))
            .map(|secret| Cow::Borrowed(secret.expose()));
        let told = || {
            let told = self.input.auth?.0.told(name)?;
            told.of(self.given(&told.secret)?.expose()).map(Cow::Borrowed)
        };
        given
            .or_else(told)
            .or_else(|| declared?.default.as_deref().map(Cow::Borrowed))
    }

    /// Whether a name is one that an OAuth flow finds out.
    fn is_found(&self, name: &str) -> bool {
        let oauth = self.input.auth.and_then(|(auth, _)| auth.oauth.as_ref());
        oauth.is_some_and(|oauth| {
            let discovered = self.connector.discover.iter().flat_map(crate::Discover::names);
            oauth.found().chain(discovered).any(|known| known == name)
        })
    }

    /// A secret or a variable, for an `apply`. The access token is that of the identity that acts.
    pub(crate) fn secret(&self, name: &str) -> Option<Cow<'a, str>> {
        let oauth = self.input.auth.and_then(|(auth, _)| auth.oauth.as_ref());
        if let (Some(oauth), crate::oauth::ACCESS_TOKEN) = (oauth, name) {
            let token = self.given(&oauth.access_field(self.identity))?;
            return Some(Cow::Borrowed(token.expose()));
        }
        self.given(name)
            .map(|secret| Cow::Borrowed(secret.expose()))
            .or_else(|| self.var(name))
    }

    /// Whether the credential may go to a host: one that the file states, or the one that was given with this very key and is
    /// sealed with it. Of an OAuth flow nothing goes to a host that somebody gave: its code and its app's secret are not theirs.
    pub(crate) fn may_go_to(&self, host: &str) -> bool {
        let by_key = self.input.auth.is_some_and(|(auth, _)| auth.oauth.is_none());
        let same = |given: &str| {
            let bare = |host: &str| host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
            !host.is_empty() && bare(given) == bare(host)
        };
        let mut given = self.connector.given_hosts().filter_map(|name| self.var(name));
        self.connector.hosts_allow(host) || (by_key && given.any(|given| same(&given)))
    }

    /// The secret that an `apply` puts in the path.
    pub(crate) fn path_secret(&self, name: &str) -> Option<&'a str> {
        let (auth, _) = self.input.auth?;
        auth.path_secrets
            .iter()
            .any(|known| known == name)
            .then(|| self.given(name))
            .flatten()
            .map(Secret::expose)
    }
}

impl Connector {
    /// Builds the platform's request. Headers that hold secrets are marked sensitive. Calls of an internal connector have a
    /// path alone for a URL.
    ///
    /// # Errors
    ///
    /// [`BuildError::Arguments`] where arguments cannot be sent as they are, [`BuildError::Connection`] where the credential
    /// or a variable is missing or leads to a host that is not the connector's.
    pub fn build(&self, action: &Action, input: &BuildInput<'_>) -> Result<Request<Bytes>, BuildError> {
        let request = self.built(action, input, None)?;
        Ok(request.map(|around| around.head))
    }

    /// The same where a file of the arguments comes while the request is sent ([`Action::coming_file`]): its body is what stands
    /// before and behind the file.
    ///
    /// # Errors
    ///
    /// Those of [`Connector::build`].
    pub fn build_around(
        &self,
        action: &Action,
        input: &BuildInput<'_>,
        coming: &Coming<'_>,
    ) -> Result<Request<Around>, BuildError> {
        self.built(action, input, Some(coming))
    }

    fn built(
        &self,
        action: &Action,
        input: &BuildInput<'_>,
        coming: Option<&Coming<'_>>,
    ) -> Result<Request<Around>, BuildError> {
        let names = Names {
            identity: action.identity.as_deref(),
            ..Names::new(self, input)
        };
        if action.needs_credential {
            check_identity(action, input)?;
        }
        let mut url = target::url(self, action, &names)?;
        let mut headers = HeaderMap::with_capacity(8);
        for header in self.headers.iter().chain(&action.headers) {
            set_header(&mut headers, header, &names)?;
        }
        let body = body::body(action, input, coming, &mut headers)?;
        body::json_header(action, input, &mut headers)?;
        header_params(action, input, &mut headers)?;
        if action.needs_credential {
            apply::apply(&names, &mut url, &mut headers)?;
        }
        let mut request = Request::new(body.into());
        *request.method_mut() = action.method.clone();
        *request.uri_mut() = url.parse().map_err(|_not_a_uri| {
            argument("", "make a URL that cannot be sent; most likely it is too long")
        })?;
        *request.headers_mut() = headers;
        Ok(request)
    }
}

/// The headers of every call, as far as they can be filled in by now.
pub(crate) fn common_headers(connector: &Connector, names: &Names<'_>) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(8);
    for header in &connector.headers {
        // One that needs what is only being found out is left out.
        let _set: Result<(), BuildError> = set_header(&mut headers, header, names);
    }
    headers
}

/// A fault of the connection.
pub(crate) fn connection(name: &str, message: impl Into<String>) -> BuildError {
    BuildError::Connection(vec![Fault::new(name, message)])
}

/// A fault of the arguments.
pub(crate) fn argument(name: &str, message: impl Into<String>) -> BuildError {
    BuildError::Arguments(vec![Fault::new(name, message)])
}

fn check_identity(action: &Action, input: &BuildInput<'_>) -> Result<(), BuildError> {
    let Some((auth, _)) = input.auth else {
        return Err(connection("", "is missing: this action needs a credential"));
    };
    match &action.identity {
        Some(identity) if !auth.acts_as(Some(identity)) => {
            let message = format!(
                "a `{}` cannot act as `{identity}`, which this action needs",
                auth.kind
            );
            Err(connection("", message))
        }
        _ => Ok(()),
    }
}

fn set_header(headers: &mut HeaderMap, header: &Header, names: &Names<'_>) -> Result<(), BuildError> {
    let (name, value) = match header {
        Header::Fixed(name, value) => (name, value.clone()),
        Header::Made(name, template) => {
            let text = template
                .render(|name| names.var(name))
                .map_err(|name| missing(&name))?;
            let value = HeaderValue::from_str(&text)
                .map_err(|_bad_value| connection(name.as_str(), "gives a header that cannot be sent"))?;
            (name, value)
        }
    };
    headers.insert(name.clone(), value);
    Ok(())
}

/// A name that nothing was given for.
pub(crate) fn missing(name: &str) -> BuildError {
    connection(name, "is missing: connect again and give it")
}

fn header_params(action: &Action, input: &BuildInput<'_>, headers: &mut HeaderMap) -> Result<(), BuildError> {
    for param in action.sent().filter(|param| param.place == Place::Header) {
        let value = param.sent(input.arguments).filter(|value| !value.is_null());
        if let (Some(name), Some(value)) = (&param.header, value) {
            headers.insert(name.clone(), header_value(&param.name, &value)?);
        }
    }
    if let (Some(crate::action::Idempotency::Header(name)), Some(key)) =
        (&action.idempotency, input.idempotency_key)
    {
        headers.insert(name.clone(), key_value(name, key)?);
    }
    Ok(())
}

fn key_value(name: &HeaderName, key: &str) -> Result<HeaderValue, BuildError> {
    HeaderValue::from_str(key)
        .map_err(|_bad_value| argument(name.as_str(), "is a key that cannot stand in a header"))
}

fn header_value(name: &str, value: &Value) -> Result<HeaderValue, BuildError> {
    let text = encode::plain(value);
    let text = if value.is_array() || value.is_object() {
        encode::ascii_json(&text)
    } else {
        text.into_owned()
    };
    let sendable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && text.trim() == text;
    match HeaderValue::from_str(&text) {
        Ok(value) if sendable => Ok(value),
        _ => Err(argument(
            name,
            "goes into a header, so it must be printable ASCII without white space at its ends",
        )),
    }
}
