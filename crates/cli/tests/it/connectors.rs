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

/// A platform on loopback that answers 200 to whoever brings the token, and else 401; it takes so many calls.
fn platform(calls: usize) -> (String, std::thread::JoinHandle<Vec<String>>) {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        let mut asked = Vec::new();
        for _ in 0..calls {
            let (mut stream, _) = listener.accept().unwrap();
            let (mut text, mut part) = (String::new(), [0; 4096]);
            while !text.contains("\r\n\r\n") {
                let size = stream.read(&mut part).unwrap();
                text.push_str(std::str::from_utf8(part.get(..size).unwrap()).unwrap());
            }
            let status = if text.contains("Bearer the-right-token") {
                "200 OK"
            } else {
                "401 Unauthorized"
            };
            let answer = format!(
                "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: 12\r\nconnection: close\r\n\r\n{{\"now\":\"ok\"}}"
            );
            stream.write_all(answer.as_bytes()).unwrap();
            asked.push(text.lines().next().unwrap().to_owned());
        }
        asked
    });
    (url, served)
}

#[test]
fn a_platform_is_called_for_real_with_reads_alone_and_the_credential_is_not_shown() {
    let place = Place::new();
    let auth = "check = \"now\"\n[auth.key]\nsecrets.token = \"The token\"\napply = { header = \"Authorization\", value = \"Bearer {token}\" }\n[resources]";
    let action = |name: &str, call: &str, kind: &str| {
        format!(
            "[[action]]\nname = \"{name}\"\ntitle = \"A\"\nabout = \"A\"\nresource = \"forecasts\"\ncall = \"{call}\"\nkind = \"{kind}\"\n"
        )
    };
    let file = GOOD.replace("[resources]", auth)
        + &action("places", "GET /places", "read")
        + &action("now", "GET /now", "read")
        + &action("forget", "POST /forget", "write");
    std::fs::create_dir(place.path().join("own")).unwrap();
    std::fs::write(place.path().join("own/weather.toml"), file).unwrap();
    let credential = |token: &str| {
        let body = serde_json::json!({ "authenticationType": "key", "fields": { "token": token } });
        std::fs::write(place.path().join("credential.json"), body.to_string()).unwrap();
    };
    let live = |url: &str, more: &[&str]| {
        let mut command = vec![
            "connectors",
            "check",
            "weather",
            "--live",
            "--connectors-dir",
            "own",
        ];
        command.extend(more);
        place.run_with(&command, &[("SOLDER_CONNECTOR_WEATHER_BASE_URL", url)])
    };
    credential("the-right-token");
    let (url, served) = platform(2);
    let done = live(&url, &["--credential", "credential.json"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(
        done.out.contains("reads alone: now, places") && done.out.contains("places: answered"),
        "{done:?}"
    );
    assert_eq!(
        served.join().unwrap(),
        ["GET /now HTTP/1.1", "GET /places HTTP/1.1"]
    );

    credential("a-wrong-token-that-is-secret");
    let (url, served) = platform(2);
    let done = live(&url, &["--credential", "credential.json", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(
        (done.code, &told["ok"]),
        (Some(1), &serde_json::json!(false)),
        "{done:?}"
    );
    assert!(
        told["live"][0]["error"].as_str().unwrap().contains("401"),
        "{told}"
    );
    assert!(
        !format!("{done:?}").contains("a-wrong-token-that-is-secret"),
        "{done:?}"
    );
    drop(served);
    assert!(!place.data().exists());

    let done = live(&url, &[]);
    assert!(
        done.code == Some(2) && done.told.contains("--credential"),
        "{done:?}"
    );
    std::fs::write(place.path().join("credential.json"), "the-token-alone").unwrap();
    let done = live(&url, &["--credential", "credential.json"]);
    assert!(
        done.code == Some(1) && done.told.contains("JSON object") && !done.told.contains("the-token-alone"),
        "{done:?}"
    );
}
