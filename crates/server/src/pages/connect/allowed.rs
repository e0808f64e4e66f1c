//! What assistants will be allowed, as the pages say it.

use solder_engine::{Allowed, AllowedGroup};

/// What is allowed, in a line for each kind, and in full.
pub(super) struct AllowedView<'a> {
    /// A line for each kind that is there: "May look at" and "Channels, Messages".
    pub(super) lines: Vec<(&'static str, String)>,
    /// Everything: what is done, and to what, each with the actions' own names.
    pub(super) all: Vec<(&'static str, Vec<Line<'a>>)>,
}

/// What can be done with one kind of thing.
pub(super) struct Line<'a> {
    pub(super) things: &'a str,
    pub(super) titles: String,
}

impl<'a> AllowedView<'a> {
    pub(super) fn of(allowed: &'a Allowed) -> Self {
        let kinds = [
            ("May look at", "Look", &allowed.looks),
            ("May add or change", "Add or change", &allowed.changes),
            (
                "May delete",
                "Delete, or do what cannot be undone",
                &allowed.deletes,
            ),
        ];
        let there = || kinds.iter().filter(|(_, _, groups)| !groups.is_empty());
        Self {
            lines: there().map(|(may, _, groups)| (*may, things(groups))).collect(),
            all: there()
                .map(|(_, heading, groups)| (*heading, groups.iter().map(line).collect()))
                .collect(),
        }
    }
}

fn things(groups: &[AllowedGroup]) -> String {
    let names: Vec<&str> = groups.iter().map(|group| group.things.as_str()).collect();
    names.join(", ")
}

fn line(group: &AllowedGroup) -> Line<'_> {
    Line {
        things: &group.things,
        titles: group.titles.join("; "),
    }
}
