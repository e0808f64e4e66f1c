//! Reading tables: a reader knows every key that was asked for, so that all others are refused.

use super::source::{Item, Source};
use crate::fault::nearest;
use std::cell::RefCell;
use std::fmt::Display;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A table. [`Reader::finish`] refuses every key that was never asked for.
pub(crate) struct Reader<'s> {
    pub(crate) source: &'s Source,
    pub(crate) path: String,
    pub(crate) span: Range<usize>,
    table: &'s DeTable<'s>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'s> Reader<'s> {
    pub(crate) fn new(source: &'s Source, table: &'s DeTable<'s>, span: Range<usize>, path: String) -> Self {
        Self {
            source,
            path,
            span,
            table,
            asked: RefCell::default(),
        }
    }

    pub(crate) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    pub(crate) fn fault(&self, message: impl Into<String>) {
        self.source.fault(&self.span, &self.path, message);
    }

    /// Whether the key is there; does not count as asking.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    pub(crate) fn find(&self, key: &'static str) -> Option<Item<'s>> {
        self.asked.borrow_mut().push(key);
        let value = self.table.get(key)?;
        Some(Item {
            source: self.source,
            path: self.path_of(key),
            span: value.span(),
            value: value.get_ref(),
        })
    }

    pub(crate) fn get(&self, key: &'static str) -> Option<Item<'s>> {
        let item = self.find(key);
        if item.is_none() {
            self.source.fault(&self.span, &self.path_of(key), "is missing");
        }
        item
    }

    pub(crate) fn text(&self, key: &'static str) -> Option<String> {
        self.find(key)?.text().map(str::to_owned)
    }

    /// A text that must be there; empty where it is not, which is a fault already.
    pub(crate) fn needed(&self, key: &'static str) -> String {
        self.get(key)
            .and_then(|item| item.text())
            .unwrap_or_default()
            .to_owned()
    }

    pub(crate) fn texts(&self, key: &'static str) -> Vec<String> {
        self.find(key).map(|item| item.texts()).unwrap_or_default()
    }

    /// One text or several.
    pub(crate) fn text_or_texts(&self, key: &'static str) -> Vec<String> {
        let items = self.find(key).map(|item| item.one_or_list()).unwrap_or_default();
        items.iter().filter_map(Item::text).map(str::to_owned).collect()
    }

    pub(crate) fn parse<T, E: Display>(
        &self,
        key: &'static str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        self.find(key)?.parse(read)
    }

    pub(crate) fn boolean(&self, key: &'static str) -> Option<bool> {
        self.find(key)?.boolean()
    }

    /// One of a closed set of words.
    pub(crate) fn word<T: Copy>(&self, key: &'static str, words: &[(&str, T)]) -> Option<T> {
        let item = self.find(key)?;
        one_of(&item, words)
    }

    pub(crate) fn table(&self, key: &'static str) -> Option<Self> {
        self.find(key)?.table()
    }

    /// What a free-form table holds under a key, in file order; empty where the key is not there.
    pub(crate) fn entries_of(&self, key: &'static str) -> Vec<(String, Item<'s>)> {
        self.table(key).map(|table| table.entries()).unwrap_or_default()
    }

    /// Texts under free names, in file order.
    pub(crate) fn pairs(&self, key: &'static str) -> Vec<(String, String)> {
        let entries = self.entries_of(key).into_iter();
        entries
            .filter_map(|(name, item)| Some((name, item.text()?.to_owned())))
            .collect()
    }

    /// Every key with its value, in file order, for tables whose keys are the author's own.
    pub(crate) fn entries(&self) -> Vec<(String, Item<'s>)> {
        let mut entries: Vec<_> = self.table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let item = |(key, value): (&Spanned<_>, &'s Spanned<DeValue<'s>>)| {
            let name: String = AsRef::<str>::as_ref(key.get_ref()).to_owned();
            let path = self.path_of(&name);
            let item = Item {
                source: self.source,
                path,
                span: key.span(),
                value: value.get_ref(),
            };
            (name, item)
        };
        entries.into_iter().map(item).collect()
    }

    /// Refuses what was never asked for.
    pub(crate) fn finish(&self) {
        let asked = self.asked.borrow();
        for (key, _) in self.table {
            let name: &str = key.get_ref();
            if asked.contains(&name) {
                continue;
            }
            let message = match nearest(name, asked.iter().copied()) {
                Some(known) => format!("is not a key of the format here; did you mean `{known}`?"),
                None => "is not a key of the format here".to_owned(),
            };
            self.source.fault(&key.span(), &self.path_of(name), message);
        }
    }
}

/// One of a closed set of words, or a fault that lists them.
pub(crate) fn one_of<T: Copy>(item: &Item<'_>, words: &[(&str, T)]) -> Option<T> {
    let text = item.any_text()?;
    let found = words.iter().find(|(word, _)| *word == text);
    if found.is_none() {
        let list: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
        item.fault(format!("`{text}` is none of {}", list.join(", ")));
    }
    found.map(|(_, value)| *value)
}
