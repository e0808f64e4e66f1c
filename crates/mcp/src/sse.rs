//! Frames of an event stream (WHATWG HTML part 9.2).

/// Appends one event of the type `message`, whose JSON, which `write` appends, stands on a single `data:` line.
pub(crate) fn event(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    out.extend_from_slice(b"event: message\ndata: ");
    line(out, write);
    out.extend_from_slice(b"\n\n");
}

/// Appends JSON, which `write` appends, as a single line.
pub(crate) fn line(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    write(out);
    keep_on_one_line(out, start);
}

/// Keeps the JSON from `start` on in one line, however a reader tells lines: some split at U+2028, U+2029 and U+0085
/// too. Those stand inside strings alone, where they can be escaped; line ends stand between tokens alone.
fn keep_on_one_line(out: &mut Vec<u8>, start: usize) {
    // Most JSON has none of the bytes that a break begins with, and that is told many bytes at a time.
    let may_break = |json: &[u8]| {
        memchr::memchr2(b'\n', b'\r', json).is_some() || memchr::memchr2(0xE2, 0xC2, json).is_some()
    };
    let json = out.get(start..).filter(|json| may_break(json));
    let Some(first) = json.and_then(find_break) else {
        return;
    };
    let tail = out.split_off(start + first);
    let mut rest = tail.as_slice();
    while let Some((clean, found)) = find_break(rest).and_then(|at| rest.split_at_checked(at)) {
        out.extend_from_slice(clean);
        rest = match found {
            [0xE2, 0x80, 0xA8, after @ ..] => {
                out.extend_from_slice(b"\\u2028");
                after
            }
            [0xE2, 0x80, 0xA9, after @ ..] => {
                out.extend_from_slice(b"\\u2029");
                after
            }
            [0xC2, 0x85, after @ ..] => {
                out.extend_from_slice(b"\\u0085");
                after
            }
            [_, after @ ..] => {
                out.push(b' ');
                after
            }
            [] => &[],
        };
    }
    out.extend_from_slice(rest);
}

/// Bytes that are looked at together. Nearly all blocks hold no byte that could begin a break, and a loop without an
/// early end is one that the compiler makes vector instructions of: a list of tools is looked through on every call.
const BLOCK: usize = 64;

fn find_break(json: &[u8]) -> Option<usize> {
    let may_break = |byte: u8| matches!(byte, b'\n' | b'\r' | 0xC2 | 0xE2);
    let breaks = |at: usize| match json.get(at..)? {
        [b'\n' | b'\r', ..] | [0xE2, 0x80, 0xA8 | 0xA9, ..] | [0xC2, 0x85, ..] => Some(at),
        _ => None,
    };
    json.chunks(BLOCK).enumerate().find_map(|(place, block)| {
        let any = block.iter().fold(false, |any, byte| any | may_break(*byte));
        let start = place * BLOCK;
        if any {
            (start..start + block.len()).find_map(breaks)
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::event;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn framed(json: &str) -> String {
        let mut out = Vec::new();
        event(&mut out, |out| out.extend_from_slice(json.as_bytes()));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_event_is_one_data_line_with_every_line_break_escaped() {
        assert_eq!(framed(r#"{"a":1}"#), "event: message\ndata: {\"a\":1}\n\n");
        assert_eq!(
            framed("{\r\n\"a\":\"x\u{2028}y\u{2029}\u{85}\u{2027}—\u{86}\"}\n"),
            "event: message\ndata: {  \"a\":\"x\\u2028y\\u2029\\u0085\u{2027}—\u{86}\"} \n\n"
        );
    }

    proptest! {
        #[test]
        fn any_value_comes_back_from_its_frame(
            text in "[a\u{2028}\u{2029}\u{85}\\n\\r\"\\\\é🙂]{0,40}", pretty in any::<bool>(),
        ) {
            let value = json!({ &text: [text, 1, null] });
            let frame = framed(&if pretty {
                serde_json::to_string_pretty(&value).unwrap()
            } else {
                value.to_string()
            });
            let data = frame.strip_prefix("event: message\ndata: ").unwrap().strip_suffix("\n\n").unwrap();
            let breaks = ['\n', '\r', '\u{2028}', '\u{2029}', '\u{85}'];
            prop_assert!(!data.contains(breaks));
            prop_assert_eq!(serde_json::from_str::<Value>(data).unwrap(), value);
        }
    }
}
