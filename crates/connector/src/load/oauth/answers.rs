//! How an OAuth table reads the answers of its token endpoint.

use super::{pointers, several, tables};
use crate::load::reader::Reader;
use crate::oauth::{Answers, Expires, Lifetime, TokenPlace};
use crate::pointer::{Pointer, Test};
use solder_model::parse_duration;

/// Reads the keys that concern answers.
pub(super) fn read(table: &Reader<'_>) -> Answers {
    Answers {
        ok: table.parse("ok", Test::parse),
        error_code: several(table, "error_code"),
        error_text: several(table, "error_text"),
        error_map: tables::error_map(table),
        tokens: tokens(table),
        keep: pointers(table, "keep"),
        keep_on_refresh: table.texts("keep_on_refresh"),
        expires: table.parse("expires", expires).unwrap_or(Expires::IfTold(None)),
        refresh_expires: table.parse("refresh_expires", lifetime),
    }
}

fn expires(text: &str) -> Result<Expires, String> {
    match text {
        "if_told" => Ok(Expires::IfTold(None)),
        "never" | "unknown" => Ok(Expires::Never),
        _ if text.starts_with('/') => Pointer::parse(text).map(|at| Expires::IfTold(Some(at))),
        _ => parse_duration(text)
            .map(Expires::After)
            .map_err(|error| format!("is none of `if_told`, `never`, `unknown`, is no pointer, and {error}")),
    }
}

fn lifetime(text: &str) -> Result<Lifetime, String> {
    if text.starts_with('/') {
        return Pointer::parse(text).map(Lifetime::At);
    }
    parse_duration(text)
        .map(Lifetime::After)
        .map_err(|error| format!("is no pointer, and {error}"))
}

/// Where each identity's token stands; the plain one at `/access_token` where the file does not say.
fn tokens(table: &Reader<'_>) -> Vec<TokenPlace> {
    let places: Vec<TokenPlace> = pointers(table, "tokens")
        .into_iter()
        .map(|(identity, at)| TokenPlace {
            identity: Some(identity),
            at,
        })
        .collect();
    if !places.is_empty() {
        return places;
    }
    let plain = Pointer::parse("/access_token").into_iter();
    plain.map(|at| TokenPlace { identity: None, at }).collect()
}
