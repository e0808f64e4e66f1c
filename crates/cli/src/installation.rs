//! Opens the installation that the settings name: data folder, database, master key.

use crate::data_folder::DataFolder;
use crate::failure::{Failure, Result};
use crate::master_key::{self, Source};
use crate::settings::Settings;
use crate::system::{SystemClock, SystemEntropy};
use solder_engine::Installation;
use solder_storage::Storage;
use solder_vault::KeyRing;
use std::path::PathBuf;
use std::sync::Arc;
use url::Url;

/// What may come to be on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Making {
    /// Nothing: the installation must be there.
    Nothing,
    /// The database, where there is a master key.
    Database,
    /// All of it.
    Everything,
}

/// Opens it.
pub(crate) async fn open(settings: &Settings, making: Making) -> Result<Installation> {
    let folder = DataFolder::at(&settings.data_dir)?;
    let url = database_url(settings, &folder)?;
    if making == Making::Nothing {
        must_be_there(settings, &folder, &url)?;
    }
    let mut ring = find_ring(settings, &folder, making)?;
    if making != Making::Nothing {
        folder.make()?;
    }
    let storage = Storage::open(&url)
        .await
        .map_err(|error| Failure::because(named(settings, &folder), &error))?;
    if ring.is_none() {
        ring = Some(new_key(settings, &folder, &storage).await?);
    }
    let ring = ring.ok_or_else(|| no_key(settings, &folder))?;
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    let source = Arc::new(Source::of(settings, &folder));
    let opened = Installation::open(storage, ring, clock, entropy).await;
    opened
        .map(|installation| installation.following(source))
        .map_err(|error| match error {
            solder_engine::Error::Vault(cause) => Failure::because(
                "The master key does not open this database; was another one set, or the database moved",
                &cause,
            ),
            other => Failure::from(other),
        })
}

/// What can be wrong with the master key, asked before anything is made.
pub(crate) fn check_key(settings: &Settings, folder: &DataFolder, making: Making) -> Result<()> {
    find_ring(settings, folder, making).map(drop)
}

fn find_ring(settings: &Settings, folder: &DataFolder, making: Making) -> Result<Option<KeyRing>> {
    match master_key::find(settings, folder)? {
        None if making != Making::Everything => Err(no_key(settings, folder)),
        found => Ok(found),
    }
}

/// Whether the database is a file, which one process alone serves.
pub(crate) fn is_file(settings: &Settings) -> bool {
    settings
        .database_url
        .as_ref()
        .is_none_or(|url| url.expose().starts_with("sqlite:"))
}

fn database_url(settings: &Settings, folder: &DataFolder) -> Result<String> {
    if let Some(url) = &settings.database_url {
        return Ok(url.expose().to_owned());
    }
    let path = Url::from_file_path(folder.database());
    let path =
        path.map_err(|()| Failure::Failed(format!("{} is not a whole path", folder.path().display())))?;
    Ok(format!("sqlite://{}", path.path()))
}

/// A database file that does not exist yet means a mistyped folder wherever nothing is to be made.
fn must_be_there(settings: &Settings, folder: &DataFolder, url: &str) -> Result<()> {
    let file = match &settings.database_url {
        None => Some(folder.database()),
        Some(_) => file_of(url),
    };
    match file {
        Some(file) if !file.exists() => Err(Failure::Failed(format!(
            "There is no Solder in {}. Start one with `solder up`, or name its folder with --data-dir.",
            file.parent().unwrap_or(folder.path()).display()
        ))),
        _ => Ok(()),
    }
}

fn file_of(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite://")?;
    Url::parse(&format!("file://{path}")).ok()?.to_file_path().ok()
}

/// Makes the master key of a new database. One that holds something sealed has a key already, and it is elsewhere.
async fn new_key(settings: &Settings, folder: &DataFolder, storage: &Storage) -> Result<KeyRing> {
    let found = storage.find_hash_key().await;
    if found
        .map_err(|error| Failure::because(named(settings, folder), &error))?
        .is_some()
    {
        return Err(Failure::Failed(format!(
            "The master key file {} is not there, and what is in the database was sealed with it. Put it back, or set \
             SOLDER_MASTER_KEY, SOLDER_MASTER_KEY_FILE or SOLDER_MASTER_KEY_COMMAND. Without it the stored credentials and tokens are lost.",
            folder.master_key().display()
        )));
    }
    master_key::make(&folder.master_key(), &SystemEntropy)
}

fn no_key(settings: &Settings, folder: &DataFolder) -> Failure {
    Failure::Failed(format!(
        "There is no master key in {}. `solder up` makes one with a new installation; else set SOLDER_MASTER_KEY_FILE, \
         SOLDER_MASTER_KEY or SOLDER_MASTER_KEY_COMMAND.",
        Source::of(settings, folder).named()
    ))
}

/// The database in words that show no password.
fn named(settings: &Settings, folder: &DataFolder) -> String {
    match (&settings.database_url, is_file(settings)) {
        (None, _) => format!("the database {} cannot be opened", folder.database().display()),
        (Some(_), true) => "the database of SOLDER_DATABASE_URL cannot be opened".to_owned(),
        (Some(_), false) => "the PostgreSQL database of SOLDER_DATABASE_URL cannot be opened".to_owned(),
    }
}
