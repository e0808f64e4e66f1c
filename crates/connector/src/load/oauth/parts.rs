//! URLs and parameters of OAuth tables.

use crate::load::base::{origin_fault, split_origin};
use crate::load::reader::Reader;
use crate::load::source::Item;
use crate::oauth::Params;
use crate::template::Template;

/// A URL of the flow: https, names only of what is known by then, no query.
pub(super) fn url(table: &Reader<'_>, key: &'static str, known: &[&str]) -> Option<Template> {
    let item = table.find(key)?;
    url_of(&item, item.text()?, known)
}

pub(super) fn url_of(item: &Item<'_>, text: &str, known: &[&str]) -> Option<Template> {
    let template = Template::parse(text).map_err(|error| item.fault(error)).ok()?;
    unknown_names(item, &template, known);
    let (origin, path) = split_origin(text);
    if !text.starts_with("https://") && !text.starts_with('{') {
        item.fault("must begin with https://");
    } else if let Some(fault) = origin_fault(origin) {
        item.fault(fault);
    } else if path.contains(['?', '#']) {
        item.fault("must have neither `?` nor `#`: parameters have keys of their own");
    }
    Some(template)
}

/// Refuses names that are not known when a template is filled in.
pub(super) fn unknown_names<N: AsRef<str>>(item: &Item<'_>, template: &Template, known: &[N]) {
    for name in template.names() {
        if !known.iter().any(|known| known.as_ref() == name) {
            let list: Vec<String> = known.iter().map(|name| format!("`{}`", name.as_ref())).collect();
            let known = if list.is_empty() {
                "nothing is".to_owned()
            } else {
                format!("known are {}", list.join(", "))
            };
            item.fault(format!("`{{{name}}}` is not known here; {known}"));
        }
    }
}

/// Parameters under free names.
pub(super) fn params<N: AsRef<str>>(table: &Reader<'_>, key: &'static str, known: &[N]) -> Params {
    let entries = table.entries_of(key).into_iter();
    let read = |(name, item): (String, Item<'_>)| {
        let template = item.parse(Template::parse)?;
        unknown_names(&item, &template, known);
        Some((name, template))
    };
    entries.filter_map(read).collect()
}

/// An issuer (RFC 8414, 2): an https URL without query and fragment. It is compared as it stands.
pub(super) fn issuer(text: &str) -> Result<String, String> {
    let url = url::Url::parse(text).ok().filter(|url| url.scheme() == "https");
    match url {
        Some(url) if url.query().is_none() && url.fragment().is_none() => Ok(text.to_owned()),
        _ => Err(format!("`{text}` is not an https URL without query and fragment")),
    }
}
