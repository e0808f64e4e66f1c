//! Any API description becomes a connector file: a draft for review, made by rules.
//!
//! [`read`] takes the bytes of a description and gives the text of a connector file, with a [`Report`] of what was taken,
//! what was left out and why, and what the reviewer has to look at. [`merge`] brings a later draft into a file that a
//! person has edited. What a description is, its content tells, never its name: `OpenAPI` 3.0, 3.1 and 3.2, Swagger 2.0,
//! Google Discovery, GraphQL (its schema language, or the answer to an introspection query), Postman collections and recordings of a
//! browser (HAR), as JSON or YAML where they have both, packed by gzip too.
//!
//! Three things hold of every draft. It loads: [`crate::parse`] takes its text, or there is no draft but an error. It is
//! made of the description alone: no reference to another file or host is followed. And it is bounded: a description has
//! at most [`MOST_BYTES`], a draft at most [`MOST_ACTIONS`], and what a schema says is cut where it grows beyond use.
//!
//! A key of the description's own, method and path, decides what an operation is called: the order in which operations
//! stand changes no name.
#![expect(
    clippy::single_match_else,
    reason = "two arms of like weight read better as a match"
)]

mod action;
mod answers;
mod auth;
mod body;
mod draft;
mod found;
mod graphql;
mod har;
mod merge;
mod names;
mod params;
mod postman;
mod report;
mod schema;
mod server;
mod source;
mod text;
mod together;
mod write;

#[cfg(test)]
mod tests;

pub use merge::{Merged, merge};
pub use report::{ImportError, LeftOut, Report, Warning, WarningKind};

use std::collections::BTreeMap;

/// The largest description that is read, in bytes, counted after unpacking: 32 MiB. The largest that vendors publish
/// have about 20.
pub const MOST_BYTES: usize = 32 * 1024 * 1024;

/// The most actions that a draft has, however many are asked for.
pub const MOST_ACTIONS: usize = 1000;

/// How many actions a draft has where nothing else is asked for: what a person can review and a model choose from.
pub const USUAL_ACTIONS: usize = 40;

/// What an import is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The connector's id; made of the description's title where nothing is given.
    pub id: Option<String>,
    /// What every path is appended to, in place of what the description says: `https://api.example.com/v1`.
    pub base: Option<String>,
    /// Where the description is from, for addresses in it that are relative.
    pub from: Option<String>,
    /// Every operation that a connector file can say, deprecated ones too, up to [`MOST_ACTIONS`].
    pub all: bool,
    /// Only these: operation ids, the ids that actions get, or `METHOD /path`; they are on, whatever they do. Empty: the
    /// [`USUAL_ACTIONS`] most useful ones.
    pub only: Vec<String>,
}

/// A connector file for review.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The connector's id.
    pub id: String,
    /// The file: TOML, with comments for the reviewer. It loads.
    pub text: String,
    /// What the base is, as a template.
    pub base: String,
    /// What came of the description.
    pub report: Report,
}

/// Reads a description and makes a draft of it. `name` is for errors alone.
///
/// # Errors
///
/// [`ImportError`] says what is wrong, where, and what would be right: too large, neither JSON nor YAML, of no kind that
/// is known, without a server, without an operation that a connector file can say, or not there what `only` names.
pub fn read(name: &str, bytes: &[u8], options: &Options) -> Result<Draft, ImportError> {
    let described = source::read(bytes).map_err(|what| ImportError::new(name, what))?;
    draft::make(&described, options).map_err(|what| ImportError::new(name, what))
}

/// A count of each word, for finding what is most used.
fn counted<'t>(words: impl Iterator<Item = &'t str>) -> BTreeMap<&'t str, usize> {
    let mut counts = BTreeMap::new();
    for word in words {
        *counts.entry(word).or_insert(0) += 1;
    }
    counts
}
