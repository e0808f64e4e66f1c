//! Plain sentences over the connectors that are built in.

use super::{Hit, Index};
use crate::{Summary, built_in};
use std::sync::LazyLock;

static CONNECTORS: LazyLock<Vec<Summary>> = LazyLock::new(|| {
    let read = |(_, text): &(&str, &str)| Summary::read(text).unwrap();
    built_in().iter().map(read).collect()
});
static INDEX: LazyLock<Index> = LazyLock::new(|| Index::new(CONNECTORS.iter()));

/// What a person may ask for, and the action that is meant.
const GOALS: &[(&str, &str)] = &[
    (
        "send a message to the general channel on slack",
        "slack.chat_postMessage",
    ),
    ("post an announcement in our team chat", "slack.chat_postMessage"),
    (
        "tell #ops in Slack that the deployment is done",
        "slack.chat_postMessage",
    ),
    ("reply in a slack thread", "slack.chat_postMessage"),
    ("fix a typo in the slack message I just sent", "slack.chat_update"),
    ("delete the message that the bot posted", "slack.chat_delete"),
    (
        "send a slack message tomorrow morning",
        "slack.chat_scheduleMessage",
    ),
    (
        "what was said in the channel today?",
        "slack.conversations_history",
    ),
    ("read the replies in a thread", "slack.conversations_replies"),
    ("which channels are there in Slack", "slack.conversations_list"),
    (
        "make a new private channel for project Apollo",
        "slack.conversations_create",
    ),
    ("rename a channel", "slack.conversations_rename"),
    (
        "close a slack channel that nobody uses",
        "slack.conversations_archive",
    ),
    ("add Ana to the channel", "slack.conversations_invite"),
    ("who is in this channel?", "slack.conversations_members"),
    (
        "find a colleague on Slack by email address",
        "slack.users_lookupByEmail",
    ),
    ("list everybody in the slack workspace", "slack.users_list"),
    ("react with thumbs up to a message", "slack.reactions_add"),
    (
        "search all slack messages for the word invoice",
        "slack.search_messages",
    ),
    ("pin the message", "slack.pins_add"),
    ("file a bug on GitHub", "github.issues/create"),
    ("open a new issue in the repository", "github.issues/create"),
    ("list the open issues of a repo", "github.issues/list-for-repo"),
    ("close issue 42", "github.issues/update"),
    ("comment on a github issue", "github.issues/create-comment"),
    ("add the label urgent to an issue", "github.issues/add-labels"),
    ("open a PR from my branch", "github.pulls/create"),
    ("merge the pull request", "github.pulls/merge"),
    ("approve a pull request", "github.pulls/create-review"),
    (
        "what files does this pull request change",
        "github.pulls/list-files",
    ),
    ("read the README of a repository", "github.repos/get-content"),
    (
        "commit a change to a file",
        "github.repos/create-or-update-file-contents",
    ),
    ("remove a file from a repo", "github.repos/delete-file"),
    (
        "did the CI build pass?",
        "github.actions/list-workflow-runs-for-repo",
    ),
    ("create a branch", "github.git/create-ref"),
    ("show the commit history", "github.repos/list-commits"),
    ("publish a new release", "github.repos/create-release"),
    ("find where a function is used in the code", "github.search/code"),
    ("add a new lead to the CRM", "hubspot.ContactsCreate"),
    ("look up a customer by email in HubSpot", "hubspot.ContactsSearch"),
    ("change the phone number of a contact", "hubspot.ContactsUpdate"),
    ("move a deal to another stage", "hubspot.DealsUpdate"),
    ("show me the deals in the sales pipeline", "hubspot.DealsList"),
    (
        "create a support ticket for a customer problem",
        "hubspot.TicketsCreate",
    ),
    ("delete a company from hubspot", "hubspot.CompaniesArchive"),
    ("link a contact with its company", "hubspot.ObjectsAssociate"),
    ("who are our sales reps?", "hubspot.OwnersList"),
    ("write a note in Notion", "notion.post-page"),
    ("find the page with the meeting notes", "notion.post-search"),
    (
        "read the whole text of a notion page",
        "notion.retrieve-page-markdown",
    ),
    ("add a row to a notion database", "notion.post-page"),
    (
        "list all tasks in a notion table that are not done",
        "notion.query-data-source",
    ),
    ("append a paragraph to a page", "notion.patch-block-children"),
    (
        "replace the content of a document in Notion",
        "notion.update-page-markdown",
    ),
    (
        "what columns does the database have",
        "notion.retrieve-a-data-source",
    ),
    ("comment on a page", "notion.create-a-comment"),
    (
        "create a new MCP server for the support team",
        "solder.create-server",
    ),
    (
        "the token leaked, give the server a new one",
        "solder.rotate-server-token",
    ),
    ("which accounts have I connected?", "solder.list-credentials"),
    (
        "remove my stored Slack credential from Solder",
        "solder.delete-credential",
    ),
];

fn names(hits: &[Hit]) -> Vec<String> {
    hits.iter()
        .map(|hit| format!("{}.{}", hit.connector, hit.action))
        .collect()
}

#[test]
fn plain_sentences_find_their_action_among_the_first_three() {
    let missed: Vec<_> = GOALS
        .iter()
        .filter_map(|(goal, wanted)| {
            let found = names(&INDEX.search(goal, |_, _| true, 3));
            (!found.iter().any(|name| name == wanted))
                .then(|| format!("{goal}\n  wanted {wanted}\n  found {found:?}"))
        })
        .collect();
    assert!(
        missed.is_empty(),
        "{} of {} missed:\n{}",
        missed.len(),
        GOALS.len(),
        missed.join("\n")
    );
}

#[test]
fn most_sentences_find_their_action_at_once() {
    let first = |goal: &str| names(&INDEX.search(goal, |_, _| true, 1)).pop();
    let hit = GOALS
        .iter()
        .filter(|(goal, wanted)| first(goal).as_deref() == Some(*wanted))
        .count();
    assert!(
        hit * 100 >= GOALS.len() * 75,
        "{hit} of {} come first",
        GOALS.len()
    );
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
    for (goal, connector) in [
        ("list people in notion", "notion"),
        ("list people in slack", "slack"),
    ] {
        let hits = INDEX.search(goal, |_, _| true, 1);
        assert_eq!(hits[0].connector.as_str(), connector, "{goal}");
    }
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
    for (goal, _) in GOALS {
        assert_eq!(
            INDEX.search(goal, |_, _| true, 10),
            again.search(goal, |_, _| true, 10)
        );
    }
}
