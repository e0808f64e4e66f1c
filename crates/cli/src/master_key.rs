//! Where the master key comes from, and how its file is made and guarded.

use crate::data_folder::DataFolder;
use crate::failure::{Failure, Result};
use crate::settings::Settings;
use solder_model::{Entropy, Secret};
use solder_vault::MasterKey;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The master key that is set, or the one in its file; `None` where neither is there.
pub(crate) fn find(settings: &Settings, folder: &DataFolder) -> Result<Option<MasterKey>> {
    if let Some(text) = &settings.master_key {
        let bad = |error| Failure::because("SOLDER_MASTER_KEY", &error);
        return MasterKey::parse(text.expose()).map(Some).map_err(bad);
    }
    let path = file(settings, folder);
    match read(&path)? {
        None if settings.master_key_file.is_some() => {
            Err(Failure::from(crate::settings::Faults(vec![settings.fault(
                "master_key_file",
                "There is no such file: name the file that holds the master key.",
            )])))
        }
        found => Ok(found),
    }
}

/// The file that holds the key, where it is not in the environment.
pub(crate) fn file(settings: &Settings, folder: &DataFolder) -> PathBuf {
    settings
        .master_key_file
        .clone()
        .unwrap_or_else(|| folder.master_key())
}

/// Whether the key lies beside the database, so that who copies the folder has both.
pub(crate) fn lies_in(settings: &Settings, folder: &DataFolder) -> bool {
    let file = std::path::absolute(file(settings, folder));
    settings.master_key.is_none() && file.is_ok_and(|file| file.starts_with(folder.path()))
}

fn read(path: &Path) -> Result<Option<MasterKey>> {
    let broken = |error| {
        Failure::because(
            format!("the master key file {} cannot be read", path.display()),
            &error,
        )
    };
    let file = match std::fs::File::open(path) {
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
    (&file).take(1_024).read_to_string(&mut text).map_err(broken)?;
    let text = Secret::new(text);
    let key = MasterKey::parse(text.expose()).map_err(|error| {
        Failure::because(
            format!("the master key file {} does not hold one", path.display()),
            &error,
        )
    })?;
    Ok(Some(key))
}

/// Makes a key and its file, with mode 0600. The file comes to be whole or not at all, and never in place of another.
pub(crate) fn make(path: &Path, entropy: &dyn Entropy) -> Result<MasterKey> {
    let broken = |error| {
        Failure::because(
            format!("the master key file {} cannot be made", path.display()),
            &error,
        )
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    let key = MasterKey::generate(entropy);
    let mut file = tempfile::Builder::new()
        .prefix(".master.key.")
        .tempfile_in(folder)
        .map_err(broken)?;
    file.write_all(key.to_text().expose().as_bytes())
        .and_then(|()| file.write_all(b"\n"))
        .map_err(broken)?;
    file.as_file().sync_all().map_err(broken)?;
    drop(
        file.persist_noclobber(path)
            .map_err(|error| broken(error.error))?,
    );
    // The name must last as long as what is sealed with the key.
    std::fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(broken)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::{make, read};
    use crate::system::SystemEntropy;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_key_file_is_its_owners_alone_and_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        assert!(read(&path).unwrap().is_none());
        let made = make(&path, &SystemEntropy).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(read(&path).unwrap().unwrap().id(), made.id());
        assert!(make(&path, &SystemEntropy).is_err());
        assert_eq!(read(&path).unwrap().unwrap().id(), made.id());
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing is left over"
        );
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
