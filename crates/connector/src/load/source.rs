//! The text of a file with its faults, and the values that stand in it.

use super::reader::Reader;
use crate::fault::LoadFault;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::fmt::Display;
use std::ops::Range;
use toml::Spanned;
use toml::de::DeValue;

/// A file under way. Faults gather here, so that all are told at once.
pub(crate) struct Source {
    file: String,
    line_ends: Vec<usize>,
    /// Whether the file was read before, without a fault.
    known: bool,
    faults: RefCell<Vec<LoadFault>>,
}

impl Source {
    pub(crate) fn new(file: &str, text: &str) -> Self {
        Self {
            known: false,
            file: file.to_owned(),
            line_ends: text.match_indices('\n').map(|(at, _)| at).collect(),
            faults: RefCell::default(),
        }
    }

    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// Whether values are to be held against their schemas, which compiles these.
    pub(crate) fn is_checked(&self) -> bool {
        !self.known
    }

    /// The same, of a file that was read before without a fault.
    pub(crate) fn known(file: &str, text: &str) -> Self {
        Self {
            known: true,
            ..Self::new(file, text)
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
    pub(super) source: &'s Source,
    pub(crate) path: String,
    pub(crate) span: Range<usize>,
    pub(super) value: &'s DeValue<'s>,
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
            let given = number.map_or_else(|| article(self.value.type_str()), |number| number.to_string());
            let (least, most) = (bounds.start(), bounds.end());
            self.fault(format!(
                "must be a whole number from {least} to {most}, not {given}"
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

    pub(crate) fn is_table(&self) -> bool {
        self.value.is_table()
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
