//! Where a sign-in may lead: to a path of ours and nowhere else, or whoever makes a link could send people to a page of
//! their own right after they signed in here.

use url::Url;

/// Longest path with its query, in bytes.
const MOST: usize = 4_096;

/// Whether every browser takes the text for a path of the origin that it is at.
pub(super) fn is_ours(text: &str) -> bool {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'"' | b'<' | b'>' | b'#'));
    if !plain || text.len() > MOST || !text.starts_with('/') || text.starts_with("//") {
        return false;
    }
    // What browsers make of it: the same origin, and the same text.
    let Ok(joined) = Url::parse("https://solder.invalid").and_then(|base| base.join(text)) else {
        return false;
    };
    joined.as_str().strip_prefix("https://solder.invalid") == Some(text)
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn paths_of_ours_are_taken() {
        for path in [
            "/",
            "/connect/abc_DEF-1",
            "/oauth/authorize?request=x&y=%2F%2Fz",
            "/a?next=https://b.example/",
        ] {
            assert!(is_ours(path), "{path}");
        }
    }

    #[test]
    fn nothing_that_leads_elsewhere_is_taken_however_it_is_written() {
        for path in [
            "",
            "connect/x",
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            " /connect",
            "/./",
            "/..//evil.example",
            "/.//evil.example",
            "/a/../../b",
            "/%2e%2e/x",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: x=y",
            "/é",
            "/a#b",
            &format!("/{}", "a".repeat(5_000)),
        ] {
            assert!(!is_ours(path), "{path:?}");
        }
    }
}
