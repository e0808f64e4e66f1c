//! `solder vault forget`: drops old master keys. What is gone then is gone for good, so everything is opened before and
//! looked at once more after.

use super::{Opened, listed, records};
use crate::failure::{Failure, Result};
use crate::master_key::replace;
use crate::print;
use serde_json::json;
use solder_engine::VaultReport;
use solder_vault::KeyRing;
use std::path::Path;

impl Opened {
    pub(super) async fn forget(&self, json: bool) -> Result<()> {
        let (_lock, ring) = self.take_turn()?;
        let (id, old) = (ring.current().id(), ring.ids().split_off(1));
        let report = self.installation.verify_vault().await?;
        demand_whole(&report)?;
        let left = sealed_by_others(&report, &id);
        if left > 0 {
            return Err(Failure::Failed(format!(
                "{} still sealed by a key other than {id}, which stands first: run `solder vault rotate` before. Nothing was \
                 changed.",
                is_or_are(left)
            )));
        }
        if let Some(path) = self.source.file()
            && !old.is_empty()
        {
            self.drop_old(path, &ring).await?;
        }
        if json {
            let by_hand = self.source.file().is_none();
            return print::json(
                &json!({ "keyId": id, "forgotten": old, "byHand": by_hand && !old.is_empty() }),
            );
        }
        print::line(&match (self.source.file(), old.as_slice()) {
            (_, []) => {
                format!("There is nothing to drop: {id} is the only key, and everything opens with it.")
            }
            (Some(path), old) => format!(
                "Everything opens with {id} alone. Dropped from {}: {}.",
                path.display(),
                listed(old)
            ),
            (None, old) => format!(
                "Everything opens with {id} alone. Take {} out of what {} gives.",
                listed(old),
                self.source.named()
            ),
        })
    }

    async fn drop_old(&self, path: &Path, ring: &KeyRing) -> Result<()> {
        let alone = ring.current_alone();
        replace(path, &alone)?;
        self.installation.seal_with(alone);
        self.tell("vault.forget").await?;
        // A server that had not followed could have sealed something with an old key until now: the keys are still in
        // hand, and come back then.
        let report = self.installation.verify_vault().await?;
        let left = sealed_by_others(&report, &ring.current().id());
        if left == 0 {
            return demand_whole(&report);
        }
        replace(path, ring)?;
        self.installation.seal_with(ring.clone());
        self.tell("vault.keep").await?;
        Err(Failure::Failed(format!(
            "While the old keys were dropped, a running server sealed something with one of them ({}), so they were put back. \
             See that every server reads {}, run `solder vault rotate`, and then this again.",
            records(left),
            path.display()
        )))
    }
}

fn sealed_by_others(report: &VaultReport, id: &str) -> u64 {
    let others = report.keys().into_iter().filter(|(key, _)| *key != id);
    others.map(|(_, count)| count).sum()
}

fn demand_whole(report: &VaultReport) -> Result<()> {
    if report.unopened == 0 {
        return Ok(());
    }
    Err(Failure::Failed(format!(
        "{} that {} not open, and an old key may be what is missing: `solder vault verify` names them. Nothing was dropped.",
        match report.unopened {
            1 => "There is 1 record".to_owned(),
            count => format!("There are {count} records"),
        },
        if report.unopened == 1 { "does" } else { "do" }
    )))
}

fn is_or_are(count: u64) -> String {
    match count {
        1 => "1 record is".to_owned(),
        count => format!("{count} records are"),
    }
}
