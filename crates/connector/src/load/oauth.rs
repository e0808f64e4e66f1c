//! OAuth tables: `[auth.<kind>]` with `token`.

mod answers;
mod coherent;
mod parts;
mod tables;

use super::auth::{apply, secrets, variable_field};
use super::reader::Reader;
use super::source::Item;
use crate::auth::{Apply, Auth, Own, Scheme, SecretField};
use crate::oauth::{ACCESS_TOKEN, ClientAuth, Grant, REFRESH_TOKEN, Rotate};
use crate::pointer::Pointer;
use crate::template::Template;
use crate::{Discover, OAuth, Variable};
use http::{HeaderMap, HeaderValue};
pub(super) use tables::discover;

/// The names that templates of an OAuth table may use.
struct Names<'a> {
    /// What a person gives before anything is sent.
    given: Vec<&'a str>,
    /// The secrets among them.
    secrets: Vec<&'a str>,
    /// What the callback brings.
    called_back: Vec<&'a str>,
    /// What the token answer and discovery bring.
    found: Vec<&'a str>,
}

impl<'a> Names<'a> {
    /// Before a person consents.
    fn before(&self) -> Vec<&'a str> {
        self.given.clone()
    }

    /// When a code is exchanged.
    fn exchanging(&self) -> Vec<&'a str> {
        [self.given.as_slice(), &self.called_back].concat()
    }

    /// Where a body carries them, secrets may go too.
    fn with_secrets(&self, names: &[&'a str]) -> Vec<&'a str> {
        [names, &self.secrets].concat()
    }

    /// Once there are tokens.
    fn after(&self) -> Vec<&'a str> {
        [self.given.as_slice(), &self.called_back, &self.found].concat()
    }
}

/// Reads one OAuth table.
pub(super) fn read(
    kind: String,
    table: &Reader<'_>,
    vars: &[Variable],
    discover: &[Discover],
) -> Option<Auth> {
    let fields = secrets(table);
    let answers = answers::read(table);
    let from_callback = table.pairs("from_callback");
    let names = Names {
        given: vars.iter().map(|var| var.name.as_str()).collect(),
        secrets: fields.iter().map(|field| field.name.as_str()).collect(),
        called_back: from_callback.iter().map(|(name, _)| name.as_str()).collect(),
        found: answers
            .keep
            .iter()
            .map(|(name, _)| name.as_str())
            .chain(discover.iter().flat_map(Discover::names))
            .collect(),
    };
    let grant = grant(table);
    let client = client(table, grant);
    let json = table
        .word("send", &[("form", false), ("json", true)])
        .unwrap_or(false);
    let oauth = OAuth {
        grant,
        issuer: table.parse("issuer", parts::issuer),
        scopes: table.texts("scopes"),
        optional_scopes: table.texts("optional_scopes"),
        scope_sep: table
            .find("scope_sep")
            .and_then(|item| item.any_text())
            .unwrap_or(" ")
            .to_owned(),
        scope_param: table.text("scope_param").unwrap_or_else(|| "scope".to_owned()),
        extra_scopes: table.pairs("extra_scopes"),
        authorize: parts::url(table, "authorize", &names.before()),
        token: table
            .get("token")
            .and_then(|_| parts::url(table, "token", &names.exchanging()))
            .unwrap_or_default(),
        refresh: parts::url(table, "refresh", &names.after()),
        device: parts::url(table, "device", &names.before()),
        revoke: tables::revoke(table, (client, json), &names.after()),
        pkce: table.boolean("pkce").unwrap_or(grant == Grant::AuthorizationCode),
        client,
        json,
        authorize_params: parts::params(table, "authorize_params", &names.before()),
        token_params: parts::params(table, "token_params", &names.with_secrets(&names.exchanging())),
        refresh_params: parts::params(table, "refresh_params", &names.with_secrets(&names.after())),
        token_headers: headers(table),
        assertion: tables::assertion(table, &names),
        refresh_on: tables::refresh_on(table),
        rotate: rotate(table),
        own_app: names.secrets.contains(&"client_id"),
        from_callback: from_callback.clone(),
        answers: answers.clone(),
    };
    coherent::check(table, &oauth);
    finish(kind, table, (vars, discover), fields, oauth)
}

fn finish(
    kind: String,
    table: &Reader<'_>,
    (vars, discover): (&[Variable], &[Discover]),
    mut fields: Vec<SecretField>,
    oauth: OAuth,
) -> Option<Auth> {
    let found: Vec<&str> = oauth
        .found()
        .chain(discover.iter().flat_map(Discover::names))
        .collect();
    let applied: Vec<_> = match table.find("apply") {
        Some(item) => {
            let mut names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            names.extend(vars.iter().map(|var| var.name.as_str()));
            names.extend(found.iter().copied());
            names.push(ACCESS_TOKEN);
            apply(Some(&item), &names)
        }
        None => vec![(
            Scheme::Bearer,
            Apply::Header(
                http::header::AUTHORIZATION,
                Template::parse("Bearer {access_token}").ok()?,
            ),
            None,
        )],
    };
    for taken in fields
        .iter()
        .filter(|field| [ACCESS_TOKEN, REFRESH_TOKEN].contains(&field.name.as_str()))
    {
        table.fault(format!("`secrets` names `{}`, which the flow gives", taken.name));
    }
    let asked = vars.iter().filter(|var| !found.contains(&var.name.as_str()));
    fields.extend(asked.map(variable_field));
    Some(Auth {
        name: table.text("name").unwrap_or_else(|| "OAuth".to_owned()),
        about: table.text("about").unwrap_or_default(),
        kind,
        scheme: Scheme::OAuth,
        fields,
        identities: oauth
            .answers
            .tokens
            .iter()
            .filter_map(|place| place.identity.clone())
            .collect(),
        path_secrets: applied
            .iter()
            .filter_map(|(_, _, secret)| secret.clone())
            .collect(),
        apply: applied.into_iter().map(|(_, apply, _)| apply).collect(),
        own: Own::default(),
        oauth: Some(oauth),
    })
}

fn grant(table: &Reader<'_>) -> Grant {
    let words = [
        ("authorization_code", Grant::AuthorizationCode),
        ("client_credentials", Grant::ClientCredentials),
        ("jwt_bearer", Grant::JwtBearer),
        ("device_code", Grant::DeviceCode),
    ];
    table.word("grant", &words).unwrap_or(Grant::AuthorizationCode)
}

fn client(table: &Reader<'_>, grant: Grant) -> ClientAuth {
    let words = [
        ("body", ClientAuth::Body),
        ("basic", ClientAuth::Basic),
        ("none", ClientAuth::None),
    ];
    let stated = table.word("client", &words);
    if stated.is_some() && grant == Grant::JwtBearer {
        table.fault("`client` means nothing with `jwt_bearer`: the signature says who asks");
    }
    stated.unwrap_or(ClientAuth::Body)
}

fn rotate(table: &Reader<'_>) -> Rotate {
    let words = [
        ("if_told", Rotate::IfTold),
        ("always", Rotate::Always),
        ("never", Rotate::Never),
    ];
    table.word("rotate", &words).unwrap_or(Rotate::IfTold)
}

fn headers(table: &Reader<'_>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, item) in table.entries_of("token_headers") {
        let name = super::names::header_name(&name).map_err(|error| item.fault(error));
        let value = item.text().and_then(|text| {
            let value = HeaderValue::from_str(text);
            value
                .map_err(|_bad_value| item.fault("is not a header's value: only printable ASCII is"))
                .ok()
        });
        if let (Ok(name), Some(value)) = (name, value) {
            headers.insert(name, value);
        }
    }
    headers
}

/// The names that a table says are found out, before it is read.
pub(super) fn found(table: &Reader<'_>) -> Vec<String> {
    let names = |key| {
        let inner = table
            .find(key)
            .filter(Item::is_table)
            .and_then(|item| item.table());
        inner
            .map(|inner| inner.entries())
            .unwrap_or_default()
            .into_iter()
            .map(|(name, _)| name)
    };
    names("keep").chain(names("from_callback")).collect()
}

/// Pointers under free names.
fn pointers(table: &Reader<'_>, key: &'static str) -> Vec<(String, Pointer)> {
    let entries = table.entries_of(key).into_iter();
    let read = |(name, item): (String, Item<'_>)| Some((name, item.parse(Pointer::parse)?));
    entries.filter_map(read).collect()
}

/// One pointer or several.
fn several(table: &Reader<'_>, key: &'static str) -> Vec<Pointer> {
    let items = table.find(key).map(|item| item.one_or_list()).unwrap_or_default();
    items
        .iter()
        .filter_map(|item| item.parse(Pointer::parse))
        .collect()
}

/// What scopes actions may name: nothing where no OAuth table says.
pub(super) struct Scopes<'a> {
    pub(super) listed: Vec<&'a str>,
    pub(super) identities: Vec<&'a str>,
}

/// The scopes of all OAuth tables together.
pub(super) fn scopes(auth: &[Auth]) -> Option<Scopes<'_>> {
    let tables: Vec<&OAuth> = auth.iter().filter_map(|auth| auth.oauth.as_ref()).collect();
    if tables.is_empty() {
        return None;
    }
    let listed = tables
        .iter()
        .flat_map(|oauth| oauth.scopes.iter().chain(&oauth.optional_scopes));
    let identities = tables.iter().flat_map(|oauth| &oauth.extra_scopes);
    Some(Scopes {
        listed: listed.map(String::as_str).collect(),
        identities: identities.map(|(_, identity)| identity.as_str()).collect(),
    })
}
