//! How a platform gives long lists in pages.

use crate::pointer::{Pointer, Test, scalar_text};
use http::{HeaderMap, HeaderName};
use serde_json::Value;
use std::borrow::Cow;

/// Where the next page is told, and how it is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Paging {
    pub(crate) kind: PagingKind,
    pub(crate) more: Option<Test>,
    pub(crate) size: Option<String>,
}

/// Where an answer tells something: in its body or in a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    Body(Pointer),
    Header(HeaderName),
}

impl Told {
    /// Reads a pointer or `header:Name`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text.strip_prefix("header:") {
            Some(name) => crate::load::header_name(name).map(Self::Header),
            None => Pointer::parse(text).map(Self::Body),
        }
    }

    /// What stands there, where it is a text or a number.
    fn find<'a>(&self, headers: &'a HeaderMap, body: &'a Value) -> Option<Cow<'a, str>> {
        match self {
            Self::Body(pointer) => scalar_text(pointer.find(body)?),
            Self::Header(name) => {
                let text = headers.get(name)?.to_str().ok()?.trim();
                (!text.is_empty()).then_some(Cow::Borrowed(text))
            }
        }
    }

    /// The whole number that stands there, also where it is told as a text.
    fn whole(&self, headers: &HeaderMap, body: &Value) -> Option<u64> {
        self.find(headers, body)?.trim().parse().ok()
    }
}

#[derive(Debug, Clone)]
pub(crate) enum PagingKind {
    /// A text in the answer.
    Cursor { next: Told },
    /// Page numbers.
    Page {
        start: u64,
        last: Option<Told>,
        total: Option<Told>,
    },
    /// How many items are passed over, from what the first is counted as.
    Offset { start: u64, total: Option<Told> },
    /// A `Link` header with `rel="next"`, and with these attributes.
    Link {
        header: HeaderName,
        attributes: Vec<(String, String)>,
    },
    /// A URL in the answer.
    NextUrl { next: Told },
    /// The id of the last item.
    LastId { id: Pointer },
}

impl Paging {
    /// Whether cursors are URLs, so that they change where a request goes.
    pub(crate) fn is_url(&self) -> bool {
        matches!(self.kind, PagingKind::Link { .. } | PagingKind::NextUrl { .. })
    }

    /// Whether cursors are numbers.
    pub(crate) fn is_number(&self) -> bool {
        matches!(self.kind, PagingKind::Page { .. } | PagingKind::Offset { .. })
    }

    /// The cursor of the next page: nothing where this page is the last, or the platform gives back what was sent.
    pub(crate) fn next(
        &self,
        sent: Option<&str>,
        headers: &HeaderMap,
        body: &Value,
        items: Option<&Vec<Value>>,
    ) -> Option<String> {
        if self
            .more
            .as_ref()
            .is_some_and(|more| more.holds(body) != Some(true))
        {
            return None;
        }
        let next = match &self.kind {
            PagingKind::Cursor { next } | PagingKind::NextUrl { next } => {
                next.find(headers, body)?.into_owned()
            }
            PagingKind::Link { header, attributes } => linked(headers, header, attributes)?,
            PagingKind::LastId { id } => scalar_text(id.find(items?.last()?)?)?.into_owned(),
            PagingKind::Page { start, last, total } => {
                let page = sent.map_or(Some(*start), |text| text.parse().ok())?;
                let whole = |told: &Option<Told>| told.as_ref().and_then(|told| told.whole(headers, body));
                self.next_page(page, *start, items, (whole(last), whole(total)))?
            }
            PagingKind::Offset { start, total } => {
                let first: u64 = sent.map_or(Some(*start), |text| text.parse().ok())?;
                let count = items.map_or(0, Vec::len) as u64;
                let next = first.checked_add(count)?;
                let total = total.as_ref().and_then(|total| total.whole(headers, body));
                if count == 0 || total.is_some_and(|total| next.saturating_sub(*start) >= total) {
                    return None;
                }
                next.to_string()
            }
        };
        (sent != Some(next.as_str())).then_some(next)
    }

    fn next_page(
        &self,
        page: u64,
        start: u64,
        items: Option<&Vec<Value>>,
        (last, total): (Option<u64>, Option<u64>),
    ) -> Option<String> {
        let empty = items.is_none_or(Vec::is_empty);
        let ended = match (last, total) {
            (Some(last), _) => page >= last,
            // How many a page holds is not known here, but pages before this one were no longer than this one or the
            // last one is shorter; an empty page ends in any case.
            (None, Some(total)) => {
                let seen = (page.checked_sub(start)? + 1).saturating_mul(items.map_or(0, Vec::len) as u64);
                empty || (seen >= total)
            }
            (None, None) => self.more.is_none() && empty,
        };
        if ended {
            None
        } else {
            page.checked_add(1).map(|next| next.to_string())
        }
    }
}

/// The URL with `rel="next"` of a `Link` header (RFC 8288), where it has the attributes that the file wants of it.
fn linked(headers: &HeaderMap, name: &HeaderName, wanted: &[(String, String)]) -> Option<String> {
    let values = headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok());
    values.flat_map(links).find_map(|(url, parameters)| {
        let has = |name: &str, fits: &dyn Fn(&str) -> bool| {
            parameters.split(';').any(|parameter| {
                let (known, value) = parameter.split_once('=').unwrap_or((parameter, ""));
                known.trim().eq_ignore_ascii_case(name) && fits(value.trim().trim_matches('"'))
            })
        };
        let is_next = |value: &str| {
            let mut relations = value.split_ascii_whitespace();
            relations.any(|relation| relation.eq_ignore_ascii_case("next"))
        };
        let fits = has("rel", &is_next)
            && wanted
                .iter()
                .all(|(name, wanted)| has(name, &|value| value == wanted));
        fits.then(|| url.to_owned())
    })
}

/// Each `<url>; parameters` of a header. A URL may hold commas and semicolons, so brackets are looked for.
fn links(header: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = header;
    while let Some((_, after)) = rest.split_once('<') {
        let Some((url, behind)) = after.split_once('>') else {
            break;
        };
        let parameters = behind.split('<').next().unwrap_or(behind);
        found.push((url.trim(), parameters.trim_end().trim_end_matches(',')));
        rest = behind;
    }
    found
}
