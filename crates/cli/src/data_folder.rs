//! The data folder: who may read it, what lies in it, and the lock that keeps a second process from serving it.

use crate::failure::{Failure, Result};
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The folder that holds the database and the master key.
#[derive(Debug, Clone)]
pub(crate) struct DataFolder(PathBuf);

/// Held while a process serves. The system lets go of it however the process ends.
#[derive(Debug)]
#[must_use]
pub(crate) struct Lock(#[expect(dead_code, reason = "the lock lasts as long as the file is open")] File);

impl DataFolder {
    /// The folder of that path, made absolute, whether it is there or not.
    pub(crate) fn at(path: &Path) -> Result<Self> {
        let whole = std::path::absolute(path).map_err(|error| {
            Failure::because(
                format!("the data folder {} has no whole path", path.display()),
                &error,
            )
        })?;
        Ok(Self(whole))
    }

    /// Makes the folder, for its owner alone. One that is there is left as it is.
    pub(crate) fn make(&self) -> Result<()> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.0)
            .map_err(|error| {
                Failure::because(
                    format!("the data folder {} cannot be made", self.0.display()),
                    &error,
                )
            })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The database's file, where no other database is set.
    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("solder.db")
    }

    /// The master key's file, where no other is set.
    pub(crate) fn master_key(&self) -> PathBuf {
        self.0.join("master.key")
    }

    /// Whether others than the owner may enter.
    pub(crate) fn is_open_to_others(&self) -> bool {
        self.0
            .metadata()
            .is_ok_and(|folder| folder.permissions().mode() & 0o077 != 0)
    }

    /// Takes the lock, or says who has it.
    pub(crate) fn lock(&self) -> Result<Lock> {
        let path = self.0.join("solder.lock");
        let broken = |error| Failure::because(format!("the lock {} cannot be taken", path.display()), &error);
        let mut options = OpenOptions::new();
        options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600);
        let mut file = options.open(&path).map_err(broken)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(self.taken(&mut file)),
            Err(TryLockError::Error(error)) => return Err(broken(error)),
        }
        // The number is for people alone: the lock itself is what counts.
        let number = format!("{}\n", std::process::id());
        let written = file.set_len(0).and_then(|()| file.write_all(number.as_bytes()));
        written.map_err(broken)?;
        Ok(Lock(file))
    }

    fn taken(&self, file: &mut File) -> Failure {
        let mut holder = String::new();
        let read = file.take(20).read_to_string(&mut holder);
        let holder = match holder.trim() {
            number if read.is_ok() && !number.is_empty() => format!(" (process {number})"),
            _ => String::new(),
        };
        Failure::Failed(format!(
            "Another Solder{holder} serves {} already. Stop it, or name another folder with --data-dir. Commands such as \
             `solder keys create` work beside it.",
            self.0.display()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::DataFolder;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_new_folder_is_its_owners_alone_and_is_served_once() {
        let parent = tempfile::tempdir().unwrap();
        let folder = DataFolder::at(&parent.path().join("a/b")).unwrap();
        folder.make().unwrap();
        folder.make().unwrap();
        assert_eq!(
            folder.path().metadata().unwrap().permissions().mode() & 0o777,
            0o700
        );
        assert!(!folder.is_open_to_others());
        let lock = folder.lock().unwrap();
        let taken = folder.lock().unwrap_err();
        assert!(
            taken
                .text()
                .unwrap()
                .contains(&format!("process {}", std::process::id())),
            "{taken:?}"
        );
        drop(lock);
        drop(folder.lock().unwrap());
    }
}
