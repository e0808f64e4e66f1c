//! The operator's folder, as files come, change, break and go.

use super::{Catalog, Folder, Owner};
use crate::settings::Settings;
use std::path::Path;
use std::sync::Arc;

fn file(id: &str, name: &str) -> String {
    format!(
        r#"
id = "{id}"
name = "{name}"
about = "An API of our own"
categories = ["internal"]
base = "https://api.{id}.example"
[resources]
things = "Things"
[[action]]
name = "list"
title = "List things"
about = "Lists every thing"
resource = "things"
call = "GET /things"
kind = "read"
"#
    )
}

struct Watched {
    settings: Settings,
    folder: Folder,
    now: Catalog,
    place: tempfile::TempDir,
}

impl Watched {
    fn with(files: &[(&str, &str)]) -> Self {
        let place = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(place.path().join(name), text).unwrap();
        }
        let settings = Settings {
            connectors_dir: Some(place.path().to_owned()),
            ..Settings::default()
        };
        Self {
            now: Catalog::open(&settings).unwrap(),
            folder: Folder::new(place.path().to_owned()),
            settings,
            place,
        }
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.place.path().join(name), text).unwrap();
    }

    /// Looks once; whether anything changed.
    fn look(&mut self) -> bool {
        let next = self.folder.look(&self.now, &self.settings).unwrap();
        let changed = next.is_some();
        if let Some(next) = next {
            self.now = next;
        }
        changed
    }

    /// Looks until what is there is at rest and taken.
    fn settle(&mut self) -> bool {
        let mut changed = false;
        for _ in 0..3 {
            changed |= self.look();
        }
        changed
    }

    fn name_of(&self, id: &str) -> Option<String> {
        self.now.find(id).map(|(connector, _)| connector.name.clone())
    }

    fn faults(&self) -> Vec<String> {
        self.now.faults().map(ToString::to_string).collect()
    }
}

#[test]
fn a_file_that_comes_changes_or_goes_is_followed_and_what_stays_is_the_same_entry() {
    let mut watched = Watched::with(&[
        ("acme.toml", &file("acme", "Acme")),
        ("zeta.toml", &file("zeta", "Zeta")),
    ]);
    assert!(!watched.settle(), "nothing has changed since the start");
    let stays = Arc::clone(watched.now.entry("zeta").unwrap());
    let before = Arc::clone(watched.now.entry("acme").unwrap());
    watched.write("acme.toml", &file("acme", "Acme Two"));
    watched.write("new.toml", &file("new", "New"));
    watched.write("notes.txt", "no connector");
    assert!(watched.settle());
    assert_eq!(watched.name_of("acme").as_deref(), Some("Acme Two"));
    assert_eq!(watched.name_of("new").as_deref(), Some("New"));
    assert!(Arc::ptr_eq(watched.now.entry("zeta").unwrap(), &stays));
    assert_eq!(
        before.connector().unwrap().name,
        "Acme",
        "a call in flight keeps what it began with"
    );

    std::fs::remove_file(watched.place.path().join("new.toml")).unwrap();
    assert!(watched.settle());
    assert_eq!(watched.name_of("new"), None);
    assert!(!watched.settle());
}

#[test]
fn a_broken_file_keeps_the_last_good_version_and_tells_every_fault() {
    let mut watched = Watched::with(&[("acme.toml", &file("acme", "Acme"))]);
    watched.settle();
    let broken = file("acme", "Broken").replace("kind = \"read\"", "kind = \"reed\"\ncolour = \"red\"");
    watched.write("acme.toml", &broken);
    watched.write("new.toml", "id = ");
    assert!(watched.settle());
    assert_eq!(watched.name_of("acme").as_deref(), Some("Acme"));
    assert_eq!(watched.name_of("new"), None);
    let faults = watched.faults();
    assert!(faults.len() >= 3, "{faults:?}");
    assert!(
        faults.iter().any(|fault| fault.starts_with("acme.toml:16: ")),
        "{faults:?}"
    );
    assert!(
        faults.iter().any(|fault| fault.starts_with("new.toml:1: ")),
        "{faults:?}"
    );
    assert_eq!(watched.now.refused(), 2);
    assert!(!watched.settle(), "what is wrong is told once");

    watched.write("acme.toml", &file("acme", "Mended"));
    std::fs::remove_file(watched.place.path().join("new.toml")).unwrap();
    assert!(watched.settle());
    assert_eq!(
        (watched.name_of("acme").as_deref(), watched.now.refused()),
        (Some("Mended"), 0)
    );
}

#[test]
fn a_file_that_is_still_being_written_is_left_until_it_rests() {
    let mut watched = Watched::with(&[("acme.toml", &file("acme", "Acme"))]);
    watched.settle();
    // What is there parses at each moment, and is half of what it will be.
    for size in 1..5 {
        watched.write("acme.toml", &file("acme", &"x".repeat(size)));
        assert!(!watched.look(), "{size}");
    }
    assert_eq!(watched.name_of("acme").as_deref(), Some("Acme"));
    assert!(watched.look());
    assert_eq!(watched.name_of("acme").as_deref(), Some("xxxx"));
}

#[test]
fn the_id_of_a_built_in_is_refused_and_the_built_in_stays() {
    let mut watched = Watched::with(&[]);
    watched.settle();
    watched.write("slack.toml", &file("slack", "Not Slack"));
    assert!(watched.settle());
    let (connector, owner) = watched.now.find("slack").unwrap();
    assert_eq!((connector.name.as_str(), owner), ("Slack", Owner::BuiltIn));
    assert!(watched.faults()[0].contains("is the id of another connector"));
    assert!(Catalog::open(&watched.settings).is_err(), "nor does it start so");
    assert!(
        Catalog::open_what_loads(&watched.settings)
            .unwrap()
            .find("slack")
            .is_some()
    );
}

#[test]
fn a_folder_that_cannot_be_read_changes_nothing() {
    let mut watched = Watched::with(&[("acme.toml", &file("acme", "Acme"))]);
    watched.settle();
    let folder = Path::new("/nonexistent/connectors").to_owned();
    watched.folder = Folder::new(folder);
    assert!(watched.folder.look(&watched.now, &watched.settings).is_err());
    assert_eq!(watched.name_of("acme").as_deref(), Some("Acme"));
}
