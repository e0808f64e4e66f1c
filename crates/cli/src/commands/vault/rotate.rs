//! `solder vault rotate`. What is left to do is read from what is sealed by which key, and is remembered nowhere else:
//! so it can be broken off at any moment, and goes on when it is run again.

use super::{Opened, listed, records};
use crate::failure::{Failure, Result};
use crate::master_key::{Source, replace};
use crate::print;
use crate::system::SystemEntropy;
use serde_json::json;
use solder_engine::Pass;
use solder_vault::{KeyRing, MasterKey};
use std::time::Duration;

/// A server that goes on sealing with another key, since its own source gives that one first, would keep this going for
/// ever.
const MOST_PASSES: u32 = 20;

/// Between two passes: what others were writing when one ended stands when the next begins.
const BETWEEN: Duration = Duration::from_millis(200);

impl Opened {
    pub(super) async fn rotate(&self, json: bool) -> Result<()> {
        let (_lock, ring) = self.take_turn()?;
        let report = self.installation.verify_vault().await?;
        let is_done = report.keys().keys().all(|id| *id == ring.current().id());
        if is_done && ring.ids().len() > 1 {
            return done_already(&ring, json);
        }
        let made = is_done;
        let ring = if made { self.newer(ring)? } else { ring };
        self.installation.seal_with(ring.clone());
        let id = ring.current().id();
        if !json {
            let where_from = if made {
                "is new and stands first in"
            } else {
                "stands first in"
            };
            print::line(&format!("Key          {id} {where_from} {}", self.source.named()))?;
            let wait = self.source.followed_within().as_secs();
            print::line(&format!(
                "Told         running servers; {wait} s for them to follow"
            ))?;
        }
        self.tell("vault.rotate").await?;
        let (rewrapped, unopened) = self.pass_until_done().await?;
        let old: Vec<String> = ring.ids().into_iter().filter(|old| *old != id).collect();
        if unopened > 0 {
            return Err(Failure::Failed(format!(
                "{} brought under {id}, and {} do not open and stay as they are. `solder vault verify` names them. Until they \
                 open or are gone, keep every old key.",
                records(rewrapped),
                records(unopened)
            )));
        }
        if json {
            return print::json(&json!({
                "keyId": id, "made": made, "rewrapped": rewrapped, "notNeeded": old,
            }));
        }
        print::line(&format!("Sealed anew  {}", records(rewrapped)))?;
        print::line(&self.what_is_left(&old))
    }

    /// A new key, first in its source.
    fn newer(&self, ring: KeyRing) -> Result<KeyRing> {
        let Some(path) = self.source.file() else {
            return Err(Failure::Failed(format!(
                "There is nothing to do: everything is sealed by the key {}, the only one that {} gives. To rotate, let it \
                 give a new key (`openssl rand -base64 32` makes one) before the present one, {}run this again.",
                ring.current().id(),
                self.source.named(),
                match self.source {
                    Source::Environment(_) => "restart every running server with both, and ",
                    Source::Command(_) | Source::File { .. } => "and ",
                }
            )));
        };
        let ring = ring.with_newer(MasterKey::generate(&SystemEntropy));
        replace(path, &ring)?;
        Ok(ring)
    }

    /// How many records were brought under the new key, and how many do not open.
    async fn pass_until_done(&self) -> Result<(u64, u64)> {
        let mut rewrapped = 0;
        for _ in 0..MOST_PASSES {
            let pass: Pass = self.installation.rewrap().await?;
            rewrapped += pass.rewrapped;
            if pass.rewrapped == 0 && pass.overtaken == 0 {
                return Ok((rewrapped, pass.unopened));
            }
            tokio::time::sleep(BETWEEN).await;
        }
        Err(Failure::Failed(format!(
            "After {MOST_PASSES} passes there are still new records that another key sealed: a running server does not have \
             the new key first. Give it the key, restart it if its keys come from the environment, and run this again. \
             Nothing is lost meanwhile, as long as every key is kept."
        )))
    }

    fn what_is_left(&self, old: &[String]) -> String {
        if old.is_empty() {
            return "\nEverything is sealed by this key.".to_owned();
        }
        let how = match self.source {
            Source::File { .. } => {
                "`solder vault forget` checks everything once more and drops them from the file."
            }
            Source::Environment(_) | Source::Command(_) => {
                "`solder vault forget` checks everything once more; then take them out of where the keys come from."
            }
        };
        format!("\nNo longer needed: {}. {how}", listed(old))
    }
}

fn done_already(ring: &KeyRing, json: bool) -> Result<()> {
    let id = ring.current().id();
    let old: Vec<String> = ring.ids().into_iter().filter(|old| *old != id).collect();
    if json {
        return print::json(&json!({ "keyId": id, "made": false, "rewrapped": 0, "notNeeded": old }));
    }
    print::line(&format!(
        "Everything is sealed by the key {id}: the rotation is done. No longer needed: {}. `solder vault forget` drops them; \
         run this again afterwards for another new key.",
        listed(&old)
    ))
}
