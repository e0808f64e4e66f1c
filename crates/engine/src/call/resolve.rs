//! From ids to the action that they name, whether the server's restrictions allow it, and whether its arguments
//! are what it takes.

use super::Request;
use crate::Engine;
use crate::caller::Caller;
use crate::catalog::Entry;
use crate::error::{Error, Result};
use crate::scope::Scope;
use serde_json::{Map, Value};
use solder_connector::{Action, Connector, Kind};
use solder_model::Policy;
use std::sync::Arc;

/// The action that a call is for.
pub(crate) struct Target {
    pub(crate) entry: Arc<Entry>,
    pub(crate) connector: Arc<Connector>,
    pub(crate) action: Arc<Action>,
}

impl Engine {
    /// Finds the action, and refuses what the server's restrictions put out of reach. The names that are offered in place
    /// of an unknown one are those that the caller may see.
    pub(super) async fn resolve(
        &self,
        caller: &Caller,
        scope: Scope<'_>,
        request: &Request,
    ) -> Result<Target> {
        let shelf = self.shelf(&caller.account).await?;
        let entry = match shelf.entry(&request.connector) {
            Some(entry) => entry,
            None => shelf.seen(&request.connector, scope.policy())?,
        };
        let connector = entry.connector()?;
        let action = match connector.action(&request.action) {
            Some(action) => Arc::clone(action),
            None => crate::catalog::seen_action(&connector, &request.action, scope.policy())?,
        };
        let target = Target {
            entry: Arc::clone(entry),
            connector,
            action,
        };
        target.restrict(scope.policy())?;
        Ok(target)
    }
}

impl Target {
    /// Whether a call needs a credential.
    pub(super) fn needs_credential(&self) -> bool {
        self.connector.needs_credential() && self.action.needs_credential
    }

    /// Refuses a caller who may only read, where the action does more.
    pub(super) fn permit(&self, caller: &Caller) -> Result<()> {
        match self.action.kind {
            Kind::Read => Ok(()),
            Kind::Write | Kind::Destructive => caller.demand_write(),
        }
    }

    fn restrict(&self, policy: &Policy) -> Result<()> {
        let (connector, action) = (self.connector.id.as_str(), self.action.id.as_str());
        if policy.allows_action(connector, action) {
            Ok(())
        } else {
            Err(Error::Forbidden(format!(
                "`{connector}.{action}` is outside the restrictions of this server"
            )))
        }
    }

    /// Refuses arguments that the action does not take, with every fault.
    pub(super) fn validate(&self, parameters: &Map<String, Value>) -> Result<()> {
        self.action.validate(parameters).map_err(Error::of_parameters)
    }
}
