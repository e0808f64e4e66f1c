//! The name of a file, as the headers of an answer tell it (RFC 6266).

use http::HeaderMap;
use http::header::CONTENT_DISPOSITION;
use percent_encoding::percent_decode_str;

/// The longest name that is passed on, in characters.
const LONGEST: usize = 200;

/// The name, without folders and without what a file system or a terminal could take for something else.
pub fn file_name(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_DISPOSITION)?;
    let text = String::from_utf8_lossy(value.as_bytes());
    let parameters: Vec<(String, &str)> = text
        .split(';')
        .skip(1)
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim()))
        .collect();
    let of = |wanted: &str| {
        parameters
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| *value)
    };
    let extended = of("filename*").and_then(|value| {
        let (_, encoded) = value.split_once("''")?;
        percent_decode_str(encoded).decode_utf8().ok().map(String::from)
    });
    let plain = || of("filename").map(|value| value.trim_matches('"').replace('\\', ""));
    clean(&extended.or_else(plain)?)
}

/// A name without folders and without what a file system or a terminal could take for something else.
pub(super) fn clean(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .filter(|character| {
            !character.is_control()
                && !matches!(character, '"' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
        .take(LONGEST)
        .collect();
    let kept = kept.trim().trim_start_matches('.').to_owned();
    (!kept.is_empty()).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::file_name;
    use http::{HeaderMap, HeaderValue};

    #[test]
    fn a_name_is_read_in_both_spellings_and_leads_nowhere() {
        for (header, wanted) in [
            ("attachment; filename=report.pdf", Some("report.pdf")),
            ("attachment; filename=\"a b.txt\"", Some("a b.txt")),
            (
                "attachment; filename=\"x.txt\"; filename*=UTF-8''%C3%A4.txt",
                Some("ä.txt"),
            ),
            ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
            (
                "attachment; filename*=UTF-8''..%2F..%5Cx%0d%0aSet-Cookie",
                Some("xSet-Cookie"),
            ),
            ("attachment; filename=\"..\"", None),
            ("inline", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("content-disposition", HeaderValue::from_static(header));
            assert_eq!(file_name(&headers).as_deref(), wanted, "{header}");
        }
    }
}
