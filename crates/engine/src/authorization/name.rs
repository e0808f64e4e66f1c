//! Names that clients give themselves, made fit to be shown to a person who decides by them.

/// The longest name that is shown, in characters.
const MOST: usize = 100;

/// The name without what would hide or turn around other text: control characters, direction marks, characters
/// without a width. Runs of white space become one space; the rest is cut. None where nothing is left.
pub(super) fn clean(text: &str) -> Option<String> {
    let seen: String = text.chars().filter(|letter| !hides(*letter)).collect();
    let words: Vec<&str> = seen.split_whitespace().collect();
    let name: String = words.join(" ").chars().take(MOST).collect();
    (!name.trim().is_empty()).then(|| name.trim().to_owned())
}

fn hides(letter: char) -> bool {
    (letter.is_control() && !letter.is_whitespace())
        || matches!(
            letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn what_hides_or_turns_text_around_is_left_out() {
        assert_eq!(clean("  My\n\tClient "), Some("My Client".to_owned()));
        assert_eq!(clean("Good\u{202e}live\u{200b}"), Some("Goodlive".to_owned()));
        assert_eq!(clean("\u{200b}\u{feff} \n"), None);
        assert_eq!(clean(&"é".repeat(200)).unwrap().chars().count(), 100);
    }
}
