//! What a goal says: the words that count and for how much, what shall be done, and what stands for something else.
//!
//! People write names, hours, numbers and titles into a goal that no connector file knows. Such words are left out or
//! count for less, and where their form says what they are, that counts: `kim@example.com` is an e-mail address.

use super::deeds::{Deeds, Wish};
use super::phrases;
use super::words::{self, is_filler_of_goals, split, stem};
use std::collections::HashSet;

/// What a word counts that tells a time.
const TIME: f32 = 0.35;
/// What a word counts that is a name of somebody or something.
const PROPER: f32 = 0.35;
/// What a word in quotes counts.
const QUOTED: f32 = 0.35;
/// What a word counts that a turn of speech means.
const MEANT: f32 = 0.8;

/// A goal as it was read.
pub(super) struct Goal {
    words: Vec<Word>,
    /// Stems that the goal means without saying them, and what each counts.
    hints: Vec<(&'static str, f32)>,
    /// Every stem of the text but filler, for phrases.
    pub(super) stems: Vec<String>,
    pub(super) wish: Wish,
    pub(super) deeds: Deeds,
}

/// One word of the goal.
struct Word {
    text: String,
    stem: String,
    /// Whether it has a capital where a word needs none.
    proper: bool,
    /// Whether it tells a time, and a day of the week not the name of something.
    time: bool,
    quoted: bool,
}

impl Goal {
    pub(super) fn read(text: &str) -> Self {
        let mut reader = Reader::default();
        for (at, part) in text.split(['"', '“', '”', '„']).enumerate() {
            reader.part(part, at % 2 == 1);
        }
        let Reader {
            mut words,
            mut hints,
            capitals,
            ..
        } = reader;
        if capitals * 2 > words.len() {
            for word in &mut words {
                word.proper = false;
            }
        }
        mark_times(&mut words);
        let spoken: Vec<String> = words
            .iter()
            .filter(|word| !word.quoted)
            .map(|word| word.text.clone())
            .collect();
        let meant: Vec<&'static str> = phrases::meant_by(&spoken).collect();
        let mut deeds = Deeds::default();
        for word in words.iter().filter(|word| !word.quoted) {
            deeds = deeds.and(Deeds::of(&word.stem));
        }
        let wish = wish(&spoken, deeds, text.trim_end().ends_with('?'));
        if meant.iter().any(|stem| Deeds::of(stem).meets(Deeds::DELETE)) {
            deeds = deeds.and(Deeds::DELETE);
        }
        hints.extend(meant.into_iter().map(|stem| (stem, MEANT)));
        Self {
            words,
            hints,
            stems: words::stems(text),
            wish,
            deeds,
        }
    }

    /// Whether the goal names what has this name, given as stems.
    pub(super) fn names(&self, name: &[String]) -> bool {
        let says = |stem: &String| self.words.iter().any(|word| word.stem == *stem && !word.is_day());
        !name.is_empty() && name.iter().all(says)
    }

    /// Whether each word of this name is written as a name, with a capital where a word needs none.
    pub(super) fn writes_as_name(&self, name: &[String]) -> bool {
        let written = |stem: &String| self.words.iter().any(|word| word.stem == *stem && word.proper);
        name.iter().all(written)
    }

    /// The stems that count, each once, and for how much. `named` are those of the names that the goal says, which say
    /// where and not what; `known` tells which others are part of a name.
    pub(super) fn terms(&self, named: &HashSet<&str>, known: impl Fn(&str) -> bool) -> Vec<(&str, f32)> {
        let mut terms: Vec<(&str, f32)> = Vec::new();
        let said = self.words.iter().filter(|word| {
            !is_filler_of_goals(&word.text) && (word.quoted || !named.contains(word.stem.as_str()))
        });
        let said = said.map(|word| (word.stem.as_str(), word.weight(&known)));
        for (stem, weight) in said.chain(self.hints.iter().copied()) {
            match terms.iter_mut().find(|(known, _)| *known == stem) {
                Some((_, before)) => *before = before.max(weight),
                None => terms.push((stem, weight)),
            }
        }
        terms
    }
}

impl Word {
    fn is_day(&self) -> bool {
        self.time && words::is_day(&self.text)
    }

    fn weight(&self, known: impl Fn(&str) -> bool) -> f32 {
        if self.quoted {
            QUOTED
        } else if self.time {
            TIME
        } else if self.proper && !known(&self.stem) {
            PROPER
        } else {
            1.0
        }
    }
}

#[derive(Default)]
struct Reader {
    words: Vec<Word>,
    hints: Vec<(&'static str, f32)>,
    capitals: usize,
    within_sentence: bool,
}

impl Reader {
    fn part(&mut self, text: &str, quoted: bool) {
        for token in text.split_whitespace() {
            let hints = if quoted { &[][..] } else { form(token) };
            self.hints.extend_from_slice(hints);
            if hints.is_empty() {
                self.token(token, quoted);
            }
            self.within_sentence = !token.ends_with(['.', '?', '!', ':']);
        }
    }

    fn token(&mut self, token: &str, quoted: bool) {
        let bare = token.trim_matches(|letter: char| !letter.is_alphanumeric());
        let mut letters = bare.chars();
        let capital = letters.next().is_some_and(char::is_uppercase);
        let more_small = letters
            .next()
            .is_some_and(|letter| letter != '\'' && letter != '’')
            && bare.chars().any(char::is_lowercase);
        let proper = self.within_sentence && capital && more_small;
        self.capitals += usize::from(proper);
        for word in split(token) {
            if !word.starts_with(|letter: char| letter.is_ascii_digit()) {
                let stem = stem(&word);
                let text = word;
                self.words.push(Word {
                    text,
                    stem,
                    proper,
                    time: false,
                    quoted,
                });
            }
        }
    }
}

/// What the form of a token alone says: the words that it stands for, and what they count.
fn form(token: &str) -> &'static [(&'static str, f32)] {
    let token =
        token.trim_matches(|letter: char| matches!(letter, ',' | '.' | ';' | ':' | '?' | '!' | '(' | ')'));
    let digits = token.chars().filter(char::is_ascii_digit).count();
    if token.starts_with("https://") || token.starts_with("http://") {
        &[("url", 0.5), ("link", 0.5)]
    } else if token
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
    {
        &[("email", 0.5)]
    } else if token
        .strip_prefix('#')
        .is_some_and(|name| name.chars().any(char::is_alphabetic))
    {
        &[("channel", 0.9)]
    } else if is_issue_key(token) {
        &[("issu", 0.8)]
    } else if token
        .strip_prefix('+')
        .unwrap_or(token)
        .chars()
        .all(|letter| letter.is_ascii_digit())
        && (token.starts_with('+') && digits > 1 || token.starts_with('0') && digits > 3)
    {
        &[("phone", 0.6), ("number", 0.6)]
    } else {
        &[]
    }
}

/// `SHOP-214`: capitals, a hyphen, and a number or a short code that begins with one.
fn is_issue_key(token: &str) -> bool {
    token.split_once('-').is_some_and(|(project, number)| {
        project.len() > 1
            && project
                .chars()
                .all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
            && project.starts_with(|letter: char| letter.is_ascii_uppercase())
            && number.starts_with(|letter: char| letter.is_ascii_digit())
            && number
                .chars()
                .all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
    })
}

/// Marks the words that tell a time. A day of the week is a time after a word such as `on` or before one such as `at`;
/// else it may be the platform of that name.
fn mark_times(words: &mut [Word]) {
    const BEFORE: &[&str] = &[
        "on", "since", "next", "last", "by", "until", "till", "from", "this", "every", "of", "before",
        "after", "for", "to", "and",
    ];
    const AFTER: &[&str] = &["morning", "afternoon", "evening", "night", "noon", "at"];
    const NAMED: &[&str] = &["com", "board", "boards", "item", "items", "update", "workspace"];
    let text: Vec<String> = words.iter().map(|word| word.text.clone()).collect();
    let is = |at: Option<usize>, list: &[&str]| {
        let word = at.and_then(|at| text.get(at));
        word.is_some_and(|word| list.contains(&word.as_str()))
    };
    for (at, word) in words.iter_mut().enumerate() {
        word.time = if word.text == "monday" {
            let (before, after) = (at.checked_sub(1), at.checked_add(1));
            is(after, AFTER) || is(before, BEFORE) && !is(after, NAMED)
        } else {
            words::is_time(&word.text) || words::is_day(&word.text)
        };
    }
}

/// Whether something is asked or shall be changed, by the order of the words. Each sign has a weight; the stronger side
/// wins where it is strong enough.
fn wish(words: &[String], deeds: Deeds, question_mark: bool) -> Wish {
    const BEGIN: &[&str] = &[
        "which", "what", "who", "whose", "whom", "when", "where", "how", "why", "is", "are", "did", "does",
        "do", "has", "have", "was", "were", "any", "whether", "will", "count",
    ];
    const WITHIN: &[&str] = &["what", "which", "who", "whether", "where", "how", "whose"];
    let at = |place: usize| words.get(place).map_or("", String::as_str);
    let told = at(0) == "have" && ["a", "an", "the"].contains(&at(1));
    let mut asks = if BEGIN.contains(&at(0)) && !told {
        2.0
    } else if words.iter().skip(1).any(|word| WITHIN.contains(&word.as_str())) {
        0.7
    } else {
        0.0
    };
    if question_mark {
        asks += 1.0;
    }
    let mut first = words.iter().take(4).map(|word| Deeds::of(&stem(word)));
    let lead = first.find(|deeds| !deeds.is_empty()).filter(|_| asks < 2.0);
    asks += match lead.map(Deeds::writes) {
        Some(Some(true)) => -1.5,
        Some(Some(false)) => 1.5,
        None if asks < 1.0 && deeds.writes() != Some(false) && !deeds.is_empty() => -1.0,
        None if asks < 1.0 && deeds.is_empty() => -0.4,
        Some(None) | None => 0.0,
    };
    if words.iter().any(|word| word == "please") {
        asks -= 0.5;
    }
    if asks >= 1.0 {
        Wish::Ask
    } else if asks <= -1.0 {
        Wish::Change
    } else {
        Wish::Unsaid
    }
}

#[cfg(test)]
mod tests {
    use super::{Deeds, Goal, Wish};
    use std::collections::HashSet;

    fn terms(text: &str) -> Vec<(String, f32)> {
        let goal = Goal::read(text);
        let terms = goal.terms(&HashSet::new(), |_| false);
        terms
            .into_iter()
            .map(|(stem, weight)| (stem.to_owned(), weight))
            .collect()
    }

    fn weight(text: &str, stem: &str) -> Option<f32> {
        terms(text)
            .into_iter()
            .find(|(known, _)| known == stem)
            .map(|(_, weight)| weight)
    }

    #[test]
    fn what_something_is_by_its_form_counts_in_its_place() {
        assert_eq!(weight("look up kim@example.com", "email"), Some(0.5));
        assert_eq!(weight("look up kim@example.com", "kim"), None);
        assert_eq!(weight("what does SHOP-214 say", "issu"), Some(0.8));
        assert_eq!(weight("text +491512345678 that it is ready", "phone"), Some(0.6));
        assert_eq!(weight("tell #ops about it", "channel"), Some(0.9));
        assert_eq!(weight("read https://example.com/a", "link"), Some(0.5));
        assert_eq!(
            terms("invoice 1033 of 12 items"),
            [("invoic".to_owned(), 1.0), ("item".to_owned(), 1.0)]
        );
    }

    #[test]
    fn names_times_and_quoted_words_count_for_less() {
        for (text, stem) in [
            ("give the card to Nina", "nina"),
            ("the report of yesterday", "yesterday"),
            ("a task named \"buy stamps\"", "stamp"),
        ] {
            assert!(weight(text, stem).unwrap() < 1.0, "{text}");
        }
        assert_eq!(
            weight("Nina has a card", "nina"),
            Some(1.0),
            "every sentence begins so"
        );
        assert_eq!(
            weight("Give The Card To Nina Now Please", "card"),
            Some(1.0),
            "all of it is written so"
        );
    }

    #[test]
    fn the_day_is_no_platform_and_the_platform_no_day() {
        let monday = ["monday".to_owned()];
        for text in ["on Monday at 2", "since Monday", "Monday morning I need the list"] {
            assert!(!Goal::read(text).names(&monday), "{text}");
        }
        for text in [
            "find monday items",
            "on the monday board",
            "on monday.com, delete the line",
            "in Monday",
        ] {
            assert!(Goal::read(text).names(&monday), "{text}");
        }
    }

    #[test]
    fn questions_ask_and_orders_change() {
        for (text, wish) in [
            ("which invoices are overdue", Wish::Ask),
            ("is there a help article on passwords?", Wish::Ask),
            ("show me the deals", Wish::Ask),
            ("delete the branch", Wish::Change),
            ("a new channel please", Wish::Change),
            ("the deal with Nordwind", Wish::Unsaid),
        ] {
            assert!(Goal::read(text).wish == wish, "{text}");
        }
        assert!(Goal::read("call off the meeting").deeds.meets(Deeds::DELETE));
        assert!(!Goal::read("call the office").deeds.meets(Deeds::DELETE));
    }
}
