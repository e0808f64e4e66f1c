//! Credentials: created, listed, found and deleted by the user whose they are. Nothing here shows a secret; they
//! are opened in the call path alone.

mod input;
mod view;

pub use view::{CredentialDeleted, CredentialList, CredentialView};

use crate::Engine;
use crate::caller::{Caller, Way};
use crate::catalog::Entry;
use crate::error::{Error, Result};
use crate::scope::Scope;
pub(crate) use input::NewCredential;
use serde_json::{Map, Value, json};
use solder_connector::Auth;
use solder_model::{ConnectorId, Credential, CredentialId, Page, Policy, Secret, User, UserId};
use solder_vault::Context;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The fields of an opened credential, by name.
pub(crate) type OpenedFields = BTreeMap<String, Secret>;

impl Engine {
    /// Creates a key-based credential over REST: `{"connectorId","authenticationType","name"?,"fields"}`.
    pub async fn create_credential(
        &self,
        caller: &Caller,
        body: &Map<String, Value>,
    ) -> Result<CredentialView> {
        let new = NewCredential::read(body)?;
        self.make_credential(caller, new, &Policy::default()).await
    }

    /// The acting user's credentials, newest first, of one connector where it is given.
    pub async fn list_credentials(
        &self,
        caller: &Caller,
        connector: Option<&str>,
        page: Page,
    ) -> Result<CredentialList> {
        let connector = connector.map(ConnectorId::new).transpose();
        let (Some(user), Ok(connector)) = (&caller.user, connector) else {
            return Ok(CredentialList::empty(page));
        };
        let paged = self
            .storage
            .list_credentials(user, connector.as_ref(), page)
            .await?;
        Ok(CredentialList::new(&paged))
    }

    /// One credential of the acting user.
    pub async fn get_credential(&self, caller: &Caller, id: &str) -> Result<CredentialView> {
        Ok(CredentialView::new(&self.own_credential(caller, id).await?))
    }

    /// Renames a credential of the acting user: `{"name"}`. Nothing else of it can be changed.
    pub async fn update_credential(
        &self,
        caller: &Caller,
        id: &str,
        body: &Map<String, Value>,
    ) -> Result<CredentialView> {
        let name = input::read_rename(body)?;
        let credential = self.own_credential(caller, id).await?;
        let details = json!({ "connector": credential.connector.as_str(), "name": name });
        let audit = self.audit(caller, "credential.update", credential.id.as_str(), details);
        let renamed = self
            .storage
            .rename_credential(&credential.id, &name, &audit)
            .await?;
        self.warm.forget_credentials(&credential.user);
        renamed.map(|one| CredentialView::new(&one)).ok_or_else(unknown)
    }

    /// Deletes a credential of the acting user.
    pub async fn delete_credential(&self, caller: &Caller, id: &str) -> Result<CredentialDeleted> {
        let credential = self.own_credential(caller, id).await?;
        let details = json!({ "connector": credential.connector.as_str() });
        let audit = self.audit(caller, "credential.delete", credential.id.as_str(), details);
        let gone = self.storage.delete_credential(&credential.id, &audit).await?;
        self.warm.forget_credentials(&credential.user);
        if gone {
            Ok(CredentialDeleted::new(&credential.id))
        } else {
            Err(unknown())
        }
    }

    /// What callers see of their credentials where they are: those of connectors in reach, and for unsigned users
    /// those that were made so.
    pub(crate) async fn visible_credentials(
        &self,
        caller: &Caller,
        scope: Scope<'_>,
    ) -> Result<Vec<Arc<Credential>>> {
        let all = self.own_credentials(caller).await?;
        let seen = all
            .iter()
            .filter(|one| scope.policy().allows(&one.connector) && may_use(caller, one));
        Ok(seen.cloned().collect())
    }

    /// Which credential a call uses: the named one, else the newest that may be picked by itself and fits the call.
    pub(crate) async fn pick_credential(
        &self,
        caller: &Caller,
        scope: Scope<'_>,
        connector: &Entry,
        named: Option<&str>,
        fits: impl Fn(&Credential) -> bool,
    ) -> Result<Option<Arc<Credential>>> {
        let seen = self.visible_credentials(caller, scope).await?;
        let mut fitting = seen
            .into_iter()
            .filter(|one| one.connector == connector.id && one.connector_owner == connector.owner.as_str());
        match named {
            Some(id) => match fitting.find(|one| one.id.as_str() == id) {
                Some(found) => Ok(Some(found)),
                None => Err(unknown()),
            },
            // What was made through a token URL alone is never picked by itself anywhere else.
            None => Ok(fitting.find(|one| {
                one.made_through
                    .as_ref()
                    .is_none_or(|made| scope.server_id() == Some(made))
                    && fits(one)
            })),
        }
    }

    /// The secret fields of a credential. Nothing keeps them beyond the call that asked.
    pub(crate) fn open_credential(&self, credential: &Credential) -> Result<OpenedFields> {
        let opened = self
            .vault
            .open(&credential.sealed, &context(credential, &credential.user))?;
        let fields: BTreeMap<String, String> = serde_json::from_slice(&opened)
            .map_err(|_bad| Error::Internal("a credential holds no fields"))?;
        Ok(fields
            .into_iter()
            .map(|(name, text)| (name, Secret::new(text)))
            .collect())
    }

    /// Creates a credential for a connector within `policy`.
    pub(crate) async fn make_credential(
        &self,
        caller: &Caller,
        new: NewCredential,
        policy: &Policy,
    ) -> Result<CredentialView> {
        let entry = self.seen_connector(&new.connector, policy)?;
        let connector = entry.connector()?;
        let auth = auth_named(&connector, &new.authentication)?;
        let faults = auth.validate(&new.fields);
        if !faults.is_empty() {
            return Err(Error::Invalid(
                faults.into_iter().map(|fault| fault.under("fields")).collect(),
            ));
        }
        let plain = serde_json::to_vec(&new.fields).map_err(|_bad| Error::Internal("fields are no JSON"))?;
        let name = new.name.unwrap_or_else(|| connector.name.clone());
        // The user can come to be while this one does: then the sealed bytes are bound to an id that lost, and
        // are made again for the one that stands.
        loop {
            let user = self.acting_user(caller).await?;
            let draft = self.draft(caller, entry, &auth.kind, &name, &user);
            let sealed = self
                .vault
                .seal(&*self.entropy, &plain, &context(&draft, &user.id));
            let credential = Credential { sealed, ..draft };
            let details = json!({ "connector": entry.id.as_str(), "kind": auth.kind });
            let audit = self.audit(caller, "credential.create", credential.id.as_str(), details);
            let standing = self.storage.create_credential(&credential, &user, &audit).await?;
            self.warm.forget_credentials(&standing.user);
            if caller.user.is_none() {
                self.warm.forget_user(&caller.account, &caller.user_name);
            }
            if standing.user == user.id {
                return Ok(CredentialView::new(&standing));
            }
            let audit = self.audit(caller, "credential.delete", credential.id.as_str(), json!({}));
            self.storage.delete_credential(&standing.id, &audit).await?;
        }
    }

    fn draft(&self, caller: &Caller, entry: &Entry, kind: &str, name: &str, user: &User) -> Credential {
        let now = self.clock.now();
        Credential {
            id: CredentialId::random(&*self.entropy),
            account: caller.account.clone(),
            user: user.id.clone(),
            connector_owner: entry.owner.as_str().to_owned(),
            connector: entry.id.clone(),
            kind: kind.to_owned(),
            name: name.to_owned(),
            made_through: caller.token_url().cloned(),
            sealed: solder_model::Sealed(Vec::new()),
            created_at: now,
            updated_at: now,
        }
    }

    /// The acting user as a record; one that is not stored yet is only drafted.
    async fn acting_user(&self, caller: &Caller) -> Result<User> {
        let known = if caller.user.is_some() {
            caller.user.clone()
        } else {
            let user = self
                .warm
                .user(&self.storage, &caller.account, &caller.user_name)
                .await?;
            user.map(|known| known.id.clone())
        };
        Ok(User {
            id: known.unwrap_or_else(|| UserId::random(&*self.entropy)),
            account: caller.account.clone(),
            name: caller.user_name.clone(),
            created_at: self.clock.now(),
        })
    }

    async fn own_credentials(&self, caller: &Caller) -> Result<Arc<Vec<Arc<Credential>>>> {
        match &caller.user {
            Some(user) => self.warm.credentials(&self.storage, user).await,
            None => Ok(Arc::default()),
        }
    }

    async fn own_credential(&self, caller: &Caller, id: &str) -> Result<Credential> {
        let id = CredentialId::new(id).map_err(|_bad| unknown())?;
        let found = self.storage.find_credential(&id).await?;
        let own = |one: &Credential| one.account == caller.account && Some(&one.user) == caller.user.as_ref();
        found.filter(own).ok_or_else(unknown)
    }
}

/// The kind of authentication of that name.
pub(crate) fn auth_named<'a>(connector: &'a solder_connector::Connector, name: &str) -> Result<&'a Auth> {
    connector
        .key_based()
        .find(|auth| auth.kind == name)
        .ok_or_else(|| {
            let names: Vec<&str> = connector.key_based().map(|auth| auth.kind.as_str()).collect();
            let message = if names.is_empty() {
                format!("{} needs no credential", connector.name)
            } else {
                format!("must be one of {}", names.join(", "))
            };
            Error::invalid("authenticationType", message)
        })
}

fn may_use(caller: &Caller, credential: &Credential) -> bool {
    match &caller.way {
        Way::Key(_) | Way::Jwt(_) | Way::TokenUrl(_) => true,
        Way::Unsigned(server) => credential.made_through.as_ref() == Some(server),
    }
}

fn unknown() -> Error {
    Error::CredentialNotFound("get_credentials_alloy lists the credentials that this caller has".to_owned())
}

fn context(credential: &Credential, user: &UserId) -> Context {
    Context::new(
        "credential",
        &[
            credential.account.as_str(),
            user.as_str(),
            &credential.connector_owner,
            ConnectorId::as_str(&credential.connector),
            &credential.kind,
            credential.id.as_str(),
        ],
    )
}
