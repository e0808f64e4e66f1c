//! `solder connectors`, which needs neither a server nor a database.

use crate::solder::Place;

const BUILT_IN: [&str; 5] = ["github", "hubspot", "notion", "slack", "solder"];

const GOOD: &str = r#"
id = "weather"
name = "Weather"
about = "Tells the weather."
categories = ["data"]
base = "https://api.weather.example"

[resources]
forecasts = "Forecasts"

[[action]]
name = "forecast"
title = "Get a forecast"
about = "Tells the weather of a place."
resource = "forecasts"
call = "GET /v1/forecast"
kind = "read"
params.place = "string! | The place"
"#;

#[test]
fn the_built_in_connectors_are_listed_and_shown() {
    let place = Place::new();
    let listed = place.run(&["connectors", "list", "--json"]).json();
    let ids: Vec<_> = listed["connectors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    for id in BUILT_IN {
        assert!(ids.contains(&id), "{id} is not among {ids:?}");
        let shown = place.run(&["connectors", "show", id, "--json"]).json();
        assert!(shown["actions"].as_array().unwrap().len() >= 10, "{id}");
    }
    let words = place.run(&["connectors", "show", "slack"]);
    assert!(
        words.out.contains("chat_postMessage") && words.out.contains("Connects by"),
        "{words:?}"
    );
    let done = place.run(&["connectors", "show", "slak"]);
    assert!(done.code == Some(1) && done.told.contains("`slack`"), "{done:?}");
    assert!(!place.data().exists());
}

#[test]
fn the_built_in_connectors_have_no_faults_and_their_examples_hold() {
    let checked = Place::new().run(&["connectors", "check", "--json"]).json();
    assert_eq!(checked["ok"], true);
    for connector in checked["connectors"].as_array().unwrap() {
        let (actions, examples) = (connector["actions"].as_u64(), connector["examples"].as_u64());
        assert!(examples >= actions, "{connector}");
    }
}

#[test]
fn a_file_of_ones_own_is_checked_and_every_fault_names_its_line() {
    let place = Place::new();
    std::fs::create_dir(place.path().join("own")).unwrap();
    std::fs::write(place.path().join("own/weather.toml"), GOOD).unwrap();
    let checked = place
        .run(&[
            "connectors",
            "check",
            "weather",
            "--connectors-dir",
            "own",
            "--json",
        ])
        .json();
    assert_eq!(
        (
            checked["ok"].as_bool(),
            checked["connectors"][0]["actions"].as_u64()
        ),
        (Some(true), Some(1))
    );
    let listed = place.run(&["connectors", "list", "--connectors-dir", "own"]);
    assert!(
        listed.out.contains("weather") && listed.out.contains("operator"),
        "{listed:?}"
    );

    let bad = GOOD
        .replace("kind = \"read\"", "kind = \"look\"")
        .replace("title =", "titel =");
    std::fs::write(place.path().join("own/weather.toml"), bad).unwrap();
    let done = place.run(&["connectors", "check", "own/weather.toml"]);
    assert_eq!(done.code, Some(1), "{done:?}");
    assert!(
        done.out.contains("weather.toml:13:") && done.out.contains("titel"),
        "{done:?}"
    );
    assert!(
        done.out.contains("weather.toml:17:") && done.out.contains("look"),
        "{done:?}"
    );
    let done = place.run(&["up", "--listen", "127.0.0.1:0", "--connectors-dir", "own"]);
    assert!(
        done.code != Some(0) && done.told.contains("weather.toml:13:"),
        "{done:?}"
    );
    assert!(!place.data().exists());
}

#[test]
fn all_connectors_are_compared_with_the_descriptions_that_they_name() {
    let place = Place::new();
    std::fs::create_dir_all(place.path().join("specs/weather")).unwrap();
    let named = GOOD.replace("id = ", "spec = [\"weather/a.json\", \"weather/b.json\"]\nid = ");
    std::fs::write(place.path().join("weather.toml"), &named).unwrap();
    let write = |name: &str, paths: serde_json::Value| {
        let spec = serde_json::json!({ "openapi": "3.0.0", "paths": paths });
        std::fs::write(place.path().join("specs/weather").join(name), spec.to_string()).unwrap();
    };
    write("a.json", serde_json::json!({}));
    write(
        "b.json",
        serde_json::json!({ "/v1/forecast": { "get": { "operationId": "forecast", "parameters": [
        { "name": "place", "in": "query", "required": true, "schema": { "type": "string" } }] } } }),
    );
    std::fs::write(
        place.path().join("other.toml"),
        GOOD.replace("id = \"weather\"", "id = \"other\""),
    )
    .unwrap();
    let done = place.run(&[
        "connectors",
        "check",
        "weather.toml",
        "other.toml",
        "--specs",
        "specs",
    ]);
    assert_eq!(done.code, Some(0), "{done:?}");
    let sum = "2 connectors, 2 actions: 1 compared with descriptions (0 differences, 0 accepted), 1 with recorded examples alone";
    assert!(done.out.contains(sum), "{done:?}");
    std::fs::remove_file(place.path().join("specs/weather/a.json")).unwrap();
    let done = place.run(&["connectors", "check", "weather.toml", "--specs", "specs"]);
    assert!(
        done.code == Some(1) && done.told.contains("a.json cannot be read"),
        "{done:?}"
    );
    let done = place.run(&["connectors", "check", "--specs", "weather.toml"]);
    assert!(
        done.code != Some(0) && done.told.contains("takes a folder"),
        "{done:?}"
    );
}

#[test]
fn a_connector_is_compared_with_a_description() {
    let place = Place::new();
    std::fs::write(place.path().join("weather.toml"), GOOD).unwrap();
    let spec = |name: &str| {
        serde_json::json!({
            "openapi": "3.0.0",
            "info": { "title": "Weather", "version": "1" },
            "servers": [{ "url": "https://api.weather.example" }],
            "paths": { "/v1/forecast": { "get": {
                "operationId": "forecast",
                "parameters": [{ "name": name, "in": "query", "required": true, "schema": { "type": "string" } }],
                "responses": { "200": { "description": "ok" } },
            } } },
        })
    };
    let check = [
        "connectors",
        "check",
        "weather.toml",
        "--spec",
        "spec.json",
        "--json",
    ];
    let write = |name| std::fs::write(place.path().join("spec.json"), spec(name).to_string()).unwrap();
    write("place");
    let agreed = place.run(&check).json();
    assert_eq!(
        (
            agreed["ok"].as_bool(),
            &agreed["connectors"][0]["spec"]["checked"],
            &agreed["counts"]
        ),
        (
            Some(true),
            &serde_json::json!(1),
            &serde_json::json!({
                "connectors": 1, "actions": 1, "checked": 1, "differences": 0, "allowed": 0, "recordedOnly": 0,
            })
        ),
        "{agreed}"
    );
    write("city");
    let done = place.run(&check);
    assert_eq!(done.code, Some(1), "{done:?}");
    assert!(
        done.out.contains("place") && done.out.contains("city"),
        "{done:?}"
    );
    std::fs::write(place.path().join("spec.json"), "openapi: 3.0.0").unwrap();
    let done = place.run(&check);
    assert!(
        done.code == Some(1)
            && done.told.contains("spec.json is not an API description")
            && done.told.contains("YAML"),
        "{done:?}"
    );
}
