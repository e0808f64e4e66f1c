//! The operator's folder: read at start, and looked at again and again from then on.
//!
//! A look compares the names, sizes and times of all files. It is a poll and no subscription to the file system's events,
//! which do not come from network and container mounts, and say nothing that a look a second does not find. What a look
//! finds changed is read by the next one, if it is at rest by then: half of a file that is still being written is never
//! taken.

use super::{Catalog, CatalogError, Entry, Owner};
use crate::settings::Settings;
use solder_connector::LoadFault;
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What tells one state of a file from another: size, the times of change in nanoseconds, and which file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
    inode: u64,
}

/// The folder between two looks. A file that is not there has no stamp.
pub(crate) struct Folder {
    path: PathBuf,
    seen: BTreeMap<String, Option<Stamp>>,
    taken: BTreeMap<String, Option<Stamp>>,
}

impl Folder {
    /// A folder that was not looked at yet.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self {
            path,
            seen: BTreeMap::new(),
            taken: BTreeMap::new(),
        }
    }

    /// Looks once; the catalogue that follows `now`, where anything has changed. It waits for the disk.
    pub(crate) fn look(
        &mut self,
        now: &Catalog,
        settings: &Settings,
    ) -> Result<Option<Catalog>, CatalogError> {
        let stamps = stamps(&self.path)?;
        let mut files: BTreeSet<String> = stamps.keys().chain(self.seen.keys()).cloned().collect();
        files.extend(now.operator_entries().map(|entry| entry.file.clone()));
        let mut next = now.following();
        let mut changed = false;
        for file in files {
            let stamp = stamps.get(&file).copied();
            let rests = self.seen.insert(file.clone(), stamp) == Some(stamp);
            if rests && self.taken.get(&file) != Some(&stamp) {
                self.taken.insert(file.clone(), stamp);
                changed |= match stamp {
                    Some(_) => next.take(&self.path, file, settings),
                    None => self.forget(&mut next, &file),
                };
            }
        }
        Ok(changed.then_some(next))
    }

    fn forget(&mut self, next: &mut Catalog, file: &str) -> bool {
        self.seen.remove(file);
        self.taken.remove(file);
        next.drop_file(file)
    }
}

impl Catalog {
    /// Takes what stands in a file now. A file with faults leaves the last good version where it is. Says whether anything
    /// is different from before.
    fn take(&mut self, folder: &Path, file: String, settings: &Settings) -> bool {
        let known = self.operator_entries().find(|entry| entry.file == file).cloned();
        let read = std::fs::read_to_string(folder.join(&file)).map_err(|error| unread(&file, &error));
        if let (Ok(text), Some(known)) = (&read, &known)
            && *text == known.text
        {
            return self.refused.remove(&file).is_some();
        }
        match read.and_then(|text| operator_entry(file.clone(), text, self, settings)) {
            Ok(entry) => {
                tracing::info!(file, "a connector file was taken");
                self.refused.remove(&file);
                self.put(entry);
                true
            }
            Err(faults) => {
                tell(&file, &faults, known.is_some());
                self.refused.insert(file, faults.clone()) != Some(faults)
            }
        }
    }

    fn drop_file(&mut self, file: &str) -> bool {
        let refused = self.refused.remove(file).is_some();
        let id = self
            .operator_entries()
            .find(|entry| entry.file == file)
            .map(|entry| entry.id.clone());
        let Some(id) = id else { return refused };
        tracing::info!(file, "a connector file is gone, and its connector with it");
        self.entries.remove(id.as_str());
        self.index = Arc::default();
        true
    }

    fn put(&mut self, entry: Entry) {
        self.entries.insert(entry.id.as_str().to_owned(), Arc::new(entry));
        self.index = Arc::default();
    }

    /// Every file of the folder, read for the first time.
    pub(super) fn read_folder(&mut self, folder: &Path, settings: &Settings) -> Result<(), CatalogError> {
        for file in stamps(folder)?.into_keys() {
            let read = std::fs::read_to_string(folder.join(&file)).map_err(|error| unread(&file, &error));
            match read.and_then(|text| operator_entry(file.clone(), text, self, settings)) {
                Ok(entry) => self.put(entry),
                Err(faults) => drop(self.refused.insert(file, faults)),
            }
        }
        Ok(())
    }
}

/// Logs why a file is not taken, and whether its last good version stays.
fn tell(file: &str, faults: &[LoadFault], kept: bool) {
    for fault in faults {
        tracing::warn!(file = %fault.file, line = fault.line, field = %fault.field, "{}", fault.message);
    }
    tracing::warn!(
        file,
        kept,
        "a connector file has faults and is not taken; `kept` says whether its last good version stays"
    );
}

fn operator_entry(
    file: String,
    text: String,
    others: &Catalog,
    settings: &Settings,
) -> Result<Entry, Vec<LoadFault>> {
    let own = |id: &solder_model::ConnectorId| settings.connectors.get(id.as_str()).cloned();
    let entry = Entry::of_operator(file, text, |id| own(id).unwrap_or_default())?;
    let taken = others.entry(entry.id.as_str());
    if taken.is_none_or(|one| one.owner == Owner::Operator && one.file == entry.file) {
        return Ok(entry);
    }
    let message = format!(
        "`{}` is the id of another connector: choose another one",
        entry.id
    );
    Err(vec![LoadFault {
        file: entry.file,
        line: 1,
        field: "id".to_owned(),
        message,
    }])
}

fn unread(file: &str, error: &std::io::Error) -> Vec<LoadFault> {
    vec![LoadFault {
        file: file.to_owned(),
        line: 1,
        field: String::new(),
        message: format!("could not be read: {error}"),
    }]
}

/// The connector files of a folder, by name. One that goes while it is looked at was not there.
fn stamps(folder: &Path) -> Result<BTreeMap<String, Stamp>, CatalogError> {
    let wrong = |error| CatalogError::Folder(folder.display().to_string(), error);
    let mut stamps = BTreeMap::new();
    for item in std::fs::read_dir(folder).map_err(wrong)? {
        let path = item.map_err(wrong)?.path();
        let is_connector = path.extension().is_some_and(|extension| extension == "toml");
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        if let (true, Some(name), Ok(found)) = (is_connector, name, std::fs::metadata(&path)) {
            let stamp = Stamp {
                size: found.size(),
                modified: (found.mtime(), found.mtime_nsec()),
                changed: (found.ctime(), found.ctime_nsec()),
                inode: found.ino(),
            };
            stamps.insert(name, stamp);
        }
    }
    Ok(stamps)
}
