//! The fields that a file keeps of a result, and what it draws out of one: texts that stand deep inside, encoded or under
//! names that are values themselves.

use crate::action::{Draw, Pick};
use crate::pointer::scalar_text;
use serde_json::{Map, Value};

/// Keeps what a file picks of a result, or of each of its items. What holds none of it stays whole: it is something else.
pub(super) fn picked(value: Value, picks: &[Pick]) -> Value {
    if picks.is_empty() {
        return value;
    }
    match value {
        Value::Array(items) => items.into_iter().map(|item| pick_one(item, picks)).collect(),
        other => pick_one(other, picks),
    }
}

fn pick_one(value: Value, picks: &[Pick]) -> Value {
    let kept = fields(&value, picks);
    if kept.is_empty() {
        value
    } else {
        Value::Object(kept)
    }
}

fn fields(value: &Value, picks: &[Pick]) -> Map<String, Value> {
    let mut kept = Map::new();
    for pick in picks {
        match pick {
            Pick::Name(name) => {
                if let Some(found) = value.get(name) {
                    kept.insert(name.clone(), found.clone());
                }
            }
            Pick::Inside(pointer) => {
                if let Some(found) = pointer.find(value) {
                    pointer.put(&mut kept, found.clone());
                }
            }
            Pick::Drawn(draw) => {
                let is_instead = draw.unless.iter().any(|name| kept.contains_key(name));
                if let Some(found) = draw.of(value).filter(|_| !is_instead) {
                    kept.insert(draw.name.clone(), found);
                }
            }
        }
    }
    kept
}

impl Draw {
    /// What it finds in an item; nothing where there is nothing of it.
    fn of(&self, item: &Value) -> Option<Value> {
        let place = self.from.find(item)?;
        let Some(test) = &self.each else {
            return self.taken(place);
        };
        let mut found = Vec::new();
        gather(place, &|object| test.holds(object) == Some(true), &mut found);
        if let Some(key) = &self.key {
            let mut named = Map::new();
            for object in found {
                let name = key.find(object).and_then(scalar_text);
                if let (Some(name), Some(value)) = (name, self.taken(object)) {
                    named.entry(name.into_owned()).or_insert(value);
                }
            }
            return (!named.is_empty()).then_some(Value::Object(named));
        }
        let taken: Vec<Value> = found
            .into_iter()
            .filter_map(|object| self.taken(object))
            .collect();
        if taken.is_empty() {
            return None;
        }
        Some(match &self.join {
            Some(between) => {
                let texts: Vec<_> = taken.iter().filter_map(scalar_text).collect();
                Value::String(texts.join(between))
            }
            None => Value::Array(taken),
        })
    }

    /// What is taken of one place.
    fn taken(&self, place: &Value) -> Option<Value> {
        if !self.pick.is_empty() {
            let kept = fields(place, &self.pick);
            return (!kept.is_empty()).then_some(Value::Object(kept));
        }
        let value = match &self.value {
            Some(pointer) => pointer.find(place)?,
            None => place,
        };
        match value {
            Value::Null => None,
            Value::String(text) => Some(Value::String(self.decoded(text))),
            other => Some(other.clone()),
        }
    }

    /// A text, made readable. What is not written as the file says stays as it is.
    fn decoded(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for decoding in &self.decode {
            match decoding.read(&text) {
                Some(read) => text = read,
                None => return text,
            }
        }
        text
    }
}

/// Every object in a value, itself too and at whatever depth, for which `holds` is true, in the order of the text.
fn gather<'v>(value: &'v Value, holds: &impl Fn(&Value) -> bool, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(map) => {
            if holds(value) {
                found.push(value);
            }
            map.values().for_each(|inner| gather(inner, holds, found));
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, holds, found)),
        _ => {}
    }
}
