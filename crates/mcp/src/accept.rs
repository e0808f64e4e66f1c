//! Which media types the client takes and which one the body has (RFC 9110 parts 12.5.1 and 8.3).

use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE};

const JSON: &str = "application/json";
const EVENTS: &str = "text/event-stream";

/// How much the client wants each of the two forms of an answer, in thousandths; 0 is not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Accept {
    json: u16,
    events: u16,
}

impl Accept {
    /// Weighs `Accept`. Absent and empty take everything.
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        let lines: Vec<&[u8]> = headers
            .get_all(ACCEPT)
            .iter()
            .map(http::HeaderValue::as_bytes)
            .collect();
        let ranges = || {
            lines
                .iter()
                .flat_map(|line| split(line, b','))
                .map(<[u8]>::trim_ascii)
                .filter(|range| !range.is_empty())
        };
        if ranges().next().is_none() {
            return Self {
                json: 1000,
                events: 1000,
            };
        }
        Self {
            json: weigh(ranges(), JSON),
            events: weigh(ranges(), EVENTS),
        }
    }

    /// Whether an event stream is taken.
    pub(crate) const fn events(self) -> bool {
        self.events > 0
    }

    /// Whether either form is taken.
    pub(crate) const fn any(self) -> bool {
        self.events > 0 || self.json > 0
    }

    /// Whether plain JSON is wanted at least as much as an event stream.
    pub(crate) const fn prefers_json(self) -> bool {
        self.json > 0 && self.json >= self.events
    }
}

/// The weight that the most specific matching range gives to a media type; among equals the greatest.
fn weigh<'a>(ranges: impl Iterator<Item = &'a [u8]>, offer: &str) -> u16 {
    ranges
        .filter_map(|range| match_range(range, offer))
        .max()
        .map_or(0, |(_, weight)| weight)
}

/// How closely a range names the offer, and its weight; `None` where it does not match or cannot be read.
fn match_range(range: &[u8], offer: &str) -> Option<(u8, u16)> {
    let mut parts = split(range, b';').map(<[u8]>::trim_ascii);
    let name = parts.next()?;
    let (family, _) = offer.split_once('/')?;
    let mut closeness = if name.eq_ignore_ascii_case(offer.as_bytes()) {
        2
    } else if name == b"*/*" {
        0
    } else if name.strip_suffix(b"/*")?.eq_ignore_ascii_case(family.as_bytes()) {
        1
    } else {
        return None;
    };
    let mut weight = 1000;
    for part in parts.filter(|part| !part.is_empty()) {
        let (key, value) = parameter(part)?;
        if key.eq_ignore_ascii_case(b"q") {
            weight = quality(value)?;
        } else if key.eq_ignore_ascii_case(b"charset") && value.eq_ignore_ascii_case(b"utf-8") {
            closeness = 3;
        } else {
            // A form of the type that is not offered.
            return None;
        }
    }
    Some((closeness, weight))
}

/// Whether the body says that it is JSON in UTF-8. A body that says nothing, or two things, does not.
pub(crate) fn is_json_body(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return false;
    };
    let mut parts = split(value.as_bytes(), b';').map(<[u8]>::trim_ascii);
    let named = parts
        .next()
        .is_some_and(|name| name.eq_ignore_ascii_case(JSON.as_bytes()));
    named
        && parts
            .filter(|part| !part.is_empty())
            .all(|part| match parameter(part) {
                Some((key, value)) => !key.eq_ignore_ascii_case(b"charset") || is_utf8_name(value),
                None => false,
            })
}

fn is_utf8_name(name: &[u8]) -> bool {
    [&b"utf-8"[..], b"utf8", b"us-ascii"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

/// `name=value`, the value without its quotes.
fn parameter(part: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = part.iter().position(|byte| *byte == b'=')?;
    let (key, value) = (part.get(..at)?, part.get(at + 1..)?);
    let bare = value
        .strip_prefix(b"\"")
        .and_then(|rest| rest.strip_suffix(b"\""))
        .unwrap_or(value);
    Some((key, bare))
}

/// A weight of RFC 9110 part 12.4.2 in thousandths: `0`, `1`, `0.` or `1.` and up to three digits, at most 1.
fn quality(value: &[u8]) -> Option<u16> {
    let (whole, rest) = value.split_first()?;
    let digits = match rest {
        [] => &[][..],
        [b'.', digits @ ..] if digits.len() <= 3 => digits,
        _ => return None,
    };
    let mut thousandths = match whole {
        b'0' => 0,
        b'1' => 1000,
        _ => return None,
    };
    for (digit, worth) in digits.iter().zip([100, 10, 1]) {
        if !digit.is_ascii_digit() {
            return None;
        }
        thousandths += u16::from(digit - b'0') * worth;
    }
    (thousandths <= 1000).then_some(thousandths)
}

/// The pieces between separators that stand outside quotes.
fn split(line: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let (mut quoted, mut escaped) = (false, false);
    line.split(move |byte| {
        if escaped {
            escaped = false;
        } else if quoted && *byte == b'\\' {
            escaped = true;
        } else if *byte == b'"' {
            quoted = !quoted;
        } else if *byte == separator && !quoted {
            return true;
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::{Accept, is_json_body};
    use http::{HeaderMap, HeaderValue};

    fn accept(lines: &[&'static str]) -> (bool, bool, bool) {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("accept", HeaderValue::from_static(line));
        }
        let accept = Accept::read(&headers);
        (accept.json > 0, accept.events(), accept.prefers_json())
    }

    #[test]
    fn accept_is_weighed_as_rfc_9110_says() {
        for (lines, json, events, prefers_json) in [
            (&[][..], true, true, true),
            (&[""], true, true, true),
            (&[" , "], true, true, true),
            (&["*/*"], true, true, true),
            (&["text/*"], false, true, false),
            (&["application/*"], true, false, true),
            (&["application/json"], true, false, true),
            (&["text/event-stream"], false, true, false),
            (&["application/json,text/event-stream"], true, true, true),
            (&["application/json", "text/event-stream"], true, true, true),
            (&["APPLICATION/JSON , Text/Event-Stream"], true, true, true),
            (&["application/json;q=0.5, text/event-stream"], true, true, false),
            (
                &["application/json;q=0.9, text/event-stream;q=0.9"],
                true,
                true,
                true,
            ),
            (&["application/json;q=0, text/event-stream"], false, true, false),
            (&["application/json, text/event-stream;q=0"], true, false, true),
            (&["*/*;q=0"], false, false, false),
            (&["*/*, text/event-stream;q=0"], true, false, true),
            (&["*/*, text/*;q=0.000"], true, false, true),
            (&["text/*;q=0, text/event-stream"], false, true, false),
            (&["text/html"], false, false, false),
            (&["text/html, application/xhtml+xml, */*;q=0.8"], true, true, true),
            (
                &["application/json; charset=utf-8, text/event-stream; charset=\"UTF-8\""],
                true,
                true,
                true,
            ),
            (
                &["application/json; Q=0.001 , text/event-stream;;q=1.000"],
                true,
                true,
                false,
            ),
            (&["text/event-stream;level=1"], false, false, false),
            (
                &["application/json;profile=\"a,text/event-stream;q=1\""],
                false,
                false,
                false,
            ),
            (&["application/json;q=1.001"], false, false, false),
            (&["application/json;q=2"], false, false, false),
            (&["application/json;q=0.1234"], false, false, false),
            (&["application/json;q="], false, false, false),
            (&["application/json;q=x, text/event-stream"], false, true, false),
            (&["*"], false, false, false),
            (&["/"], false, false, false),
        ] {
            assert_eq!(accept(lines), (json, events, prefers_json), "{lines:?}");
        }
    }

    #[test]
    fn a_body_is_json_where_it_says_so_once() {
        for (lines, json) in [
            (&[][..], false),
            (&["application/json"], true),
            (&["Application/JSON;charset=UTF-8"], true),
            (&["application/json ; charset=\"utf-8\" "], true),
            (&["application/json; profile=x"], true),
            (&["application/json; charset=latin1"], false),
            (&["application/json; nonsense"], false),
            (&["application/json-rpc"], false),
            (&["application/x-www-form-urlencoded"], false),
            (&["text/plain"], false),
            (&[""], false),
            (&["application/json", "application/json"], false),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("content-type", HeaderValue::from_static(line));
            }
            assert_eq!(is_json_body(&headers), json, "{lines:?}");
        }
    }
}
