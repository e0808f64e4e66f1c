//! Credentials at call time: whether one can be used as it is, and its renewal, by one caller at a time.
//!
//! In a process all who need the same credential renewed wait for the same task, which outlives them; between nodes a
//! lease on the row decides (`renewal`).

use super::renewal::Renewal;
use super::{auth_of, oauth_of};
use crate::Engine;
use crate::catalog::Entry;
use crate::error::{Error, Result};
use moka::sync::Cache;
use parking_lot::Mutex;
use solder_connector::Connector;
use solder_model::{Code, Connection, Credential, CredentialId, CredentialStatus, Problem, Timestamp};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The least time before its end at which a token is renewed, in milliseconds.
const AHEAD_MS: i64 = 60_000;

/// How long a platform that failed is left alone while the token still holds.
const LEFT_ALONE: Duration = Duration::from_secs(30);

type Answered = watch::Receiver<Option<Renewal>>;

/// The renewals under way in this process.
pub(crate) struct Refreshes {
    running: Mutex<HashMap<CredentialId, Answered>>,
    /// Credentials whose platform failed a moment ago.
    left_alone: Cache<CredentialId, ()>,
    /// Credentials whose earlier secrets are being dropped.
    settling: Mutex<HashSet<CredentialId>>,
    #[cfg(test)]
    pub(super) stop_at: Mutex<Option<super::renewal::Step>>,
}

impl Refreshes {
    pub(crate) fn new() -> Self {
        Self {
            running: Mutex::default(),
            left_alone: Cache::builder()
                .max_capacity(10_000)
                .time_to_live(LEFT_ALONE)
                .build(),
            settling: Mutex::default(),
            #[cfg(test)]
            stop_at: Mutex::default(),
        }
    }
}

impl Refreshes {
    /// Whether a test stops a renewal there, as a process that dies does.
    #[cfg(test)]
    pub(super) fn stops_at(&self, step: super::renewal::Step) -> bool {
        *self.stop_at.lock() == Some(step)
    }

    /// Nothing stops a renewal outside tests.
    #[cfg(not(test))]
    #[expect(clippy::unused_self, reason = "in tests it is what says so")]
    pub(super) const fn stops_at(&self, _step: super::renewal::Step) -> bool {
        false
    }
}

/// Whether a refused call is worth a renewal: the credential can be renewed without a person.
pub(crate) fn can_renew(connector: &Connector, credential: &Credential) -> bool {
    auth_of(connector, &credential.kind).is_some() && credential.connection.refreshable
}

/// What a credential's times say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Times {
    /// It can be used as it is.
    Good,
    /// It should be renewed, and can still be used.
    Due,
    /// It can be used only once it is renewed.
    Over,
    /// It is over, and cannot be renewed.
    Ended,
}

fn times(connection: &Connection, now: Timestamp) -> Times {
    let Some(ends) = connection.expires_at else {
        return Times::Good;
    };
    if now >= ends {
        return if connection.refreshable {
            Times::Over
        } else {
            Times::Ended
        };
    }
    let life = connection.issued_at.map_or(0, |issued| ends.since(issued).max(0));
    let ahead = (life / 10).max(AHEAD_MS).min(life / 2);
    if connection.refreshable && now >= ends.plus_ms(-ahead) {
        Times::Due
    } else {
        Times::Good
    }
}

impl Engine {
    /// A credential as a call can use it: itself, or renewed. One that only a person can mend is refused with words.
    pub(crate) async fn usable_credential(
        &self,
        connector: &Connector,
        credential: Arc<Credential>,
    ) -> Result<Arc<Credential>> {
        if auth_of(connector, &credential.kind).is_none() {
            return Ok(credential);
        }
        if credential.connection.status != CredentialStatus::Active {
            return Err(needs_a_person(connector, &credential, None));
        }
        match times(&credential.connection, self.clock.now()) {
            Times::Good => Ok(credential),
            Times::Ended => Err(needs_a_person(
                connector,
                &credential,
                Some("the platform gave it for a time, which is over"),
            )),
            Times::Over => self.renewed_credential(connector, &credential).await,
            Times::Due => {
                if self.refreshes.left_alone.contains_key(&credential.id) {
                    return Ok(credential);
                }
                match self.renewal_of(&credential).await {
                    Renewal::Later(_) => {
                        self.refreshes.left_alone.insert(credential.id.clone(), ());
                        Ok(credential)
                    }
                    renewal => renewal.into_result(connector),
                }
            }
        }
    }

    /// The credential with new tokens, where these are the ones that are no good any more.
    pub(crate) async fn renewed_credential(
        &self,
        connector: &Connector,
        credential: &Arc<Credential>,
    ) -> Result<Arc<Credential>> {
        self.renewal_of(credential).await.into_result(connector)
    }

    /// Waits for the renewal that is under way, or begins one. It goes on where nobody waits for it.
    async fn renewal_of(&self, credential: &Arc<Credential>) -> Renewal {
        let mut answered = {
            let mut running = self.refreshes.running.lock();
            if let Some(answered) = running.get(&credential.id) {
                answered.clone()
            } else {
                let Some(engine) = self.me.upgrade() else {
                    return Renewal::Fault;
                };
                let (tell, answered) = watch::channel(None);
                running.insert(credential.id.clone(), answered.clone());
                let seen = Arc::clone(credential);
                self.tasks.spawn(async move {
                    let entered = Entered {
                        engine: Arc::clone(&engine),
                        id: seen.id.clone(),
                    };
                    let renewal = engine.renew(&seen).await;
                    // Out of the list first: who comes from now on sees what was written.
                    drop(entered);
                    tell.send_replace(Some(renewal));
                });
                answered
            }
        };
        let told = answered.wait_for(Option::is_some).await;
        told.ok().and_then(|told| told.clone()).unwrap_or(Renewal::Fault)
    }

    /// The new secrets of a credential have been used: those before are not needed any more.
    pub(crate) fn settle_later(&self, credential: &Credential) {
        if credential.connection.sealed_before.is_none()
            || !self.refreshes.settling.lock().insert(credential.id.clone())
        {
            return;
        }
        let Some(engine) = self.me.upgrade() else { return };
        let (id, user) = (credential.id.clone(), credential.user.clone());
        let version = credential.connection.version;
        self.tasks.spawn(async move {
            let settled = engine
                .storage
                .settle_credential(&id, version, engine.clock.now())
                .await;
            engine.warm.forget_credentials(&user);
            engine.refreshes.settling.lock().remove(&id);
            if let Err(error) = settled {
                Error::Storage(error).log();
            }
        });
    }

    /// A call was refused although nothing can be renewed. Where the connector's check is refused too, only a person
    /// can mend the credential, and it is marked so; a single endpoint that refuses marks nothing.
    pub(crate) async fn doubt_credential(
        &self,
        entry: &Entry,
        connector: &Connector,
        credential: &Credential,
    ) {
        let Some(auth) = auth_of(connector, &credential.kind) else {
            return;
        };
        let Ok(fields) = self.open_credential(credential) else {
            return;
        };
        let at = super::token::At {
            entry,
            connector,
            auth,
            client: None,
        };
        if let Err(text) = self.identify(&at, &fields).await {
            let marked = self
                .mark_broken(credential, CredentialStatus::NeedsReconnect, &text)
                .await;
            if let Err(error) = marked {
                error.log();
            }
        }
    }
}

/// Takes a renewal out of the list when it is over, however it ends.
struct Entered {
    engine: Arc<Engine>,
    id: CredentialId,
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.engine.refreshes.running.lock().remove(&self.id);
    }
}

impl Renewal {
    fn into_result(self, connector: &Connector) -> Result<Arc<Credential>> {
        match self {
            Self::Renewed(credential) => Ok(credential),
            Self::Broken(credential) => Err(needs_a_person(connector, &credential, None)),
            Self::Later(problem) => Err(Error::Platform(problem)),
            Self::Gone => Err(Error::CredentialNotFound(
                "It was deleted; get_credentials_alloy lists those that there are".to_owned(),
            )),
            Self::Fault => Err(Error::Internal("a renewal ended without a result")),
        }
    }
}

/// The refusal of a credential that only a person can mend, with the way to do it.
pub(crate) fn needs_a_person(connector: &Connector, credential: &Credential, why: Option<&str>) -> Error {
    let connection = &credential.connection;
    let whom = connection
        .identity
        .as_ref()
        .map(|identity| format!(" ({identity})"))
        .unwrap_or_default();
    let why = why
        .or(connection.status_reason.as_deref())
        .unwrap_or("it was taken back");
    let text = format!(
        "The connection to {}{whom} has to be made again: {why}",
        connector.name
    );
    let hint = if auth_of(connector, &credential.kind).is_some() {
        format!(
            "create_credential_alloy with connectorId `{}`, authenticationType `{}` and credentialId `{}` gives an oauthUrl: \
             once the person has opened it and consented, the same credential works again",
            connector.id, credential.kind, credential.id
        )
    } else {
        format!(
            "create_credential_alloy with connectorId `{}` stores what it needs anew; the old credential can be deleted then",
            connector.id
        )
    };
    let problem = Problem::new(Code::PlatformReconnect, text)
        .with("credentialId", credential.id.as_str())
        .with("hint", hint);
    Error::Platform(problem)
}

/// Whether a kind's tokens are asked for anew in place of a refresh.
pub(super) fn renews_itself(auth: &solder_connector::Auth) -> Result<bool> {
    use solder_connector::Grant;
    Ok(matches!(
        oauth_of(auth)?.grant,
        Grant::ClientCredentials | Grant::JwtBearer
    ))
}

#[cfg(test)]
mod tests {
    use super::{Times, times};
    use solder_model::{Connection, Timestamp};

    fn living(ms: i64, refreshable: bool) -> Connection {
        Connection {
            issued_at: Some(Timestamp(0)),
            expires_at: Some(Timestamp(ms)),
            refreshable,
            ..Connection::default()
        }
    }

    #[test]
    fn a_token_is_renewed_in_the_last_tenth_of_its_life_or_minute_and_never_before_half_of_it() {
        let is = |life, at| times(&living(life, true), Timestamp(at));
        assert_eq!(is(3_600_000, 3_239_999), Times::Good);
        assert_eq!(is(3_600_000, 3_240_000), Times::Due);
        assert_eq!(is(300_000, 239_999), Times::Good);
        assert_eq!(is(300_000, 240_000), Times::Due);
        assert_eq!(is(60_000, 29_999), Times::Good);
        assert_eq!(is(60_000, 30_000), Times::Due);
        assert_eq!(is(60_000, 60_000), Times::Over);
    }

    #[test]
    fn what_cannot_be_renewed_is_used_to_its_end() {
        assert_eq!(times(&living(60_000, false), Timestamp(59_999)), Times::Good);
        assert_eq!(times(&living(60_000, false), Timestamp(60_000)), Times::Ended);
        let endless = Connection {
            refreshable: true,
            ..Connection::default()
        };
        assert_eq!(times(&endless, Timestamp(i64::MAX)), Times::Good);
    }
}
