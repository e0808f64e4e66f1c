//! Accounts, keys and users, beside a running server.

use crate::solder::Place;

#[test]
fn keys_are_made_listed_and_ended_beside_a_running_server() {
    let place = Place::new();
    let running = place.start("up", &[]);
    let made = place.run(&[
        "keys",
        "create",
        "--user",
        "Zoë",
        "--role",
        "member",
        "--user-bound",
        "--name",
        "laptop",
        "--expires-in-days",
        "30",
        "--json",
    ]);
    let made = made.json();
    assert_eq!(made["userId"], "Zoë");
    assert_eq!(
        (made["role"].as_str(), made["userBound"].as_bool()),
        (Some("member"), Some(true))
    );
    assert!(made["expiresAt"].as_str().unwrap().ends_with('Z'));
    let secret = made["apiKey"].as_str().unwrap();

    let listed = place.run(&["keys", "list", "--json"]);
    assert!(
        !listed.out.contains(secret) && !listed.out.contains("apiKey"),
        "{listed:?}"
    );
    assert_eq!(listed.json()["count"], 2);
    let table = place.run(&["keys", "list"]);
    assert!(
        table.out.starts_with("ID") && table.out.contains("laptop"),
        "{table:?}"
    );

    let id = made["keyId"].as_str().unwrap();
    let rotated = place
        .run(&["keys", "rotate", id, "--grace-seconds", "60", "--json"])
        .json();
    assert_ne!(rotated["apiKey"], made["apiKey"]);
    for same in ["userId", "role", "userBound", "name"] {
        assert_eq!(rotated[same], made[same], "{same}");
    }
    assert_eq!(place.run(&["keys", "list", "--json"]).json()["count"], 3);
    let next = rotated["keyId"].as_str().unwrap();
    let words = place.run(&["keys", "rotate", next]);
    assert!(
        words.out.contains(&format!("Old key  {next} has ended")),
        "{words:?}"
    );
    let done = place.run(&["keys", "rotate", next]);
    assert!(
        done.code == Some(1) && done.told.contains("does not come back"),
        "{done:?}"
    );
    assert_eq!(
        place.run(&["keys", "revoke", next, "--json"]).json()["revoked"],
        true
    );

    assert_eq!(
        place.run(&["keys", "revoke", id, "--json"]).json()["revoked"],
        true
    );
    assert_eq!(place.run(&["keys", "list", "--json"]).json()["count"], 2);
    let done = place.run(&["keys", "revoke", id]);
    assert!(done.code == Some(1) && done.told.contains(id), "{done:?}");
    drop(running);
}

#[test]
fn an_account_is_named_where_there_are_several() {
    let place = Place::new();
    let running = place.start("up", &[]);
    let made = place
        .run(&["accounts", "create", "second", "--user", "root", "--json"])
        .json();
    let done = place.run(&["users", "list"]);
    assert!(
        done.code == Some(1) && done.told.contains("2 accounts") && done.told.contains("--account"),
        "{done:?}"
    );
    let id = made["account"]["accountId"].as_str().unwrap();
    for account in ["second", id] {
        let users = place
            .run(&["users", "list", "--account", account, "--json"])
            .json();
        assert_eq!(users["users"][0]["userId"], "root");
    }
    let done = place.run(&["accounts", "create", "second"]);
    assert!(done.code == Some(1) && done.told.contains("`second`"), "{done:?}");
    let done = place.run(&["users", "list", "--account", "third"]);
    assert!(
        done.code == Some(1) && done.told.contains("no account"),
        "{done:?}"
    );
    assert_eq!(place.run(&["accounts", "list", "--json"]).json()["count"], 2);
    drop(running);
}

#[test]
fn a_user_is_made_once() {
    let place = Place::new();
    let running = place.start("up", &[]);
    let first = place.run(&["users", "create", "u 1", "--json"]).json();
    assert_eq!(place.run(&["users", "create", "u 1", "--json"]).json(), first);
    assert_eq!(place.run(&["users", "list", "--json"]).json()["count"], 2);
    let done = place.run(&["users", "create", ""]);
    assert!(
        done.code != Some(0) && done.told.contains("1 to 10,000"),
        "{done:?}"
    );
    drop(running);
}

#[test]
fn a_password_comes_by_standard_input_and_is_never_shown() {
    let place = Place::new();
    let running = place.start("up", &[]);
    place.run(&["users", "create", "ada", "--json"]).json();
    let set =
        |user: &str, password: &str| place.run_fed(&["users", "set-password", user, "--json"], password);
    let done = set("ada", "correct horse battery\n");
    assert_eq!(done.json()["hasPassword"], true);
    let refused = set("ada", "hunter2hunt\n");
    assert!(
        refused.code == Some(1) && refused.told.contains("at least 12 characters"),
        "{refused:?}"
    );
    let unknown = set("eve", "correct horse battery\n");
    assert!(
        unknown.code == Some(1) && unknown.told.contains("no such user"),
        "{unknown:?}"
    );
    for done in [&done, &refused, &unknown] {
        assert!(
            !format!("{done:?}").contains("horse") && !format!("{done:?}").contains("hunter2"),
            "{done:?}"
        );
    }
    // An argument would be seen by others.
    let typed = place.run(&["users", "set-password", "ada", "correct horse battery"]);
    assert_eq!(typed.code, Some(2), "{typed:?}");
    assert_eq!(
        place.run(&["users", "remove-password", "ada", "--json"]).json()["hasPassword"],
        false
    );
    assert_eq!(place.run(&["users", "remove-password", "ada"]).code, Some(1));
    drop(running);
}

#[test]
fn output_that_nobody_reads_is_no_failure() {
    let place = Place::new();
    let mut child = place
        .command(&["settings", "--markdown"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}
