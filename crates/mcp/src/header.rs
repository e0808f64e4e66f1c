//! One header as the protocol reads it: found once or refused, trimmed, decoded.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use std::borrow::Cow;

/// The header that names the revision.
pub(crate) const VERSION: &str = "mcp-protocol-version";
/// The header that mirrors the body's `method`.
pub(crate) const METHOD: &str = "mcp-method";
/// The header that mirrors the name or URI which the body asks for.
pub(crate) const NAME: &str = "mcp-name";
/// What every header begins with that mirrors an argument of a tool.
pub(crate) const PARAM: &str = "mcp-param-";
/// The header that names a legacy session.
pub(crate) const SESSION: &str = "mcp-session-id";

/// What stands in a header that may stand once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Single<'h> {
    Absent,
    /// Printable ASCII without white space at the ends.
    Text(&'h str),
    Repeated,
    /// Bytes that are no printable ASCII.
    Unreadable,
}

impl<'h> Single<'h> {
    /// Reads the header. Two lines of one name are `Repeated` even where they agree, since what stands between us and
    /// the client may have read either.
    pub(crate) fn read(headers: &'h HeaderMap, name: &str) -> Self {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Self::Absent,
            (Some(_), Some(_)) => Self::Repeated,
            (Some(value), None) => match value.to_str() {
                Ok(text) => Self::Text(text.trim_matches([' ', '\t'])),
                Err(_) => Self::Unreadable,
            },
        }
    }
}

/// A value of `Mcp-Name` or `Mcp-Param-*` with `=?base64?…?=` decoded; `None` where what stands inside is not
/// canonical base64 of UTF-8. Text without both ends of the mark is literal (SEP-2243, "Value Encoding").
pub(crate) fn decode(value: &str) -> Option<Cow<'_, str>> {
    let marked = value
        .strip_prefix("=?base64?")
        .and_then(|rest| rest.strip_suffix("?="));
    let Some(inner) = marked else {
        return Some(Cow::Borrowed(value));
    };
    let bytes = STANDARD.decode(inner).ok()?;
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::{Single, decode};
    use http::{HeaderMap, HeaderValue};

    #[test]
    fn a_marked_value_is_decoded_and_any_other_is_literal() {
        for (value, text) in [
            ("users_list", "users_list"),
            ("=?base64?SGVsbG8=?=", "Hello"),
            ("=?base64?8J+ZgiDDqQ==?=", "🙂 é"),
            ("=?base64??=", ""),
            ("=?base64?=", "=?base64?="),
            ("=?base64?SGVsbG8=", "=?base64?SGVsbG8="),
            ("SGVsbG8=?=", "SGVsbG8=?="),
            ("=?BASE64?SGVsbG8=?=", "=?BASE64?SGVsbG8=?="),
            ("SGVsbG8=", "SGVsbG8="),
        ] {
            assert_eq!(decode(value).as_deref(), Some(text), "{value}");
        }
    }

    #[test]
    fn bad_padding_letters_and_bytes_are_refused() {
        for value in [
            "=?base64?SGVsbG8?=",
            "=?base64?SGVs!!!bG8=?=",
            "=?base64?SGVsbG8==?=",
            "=?base64?SGVsbG9=?=",
            "=?base64?_-8=?=",
            "=?base64? SGVsbG8=?=",
            "=?base64?/w==?=",
        ] {
            assert_eq!(decode(value), None, "{value}");
        }
    }

    #[test]
    fn a_header_is_found_once_in_any_case_and_trimmed() {
        let mut headers = HeaderMap::new();
        assert_eq!(Single::read(&headers, "mcp-name"), Single::Absent);
        headers.append("MCP-NAME", HeaderValue::from_static("  a b\t"));
        assert_eq!(Single::read(&headers, "mcp-name"), Single::Text("a b"));
        headers.append("mcp-name", HeaderValue::from_static("a b"));
        assert_eq!(Single::read(&headers, "mcp-name"), Single::Repeated);
        headers.insert("mcp-name", HeaderValue::from_bytes(b"caf\xc3\xa9").unwrap());
        assert_eq!(Single::read(&headers, "mcp-name"), Single::Unreadable);
    }
}
