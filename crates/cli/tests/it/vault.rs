//! The master keys: where they come from, their rotation beside a running server, and what stands in its way.

use crate::solder::{Place, ask};
use std::os::unix::fs::PermissionsExt;

fn keys_of(place: &Place) -> Vec<String> {
    let text = std::fs::read_to_string(place.data().join("master.key")).unwrap();
    text.lines().map(ToOwned::to_owned).collect()
}

#[test]
fn a_rotation_beside_a_running_server_ends_with_a_key_that_alone_opens_everything() {
    let place = Place::new();
    let running = place.start("up", &[]);
    let access = running.ready["server"]["accessUrl"].as_str().unwrap().to_owned();
    let old = keys_of(&place);
    let verified = place.run(&["vault", "verify", "--json"]).json();
    let before = verified["keyId"].as_str().unwrap().to_owned();
    assert_eq!(verified["keys"][&before], 2);
    let nothing = place.run(&["vault", "forget"]);
    assert!(
        nothing.code == Some(0) && nothing.out.contains("nothing to drop"),
        "{nothing:?}"
    );

    let rotated = place.run(&["vault", "rotate"]);
    assert_eq!(rotated.code, Some(0), "{rotated:?}");
    for word in [
        "is new and stands first in",
        "Sealed anew  2 records",
        "No longer needed",
        &before,
        "solder vault forget",
    ] {
        assert!(rotated.out.contains(word), "{word}: {rotated:?}");
    }
    let both = keys_of(&place);
    assert_eq!((both.len(), &both[1]), (2, &old[0]));
    for key in &both {
        assert!(!rotated.out.contains(key.as_str()) && !rotated.told.contains(key.as_str()));
    }
    let mode = place
        .data()
        .join("master.key")
        .metadata()
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = place.run(&["vault", "rotate"]);
    assert!(
        again.code == Some(0) && again.out.contains("the rotation is done"),
        "{again:?}"
    );
    assert_eq!(keys_of(&place), both, "no third key comes to be");

    let forgotten = place.run(&["vault", "forget", "--json"]).json();
    assert_eq!(forgotten["forgotten"], serde_json::json!([before]));
    assert_eq!(keys_of(&place), both[..1]);
    let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    assert!(ask(&access, Some(list)).starts_with("HTTP/1.1 200"));
    let words = place.run(&["vault", "verify"]);
    assert!(
        words.code == Some(0) && words.out.contains("Everything opens: 2 records."),
        "{words:?}"
    );
    let (status, _, log) = running.stop("-TERM");
    assert!(
        status.success() && log.contains("another master key seals from now on"),
        "{log}"
    );
    drop(place.start("up", &[]));
}

#[test]
fn a_key_that_is_missing_is_told_with_what_it_sealed() {
    let place = Place::new();
    drop(place.start("up", &[]));
    let file = place.data().join("master.key");
    let (old, new) = (std::fs::read_to_string(&file).unwrap(), "ab".repeat(32));
    // The new key alone does not open the installation at all.
    let alone = place.run_with(&["vault", "verify"], &[("SOLDER_MASTER_KEY", &new)]);
    assert!(
        alone.code == Some(1) && alone.told.contains("does not open this database"),
        "{alone:?}"
    );
    // Nothing is dropped while something needs it.
    std::fs::write(&file, format!("{new}\n{old}")).unwrap();
    let refused = place.run(&["vault", "forget"]);
    assert!(
        refused.code == Some(1)
            && refused
                .told
                .contains("2 records are still sealed by a key other than"),
        "{refused:?}"
    );
    assert_eq!(keys_of(&place).len(), 2);
}

#[test]
fn keys_from_the_environment_are_rotated_by_giving_both_and_told_how() {
    let place = Place::new();
    let (old, new) = ("01".repeat(32), "02".repeat(32));
    let run = |arguments: &[&str], keys: &str| place.run_with(arguments, &[("SOLDER_MASTER_KEY", keys)]);
    // Stopped at once: what is wanted is the installation.
    let mut up = place.command(&["up", "--listen", "127.0.0.1:0", "--json"]);
    let mut up = up
        .env("SOLDER_MASTER_KEY", &old)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(up.stdout.take().unwrap()), &mut line).unwrap();
    up.kill().unwrap();
    up.wait().unwrap();

    let how = run(&["vault", "rotate"], &old);
    for word in [
        "SOLDER_MASTER_KEY",
        "openssl rand -base64 32",
        "restart every running server",
    ] {
        assert!(how.code == Some(1) && how.told.contains(word), "{word}: {how:?}");
    }
    let rotated = run(&["vault", "rotate", "--json"], &format!("{new},{old}")).json();
    assert_eq!(
        (&rotated["made"], &rotated["rewrapped"]),
        (&false.into(), &2.into())
    );
    let by_hand = run(&["vault", "forget"], &format!("{new},{old}"));
    assert!(
        by_hand.out.contains("out of what SOLDER_MASTER_KEY gives"),
        "{by_hand:?}"
    );
    assert_eq!(run(&["vault", "verify"], &new).code, Some(0));
    assert_eq!(run(&["vault", "verify"], &old).code, Some(1));
}

#[test]
fn a_command_gives_the_keys_and_sees_no_setting_of_ours() {
    let place = Place::new();
    drop(place.start("up", &[]));
    let key = std::fs::read_to_string(place.data().join("master.key")).unwrap();
    std::fs::rename(place.data().join("master.key"), place.path().join("elsewhere")).unwrap();
    let script = "env >seen; cat elsewhere";
    let command = format!("/bin/sh -c '{script}'");
    let given = [
        ("SOLDER_MASTER_KEY_COMMAND", command.as_str()),
        ("SOLDER_LOG", "warn"),
        ("OTHER", "x"),
    ];
    let verified = place.run_with(&["vault", "verify"], &given);
    assert_eq!(verified.code, Some(0), "{verified:?}");
    let seen = std::fs::read_to_string(place.path().join("seen")).unwrap();
    assert!(seen.contains("OTHER=x") && !seen.contains("SOLDER_"), "{seen}");

    let failing = "/bin/sh -c 'cat elsewhere; echo the token has ended >&2; exit 4'";
    let failed = place.run_with(&["vault", "verify"], &[("SOLDER_MASTER_KEY_COMMAND", failing)]);
    assert!(
        failed.code == Some(1)
            && failed.told.contains("exit status: 4")
            && failed.told.contains("the token has ended"),
        "{failed:?}"
    );
    assert!(!failed.told.contains(key.trim()), "{failed:?}");
    let two = place.run_with(
        &["vault", "verify", "--master-key-file", "elsewhere"],
        &[("SOLDER_MASTER_KEY_COMMAND", command.as_str())],
    );
    assert!(two.code == Some(2) && two.told.contains("not more"), "{two:?}");
}
