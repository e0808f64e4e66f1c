//! Texts that a regular expression takes, for samples.

use regex_syntax::hir::{Class, Hir, HirKind};

/// No sample is longer, in bytes.
const LONGEST: usize = 10_000;

/// A text that fits the pattern, of so many characters where the pattern's repetitions allow it; nothing where the pattern
/// cannot be read or asks for more than a sample may be. What a pattern says of what stands around it is not looked at:
/// whoever needs a text that fits for certain has to check it.
pub(super) fn fitting(pattern: &str, least: usize) -> Option<String> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let mut text = String::new();
    write(&hir, &mut 0, &mut text)?;
    let mut short = least.max(1).saturating_sub(text.chars().count());
    if short > 0 {
        text.clear();
        write(&hir, &mut short, &mut text)?;
    }
    Some(text)
}

/// Writes the shortest text, and `extra` repetitions more.
fn write(hir: &Hir, extra: &mut usize, out: &mut String) -> Option<()> {
    if out.len() > LONGEST {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => out.push(letter(class)?),
        HirKind::Capture(capture) => write(&capture.sub, extra, out)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, extra, out))?,
        HirKind::Alternation(parts) => write(parts.first()?, extra, out)?,
        HirKind::Repetition(repeated) => {
            let room = repeated.max.map_or(LONGEST, |most| {
                usize::try_from(most - repeated.min).unwrap_or(LONGEST)
            });
            let more = room.min(*extra);
            *extra -= more;
            let least = usize::try_from(repeated.min).ok()?;
            for _ in 0..least.checked_add(more)? {
                write(&repeated.sub, extra, out)?;
            }
        }
    }
    Some(())
}

/// A character of a class: a letter or a digit where it has one, else the first that can be seen.
fn letter(class: &Class) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class
            .ranges()
            .iter()
            .map(|range| (range.start(), range.end()))
            .collect(),
        Class::Bytes(class) => class
            .ranges()
            .iter()
            .map(|range| (char::from(range.start()), char::from(range.end())))
            .collect(),
    };
    let has = |one: char| ranges.iter().any(|(first, last)| (*first..=*last).contains(&one));
    let mut liked = ('a'..='z')
        .chain('0'..='9')
        .chain('A'..='Z')
        .chain('!'..='~')
        .chain([' ']);
    liked
        .find(|one| has(*one))
        .or_else(|| ranges.first().map(|(first, _)| *first))
}

#[cfg(test)]
mod tests {
    use super::fitting;

    #[test]
    fn what_is_made_fits() {
        for (pattern, least, wanted) in [
            ("^d-[0-9a-f]{10}$", 0, "d-aaaaaaaaaa"),
            (r"^\d{3}(-\w+)?$", 0, "000"),
            ("^[a-zA-Z0-9]*$", 4, "aaaa"),
            ("^(red|green)$", 0, "red"),
            (r"^arn:aws(-cn|-us-gov)?:[a-z0-9-]*:.+$", 0, "arn:aws::a"),
        ] {
            assert_eq!(fitting(pattern, least).as_deref(), Some(wanted), "{pattern}");
        }
    }

    #[test]
    fn what_cannot_be_read_or_is_too_long_makes_nothing() {
        for pattern in ["(?!x)a", "(", "(((a{100}){100}){100}){100}"] {
            assert_eq!(fitting(pattern, 0), None, "{pattern}");
        }
    }
}
