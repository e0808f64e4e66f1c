//! `[errors]`, `[limits]` and `[paging.<name>]`.

use super::names::header_name;
use super::reader::Reader;
use super::source::Item;
use crate::errors::Errors;
use crate::limits::{Also, Limits, ResetIs};
use crate::pagination::{Paging, PagingKind, Told};
use crate::pointer::{Pointer, Test};
use crate::{ListStyle, Place};
use http::HeaderName;
use solder_model::{Code, Limit, Pattern};

/// What `[errors]` says.
pub(super) fn errors(root: &Reader<'_>) -> Errors {
    let Some(table) = root.table("errors") else {
        return Errors::default();
    };
    let pointers = |key| -> Vec<Pointer> {
        let items = table.find(key).map(|item| item.one_or_list()).unwrap_or_default();
        items
            .iter()
            .filter_map(|item| item.parse(Pointer::parse))
            .collect()
    };
    let mut errors = Errors {
        ok: table.parse("ok", Test::parse),
        failed: pointers("failed"),
        code: pointers("code"),
        text: pointers("text"),
        ..Errors::default()
    };
    for (key, item) in table.entries_of("map") {
        let word = |text: &str| {
            Code::from_platform_word(text).ok_or_else(|| {
                format!(
                    "`{text}` is none of `invalid`, `reconnect`, `forbidden`, `not_found`, `conflict`, `rate_limited`, \
                     `quota`, `error`"
                )
            })
        };
        if let Some(code) = item.parse(word) {
            errors.map.add(key, code);
        }
    }
    for (key, hint) in table.pairs("hint") {
        errors.hint.add(key, hint);
    }
    table.finish();
    errors
}

/// What `[limits]` says, with the brake.
pub(super) fn limits(root: &Reader<'_>) -> (Limits, Option<Limit>) {
    let mut limits = Limits::default();
    let Some(table) = root.table("limits") else {
        return (limits, None);
    };
    let rate = table.parse("rate", str::parse::<Limit>);
    let header = |key| table.parse(key, header_name);
    if let Some(item) = table.find("retry") {
        limits.retry = item.list().iter().filter_map(status).collect();
    }
    if let Some(name) = header("retry_after") {
        limits.retry_after = name;
    }
    limits.remaining = header("remaining");
    limits.reset = header("reset");
    let dialects = [
        ("seconds", ResetIs::Seconds),
        ("epoch", ResetIs::Epoch),
        ("epoch_ms", ResetIs::EpochMs),
        ("http_date", ResetIs::HttpDate),
        ("iso", ResetIs::Iso),
    ];
    limits.reset_is = table.word("reset_is", &dialects).unwrap_or(ResetIs::Seconds);
    limits.in_body = table.parse("in_body", Pointer::parse);
    let signs = table.find("also").map(|item| item.list()).unwrap_or_default();
    limits.also = signs.iter().filter_map(also).collect();
    if let Some(usage) = table.table("usage") {
        let name = usage.get("header").and_then(|item| item.parse(header_name));
        let pattern = usage.needed("pattern");
        usage.finish();
        limits.usage = name.map(|name| (name, pattern));
    }
    for key in ["remaining", "reset_is"] {
        if table.has(key) && limits.reset.is_none() {
            table.fault(format!("`{key}` means nothing without `reset`"));
        }
    }
    table.finish();
    (limits, rate)
}

fn status(item: &Item<'_>) -> Option<u16> {
    item.integer(100..=599)
        .and_then(|status| u16::try_from(status).ok())
}

fn also(item: &Item<'_>) -> Option<Also> {
    let table = item.table()?;
    let also = Also {
        status: table.find("status").and_then(|item| status(&item)),
        header: table.parse("header", header_name),
        is: table.text("is"),
        code: table.text("code"),
        text: table.text("text").map(|text| Pattern::new(&text)),
    };
    table.finish();
    if also.header.is_none() && also.code.is_none() && also.text.is_none() {
        table.fault("states neither `header` nor `code` nor `text`: a status alone goes to `errors.map`");
    }
    if also.is.is_some() && also.header.is_none() {
        table.fault("`is` means nothing without `header`");
    }
    Some(also)
}

/// A paging as the file has it: how the next page is told, and how it is asked for.
#[derive(Debug, Clone)]
pub(super) struct PagingTable {
    pub(super) paging: Paging,
    pub(super) send: Option<String>,
    pub(super) place: Option<Place>,
}

const KINDS: [(&str, &str); 7] = [
    ("cursor", "cursor"),
    ("page", "page"),
    ("offset", "offset"),
    ("link", "link"),
    ("next_url", "next_url"),
    ("last_id", "last_id"),
    ("graphql", "graphql"),
];

/// Reads one paging table.
pub(super) fn paging(table: &Reader<'_>) -> Option<PagingTable> {
    let words = KINDS;
    table.get("kind")?;
    let kind = table.word("kind", &words)?;
    let told = |key| table.parse(key, Told::parse);
    let needed = |key| table.get(key)?.parse(Told::parse);
    let start = |usual| {
        let stated = table.find("start").and_then(|item| item.integer(0..=1_000_000));
        stated
            .and_then(|start| u64::try_from(start).ok())
            .unwrap_or(usual)
    };
    let read = match kind {
        "cursor" | "graphql" => needed("next").map(|next| PagingKind::Cursor { next }),
        "next_url" => needed("next").map(|next| PagingKind::NextUrl { next }),
        "page" => Some(PagingKind::Page {
            start: start(1),
            last: told("last"),
            total: told("total"),
        }),
        "offset" => Some(PagingKind::Offset {
            start: start(0),
            total: told("total"),
        }),
        "link" => Some(PagingKind::Link {
            header: table
                .parse("header", header_name)
                .unwrap_or(HeaderName::from_static("link")),
            attributes: table.pairs("where"),
        }),
        _ => Some(PagingKind::LastId {
            id: table
                .parse("id", Pointer::parse)
                .or_else(|| Pointer::parse("/id").ok())?,
        }),
    };
    let more = table.parse("more", Test::parse);
    let size = table.text("size");
    let by_url = matches!(kind, "link" | "next_url");
    let send = if by_url {
        None
    } else {
        Some(table.get("send")?.text()?.to_owned())
    };
    let place = if by_url {
        None
    } else {
        table.word("in", &[("query", Place::Query), ("body", Place::Body)])
    };
    table.finish();
    Some(PagingTable {
        paging: Paging {
            kind: read?,
            more,
            size,
        },
        send,
        place,
    })
}

/// The default way of arrays in queries.
pub(super) fn list_style(root: &Reader<'_>) -> ListStyle {
    root.word("list", &super::params::LISTS).unwrap_or_default()
}
