//! Shaping: a platform's answer is brought to a size that a model can read, and what was cut is said.
//!
//! An answer below every threshold comes out as the value that went in, without a copy of anything. What else comes out:
//!
//! **A list with `shown` to `refine_over` items** (a read whose answer is an array, or which returns a list as the
//! largest array directly inside an object). The items are at `data`; the other fields of an object, at `rest`:
//!
//! ```json
//! {"data": [25 items],
//!  "metadata": {"originalCount": 45, "displayedCount": 25, "truncated": true,
//!               "paginationHint": "Showing first 25 of 45 items.", "list": "/channels", "cuts": […], "nextCursor": "…"},
//!  "rest": {"ok": true}}
//! ```
//!
//! **A list with more.** Two samples, and what would make the list shorter, from the action's own parameters:
//!
//! ```json
//! {"needsRefinement": true, "message": "…", "guidance": "…", "suggestions": ["…"], "searchInstructions": "…",
//!  "samples": [2 items],
//!  "metadata": {"originalCount": 120, "displayedCount": 2, "truncated": true, "list": "/channels", "omitted": ["ok"],
//!               "cuts": […], "nextCursor": "…"}}
//! ```
//!
//! **Anything else** keeps its shape. Long arrays and strings and deep nesting are cut where they stand, anywhere in it (in
//! the items of a list too), and `metadata` beside the answer's own fields says so. An answer that is no object, or
//! has a `metadata` of its own, stands whole at `data`:
//!
//! ```json
//! {"id": 1, "members": [25 items],
//!  "metadata": {"truncated": true,
//!               "cuts": [{"path": "/members", "cut": "array", "originalCount": 120, "displayedCount": 25}]}}
//! ```
//!
//! `metadata` is there only where something was cut, the platform has a further page (`nextCursor`) or something about
//! the call has to be said (`notes`); see
//! [`cuts`](self::cut) for its `cuts`. An answer of a write is never replaced by a request to refine: the model would
//! write again.

mod cut;
mod refine;
#[cfg(test)]
mod tests;

use cut::{Cuts, Place};
use serde_json::{Map, Value, json};

/// The thresholds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shaping {
    /// So many items of an array are shown; 25 by default. A list with fewer is left as it is.
    pub shown: usize,
    /// A list with more than this is not shown but for samples; 50 by default.
    pub refine_over: usize,
    /// So many samples are shown of such a list; 2 by default.
    pub samples: usize,
    /// A string with more bytes is cut to at most so many, its ellipsis included; 5 KB (5,120) by default.
    pub string_bytes: usize,
    /// Arrays and objects nested deeper than this are cut; 10 by default. The answer itself is level 1.
    pub levels: usize,
}

impl Shaping {
    /// Cuts nothing.
    pub(crate) const fn off() -> Self {
        Self {
            shown: usize::MAX,
            refine_over: usize::MAX,
            samples: usize::MAX,
            string_bytes: usize::MAX,
            levels: usize::MAX,
        }
    }
}

impl Default for Shaping {
    fn default() -> Self {
        Self {
            shown: 25,
            refine_over: 50,
            samples: 2,
            string_bytes: 5 * 1024,
            levels: 10,
        }
    }
}

/// What shaping has to know of the action.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts<'a> {
    /// Whether it is of kind read.
    pub(crate) is_read: bool,
    /// Whether it returns a list, as a paged action does. An array that a read answers is a list anyhow.
    pub(crate) is_list: bool,
    /// The connector's id.
    pub(crate) connector: &'a str,
    /// The action's id.
    pub(crate) action: &'a str,
    /// The action's input schema: a JSON Schema with `properties`. Read only where a list is too long.
    pub(crate) input_schema: &'a Value,
    /// The platform's cursor of the next page.
    pub(crate) next_cursor: Option<&'a str>,
    /// Sentences about the call that the caller should read.
    pub(crate) notes: &'a [String],
}

/// Where the items of a list are in an answer.
enum List {
    Whole(usize),
    Field(String, usize),
}

/// Shapes a platform's answer: see the module.
pub(crate) fn shape(answer: Value, how: &Shaping, facts: &Facts<'_>) -> Value {
    match find_list(&answer, facts) {
        Some(list) if list.count() >= how.shown.max(1) => shape_list(answer, &list, how, facts),
        _ => shape_in_place(answer, how, facts),
    }
}

fn find_list(answer: &Value, facts: &Facts<'_>) -> Option<List> {
    match answer {
        Value::Array(items) if facts.is_read => Some(List::Whole(items.len())),
        Value::Object(fields) if facts.is_read && facts.is_list => {
            let arrays = fields
                .iter()
                .filter_map(|(name, value)| Some((name, value.as_array()?.len())));
            // Of equal ones the first.
            let largest = arrays.reduce(|best, next| if next.1 > best.1 { next } else { best });
            largest.map(|(name, count)| List::Field(name.clone(), count))
        }
        _ => None,
    }
}

impl List {
    fn count(&self) -> usize {
        match self {
            Self::Whole(count) | Self::Field(_, count) => *count,
        }
    }

    /// The items, the level that they stand at, and the fields beside them.
    fn split(&self, answer: Value) -> (Vec<Value>, usize, Map<String, Value>) {
        match (self, answer) {
            (Self::Field(name, _), Value::Object(mut fields)) => {
                let items = fields.shift_remove(name);
                (items.map(into_items).unwrap_or_default(), 3, fields)
            }
            (_, answer) => (into_items(answer), 2, Map::new()),
        }
    }

    /// What `metadata` says of it. Its path is the one in the platform's answer.
    fn describe(&self, shown: usize) -> Map<String, Value> {
        let mut metadata = Map::new();
        metadata.insert("originalCount".into(), json!(self.count()));
        metadata.insert("displayedCount".into(), json!(shown));
        metadata.insert("truncated".into(), json!(shown < self.count()));
        if let Self::Field(name, _) = self {
            metadata.insert("list".into(), json!(Place::Root("").field(name).pointer()));
        }
        metadata
    }
}

fn into_items(value: Value) -> Vec<Value> {
    if let Value::Array(items) = value {
        items
    } else {
        Vec::new()
    }
}

fn shape_list(answer: Value, list: &List, how: &Shaping, facts: &Facts<'_>) -> Value {
    let refine = list.count() > how.refine_over;
    let (mut items, level, rest) = list.split(answer);
    items.truncate(if refine { how.samples } else { how.shown });
    let mut metadata = list.describe(items.len());
    let mut cuts = Cuts::new(how);
    let root = Place::Root(if refine { "/samples" } else { "/data" });
    for (index, item) in items.iter_mut().enumerate() {
        cuts.cut(item, level, &root.item(index));
    }
    if refine {
        if !rest.is_empty() {
            metadata.insert("omitted".into(), rest.keys().map(String::as_str).collect());
        }
        cuts.add_to(&mut metadata);
        add_cursor(&mut metadata, facts);
        return refine::refine(items, list.count(), metadata, facts);
    }
    metadata.insert(
        "paginationHint".into(),
        hint(list.count(), items.len(), facts).into(),
    );
    let mut rest = Value::Object(rest);
    cuts.cut(&mut rest, 1, &Place::Root("/rest"));
    cuts.add_to(&mut metadata);
    add_cursor(&mut metadata, facts);
    let mut shaped = envelope(Value::Array(items), metadata);
    if rest.as_object().is_some_and(|rest| !rest.is_empty()) {
        shaped.insert("rest".into(), rest);
    }
    Value::Object(shaped)
}

fn shape_in_place(mut answer: Value, how: &Shaping, facts: &Facts<'_>) -> Value {
    let wraps = answer
        .as_object()
        .is_none_or(|fields| fields.contains_key("metadata"));
    let count = answer.as_array().map(Vec::len);
    let mut cuts = Cuts::new(how);
    cuts.cut(&mut answer, 1, &Place::Root(if wraps { "/data" } else { "" }));
    if cuts.is_empty() && facts.next_cursor.is_none() && facts.notes.is_empty() {
        return answer;
    }
    let mut metadata = Map::new();
    if let (Some(count), Some(items)) = (count, answer.as_array()) {
        metadata = List::Whole(count).describe(items.len());
        metadata.insert("paginationHint".into(), hint(count, items.len(), facts).into());
    }
    metadata.insert("truncated".into(), json!(!cuts.is_empty()));
    cuts.add_to(&mut metadata);
    add_cursor(&mut metadata, facts);
    match answer {
        Value::Object(mut fields) if !wraps => {
            fields.insert("metadata".into(), Value::Object(metadata));
            Value::Object(fields)
        }
        answer => Value::Object(envelope(answer, metadata)),
    }
}

fn envelope(data: Value, metadata: Map<String, Value>) -> Map<String, Value> {
    let mut shaped = Map::new();
    shaped.insert("data".into(), data);
    shaped.insert("metadata".into(), Value::Object(metadata));
    shaped
}

fn add_cursor(metadata: &mut Map<String, Value>, facts: &Facts<'_>) {
    if let Some(cursor) = facts.next_cursor {
        metadata.insert("nextCursor".into(), cursor.into());
    }
    if !facts.notes.is_empty() {
        metadata.insert("notes".into(), facts.notes.into());
    }
}

/// The contract's sentence. Where a further page exists too, its cursor leads past the items that are not shown, and a
/// model that just went on would never see them.
fn hint(count: usize, shown: usize, facts: &Facts<'_>) -> String {
    let mut hint = format!("Showing first {shown} of {count} items.");
    if facts.next_cursor.is_some() && shown < count {
        hint.push_str(
            " nextCursor goes on after the last of all of them: to see those between, ask for smaller pages.",
        );
    }
    hint
}
