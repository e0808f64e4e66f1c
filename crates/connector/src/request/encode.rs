//! Texts as they go into URLs and headers.

use crate::param::ListStyle;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt::Write as _;

/// What is left as it is: RFC 3986's unreserved characters, and nothing that could mean something to anyone.
const UNRESERVED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// For secrets in a path: platforms are strict about the `:` of their tokens.
const SECRET: AsciiSet = UNRESERVED.remove(b':');

/// Adds a text, encoded.
pub(crate) fn push(out: &mut String, text: &str) {
    out.extend(utf8_percent_encode(text, &UNRESERVED));
}

/// Adds a secret of a path, encoded.
pub(crate) fn push_secret(out: &mut String, text: &str) {
    out.extend(utf8_percent_encode(text, &SECRET));
}

/// Adds `name=value` to a query.
pub(crate) fn pair(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    push(query, name);
    query.push('=');
    push(query, value);
}

/// A value as text: scalars bare, arrays and objects as JSON. A whole number that was written `2.0` is `2`.
pub(crate) fn plain(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Number(number) if number.is_f64() => {
            let text = number.to_string();
            Cow::Owned(
                text.strip_suffix(".0")
                    .map_or_else(|| text.clone(), str::to_owned),
            )
        }
        other => Cow::Owned(other.to_string()),
    }
}

/// Adds a value to a query, arrays in their style; `null` adds nothing.
pub(crate) fn query_value(query: &mut String, name: &str, value: &Value, list: ListStyle) {
    if value.is_null() {
        return;
    }
    let Value::Array(items) = value else {
        pair(query, name, &plain(value));
        return;
    };
    match list {
        ListStyle::Repeat => {
            for item in items {
                pair(query, name, &plain(item));
            }
        }
        ListStyle::Brackets => {
            let name = format!("{name}[]");
            for item in items {
                pair(query, &name, &plain(item));
            }
        }
        ListStyle::Comma => {
            if !query.is_empty() {
                query.push('&');
            }
            push(query, name);
            query.push('=');
            for (index, item) in items.iter().enumerate() {
                // The comma between items is bare and one inside an item is not, so that they are told apart.
                if index > 0 {
                    query.push(',');
                }
                push(query, &plain(item));
            }
        }
    }
}

/// JSON text in ASCII: other characters as `\u` escapes, for headers.
pub(crate) fn ascii_json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii() && letter != '\x7f' {
            out.push(letter);
        } else {
            let mut units = [0_u16; 2];
            for unit in letter.encode_utf16(&mut units) {
                // Writing to a String cannot fail.
                let _written = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{ascii_json, query_value};
    use crate::param::ListStyle;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    #[test]
    fn arrays_go_into_queries_in_their_style() {
        for (list, wanted) in [
            (ListStyle::Repeat, "a=1&a=b%2Cc"),
            (ListStyle::Comma, "a=1,b%2Cc"),
            (ListStyle::Brackets, "a%5B%5D=1&a%5B%5D=b%2Cc"),
        ] {
            let mut query = String::new();
            query_value(&mut query, "a", &json!([1, "b,c"]), list);
            assert_eq!(query, wanted);
        }
    }

    proptest! {
        #[test]
        fn a_query_is_read_back_as_it_was_meant(name in "\\PC{1,8}", value in "\\PC{0,16}") {
            let mut query = "x=1".to_owned();
            query_value(&mut query, &name, &Value::String(value.clone()), ListStyle::Repeat);
            let url = url::Url::parse(&format!("https://a.example/?{query}")).unwrap();
            let pairs: Vec<_> = url.query_pairs().into_owned().collect();
            prop_assert_eq!(pairs, vec![("x".to_owned(), "1".to_owned()), (name, value)]);
        }

        #[test]
        fn json_in_ascii_is_the_same_json(value in "\\PC*") {
            let text = Value::String(value.clone()).to_string();
            let ascii = ascii_json(&text);
            prop_assert!(ascii.is_ascii());
            prop_assert_eq!(serde_json::from_str::<String>(&ascii).unwrap(), value);
        }
    }
}
