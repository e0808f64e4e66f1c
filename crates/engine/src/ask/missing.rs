//! Why an expression gives nothing: the first name in it that is not there, and those that are.

use super::work::{Budget, evaluate};
use jmespath::ast::Ast;
use serde_json::Value;

/// How many names are told.
const TOLD: usize = 30;

/// A sentence about the first name that is not where the expression looks for it.
pub(super) fn sentence(tree: &Ast, data: &Value) -> Option<String> {
    let (name, at) = lost(tree, data)?;
    Some(match at {
        Value::Object(fields) => {
            let names: Vec<&str> = fields.keys().map(String::as_str).take(TOLD).collect();
            let more = if fields.len() > names.len() { ", …" } else { "" };
            format!(
                "`fields` gives nothing: there is no `{name}`; names there are {}{more}",
                names.join(", ")
            )
        }
        Value::Array(items) => format!(
            "`fields` gives nothing: `{name}` is looked for in a list of {}; write `[*].{name}` there",
            items.len()
        ),
        other => format!(
            "`fields` gives nothing: `{name}` is looked for in {}, which has no names",
            shown(&other)
        ),
    })
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    let short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        format!("{short}…")
    } else {
        short
    }
}

/// The name, and the value in which it was looked for.
fn lost(tree: &Ast, data: &Value) -> Option<(String, Value)> {
    let result = |tree: &Ast| evaluate(tree, data, &mut Budget::new(super::STEPS)).ok();
    match tree {
        Ast::Field { name, .. } => match data {
            Value::Object(fields) if fields.contains_key(name) => None,
            Value::Null => None,
            other => Some((crate::near::shown(name), other.clone())),
        },
        Ast::Subexpr { lhs, rhs, .. } => lost(lhs, data).or_else(|| lost(rhs, &*result(lhs)?)),
        Ast::Projection { lhs, rhs, .. } => lost(lhs, data).or_else(|| {
            let left = result(lhs)?;
            lost(rhs, left.as_array()?.first()?)
        }),
        Ast::Flatten { node, .. } | Ast::ObjectValues { node, .. } | Ast::Not { node, .. } => {
            lost(node, data)
        }
        Ast::Condition { predicate, then, .. } => lost(predicate, data).or_else(|| lost(then, data)),
        Ast::Comparison { lhs, rhs, .. } | Ast::And { lhs, rhs, .. } | Ast::Or { lhs, rhs, .. } => {
            lost(lhs, data).or_else(|| lost(rhs, data))
        }
        Ast::MultiList { elements, .. } => elements.iter().find_map(|element| lost(element, data)),
        Ast::MultiHash { elements, .. } => elements.iter().find_map(|pair| lost(&pair.value, data)),
        Ast::Function { args, .. } => args.iter().find_map(|argument| lost(argument, data)),
        Ast::Identity { .. }
        | Ast::Expref { .. }
        | Ast::Index { .. }
        | Ast::Literal { .. }
        | Ast::Slice { .. } => None,
    }
}
