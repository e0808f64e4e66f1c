//! Wrong command lines and settings end with 2, failures with 1, and neither makes anything.

use crate::solder::Place;

/// A command, a variable with its value, and words that must be told.
type Case = (
    &'static [&'static str],
    (&'static str, &'static str),
    &'static [&'static str],
);

#[test]
fn a_wrong_command_line_ends_with_2() {
    let place = Place::new();
    for arguments in [
        &[][..],
        &["down"],
        &["up", "--no-such-flag"],
        &["keys", "create", "--role", "owner"],
        &["keys", "create", "--role", "admin", "--user-bound"],
        &["keys", "create", "--expires-in-days", "0"],
        &["keys", "revoke", "sk_1"],
        &["accounts", "create", " "],
        &["connectors", "check", "--spec", "x.json"],
    ] {
        let done = place.run(arguments);
        assert_eq!(done.code, Some(2), "{arguments:?}: {done:?}");
        assert!(
            done.out.is_empty() && !done.told.is_empty(),
            "{arguments:?}: {done:?}"
        );
    }
    assert!(!place.data().exists());
}

#[test]
fn a_wrong_setting_ends_with_2_whatever_the_command_and_makes_nothing() {
    let place = Place::new();
    let cases: &[Case] = &[
        (
            &["up"],
            ("SOLDER_LISTEN", "localhost:3000"),
            &["SOLDER_LISTEN", "`localhost:3000`", "127.0.0.1:3000"],
        ),
        (
            &["serve"],
            ("SOLDER_RATE_LIMIT", "lots"),
            &["SOLDER_RATE_LIMIT", "`lots`", "100/60s"],
        ),
        (
            &["up"],
            ("SOLDER_RATELIMIT", "off"),
            &["SOLDER_RATELIMIT", "is not a setting", "SOLDER_RATE_LIMIT"],
        ),
        (
            &["up"],
            ("SOLDER_CONFIG", "nowhere.toml"),
            &["SOLDER_CONFIG", "`nowhere.toml`"],
        ),
        (
            &["up"],
            ("SOLDER_CONNECTORS_DIR", "nowhere"),
            &["SOLDER_CONNECTORS_DIR", "`nowhere`"],
        ),
        (
            &["up"],
            ("SOLDER_CONNECTOR_SLAK_BASE_URL", "http://x"),
            &["SOLDER_CONNECTOR_SLAK_BASE_URL", "`slack`"],
        ),
        (
            &["up"],
            ("SOLDER_MASTER_KEY_FILE", "nowhere"),
            &["SOLDER_MASTER_KEY_FILE", "`nowhere`"],
        ),
        (
            &["serve", "--listen", "0.0.0.0:0"],
            ("SOLDER_LOG", "warn"),
            &["SOLDER_PUBLIC_URL is not set", "0.0.0.0:0"],
        ),
        (
            &["keys", "list"],
            ("SOLDER_LOG", "loud"),
            &["SOLDER_LOG", "`loud`"],
        ),
        (
            &["connectors", "list"],
            ("SOLDER_NONSENSE", "1"),
            &["SOLDER_NONSENSE"],
        ),
        (
            &["settings"],
            ("SOLDER_SHAPE_ITEMS", "0"),
            &["SOLDER_SHAPE_ITEMS", "1 to 10000"],
        ),
        (
            &["settings"],
            ("SOLDER_SHAPE_ITEMS", "60"),
            &["SOLDER_SHAPE_REFINE_OVER", "which is 60"],
        ),
    ];
    for (arguments, (name, value), words) in cases {
        let done = place.run_with(arguments, &[(name, value)]);
        assert_eq!(done.code, Some(2), "{arguments:?} {name}: {done:?}");
        assert!(done.out.is_empty(), "{done:?}");
        for word in *words {
            assert!(done.told.contains(word), "{word} is not in {}", done.told);
        }
    }
    assert!(!place.data().exists());
}

#[test]
fn the_file_beside_is_read_and_its_faults_name_their_line() {
    let place = Place::new();
    std::fs::write(
        place.path().join("solder.toml"),
        "# ours\nrate_limit = \"7/1s\"\n",
    )
    .unwrap();
    let shown = place.run(&["settings"]);
    assert!(
        shown.out.contains("7/1s") && shown.out.contains("solder.toml, line 2"),
        "{shown:?}"
    );
    let shown = place.run_with(
        &["settings", "--rate-limit", "9/1s"],
        &[("SOLDER_RATE_LIMIT", "8/1s")],
    );
    assert!(
        shown.out.contains("9/1s") && !shown.out.contains("8/1s"),
        "{shown:?}"
    );
    std::fs::write(place.path().join("other.toml"), "listen = 3000\nratelimit = 1\n").unwrap();
    let done = place.run(&["up", "--config", "other.toml"]);
    assert_eq!(done.code, Some(2));
    insta::assert_snapshot!(done.told);
}

#[test]
fn a_command_without_an_installation_ends_with_1_and_makes_none() {
    let place = Place::new();
    for arguments in [
        &["keys", "list"][..],
        &["users", "create", "u"],
        &["accounts", "list"],
    ] {
        let done = place.run(arguments);
        assert_eq!(done.code, Some(1), "{done:?}");
        assert!(
            done.told.contains("There is no Solder in") && done.told.contains("solder up"),
            "{done:?}"
        );
    }
    let done = place.run(&["serve"]);
    assert_eq!(done.code, Some(1));
    assert!(done.told.contains("There is no master key"), "{done:?}");
    assert!(!place.data().exists());
}
