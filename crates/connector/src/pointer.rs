//! JSON Pointers (RFC 6901), cut once, and the tests that are made of them.

use serde_json::Value;
use std::borrow::Cow;

/// A pointer into an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Pointer {
    tokens: Vec<Token>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    name: Box<str>,
    index: Option<usize>,
}

impl Pointer {
    /// Reads a pointer: empty, or beginning with `/`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let rest = text
            .strip_prefix('/')
            .ok_or_else(|| format!("`{text}` is not a pointer: it begins with `/`, such as `/items/0/id`"))?;
        let tokens = rest.split('/').map(|part| {
            let name: Box<str> = part.replace("~1", "/").replace("~0", "~").into();
            let index = if name.len() > 1 && name.starts_with('0') {
                None
            } else {
                name.bytes()
                    .all(|byte| byte.is_ascii_digit())
                    .then(|| name.parse().ok())
                    .flatten()
            };
            Token { name, index }
        });
        Ok(Self {
            tokens: tokens.collect(),
        })
    }

    /// What it points at.
    pub(crate) fn find<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.tokens.iter().try_fold(value, |at, token| match at {
            Value::Object(map) => map.get(token.name.as_ref()),
            Value::Array(items) => items.get(token.index?),
            _ => None,
        })
    }

    /// What it points at, taken out of the value, which is not used any more.
    pub(crate) fn take(&self, value: Value) -> Result<Value, Value> {
        if self.find(&value).is_none() {
            return Err(value);
        }
        let mut whole = value;
        let mut at = &mut whole;
        for token in &self.tokens {
            let next = match at {
                Value::Object(map) => map.get_mut(token.name.as_ref()),
                Value::Array(items) => token.index.and_then(|index| items.get_mut(index)),
                _ => None,
            };
            match next {
                Some(found) => at = found,
                None => return Ok(Value::Null),
            }
        }
        Ok(at.take())
    }

    /// The names, for building an object by them.
    pub(crate) fn names(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.tokens.iter().map(|token| token.name.as_ref())
    }

    /// A pointer to what stands beside it under another name.
    pub(crate) fn beside(&self, name: &str) -> Self {
        let parents = self.tokens.len().saturating_sub(1);
        let mut tokens: Vec<Token> = self.tokens.iter().take(parents).cloned().collect();
        tokens.push(Token {
            name: name.into(),
            index: None,
        });
        Self { tokens }
    }

    /// Puts a value where the pointer says, making objects on the way; an object is added to the object that stands there.
    /// Tells whether it could: a thing on the way that is neither an object nor `null` is left as it is.
    pub(crate) fn put(&self, root: &mut serde_json::Map<String, Value>, value: Value) -> bool {
        let mut names = self.names();
        let Some(last) = names.next_back() else {
            return true;
        };
        let mut at = root;
        for name in names {
            let next = at.entry(name.to_owned()).or_insert(Value::Null);
            if next.is_null() {
                *next = Value::Object(serde_json::Map::new());
            }
            match next {
                Value::Object(map) => at = map,
                _ => return false,
            }
        }
        match (at.get_mut(last), value) {
            (Some(Value::Object(there)), Value::Object(map)) => there.extend(map),
            (_, value) => {
                at.insert(last.to_owned(), value);
            }
        }
        true
    }
}

impl std::fmt::Display for Pointer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.names()
            .try_for_each(|name| write!(formatter, "/{}", name.replace('~', "~0").replace('/', "~1")))
    }
}

/// A text or a number as text; nothing else, and no empty text.
pub(crate) fn scalar_text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) if !text.is_empty() => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

/// `/pointer`, which must be true, `/pointer = scalar`, `/pointer != scalar`, or a list of scalars in the scalar's place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Test {
    pointer: Pointer,
    wanted: Vec<Value>,
    negated: bool,
}

impl Test {
    /// Reads a test.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let Some((left, right)) = text.split_once('=') else {
            return Ok(Self {
                pointer: Pointer::parse(text.trim())?,
                wanted: vec![Value::Bool(true)],
                negated: false,
            });
        };
        let right = right.trim();
        let value: Value = serde_json::from_str(right)
            .map_err(|_not_json| format!("`{right}` is not a JSON scalar: write true, 0 or \"text\""))?;
        let wanted = match value {
            Value::Array(items) if !items.is_empty() => items,
            other => vec![other],
        };
        if wanted.iter().any(|one| one.is_array() || one.is_object()) {
            return Err(
                "a test compares with a scalar or a list of scalars: true, 0, \"text\", null".to_owned(),
            );
        }
        let (pointer, negated) = match left.strip_suffix('!') {
            Some(pointer) => (pointer, true),
            None => (left, false),
        };
        Ok(Self {
            pointer: Pointer::parse(pointer.trim())?,
            wanted,
            negated,
        })
    }

    /// Whether the test holds; nothing where the pointer finds nothing.
    pub(crate) fn holds(&self, value: &Value) -> Option<bool> {
        let found = self.pointer.find(value)?;
        Some(self.wanted.contains(found) != self.negated)
    }
}

#[cfg(test)]
mod tests {
    use super::{Pointer, Test};
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    #[test]
    fn a_pointer_finds_takes_and_puts() {
        let value = json!({"a": [{"b/c": 1, "m~n": 2}], "": 3});
        for (text, wanted) in [
            ("/a/0/b~1c", json!(1)),
            ("/a/0/m~0n", json!(2)),
            ("/", json!(3)),
            ("", value.clone()),
        ] {
            let pointer = Pointer::parse(text).unwrap();
            assert_eq!(pointer.find(&value), Some(&wanted), "{text}");
            assert_eq!(pointer.take(value.clone()), Ok(wanted), "{text}");
        }
        for nothing in ["/a/00", "/a/1", "/a/-", "/x", "/a/0/b~1c/d"] {
            let pointer = Pointer::parse(nothing).unwrap();
            assert_eq!(pointer.take(value.clone()), Err(value.clone()), "{nothing}");
        }
        assert!(Pointer::parse("a").is_err());
        let mut root = Map::new();
        Pointer::parse("/parent/page_id")
            .unwrap()
            .put(&mut root, json!("p"));
        Pointer::parse("/parent/type")
            .unwrap()
            .put(&mut root, json!("page"));
        assert_eq!(
            Value::Object(root),
            json!({"parent": {"page_id": "p", "type": "page"}})
        );
    }

    #[test]
    fn a_test_holds_fails_or_finds_nothing() {
        let value = json!({"ok": true, "done": false, "code": 0, "status": "ok"});
        for (text, wanted) in [
            ("/ok", Some(true)),
            ("/done = false", Some(true)),
            ("/done", Some(false)),
            ("/code=0", Some(true)),
            ("/status = \"ok\"", Some(true)),
            ("/code = [1, 0]", Some(true)),
            ("/code = [1, \"0\"]", Some(false)),
            ("/status != null", Some(true)),
            ("/status != [\"ok\", \"fine\"]", Some(false)),
            ("/none", None),
            ("/none != null", None),
        ] {
            assert_eq!(Test::parse(text).unwrap().holds(&value), wanted, "{text}");
        }
        for bad in ["ok", "/a = b", "/a = []", "/a =", "/a = [[]]", "/a = {}"] {
            assert!(Test::parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn it_finds_what_the_library_finds(text in "(/[ab01~/]{0,3}){0,3}") {
            let value = json!({"a": {"b": [1, {"0": 2}], "": 1}, "0": [[0]], "~": 1, "/": 2});
            let bare = text.replace("~0", "").replace("~1", "");
            prop_assume!(!bare.contains('~'));
            prop_assert_eq!(Pointer::parse(&text).unwrap().find(&value), value.pointer(&text));
        }
    }
}
