//! Where calls go: the base, its hosts, and the headers of every call.

use super::head::Known;
use super::names::host_entry;
use super::reader::Reader;
use super::source::Item;
use crate::connector::{Base, Header};
use crate::template::Template;
use crate::{Auth, Variable};
use http::HeaderValue;

/// The parts of a base's text: scheme and host (or a name in their place), and the path.
pub(super) fn split_origin(text: &str) -> (&str, &str) {
    let after = text.find("://").map_or(0, |at| at + 3);
    let slash = text
        .get(after..)
        .and_then(|rest| rest.find('/'))
        .map_or(text.len(), |at| after + at);
    text.split_at_checked(slash).unwrap_or((text, ""))
}

/// The host of a URL's beginning, where no name stands in it.
pub(super) fn constant_host(origin: &str) -> Option<String> {
    if origin.contains('{') {
        return None;
    }
    url::Url::parse(origin).ok()?.host_str().map(str::to_owned)
}

/// Checks how a URL of the file begins: its scheme, and that it holds nothing besides a host.
pub(super) fn origin_fault(origin: &str) -> Option<String> {
    if origin.starts_with('{') {
        return None;
    }
    let Some(host) = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"))
    else {
        return Some("must begin with https://, http:// or a name in braces".to_owned());
    };
    if host.contains(['@', '?', '#', '\\', ' ']) {
        return Some("must be a scheme, a host and a path, nothing else".to_owned());
    }
    if !origin.contains('{') && constant_host(origin).is_none() {
        return Some(format!("`{origin}` is not a URL"));
    }
    None
}

/// Reads `base`.
pub(super) fn base(item: &Item<'_>, known: &Known) -> Option<Base> {
    let text = item.text()?;
    if text == "internal:" {
        return Some(Base::Internal);
    }
    let (origin, path) = split_origin(text);
    if let Some(fault) = origin_fault(origin) {
        item.fault(fault);
        return None;
    }
    if text.ends_with('/') || path.contains(['?', '#']) {
        item.fault("must have no `/` at its end and neither `?` nor `#`");
    }
    let whole = item.parse(Template::parse)?;
    known.check(item, &whole, true);
    if whole.constant().is_some() {
        return Some(Base::Fixed(text.to_owned()));
    }
    let named = path.find('{').and_then(|at| path.get(..at)?.rfind('/'));
    let kept = named.and_then(|at| path.get(at..)).unwrap_or_default();
    Some(Base::Made {
        kept: Template::parse(kept).map_err(|error| item.fault(error)).ok()?,
        whole,
    })
}

/// Reads `hosts`, or takes the host of the base.
pub(super) fn hosts(
    root: &Reader<'_>,
    base: Option<&Base>,
    (vars, auth): (&[Variable], &[Auth]),
) -> Vec<String> {
    let host = match base {
        Some(Base::Fixed(text)) => constant_host(split_origin(text).0),
        Some(Base::Made { .. }) => root
            .find("base")
            .and_then(|item| constant_host(split_origin(item.text()?).0)),
        _ => None,
    };
    let Some(item) = root.find("hosts") else {
        if matches!(base, Some(Base::Made { .. }))
            && host.is_none()
            && let Some(item) = root.find("base")
        {
            item.fault("has a name in its host, so `hosts` has to list the hosts that it may be");
        }
        return host.into_iter().collect();
    };
    if matches!(base, Some(Base::Internal)) {
        item.fault("means nothing with an internal base");
    }
    let hosts = item.texts();
    for entry in &hosts {
        let given = entry.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        match given {
            Some(name) if !given_with_keys(name, vars, auth) => item.fault(format!(
                "`{{{name}}}` is not a variable of `[vars]` that is given with a key: nothing that a platform tells decides where \
                 secrets go"
            )),
            None if !host_entry(entry) => item.fault(format!(
                "`{entry}` is not a host: write `slack.com` or `*.salesforce.com`, lower case, without a port; or `{{host}}` for the \
                 one that is given with a key"
            )),
            _ => {}
        }
    }
    if let Some(host) = host.filter(|host| !crate::connector::hosts_allow(&hosts, host)) {
        item.fault(format!("does not cover `{host}`, the host of the base"));
    }
    hosts
}

/// Whether a variable is one that people give with a key, and no flow finds out.
fn given_with_keys(name: &str, vars: &[Variable], auth: &[Auth]) -> bool {
    let found = auth.iter().filter_map(|auth| auth.oauth.as_ref());
    vars.iter().any(|var| var.name == name)
        && auth.iter().any(|auth| auth.oauth.is_none())
        && !found.flat_map(crate::OAuth::found).any(|known| known == name)
}

/// The headers of every call, `Accept` always among them.
pub(super) fn headers(root: &Reader<'_>, known: &Known) -> Vec<Header> {
    let entries = root.entries_of("headers").into_iter();
    let mut headers: Vec<_> = entries
        .filter_map(|(name, item)| header(&name, &item, known))
        .collect();
    if !headers.iter().any(|header| header.name() == http::header::ACCEPT) {
        headers.insert(
            0,
            Header::Fixed(http::header::ACCEPT, HeaderValue::from_static("application/json")),
        );
    }
    headers
}

/// One header of a file, fixed or with names of variables.
pub(super) fn header(name: &str, item: &Item<'_>, known: &Known) -> Option<Header> {
    let name = super::names::header_name(name)
        .map_err(|error| item.fault(error))
        .ok()?;
    let template = item.parse(Template::parse)?;
    known.check(item, &template, false);
    match template.constant() {
        Some(text) => {
            let value = HeaderValue::from_str(text)
                .map_err(|_bad_value| item.fault("is not a header's value: only printable ASCII is"));
            Some(Header::Fixed(name, value.ok()?))
        }
        None => Some(Header::Made(name, template)),
    }
}
