//! What must agree between the parts of a file.

use crate::action::Action;
use crate::connector::{Base, Header};
use crate::load::oauth::Scopes;
use crate::load::reader::Reader;
use crate::load::source::Item;
use crate::{Connector, Scheme};
use std::collections::HashSet;
use std::ops::Range;

/// Checks a file whose actions begin at `spans`.
pub(in crate::load) fn check(
    root: &Reader<'_>,
    connector: &Connector,
    spans: &[Range<usize>],
    scopes: Option<&Scopes<'_>>,
) {
    let mut seen = HashSet::new();
    for (action, span) in connector.actions().zip(spans) {
        let mut faults = action_faults(action, connector, scopes);
        if !seen.insert(action.id.as_str()) {
            faults.push("stands twice in the file".to_owned());
        }
        for fault in faults {
            root.source.fault(span, &format!("action[{}]", action.id), fault);
        }
    }
    // Where actions could not be read, nothing is known of resources without one.
    if !root.source.has_faults() {
        for (id, item) in root.entries_of("resources") {
            if connector.actions_of(&id).next().is_none() {
                item.fault("has no action");
            }
        }
    }
    check_action(root, connector);
    own(root, connector);
    discovery(root, connector);
    base_names(root, connector);
}

fn action_faults(action: &Action, connector: &Connector, scopes: Option<&Scopes<'_>>) -> Vec<String> {
    let mut faults = Vec::new();
    let resource = &action.resource;
    if !resource.is_empty() && !connector.resources.iter().any(|known| known.id == *resource) {
        faults.push(format!(
            "has the resource `{resource}`, which `[resources]` does not name"
        ));
    }
    for param in &action.params {
        if let Some(options) = &param.options {
            faults.extend(crate::options::faults(connector, action, param, options));
            let listing = connector.action(&options.action);
            if listing.is_some_and(|listing| listing.off) && !action.off {
                faults.push(format!(
                    "has the choices of `{}` from `{}`, which is off",
                    param.name, options.action
                ));
            }
        }
    }
    faults.extend(scopes.and_then(|scopes| scope_fault(action, scopes)));
    if let Some(identity) = &action.identity
        && !connector.auth.iter().any(|auth| auth.acts_as(Some(identity)))
    {
        faults.push(format!("acts as `{identity}`, which no auth of this file does"));
    }
    faults
}

fn scope_fault(action: &Action, scopes: &Scopes<'_>) -> Option<String> {
    if action
        .identity
        .as_deref()
        .is_some_and(|identity| scopes.identities.contains(&identity))
    {
        return None;
    }
    let unknown = action
        .scopes
        .iter()
        .find(|scope| !scopes.listed.contains(&scope.as_str()))?;
    Some(format!(
        "needs the scope `{unknown}`, which is in neither `scopes` nor `optional_scopes` of an OAuth table"
    ))
}

fn check_action(root: &Reader<'_>, connector: &Connector) {
    if let (Some(item), Some(check)) = (root.find("check"), &connector.check) {
        check_fault(connector, check, &item);
    }
}

fn check_fault(connector: &Connector, check: &str, item: &Item<'_>) {
    match connector.action(check) {
        None => item.fault(format!("`{check}` is no action of this file")),
        Some(action) if action.off => item.fault(format!("`{check}` is off, and could not be run")),
        Some(action) if action.params.iter().any(|param| param.required) => {
            item.fault(format!(
                "`{check}` has required parameters, and is run without any"
            ));
        }
        Some(_) => {}
    }
}

/// What a way to connect says in place of the file fits the rest of it.
fn own(root: &Reader<'_>, connector: &Connector) {
    let kinds = root.entries_of("auth");
    let tables = kinds.iter().filter(|(kind, _)| kind != "discover");
    for (kind, table) in tables.filter_map(|(kind, item)| Some((kind, item.table()?))) {
        let Some(auth) = connector.auth(kind) else {
            continue;
        };
        if let (Some(item), Some(check)) = (table.find("check"), &auth.own.check) {
            check_fault(connector, check, &item);
        }
        if let Some(item) = table.find("identity")
            && connector.check.is_none()
            && auth.own.check.is_none()
        {
            item.fault("means nothing without `check`");
        }
        if let (Some(item), Some(base)) = (table.find("base"), &auth.own.base) {
            host_fault((root, connector), &item, base);
        }
    }
}

/// A kind's own base is on a host that may get the credential.
fn host_fault((root, connector): (&Reader<'_>, &Connector), item: &Item<'_>, base: &Base) {
    let origin = item.text().map(|text| crate::load::base::split_origin(text).0);
    match origin.and_then(crate::load::base::constant_host) {
        Some(host) if !connector.hosts_allow(&host) => {
            item.fault(format!("is on `{host}`, which `hosts` does not list"));
        }
        None if !root.has("hosts") && matches!(base, Base::Made { .. }) => {
            item.fault("has a name in its host, so `hosts` has to list the hosts that it may be");
        }
        _ => {}
    }
}

/// What is found out after connecting is asked of hosts that may get the credential.
fn discovery(root: &Reader<'_>, connector: &Connector) {
    let tables = root
        .entries_of("auth")
        .into_iter()
        .filter(|(kind, _)| kind == "discover");
    let items: Vec<_> = tables.flat_map(|(_, item)| item.list()).collect();
    for (discover, item) in connector.discover.iter().zip(items) {
        let Some(crate::template::Piece::Text(text)) = discover.url.pieces.first() else {
            continue;
        };
        let host = crate::load::base::constant_host(crate::load::base::split_origin(text).0);
        if let Some(host) = host.filter(|host| text.matches('/').count() > 2 && !connector.hosts_allow(host))
        {
            item.fault(format!(
                "asks `{host}`, which `hosts` does not list: it gets the credential"
            ));
        }
    }
}

/// Each way to connect can fill in its base and the common headers.
fn base_names(root: &Reader<'_>, connector: &Connector) {
    let kinds = root.entries_of("auth");
    for auth in connector.auth.iter().filter(|auth| auth.scheme != Scheme::OAuth) {
        let given = |name: &str| {
            connector.vars.iter().any(|var| var.name == name)
                || auth.path_secrets.iter().any(|secret| secret == name)
        };
        let Some((_, item)) = kinds.iter().find(|(kind, _)| *kind == auth.kind) else {
            continue;
        };
        let base = connector.base_of(Some(auth)).names();
        let needed = base.chain(connector.headers.iter().flat_map(Header::names));
        for name in needed.filter(|name| !given(name)) {
            item.fault(format!(
                "cannot give `{{{name}}}`, which the base or the headers need: declare it under `[vars]`"
            ));
        }
    }
}
