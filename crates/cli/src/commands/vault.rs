//! `solder vault`: the master keys, and everything that they seal.

mod forget;
mod rotate;
mod verify;

use super::{Open, prepare};
use crate::arguments::Vault;
use crate::data_folder::DataFolder;
use crate::failure::{Failure, Result};
use crate::installation::{self, Making};
use crate::master_key::{FolderLock, Source};
use solder_engine::Installation;
use solder_vault::KeyRing;
use std::time::Duration;

/// Runs one of them.
pub(crate) fn run(command: &Vault) -> Result<()> {
    match command {
        Vault::Rotate { open } => on_vault(open, async |opened| opened.rotate(open.json).await),
        Vault::Forget { open } => on_vault(open, async |opened| opened.forget(open.json).await),
        Vault::Verify { open } => on_vault(open, async |opened| opened.verify(open.json).await),
    }
}

/// An installation with the source of its master keys.
struct Opened {
    installation: Installation,
    source: Source,
}

fn on_vault(open: &Open, work: impl AsyncFnOnce(Opened) -> Result<()>) -> Result<()> {
    let settings = prepare(&open.flags)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::because("the runtime does not start", &error))?;
    runtime.block_on(async {
        let folder = DataFolder::at(&settings.data_dir)?;
        let installation = installation::open(&settings, Making::Nothing).await?;
        let source = Source::of(&settings, &folder);
        work(Opened { installation, source }).await
    })
}

impl Opened {
    /// Keeps other commands from changing the keys, and takes them from their source once more, since one may have
    /// changed them a moment ago.
    fn take_turn(&self) -> Result<(Option<FolderLock>, KeyRing)> {
        let lock = self.source.file().map(FolderLock::of).transpose()?;
        let ring = self
            .source
            .ring()?
            .ok_or_else(|| Failure::Failed(format!("There is no master key in {}.", self.source.named())))?;
        self.installation.seal_with(ring.clone());
        Ok((lock, ring))
    }

    /// Tells every running server and waits until it must have followed.
    async fn tell(&self, action: &str) -> Result<()> {
        self.installation.tell_of_master_key(action).await?;
        let wait: Duration = self.source.followed_within();
        tokio::time::sleep(wait).await;
        Ok(())
    }
}

/// Ids with commas between.
fn listed(ids: &[String]) -> String {
    ids.join(", ")
}

/// A count with its noun.
fn records(count: u64) -> String {
    match count {
        1 => "1 record".to_owned(),
        count => format!("{count} records"),
    }
}
