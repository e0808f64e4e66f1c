//! Connecting by a platform's own consent, and the person's word on what was opened so or by a key.

use super::keys::Joined;
use super::visit::TicketVisit;
use crate::Engine;
use crate::broker::{Begun, NewConnection, Opener};
use crate::error::{Error, Result};
use serde_json::{Map, Value};
use solder_model::FlowId;

/// Where a connection goes on.
#[derive(Debug)]
pub enum Onward {
    /// To the platform, in this browser.
    Platform(String),
    /// To the platform, with a code that the person types there.
    Device {
        /// Where it is typed.
        url: String,
        /// The code.
        code: String,
    },
    /// No person was needed.
    Here(Joined),
}

/// Something that was connected and waits for the person's word.
#[derive(Debug, PartialEq, Eq)]
pub struct WaitingConnection {
    /// What the answer names it by.
    pub key: String,
    /// The platform's name.
    pub platform: String,
    /// The account at the platform, where the platform names it.
    pub identity: Option<String>,
}

impl Engine {
    /// Begins a consent for the ticket's user, with what the kind asks for beforehand.
    pub async fn connect_by_consent(
        &self,
        visit: &TicketVisit,
        connector: &str,
        kind: &str,
        typed: &[(&str, &str)],
    ) -> Result<Onward> {
        let (_, offered) = self.offered(visit, connector).await?;
        let auth = offered.auth(kind).filter(|auth| auth.oauth.is_some());
        let auth = auth.ok_or(Error::NotFound("There is no such way to connect here"))?;
        let fields: Map<String, Value> = super::keys::given(auth, typed);
        let opener = Opener {
            ticket: Some(visit.id().as_str().to_owned()),
            ..Opener::of(visit.caller(), visit.server_id())
        };
        let new = NewConnection {
            connector: connector.to_owned(),
            kind: kind.to_owned(),
            fields,
            name: None,
            redirect_uri: None,
            credential: None,
        };
        match self.begin_connection(&opener, visit.policy(), new).await {
            Ok(Begun::Consent(begun)) => Ok(match begun.user_code {
                Some(code) => Onward::Device {
                    url: begun.oauth_url,
                    code,
                },
                None => Onward::Platform(begun.oauth_url),
            }),
            Ok(Begun::Connected(_)) => Err(Error::Internal("a ticket's connection did not wait for it")),
            Ok(Begun::Pending) => {
                self.settle(visit).await?;
                Ok(Onward::Here(if visit.asks_to_confirm() {
                    Joined::Waits
                } else {
                    Joined::Kept
                }))
            }
            // The page has a form, and no object of fields.
            Err(Error::Invalid(faults)) => Err(Error::Invalid(
                faults
                    .into_iter()
                    .map(|mut fault| {
                        if let Some(bare) = fault.field.strip_prefix("fields.") {
                            fault.field = bare.to_owned();
                        }
                        fault
                    })
                    .collect(),
            )),
            Err(error) => Err(error),
        }
    }

    /// Keeps at once what was connected by somebody who is known to be the ticket's user: nothing is left to confirm.
    pub async fn settle(&self, visit: &TicketVisit) -> Result<()> {
        if visit.asks_to_confirm() {
            return Ok(());
        }
        for pending in self.pending_connections(visit.id().as_str()).await? {
            match self.confirm_consent(visit, &pending.flow).await {
                // Where it is not there any more, another request of the same browser was faster.
                Ok(()) | Err(Error::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What waits for the person's word.
    pub async fn waiting_connections(&self, visit: &TicketVisit) -> Result<Vec<WaitingConnection>> {
        let mut waiting = Vec::new();
        for pending in self.pending_connections(visit.id().as_str()).await? {
            waiting.push(WaitingConnection {
                key: format!("flow:{}", pending.flow),
                platform: pending.platform,
                identity: pending.identity,
            });
        }
        for pending in self.storage.list_pending(visit.id()).await? {
            // What restrictions put out of reach since then is not asked about any more.
            let Ok((_, connector)) = self.offered(visit, pending.connector.as_str()).await else {
                continue;
            };
            waiting.push(WaitingConnection {
                key: format!("key:{}", pending.connector),
                platform: connector.name.clone(),
                identity: self.waiting_identity(&pending)?,
            });
        }
        Ok(waiting)
    }

    /// Takes the person's word: `yes` keeps what waits under that key, no forgets it. False where it does not wait any
    /// more.
    pub async fn answer_waiting(&self, visit: &TicketVisit, key: &str, yes: bool) -> Result<bool> {
        let answered = match key.split_once(':') {
            Some(("flow", id)) => self.answer_consent(visit, id, yes).await,
            Some(("key", connector)) if yes => self.confirm_key(visit, connector).await,
            Some(("key", connector)) => self.forget_key(visit, connector).await,
            _ => Ok(false),
        };
        match answered {
            Err(Error::NotFound(_)) => Ok(false),
            other => other,
        }
    }

    async fn answer_consent(&self, visit: &TicketVisit, id: &str, yes: bool) -> Result<bool> {
        let Ok(flow) = FlowId::new(id) else {
            return Ok(false);
        };
        if yes {
            self.confirm_consent(visit, &flow).await?;
        } else {
            self.discard_connection(visit.id().as_str(), &flow).await?;
        }
        Ok(true)
    }

    async fn confirm_consent(&self, visit: &TicketVisit, flow: &FlowId) -> Result<()> {
        let kept = self.confirm_connection(visit.id().as_str(), flow).await?;
        self.note_connected(visit, &kept.credential_id).await
    }

    async fn forget_key(&self, visit: &TicketVisit, connector: &str) -> Result<bool> {
        let (entry, _) = self.offered(visit, connector).await?;
        let taken = self
            .storage
            .take_pending(visit.id(), &entry.id, self.clock.now())
            .await?;
        Ok(taken.is_some())
    }
}
