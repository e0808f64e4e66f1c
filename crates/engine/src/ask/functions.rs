//! The functions of JMESPath.

use super::work::{Budget, Worked, evaluate, numbers, same};
use jmespath::ast::Ast;
use serde_json::{Map, Value, json};
use std::cmp::Ordering;

/// Each function, with the least and the most arguments; the place of an argument that is an expression (`&name`).
const FUNCTIONS: [(&str, usize, usize, Option<usize>); 26] = [
    ("abs", 1, 1, None),
    ("avg", 1, 1, None),
    ("ceil", 1, 1, None),
    ("contains", 2, 2, None),
    ("ends_with", 2, 2, None),
    ("floor", 1, 1, None),
    ("join", 2, 2, None),
    ("keys", 1, 1, None),
    ("length", 1, 1, None),
    ("map", 2, 2, Some(0)),
    ("max", 1, 1, None),
    ("max_by", 2, 2, Some(1)),
    ("merge", 1, usize::MAX, None),
    ("min", 1, 1, None),
    ("min_by", 2, 2, Some(1)),
    ("not_null", 1, usize::MAX, None),
    ("reverse", 1, 1, None),
    ("sort", 1, 1, None),
    ("sort_by", 2, 2, Some(1)),
    ("starts_with", 2, 2, None),
    ("sum", 1, 1, None),
    ("to_array", 1, 1, None),
    ("to_number", 1, 1, None),
    ("to_string", 1, 1, None),
    ("type", 1, 1, None),
    ("values", 1, 1, None),
];

/// Refuses functions that there are not, and calls with too few or too many arguments.
pub(super) fn check(tree: &Ast) -> Result<(), String> {
    match tree {
        Ast::Function { name, args, offset } => {
            let Some((_, least, most, expression)) = FUNCTIONS.iter().find(|(known, ..)| known == name)
            else {
                let known = FUNCTIONS.iter().map(|(known, ..)| *known);
                let near = crate::near::nearest(name, known.clone(), 2);
                let near = if near.is_empty() {
                    known.map(str::to_owned).collect()
                } else {
                    near
                };
                let name = crate::near::shown(name);
                return Err(format!(
                    "has no function `{name}` at character {}; there are {}",
                    offset + 1,
                    near.join(", ")
                ));
            };
            if args.len() < *least || args.len() > *most {
                let wanted = if *most == usize::MAX {
                    "one or more".to_owned()
                } else {
                    most.to_string()
                };
                return Err(format!(
                    "gives {} arguments to `{name}` at character {}, which takes {wanted}",
                    args.len(),
                    offset + 1
                ));
            }
            for (place, argument) in args.iter().enumerate() {
                let wanted = *expression == Some(place);
                let given = matches!(argument, Ast::Expref { .. });
                if wanted != given {
                    let rule = if wanted {
                        "must be an expression such as `&name`"
                    } else {
                        "must be no `&` expression"
                    };
                    return Err(format!(
                        "argument {} of `{name}` at character {} {rule}",
                        place + 1,
                        offset + 1
                    ));
                }
                check(argument)?;
            }
            Ok(())
        }
        Ast::Comparison { lhs, rhs, .. }
        | Ast::Projection { lhs, rhs, .. }
        | Ast::And { lhs, rhs, .. }
        | Ast::Or { lhs, rhs, .. }
        | Ast::Subexpr { lhs, rhs, .. } => check(lhs).and_then(|()| check(rhs)),
        Ast::Condition { predicate, then, .. } => check(predicate).and_then(|()| check(then)),
        Ast::Flatten { node, .. } | Ast::Not { node, .. } | Ast::ObjectValues { node, .. } => check(node),
        Ast::Expref { ast, .. } => check(ast),
        Ast::MultiList { elements, .. } => elements.iter().try_for_each(check),
        Ast::MultiHash { elements, .. } => elements.iter().try_for_each(|pair| check(&pair.value)),
        Ast::Slice { step: 0, offset, .. } => {
            Err(format!("has a slice with the step 0 at character {}", offset + 1))
        }
        Ast::Slice { .. }
        | Ast::Identity { .. }
        | Ast::Field { .. }
        | Ast::Index { .. }
        | Ast::Literal { .. } => Ok(()),
    }
}

/// Calls a function; its arguments were counted when the expression was read.
pub(super) fn call(name: &str, args: &[Ast], data: &Value, budget: &mut Budget) -> Worked<Value> {
    let mut given = Vec::with_capacity(args.len());
    for argument in args
        .iter()
        .filter(|argument| !matches!(argument, Ast::Expref { .. }))
    {
        let found = evaluate(argument, data, budget)?;
        budget.whole(&found)?;
        given.push(found);
    }
    let expression = args.iter().find_map(|argument| match argument {
        Ast::Expref { ast, .. } => Some(ast.as_ref()),
        _ => None,
    });
    let mut values = given.into_iter().map(std::borrow::Cow::into_owned);
    let first = values.next().unwrap_or_default();
    if let Some(expression) = expression {
        return by_expression(name, list(name, first)?, expression, budget);
    }
    match name {
        "not_null" => {
            let mut all = std::iter::once(first).chain(values);
            Ok(all.find(|value| !value.is_null()).unwrap_or_default())
        }
        "merge" => merged(std::iter::once(first).chain(values)),
        "contains" | "ends_with" | "starts_with" | "join" => {
            let second = values.next().unwrap_or_default();
            of_two(name, first, &second)
        }
        "max" | "min" | "sort" | "avg" | "sum" => of_list(name, list(name, first)?),
        _ => of_one(name, first),
    }
}

fn wrong(name: &str, takes: &str, given: &Value) -> String {
    format!("`{name}` takes {takes}, and got {}", kind(given))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn list(name: &str, value: Value) -> Worked<Vec<Value>> {
    match value {
        Value::Array(items) => Ok(items),
        other => Err(wrong(name, "an array", &other)),
    }
}

fn number(value: f64) -> Value {
    // Whole results stay whole: a model reads 3, not 3.0.
    #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
    if value.fract() == 0.0 && value.abs() < 9e15 {
        json!(value as i64)
    } else {
        json!(value)
    }
}

fn of_one(name: &str, value: Value) -> Worked<Value> {
    Ok(match (name, value) {
        ("type", value) => json!(kind(&value)),
        ("to_array", Value::Array(items)) => Value::Array(items),
        ("to_array", value) => json!([value]),
        ("to_string", Value::String(text)) => Value::String(text),
        ("to_string", value) => json!(value.to_string()),
        ("to_number", Value::Number(found)) => Value::Number(found),
        ("to_number", Value::String(text)) => text
            .trim()
            .parse::<serde_json::Number>()
            .map_or(Value::Null, Value::Number),
        ("to_number", _) => Value::Null,
        ("length", Value::String(text)) => json!(text.chars().count()),
        ("length", Value::Array(items)) => json!(items.len()),
        ("length", Value::Object(fields)) => json!(fields.len()),
        ("reverse", Value::Array(items)) => items.into_iter().rev().collect(),
        ("reverse", Value::String(text)) => json!(text.chars().rev().collect::<String>()),
        ("keys", Value::Object(fields)) => fields.into_iter().map(|(name, _)| Value::String(name)).collect(),
        ("values", Value::Object(fields)) => fields.into_iter().map(|(_, value)| value).collect(),
        ("abs" | "ceil" | "floor", Value::Number(found)) => {
            let given = found.as_f64().unwrap_or_default();
            number(match name {
                "abs" => given.abs(),
                "ceil" => given.ceil(),
                _ => given.floor(),
            })
        }
        ("keys" | "values", other) => return Err(wrong(name, "an object", &other)),
        ("length", other) => return Err(wrong(name, "a string, an array or an object", &other)),
        ("reverse", other) => return Err(wrong(name, "a string or an array", &other)),
        (_, other) => return Err(wrong(name, "a number", &other)),
    })
}

fn of_two(name: &str, first: Value, second: &Value) -> Worked<Value> {
    match (name, first, second) {
        ("contains", Value::Array(items), wanted) => Ok(json!(items.iter().any(|item| same(item, wanted)))),
        ("contains", Value::String(text), wanted) => {
            Ok(json!(wanted.as_str().is_some_and(|part| text.contains(part))))
        }
        ("contains", other, _) => Err(wrong(name, "a string or an array", &other)),
        ("ends_with", Value::String(text), Value::String(part)) => Ok(json!(text.ends_with(part.as_str()))),
        ("starts_with", Value::String(text), Value::String(part)) => {
            Ok(json!(text.starts_with(part.as_str())))
        }
        ("join", Value::String(glue), Value::Array(items)) => {
            let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            texts.map(|texts| json!(texts.join(&glue))).ok_or_else(|| {
                "`join` takes an array of strings: write to_string(@) for other values".to_owned()
            })
        }
        ("join", Value::String(_), other) => Err(wrong(name, "an array as its second argument", other)),
        (_, Value::String(_), other) => Err(wrong(name, "two strings", other)),
        (_, other, _) => Err(wrong(name, "a string first", &other)),
    }
}

fn merged(all: impl Iterator<Item = Value>) -> Worked<Value> {
    let mut merged = Map::new();
    for value in all {
        match value {
            Value::Object(fields) => merged.extend(fields),
            other => return Err(wrong("merge", "objects", &other)),
        }
    }
    Ok(Value::Object(merged))
}

/// The order of two numbers or two texts; nothing else has one.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => numbers(left, right),
    }
}

fn orderly<'a>(name: &str, mut keys: impl Iterator<Item = &'a Value>) -> Worked<()> {
    let Some(first) = keys.next() else { return Ok(()) };
    let strings = first.is_string();
    if !strings && !first.is_number() {
        return Err(wrong(name, "numbers or strings to order by", first));
    }
    match keys.find(|key| {
        if strings {
            !key.is_string()
        } else {
            !key.is_number()
        }
    }) {
        Some(other) => Err(wrong(name, "numbers alone or strings alone to order by", other)),
        None => Ok(()),
    }
}

fn of_list(name: &str, mut items: Vec<Value>) -> Worked<Value> {
    if matches!(name, "avg" | "sum") {
        let numbers: Option<Vec<f64>> = items.iter().map(Value::as_f64).collect();
        let numbers = numbers.ok_or_else(|| format!("`{name}` takes an array of numbers"))?;
        let sum: f64 = numbers.iter().sum();
        let count = f64::from(u32::try_from(numbers.len()).unwrap_or(u32::MAX));
        return Ok(match name {
            "avg" if numbers.is_empty() => Value::Null,
            "avg" => number(sum / count),
            _ => number(sum),
        });
    }
    orderly(name, items.iter())?;
    items.sort_by(|left, right| order(left, right).unwrap_or(Ordering::Equal));
    Ok(match name {
        "max" => items.pop().unwrap_or_default(),
        "min" => items.into_iter().next().unwrap_or_default(),
        _ => Value::Array(items),
    })
}

fn by_expression(name: &str, items: Vec<Value>, expression: &Ast, budget: &mut Budget) -> Worked<Value> {
    let mut keyed = Vec::with_capacity(items.len());
    for item in items {
        let found = evaluate(expression, &item, budget)?;
        let key = budget.own(found)?;
        keyed.push((key, item));
    }
    if name == "map" {
        return Ok(keyed.into_iter().map(|(key, _)| key).collect());
    }
    orderly(name, keyed.iter().map(|(key, _)| key))?;
    keyed.sort_by(|(left, _), (right, _)| order(left, right).unwrap_or(Ordering::Equal));
    let mut items = keyed.into_iter().map(|(_, item)| item);
    Ok(match name {
        "max_by" => items.next_back().unwrap_or_default(),
        "min_by" => items.next().unwrap_or_default(),
        _ => items.collect(),
    })
}
