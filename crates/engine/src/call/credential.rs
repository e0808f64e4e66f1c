//! Which credential a call uses. It is found sealed here and opened when the request is built.

use super::Request;
use super::resolve::Target;
use crate::Engine;
use crate::broker::needs_a_person;
use crate::caller::Caller;
use crate::credentials::ELSEWHERE;
use crate::error::{Error, Result};
use crate::scope::Scope;
use solder_model::Credential;
use std::sync::Arc;

impl Engine {
    /// The credential of the call, or none where the action needs none.
    pub(super) async fn credential(
        &self,
        caller: &Caller,
        scope: Scope<'_>,
        target: &Target,
        request: &Request,
    ) -> Result<Option<Arc<Credential>>> {
        let needed = target.needs_credential();
        if !needed && request.credential.is_none() {
            return Ok(None);
        }
        let named = request
            .credential_header
            .as_deref()
            .or(request.credential.as_deref());
        let identity = target.action.identity.as_deref();
        let acts = |kind: &str| {
            target
                .connector
                .auth(kind)
                .is_some_and(|auth| auth.acts_as(identity))
        };
        let fits = |one: &Credential| acts(&one.kind);
        let picked = self
            .pick_credential(caller, scope, &target.entry, named, fits)
            .await?;
        if let Some(credential) = &picked
            && !acts(&credential.kind)
        {
            return Err(Error::CredentialNotFound(format!(
                "`{}` acts as `{}`, which a credential of the kind `{}` cannot",
                target.action.id,
                identity.unwrap_or_default(),
                credential.kind,
            )));
        }
        match picked {
            Some(credential) => Ok(Some(credential)),
            None => Err(self.no_credential(caller, scope, target).await?),
        }
    }

    /// Why there is no credential for a call.
    async fn no_credential(&self, caller: &Caller, scope: Scope<'_>, target: &Target) -> Result<Error> {
        Ok(match self.left_behind(caller, scope, &target.entry).await? {
            Some(left) => needs_a_person(&target.connector, &left, Some(ELSEWHERE)),
            None => Error::CredentialNotFound(format!(
                "There is no credential for {name} yet: get_credential_metadata_alloy with connectorId `{id}` says \
                 what it needs, create_credential_alloy stores it",
                name = target.connector.name,
                id = target.connector.id,
            )),
        })
    }
}
