//! Words that mean nearly the same where people and assistants speak of work.

use super::words;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Each line is one meaning. A word may stand in several. The words of a line are taken for each other at a
/// lower weight than the word itself, so that a nearer action still comes first.
const MEANINGS: &[&[&str]] = &[
    // What is done.
    &[
        "send", "post", "write", "say", "tell", "publish", "announce", "notify",
    ],
    &[
        "create", "add", "make", "new", "register", "insert", "start", "set up",
    ],
    &["create", "open", "raise", "report", "log"],
    &[
        "list",
        "show",
        "see",
        "browse",
        "display",
        "enumerate",
        "every",
        "all",
    ],
    &[
        "get", "read", "fetch", "retrieve", "view", "show", "info", "detail", "details", "load", "see",
    ],
    &[
        "find", "search", "look", "lookup", "query", "locate", "filter", "matching",
    ],
    &[
        "update", "edit", "change", "modify", "alter", "correct", "fix", "adjust", "set",
    ],
    &["rename", "name"],
    &[
        "delete", "remove", "erase", "destroy", "drop", "discard", "trash", "bin",
    ],
    &["archive", "delete", "retire", "close"],
    &["append", "add", "insert"],
    &["invite", "add"],
    &["associate", "link", "connect", "relate", "attach"],
    &["schedule", "later", "tomorrow", "delay", "plan", "queue"],
    &["merge", "land", "accept"],
    &["rotate", "renew", "replace", "refresh", "regenerate"],
    &["check", "verify", "test", "health", "alive", "status"],
    &["assign", "assignee", "responsible"],
    // What it is done to.
    &["message", "dm", "chat", "text"],
    &["channel", "conversation", "room"],
    &["history", "latest", "recent", "last"],
    &["reply", "thread", "answer", "respond", "response"],
    &["reaction", "react", "emoji", "thumbs"],
    &[
        "user",
        "person",
        "people",
        "member",
        "teammate",
        "colleague",
        "coworker",
        "employee",
    ],
    &[
        "contact", "person", "people", "lead", "customer", "client", "prospect",
    ],
    &[
        "company",
        "organization",
        "organisation",
        "business",
        "firm",
        "account",
        "employer",
    ],
    &["deal", "opportunity", "sale", "pipeline"],
    &["ticket", "issue", "bug", "problem", "defect", "case", "complaint"],
    &["owner", "rep", "representative", "salesperson", "seller"],
    &["repo", "repository", "codebase"],
    &["pull", "pr", "prs", "mr"],
    &["commit", "revision", "history"],
    &["label", "tag"],
    &["file", "document", "attachment", "content"],
    &["page", "doc", "document", "note", "wiki", "article"],
    &["database", "table", "source", "row", "record", "entry"],
    &["block", "paragraph", "text", "content", "line"],
    &["comment", "note", "remark", "feedback"],
    &["email", "mail", "address"],
    &["profile", "account", "identity", "me"],
    &["workspace", "team", "organization"],
    &["credential", "key", "secret", "connection", "login"],
    &["token", "key", "url"],
    &["product", "item", "article"],
    &["meeting", "appointment", "call", "event"],
    &["release", "version", "changelog"],
    &["workflow", "run", "build", "ci", "pipeline", "job"],
];

/// Other stems of the meanings that a stem has; none where the word is in no line.
pub(super) fn of(stem: &str) -> &'static [String] {
    static TABLE: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(table);
    TABLE.get(stem).map_or(&[], Vec::as_slice)
}

fn table() -> HashMap<String, Vec<String>> {
    let mut table: HashMap<String, Vec<String>> = HashMap::new();
    for meaning in MEANINGS {
        let stems: Vec<String> = meaning.iter().flat_map(|word| words::stems(word)).collect();
        for stem in &stems {
            let others = table.entry(stem.clone()).or_default();
            for other in &stems {
                if other != stem && !others.contains(other) {
                    others.push(other.clone());
                }
            }
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::search::words::stems;

    #[test]
    fn a_word_finds_the_others_of_its_meanings_and_never_itself() {
        let ticket = stems("ticket").remove(0);
        let others = of(&ticket);
        assert!(others.contains(&stems("bug").remove(0)));
        assert!(!others.contains(&ticket));
        assert!(of("xylophon").is_empty());
    }
}
