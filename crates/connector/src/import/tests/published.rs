//! Real descriptions, where there are some.

use crate::import::{Options, read};
use std::path::{Path, PathBuf};

/// Every file below a folder, in the order of its path.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The folder of vendors' descriptions; without it there is nothing to read, which is a failure where everything has to run.
fn specs() -> Option<PathBuf> {
    let folder = std::env::var_os("SPECS_DIR").map(PathBuf::from);
    assert!(
        folder.is_some() || std::env::var_os("CI").is_none(),
        "SPECS_DIR does not say where the descriptions are"
    );
    folder
}

#[test]
fn every_published_description_becomes_a_connector() {
    let Some(folder) = specs() else { return };
    let mut all = Vec::new();
    files(&folder, &mut all);
    let mut count = 0;
    let mut failed = Vec::new();
    for path in all {
        let name = path.to_string_lossy().into_owned();
        let known = [".json", ".json.gz", ".yaml", ".yml", ".graphql.gz"]
            .iter()
            .any(|end| name.ends_with(end));
        if !known || name.contains("/telegram/") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let options = Options {
            base: Some("https://api.example.com".to_owned()),
            ..Options::default()
        };
        // Where a description says no server, whoever imports it does.
        let read_one = |options: &Options| read(&name, &bytes, options);
        match read_one(&Options::default()).or_else(|error| {
            if error.what.contains("--base") {
                read_one(&options)
            } else {
                Err(error)
            }
        }) {
            Ok(draft) => {
                assert!(draft.report.actions > 0, "{name}");
                assert!(
                    read_one(&Options {
                        all: true,
                        base: Some("https://api.example.com".to_owned()),
                        ..Options::default()
                    })
                    .is_ok(),
                    "{name}"
                );
                count += 1;
            }
            Err(error) => failed.push(error.to_string()),
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(count > 50, "only {count} descriptions were found");
}
