//! Reads the fields of a JSON object one by one and remembers everything that was wrong.

use crate::error::{Error, Result};
use serde_json::{Map, Value};
use solder_model::Fault;

/// A body being read.
pub(crate) struct Fields<'a> {
    body: &'a Map<String, Value>,
    faults: Vec<Fault>,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(body: &'a Map<String, Value>) -> Self {
        Self {
            body,
            faults: Vec::new(),
        }
    }

    /// Refuses every field that is not known, with the nearest name that is.
    pub(crate) fn only(&mut self, known: &[&str]) {
        for name in self.body.keys().filter(|name| !known.contains(&name.as_str())) {
            let near = crate::near::nearest(name, known.iter().copied(), 1);
            let hint = near.first().map_or_else(
                || {
                    if known.is_empty() {
                        "takes none".to_owned()
                    } else {
                        format!("known are {}", known.join(", "))
                    }
                },
                |name| format!("did you mean `{name}`?"),
            );
            self.faults.push(Fault::new(
                crate::near::shown(name),
                format!("is not known here; {hint}"),
            ));
        }
    }

    /// The field, unless it is absent or `null`.
    pub(crate) fn sent(&self, name: &str) -> Option<&'a Value> {
        self.body.get(name).filter(|value| !value.is_null())
    }

    /// Whether the field was sent as `null`.
    pub(crate) fn is_null(&self, name: &str) -> bool {
        self.body.get(name).is_some_and(Value::is_null)
    }

    /// Adds a fault.
    pub(crate) fn fault(&mut self, field: &str, message: impl Into<String>) {
        self.faults.push(Fault::new(field, message));
    }

    /// Adds faults that were found elsewhere.
    pub(crate) fn extend(&mut self, faults: Vec<Fault>) {
        self.faults.extend(faults);
    }

    /// A text; `fault` says what else is wrong with it. U+0000 is never taken, since databases do not.
    pub(crate) fn text(
        &mut self,
        name: &str,
        fault: impl Fn(&str) -> Option<&'static str>,
    ) -> Option<String> {
        let value = self.sent(name)?;
        let Some(text) = value.as_str() else {
            self.fault(name, "must be a string");
            return None;
        };
        let found = if text.contains('\0') {
            Some("must not contain U+0000")
        } else {
            fault(text)
        };
        match found {
            None => Some(text.to_owned()),
            Some(message) => {
                self.fault(name, message);
                None
            }
        }
    }

    /// A text that must be there and must not be empty.
    pub(crate) fn required(&mut self, name: &str, what: &str) -> String {
        match self.sent(name) {
            None => self.fault(name, format!("is required: {what}")),
            Some(Value::String(text)) if !text.is_empty() => return text.clone(),
            Some(_) => self.fault(name, format!("must be a string that is not empty: {what}")),
        }
        String::new()
    }

    /// True or false.
    pub(crate) fn flag(&mut self, name: &str) -> Option<bool> {
        let value = self.sent(name)?;
        if value.as_bool().is_none() {
            self.fault(name, "must be true or false");
        }
        value.as_bool()
    }

    /// A whole number in a range; 30.0 is the same JSON number as 30.
    pub(crate) fn whole(
        &mut self,
        name: &str,
        range: std::ops::RangeInclusive<i64>,
        rule: &str,
    ) -> Option<i64> {
        let value = self.sent(name)?;
        let exact = value
            .as_f64()
            .filter(|number| number.fract() == 0.0 && number.abs() < 1e15);
        #[expect(clippy::cast_possible_truncation, reason = "a whole number below 10^15")]
        let number = value.as_i64().or_else(|| exact.map(|number| number as i64));
        let valid = number.filter(|number| range.contains(number));
        if valid.is_none() {
            self.fault(name, rule);
        }
        valid
    }

    /// An object.
    pub(crate) fn object(&mut self, name: &str) -> Option<&'a Map<String, Value>> {
        let value = self.sent(name)?;
        if !value.is_object() {
            self.fault(name, "must be an object");
        }
        value.as_object()
    }

    /// What was read, if nothing was wrong.
    pub(crate) fn finish<T>(self, read: T) -> Result<T> {
        if self.faults.is_empty() {
            Ok(read)
        } else {
            Err(Error::Invalid(self.faults))
        }
    }
}
