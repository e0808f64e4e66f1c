//! OAuth tables: read and checked like the rest, and kept as data.

use super::auth::{apply, secrets, variable_field};
use super::reader::Reader;
use super::source::Item;
use crate::auth::{Apply, Auth, Scheme};
use crate::pointer::{Pointer, Test};
use crate::template::Template;
use crate::{Discover, OAuth, Variable};
use serde_json::{Value, json};
use solder_model::parse_duration;

/// Reads one OAuth table.
pub(super) fn read(kind: String, table: &Reader<'_>, vars: &[Variable]) -> Option<Auth> {
    let tokens = pointers(table, "tokens");
    let keep = pointers(table, "keep");
    let words = |key, words: &[(&'static str, &'static str)]| {
        table
            .word(key, words)
            .unwrap_or_else(|| words.first().map_or("", |(word, _)| word))
            .to_owned()
    };
    let oauth = OAuth {
        authorize: url(table, "authorize", vars),
        token: table
            .get("token")
            .and_then(|_| url(table, "token", vars))
            .unwrap_or_default(),
        refresh: url(table, "refresh", vars),
        revoke: url(table, "revoke", vars),
        scopes: table.texts("scopes"),
        optional_scopes: table.texts("optional_scopes"),
        scope_sep: table
            .find("scope_sep")
            .and_then(|item| item.any_text())
            .unwrap_or(" ")
            .to_owned(),
        pkce: table.boolean("pkce").unwrap_or(true),
        client: words(
            "client",
            &[("body", "body"), ("basic", "basic"), ("none", "none")],
        ),
        send: words("send", &[("form", "form"), ("json", "json")]),
        expires: table
            .parse("expires", expires)
            .unwrap_or_else(|| "if_told".to_owned()),
        refresh_on: refresh_on(table),
        rotate: words(
            "rotate",
            &[("if_told", "if_told"), ("always", "always"), ("never", "never")],
        ),
        grant: words(
            "grant",
            &[
                ("authorization_code", "authorization_code"),
                ("client_credentials", "client_credentials"),
            ],
        ),
        assertion: table.word("assertion", &[("jwt", "jwt")]).map(str::to_owned),
        authorize_params: table.pairs("authorize_params"),
        token_params: table.pairs("token_params"),
        refresh_params: table.pairs("refresh_params"),
        token_headers: table.pairs("token_headers"),
        extra_scopes: table.pairs("extra_scopes"),
        ok: table.parse("ok", |text| Test::parse(text).map(|_valid| text.to_owned())),
        keep_on_refresh: table.texts("keep_on_refresh"),
        from_callback: table.pairs("from_callback"),
        tokens,
        keep,
    };
    coherent(table, &oauth);
    finish(kind, table, vars, oauth)
}

fn finish(kind: String, table: &Reader<'_>, vars: &[Variable], oauth: OAuth) -> Option<Auth> {
    let found: Vec<&str> = oauth.found().collect();
    let mut fields = secrets(table);
    let secret_names: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
    let applied: Vec<_> = match table.find("apply") {
        Some(item) => {
            let var_names = vars.iter().map(|var| var.name.as_str());
            let mut names: Vec<&str> = secret_names.iter().map(String::as_str).chain(var_names).collect();
            names.extend(found.iter().copied());
            names.push("access_token");
            apply(Some(&item), &names)
        }
        None => vec![(
            Scheme::Bearer,
            Apply::Header(http::header::AUTHORIZATION, OAuth::bearer().ok()?),
            None,
        )],
    };
    let asked = vars.iter().filter(|var| !found.contains(&var.name.as_str()));
    fields.extend(asked.map(variable_field));
    Some(Auth {
        name: table.text("name").unwrap_or_else(|| "OAuth".to_owned()),
        about: table.text("about").unwrap_or_default(),
        kind,
        scheme: Scheme::OAuth,
        fields,
        identities: oauth
            .tokens
            .iter()
            .map(|(identity, _)| identity.clone())
            .collect(),
        path_secrets: applied
            .iter()
            .filter_map(|(_, _, secret)| secret.clone())
            .collect(),
        apply: applied.into_iter().map(|(_, apply, _)| apply).collect(),
        oauth: Some(oauth),
    })
}

fn coherent(table: &Reader<'_>, oauth: &OAuth) {
    if oauth.grant == "authorization_code" && oauth.assertion.is_none() && oauth.authorize.is_none() {
        table.fault("`authorize` is missing: this grant sends a person there");
    }
    for name in oauth
        .keep_on_refresh
        .iter()
        .filter(|name| !oauth.keep.iter().any(|(kept, _)| kept == *name))
    {
        table.fault(format!("`keep_on_refresh` names `{name}`, which `keep` does not"));
    }
}

fn expires(text: &str) -> Result<String, String> {
    if !matches!(text, "if_told" | "never" | "unknown") {
        parse_duration(text)
            .map_err(|error| format!("is none of `if_told`, `never`, `unknown`, and {error}"))?;
    }
    Ok(text.to_owned())
}

fn refresh_on(table: &Reader<'_>) -> Option<Value> {
    let inner = table.table("refresh_on")?;
    let status = inner.find("status").and_then(|item| item.integer(100..=599));
    let code = inner.text("code");
    inner.finish();
    Some(json!({ "status": status, "code": code }))
}

/// A URL of the flow: https, with names of variables at most in its host and path.
fn url(table: &Reader<'_>, key: &'static str, vars: &[Variable]) -> Option<String> {
    let item = table.find(key)?;
    let text = item.text()?;
    let template = item.parse(Template::parse)?;
    for name in template
        .names()
        .filter(|name| !vars.iter().any(|var| var.name == *name))
    {
        item.fault(format!("`{{{name}}}` is not declared under `[vars]`"));
    }
    if !text.starts_with("https://") && !text.starts_with('{') {
        item.fault("must begin with https://");
    }
    Some(text.to_owned())
}

fn pointers(table: &Reader<'_>, key: &'static str) -> Vec<(String, String)> {
    let entries = table.entries_of(key).into_iter();
    let read = |(name, item): (String, Item<'_>)| {
        let pointer = item.parse(|text| Pointer::parse(text).map(|_valid| text.to_owned()))?;
        Some((name, pointer))
    };
    entries.filter_map(read).collect()
}

/// One `[[auth.discover]]`.
pub(super) fn discover(item: &Item<'_>) -> Option<Discover> {
    let table = item.table()?;
    let discover = Discover {
        call: table.needed("call"),
        each: table
            .find("each")
            .and_then(|item| item.any_text())
            .unwrap_or_default()
            .to_owned(),
        choose: table.boolean("choose").unwrap_or(false),
        set: pointers(&table, "set"),
    };
    table.finish();
    if discover.set.is_empty() {
        table.fault("`set` is missing: what does it find out?");
    }
    Some(discover)
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
