//! Takes a connection back at its platform after it was deleted here: as well as it goes, with the result in the audit
//! log. Nobody waits for it.

use super::client::input;
use super::token::{At, TokenError};
use super::{Opener, auth_of};
use crate::Engine;
use crate::credentials::OpenedFields;
use crate::error::Result;
use serde_json::json;
use solder_model::{AccountId, ConnectorId, Credential};

/// What shall be revoked.
pub(super) struct Revocation {
    pub(super) account: AccountId,
    pub(super) connector_owner: String,
    pub(super) connector: ConnectorId,
    pub(super) kind: String,
    /// The app that the tokens were given to.
    pub(super) client_id: Option<String>,
    pub(super) fields: OpenedFields,
}

impl Engine {
    /// Revokes a deleted credential at its platform, where the platform can and the credential is an OAuth one.
    pub(crate) async fn revoke_deleted(&self, opener: Opener, credential: &Credential) {
        let (id, owner) = (credential.connector.as_str(), &credential.connector_owner);
        let found = match self.entry_of(&credential.account, id, owner).await {
            Ok(found) => found,
            Err(error) => return error.log(),
        };
        let connector = found.and_then(|entry| entry.connector().ok());
        let can = connector.is_some_and(|connector| {
            auth_of(&connector, &credential.kind)
                .and_then(|auth| auth.oauth.as_ref())
                .is_some_and(solder_connector::OAuth::can_revoke)
        });
        if !can {
            return;
        }
        match self.open_credential(credential) {
            Ok(fields) => {
                let what = Revocation {
                    account: credential.account.clone(),
                    connector_owner: credential.connector_owner.clone(),
                    connector: credential.connector.clone(),
                    kind: credential.kind.clone(),
                    client_id: credential.connection.client_id.clone(),
                    fields,
                };
                self.revoke_later(opener, credential.id.as_str().to_owned(), what);
            }
            Err(error) => error.log(),
        }
    }

    /// Revokes in a task of the engine.
    pub(super) fn revoke_later(&self, opener: Opener, target: String, what: Revocation) {
        let Some(engine) = self.me.upgrade() else { return };
        self.tasks.spawn(async move {
            if let Err(error) = engine.revoke(&opener, &target, &what).await {
                error.log();
            }
        });
    }

    async fn revoke(&self, opener: &Opener, target: &str, what: &Revocation) -> Result<()> {
        let found = self
            .entry_of(&what.account, what.connector.as_str(), &what.connector_owner)
            .await?;
        let Some(entry) = found.as_deref() else {
            return Ok(());
        };
        let connector = entry.connector()?;
        let Some(auth) = auth_of(&connector, &what.kind) else {
            return Ok(());
        };
        let client = match &what.client_id {
            Some(id) => self.client_with_id(&opener.account, entry, auth, id).await?,
            None => None,
        };
        let at = At {
            entry,
            connector: &connector,
            auth,
            client: client.as_ref(),
        };
        let details = match self.revoke_at(&at, &what.fields).await {
            Ok(false) => return Ok(()),
            Ok(true) => json!({ "connector": what.connector.as_str(), "outcome": "revoked" }),
            Err(error) => {
                let reason = error.text(&connector.name);
                tracing::info!(connector = what.connector.as_str(), "a platform did not revoke");
                json!({ "connector": what.connector.as_str(), "outcome": "failed", "reason": reason })
            }
        };
        let audit = self.audit_for(opener, "credential.revoke", target, details);
        Ok(self.storage.add_audit(&audit).await?)
    }

    /// Whether there was anything to send.
    async fn revoke_at(&self, at: &At<'_>, fields: &OpenedFields) -> std::result::Result<bool, TokenError> {
        let input = input(at.entry, at.client, fields);
        let Some(request) = at.connector.revoke(at.auth, &input)? else {
            return Ok(false);
        };
        let response = self.send_token_request(at, &request).await?;
        at.connector
            .read_revoked(at.auth, &response, self.clock.now())
            .map_err(TokenError::Platform)?;
        Ok(true)
    }
}
