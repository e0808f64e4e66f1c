//! The text of a connector file with its faults, and readers that know every key which was asked for, so that
//! all others are refused.

use crate::fault::{LoadFault, nearest};
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::fmt::Display;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A file under way. Faults gather here, so that all are told at once.
pub(crate) struct Source {
    file: String,
    line_ends: Vec<usize>,
    faults: RefCell<Vec<LoadFault>>,
}

impl Source {
    pub(crate) fn new(file: &str, text: &str) -> Self {
        Self {
            file: file.to_owned(),
            line_ends: text.match_indices('\n').map(|(at, _)| at).collect(),
            faults: RefCell::default(),
        }
    }

    /// Notes a fault at a place in the text.
    pub(crate) fn fault(&self, span: &Range<usize>, field: &str, message: impl Into<String>) {
        self.faults.borrow_mut().push(LoadFault {
            file: self.file.clone(),
            line: self.line(span),
            field: field.to_owned(),
            message: message.into(),
        });
    }

    /// The line at which a span begins, from 1.
    pub(crate) fn line(&self, span: &Range<usize>) -> usize {
        self.line_ends.partition_point(|end| *end < span.start) + 1
    }

    pub(crate) fn has_faults(&self) -> bool {
        !self.faults.borrow().is_empty()
    }

    /// Every fault, in the order of the lines.
    pub(crate) fn into_faults(self) -> Vec<LoadFault> {
        let mut faults = self.faults.into_inner();
        faults.sort_by_key(|fault| fault.line);
        faults
    }
}

/// One value of the file and where it stands.
#[derive(Clone)]
pub(crate) struct Item<'s> {
    source: &'s Source,
    pub(crate) path: String,
    pub(crate) span: Range<usize>,
    value: &'s DeValue<'s>,
}

impl<'s> Item<'s> {
    pub(crate) fn fault(&self, message: impl Into<String>) {
        self.source.fault(&self.span, &self.path, message);
    }

    fn wrong(&self, wanted: &str) {
        self.fault(format!(
            "must be {wanted}, not {}",
            article(self.value.type_str())
        ));
    }

    /// A text that is not blank.
    pub(crate) fn text(&self) -> Option<&'s str> {
        match self.value.as_str() {
            Some(text) if text.trim().is_empty() => self.fault("must not be blank"),
            Some(text) => return Some(text),
            None => self.wrong("a text"),
        }
        None
    }

    /// Any text.
    pub(crate) fn any_text(&self) -> Option<&'s str> {
        let text = self.value.as_str();
        if text.is_none() {
            self.wrong("a text");
        }
        text
    }

    /// A text that `read` makes something of; its error is told as the fault.
    pub(crate) fn parse<T, E: Display>(&self, read: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        match read(self.any_text()?) {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault(error.to_string());
                None
            }
        }
    }

    pub(crate) fn boolean(&self) -> Option<bool> {
        let value = self.value.as_bool();
        if value.is_none() {
            self.wrong("true or false");
        }
        value
    }

    /// A whole number within bounds.
    pub(crate) fn integer(&self, bounds: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let number = self
            .value
            .as_integer()
            .and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok());
        let fitting = number.filter(|number| bounds.contains(number));
        if fitting.is_none() {
            self.wrong(&format!(
                "a whole number from {} to {}",
                bounds.start(),
                bounds.end()
            ));
        }
        fitting
    }

    /// The items of a list; of anything else, nothing and a fault.
    pub(crate) fn list(&self) -> Vec<Self> {
        let Some(items) = self.value.as_array() else {
            self.wrong("a list");
            return Vec::new();
        };
        let spanned = items.iter().enumerate();
        spanned
            .map(|(index, value)| self.below(format!("{}[{index}]", self.path), value))
            .collect()
    }

    /// A list of texts.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.list()
            .iter()
            .filter_map(|item| item.text().map(str::to_owned))
            .collect()
    }

    /// The items of a list, or the one thing that stands in its place.
    pub(crate) fn one_or_list(&self) -> Vec<Self> {
        if self.value.is_array() {
            self.list()
        } else {
            vec![self.clone()]
        }
    }

    pub(crate) fn is_text(&self) -> bool {
        self.value.is_str()
    }

    pub(crate) fn table(&self) -> Option<Reader<'s>> {
        let table = self.value.as_table();
        if table.is_none() {
            self.wrong("a table");
        }
        Some(Reader::new(
            self.source,
            table?,
            self.span.clone(),
            self.path.clone(),
        ))
    }

    /// The value as JSON, tables in file order. Dates become texts; infinities have no JSON and are refused.
    pub(crate) fn json(&self) -> Value {
        let bad = RefCell::new(false);
        let value = to_json(self.value, &bad);
        if bad.into_inner() {
            self.fault("holds a number that JSON cannot say");
        }
        value
    }

    fn below(&self, path: String, value: &'s Spanned<DeValue<'s>>) -> Self {
        Self {
            source: self.source,
            path,
            span: value.span(),
            value: value.get_ref(),
        }
    }
}

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

fn article(kind: &str) -> String {
    match kind {
        "integer" | "array" => format!("an {kind}"),
        other => format!("a {other}"),
    }
}

fn to_json(value: &DeValue<'_>, bad: &RefCell<bool>) -> Value {
    let or_bad = |value: Option<Value>| {
        value.unwrap_or_else(|| {
            *bad.borrow_mut() = true;
            Value::Null
        })
    };
    match value {
        DeValue::String(text) => Value::String(text.as_ref().to_owned()),
        DeValue::Boolean(value) => Value::Bool(*value),
        DeValue::Datetime(moment) => Value::String(moment.to_string()),
        DeValue::Integer(number) => or_bad(
            i64::from_str_radix(number.as_str(), number.radix())
                .ok()
                .map(Value::from),
        ),
        DeValue::Float(number) => {
            let float = number.as_str().parse::<f64>().ok();
            or_bad(float.and_then(serde_json::Number::from_f64).map(Value::Number))
        }
        DeValue::Array(items) => items.iter().map(|item| to_json(item.get_ref(), bad)).collect(),
        DeValue::Table(table) => {
            let mut entries: Vec<_> = table.iter().collect();
            entries.sort_by_key(|(key, _)| key.span().start);
            let pairs = entries.into_iter().map(|(key, value)| {
                let name: &str = key.get_ref();
                (name.to_owned(), to_json(value.get_ref(), bad))
            });
            Value::Object(pairs.collect::<Map<_, _>>())
        }
    }
}
