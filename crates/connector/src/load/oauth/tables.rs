//! The small tables of an OAuth table, and `[[auth.discover]]`.

use super::Names;
use super::parts::{unknown_names, url_of};
use super::{pointers, several};
use crate::Discover;
use crate::load::names::header_name;
use crate::load::reader::{Reader, one_of};
use crate::load::source::Item;
use crate::oauth::{AssertionTable, Blame, ClientAuth, RefreshOn, Revoke, Which};
use crate::pointer::Pointer;
use crate::template::Template;
use http::header::AUTHORIZATION;
use http::{HeaderName, Method};
use solder_model::{Pattern, parse_duration};
use std::collections::BTreeMap;
use std::time::Duration;

/// `revoke`: a URL as RFC 7009 means it, or a table that says how the platform differs.
pub(super) fn revoke(
    table: &Reader<'_>,
    (client, json): (ClientAuth, bool),
    known: &[&str],
) -> Option<Revoke> {
    let item = table.find("revoke")?;
    let plain = |url| Revoke {
        method: Method::POST,
        url,
        which: Which::Refresh,
        token: Some("token".to_owned()),
        client,
        json,
        apply: false,
        headers: Vec::new(),
    };
    if item.is_text() {
        return url_of(&item, item.text()?, known).map(plain);
    }
    let table = item.table()?;
    let methods = [
        ("POST ", Method::POST),
        ("GET ", Method::GET),
        ("DELETE ", Method::DELETE),
    ];
    let known: Vec<&str> = known.iter().copied().chain(["client_id", "token"]).collect();
    let call = table.get("call").and_then(|item| {
        let text = item.text()?;
        let found = methods
            .iter()
            .find_map(|(word, method)| Some((method.clone(), text.strip_prefix(word)?)));
        let Some((method, url)) = found else {
            item.fault("must be POST, GET or DELETE, a space and a URL");
            return None;
        };
        Some((method, url_of(&item, url, &known)?))
    });
    let apply = table.boolean("apply").unwrap_or(false);
    let which = table.word("of", &[("refresh", Which::Refresh), ("access", Which::Access)]);
    let token = table.text("token");
    let clients = [
        ("body", ClientAuth::Body),
        ("basic", ClientAuth::Basic),
        ("none", ClientAuth::None),
    ];
    let own_client = table.word("client", &clients);
    let own_json = table.word("send", &[("form", false), ("json", true)]);
    let headers = revoke_headers(&table, &known);
    table.finish();
    if apply && own_client.is_some() {
        table.fault("`client` means nothing with `apply`: the credential itself goes in");
    }
    let (method, url) = call?;
    let bare = method == Method::GET || apply || url.names().any(|name| name == "token");
    if method == Method::GET && token.is_some() {
        table.fault("`token` has no place with GET");
    }
    Some(Revoke {
        which: which.unwrap_or(if apply { Which::Access } else { Which::Refresh }),
        token: token.or_else(|| (!bare).then(|| "token".to_owned())),
        client: own_client.unwrap_or(client),
        json: own_json.unwrap_or(json),
        apply,
        headers,
        method,
        url,
    })
}

/// Headers of a revocation alone. They may carry the app's secret, which no URL does, and say who asks.
fn revoke_headers(table: &Reader<'_>, known: &[&str]) -> Vec<(HeaderName, Template)> {
    let known: Vec<&str> = known.iter().copied().chain(["client_secret"]).collect();
    let read = |(name, item): (String, Item<'_>)| {
        let name = match name.to_ascii_lowercase().as_str() {
            "authorization" => AUTHORIZATION,
            _ => header_name(&name).map_err(|error| item.fault(error)).ok()?,
        };
        let template = item.parse(Template::parse)?;
        unknown_names(&item, &template, &known);
        Some((name, template))
    };
    let entries = table.entries_of("headers").into_iter();
    entries.filter_map(read).collect()
}

/// `assertion`: what is signed.
pub(super) fn assertion(table: &Reader<'_>, names: &Names<'_>) -> Option<AssertionTable> {
    let table = table.table("assertion")?;
    let algorithm = table.word("algorithm", &[("RS256", "RS256"), ("ES256", "ES256")]);
    let template = |key: &'static str| {
        let item = table.find(key)?;
        let template = item.parse(Template::parse)?;
        known_claims(&item, &template, names);
        Some(template)
    };
    let (key, key_id) = (template("key"), template("key_id"));
    let mut claims = Vec::new();
    for (name, item) in table.entries_of("claims") {
        if let Some(template) = item.parse(Template::parse) {
            known_claims(&item, &template, names);
            claims.push((name, template));
        }
    }
    let lifetime = table
        .parse("lifetime", parse_duration)
        .unwrap_or(Duration::from_hours(1));
    table.finish();
    if key.is_none() {
        table.fault("`key` is missing: which secret holds the private key?");
    }
    if !(Duration::from_mins(1)..=Duration::from_hours(1)).contains(&lifetime) {
        table.fault("`lifetime` must be from 1m to 1h");
    }
    Some(AssertionTable {
        algorithm: algorithm.unwrap_or("RS256"),
        key: key?,
        key_id,
        claims,
        lifetime,
    })
}

/// Names in claims: secrets, variables, `scopes`, and `{secret.field}` of a secret that is a JSON file.
fn known_claims(item: &Item<'_>, template: &Template, names: &Names<'_>) {
    let mut known: Vec<String> = names
        .given
        .iter()
        .chain(&names.secrets)
        .map(|name| (*name).to_owned())
        .collect();
    known.push("scopes".to_owned());
    let fields = template.names().filter(|name| {
        name.split_once('.')
            .is_some_and(|(secret, field)| names.secrets.contains(&secret) && !field.is_empty())
    });
    known.extend(fields.map(str::to_owned));
    unknown_names(item, template, &known);
}

/// `refresh_on`: one sign or several.
pub(super) fn refresh_on(table: &Reader<'_>) -> Vec<RefreshOn> {
    let signs = table.find("refresh_on").map(|item| item.one_or_list());
    signs
        .unwrap_or_default()
        .iter()
        .filter_map(refresh_sign)
        .collect()
}

fn refresh_sign(item: &Item<'_>) -> Option<RefreshOn> {
    let table = item.table()?;
    let status = table.find("status").and_then(|item| item.integer(100..=599));
    let sign = RefreshOn {
        status: status.and_then(|status| u16::try_from(status).ok()),
        codes: table.text_or_texts("code"),
        text: table.text("text").map(|text| Pattern::new(&text)),
    };
    table.finish();
    if sign.status.is_none() && sign.codes.is_empty() && sign.text.is_none() {
        table.fault("must state `status`, `code` or `text`");
        return None;
    }
    Some(sign)
}

/// `error_map`: codes of the token endpoint, and whom they concern.
pub(super) fn error_map(table: &Reader<'_>) -> BTreeMap<String, Blame> {
    let words = [
        ("gone", Blame::Gone),
        ("misconfigured", Blame::Misconfigured),
        ("later", Blame::Later),
    ];
    let entries = table.entries_of("error_map").into_iter();
    entries
        .filter_map(|(code, item)| Some((code, one_of(&item, &words)?)))
        .collect()
}

/// One `[[auth.discover]]`. `known` are variables, and what was found out before.
pub(in crate::load) fn discover(item: &Item<'_>, known: &[String]) -> Option<Discover> {
    let table = item.table()?;
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let url = table.get("call").and_then(|item| {
        let text = item.text()?;
        let url = text.strip_prefix("GET ");
        if url.is_none() {
            item.fault("must be `GET` and a whole https URL");
        }
        url_of(&item, url?, &known)
    });
    let discover = Discover {
        choose: table.boolean("choose").unwrap_or(false),
        each: table.parse("each", Pointer::parse).unwrap_or_default(),
        label: several(&table, "label"),
        set: pointers(&table, "set"),
        url: url.clone().unwrap_or_default(),
    };
    table.finish();
    if discover.set.is_empty() {
        table.fault("`set` is missing: what does it find out?");
    }
    for name in discover
        .names()
        .filter(|name| !crate::load::names::own_name(name))
    {
        table.fault(format!(
            "`set.{name}` is not a name of 1 to 48 of a-z, 0-9 and `_`, a letter first"
        ));
    }
    url.map(|_| discover)
}
