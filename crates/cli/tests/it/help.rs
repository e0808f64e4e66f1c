//! What `--help` tells.

use crate::solder::Place;
use std::fmt::Write;

#[test]
fn the_help_of_every_command_stands() {
    let place = Place::new();
    let commands: &[&[&str]] = &[
        &[],
        &["up"],
        &["serve"],
        &["accounts"],
        &["accounts", "create"],
        &["accounts", "list"],
        &["keys"],
        &["keys", "create"],
        &["keys", "list"],
        &["keys", "rotate"],
        &["keys", "revoke"],
        &["jwt-keys"],
        &["jwt-keys", "create"],
        &["jwt-keys", "list"],
        &["jwt-keys", "delete"],
        &["users"],
        &["users", "create"],
        &["users", "set-password"],
        &["users", "remove-password"],
        &["users", "list"],
        &["vault"],
        &["vault", "rotate"],
        &["vault", "forget"],
        &["vault", "verify"],
        &["connectors"],
        &["connectors", "list"],
        &["connectors", "show"],
        &["connectors", "check"],
        &["settings"],
    ];
    let mut all = String::new();
    for command in commands {
        let done = place.run(&[*command, &["--help"]].concat());
        assert_eq!(done.code, Some(0), "{command:?}");
        writeln!(all, "===== solder {} --help\n{}", command.join(" "), done.out).unwrap();
    }
    insta::assert_snapshot!(all);
}

#[test]
fn the_version_is_told() {
    let done = Place::new().run(&["--version"]);
    assert_eq!(done.out, format!("solder {}\n", env!("CARGO_PKG_VERSION")));
}
