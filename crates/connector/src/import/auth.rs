//! The ways to connect, as the description's security says.
//!
//! What operations require together makes one way: a key and a token that both have to be sent are two secrets of one.

use super::draft::Api;
use super::found::Found;
use super::names::{free, own};
use super::report::{Report, WarningKind};
use super::server::Servers;
use super::text::{sentence, shortened};
use super::write::quoted;
use crate::spec_check::Document;
use serde_json::Value;
use std::collections::BTreeSet;
use url::Url;

/// More ways are no help to anyone.
const MOST_WAYS: usize = 6;

/// The longest text of a secret.
const ABOUT: usize = 160;

/// One `[auth.<kind>]` table.
#[derive(Debug, Clone, Default)]
pub(super) struct Way {
    pub(super) kind: String,
    pub(super) name: String,
    /// The schemes of the description that it is for, all of them at once.
    pub(super) schemes: Vec<String>,
    /// Name, and what it is.
    pub(super) secrets: Vec<(String, String)>,
    /// Inline tables.
    pub(super) apply: Vec<String>,
    /// Name and place of what it sends.
    pub(super) sends: Vec<(String, &'static str)>,
    pub(super) oauth: Option<OAuth>,
    pub(super) about: String,
}

/// What an OAuth table has besides.
#[derive(Debug, Clone, Default)]
pub(super) struct OAuth {
    pub(super) client_credentials: bool,
    pub(super) authorize: Option<String>,
    pub(super) authorize_params: Vec<(String, String)>,
    pub(super) token: String,
    pub(super) refresh: Option<String>,
    pub(super) scopes: Vec<String>,
    /// Those of actions, in the order of the file.
    pub(super) offered: Vec<String>,
}

/// Reads every way to connect, the one that most operations take first.
pub(super) fn read(
    document: Document<'_>,
    operations: &[Found<'_>],
    servers: &Servers,
    report: &mut Report,
) -> Vec<Way> {
    let root = document.0;
    let schemes = root
        .pointer("/components/securitySchemes")
        .or_else(|| root.get("securityDefinitions"))
        .and_then(Value::as_object);
    let Some(schemes) = schemes.filter(|schemes| !schemes.is_empty()) else {
        return Vec::new();
    };
    let mut sets = required_sets(root, operations, schemes);
    if sets.is_empty() {
        // Schemes that nothing requires: each by itself is a way.
        sets = schemes.keys().map(|name| vec![name.clone()]).collect();
        sets.sort_by_key(|set| {
            set.first()
                .and_then(|name| schemes.get(name))
                .map_or(9, |scheme| preference(document.resolve(scheme)))
        });
    }
    let sets = super::together::joined(document, operations, schemes, sets);
    let mut ways: Vec<Way> = Vec::new();
    for set in sets.into_iter().take(40) {
        if ways.len() >= MOST_WAYS {
            report.warn(
                WarningKind::Auth,
                format!("more than {MOST_WAYS} ways to connect are described; the first are taken"),
            );
            break;
        }
        for way in of_set(document, &set, schemes, servers, report) {
            if !ways
                .iter()
                .any(|known| known.apply == way.apply && known.oauth.is_none() && way.oauth.is_none())
            {
                let kind = free(way.kind.clone(), |kind| {
                    ways.iter().any(|known| known.kind == kind)
                });
                ways.push(Way { kind, ..way });
            }
        }
    }
    if ways.is_empty() {
        report.warn(
            WarningKind::Auth,
            "none of the described ways to authenticate can be said: the draft connects without a credential",
        );
    }
    ways
}

fn preference(scheme: &Value) -> u8 {
    match scheme.get("type").and_then(Value::as_str) {
        Some("oauth2") => 0,
        Some("http") => 1,
        Some("apiKey") => 2,
        Some("basic") => 3,
        _ => 4,
    }
}

/// The sets of schemes that operations require, those that most take first.
fn required_sets(
    root: &Value,
    operations: &[Found<'_>],
    schemes: &serde_json::Map<String, Value>,
) -> Vec<Vec<String>> {
    let mut counts: Vec<(Vec<String>, usize)> = Vec::new();
    let mut note = |security: Option<&Value>| {
        for requirement in security
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_object)
        {
            let set: BTreeSet<String> = requirement
                .keys()
                .filter(|name| schemes.contains_key(*name))
                .cloned()
                .collect();
            let set: Vec<String> = set.into_iter().collect();
            if set.is_empty() || set.len() > 6 {
                continue;
            }
            match counts.iter().position(|(known, _)| *known == set) {
                Some(at) => counts
                    .iter_mut()
                    .skip(at)
                    .take(1)
                    .for_each(|(_, count)| *count += 1),
                None if counts.len() < 60 => counts.push((set, 1)),
                None => {}
            }
        }
    };
    note(root.get("security"));
    for one in operations.iter().take(20_000) {
        note(one.operation.get("security").or_else(|| root.get("security")));
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.into_iter().map(|(set, _)| set).collect()
}

/// The ways that one set comes to: one, or one for each flow of an OAuth scheme.
fn of_set(
    document: Document<'_>,
    set: &[String],
    schemes: &serde_json::Map<String, Value>,
    servers: &Servers,
    report: &mut Report,
) -> Vec<Way> {
    let mut way = Way {
        kind: own(&set.join("_"), "key"),
        schemes: set.to_vec(),
        ..Way::default()
    };
    if way.kind == "discover" {
        "discovery".clone_into(&mut way.kind);
    }
    way.name = shortened(&super::text::plain(&super::found::resource_name(&way.kind)), 60);
    let mut flows: Vec<(&'static str, OAuth)> = Vec::new();
    for name in set {
        let Some(scheme) = schemes.get(name).map(|scheme| document.resolve(scheme)) else {
            continue;
        };
        if let Err(why) = scheme_into(&mut way, name, scheme, &mut flows, servers) {
            report.warn(
                WarningKind::Auth,
                format!("`{}` {why}", shortened(&super::text::plain(name), 60)),
            );
            return Vec::new();
        }
    }
    if way.apply.is_empty() && flows.is_empty() {
        return Vec::new();
    }
    if flows.is_empty() {
        return vec![way];
    }
    let several = flows.len() > 1;
    flows
        .into_iter()
        .map(|(suffix, oauth)| {
            let mut one = Way {
                oauth: Some(oauth),
                ..way.clone()
            };
            if several {
                let start: String = one.kind.chars().take(47 - suffix.len()).collect();
                one.kind = format!("{start}_{suffix}");
            }
            if one.oauth.as_ref().is_some_and(|oauth| oauth.client_credentials) {
                one.secrets
                    .push(("client_id".to_owned(), "The client id of your app".to_owned()));
                one.secrets.push((
                    "client_secret".to_owned(),
                    "The client secret of your app".to_owned(),
                ));
            }
            if !one.apply.is_empty() {
                one.apply
                    .push("{ header = \"Authorization\", value = \"Bearer {access_token}\" }".to_owned());
            }
            one
        })
        .collect()
}

/// A secret of a way: its name, which nothing else has.
fn secret(way: &mut Way, servers: &Servers, wanted: &str, about: String) -> String {
    let name = free(own(wanted, "key"), |name| {
        way.secrets.iter().any(|(known, _)| known == name)
            || servers.vars.iter().any(|var| var.name == name)
            || matches!(
                name,
                "access_token" | "refresh_token" | "client_id" | "client_secret"
            )
    });
    way.secrets.push((name.clone(), about));
    name
}

fn scheme_into(
    way: &mut Way,
    name: &str,
    scheme: &Value,
    flows: &mut Vec<(&'static str, OAuth)>,
    servers: &Servers,
) -> Result<(), String> {
    let text = |key: &str| scheme.get(key).and_then(Value::as_str).unwrap_or_default();
    let told = sentence(text("description"), ABOUT);
    let about = |otherwise: &str| {
        if told.is_empty() {
            otherwise.to_owned()
        } else {
            told.clone()
        }
    };
    match (text("type"), text("scheme").to_ascii_lowercase().as_str()) {
        ("apiKey", _) => return api_key(way, servers, (name, text("name"), text("in")), &about("API key")),
        ("basic", _) | ("http", "basic") => {
            let user = secret(
                way,
                servers,
                "username",
                about("User name, or what stands in its place"),
            );
            let password = secret(
                way,
                servers,
                "password",
                "Password, or what stands in its place".to_owned(),
            );
            way.apply.push(format!(
                "{{ basic = [{}, {}] }}",
                quoted(&format!("{{{user}}}")),
                quoted(&format!("{{{password}}}"))
            ));
            way.sends.push(("authorization".to_owned(), "header"));
        }
        ("http", "bearer") | ("oauth2" | "openIdConnect", _)
            if text("type") == "http" || !oauth_flows(scheme, servers, flows) =>
        {
            let token = secret(way, servers, "token", about("Access token"));
            way.apply.push(format!(
                "{{ header = \"Authorization\", value = {} }}",
                quoted(&format!("Bearer {{{token}}}"))
            ));
            way.sends.push(("authorization".to_owned(), "header"));
            if text("type") != "http" {
                "A token that was got elsewhere: the description has no flow that can be run here"
                    .clone_into(&mut way.about);
            }
        }
        ("oauth2" | "openIdConnect", _) => way.sends.push(("authorization".to_owned(), "header")),
        ("mutualTLS", _) => return Err("is a client certificate, which connectors do not send".to_owned()),
        ("http", other) => {
            return Err(format!(
                "is the HTTP scheme `{}`, which connectors do not have",
                shortened(&super::text::plain(other), 30)
            ));
        }
        (other, _) => {
            return Err(format!(
                "is of the kind `{}`, which is not known",
                shortened(&super::text::plain(other), 30)
            ));
        }
    }
    Ok(())
}

fn api_key(
    way: &mut Way,
    servers: &Servers,
    (scheme, name, place): (&str, &str, &str),
    about: &str,
) -> Result<(), String> {
    if name.trim().is_empty() || name.len() > 100 || name.contains(char::is_control) {
        return Err("is an API key without a name to send it by".to_owned());
    }
    let place = match place {
        "query" => "query",
        "header" => "header",
        "cookie" => "cookie",
        other => {
            return Err(format!(
                "is an API key that goes into `{}`, which is not known",
                shortened(&super::text::plain(other), 30)
            ));
        }
    };
    if place == "header"
        && !name.eq_ignore_ascii_case("authorization")
        && let Err(why) = crate::load::header_name(name)
    {
        return Err(format!("is an API key in a header: {why}"));
    }
    let whole = place == "header" && name.eq_ignore_ascii_case("authorization");
    let about = if whole {
        format!("{about}; the whole of the header, with its first word, such as Bearer, where there is one")
    } else {
        about.to_owned()
    };
    let secret = secret(
        way,
        servers,
        if way.secrets.is_empty() { "key" } else { scheme },
        about,
    );
    let value = quoted(&format!("{{{secret}}}"));
    way.apply.push(match place {
        "query" => format!("{{ query = {}, value = {value}, redact = true }}", quoted(name)),
        place => format!(
            "{{ {place} = {}, value = {value} }}",
            quoted(if whole { "Authorization" } else { name })
        ),
    });
    way.sends.push((name.to_owned(), place));
    Ok(())
}

/// Adds the flows that can be run; false where there are none.
fn oauth_flows(scheme: &Value, servers: &Servers, flows: &mut Vec<(&'static str, OAuth)>) -> bool {
    let mut found = Vec::new();
    match scheme.get("flows").and_then(Value::as_object) {
        Some(all) => {
            for (word, suffix) in [("authorizationCode", "code"), ("clientCredentials", "client")] {
                found.extend(
                    all.get(word)
                        .and_then(|flow| flow_of(flow, word == "clientCredentials", servers))
                        .map(|flow| (suffix, flow)),
                );
            }
        }
        None => {
            let word = scheme.get("flow").and_then(Value::as_str).unwrap_or_default();
            let client = word == "application";
            if client || word == "accessCode" {
                found.extend(
                    flow_of(scheme, client, servers)
                        .map(|flow| (if client { "client" } else { "code" }, flow)),
                );
            }
        }
    }
    let any = !found.is_empty();
    flows.extend(found);
    any
}

fn flow_of(flow: &Value, client_credentials: bool, servers: &Servers) -> Option<OAuth> {
    let url = |key: &str| {
        flow.get(key)
            .and_then(Value::as_str)
            .and_then(|url| endpoint(url, servers))
    };
    let (token, _) = url("tokenUrl")?;
    let consent = if client_credentials {
        None
    } else {
        Some(url("authorizationUrl")?)
    };
    let scopes = flow
        .get("scopes")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(scope, _)| scope.clone());
    let (authorize, authorize_params) =
        consent.map_or((None, Vec::new()), |(url, params)| (Some(url), params));
    Some(OAuth {
        client_credentials,
        authorize,
        authorize_params,
        token,
        refresh: url("refreshUrl").map(|(url, _)| url),
        scopes: scopes.filter(|scope| is_scope(scope)).take(2000).collect(),
        offered: Vec::new(),
    })
}

fn is_scope(scope: &str) -> bool {
    !scope.trim().is_empty()
        && scope.len() <= 200
        && !scope.contains(|one: char| one.is_control() || one.is_whitespace())
}

/// An https URL without query, and the parameters that its query had.
fn endpoint(url: &str, servers: &Servers) -> Option<(String, Vec<(String, String)>)> {
    let base = Url::parse(&servers.base).ok();
    let parsed = match (Url::parse(url.trim()), base) {
        (Ok(url), _) => url,
        (Err(_), Some(base)) => base.join(url.trim()).ok()?,
        (Err(_), None) => return None,
    };
    if parsed.scheme() != "https" || url.contains(['{', '}']) || !parsed.username().is_empty() {
        return None;
    }
    let params = parsed
        .query_pairs()
        .filter(|(_, value)| !value.contains(['{', '}']))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let mut bare = parsed;
    bare.set_query(None);
    bare.set_fragment(None);
    Some((bare.to_string(), params))
}

/// Name and place of everything that some way sends.
pub(super) fn sent(ways: &[Way]) -> Vec<(String, &'static str)> {
    ways.iter().flat_map(|way| way.sends.iter().cloned()).collect()
}

/// The scopes that an operation needs, and whether it runs without a credential.
pub(super) fn needed(
    document: Document<'_>,
    operation: &Value,
    ways: &[Way],
    kind: &str,
) -> (Vec<String>, bool) {
    let own = operation.get("security").and_then(Value::as_array);
    let nothing = own.is_some_and(|list| {
        list.iter()
            .all(|one| one.as_object().is_some_and(serde_json::Map::is_empty))
    });
    // A Discovery method without scopes is not one without a credential.
    if nothing && document.0.get("x-discovery").is_none() {
        return (Vec::new(), !ways.is_empty());
    }
    let security = own.or_else(|| document.0.get("security").and_then(Value::as_array));
    let alternatives: Vec<Vec<String>> = security
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .filter(|requirement| {
            ways.iter().any(|way| {
                way.oauth.is_some() && way.schemes.iter().any(|scheme| requirement.contains_key(scheme))
            })
        })
        .map(|requirement| {
            requirement
                .values()
                .filter_map(Value::as_array)
                .flatten()
                .filter_map(Value::as_str)
                .filter(|scope| is_scope(scope))
                .map(str::to_owned)
                .collect()
        })
        .collect();
    let reads =
        |scopes: &&Vec<String>| scopes.iter().all(|scope| scope.contains("read")) && !scopes.is_empty();
    let chosen = if kind == "read" {
        alternatives.iter().find(reads)
    } else {
        None
    };
    let mut scopes = chosen.or(alternatives.first()).cloned().unwrap_or_default();
    scopes.truncate(20);
    scopes.dedup();
    (scopes, false)
}

/// Gives each OAuth table the scopes of the file's actions: those that it knows, and the first all that none does.
pub(super) fn offer_scopes(api: &mut Api) {
    let mut used: Vec<String> = Vec::new();
    for scope in api.actions.iter().flat_map(|action| &action.scopes) {
        if !used.contains(scope) {
            used.push(scope.clone());
        }
    }
    let known: BTreeSet<String> = api
        .auth
        .iter()
        .filter_map(|way| way.oauth.as_ref())
        .flat_map(|oauth| oauth.scopes.iter().cloned())
        .collect();
    let mut first = true;
    for oauth in api.auth.iter_mut().filter_map(|way| way.oauth.as_mut()) {
        oauth.offered = used
            .iter()
            .filter(|scope| oauth.scopes.contains(scope) || (first && !known.contains(*scope)))
            .cloned()
            .collect();
        first = false;
    }
}
