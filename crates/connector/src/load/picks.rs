//! `pick`: the fields that are kept of a result, and what is drawn out of it.

use super::reader::{Reader, one_of};
use super::source::Item;
use crate::action::{Draw, Pick};
use crate::encoding::DECODINGS;
use crate::pointer::{Pointer, Test};

/// Reads `pick` of a table.
pub(super) fn read(table: &Reader<'_>) -> Vec<Pick> {
    let items = table.find("pick").map(|item| item.list()).unwrap_or_default();
    let mut picks: Vec<Pick> = Vec::new();
    for item in &items {
        let pick = if item.is_table() {
            draw(item, &picks)
        } else {
            plain(item)
        };
        picks.extend(pick);
    }
    picks
}

fn plain(item: &Item<'_>) -> Option<Pick> {
    let text = item.text()?;
    if text.starts_with('/') {
        item.parse(Pointer::parse).map(Pick::Inside)
    } else {
        Some(Pick::Name(text.to_owned()))
    }
}

fn draw(item: &Item<'_>, before: &[Pick]) -> Option<Pick> {
    let table = item.table()?;
    let decode = table.find("decode").map(|item| item.one_or_list());
    let draw = Draw {
        name: table.needed("as"),
        from: table.parse("from", Pointer::parse).unwrap_or_default(),
        each: table.parse("where", Test::parse),
        value: table.parse("value", Pointer::parse),
        pick: read(&table),
        key: table.parse("key", Pointer::parse),
        join: table
            .find("join")
            .and_then(|item| item.any_text())
            .map(str::to_owned),
        decode: decode
            .unwrap_or_default()
            .iter()
            .filter_map(|item| one_of(item, &DECODINGS))
            .collect(),
        unless: table.text_or_texts("unless"),
    };
    table.finish();
    let stands = before.iter().any(|pick| pick.first() == Some(&draw.name));
    // One that stands in for another of its name is the usual way to say where else a thing may be.
    let twice = stands && !draw.unless.contains(&draw.name);
    for (wrong, message) in [
        (
            draw.value.is_some() && !draw.pick.is_empty(),
            "has both `value` and `pick`: one thing is taken, or some fields",
        ),
        (
            draw.each.is_none() && (draw.key.is_some() || draw.join.is_some()),
            "has `key` or `join` without `where`: there is one thing alone",
        ),
        (
            draw.join.is_some() && (draw.key.is_some() || !draw.pick.is_empty()),
            "has `join`, which makes one text, beside `key` or `pick`",
        ),
        (
            !draw.decode.is_empty() && !draw.pick.is_empty(),
            "has `decode`, which is for texts, beside `pick`",
        ),
        (
            draw.from == Pointer::default()
                && draw.each.is_none()
                && draw.value.is_none()
                && draw.pick.is_empty(),
            "says nothing: it has neither `from` nor `where`, `value` or `pick`",
        ),
        (twice, "has a name that stands before already"),
    ] {
        if wrong {
            table.fault(message);
        }
    }
    for name in &draw.unless {
        if !before.iter().any(|pick| pick.first() == Some(name)) {
            table.fault(format!(
                "stands in the place of `{name}`, which is not picked before it"
            ));
        }
    }
    Some(Pick::Drawn(Box::new(draw)))
}
