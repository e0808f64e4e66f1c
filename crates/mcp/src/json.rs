//! Small helpers around raw JSON.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Appends a value as JSON.
pub(crate) fn write<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    let start = out.len();
    if serde_json::to_writer(&mut *out, value).is_err() {
        // Cannot happen for text, numbers and maps of text in memory; the frame around it stays whole in any case.
        out.truncate(start);
        out.extend_from_slice(b"null");
    }
}

/// The text of a JSON string; `None` where the value is no string or holds half a surrogate pair.
pub(crate) fn text(value: &RawValue) -> Option<Cow<'_, str>> {
    let inner = value.get().strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') {
        serde_json::from_str(value.get()).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inner))
    }
}

/// Whether the value is an object.
pub(crate) fn is_object(value: &RawValue) -> bool {
    value.get().starts_with('{')
}

/// Whether the value is `null`.
pub(crate) fn is_null(value: &RawValue) -> bool {
    value.get() == "null"
}

/// Reads a member that is there, `null` included, which `Option` alone would take for absent.
pub(crate) fn present<'de, D>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error>
where
    D: Deserializer<'de>,
{
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// At most `most` characters of a text that somebody else wrote, for a message.
pub(crate) fn cut(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

/// Whether the JSON text nests fewer than `limit` levels of arrays and objects. Brackets inside strings do not count.
pub(crate) fn nests_below(text: &str, limit: usize) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth >= limit {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{cut, nests_below, text};
    use serde_json::value::RawValue;

    #[test]
    fn depth_counts_brackets_outside_strings_alone() {
        assert!(nests_below("[[[]]]", 4));
        assert!(!nests_below("[[[]]]", 3));
        assert!(nests_below(r#"["[[[\"[[","]"]"#, 2));
        assert!(nests_below("[[],[],[]]", 3));
        assert!(nests_below("]]]]", 1));
    }

    #[test]
    fn text_is_decoded_where_it_is_escaped_and_half_a_pair_is_no_text() {
        let read = |json: &'static str| text(serde_json::from_str::<&RawValue>(json).unwrap());
        assert_eq!(read(r#""a\u0062""#).unwrap(), "ab");
        assert_eq!(read(r#""ab""#).unwrap(), "ab");
        assert_eq!(read(r#""\ud800""#), None);
        assert_eq!(read("7"), None);
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(cut("äöü", 2), "äö…");
        assert_eq!(cut("äöü", 3), "äöü");
    }
}
