//! Names as people read them on the pages.

/// The longest name that is shown whole, in characters. User ids are the customer's own, up to 10,000.
const SHOWN: usize = 80;

/// A name, cut where it is endless. Characters that would turn the text around or hide in it are left out, so that a
/// name cannot pass for another.
pub(super) fn name(text: &str) -> String {
    let plain = text.chars().filter(|letter| !is_hidden(*letter));
    let mut shown: String = plain.clone().take(SHOWN).collect();
    if plain.count() > SHOWN {
        shown.push('…');
    }
    shown
}

/// Control characters, marks of direction, and characters without width.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// How long a page still works, such as "12 more minutes".
pub(super) fn left(ms: i64) -> String {
    let minutes = ms.max(0) / 60_000;
    match minutes {
        0 => "less than a minute".to_owned(),
        1 => "one more minute".to_owned(),
        2..120 => format!("{minutes} more minutes"),
        _ => format!("{} more hours", minutes / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::{left, name};

    #[test]
    fn a_name_is_cut_and_hides_nothing() {
        assert_eq!(name("ada"), "ada");
        assert_eq!(name(&"é".repeat(80)), "é".repeat(80));
        assert_eq!(name(&"é".repeat(10_000)), format!("{}…", "é".repeat(80)));
        assert_eq!(name("ad\u{202e}a\u{200b}\n\u{e0041}"), "ada");
    }

    #[test]
    fn what_is_left_is_told_in_words() {
        for (ms, words) in [
            (-5, "less than a minute"),
            (59_999, "less than a minute"),
            (60_000, "one more minute"),
            (899_000, "14 more minutes"),
            (7_200_000, "2 more hours"),
        ] {
            assert_eq!(left(ms), words);
        }
    }
}
