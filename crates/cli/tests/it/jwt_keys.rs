//! Keys that verify JWTs, from the command line.

use crate::solder::Place;
use std::io::Write;
use std::process::Stdio;

const SECRET: &str = "a secret of at least thirty-two bytes";

#[test]
fn jwt_keys_are_made_from_files_and_standard_input_listed_and_deleted() {
    let place = Place::new();
    let running = place.start("up", &[]);
    std::fs::write(place.path().join("secret"), format!("{SECRET}\n")).unwrap();
    let made = place.run(&[
        "jwt-keys",
        "create",
        "--algorithm",
        "HS256",
        "--secret-file",
        "secret",
        "--kid",
        "k1",
        "--name",
        "site",
        "--json",
    ]);
    let key = made.json();
    assert_eq!(
        (key["kind"].as_str(), key["kid"].as_str()),
        (Some("secret"), Some("k1"))
    );
    assert!(!made.out.contains(SECRET), "{made:?}");

    let mut child = place
        .command(&["jwt-keys", "create", "--algorithm", "HS256", "--secret-file", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(SECRET.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    let told = String::from_utf8(done.stdout).unwrap();
    assert!(
        done.status.success() && told.starts_with("JWT key jwt_"),
        "{told}"
    );

    let set = place.run(&[
        "jwt-keys",
        "create",
        "--jwks-url",
        "https://login.example/jwks",
        "--issuer",
        "https://login.example",
        "--audience",
        "solder",
        "--json",
    ]);
    assert_eq!(set.json()["jwksUrl"], "https://login.example/jwks");
    let table = place.run(&["jwt-keys", "list"]);
    assert!(
        table.out.starts_with("ID") && table.out.contains("site") && table.out.contains("(of the set)"),
        "{table:?}"
    );
    assert!(!table.out.contains(SECRET), "{table:?}");
    assert_eq!(place.run(&["jwt-keys", "list", "--json"]).json()["count"], 3);

    let id = key["jwtKeyId"].as_str().unwrap();
    let deleted = place.run(&["jwt-keys", "delete", id, "--json"]);
    assert_eq!(deleted.json()["deleted"], true);
    let again = place.run(&["jwt-keys", "delete", id]);
    assert!(again.code == Some(1) && again.told.contains(id), "{again:?}");
    assert_eq!(place.run(&["jwt-keys", "list", "--json"]).json()["count"], 2);
    drop(running);
}

#[test]
fn every_fault_of_a_jwt_key_is_told_by_its_flag_and_the_secret_is_not() {
    let place = Place::new();
    let running = place.start("up", &[]);
    std::fs::write(place.path().join("short"), "hunter2").unwrap();
    let done = place.run(&[
        "jwt-keys",
        "create",
        "--algorithm",
        "HS256",
        "--secret-file",
        "short",
        "--issuer",
        "",
    ]);
    assert_eq!(done.code, Some(1));
    assert!(
        done.told.contains("--secret-file: must be at least 32 bytes") && done.told.contains("--issuer:"),
        "{done:?}"
    );
    assert!(!done.told.contains("hunter2"), "{done:?}");
    let set = place.run(&["jwt-keys", "create", "--jwks-url", "https://login.example/jwks"]);
    assert!(
        set.told.contains("--issuer:") && set.told.contains("--audience:"),
        "{set:?}"
    );
    let missing = place.run(&[
        "jwt-keys",
        "create",
        "--algorithm",
        "HS256",
        "--secret-file",
        "nowhere",
    ]);
    assert!(
        missing.code == Some(1) && missing.told.contains("nowhere"),
        "{missing:?}"
    );
    let nothing = place.run(&["jwt-keys", "create", "--algorithm", "HS256"]);
    assert_eq!(nothing.code, Some(2), "{nothing:?}");
    drop(running);
}
