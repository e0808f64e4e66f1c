//! An action, executed over REST: the body is read here, and then the way of a call is the same as a tool's.

use crate::Engine;
use crate::call::{Answer, KNOWN, Request, take_parameters};
use crate::caller::Caller;
use crate::error::Result;
use crate::fields::Fields;
use crate::scope::Scope;
use serde_json::{Map, Value};

/// What a request for an execution says outside its body.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The connector, as the path names it.
    pub connector: &'a str,
    /// The action, where the path names it; else the body does.
    pub action: Option<&'a str>,
    /// `x-credential-id`.
    pub credential: Option<&'a str>,
}

impl Engine {
    /// Executes an action. The body is `{"actionId","parameters","credentialId","timeout","serverId"}`, the first where
    /// the path does not name the action, the last where nothing named the server yet. A field that is not known is refused,
    /// since one that is mistyped would change what is done.
    pub async fn execute_action(
        &self,
        caller: &Caller,
        scope: Scope<'_>,
        asked: &Asked<'_>,
        mut body: Map<String, Value>,
    ) -> Result<Answer> {
        let parameters = take_parameters(&mut body);
        let mut fields = Fields::new(&body);
        let named = asked.action.is_none().then_some("actionId");
        let known: Vec<&str> = named.into_iter().chain(KNOWN).chain(["serverId"]).collect();
        fields.only(&known);
        let action = match asked.action {
            Some(action) => action.to_owned(),
            None => fields.required("actionId", crate::tools::ACTION),
        };
        let names = (asked.connector.to_owned(), action);
        let request = Request::read(&mut fields, names, parameters, asked.credential);
        let server = fields.text("serverId", |_| None);
        if let (Some(named), Some(entered)) = (&server, scope.server_id())
            && named != entered.as_str()
        {
            fields.fault(
                "serverId",
                "differs from the server that the request names outside its body: send one of them",
            );
        }
        let request = fields.finish(request)?;
        let entered = match server {
            Some(id) if scope.server_id().is_none() => Some(self.enter(caller, &id).await?),
            _ => None,
        };
        let scope = entered.as_deref().map_or(scope, Scope::server);
        self.execute(caller, scope, request).await
    }
}
