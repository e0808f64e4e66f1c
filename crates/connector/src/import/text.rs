//! Texts of a description, made fit for a model: one sentence, without marks of any language, without controls.

/// A text on one line: markup and control characters gone, white space taken together.
pub(super) fn plain(text: &str) -> String {
    // Descriptions hold whole manuals; only their beginning is ever used.
    let start: String = text.chars().take(4000).collect();
    let without_tags = tags_gone(&links_gone(&start));
    let mut out = String::with_capacity(without_tags.len());
    for word in without_tags.split(|one: char| one.is_whitespace() || one.is_control() || is_invisible(one)) {
        let word = word.trim_matches(|one| matches!(one, '*' | '`' | '_' | '#' | '>' | '~' | '|'));
        if word.is_empty() || (word.len() > 2 && word.bytes().all(|byte| matches!(byte, b'-' | b'='))) {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().filter(|one| !matches!(one, '`' | '*')));
    }
    out
}

/// Characters that show nothing and change how what is around them is read: they have no place in a text for a model.
fn is_invisible(one: char) -> bool {
    matches!(u32::from(one), 0xad | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x2069 | 0xfeff | 0xfff9..=0xfffb | 0xe0000..=0xe007f)
}

/// The first sentence, at most so many characters long.
pub(super) fn sentence(text: &str, most: usize) -> String {
    let text = plain(text);
    let end = text
        .match_indices(['.', '!', '?'])
        .map(|(at, _)| at + 1)
        .find(|at| ends_sentence(&text, *at));
    let first = end.and_then(|end| text.get(..end)).unwrap_or(&text);
    let first = first.strip_suffix('.').unwrap_or(first);
    shortened(first, most)
}

/// A full stop ends a sentence where a word of two letters or more stands before it and a space behind.
fn ends_sentence(text: &str, at: usize) -> bool {
    let behind = text
        .get(at..)
        .is_none_or(|rest| rest.is_empty() || rest.starts_with(' '));
    let before = text.get(..at.saturating_sub(1)).unwrap_or_default();
    let word = before.rsplit([' ', '(', '[', '"']).next().unwrap_or_default();
    behind && word.chars().count() > 1 && !matches!(word, "e.g" | "i.e" | "etc" | "vs" | "approx" | "incl")
}

/// The text cut between words, with a mark where something is missing.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most.saturating_sub(1)).collect();
    let whole = cut
        .rfind(' ')
        .filter(|at| *at > most / 2)
        .and_then(|at| cut.get(..at));
    format!(
        "{}…",
        whole.unwrap_or(&cut).trim_end_matches([',', ';', ':', ' '])
    )
}

/// Tags of HTML and its entities gone.
fn tags_gone(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let is_tag = after.starts_with(|one: char| one.is_ascii_alphabetic() || matches!(one, '/' | '!'));
        match after
            .split_once('>')
            .filter(|(inside, _)| is_tag && inside.len() < 500)
        {
            Some((inside, behind)) => {
                if !is_inline(inside) {
                    out.push(' ');
                }
                rest = behind;
            }
            None => {
                out.push('<');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    let entities = [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ];
    for (entity, meaning) in entities {
        if out.contains(entity) {
            out = out.replace(entity, meaning);
        }
    }
    out
}

/// Whether a tag stands within a line, so that no space is where it was.
fn is_inline(tag: &str) -> bool {
    let name = tag.trim_start_matches('/');
    let name = name
        .split(|one: char| !one.is_ascii_alphanumeric())
        .next()
        .unwrap_or(name);
    matches!(
        name.to_ascii_lowercase().as_str(),
        "a" | "b" | "i" | "u" | "em" | "strong" | "code" | "span" | "tt" | "sup" | "sub"
    )
}

/// `[words](address)` becomes the words; an image nothing.
fn links_gone(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        let link = after.split_once("](").and_then(|(words, behind)| {
            let (address, behind) = behind.split_once(')')?;
            (!words.contains('[') && words.len() < 300 && address.len() < 1000).then_some((words, behind))
        });
        match link {
            Some((words, behind)) => {
                let image = before.strip_suffix('!');
                out.push_str(image.unwrap_or(before));
                out.push_str(if image.is_some() { "" } else { words });
                rest = behind;
            }
            None => {
                out.push_str(before);
                out.push('[');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::{plain, sentence};

    #[test]
    fn markup_and_controls_are_gone() {
        for (text, wanted) in [
            ("<p>Lists <b>all</b> users.</p>", "Lists all users."),
            ("Get a [user](https://example.com/x) by `id`", "Get a user by id"),
            ("![logo](a.png) **Bold**\n\n# Head", "Bold Head"),
            ("a\u{1b}[2Jb\u{200b}c\u{202e}d\0e", "a [2Jb c d e"),
            ("1 < 2 and 3 > 2", "1 < 2 and 3 2"),
            ("Tom &amp; Jerry", "Tom & Jerry"),
        ] {
            assert_eq!(plain(text), wanted);
        }
    }

    #[test]
    fn the_first_sentence_is_taken_and_cut_between_words() {
        assert_eq!(
            sentence("Lists users, e.g. admins. Needs a token.", 100),
            "Lists users, e.g. admins"
        );
        assert_eq!(
            sentence("Lists users (e.g. admins). Needs a token.", 100),
            "Lists users (e.g. admins)"
        );
        assert_eq!(sentence("Version 1.2 of it. More", 100), "Version 1.2 of it");
        assert_eq!(sentence("one two three four", 12), "one two…");
        assert_eq!(sentence("", 10), "");
    }
}
