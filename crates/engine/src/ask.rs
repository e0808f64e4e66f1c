//! `fields`: what a caller wants of an answer, as a JMESPath expression (jmespath.org). The crate reads expressions; they are
//! worked out here, by steps that are counted: no expression can make an answer take long or grow large.

mod functions;
mod missing;
#[cfg(test)]
mod tests;
mod work;

use jmespath::ast::Ast;
use jmespath::{ErrorReason, JmespathError};
use serde_json::Value;
use std::sync::Arc;

/// The longest expression, in characters.
pub(crate) const LONGEST: usize = 1_000;

/// How deep brackets and negations nest.
const DEEPEST: usize = 40;

/// What one expression may cost: each value that is looked at or made is a step, a text one for each 64 bytes.
const STEPS: usize = 1_000_000;

/// An expression that was read and checked.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    text: Arc<str>,
    tree: Arc<Ast>,
}

/// What an expression comes to.
#[derive(Debug, PartialEq)]
pub(crate) enum Asked {
    /// What it gives.
    Value(Value),
    /// It gives nothing of an answer that is not empty: a sentence that says which names there are.
    Nothing(String),
    /// It could not be worked out: the answer as it was, and a sentence that says why.
    Failed(Value, String),
}

impl Ask {
    /// Reads an expression.
    ///
    /// # Errors
    ///
    /// What is wrong with it, where, and what would be right.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err(format!("must not be blank: leave it out, or write {EXAMPLE}"));
        }
        if text.chars().count() > LONGEST {
            return Err(format!("must be {LONGEST} characters long at most"));
        }
        if nests(text) > DEEPEST {
            return Err(format!("nests deeper than {DEEPEST} brackets"));
        }
        let tree = jmespath::parse(text).map_err(|error| worded(text, &error))?;
        functions::check(&tree)?;
        Ok(Self {
            text: text.into(),
            tree: Arc::new(tree),
        })
    }

    /// The expression.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// What the expression gives of an answer.
    pub(crate) fn of(&self, answer: Value) -> Asked {
        let mut budget = work::Budget::new(STEPS);
        match work::evaluate(&self.tree, &answer, &mut budget) {
            Ok(found) if is_nothing(&found) && !is_nothing(&answer) => {
                match missing::sentence(&self.tree, &answer) {
                    Some(sentence) => Asked::Nothing(sentence),
                    None => Asked::Value(found.into_owned()),
                }
            }
            Ok(found) => Asked::Value(found.into_owned()),
            Err(why) => Asked::Failed(answer, format!("`fields` was not applied: {why}")),
        }
    }
}

/// An expression as it is meant.
const EXAMPLE: &str = "JMESPath such as `items[*].{id: id, name: name}`";

/// Where the text stops making sense, and what would be right.
fn worded(text: &str, error: &JmespathError) -> String {
    let reason = match &error.reason {
        ErrorReason::Parse(reason) => reason.trim().trim_end_matches('.').to_owned(),
        ErrorReason::Runtime(reason) => reason.to_string(),
    };
    let place = text
        .get(..error.offset)
        .map_or(error.offset, |before| before.chars().count());
    let rest: String = text.chars().skip(place).take(20).collect();
    let at = if rest.is_empty() {
        "at its end".to_owned()
    } else {
        format!("at character {}, `{rest}`", place + 1)
    };
    format!("is no JMESPath {at}: {reason}; write {EXAMPLE}")
}

/// How deep brackets and negations nest, outside of quoted text.
fn nests(text: &str) -> usize {
    let (mut depth, mut deepest, mut quote) = (0_usize, 0, None);
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(_), '\\') => drop(characters.next()),
            (Some(open), close) if open == close => quote = None,
            (None, '\'' | '"' | '`') => quote = Some(character),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            // A run of negations nests as brackets do, and never closes.
            (None, '!' | '&') => deepest += 1,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Nothing, or an object or a list of nothing.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().all(is_nothing),
        Value::Object(fields) => fields.values().all(is_nothing),
        _ => false,
    }
}
