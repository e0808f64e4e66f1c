//! Entries of action lists, where `*` stands for any run of characters.

/// One entry, ready to be matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    pieces: Vec<Box<str>>,
}

impl Pattern {
    /// Compiles an entry. It is never split: dots and slashes are characters like any other.
    pub fn new(entry: &str) -> Self {
        Self {
            pieces: entry.split('*').map(Into::into).collect(),
        }
    }

    /// Whether the entry matches every text.
    pub fn matches_all(&self) -> bool {
        self.pieces.len() > 1 && self.pieces.iter().all(|piece| piece.is_empty())
    }

    /// Whether the whole of `text` matches.
    pub fn matches(&self, text: &str) -> bool {
        let Some((first, rest)) = self.pieces.split_first() else {
            return false;
        };
        let Some(mut left) = text.strip_prefix(first.as_ref()) else {
            return false;
        };
        let Some((last, middle)) = rest.split_last() else {
            return left.is_empty();
        };
        for piece in middle {
            let Some((_, after)) = left.split_once(piece.as_ref()) else {
                return false;
            };
            left = after;
        }
        left.ends_with(last.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;
    use proptest::prelude::*;

    /// The plain definition, by trying every split.
    fn plainly(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|start| plainly(rest, &text[start..])),
            Some((letter, rest)) => text.first() == Some(letter) && plainly(rest, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn matching_is_what_the_definition_says(pattern in "[ab./*]{0,6}", text in "[ab./]{0,8}") {
            let letters: Vec<char> = pattern.chars().collect();
            let body: Vec<char> = text.chars().collect();
            prop_assert_eq!(Pattern::new(&pattern).matches(&text), plainly(&letters, &body));
        }
    }
}
