//! Where the master keys come from: a file, the environment, or a command. Each gives one key or several, the first of
//! which seals.

mod command;
mod file;

use crate::data_folder::DataFolder;
use crate::failure::{Failure, Result};
use crate::settings::Settings;
use solder_model::Secret;
use solder_vault::{KeyRing, KeySource};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use command::CommandLine;
pub(crate) use file::{FolderLock, make, replace};

/// The one source that the settings name.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// The environment, as it was when the process started.
    Environment(Secret),
    /// A file; the settings name it, or it lies in the data folder.
    File {
        /// Where it is.
        path: PathBuf,
        /// Whether the settings name it.
        is_named: bool,
    },
    /// A program that prints them.
    Command(CommandLine),
}

impl Source {
    /// The source of these settings.
    pub(crate) fn of(settings: &Settings, folder: &DataFolder) -> Self {
        if let Some(text) = &settings.master_key {
            return Self::Environment(text.clone());
        }
        if let Some(line) = &settings.master_key_command {
            return Self::Command(line.clone());
        }
        match &settings.master_key_file {
            Some(path) => Self::File {
                path: path.clone(),
                is_named: true,
            },
            None => Self::File {
                path: folder.master_key(),
                is_named: false,
            },
        }
    }

    /// The keys as the source gives them now; none where the file is not there.
    pub(crate) fn ring(&self) -> Result<Option<KeyRing>> {
        match self {
            Self::Environment(text) => {
                let bad = |error| Failure::because("SOLDER_MASTER_KEY", &error);
                KeyRing::parse(text.expose()).map(Some).map_err(bad)
            }
            Self::File { path, .. } => file::read(path),
            Self::Command(line) => line.ring().map(Some),
        }
    }

    /// The file, where it is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::File { path, .. } => Some(path),
            Self::Environment(_) | Self::Command(_) => None,
        }
    }

    /// How long a running server can take from being told of other keys to sealing with them: a look at the change feed,
    /// the reading of the source, and some room.
    pub(crate) const fn followed_within(&self) -> Duration {
        match self {
            Self::Environment(_) => Duration::from_secs(1),
            Self::File { .. } => Duration::from_secs(2),
            Self::Command(_) => Duration::from_secs(2 + command::MOST_SECONDS),
        }
    }

    /// The source in words.
    pub(crate) fn named(&self) -> String {
        match self {
            Self::Environment(_) => "SOLDER_MASTER_KEY".to_owned(),
            Self::File { path, .. } => path.display().to_string(),
            Self::Command(line) => format!("the command `{}`", line.program()),
        }
    }
}

impl KeySource for Source {
    fn read(&self) -> Option<KeyRing> {
        match self.ring() {
            Ok(Some(ring)) => Some(ring),
            Ok(None) => {
                tracing::error!("the master key file is gone: the keys from before are used on");
                None
            }
            Err(failure) => {
                let why = failure.text().unwrap_or_default();
                tracing::error!(
                    why,
                    "the master keys could not be read again: those from before are used on"
                );
                None
            }
        }
    }
}

/// The keys that the settings name; `None` where no file is named and the data folder has none.
pub(crate) fn find(settings: &Settings, folder: &DataFolder) -> Result<Option<KeyRing>> {
    let source = Source::of(settings, folder);
    match (source.ring()?, source) {
        (None, Source::File { is_named: true, .. }) => {
            Err(Failure::from(crate::settings::Faults(vec![settings.fault(
                "master_key_file",
                "There is no such file: name the file that holds the master key.",
            )])))
        }
        (found, _) => Ok(found),
    }
}

/// Whether the key lies beside the database, so that who copies the folder has both.
pub(crate) fn lies_in(settings: &Settings, folder: &DataFolder) -> bool {
    let source = Source::of(settings, folder);
    source
        .file()
        .is_some_and(|file| std::path::absolute(file).is_ok_and(|file| file.starts_with(folder.path())))
}
