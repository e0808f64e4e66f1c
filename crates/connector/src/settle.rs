//! `limit` and `cursor`, in one manner for every paged action: what a caller writes becomes what the platform knows.
//!
//! `limit` is another name of the platform's own parameter for the length of pages. Where the platform has none, a page is
//! cut, and the next cursor remembers how much of the page was shown, so that no item is lost and none comes twice.

use crate::action::Action;
use crate::param::Param;
use crate::reading::Answer;
use serde_json::{Map, Value, json};
use solder_model::Fault;

/// What `limit` does to an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PageLimit {
    /// It is the parameter of that name, perhaps its own.
    Size(String),
    /// It cuts the page.
    Cut,
}

/// Arguments as the platform's request is built of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    /// The arguments, by the parameters' names.
    pub arguments: Map<String, Value>,
    /// What was changed, in sentences.
    pub notes: Vec<String>,
    /// How the page is cut, where it is.
    pub cut: Option<Cut>,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// How many items of the page were shown before.
    pub passed: usize,
    /// How many are shown; absent: all that are left.
    pub limit: Option<usize>,
    /// The platform's cursor of this page.
    cursor: Option<String>,
}

/// The beginning of a cursor that stands for a place inside a page: `s1.<items passed>.<the platform's cursor>`.
const INSIDE: &str = "s1.";

/// A cursor for callers.
fn written(passed: usize, platform: Option<&str>) -> Option<String> {
    match platform {
        Some(cursor) if passed == 0 && !cursor.starts_with(INSIDE) => Some(cursor.to_owned()),
        None if passed == 0 => None,
        cursor => Some(format!("{INSIDE}{passed}.{}", cursor.unwrap_or_default())),
    }
}

/// The items passed and the platform's cursor. A text that we did not write is the platform's.
fn read(cursor: &str) -> (usize, Option<&str>) {
    let inside = cursor.strip_prefix(INSIDE).and_then(|rest| rest.split_once('.'));
    match inside.and_then(|(passed, platform)| Some((passed.parse().ok()?, platform))) {
        Some((passed, platform)) => (passed, Some(platform).filter(|text| !text.is_empty())),
        None => (0, Some(cursor)),
    }
}

impl Cut {
    /// Cuts an answer's list and tells its next cursor. The error says why it cannot be cut.
    pub fn apply(&self, answer: &mut Answer) -> Result<(), String> {
        let next = answer.next_cursor.take();
        let Some(items) = answer.value.as_array_mut() else {
            answer.next_cursor = written(0, next.as_deref());
            let message = "`limit` had no effect: the answer is no list".to_owned();
            return if self.limit.is_some() {
                Err(message)
            } else {
                Ok(())
            };
        };
        let start = self.passed.min(items.len());
        let end = self
            .limit
            .map_or(items.len(), |limit| start.saturating_add(limit).min(items.len()));
        let is_whole = end == items.len();
        items.truncate(end);
        items.drain(..start);
        answer.next_cursor = if is_whole {
            written(0, next.as_deref())
        } else {
            written(end, self.cursor.as_deref())
        };
        Ok(())
    }
}

impl Action {
    /// What `limit` does, decided when the file is read: nothing where the action has no pages, or has a parameter of that name
    /// that means something else.
    pub(crate) fn page_limit(&self) -> Option<PageLimit> {
        self.paging.as_ref()?;
        let counts = |param: &&Param| {
            matches!(
                param.schema.get("type").and_then(Value::as_str),
                Some("integer" | "number")
            )
        };
        match self.size_param().filter(counts) {
            Some(size) => Some(PageLimit::Size(size.name.clone())),
            None if self.params.iter().any(|param| param.name == LIMIT) => None,
            None => Some(PageLimit::Cut),
        }
    }

    /// The schema of `limit`, where the action does not have a parameter of that name itself.
    pub(crate) fn limit_schema(&self) -> Option<Value> {
        let mut schema = json!({ "type": "integer", "minimum": 1 });
        let about = match self.limit.as_ref()? {
            PageLimit::Size(name) if name == LIMIT || self.params.iter().any(|param| param.name == LIMIT) => {
                return None;
            }
            PageLimit::Size(name) => format!("Items a page: the same as `{name}`"),
            PageLimit::Cut => "Items at most; nextCursor goes on behind them".to_owned(),
        };
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("description".to_owned(), json!(about));
        }
        Some(schema)
    }

    /// Brings `limit` and `cursor` to what the platform knows, before [`Action::validate`].
    ///
    /// # Errors
    ///
    /// What is wrong with `limit`. What is longer than the platform's longest page is no fault: it becomes that.
    pub fn settle(&self, mut arguments: Map<String, Value>) -> Result<Settled, Vec<Fault>> {
        let mut notes = Vec::new();
        let cut = match &self.limit {
            None => None,
            Some(PageLimit::Size(name)) => {
                self.settle_size(name, &mut arguments, &mut notes)?;
                None
            }
            Some(PageLimit::Cut) => settle_cut(&mut arguments)?,
        };
        Ok(Settled {
            arguments,
            notes,
            cut,
        })
    }

    fn settle_size(
        &self,
        name: &str,
        arguments: &mut Map<String, Value>,
        notes: &mut Vec<String>,
    ) -> Result<(), Vec<Fault>> {
        let own = name == LIMIT || self.params.iter().any(|param| param.name == LIMIT);
        let limit = if own { None } else { taken(arguments)? };
        let mut said = name;
        if let Some(limit) = limit {
            if arguments.get(name).is_some_and(|given| *given != json!(limit)) {
                let message = format!("differs from `{name}`, which is the same: give one of them");
                return Err(vec![Fault::new(LIMIT, message)]);
            }
            said = LIMIT;
            arguments.insert(name.to_owned(), json!(limit));
        }
        let Some(param) = self.params.iter().find(|param| param.name == name) else {
            return Ok(());
        };
        let bound = |key: &str| param.schema.get(key).and_then(Value::as_u64);
        let Some(given) = arguments.get(name).and_then(Value::as_u64) else {
            return Ok(());
        };
        let (least, most) = (bound("minimum"), bound("maximum"));
        let fitting = match (least, most) {
            (_, Some(most)) if given > most => most,
            (Some(least), _) if given < least && said == LIMIT && !own => least,
            _ => return Ok(()),
        };
        notes.push(format!(
            "`{said}` is {given}, and a page of the platform has {} {fitting} items: {fitting} were asked for.",
            if fitting < given { "at most" } else { "at least" }
        ));
        arguments.insert(name.to_owned(), json!(fitting));
        Ok(())
    }
}

/// The argument's name.
const LIMIT: &str = "limit";

/// Takes `limit` out of the arguments.
fn taken(arguments: &mut Map<String, Value>) -> Result<Option<u64>, Vec<Fault>> {
    match arguments.shift_remove(LIMIT) {
        None => Ok(None),
        Some(value) => match value.as_u64().filter(|limit| *limit > 0) {
            Some(limit) => Ok(Some(limit)),
            None => Err(vec![Fault::new(LIMIT, "must be a whole number, 1 or more")]),
        },
    }
}

fn settle_cut(arguments: &mut Map<String, Value>) -> Result<Option<Cut>, Vec<Fault>> {
    let limit = taken(arguments)?.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let given = arguments.get("cursor").and_then(Value::as_str).map(str::to_owned);
    let (passed, cursor) = given.as_deref().map_or((0, None), read);
    if given.is_some() {
        match cursor {
            Some(cursor) => arguments.insert("cursor".to_owned(), json!(cursor)),
            None => arguments.shift_remove("cursor"),
        };
    }
    Ok(Some(Cut {
        passed,
        limit,
        cursor: cursor.map(str::to_owned),
    }))
}

#[cfg(test)]
mod tests {
    use super::{Cut, read, written};
    use crate::reading::Answer;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    #[test]
    fn a_cursor_of_the_platforms_that_looks_like_ours_stays_the_platforms() {
        for cursor in ["s1.5.abc", "s1.", "s1", "s1.x.y", "abc", "7"] {
            let told = written(0, Some(cursor)).unwrap();
            assert_eq!(read(&told), (0, Some(cursor)), "{told}");
            let inside = written(3, Some(cursor)).unwrap();
            assert_eq!(read(&inside), (3, Some(cursor)), "{inside}");
        }
        assert_eq!(written(0, None), None);
        assert_eq!(read(&written(4, None).unwrap()), (4, None));
    }

    proptest! {
        #[test]
        fn by_whatever_limits_a_list_is_read_no_item_is_lost_and_none_comes_twice(
            pages in prop::collection::vec(0_usize..7, 1..6),
            limits in prop::collection::vec(prop::option::of(1_usize..9), 1..8),
            prefix in prop_oneof![Just(""), Just("s1."), Just("s1.2.")],
        ) {
            let starts: Vec<usize> = pages.iter().scan(0, |at, count| { let start = *at; *at += count; Some(start) }).collect();
            let all: Vec<usize> = (0..pages.iter().sum()).collect();
            let platform = |cursor: Option<&str>| {
                let page: usize = cursor.map_or(0, |text| text.strip_prefix(prefix).unwrap().parse().unwrap());
                Answer {
                    value: (starts[page]..starts[page] + pages[page]).collect::<Value>(),
                    next_cursor: (page + 1 < pages.len()).then(|| format!("{prefix}{}", page + 1)),
                }
            };
            let (mut seen, mut cursor) = (Vec::new(), None::<String>);
            for call in 0.. {
                prop_assert!(call < 200, "it does not end");
                let (passed, at) = cursor.as_deref().map_or((0, None), read);
                let cut = Cut { passed, limit: limits[call % limits.len()], cursor: at.map(str::to_owned) };
                let mut answer = platform(at);
                cut.apply(&mut answer).unwrap();
                let items = answer.value.as_array().unwrap();
                if let Some(limit) = cut.limit {
                    prop_assert!(items.len() <= limit);
                }
                seen.extend(items.iter().map(|item| usize::try_from(item.as_u64().unwrap()).unwrap()));
                cursor = answer.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            prop_assert_eq!(seen, all);
        }
    }

    #[test]
    fn what_is_no_list_is_not_cut_and_says_so() {
        let cut = Cut {
            passed: 0,
            limit: Some(2),
            cursor: None,
        };
        let mut answer = Answer {
            value: json!({ "a": 1 }),
            next_cursor: Some("n".to_owned()),
        };
        assert!(cut.apply(&mut answer).unwrap_err().contains("no effect"));
        assert_eq!(
            (answer.value, answer.next_cursor.as_deref()),
            (json!({ "a": 1 }), Some("n"))
        );
    }
}
