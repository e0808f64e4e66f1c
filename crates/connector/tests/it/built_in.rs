//! What is built in: every file loads, and every recorded call plays.

use solder_connector::{Connector, Subject, built_in, built_in_examples, parse, play};
use std::collections::HashSet;

fn loaded(id: &str, text: &str) -> Connector {
    parse(&format!("connectors/{id}.toml"), text).unwrap_or_else(|faults| {
        let told: Vec<_> = faults.iter().map(ToString::to_string).collect();
        panic!("{}", told.join("\n"))
    })
}

#[test]
fn every_connector_that_is_built_in_loads() {
    let ids: Vec<_> = built_in().iter().map(|(id, _)| *id).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    let mut faults = Vec::new();
    for (id, text) in built_in() {
        match parse(&format!("connectors/{id}.toml"), text) {
            Ok(connector) => assert!(connector.actions().len() >= 6, "{id} has fewer than six actions"),
            Err(found) => faults.extend(found.iter().map(ToString::to_string)),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_action_and_oauth_table_that_is_built_in_has_an_example_and_all_play() {
    let mut wrong = Vec::new();
    for (id, text) in built_in() {
        let connector = loaded(id, text);
        let file = format!("connectors/examples/{id}.toml");
        let examples = built_in_examples()
            .iter()
            .find(|(other, _)| other == id)
            .map_or("", |(_, text)| text);
        let mut played = HashSet::new();
        match play(&connector, &file, examples) {
            Ok(calls) => {
                for call in calls {
                    let told = |difference| format!("{file}:{}: {}: {difference}", call.line, call.subject);
                    wrong.extend(call.differences.iter().map(told));
                    played.insert(call.subject);
                }
            }
            Err(faults) => wrong.extend(faults.iter().map(ToString::to_string)),
        }
        let actions = connector
            .actions()
            .map(|action| Subject::Action(action.id.clone()));
        let oauth = connector.auth.iter().filter(|auth| auth.oauth.is_some());
        let subjects = actions.chain(oauth.map(|auth| Subject::Connection(auth.kind.clone())));
        let unplayed = subjects.filter(|subject| !played.contains(subject));
        wrong.extend(unplayed.map(|subject| format!("{file}: no example of {subject}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_samples_of_built_in_actions_are_valid() {
    for (id, text) in built_in() {
        for action in loaded(id, text).actions() {
            let faults = action.validate(action.sample.as_object().unwrap());
            assert_eq!(faults, Ok(()), "{id} {}", action.id);
        }
    }
}

#[test]
fn whoever_sets_up_an_oauth_app_is_told_its_redirect_uri() {
    for (id, text) in built_in() {
        let connector = loaded(id, text);
        let browser = connector.auth.iter();
        let browser = browser.filter(|auth| {
            auth.oauth
                .as_ref()
                .is_some_and(solder_connector::OAuth::needs_browser)
        });
        for auth in browser {
            let uri = format!("{{publicUrl}}/connect/callback/{id}");
            assert!(auth.about.contains(&uri), "{id} {}: {}", auth.kind, auth.about);
        }
    }
}
