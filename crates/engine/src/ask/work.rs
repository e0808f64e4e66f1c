//! Works an expression out, by counted steps.

use super::functions;
use jmespath::ast::{Ast, Comparator};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// A value of the answer, or one that was made of it.
pub(super) type Seen<'v> = Cow<'v, Value>;

/// Why an expression could not be worked out, as the rest of a sentence.
pub(super) type Worked<T> = Result<T, String>;

/// The steps that are left.
pub(super) struct Budget(usize);

impl Budget {
    pub(super) const fn new(steps: usize) -> Self {
        Self(steps)
    }

    /// Takes steps.
    pub(super) fn take(&mut self, steps: usize) -> Worked<()> {
        self.0 = self
            .0
            .checked_sub(steps)
            .ok_or("it takes too many steps on so large an answer; ask for less")?;
        Ok(())
    }

    /// Takes the steps of all that a value holds.
    pub(super) fn whole(&mut self, value: &Value) -> Worked<()> {
        self.take(1)?;
        match value {
            Value::String(text) => self.take(text.len() / 64),
            Value::Array(items) => items.iter().try_for_each(|item| self.whole(item)),
            Value::Object(fields) => fields.iter().try_for_each(|(name, value)| {
                self.take(name.len() / 64)?;
                self.whole(value)
            }),
            _ => Ok(()),
        }
    }

    /// A value of its own, paid for where it has to be copied.
    pub(super) fn own(&mut self, value: Seen<'_>) -> Worked<Value> {
        if let Cow::Borrowed(value) = value {
            self.whole(value)?;
        }
        Ok(value.into_owned())
    }
}

const NULL: Value = Value::Null;

/// What an expression gives of a value.
pub(super) fn evaluate<'v>(tree: &Ast, data: &'v Value, budget: &mut Budget) -> Worked<Seen<'v>> {
    budget.take(1)?;
    Ok(match tree {
        Ast::Identity { .. } => Cow::Borrowed(data),
        Ast::Field { name, .. } => data.get(name).map_or(Cow::Owned(NULL), Cow::Borrowed),
        Ast::Index { idx, .. } => item(data, *idx).map_or(Cow::Owned(NULL), Cow::Borrowed),
        Ast::Literal { value, .. } => {
            let value = serde_json::to_value(value).unwrap_or_default();
            budget.whole(&value)?;
            Cow::Owned(value)
        }
        Ast::Subexpr { lhs, rhs, .. } => {
            let left = evaluate(lhs, data, budget)?;
            on(left, rhs, budget)?
        }
        Ast::Or { lhs, rhs, .. } => {
            let left = evaluate(lhs, data, budget)?;
            if is_true(&left) {
                left
            } else {
                evaluate(rhs, data, budget)?
            }
        }
        Ast::And { lhs, rhs, .. } => {
            let left = evaluate(lhs, data, budget)?;
            if is_true(&left) {
                evaluate(rhs, data, budget)?
            } else {
                left
            }
        }
        Ast::Not { node, .. } => Cow::Owned(Value::Bool(!is_true(&*evaluate(node, data, budget)?))),
        Ast::Condition { predicate, then, .. } => {
            if is_true(&*evaluate(predicate, data, budget)?) {
                evaluate(then, data, budget)?
            } else {
                Cow::Owned(NULL)
            }
        }
        Ast::Comparison {
            comparator, lhs, rhs, ..
        } => {
            let (left, right) = (evaluate(lhs, data, budget)?, evaluate(rhs, data, budget)?);
            budget.whole(&left)?;
            Cow::Owned(compared(comparator, &left, &right))
        }
        Ast::ObjectValues { node, .. } => match evaluate(node, data, budget)?.as_ref() {
            Value::Object(fields) => {
                let values = fields.values().map(|value| budget.own(Cow::Borrowed(value)));
                Cow::Owned(Value::Array(values.collect::<Worked<_>>()?))
            }
            _ => Cow::Owned(NULL),
        },
        Ast::Projection { lhs, rhs, .. } => projected(lhs, rhs, data, budget)?,
        Ast::Flatten { node, .. } => flattened(&*evaluate(node, data, budget)?, budget)?,
        Ast::MultiList { .. } | Ast::MultiHash { .. } if data.is_null() => Cow::Owned(NULL),
        Ast::MultiList { elements, .. } => {
            let mut list = Vec::with_capacity(elements.len());
            for element in elements {
                let found = evaluate(element, data, budget)?;
                list.push(budget.own(found)?);
            }
            Cow::Owned(Value::Array(list))
        }
        Ast::MultiHash { elements, .. } => {
            let mut fields = Map::new();
            for pair in elements {
                let found = evaluate(&pair.value, data, budget)?;
                fields.insert(pair.key.clone(), budget.own(found)?);
            }
            Cow::Owned(Value::Object(fields))
        }
        Ast::Slice {
            start, stop, step, ..
        } => sliced(data, (*start, *stop, *step), budget)?,
        Ast::Function { name, args, .. } => Cow::Owned(functions::call(name, args, data, budget)?),
        Ast::Expref { .. } => {
            return Err("`&` goes before an argument of sort_by, max_by, min_by or map".into());
        }
    })
}

/// What an expression gives of a value that may be one that was made.
pub(super) fn on<'v>(value: Seen<'v>, tree: &Ast, budget: &mut Budget) -> Worked<Seen<'v>> {
    match value {
        Cow::Borrowed(value) => evaluate(tree, value, budget),
        Cow::Owned(value) => {
            let found = evaluate(tree, &value, budget)?;
            Ok(Cow::Owned(budget.own(found)?))
        }
    }
}

fn projected<'v>(lhs: &Ast, rhs: &Ast, data: &'v Value, budget: &mut Budget) -> Worked<Seen<'v>> {
    let left = evaluate(lhs, data, budget)?;
    let Value::Array(items) = left.as_ref() else {
        return Ok(Cow::Owned(NULL));
    };
    let mut list = Vec::new();
    for item in items {
        let found = evaluate(rhs, item, budget)?;
        if !found.is_null() {
            list.push(budget.own(found)?);
        }
    }
    Ok(Cow::Owned(Value::Array(list)))
}

fn flattened<'v>(value: &Value, budget: &mut Budget) -> Worked<Seen<'v>> {
    let Value::Array(items) = value else {
        return Ok(Cow::Owned(NULL));
    };
    let mut list = Vec::new();
    for item in items {
        budget.whole(item)?;
        match item {
            Value::Array(inner) => list.extend(inner.iter().cloned()),
            other => list.push(other.clone()),
        }
    }
    Ok(Cow::Owned(Value::Array(list)))
}

/// Items from, to and every so many, counted as Python does.
fn sliced<'v>(
    data: &Value,
    (start, stop, step): (Option<i32>, Option<i32>, i32),
    budget: &mut Budget,
) -> Worked<Seen<'v>> {
    let Value::Array(items) = data else {
        return Ok(Cow::Owned(NULL));
    };
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let step = i64::from(step);
    if step == 0 {
        return Err("the step of a slice is not 0".to_owned());
    }
    let (least, most) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let end = |stated: Option<i32>, otherwise: i64| {
        stated.map_or(otherwise, |at| {
            let at = i64::from(at);
            (if at < 0 { at + length } else { at }).clamp(least, most)
        })
    };
    let (mut at, stop) = if step > 0 {
        (end(start, 0), end(stop, length))
    } else {
        (end(start, length - 1), end(stop, -1))
    };
    let mut list = Vec::new();
    while (step > 0 && at < stop) || (step < 0 && at > stop) {
        if let Some(item) = usize::try_from(at).ok().and_then(|at| items.get(at)) {
            list.push(budget.own(Cow::Borrowed(item))?);
        }
        at += step;
    }
    Ok(Cow::Owned(Value::Array(list)))
}

fn item(data: &Value, index: i32) -> Option<&Value> {
    let items = data.as_array()?;
    let back = usize::try_from(index.unsigned_abs()).ok()?;
    let at = if index < 0 {
        items.len().checked_sub(back)?
    } else {
        back
    };
    items.get(at)
}

/// What counts as true: all but null, false, and empty texts, lists and objects.
pub(super) fn is_true(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(true) | Value::Number(_) => true,
    }
}

/// Whether two values are the same; 1 and 1.0 are.
pub(super) fn same(left: &Value, right: &Value) -> bool {
    match (left.as_f64(), right.as_f64()) {
        (Some(_), Some(_)) => numbers(left, right) == Some(std::cmp::Ordering::Equal),
        _ => left == right,
    }
}

/// The order of two numbers; whole ones are compared as such, since ids are longer than a fraction can say.
pub(super) fn numbers(left: &Value, right: &Value) -> Option<std::cmp::Ordering> {
    match (left.as_i64(), right.as_i64()) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

fn compared(comparator: &Comparator, left: &Value, right: &Value) -> Value {
    let order = || numbers(left, right);
    let ordered =
        |holds: fn(std::cmp::Ordering) -> bool| order().map_or(NULL, |found| Value::Bool(holds(found)));
    match comparator {
        Comparator::Equal => Value::Bool(same(left, right)),
        Comparator::NotEqual => Value::Bool(!same(left, right)),
        Comparator::LessThan => ordered(std::cmp::Ordering::is_lt),
        Comparator::LessThanEqual => ordered(std::cmp::Ordering::is_le),
        Comparator::GreaterThan => ordered(std::cmp::Ordering::is_gt),
        Comparator::GreaterThanEqual => ordered(std::cmp::Ordering::is_ge),
    }
}
