//! The rules of names.

use http::{HeaderName, header};

/// A name of letters, digits and some signs, with a rule for its first character.
fn named(text: &str, most: usize, first: fn(u8) -> bool, rest: fn(u8) -> bool) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().next().is_some_and(first) && text.bytes().all(rest)
}

/// An action's id: 1 to 100 of `A-Z a-z 0-9 . _ / : -`, a letter or digit first.
pub(super) fn action_id(text: &str) -> bool {
    let rest = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'/' | b':' | b'-');
    named(text, 100, |byte| byte.is_ascii_alphanumeric(), rest)
}

/// A parameter's name: 1 to 64 of `A-Z a-z 0-9 _ . -`, a letter or `_` first. Clients take no other names of properties.
pub(super) fn parameter_name(text: &str) -> bool {
    let rest = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    named(text, 64, |byte| byte.is_ascii_alphabetic() || byte == b'_', rest)
}

/// A name of the file's own: a variable, a secret, a kind of authentication, a paging: 1 to 48 of `a-z 0-9 _`, a letter first.
pub(super) fn own_name(text: &str) -> bool {
    let rest = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    named(text, 48, |byte| byte.is_ascii_lowercase(), rest)
}

/// A resource's id: 1 to 64 of `a-z 0-9 _ -`.
pub(super) fn resource_id(text: &str) -> bool {
    let rest = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
    named(text, 64, rest, rest)
}

/// A host that may be listed: a name in lower case, or `*.` and a name with a dot in it.
pub(crate) fn host_entry(text: &str) -> bool {
    let name = |text: &str| {
        text.split('.').all(|label| {
            named(
                label,
                63,
                |byte| byte != b'-',
                |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-',
            )
        })
    };
    match text.strip_prefix("*.") {
        Some(domain) => domain.contains('.') && name(domain),
        None => name(text),
    }
}

/// A header that a file may set. Those that say where a message ends or who sends it are not the file's to set.
pub(crate) fn header_name(text: &str) -> Result<HeaderName, String> {
    const TAKEN: [HeaderName; 8] = [
        header::AUTHORIZATION,
        header::CONNECTION,
        header::CONTENT_LENGTH,
        header::COOKIE,
        header::HOST,
        header::PROXY_AUTHORIZATION,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
    ];
    let name: HeaderName = text
        .parse()
        .map_err(|_bad_name| format!("`{text}` is not a header's name"))?;
    if TAKEN.contains(&name) {
        return Err(format!("the header `{name}` is not set this way"));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::{action_id, header_name, host_entry, own_name, parameter_name};

    #[test]
    fn names_follow_their_rules() {
        for good in [
            "chat_postMessage",
            "post-search",
            "issues/create",
            "gmail.users.drafts.delete",
            "2fa",
        ] {
            assert!(action_id(good), "{good}");
        }
        for bad in ["", "_a", "a b", "a*", "é", &"a".repeat(101)] {
            assert!(!action_id(bad), "{bad}");
        }
        assert!(parameter_name("_a.b-C") && !parameter_name("1a") && !parameter_name("a[b]"));
        assert!(own_name("bot_token") && !own_name("Bot") && !own_name("1a"));
        for good in ["slack.com", "localhost", "*.force.com", "127.0.0.1"] {
            assert!(host_entry(good), "{good}");
        }
        for bad in [
            "",
            "*",
            "*.com",
            "Slack.com",
            "a..b",
            "slack.com:443",
            "https://slack.com",
            "-a.com",
            "a.*.com",
        ] {
            assert!(!host_entry(bad), "{bad}");
        }
        assert!(header_name("Notion-Version").is_ok());
        assert!(
            header_name("host").is_err()
                && header_name("Authorization").is_err()
                && header_name("a b").is_err()
        );
    }
}
