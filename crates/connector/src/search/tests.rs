//! Plain sentences over the connectors that are built in.

use super::{Hit, Index};
use crate::{Summary, built_in};
use std::collections::BTreeSet;
use std::sync::LazyLock;

static CONNECTORS: LazyLock<Vec<Summary>> = LazyLock::new(|| {
    let read = |(_, text): &(&str, &str)| Summary::read(text).unwrap();
    built_in().iter().map(read).collect()
});
static INDEX: LazyLock<Index> = LazyLock::new(|| Index::new(CONNECTORS.iter()));

/// What a person may ask for, and the actions that are right.
type Goal = (&'static str, Vec<&'static str>);

fn goals(text: &'static str) -> Vec<Goal> {
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let goal = |line: &'static str| {
        let (goal, actions) = line.split_once('\t').unwrap();
        (goal, actions.split(' ').collect())
    };
    lines.map(goal).collect()
}

static TUNING: LazyLock<Vec<Goal>> = LazyLock::new(|| goals(include_str!("../../evaluation/tuning.tsv")));
static HELD_OUT: LazyLock<Vec<Goal>> = LazyLock::new(|| goals(include_str!("../../evaluation/held-out.tsv")));

/// The sentences of which no right action is among the first so many, each with what was found instead.
fn missed(goals: &[Goal], most: usize) -> Vec<String> {
    let miss = |(goal, right): &Goal| {
        let found = names(&INDEX.search(goal, |_, _| true, most));
        let hit = found.iter().any(|name| right.contains(&name.as_str()));
        (!hit).then(|| format!("{goal}\n  right {right:?}\n  found {found:?}"))
    };
    goals.iter().filter_map(miss).collect()
}

/// Holds that at least this share of the sentences, in percent, finds a right action among the first so many.
fn holds(goals: &[Goal], most: usize, percent: usize) {
    let missed = missed(goals, most);
    let hit = goals.len() - missed.len();
    assert!(
        hit * 100 >= goals.len() * percent,
        "{hit} of {} among the first {most}; missed:\n{}",
        goals.len(),
        missed.join("\n")
    );
}

fn names(hits: &[Hit]) -> Vec<String> {
    hits.iter()
        .map(|hit| format!("{}.{}", hit.connector, hit.action))
        .collect()
}

#[test]
fn plain_sentences_find_their_action_among_the_first_three() {
    holds(&TUNING, 3, 91);
    holds(&TUNING, 1, 75);
}

#[test]
fn sentences_that_nothing_was_tuned_on_find_their_action_as_well() {
    holds(&HELD_OUT, 3, 82);
    holds(&HELD_OUT, 1, 63);
}

#[test]
fn every_sentence_names_actions_that_there_are_and_stands_once() {
    assert!(
        TUNING.len() >= 150 && HELD_OUT.len() >= 150,
        "{} and {}",
        TUNING.len(),
        HELD_OUT.len()
    );
    let known: BTreeSet<String> = CONNECTORS
        .iter()
        .flat_map(|one| {
            one.actions
                .iter()
                .map(|action| format!("{}.{}", one.id, action.id))
        })
        .collect();
    let mut seen = BTreeSet::new();
    for (goal, right) in TUNING.iter().chain(HELD_OUT.iter()) {
        assert!(seen.insert(goal.to_lowercase()), "`{goal}` stands twice");
        assert!(
            !right.is_empty() && right.iter().all(|name| known.contains(*name)),
            "`{goal}`: {right:?}"
        );
    }
}

#[test]
fn every_action_is_found_by_its_own_title() {
    for connector in CONNECTORS.iter() {
        for action in &connector.actions {
            let goal = format!("{} {}", action.title, connector.name);
            let found = names(&INDEX.search(&goal, |_, _| true, 3));
            let wanted = format!("{}.{}", connector.id, action.id);
            assert!(found.contains(&wanted), "`{goal}` finds {found:?}");
        }
    }
}

#[test]
fn what_is_not_allowed_is_never_found_and_takes_no_place() {
    let goal = "send a message to a channel";
    let all = INDEX.search(goal, |_, _| true, 10);
    let rest = INDEX.search(
        goal,
        |connector, action| (connector, action) != ("slack", "chat_postMessage"),
        9,
    );
    assert!(names(&all).contains(&"slack.chat_postMessage".to_owned()));
    let expected: Vec<_> = all
        .into_iter()
        .filter(|hit| hit.action != "chat_postMessage")
        .collect();
    assert_eq!(rest, expected);
    assert!(INDEX.search(goal, |_, _| false, 10).is_empty());
}

#[test]
fn the_connector_that_is_named_comes_first() {
    for connector in CONNECTORS.iter().filter(|one| one.id.as_str() != "solder") {
        for goal in ["list people in", "what is new on", "please send a message with"] {
            let goal = format!("{goal} {}", connector.name);
            let hits = INDEX.search(&goal, |_, _| true, 1);
            assert_eq!(hits[0].connector, connector.id, "{goal}");
        }
    }
}

#[test]
fn where_no_platform_is_named_the_connected_one_is_meant() {
    let first = |goal: &str, connected: &str| {
        let hits = INDEX.search_for(goal, |_, _| true, |one| one.as_str() == connected, 1);
        hits[0].connector.as_str().to_owned()
    };
    for connected in ["hubspot", "pipedrive", "intercom"] {
        assert_eq!(first("add a new contact", connected), connected);
    }
    for connected in ["jira", "linear", "github"] {
        assert_eq!(first("create an issue for the login bug", connected), connected);
    }
    assert_eq!(
        first("add a new contact in HubSpot", "pipedrive"),
        "hubspot",
        "what is said counts more"
    );
}

#[test]
fn unknown_words_find_nothing_and_known_ones_are_ranked() {
    for goal in ["", "   ", "?!", "the of a", "xyzzy plugh"] {
        assert!(INDEX.search(goal, |_, _| true, 5).is_empty(), "{goal:?}");
    }
    let hits = INDEX.search("xyzzy message", |_, _| true, 100);
    assert!(hits.len() > 5 && hits.is_sorted_by(|one, next| one.score >= next.score));
    assert!(INDEX.search("message", |_, _| true, 0).is_empty());
    assert_eq!(
        INDEX.len(),
        CONNECTORS
            .iter()
            .map(|connector| connector.actions.len())
            .sum::<usize>()
    );
}

#[test]
fn the_same_goal_gives_the_same_ranking() {
    let again = Index::new(CONNECTORS.iter());
    for (goal, _) in TUNING.iter() {
        assert_eq!(
            INDEX.search(goal, |_, _| true, 10),
            again.search(goal, |_, _| true, 10)
        );
    }
}
