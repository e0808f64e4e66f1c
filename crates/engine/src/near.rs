//! Names that are near to one that was not found, so that a caller can mend its request.

/// The longest name that is shown back, in characters.
const SHOWN: usize = 80;

/// A name from outside, cut to a length that can be shown back.
pub(crate) fn shown(name: &str) -> String {
    match name.char_indices().nth(SHOWN) {
        None => name.to_owned(),
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
    }
}

/// The `most` names that are nearest to `name`, nearest first; none that are far.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>, most: usize) -> Vec<String> {
    let near = solder_connector::nearest_few(&shown(name), known, most);
    near.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{nearest, shown};

    #[test]
    fn a_slip_finds_what_was_meant() {
        let known = ["slack", "github", "hubspot", "notion"];
        assert_eq!(nearest("Slak", known.into_iter(), 3), ["slack"]);
        assert_eq!(nearest("git", known.into_iter(), 3), ["github"]);
        assert!(nearest("zzzz", known.into_iter(), 3).is_empty());
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        assert_eq!(shown(&"é".repeat(81)).chars().count(), 81);
        assert_eq!(shown("short"), "short");
    }
}
