//! A description that is imported again.

use super::{draft, loaded, of};
use crate::import::merge;
use serde_json::{Value, json};

fn operation(id: &str, tag: &str) -> Value {
    json!({"operationId": id, "summary": format!("The {id}"), "tags": [tag], "parameters": [{"name": "q", "in": "query", "schema": {"type": "string"}}]})
}

fn first() -> Value {
    of(
        &json!({"/a": {"get": operation("a", "one")}, "/b": {"get": operation("b", "one"), "post": operation("make_b", "two")}, "/c": {"get": operation("c", "three")}}),
    )
}

#[test]
fn a_description_that_says_the_same_changes_nothing() {
    let made = draft(&first());
    let merged = merge(&made.text, &draft(&first())).unwrap();
    assert!(merged.is_empty() && merged.text == made.text, "{merged:?}");
}

#[test]
fn what_a_person_edited_stays_and_the_rest_follows_the_description() {
    let made = draft(&first());
    // A person lets one write through, words another action anew, and adds an action of their own.
    let edited = made
        .text
        .replace("off = true\nname = \"make_b\"", "name = \"make_b\"")
        .replace("title = \"The a\"", "title = \"My own words\"")
        + "\n[[action]]\nname = \"mine\"\ntitle = \"Mine\"\nabout = \"Mine\"\nresource = \"one\"\ncall = \"GET /mine\"\nkind = \"read\"\n";
    assert_ne!(edited, made.text);
    let mut later = first();
    for (path, method) in [("/a", "get"), ("/b", "post")] {
        later["paths"][path][method]["parameters"][0]["name"] = json!("query");
    }
    later["paths"].as_object_mut().unwrap().remove("/c");
    later["paths"]["/d"] = json!({"get": operation("d", "four")});
    let merged = merge(&edited, &draft(&later)).unwrap();
    assert_eq!(
        (merged.added, merged.changed, merged.kept, merged.gone),
        (
            vec!["GET /d".to_owned()],
            vec!["POST /b".to_owned()],
            vec!["GET /a".to_owned()],
            vec!["GET /c".to_owned()]
        )
    );
    let connector = crate::parse("pet_shop.toml", &merged.text).unwrap();
    let on: Vec<_> = connector
        .actions()
        .map(|action| (action.id.as_str(), action.title.as_str(), action.params().len()))
        .collect();
    assert_eq!(
        on,
        [
            ("a", "My own words", 1),
            ("b", "The b", 1),
            ("make_b", "The make_b", 1),
            ("mine", "Mine", 0)
        ]
    );
    assert_eq!(connector.action("make_b").unwrap().params()[0].name, "query");
    assert_eq!(
        connector
            .off()
            .map(|action| action.id.as_str())
            .collect::<Vec<_>>(),
        ["c", "d"]
    );
    // Once more: nothing is new.
    assert!(merge(&merged.text, &draft(&later)).unwrap().is_empty());
}

#[test]
fn an_edited_head_stays_and_gets_what_new_actions_need() {
    let made = draft(&first());
    let edited = made
        .text
        .replace("about = \"Sells pets\"", "about = \"Our pets\"");
    let mut later = first();
    later["paths"]["/d"] = json!({"get": operation("d", "four")});
    let merged = merge(&edited, &draft(&later)).unwrap();
    assert!(merged.head_kept && !merged.head_changed);
    let connector = crate::parse("pet_shop.toml", &merged.text).unwrap();
    assert_eq!(connector.about, "Our pets");
    assert_eq!(
        connector.off().filter(|action| action.resource == "four").count(),
        1
    );
}

#[test]
fn names_do_not_change_with_the_order_of_the_description() {
    let made = loaded(&draft(&first()));
    let mut turned = first();
    let paths: serde_json::Map<String, Value> = first()["paths"]
        .as_object()
        .unwrap()
        .clone()
        .into_iter()
        .rev()
        .collect();
    turned["paths"] = Value::Object(paths);
    let ids = |connector: &crate::Connector| {
        let mut ids: Vec<_> = connector
            .actions()
            .chain(connector.off())
            .map(|action| (action.path.clone(), action.id.clone()))
            .collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&made), ids(&loaded(&draft(&turned))));
}

#[test]
fn a_file_of_another_connector_or_a_broken_one_is_refused() {
    let made = draft(&first());
    let other = made.text.replace("id = \"pet_shop\"", "id = \"other\"");
    assert!(merge(&other, &made).unwrap_err().contains("`other`"));
    assert!(merge("id = ", &made).unwrap_err().contains("does not load"));
}
