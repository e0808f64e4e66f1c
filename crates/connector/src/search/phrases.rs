//! Turns of speech that mean more than their words: to call a meeting off is to cancel it.

use super::words;
use std::sync::LazyLock;

/// The longest gap that `*` stands for, in words.
const GAP: usize = 5;

struct Phrase {
    slots: Vec<Slot>,
    /// Stems of the words that it means.
    means: Vec<String>,
}

enum Slot {
    /// One of these words.
    Word(Vec<&'static str>),
    /// A few words of any kind, or none.
    Gap,
}

static PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| {
    let lines = words::lines(include_str!("phrases.txt")).filter_map(|line| line.split_once(" > "));
    lines.map(|(turn, means)| Phrase::read(turn, means)).collect()
});

/// The stems that the turns of speech in these words mean, in the order of the table.
pub(super) fn meant_by(words: &[String]) -> impl Iterator<Item = &'static str> {
    let spoken = PHRASES.iter().filter(|phrase| phrase.is_in(words));
    spoken.flat_map(|phrase| phrase.means.iter().map(String::as_str))
}

impl Phrase {
    fn read(turn: &'static str, means: &str) -> Self {
        let slot = |part: &'static str| match part {
            "*" => Slot::Gap,
            words => Slot::Word(words.split('/').collect()),
        };
        Self {
            slots: turn.split(' ').map(slot).collect(),
            means: means.split(' ').map(words::stem).collect(),
        }
    }

    fn is_in(&self, words: &[String]) -> bool {
        (0..words.len()).any(|start| begins(words.get(start..).unwrap_or_default(), &self.slots))
    }
}

/// Whether the words begin with what the slots say.
fn begins(words: &[String], slots: &[Slot]) -> bool {
    let Some((first, rest)) = slots.split_first() else {
        return true;
    };
    match first {
        Slot::Word(any) => words
            .split_first()
            .is_some_and(|(word, after)| any.contains(&word.as_str()) && begins(after, rest)),
        Slot::Gap => (0..=GAP.min(words.len())).any(|gap| begins(words.get(gap..).unwrap_or_default(), rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::{PHRASES, Slot, meant_by};
    use crate::search::words::split;

    fn meant(text: &str) -> Vec<&'static str> {
        meant_by(&split(text)).collect()
    }

    #[test]
    fn a_turn_of_speech_is_heard_whole_and_with_words_in_between() {
        assert!(meant("call off the meeting").contains(&"cancel"));
        assert!(meant("tick buying milk off").contains(&"complet"));
        assert!(!meant("call the office").contains(&"cancel"));
        assert!(
            !meant("tick one two three four five six off").contains(&"complet"),
            "too far apart"
        );
        assert!(meant("").is_empty());
    }

    #[test]
    fn every_turn_begins_and_ends_with_a_word_and_means_something() {
        assert!(PHRASES.len() > 50);
        for phrase in PHRASES.iter() {
            let ends = [phrase.slots.first(), phrase.slots.last()];
            assert!(ends.iter().all(|end| matches!(end, Some(Slot::Word(_)))));
            assert!(phrase.means.iter().all(|stem| !stem.is_empty()) && !phrase.means.is_empty());
        }
    }
}
