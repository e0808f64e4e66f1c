//! `solder connectors import`, which needs neither a server nor a database.

use crate::solder::Place;

/// Writes a file of the place, and gives its path.
fn file(place: &Place, name: &str, text: &str) -> String {
    let path = place.path().join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

const PETS: &str = r#"{"openapi": "3.0.3", "info": {"title": "Pets"}, "servers": [{"url": "https://pets.example.com"}], "paths": {
    "/pets": {"get": {"operationId": "listPets"}, "post": {"operationId": "addPet"}}}}"#;

#[test]
fn a_description_becomes_a_file_that_is_a_connector() {
    let place = Place::new();
    let path = file(&place, "pets.json", PETS);
    let done = place.run(&["connectors", "import", &path]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(
        done.out.contains("name = \"list_pets\"") && done.told.contains("2 of 2 operations"),
        "{done:?}"
    );
    let out = path.replace("pets.json", "zoo.toml");
    let told = place
        .run(&["connectors", "import", &path, "--out", &out, "--json"])
        .json();
    assert_eq!((told["id"].as_str(), told["on"].as_u64()), (Some("zoo"), Some(1)));
    assert_eq!(
        place.run(&["connectors", "check", &out, "--json"]).json()["ok"],
        true
    );
    assert!(!place.data().exists());
}

#[test]
fn a_file_that_is_there_is_brought_up_to_date_and_keeps_what_was_edited() {
    let place = Place::new();
    let path = file(&place, "pets.json", PETS);
    let out = path.replace("pets.json", "pets.toml");
    place.run(&["connectors", "import", &path, "--out", &out]);
    let edited = std::fs::read_to_string(&out)
        .unwrap()
        .replace("title = \"List pets\"", "title = \"My pets\"");
    std::fs::write(&out, &edited).unwrap();
    let same = place.run(&["connectors", "import", &path, "--out", &out]);
    assert!(
        same.out.contains("stays as it is") && std::fs::read_to_string(&out).unwrap() == edited,
        "{same:?}"
    );
    file(
        &place,
        "pets.json",
        &PETS.replace("\"paths\": {", "\"paths\": {\"/new\": {\"get\": {}},"),
    );
    let more = place.run(&["connectors", "import", &path, "--out", &out]);
    assert!(more.out.contains("new, and off: GET /new"), "{more:?}");
    assert!(std::fs::read_to_string(&out).unwrap().contains("My pets"));
}

#[test]
fn what_cannot_be_imported_is_told_with_its_name() {
    let place = Place::new();
    let path = file(&place, "no.json", "{}");
    let done = place.run(&["connectors", "import", &path]);
    assert!(
        done.code == Some(1) && done.out.is_empty() && done.told.contains("no.json: is no API description"),
        "{done:?}"
    );
    let absent = place.run(&["connectors", "import", "/nowhere.json"]);
    assert!(
        absent.code == Some(1) && absent.told.contains("/nowhere.json cannot be read"),
        "{absent:?}"
    );
    let silent = place.run(&["connectors", "import", "http://127.0.0.1:9/api.json"]);
    assert!(
        silent.code == Some(1) && silent.told.contains("could not be read"),
        "{silent:?}"
    );
}
