//! The master key's file: how it is read, made, replaced and guarded.

use crate::failure::{Failure, Result};
use solder_model::{Entropy, Secret};
use solder_vault::{KeyRing, MasterKey};
use std::fs::{File, Permissions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

/// The longest file that is read, in bytes: all the keys of a ring, with room for remarks.
const MOST_BYTES: u64 = 16_384;

/// The keys in the file; none where there is no file.
pub(crate) fn read(path: &Path) -> Result<Option<KeyRing>> {
    let broken = |error| {
        Failure::because(
            format!("the master key file {} cannot be read", path.display()),
            &error,
        )
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(broken(error)),
    };
    // Asked of the open file, so that what is checked is what is read.
    let mode = file.metadata().map_err(broken)?.permissions().mode();
    if mode & 0o027 != 0 {
        return Err(Failure::Failed(format!(
            "The master key file {} is open to others (mode {:03o}), and whoever reads it can open every secret. Mend it \
             with `chmod 600 {}`; if others had access to it, treat the stored credentials as known.",
            path.display(),
            mode & 0o777,
            path.display()
        )));
    }
    let mut text = String::new();
    (&file)
        .take(MOST_BYTES)
        .read_to_string(&mut text)
        .map_err(broken)?;
    let text = Secret::new(text);
    let ring = KeyRing::parse(text.expose()).map_err(|error| {
        Failure::because(
            format!(
                "the master key file {} does not hold what it should",
                path.display()
            ),
            &error,
        )
    })?;
    Ok(Some(ring))
}

/// Makes a key and its file, with mode 0600. The file comes to be whole or not at all, and never in place of another.
pub(crate) fn make(path: &Path, entropy: &dyn Entropy) -> Result<KeyRing> {
    let broken = |error| {
        Failure::because(
            format!("the master key file {} cannot be made", path.display()),
            &error,
        )
    };
    let ring = KeyRing::new(MasterKey::generate(entropy));
    let file = written(path, &ring).map_err(broken)?;
    drop(
        file.persist_noclobber(path)
            .map_err(|error| broken(error.error))?,
    );
    sync_folder(path).map_err(broken)?;
    Ok(ring)
}

/// Puts other keys into the file that is there, with its mode and its owner. Whoever reads it meanwhile reads the old or
/// the new keys whole; so it is after a loss of power.
pub(crate) fn replace(path: &Path, ring: &KeyRing) -> Result<()> {
    replace_whole(path, ring).map_err(|error| {
        Failure::because(
            format!(
                "the master key file {} cannot be written; nothing in it was changed",
                path.display()
            ),
            &error,
        )
    })
}

fn replace_whole(path: &Path, ring: &KeyRing) -> std::io::Result<()> {
    // A link stays one, and what it leads to is replaced.
    let path = path.canonicalize()?;
    let before = path.metadata()?;
    let file = written(&path, ring)?;
    let made = file.as_file().metadata()?;
    if (made.uid(), made.gid()) != (before.uid(), before.gid()) {
        // Whoever could read the keys before has to be able to afterwards, or a running server is cut off.
        fchown(file.as_file(), Some(before.uid()), Some(before.gid()))?;
    }
    file.as_file()
        .set_permissions(Permissions::from_mode(before.permissions().mode() & 0o640))?;
    file.as_file().sync_all()?;
    drop(file.persist(&path).map_err(|error| error.error)?);
    sync_folder(&path)
}

/// A file beside `path` with the keys in it, on the disk, for its owner alone.
fn written(path: &Path, ring: &KeyRing) -> std::io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::Builder::new()
        .prefix(".master.key.")
        .tempfile_in(folder_of(path))?;
    file.write_all(ring.to_text().expose().as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// The name must last as long as what is sealed with the key.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Held while the keys of a file are changed, so that of two rotations one waits outside. The system lets go of it
/// however the process ends.
#[derive(Debug)]
#[must_use]
pub(crate) struct FolderLock(
    #[expect(dead_code, reason = "the lock lasts as long as the folder is open")] File,
);

impl FolderLock {
    /// Takes the lock of the folder that the file lies in.
    pub(crate) fn of(path: &Path) -> Result<Self> {
        let path = path
            .canonicalize()
            .unwrap_or_else(|_not_there| PathBuf::from(path));
        let broken = |error| Failure::because("the folder of the master key file cannot be locked", &error);
        let folder = File::open(folder_of(&path)).map_err(broken)?;
        match folder.try_lock() {
            Ok(()) => Ok(Self(folder)),
            Err(TryLockError::WouldBlock) => Err(Failure::Failed(
                "Another `solder vault` command is changing these keys. Wait for its end.".to_owned(),
            )),
            Err(TryLockError::Error(error)) => Err(broken(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FolderLock, make, read, replace};
    use crate::system::SystemEntropy;
    use solder_vault::MasterKey;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_key_file_is_its_owners_alone_and_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        assert!(read(&path).unwrap().is_none());
        let made = make(&path, &SystemEntropy).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(read(&path).unwrap().unwrap().ids(), made.ids());
        assert!(make(&path, &SystemEntropy).is_err());
        assert_eq!(read(&path).unwrap().unwrap().ids(), made.ids());
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing is left over"
        );
    }

    #[test]
    fn other_keys_take_the_place_of_those_before_and_the_file_keeps_its_mode_and_its_link() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("really.key");
        let before = make(&path, &SystemEntropy).unwrap();
        let link = folder.path().join("master.key");
        std::os::unix::fs::symlink("really.key", &link).unwrap();
        for mode in [0o600, 0o640, 0o400] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let ring = before.clone().with_newer(MasterKey::generate(&SystemEntropy));
            replace(&link, &ring).unwrap();
            assert_eq!(read(&link).unwrap().unwrap().ids(), ring.ids());
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, mode);
        }
        assert!(link.is_symlink());
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            2,
            "nothing is left over"
        );
        assert!(replace(&folder.path().join("none"), &before).is_err());
    }

    #[test]
    fn the_keys_of_a_folder_are_changed_by_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let held = FolderLock::of(&path).unwrap();
        let failure = FolderLock::of(&path).unwrap_err();
        assert!(failure.text().unwrap().contains("Another `solder vault` command"));
        drop(held);
        drop(FolderLock::of(&path).unwrap());
    }

    #[test]
    fn a_key_file_that_others_can_read_is_refused_with_how_to_mend_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        drop(make(&path, &SystemEntropy).unwrap());
        for (mode, taken) in [
            (0o644, false),
            (0o604, false),
            (0o620, false),
            (0o640, true),
            (0o400, true),
        ] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            match read(&path) {
                Ok(key) => assert!(taken && key.is_some(), "{mode:o}"),
                Err(failure) => assert!(
                    !taken && failure.text().unwrap().contains("chmod 600"),
                    "{mode:o}"
                ),
            }
        }
    }

    #[test]
    fn a_file_that_holds_something_else_is_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        std::fs::write(&path, "hunter2").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        let failure = read(&path).unwrap_err();
        assert!(!failure.text().unwrap().contains("hunter2"));
    }
}
