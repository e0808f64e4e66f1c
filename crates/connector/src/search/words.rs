//! Words as the search compares them: split, lower-cased, without filler, reduced to their stem.

use rust_stemmers::{Algorithm, Stemmer};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Words that carry no goal. Verbs that name an action are never in here.
const FILLER: &[&str] = &[
    "a", "about", "an", "and", "any", "are", "as", "at", "be", "by", "can", "could", "do", "does", "for",
    "from", "has", "have", "how", "i", "if", "in", "into", "is", "it", "its", "let", "like", "me", "my",
    "need", "of", "on", "or", "our", "please", "s", "so", "some", "that", "the", "their", "them", "then",
    "there", "these", "this", "those", "to", "us", "using", "via", "want", "was", "we", "were", "what",
    "which", "will", "with", "would", "you", "your",
];

/// More words that carry nothing in a goal, where people say more than texts do.
const FILLER_OF_GOALS: &str = "able above according after again ago already also am another anybody anyone anything aren around away back \
    because been before being below between bit both but came com come comes couldn d did didn doesn don down dr \
    during each eight else even ever everybody everyone everything exactly far few fine first five four further \
    get gets getting go goes going gone good got great had half hasn haven having he hello her here hers herself \
    hey hi him himself his hundred instead isn just keep keeps kept kind lets ll lot lots m makes many may might \
    more most mr mrs ms much must myself never nine no nobody nor not nothing now off ok okay once one ones only \
    onto oops other others ours over own per put puts quite re really right same seven shall she should shouldn \
    since six somebody someone something soon sort still stuff such t take takes ten than thanks theirs \
    themselves they thing things though three through till together too took top two under until up upon use \
    used ve very wasn way well when where whether while who whole whom whose why within without won www yet \
    yours yourself";

const DAYS: &str = "monday tuesday wednesday thursday friday saturday sunday";

/// Words that tell a time.
const TIMES: &str = "afternoon ago am apr april aug august day days dec december evening feb february hour hours jan january jul \
    july jun june lately later mar march minute minutes month morning night noon nov november oct october pm \
    quarter recently sep sept september soon today tomorrow tonight week weekend year yesterday";

/// Whether a word carries no goal.
pub(super) fn is_filler_of_goals(word: &str) -> bool {
    static ALL: LazyLock<HashSet<&str>> =
        LazyLock::new(|| FILLER.iter().copied().chain(FILLER_OF_GOALS.split(' ')).collect());
    ALL.contains(word)
}

/// Whether a word is a day of the week.
pub(super) fn is_day(word: &str) -> bool {
    DAYS.split(' ').any(|day| day == word)
}

/// Whether a word tells a time of the day or the year, or how long ago.
pub(super) fn is_time(word: &str) -> bool {
    static ALL: LazyLock<HashSet<&str>> = LazyLock::new(|| TIMES.split(' ').collect());
    ALL.contains(word)
}

/// The lines of a table that say something.
pub(super) fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    let lines = table.lines();
    lines.filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The stem of one word in lower case.
pub(super) fn stem(word: &str) -> String {
    Stemmer::create(Algorithm::English).stem(word).into_owned()
}

/// The stems of a text, in order, repeated as they stand. `chat_postMessage` gives `chat`, `post`, `messag`.
pub(super) fn stems(text: &str) -> Vec<String> {
    let stemmer = Stemmer::create(Algorithm::English);
    split(text)
        .into_iter()
        .filter(|word| !FILLER.contains(&word.as_str()))
        .map(|word| stemmer.stem(&word).into_owned())
        .collect()
}

/// The first stem of a text.
pub(super) fn first_stem(text: &str) -> Option<String> {
    let first = split(text)
        .into_iter()
        .find(|word| !FILLER.contains(&word.as_str()))?;
    Some(stem(&first))
}

/// Stems by number, for texts in which the same words come again and again: each is stemmed once.
pub(super) struct Numbered {
    stemmer: Stemmer,
    numbers: HashMap<String, u32>,
    /// The number of each word that was met; none for filler.
    words: HashMap<String, Option<u32>>,
}

impl Default for Numbered {
    fn default() -> Self {
        Self {
            stemmer: Stemmer::create(Algorithm::English),
            numbers: HashMap::new(),
            words: HashMap::new(),
        }
    }
}

impl Numbered {
    /// The numbers of a text's stems, each once, in ascending order.
    pub(super) fn stems(&mut self, text: &str) -> Vec<u32> {
        self.stems_of([text])
    }

    /// The same for several texts as one.
    pub(super) fn stems_of(&mut self, texts: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<u32> {
        let mut found = Vec::new();
        for text in texts {
            found.extend(
                split(text.as_ref())
                    .into_iter()
                    .filter_map(|word| self.number(word)),
            );
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// How many stems there are.
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    pub(super) fn into_numbers(self) -> HashMap<String, u32> {
        self.numbers
    }

    fn number(&mut self, word: String) -> Option<u32> {
        if let Some(known) = self.words.get(&word) {
            return *known;
        }
        let number = (!FILLER.contains(&word.as_str())).then(|| {
            let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
            let stem = self.stemmer.stem(&word).into_owned();
            *self.numbers.entry(stem).or_insert(next)
        });
        self.words.insert(word, number);
        number
    }
}

/// Splits at everything that is no letter or digit, where a small letter meets a capital one, before the last
/// of several capitals that a small letter follows (`HTTPServer`), and gives lower case. An apostrophe inside
/// a word ends it: what follows (`'s`, `'t`) says nothing about a goal.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut letters = text.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        if letter.is_alphanumeric() {
            let next_is_small = letters.peek().is_some_and(|next| next.is_lowercase());
            let starts_anew = letter.is_uppercase()
                && (before.is_lowercase() || before.is_numeric() || (before.is_uppercase() && next_is_small));
            if starts_anew {
                finish(&mut word, &mut words);
            }
            word.extend(letter.to_lowercase());
        } else {
            let inside = !word.is_empty();
            finish(&mut word, &mut words);
            if inside && (letter == '\'' || letter == '’') {
                while letters.next_if(|next| next.is_alphanumeric()).is_some() {}
            }
        }
        before = letter;
    }
    finish(&mut word, &mut words);
    words
}

fn finish(word: &mut String, words: &mut Vec<String>) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

#[cfg(test)]
mod tests {
    use super::{split, stems};

    #[test]
    fn ids_of_every_vendor_fall_into_words() {
        assert_eq!(split("chat_postMessage"), ["chat", "post", "message"]);
        assert_eq!(split("issues/list-for-repo"), ["issues", "list", "for", "repo"]);
        assert_eq!(
            split("gmail.users.drafts.delete"),
            ["gmail", "users", "drafts", "delete"]
        );
        assert_eq!(split("LineItemsCreate"), ["line", "items", "create"]);
        assert_eq!(split("getHTTPServer2Go"), ["get", "http", "server2", "go"]);
        assert_eq!(split("Größe ändern"), ["größe", "ändern"]);
        assert_eq!(split("the user's page, don’t"), ["the", "user", "page", "don"]);
        assert!(split(" -- ").is_empty());
    }

    #[test]
    fn forms_of_a_word_meet_in_one_stem() {
        assert_eq!(stems("please send the messages"), stems("sending a message"));
        assert_eq!(stems("repositories"), stems("repository"));
        assert_eq!(stems("deleted"), stems("delete"));
    }
}
