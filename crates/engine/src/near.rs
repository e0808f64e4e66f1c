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
    let wanted = shown(name).to_lowercase();
    let mut scored: Vec<(f64, &str)> = known
        .map(|candidate| {
            let lower = candidate.to_lowercase();
            let inside = lower.contains(&wanted) || wanted.contains(&lower);
            let score = strsim::jaro_winkler(&wanted, &lower);
            (
                if inside && wanted.len() > 2 {
                    score.max(0.85)
                } else {
                    score
                },
                candidate,
            )
        })
        .filter(|(score, _)| *score >= 0.75)
        .collect();
    scored.sort_by(|left, right| right.0.total_cmp(&left.0).then_with(|| left.1.cmp(right.1)));
    scored
        .into_iter()
        .take(most)
        .map(|(_, candidate)| candidate.to_owned())
        .collect()
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
