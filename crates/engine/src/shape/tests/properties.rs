//! Properties of every answer: nothing is lost without a word, and what comes out is within its bounds.

use super::super::{Facts, Shaping, shape};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const HOW: Shaping = Shaping {
    shown: 3,
    refine_over: 6,
    samples: 2,
    string_bytes: 12,
    levels: 3,
};

fn answers() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-zé😀…/~*]{0,12}".prop_map(Value::from),
    ];
    let name = prop_oneof![3 => "[a-c/~*]{1,2}", 1 => Just("metadata".to_owned())];
    leaf.prop_recursive(5, 60, 9, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..9).prop_map(Value::from),
            proptest::collection::vec((name.clone(), inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn facts(is_read: bool, is_list: bool, next_cursor: Option<&'static str>) -> Facts<'static> {
    const NONE: &Value = &Value::Null;
    Facts {
        is_read,
        is_list,
        connector: "c",
        action: "a",
        input_schema: NONE,
        next_cursor,
        notes: &[],
    }
}

/// Whether nothing in `value` is over a threshold.
fn fits(value: &Value, level: usize) -> bool {
    match value {
        // These thresholds are so small that the note of a cut is longer.
        Value::String(text) => text.len() <= HOW.string_bytes || text.contains("nested deeper"),
        Value::Array(items) => {
            (items.is_empty() || level <= HOW.levels)
                && items.len() <= HOW.shown
                && items.iter().all(|item| fits(item, level + 1))
        }
        Value::Object(fields) => {
            (fields.is_empty() || level <= HOW.levels) && fields.values().all(|field| fits(field, level + 1))
        }
        _ => true,
    }
}

/// What was lost on the way from `before` to `after`, which stand at the same place: items, bytes of strings and
/// children of what was nested too deep.
fn losses(before: &Value, after: &Value) -> Result<u64, String> {
    match (before, after) {
        (Value::Array(old), Value::Array(new)) if new.len() <= old.len() => {
            let inner: Result<u64, String> = old.iter().zip(new).map(|(old, new)| losses(old, new)).sum();
            Ok(inner? + (old.len() - new.len()) as u64)
        }
        (Value::Object(old), Value::Object(new)) if old.keys().eq(new.keys()) => {
            old.iter().map(|(name, old)| losses(old, &new[name])).sum()
        }
        (Value::String(old), Value::String(new)) if old == new => Ok(0),
        (Value::String(old), Value::String(new)) => {
            let kept = new.strip_suffix('…').ok_or("no ellipsis")?;
            if old.starts_with(kept) {
                Ok(1)
            } else {
                Err(format!("{old:?} became {new:?}"))
            }
        }
        (Value::Array(old), Value::String(note)) if note.contains("nested deeper") => Ok(old.len() as u64),
        (Value::Object(old), Value::String(note)) if note.contains("nested deeper") => Ok(old.len() as u64),
        _ if before == after => Ok(0),
        _ => Err(format!("{before} became {after}")),
    }
}

/// What `cuts` says was lost, in the same measure.
fn told(metadata: &Value) -> u64 {
    let cuts = metadata["cuts"].as_array().into_iter().flatten();
    cuts.map(|cut| {
        let figure = |name: &str| cut[name].as_u64().unwrap();
        match cut["cut"].as_str().unwrap() {
            "string" => cut["occurrences"].as_u64().unwrap_or(1),
            _ => figure("originalCount") - figure("displayedCount"),
        }
    })
    .sum()
}

fn without_metadata(fields: &Map<String, Value>) -> Value {
    let mut fields = fields.clone();
    fields.shift_remove("metadata");
    Value::Object(fields)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_not_a_long_list_keeps_its_shape_and_every_loss_is_told(
        answer in answers(), read in any::<bool>(), cursor in any::<bool>(),
    ) {
        // Objects of reads that return no list, and any answer of a write.
        prop_assume!(!read || !answer.is_array());
        let cursor = cursor.then_some("next");
        let shaped = shape(answer.clone(), &HOW, &facts(read, false, cursor));
        if fits(&answer, 1) && cursor.is_none() {
            prop_assert_eq!(&shaped, &answer);
            return Ok(());
        }
        let own = answer.as_object().is_some_and(|fields| !fields.contains_key("metadata"));
        let metadata = &shaped["metadata"];
        let after = if own { without_metadata(shaped.as_object().unwrap()) } else { shaped["data"].clone() };
        prop_assert!(fits(&after, 1), "{}", after);
        prop_assert_eq!(losses(&answer, &after).map_err(TestCaseError::fail)?, told(metadata));
        prop_assert_eq!(&metadata["truncated"], &json!(!fits(&answer, 1)));
        prop_assert_eq!(metadata.get("nextCursor").and_then(Value::as_str), cursor);
    }

    #[test]
    fn each_place_that_is_told_was_cut(answer in answers()) {
        let shaped = shape(answer, &HOW, &facts(false, false, None));
        for cut in shaped["metadata"]["cuts"].as_array().into_iter().flatten() {
            if cut.get("occurrences").is_none() {
                let place = shaped.pointer(cut["path"].as_str().unwrap());
                let cut_there = match cut["cut"].as_str().unwrap() {
                    "array" => place.and_then(Value::as_array).is_some_and(|items| items.len() == HOW.shown),
                    _ => place.and_then(Value::as_str).is_some_and(|text| text.contains('…')),
                };
                prop_assert!(cut_there, "{} in {}", cut, shaped);
            }
        }
    }

    #[test]
    fn a_list_is_counted_shown_or_sampled_and_its_rest_is_kept_or_named(
        items in proptest::collection::vec(answers(), 0..12), rest in answers(), bare in any::<bool>(),
    ) {
        let answer = if bare { Value::from(items.clone()) } else { json!({ "items": items, "rest of it": rest }) };
        let rival = if bare { 0 } else { rest.as_array().map_or(0, Vec::len) };
        prop_assume!(rival <= items.len());
        let shaped = shape(answer.clone(), &HOW, &facts(true, true, None));
        let metadata = &shaped["metadata"];
        if items.len() < HOW.shown {
            prop_assert!(!fits(&answer, 1) || shaped == answer);
            return Ok(());
        }
        prop_assert_eq!(&metadata["originalCount"], &json!(items.len()));
        let refines = items.len() > HOW.refine_over;
        let (place, count) = if refines { ("samples", HOW.samples) } else { ("data", HOW.shown) };
        let shown = shaped[place].as_array().unwrap();
        prop_assert_eq!(shown.len(), count);
        let level = if bare { 2 } else { 3 };
        prop_assert!(shown.iter().all(|item| fits(item, level)));
        let mut lost = 0;
        for (before, after) in items.iter().zip(shown) {
            lost += losses(before, after).map_err(TestCaseError::fail)?;
        }
        if refines && !bare {
            prop_assert_eq!(&metadata["omitted"], &json!(["rest of it"]));
        } else if !bare {
            lost += losses(&json!({ "rest of it": rest }), &shaped["rest"]).map_err(TestCaseError::fail)?;
        }
        prop_assert_eq!(lost, told(metadata));
        prop_assert_eq!(&metadata["truncated"], &json!(items.len() > count || lost > 0));
    }
}
