//! Which files are checked: connectors by id, files of one's own, or all that there are.

use super::unknown;
use crate::failure::{Failure, Result};
use crate::settings::Settings;
use solder_connector::{built_in, built_in_examples};
use std::path::{Path, PathBuf};

/// A file to check, and its recorded calls where there are any.
pub(super) struct Source {
    pub(super) file: String,
    pub(super) text: String,
    pub(super) examples: Option<(String, String)>,
}

/// The files of those that are named, or of all.
pub(super) fn sources(named: &[String], settings: &Settings) -> Result<Vec<Source>> {
    let own = match &settings.connectors_dir {
        Some(folder) => files(folder)?,
        None => Vec::new(),
    };
    if named.is_empty() {
        let built_in = built_in().iter().map(|(id, text)| built_in_source(id, text));
        return built_in
            .map(Ok)
            .chain(own.iter().map(|path| file_source(path)))
            .collect();
    }
    named.iter().map(|name| source(name, &own)).collect()
}

/// An id, or a file: whatever ends in `.toml` or has a slash in it.
fn source(name: &str, own: &[PathBuf]) -> Result<Source> {
    if name.contains('/')
        || Path::new(name)
            .extension()
            .is_some_and(|extension| extension == "toml")
    {
        return file_source(Path::new(name));
    }
    if let Some((id, text)) = built_in().iter().find(|(id, _)| *id == name) {
        return Ok(built_in_source(id, text));
    }
    let stem = |path: &PathBuf| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    if let Some(path) = own.iter().find(|path| stem(path).as_deref() == Some(name)) {
        return file_source(path);
    }
    let own: Vec<_> = own.iter().filter_map(stem).collect();
    Err(unknown(
        name,
        built_in()
            .iter()
            .map(|(id, _)| *id)
            .chain(own.iter().map(String::as_str)),
    ))
}

fn built_in_source(id: &str, text: &str) -> Source {
    let examples = built_in_examples().iter().find(|(of, _)| *of == id);
    Source {
        file: format!("{id}.toml"),
        text: text.to_owned(),
        examples: examples.map(|(_, text)| (format!("examples/{id}.toml"), (*text).to_owned())),
    }
}

/// A file of the operator's, with `examples/` of the same name beside it where that is there.
fn file_source(path: &Path) -> Result<Source> {
    let beside = path
        .parent()
        .zip(path.file_name())
        .map(|(folder, name)| folder.join("examples").join(name));
    let examples = match beside.filter(|path| path.exists()) {
        Some(beside) => Some((beside.display().to_string(), read(&beside)?)),
        None => None,
    };
    Ok(Source {
        file: path.display().to_string(),
        text: read(path)?,
        examples,
    })
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let broken = |error| Failure::because(format!("the folder {} cannot be read", folder.display()), &error);
    let mut files = Vec::new();
    for item in std::fs::read_dir(folder).map_err(broken)? {
        let path = item.map_err(broken)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure::because(format!("{} cannot be read", path.display()), &error))
}
