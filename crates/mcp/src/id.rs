//! The id of a request, kept as the very text that came.

use serde_json::value::RawValue;
use std::sync::Arc;

/// The id of a request: a string or an integer, in the client's own spelling, so that the answer echoes it byte for
/// byte, however large the integer is or however the string is escaped. Cheap to
/// clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Id(Arc<str>);

impl Id {
    /// Takes a JSON value as an id; `None` where it is neither a string nor an integer (JSON-RPC 2.0 part 4 allows
    /// `null` and fractions, the protocol does not).
    pub(crate) fn read(value: &RawValue) -> Option<Self> {
        let text = value.get();
        let string = text.starts_with('"');
        let digits = text.strip_prefix('-').unwrap_or(text);
        let integer = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        (string || integer).then(|| Self(text.into()))
    }

    /// The id as JSON.
    pub fn as_json(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Id;
    use serde_json::value::RawValue;

    #[test]
    fn strings_and_integers_are_kept_as_they_came_and_nothing_else_is_an_id() {
        for text in [
            "0",
            "7",
            "-1",
            "-0",
            "123456789012345678901234567890",
            r#""""#,
            r#""a""#,
            r#""é\/ ""#,
        ] {
            let value: &RawValue = serde_json::from_str(text).unwrap();
            assert_eq!(Id::read(value).unwrap().as_json(), text);
        }
        for text in ["null", "true", "1.0", "1e3", "1E3", "-1.5", "[]", "{}"] {
            let value: &RawValue = serde_json::from_str(text).unwrap();
            assert_eq!(Id::read(value), None, "{text}");
        }
    }
}
