//! `[auth.<kind>]`, the key-based kinds; OAuth stands beside.

use super::head::Known;
use super::names::{header_name, own_name};
use super::oauth;
use super::reader::Reader;
use super::source::Item;
use crate::auth::{Apply, Auth, Own, Scheme, SecretField, Told};
use crate::connector::Base;
use crate::schema::Check;
use crate::template::Template;
use crate::{Discover, Variable};
use http::header::AUTHORIZATION;
use serde_json::json;

/// Reads every way to connect, and what is found out after connecting.
pub(super) fn read(root: &Reader<'_>, vars: &[Variable]) -> (Vec<Auth>, Vec<Discover>) {
    let entries = root.entries_of("auth");
    let (tables, kinds): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(kind, _)| kind == "discover");
    let unread: Vec<Item<'_>> = tables.iter().flat_map(|(_, item)| item.list()).collect();
    // Tables say which names the flow finds out, and discovery may use them.
    let mut known: Vec<String> = vars.iter().map(|var| var.name.clone()).collect();
    for (_, item) in kinds.iter().filter(|(_, item)| item.is_table()) {
        known.extend(item.table().map(|table| oauth::found(&table)).unwrap_or_default());
    }
    let mut discover: Vec<Discover> = Vec::new();
    for item in &unread {
        if let Some(read) = oauth::discover(item, &known) {
            known.extend(read.names().map(str::to_owned));
            discover.push(read);
        }
    }
    let kinds = read_kinds(kinds, vars, &discover);
    (kinds, discover)
}

fn read_kinds(entries: Vec<(String, Item<'_>)>, vars: &[Variable], discover: &[Discover]) -> Vec<Auth> {
    let mut kinds: Vec<Auth> = Vec::new();
    for (kind, item) in entries {
        if !own_name(&kind) {
            item.fault("a kind's name is 1 to 48 of a-z, 0-9 and `_`, a letter first");
        }
        if let Some(table) = item.table() {
            let auth = if table.has("token") || table.has("authorize") {
                oauth::read(kind, &table, vars, discover)
            } else {
                key_based(kind, &table, vars)
            };
            let known = known(auth.as_ref(), vars, discover);
            let own = own(&table, &known, vars);
            table.finish();
            kinds.extend(auth.map(|auth| with_own(auth, own)));
        }
    }
    kinds
}

/// The names that a kind's own base may use.
fn known(auth: Option<&Auth>, vars: &[Variable], discover: &[Discover]) -> Known {
    let oauth = auth.and_then(|auth| auth.oauth.as_ref());
    let found = oauth.map(|oauth| oauth.found().chain(discover.iter().flat_map(Discover::names)));
    let vars = vars.iter().map(|var| var.name.as_str());
    Known {
        vars: vars
            .chain(found.into_iter().flatten())
            .map(str::to_owned)
            .collect(),
        path_secrets: auth.map(|auth| auth.path_secrets.clone()).unwrap_or_default(),
    }
}

/// A kind with what it says in place of the file. What a secret tells is not asked for.
fn with_own(mut auth: Auth, own: Own) -> Auth {
    auth.fields
        .retain(|field| field.secret || !own.told.iter().any(|told| told.name == field.name));
    auth.own = own;
    auth
}

/// `from_secret`: variables that stand at the end of a secret.
fn told(table: &Reader<'_>, vars: &[Variable]) -> Vec<Told> {
    let secrets = table.entries_of("secrets");
    let read = |(name, item): (String, Item<'_>)| {
        let inner = item.table()?;
        let (secret, behind) = (inner.needed("secret"), inner.needed("behind"));
        inner.finish();
        if !secrets.iter().any(|(known, _)| *known == secret) {
            item.fault(format!("`{secret}` is not a secret of this kind"));
        }
        let Some(var) = vars.iter().find(|var| var.name == name) else {
            item.fault(format!("`{name}` is not declared under `[vars]`"));
            return None;
        };
        if var.schema.get("pattern").is_none() && var.schema.get("enum").is_none() {
            item.fault(format!(
                "tells `{name}`, whose variable takes any text: give it a `pattern`, so that no more of a secret can become it"
            ));
        }
        Some(Told {
            name,
            secret,
            behind,
            check: var.check.clone(),
        })
    };
    let entries = table.entries_of("from_secret").into_iter();
    entries.filter_map(read).collect()
}

/// What a kind says in place of the file.
fn own(table: &Reader<'_>, known: &Known, vars: &[Variable]) -> Own {
    let base = table.find("base").and_then(|item| {
        let base = super::base::base(&item, known)?;
        if matches!(base, Base::Internal) {
            item.fault("is never `internal:` for one way to connect");
            return None;
        }
        Some(base)
    });
    Own {
        base,
        check: table.text("check"),
        identity: table.parse("identity", super::head::pointer_text),
        told: told(table, vars),
    }
}

fn key_based(kind: String, table: &Reader<'_>, vars: &[Variable]) -> Option<Auth> {
    let mut fields = secrets(table);
    if !table.has("secrets") {
        table.fault("`secrets` is missing: what does a person give?");
    }
    let secret_names: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
    let names: Vec<&str> = secret_names
        .iter()
        .map(String::as_str)
        .chain(vars.iter().map(|var| var.name.as_str()))
        .collect();
    let applied = apply(table.get("apply").as_ref(), &names);
    fields.extend(vars.iter().map(variable_field));
    let (name, about) = (table.text("name"), table.text("about"));
    let identities = table.texts("as");
    let (scheme, ..) = applied.first()?;
    let path_secrets = applied
        .iter()
        .filter_map(|(_, _, secret)| secret.clone())
        .collect();
    Some(Auth {
        name: name.unwrap_or_else(|| kind.clone()),
        kind,
        about: about.unwrap_or_default(),
        scheme: *scheme,
        fields,
        identities,
        oauth: None,
        own: Own::default(),
        apply: applied.into_iter().map(|(_, apply, _)| apply).collect(),
        path_secrets,
    })
}

/// A connector's variable, as a person gives it with a credential.
pub(super) fn variable_field(var: &Variable) -> SecretField {
    SecretField {
        name: var.name.clone(),
        about: var.about.clone(),
        required: var.default.is_none(),
        secret: false,
        check: var.check.clone(),
    }
}

/// The secrets of a table.
pub(super) fn secrets(table: &Reader<'_>) -> Vec<SecretField> {
    let entries = table.entries_of("secrets").into_iter();
    entries.filter_map(|(name, item)| secret(name, &item)).collect()
}

fn secret(name: String, item: &Item<'_>) -> Option<SecretField> {
    if !own_name(&name) {
        item.fault("a secret's name is 1 to 48 of a-z, 0-9 and `_`, a letter first");
    }
    let (about, required) = if item.is_text() {
        (item.text()?.to_owned(), true)
    } else {
        let inner = item.table()?;
        let told = (inner.needed("about"), inner.boolean("required").unwrap_or(true));
        inner.finish();
        told
    };
    Some(SecretField {
        name,
        about,
        required,
        secret: true,
        check: Check::new(json!({ "type": "string", "minLength": 1 })),
    })
}

/// How secrets go into requests: the scheme, what is done, and the secret that stands in the base.
pub(super) fn apply(item: Option<&Item<'_>>, names: &[&str]) -> Vec<(Scheme, Apply, Option<String>)> {
    let items = item.map(Item::one_or_list).unwrap_or_default();
    if let Some(item) = item.filter(|_| items.is_empty()) {
        item.fault("must say one way at least");
    }
    items.iter().filter_map(|item| one(item, names)).collect()
}

const FORMS: &str = "must have one of `header`, `query`, `cookie`, `basic` and `path`";

fn one(item: &Item<'_>, names: &[&str]) -> Option<(Scheme, Apply, Option<String>)> {
    let table = item.table()?;
    let redact = table.boolean("redact").unwrap_or(false);
    let value = table.find("value").and_then(|item| template(&item, names));
    let (header, query, cookie) = (table.find("header"), table.find("query"), table.find("cookie"));
    let (basic, path) = (table.find("basic"), table.find("path"));
    table.finish();
    let stated = [&header, &query, &cookie, &basic, &path]
        .into_iter()
        .flatten()
        .count();
    if stated != 1 {
        item.fault(FORMS);
        return None;
    }
    if (query.is_some() || path.is_some()) && !redact {
        item.fault("puts a secret into the URL, which gets into logs: say `redact = true`");
    }
    if basic.is_some() || path.is_some() {
        if value.is_some() {
            item.fault("has a `value`, which means nothing here");
        }
        let known = |name: &str| names.contains(&name);
        return match (basic, path) {
            (Some(basic), _) => pair(&basic, names),
            (_, Some(path)) => path_secret(&path, known),
            _ => None,
        };
    }
    let Some(value) = value else {
        if !table.has("value") {
            item.fault("has no `value`");
        }
        return None;
    };
    if let Some(query) = query {
        return Some((Scheme::Query, Apply::Query(query.text()?.to_owned(), value), None));
    }
    if let Some(cookie) = cookie {
        return Some((
            Scheme::Cookie,
            Apply::Cookie(cookie.text()?.to_owned(), value),
            None,
        ));
    }
    let text = header?.text()?.to_owned();
    if text.eq_ignore_ascii_case("authorization") {
        let bearer = matches!(value.pieces.first(), Some(crate::template::Piece::Text(text)) if text.as_ref() == "Bearer ");
        let scheme = if bearer { Scheme::Bearer } else { Scheme::Header };
        return Some((scheme, Apply::Header(AUTHORIZATION, value), None));
    }
    let name = header_name(&text).map_err(|error| item.fault(error)).ok()?;
    Some((Scheme::Header, Apply::Header(name, value), None))
}

fn template(item: &Item<'_>, names: &[&str]) -> Option<Template> {
    let template = item.parse(Template::parse)?;
    for name in template.names().filter(|name| !names.contains(name)) {
        let list: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        item.fault(format!(
            "`{{{name}}}` is neither a secret of this kind nor a variable; known: {}",
            list.join(", ")
        ));
    }
    if template.constant().is_some() {
        item.fault("holds no secret: write `{name}` where it goes");
    }
    Some(template)
}

fn pair(item: &Item<'_>, names: &[&str]) -> Option<(Scheme, Apply, Option<String>)> {
    let both = item.list();
    let [user, password] = both.as_slice() else {
        item.fault("must be two templates: user and password");
        return None;
    };
    // One of the two may be fixed text: some platforms take `x` or nothing as a password.
    let read = |item: &Item<'_>| {
        let read = item.parse(Template::parse)?;
        for name in read.names().filter(|name| !names.contains(name)) {
            item.fault(format!(
                "`{{{name}}}` is neither a secret of this kind nor a variable"
            ));
        }
        Some(read)
    };
    let (user, password) = (read(user)?, read(password)?);
    if user.constant().is_some() && password.constant().is_some() {
        item.fault("holds no secret: write `{name}` where it goes");
    }
    Some((Scheme::Basic, Apply::Basic(user, password), None))
}

fn path_secret(item: &Item<'_>, known: impl Fn(&str) -> bool) -> Option<(Scheme, Apply, Option<String>)> {
    let name = item.text()?;
    if !known(name) {
        item.fault(format!("`{name}` is not a secret of this kind"));
    }
    Some((Scheme::Path, Apply::Path, Some(name.to_owned())))
}
