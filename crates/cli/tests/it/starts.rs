//! `up` and `serve`: the first start, later ones, and what stands in their way.

use crate::solder::{Place, ask};
use std::os::unix::fs::PermissionsExt;

#[test]
fn the_first_start_makes_what_is_missing_and_a_later_one_finds_it() {
    let place = Place::new();
    let first = place.start("up", &[]);
    let ready = first.ready.clone();
    assert!(ready["apiKey"].as_str().unwrap().len() >= 16);
    assert_eq!(
        (ready["account"].as_str(), ready["userId"].as_str()),
        (Some("default"), Some("admin"))
    );
    let server = &ready["server"];
    assert!(
        server["accessUrl"].as_str().unwrap().starts_with(first.url()),
        "{server}"
    );
    assert!(server["accessToken"].as_str().unwrap().len() >= 32);
    let health = ask(&format!("{}/health", first.url()), None);
    assert!(
        health.starts_with("HTTP/1.1 200") && health.contains("healthy"),
        "{health}"
    );
    let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    let tools = ask(server["accessUrl"].as_str().unwrap(), Some(list));
    assert!(
        tools.starts_with("HTTP/1.1 200") && tools.contains("execute_action_alloy"),
        "{tools}"
    );
    for (path, mode) in [
        ("", 0o700),
        ("master.key", 0o600),
        ("solder.db", 0o600),
        ("solder.lock", 0o600),
    ] {
        let found = place.data().join(path).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(found, mode, "`{path}` has mode {found:o}");
    }
    let key = std::fs::read(place.data().join("master.key")).unwrap();
    let (status, out, log) = first.stop("-TERM");
    assert!(status.success(), "{status} {log}");
    assert_eq!(out, "", "one line and no more");

    let again = place.start("up", &[]);
    assert!(
        again.ready.get("apiKey").is_none() && again.ready.get("server").is_none(),
        "{}",
        again.ready
    );
    assert_eq!(again.ready["account"], "default");
    let (status, ..) = again.stop("-INT");
    assert!(status.success(), "{status}");
    assert_eq!(std::fs::read(place.data().join("master.key")).unwrap(), key);

    let served = place.start("serve", &[]);
    assert!(served.ready.get("apiKey").is_none());
    let (status, _, log) = served.stop("-TERM");
    assert!(
        status.success() && log.contains("the master key lies beside the database"),
        "{log}"
    );
}

#[test]
fn one_process_at_a_time_serves_a_folder() {
    let place = Place::new();
    let running = place.start("up", &[]);
    for command in ["up", "serve"] {
        let done = place.run(&[command, "--listen", "127.0.0.1:0"]);
        assert_eq!(done.code, Some(1), "{done:?}");
        assert!(done.told.contains("Another Solder (process "), "{done:?}");
    }
    let address = running.url().strip_prefix("http://").unwrap().to_owned();
    let done = place.run(&["up", "--listen", &address, "--data-dir", "elsewhere"]);
    assert!(
        done.code == Some(1) && done.told.contains(&address) && done.told.contains("--listen"),
        "{done:?}"
    );
    assert!(!place.path().join("elsewhere").exists());
}

#[test]
fn a_master_key_that_is_gone_or_another_one_is_told_and_never_replaced() {
    let place = Place::new();
    let (status, ..) = place.start("up", &[]).stop("-TERM");
    assert!(status.success());
    let file = place.data().join("master.key");
    let key = std::fs::read_to_string(&file).unwrap();
    let up = ["up", "--listen", "127.0.0.1:0", "--json"];

    std::fs::remove_file(&file).unwrap();
    let done = place.run(&up);
    assert!(
        done.code == Some(1) && done.told.contains("was sealed with it"),
        "{done:?}"
    );
    assert!(!file.exists(), "no other key takes its place");

    let other = "ab".repeat(32);
    let done = place.run_with(&up, &[("SOLDER_MASTER_KEY", &other)]);
    assert!(
        done.code == Some(1) && done.told.contains("master key does not open"),
        "{done:?}"
    );
    assert!(!done.told.contains(&other));

    let done = place.run_with(&["keys", "list", "--json"], &[("SOLDER_MASTER_KEY", key.trim())]);
    assert_eq!(done.json()["count"], 1);

    std::fs::write(&file, &key).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let done = place.run(&up);
    assert!(
        done.code == Some(1) && done.told.contains("chmod 600"),
        "{done:?}"
    );
}

#[test]
fn a_person_reads_how_to_connect() {
    let place = Place::new();
    let words = place.start_for_people().until("Ctrl-C stops.");
    for word in [
        "API key",
        "Token URL",
        "\"mcpServers\"",
        "curl -s http://127.0.0.1:",
        "tools/list",
    ] {
        assert!(words.contains(word), "{word} is not in {words}");
    }
    insta::assert_snapshot!(without_what_differs(&words, &place));
}

/// The words with the port, the key, the ids and the folder made the same.
fn without_what_differs(words: &str, place: &Place) -> String {
    let after = |label: &str| {
        let rest = words.split_once(label).unwrap().1;
        rest.split_whitespace().next().unwrap().to_owned()
    };
    let (access, server) = (after("Token URL"), after("Server "));
    let token = access.rsplit('/').next().unwrap();
    let folder = place.path().canonicalize().unwrap().display().to_string();
    words
        .replace(token, "TOKEN")
        .replace(&server, "my-first-server-ID")
        .replace(&after("API key"), "sk_KEY")
        .replace(&after("Solder is up at"), "http://127.0.0.1:PORT")
        .replace(&folder, "/home/someone")
}

#[test]
fn serve_needs_a_master_key_and_an_account_is_made_beside_it() {
    let place = Place::new();
    let file = place.path().join("key");
    std::fs::write(&file, "ab".repeat(32)).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let key = ["--master-key-file", "key"];
    let running = place.start("serve", &key);
    assert!(running.ready.get("account").is_none());
    let made = place
        .run(&[&["accounts", "create", "Example Ltd", "--json"][..], &key].concat())
        .json();
    assert_eq!(made["account"]["name"], "Example Ltd");
    assert_eq!(
        (made["key"]["role"].as_str(), made["key"]["userId"].as_str()),
        (Some("admin"), Some("admin"))
    );
    let (status, _, log) = running.stop("-TERM");
    assert!(
        status.success() && log.contains("there is no account yet"),
        "{log}"
    );
    assert!(!log.contains("lies beside the database"), "{log}");
    assert!(!place.data().join("master.key").exists());
}
