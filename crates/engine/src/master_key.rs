//! The master key of a running installation: how a change of it is followed, and how every sealed record is brought
//! under a new one or checked, while others serve and write.

use crate::Engine;
use crate::error::Result;
use crate::installation::Installation;
use serde_json::json;
use solder_model::AccountId;
use solder_storage::{AuditEntry, SEALED, SealedColumn, SealedRow};
use solder_vault::{Context, KeyRing, KeySource, Vault, sealed_by};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Handle, RuntimeFlavor};

/// How many records are read and replaced together: few enough that nobody waits long for the database.
const BATCH: u32 = 100;

/// How long others have the database to themselves between two batches.
const PAUSE: Duration = Duration::from_millis(5);

/// How long a key still opens after its source has let go of it: for what was read before and is opened after.
const LINGERS: Duration = Duration::from_secs(30);

/// The most faults that a report names one by one.
const NAMED_FAULTS: usize = 1_000;

/// Lets other tasks of the thread go elsewhere while a source is asked.
struct Aside(Arc<dyn KeySource>);

impl KeySource for Aside {
    fn read(&self) -> Option<KeyRing> {
        self.0.read()
    }

    fn aside(&self, work: &mut dyn FnMut()) {
        match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
            Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
            _ => work(),
        }
    }
}

/// What one pass over everything sealed did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pass {
    /// Records that were under the key that seals already.
    pub current: u64,
    /// Records that were brought under it.
    pub rewrapped: u64,
    /// Records that somebody else wrote in the meantime; the next pass looks at them.
    pub overtaken: u64,
    /// Records that do not open; they stay as they are.
    pub unopened: u64,
}

impl Pass {
    /// Whether it found nothing that is sealed by another key, so that no other key is needed any more.
    pub const fn is_last(&self) -> bool {
        self.rewrapped == 0 && self.overtaken == 0 && self.unopened == 0
    }
}

/// What everything sealed is sealed by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VaultReport {
    /// For each column, `table.column`, how many of its records each key sealed, by the key's id. Records that are no
    /// sealed bytes at all are counted under `?`.
    pub columns: Vec<(String, BTreeMap<String, u64>)>,
    /// The records that do not open, at most a thousand of them.
    pub faults: Vec<Unopened>,
    /// How many do not open.
    pub unopened: u64,
}

/// A record that does not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unopened {
    /// `table.column`.
    pub column: String,
    /// The row's key.
    pub row: String,
    /// Why, for an operator.
    pub why: String,
}

impl VaultReport {
    /// How many records each key sealed, by the key's id.
    pub fn keys(&self) -> BTreeMap<&str, u64> {
        let mut sums = BTreeMap::new();
        for (key, count) in self.columns.iter().flat_map(|(_, counts)| counts) {
            *sums.entry(key.as_str()).or_default() += count;
        }
        sums
    }
}

impl Installation {
    /// Reads the key ring from this source again where a record names a key that the ring does not have, and where the
    /// change feed tells of one.
    #[must_use]
    pub fn following(self, source: Arc<dyn KeySource>) -> Self {
        self.vault
            .follow(Arc::new(Aside(source)), Arc::clone(&self.clock));
        self
    }

    /// The master keys that this installation was opened with.
    pub fn ring(&self) -> Arc<KeyRing> {
        self.vault.ring()
    }

    /// Seals and opens with other keys from now on.
    pub fn seal_with(&self, ring: KeyRing) {
        self.vault.replace(ring);
    }

    /// Tells every process, and every account's log, that the source of the master keys gives other keys.
    /// `action` is what the log says, such as `vault.rotate`.
    pub async fn tell_of_master_key(&self, action: &str) -> Result<()> {
        let id = self.vault.key_id();
        // The account is not looked at: the entry goes into every account's log.
        let account = AccountId::random(&*self.entropy);
        let entry = AuditEntry {
            account,
            at: self.clock.now(),
            actor: "operator".to_owned(),
            acting_user: None,
            action: action.to_owned(),
            target: "master-key".to_owned(),
            from: None,
            details: json!({ "keyId": id }),
        };
        Ok(self.storage.tell_of_master_key(&entry, &id).await?)
    }

    /// One pass over everything sealed: what another key sealed is brought under the key that seals. Every record is a
    /// step of its own, so that a pass can be broken off anywhere and begun again. What somebody writes meanwhile is never
    /// overwritten.
    pub async fn rewrap(&self) -> Result<Pass> {
        let mut pass = Pass::default();
        for column in SEALED {
            let mut last = None::<SealedRow>;
            loop {
                let rows = self.storage.list_sealed(column, last.as_ref(), BATCH).await?;
                let Some(end) = rows.last() else { break };
                last = Some(end.clone());
                self.rewrap_rows(column, rows, &mut pass).await?;
            }
        }
        Ok(pass)
    }

    async fn rewrap_rows(&self, column: &SealedColumn, rows: Vec<SealedRow>, pass: &mut Pass) -> Result<()> {
        let mut changed = Vec::with_capacity(rows.len());
        for row in rows {
            match self
                .vault
                .rewrap(&*self.entropy, &row.sealed, &context(column, &row))
            {
                Ok(Some(sealed)) => changed.push((row, sealed)),
                Ok(None) => pass.current += 1,
                Err(_) => pass.unopened += 1,
            }
        }
        if changed.is_empty() {
            return Ok(());
        }
        let replaced = self
            .storage
            .replace_sealed(column, &changed, self.clock.now())
            .await?;
        pass.rewrapped += replaced;
        pass.overtaken += (changed.len() as u64).saturating_sub(replaced);
        tokio::time::sleep(PAUSE).await;
        Ok(())
    }

    /// Opens everything sealed and says what sealed it and what does not open. Nothing that was opened is kept.
    pub async fn verify_vault(&self) -> Result<VaultReport> {
        let mut report = VaultReport::default();
        for column in SEALED {
            let mut counts = BTreeMap::new();
            let mut last = None::<SealedRow>;
            loop {
                let rows = self.storage.list_sealed(column, last.as_ref(), BATCH).await?;
                let Some(end) = rows.last() else { break };
                last = Some(end.clone());
                for row in &rows {
                    let key = sealed_by(&row.sealed).unwrap_or_else(|_no_seal| "?".to_owned());
                    *counts.entry(key).or_default() += 1;
                    self.check(column, row, &mut report);
                }
            }
            report.columns.push((column.name(), counts));
        }
        Ok(report)
    }

    fn check(&self, column: &SealedColumn, row: &SealedRow, report: &mut VaultReport) {
        let Err(error) = self.vault.open(&row.sealed, &context(column, row)) else {
            return;
        };
        report.unopened += 1;
        if report.faults.len() < NAMED_FAULTS {
            let why = match (error, sealed_by(&row.sealed)) {
                (solder_vault::Error::WrongKey, Ok(id)) => {
                    format!("sealed by the master key {id}, which is not among those that are given")
                }
                (error, _) => error.to_string(),
            };
            report.faults.push(Unopened {
                column: column.name(),
                row: row.name(),
                why,
            });
        }
    }
}

/// What a record was sealed for.
fn context(column: &SealedColumn, row: &SealedRow) -> Context {
    let parts: Vec<&str> = row.parts.iter().map(String::as_str).collect();
    Context::new(column.context, &parts)
}

impl Engine {
    /// Takes the master keys from their source again, and drops every sealed record that is kept warm: it may be sealed
    /// by a key that goes. A ring that does not open this installation is not taken.
    pub(crate) async fn follow_master_key(self: Arc<Self>) {
        // One at a time, so that what is read last holds last.
        let turn = self.ring_turn.lock().await;
        let Some(ring) = self.read_ring().await else {
            return;
        };
        let before = self.vault.ring();
        let wide = ring.clone().and_keys_of(&before);
        let goes = wide.ids().len() > ring.ids().len();
        if before.current().id() != ring.current().id() {
            tracing::info!(key = ring.current().id(), "another master key seals from now on");
        }
        let held = wide.ids();
        self.vault.replace(wide);
        self.forget_everything();
        drop(turn);
        if goes {
            self.let_go(ring, &held).await;
        }
    }

    /// The ring as its source gives it now, if it is one of this installation. The log says why it is not taken.
    async fn read_ring(&self) -> Option<KeyRing> {
        let vault = Arc::clone(&self.vault);
        let read = tokio::task::spawn_blocking(move || vault.read_source()).await;
        let ring = read.ok().flatten()?;
        match self.storage.find_hash_key().await {
            Ok(Some(hash_key)) if Vault::is_opened_by(&ring, &hash_key) => return Some(ring),
            Ok(_) => tracing::error!(
                "the source of the master keys gives none that opens this installation: those from before are used on"
            ),
            Err(error) => tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the master keys could not be compared with the database: those from before are used on"
            ),
        }
        None
    }

    /// After a while, forgets the keys that a ring does not have, unless yet another ring has come to be by then.
    async fn let_go(&self, ring: KeyRing, held: &[String]) {
        tokio::select! {
            () = tokio::time::sleep(LINGERS) => {}
            () = self.stopping.cancelled() => return,
        }
        let _turn = self.ring_turn.lock().await;
        if self.vault.ring().ids() == held {
            self.vault.replace(ring);
        }
    }
}
