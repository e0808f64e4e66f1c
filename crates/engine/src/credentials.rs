//! Credentials: created, listed, found and deleted by the user whose they are. Nothing here shows a secret; they
//! are opened in the call path alone.

mod input;
mod view;

pub use view::{CredentialDeleted, CredentialList, CredentialMade, CredentialView};

use crate::Engine;
use crate::broker::{Begun, Opener, is_for, needs_a_person};
use crate::caller::{Caller, Way};
use crate::catalog::Entry;
use crate::error::{Error, Result};
use crate::scope::Scope;
pub(crate) use input::NewCredential;
use serde_json::{Map, Value, json};
use solder_connector::Auth;
use solder_model::{ConnectorId, Credential, CredentialId, Page, Policy, Secret, User, UserId};
use solder_vault::Context;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Why a credential does not hold any more whose connector sends secrets to other places than when it was made.
pub(crate) const ELSEWHERE: &str = "an admin changed where this connector sends what it is given";

/// The fields of an opened credential, by name.
pub(crate) type OpenedFields = BTreeMap<String, Secret>;

impl Engine {
    /// Creates a credential over REST: `{"connectorId","authenticationType","name"?,"fields"?,"redirectUri"?,
    /// "credentialId"?}`. A kind that connects by OAuth gives the URL where a person consents. `redirect_uri` is the
    /// header's, which the body's wins over.
    pub async fn create_credential(
        &self,
        caller: &Caller,
        body: &Map<String, Value>,
        redirect_uri: Option<&str>,
    ) -> Result<CredentialMade> {
        let new = NewCredential::read(body)?.or_redirecting_to(redirect_uri);
        let opener = Opener::of(caller, None);
        self.make_credential(caller, &opener, new, &Policy::default())
            .await
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
        Ok(CredentialList::new(&paged, self.clock.now()))
    }

    /// One credential of the acting user.
    pub async fn get_credential(&self, caller: &Caller, id: &str) -> Result<CredentialView> {
        Ok(CredentialView::new(
            &self.own_credential(caller, id).await?,
            self.clock.now(),
        ))
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
        let now = self.clock.now();
        renamed
            .map(|one| CredentialView::new(&one, now))
            .ok_or_else(unknown)
    }

    /// Deletes a credential of the acting user. One that was connected by OAuth is taken back at the platform too,
    /// afterwards and as well as it goes.
    pub async fn delete_credential(&self, caller: &Caller, id: &str) -> Result<CredentialDeleted> {
        let credential = self.own_credential(caller, id).await?;
        let details = json!({ "connector": credential.connector.as_str() });
        let audit = self.audit(caller, "credential.delete", credential.id.as_str(), details);
        let gone = self.storage.delete_credential(&credential.id, &audit).await?;
        self.warm.forget_credentials(&credential.user);
        if gone {
            self.revoke_deleted(Opener::of(caller, None), &credential).await;
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

    /// The connectors in reach that the caller has a credential for.
    pub(crate) async fn connected(&self, caller: &Caller, scope: Scope<'_>) -> Result<HashSet<ConnectorId>> {
        let seen = self.visible_credentials(caller, scope).await?;
        Ok(seen.iter().map(|one| one.connector.clone()).collect())
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
        let of_connector = |one: &Arc<Credential>| one.connector == connector.id;
        let is_bound = |one: &Arc<Credential>| one.connector_owner == connector.identity();
        if let Some(id) = named
            && let Some(found) = seen.iter().find(|one| of_connector(one) && one.id.as_str() == id)
            && !is_bound(found)
            && is_for(&found.connector_owner, connector)
        {
            return Err(needs_a_person(&*connector.connector()?, found, Some(ELSEWHERE)));
        }
        let mut fitting = seen.into_iter().filter(|one| of_connector(one) && is_bound(one));
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

    /// The newest of the caller's credentials that its connector has left behind by sending secrets elsewhere since.
    pub(crate) async fn left_behind(
        &self,
        caller: &Caller,
        scope: Scope<'_>,
        connector: &Entry,
    ) -> Result<Option<Arc<Credential>>> {
        let seen = self.visible_credentials(caller, scope).await?;
        let left = |one: &Arc<Credential>| {
            one.connector == connector.id
                && one.connector_owner != connector.identity()
                && is_for(&one.connector_owner, connector)
        };
        Ok(seen.into_iter().find(left))
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

    /// Creates a credential for a connector within `policy`, or begins the connection that makes one.
    pub(crate) async fn make_credential(
        &self,
        caller: &Caller,
        opener: &Opener,
        new: NewCredential,
        policy: &Policy,
    ) -> Result<CredentialMade> {
        caller.demand_write()?;
        let entry = self
            .seen_connector(&caller.account, &new.connector, policy)
            .await?;
        let connector = entry.connector()?;
        let auth = auth_named(&connector, &new.authentication)?;
        if auth.oauth.is_some() {
            let begun = self
                .begin_connection(opener, policy, new.into_connection())
                .await?;
            return Ok(match begun {
                Begun::Consent(begun) => CredentialMade::Consent(begun),
                Begun::Connected(view) => CredentialMade::Credential(view),
                Begun::Pending => return Err(Error::Internal("a caller's connection waits for a ticket")),
            });
        }
        let mut faults: Vec<_> = auth
            .validate(&new.fields)
            .into_iter()
            .map(|fault| fault.under("fields"))
            .collect();
        if new.credential.is_some() {
            let text =
                "is for kinds that connect by OAuth: store a key as a new credential, and delete the old one";
            faults.push(solder_model::Fault::new("credentialId", text));
        }
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let fields = new.fields.iter();
        let fields: OpenedFields = fields
            .map(|(name, value)| (name.clone(), Secret::new(text(value))))
            .collect();
        let now = self.clock.now();
        let draft = Credential {
            id: CredentialId::random(&*self.entropy),
            account: caller.account.clone(),
            user: self.drafted_user(opener).await?.id,
            connector_owner: entry.identity().to_owned(),
            connector: entry.id.clone(),
            kind: auth.kind.clone(),
            name: new.name.unwrap_or_else(|| connector.name.clone()),
            made_through: caller.token_url().cloned(),
            sealed: solder_model::Sealed(Vec::new()),
            connection: solder_model::Connection::default(),
            created_at: now,
            updated_at: now,
        };
        let kept = self.keep_new_credential(opener, draft, &fields).await?;
        Ok(CredentialMade::Credential(Box::new(CredentialView::new(
            &kept, now,
        ))))
    }

    /// Keeps a new credential of the opener's user, who comes to be with it if need be.
    pub(crate) async fn keep_new_credential(
        &self,
        opener: &Opener,
        draft: Credential,
        fields: &OpenedFields,
    ) -> Result<Credential> {
        let plain = plain(fields)?;
        // The user can come to be while this one does: then the sealed bytes are bound to an id that lost, and
        // are made again for the one that stands.
        loop {
            let user = self.drafted_user(opener).await?;
            let sealed = self
                .vault
                .seal(&*self.entropy, &plain, &context(&draft, &user.id));
            let credential = Credential {
                user: user.id.clone(),
                sealed,
                ..draft.clone()
            };
            let details = json!({
                "connector": draft.connector.as_str(), "kind": draft.kind, "identity": draft.connection.identity,
            });
            let audit = self.audit_for(opener, "credential.create", credential.id.as_str(), details);
            let standing = self.storage.create_credential(&credential, &user, &audit).await?;
            self.warm.forget_credentials(&standing.user);
            if opener.user.is_none() {
                self.warm.forget_user(&opener.account, &opener.user_name);
            }
            if standing.user == user.id {
                return Ok(standing);
            }
            let audit = self.audit_for(opener, "credential.delete", credential.id.as_str(), json!({}));
            self.storage.delete_credential(&standing.id, &audit).await?;
        }
    }

    /// The opener's user as a record; one that is not stored yet is only drafted.
    pub(crate) async fn drafted_user(&self, opener: &Opener) -> Result<User> {
        let known = if opener.user.is_some() {
            opener.user.clone()
        } else {
            let user = self
                .warm
                .user(&self.storage, &opener.account, &opener.user_name)
                .await?;
            user.map(|known| known.id.clone())
        };
        Ok(User {
            id: known.unwrap_or_else(|| UserId::random(&*self.entropy)),
            account: opener.account.clone(),
            name: opener.user_name.clone(),
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
    connector.auth(name).ok_or_else(|| {
        let names: Vec<&str> = connector.auth.iter().map(|auth| auth.kind.as_str()).collect();
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
        Way::Key(_) | Way::Jwt(_) | Way::OAuth(_) | Way::TokenUrl(_) | Way::Ticket { .. } => true,
        Way::Unsigned(server) => credential.made_through.as_ref() == Some(server),
    }
}

fn unknown() -> Error {
    Error::CredentialNotFound("get_credentials_alloy lists the credentials that this caller has".to_owned())
}

/// Fields as they are sealed: one JSON object of texts, wiped when dropped.
pub(crate) fn plain(fields: &OpenedFields) -> Result<Zeroizing<Vec<u8>>> {
    let texts: BTreeMap<&str, &str> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.expose()))
        .collect();
    serde_json::to_vec(&texts)
        .map(Zeroizing::new)
        .map_err(|_bad| Error::Internal("fields are no JSON"))
}

/// What a credential's secrets are sealed for.
pub(crate) fn context(credential: &Credential, user: &UserId) -> Context {
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
