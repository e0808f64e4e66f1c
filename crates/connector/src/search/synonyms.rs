//! Words that mean nearly the same where people and assistants speak of work.

use super::words;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Other stems of the meanings that a stem has; none where the word is in no line.
pub(super) fn of(stem: &str) -> &'static [String] {
    static TABLE: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(table);
    TABLE.get(stem).map_or(&[], Vec::as_slice)
}

fn table() -> HashMap<String, Vec<String>> {
    let mut table = HashMap::new();
    for line in words::lines(include_str!("meanings.txt")) {
        if let Some((words, others)) = line.split_once(" > ") {
            lead(&words::stems(words), &words::stems(others), &mut table);
        } else {
            let stems = words::stems(line);
            lead(&stems, &stems, &mut table);
        }
    }
    table
}

/// Notes that each of these stems may stand for each of the others.
fn lead(stems: &[String], others: &[String], table: &mut HashMap<String, Vec<String>>) {
    for stem in stems {
        let known = table.entry(stem.clone()).or_default();
        for other in others {
            if other != stem && !known.contains(other) {
                known.push(other.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::search::words::stem;

    #[test]
    fn a_word_finds_the_others_of_its_meanings_and_never_itself() {
        let others = of(&stem("ticket"));
        assert!(others.contains(&stem("bug")));
        assert!(!others.contains(&stem("ticket")));
        assert!(of("xylophon").is_empty());
    }

    #[test]
    fn what_leads_one_way_does_not_lead_back() {
        assert!(of(&stem("rain")).contains(&stem("forecast")));
        assert!(!of(&stem("forecast")).contains(&stem("snow")));
    }
}
