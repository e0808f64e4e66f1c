//! Answers of reads that may be used again for a while, where the connector's file asks for it. A write through
//! the same connector and credential makes them worthless.

use super::Request;
use super::resolve::Target;
use crate::caller::Caller;
use moka::sync::Cache;
use parking_lot::Mutex;
use serde_json::{Map, Value};
use solder_connector::{Action, Kind, Options};
use solder_model::{AccountId, Credential, CredentialId, Timestamp, UserName};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

/// All that an answer depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    account: AccountId,
    user: UserName,
    /// The entry: what another version of a connector answered is not what this one would.
    entry: u64,
    connection: Connection,
    action: String,
    parameters: String,
    lasts: Duration,
}

type Connection = (String, Option<CredentialId>);

impl Key {
    /// The key of a call whose answer may be used again; none for any other.
    pub(super) fn of(
        caller: &Caller,
        target: &Target,
        credential: Option<&Credential>,
        request: &Request,
    ) -> Option<Self> {
        let lasts = target.action.cache.filter(|_| target.action.kind == Kind::Read)?;
        let key = Self::lasting(caller, target, credential, &request.parameters, lasts)?;
        let ask = request.ask.as_ref().map(crate::ask::Ask::text);
        Some(Self {
            parameters: format!("{} {:?} {:?} {ask:?}", key.parameters, request.cut, request.notes),
            ..key
        })
    }

    /// The key of the choices that a listing gives; answers of the same call are others.
    pub(super) fn of_choices(
        caller: &Caller,
        target: &Target,
        credential: Option<&Credential>,
        (parameters, options): (&Map<String, Value>, &Options),
        lasts: Duration,
    ) -> Option<Self> {
        let key = Self::lasting(caller, target, credential, parameters, lasts)?;
        Some(Self {
            action: format!("{} as choices by {}", key.action, options.pointers()),
            ..key
        })
    }

    fn lasting(
        caller: &Caller,
        target: &Target,
        credential: Option<&Credential>,
        parameters: &Map<String, Value>,
        lasts: Duration,
    ) -> Option<Self> {
        let mut names: Vec<(&String, &Value)> = parameters.iter().collect();
        names.sort_unstable_by_key(|(name, _)| *name);
        Some(Self {
            account: caller.account.clone(),
            user: caller.user_name.clone(),
            entry: target.entry.serial,
            connection: connection(target, credential),
            action: target.action.id.clone(),
            parameters: serde_json::to_string(&names).ok()?,
            lasts,
        })
    }
}

/// A key, with how often its connection had been written through when the call began.
pub(super) struct Slot {
    key: Key,
    generation: u64,
}

#[derive(Clone)]
struct Kept {
    text: Arc<str>,
    at: Timestamp,
    generation: u64,
}

/// The answers, and how often each connection has been written through.
pub(crate) struct Answers {
    kept: Cache<Key, Kept>,
    generations: Mutex<HashMap<Connection, u64>>,
}

/// A write that is under way; when it is over, what was read through its connection is not used again.
pub(super) struct Writing<'a> {
    answers: &'a Answers,
    connection: Connection,
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        *self
            .answers
            .generations
            .lock()
            .entry(self.connection.clone())
            .or_default() += 1;
    }
}

/// The most that all answers take together, in bytes of text.
const ROOM: u64 = 16 * 1024 * 1024;

impl Answers {
    pub(crate) fn new() -> Self {
        let weigh = |_: &Key, kept: &Kept| u32::try_from(kept.text.len()).unwrap_or(u32::MAX);
        let kept = Cache::builder()
            .max_capacity(ROOM)
            .weigher(weigh)
            .time_to_live(Duration::from_hours(1))
            .build();
        Self {
            kept,
            generations: Mutex::default(),
        }
    }

    pub(super) fn slot(&self, key: Key) -> Slot {
        let generation = self
            .generations
            .lock()
            .get(&key.connection)
            .copied()
            .unwrap_or_default();
        Slot { key, generation }
    }

    pub(super) fn find(&self, slot: &Slot, now: Timestamp) -> Option<String> {
        let kept = self.kept.get(&slot.key)?;
        let age = u64::try_from(now.since(kept.at))
            .ok()
            .map(Duration::from_millis)?;
        let fresh = age < slot.key.lasts && kept.generation == slot.generation;
        fresh.then(|| kept.text.as_ref().to_owned())
    }

    pub(super) fn keep(&self, slot: Slot, text: &str, now: Timestamp) {
        self.kept.insert(
            slot.key,
            Kept {
                text: text.into(),
                at: now,
                generation: slot.generation,
            },
        );
    }

    /// The mark of a write; none where the call reads, or where no answer of the connector is ever kept.
    pub(super) fn writing(&self, target: &Target, credential: Option<&Credential>) -> Option<Writing<'_>> {
        let is_kept = |one: &Arc<Action>| {
            one.cache.is_some() || one.params().iter().any(|param| param.options.is_some())
        };
        let matters = target.action.kind != Kind::Read && target.connector.actions().any(is_kept);
        matters.then(|| Writing {
            answers: self,
            connection: connection(target, credential),
        })
    }
}

fn connection(target: &Target, credential: Option<&Credential>) -> Connection {
    (
        target.connector.id.as_str().to_owned(),
        credential.map(|one| one.id.clone()),
    )
}
