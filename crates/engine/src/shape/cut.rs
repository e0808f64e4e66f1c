//! Cutting in place, and the account of it: `metadata.cuts`.
//!
//! Each entry names a place by its JSON Pointer in the shaped answer:
//!
//! | `cut` | what happened | figures |
//! |---|---|---|
//! | `array` | the first items are left | `originalCount`, `displayedCount` |
//! | `string` | the beginning is left, and an ellipsis | `originalBytes`, `displayedBytes` |
//! | `nesting` | a text stands for what was nested too deep | `originalCount` of items or fields, `displayedCount` 0 |
//!
//! Cuts of one kind at places that differ in array indices alone share an entry: `*` stands for the indices,
//! `occurrences` says how many they are, and the figures are sums. At most [`MOST`] entries are written;
//! `moreCuts` counts the cuts that have none.

use super::Shaping;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::fmt::Write;

/// Entries of `cuts`.
const MOST: usize = 40;

/// A place in the shaped answer. Its text is made only where something is cut.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    /// Where the walk begins, as a pointer.
    Root(&'static str),
    /// A field of an object.
    Field(&'a Self, &'a str),
    /// An item of an array.
    Item(&'a Self, usize),
}

impl<'a> Place<'a> {
    /// A field of what is here.
    pub(super) fn field(&'a self, name: &'a str) -> Self {
        Self::Field(self, name)
    }

    /// An item of what is here.
    pub(super) fn item(&'a self, index: usize) -> Self {
        Self::Item(self, index)
    }

    /// The JSON Pointer (RFC 6901) of the place.
    pub(super) fn pointer(&self) -> String {
        self.write(false)
    }

    /// The same, with `*` in place of each index.
    fn pattern(&self) -> String {
        self.write(true)
    }

    fn write(&self, pattern: bool) -> String {
        match self {
            Self::Root(root) => (*root).to_owned(),
            Self::Field(parent, name) => {
                let mut text = parent.write(pattern);
                text.push('/');
                text.push_str(&name.replace('~', "~0").replace('/', "~1"));
                text
            }
            Self::Item(parent, index) => {
                let mut text = parent.write(pattern);
                if pattern {
                    text.push_str("/*");
                } else {
                    // Writing to a string does not fail.
                    let _written = write!(text, "/{index}");
                }
                text
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Array,
    String,
    Nesting,
}

struct Entry {
    kind: Kind,
    path: String,
    occurrences: usize,
    original: usize,
    displayed: usize,
}

/// Cuts values, and keeps the account.
pub(super) struct Cuts<'a> {
    how: &'a Shaping,
    entries: Vec<Entry>,
    by_pattern: HashMap<(Kind, String), usize>,
    more: usize,
}

impl<'a> Cuts<'a> {
    /// Nothing cut yet.
    pub(super) fn new(how: &'a Shaping) -> Self {
        Self {
            how,
            entries: Vec::new(),
            by_pattern: HashMap::new(),
            more: 0,
        }
    }

    /// Whether nothing was cut.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Cuts what is too long or too deep in `value`, which stands at `place` and, if it holds anything, is of this
    /// `level`.
    pub(super) fn cut(&mut self, value: &mut Value, level: usize, place: &Place<'_>) {
        match value {
            Value::String(text) if text.len() > self.how.string_bytes => {
                let original = text.len();
                cut_string(text, self.how.string_bytes);
                self.note(Kind::String, place, original, text.len());
            }
            Value::Array(items) if level > self.how.levels && !items.is_empty() => {
                let count = items.len();
                *value = self.deep(place, count, "items");
            }
            Value::Object(fields) if level > self.how.levels && !fields.is_empty() => {
                let count = fields.len();
                *value = self.deep(place, count, "fields");
            }
            Value::Array(items) => {
                let count = items.len();
                if count > self.how.shown {
                    items.truncate(self.how.shown);
                    self.note(Kind::Array, place, count, items.len());
                }
                for (index, item) in items.iter_mut().enumerate() {
                    self.cut(item, level + 1, &place.item(index));
                }
            }
            Value::Object(fields) => {
                for (name, field) in fields.iter_mut() {
                    self.cut(field, level + 1, &place.field(name));
                }
            }
            _ => {}
        }
    }

    fn deep(&mut self, place: &Place<'_>, count: usize, what: &str) -> Value {
        self.note(Kind::Nesting, place, count, 0);
        format!(
            "… ({count} {what}, nested deeper than {} levels)",
            self.how.levels
        )
        .into()
    }

    fn note(&mut self, kind: Kind, place: &Place<'_>, original: usize, displayed: usize) {
        let pattern = place.pattern();
        if let Some(index) = self.by_pattern.get(&(kind, pattern.clone())) {
            if let Some(entry) = self.entries.get_mut(*index) {
                entry.occurrences += 1;
                entry.original += original;
                entry.displayed += displayed;
                entry.path = pattern;
            }
        } else if self.entries.len() < MOST {
            self.by_pattern.insert((kind, pattern), self.entries.len());
            self.entries.push(Entry {
                kind,
                path: place.pointer(),
                occurrences: 1,
                original,
                displayed,
            });
        } else {
            self.more += 1;
        }
    }

    /// Writes the account, and that something was cut.
    pub(super) fn add_to(self, metadata: &mut Map<String, Value>) {
        if self.is_empty() {
            return;
        }
        metadata.insert("truncated".into(), true.into());
        metadata.insert("cuts".into(), self.entries.iter().map(Entry::to_value).collect());
        if self.more > 0 {
            metadata.insert("moreCuts".into(), self.more.into());
        }
    }
}

impl Entry {
    fn to_value(&self) -> Value {
        let (kind, original, displayed) = match self.kind {
            Kind::Array => ("array", "originalCount", "displayedCount"),
            Kind::String => ("string", "originalBytes", "displayedBytes"),
            Kind::Nesting => ("nesting", "originalCount", "displayedCount"),
        };
        let mut entry = json!({ "path": self.path, "cut": kind });
        if let Value::Object(fields) = &mut entry {
            if self.occurrences > 1 {
                fields.insert("occurrences".into(), self.occurrences.into());
            }
            fields.insert(original.into(), self.original.into());
            fields.insert(displayed.into(), self.displayed.into());
        }
        entry
    }
}

/// Leaves at most `bytes` of a text, between two characters, and an ellipsis.
fn cut_string(text: &mut String, bytes: usize) {
    let room = bytes.saturating_sub('…'.len_utf8());
    text.truncate(text.floor_char_boundary(room));
    text.push('…');
    // What is left of a huge text must not hold on to its memory.
    text.shrink_to_fit();
}
