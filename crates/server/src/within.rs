//! On which server a request of the management API works, where it names one: then the server's restrictions hold as they
//! do at its MCP address, its users layer first.

use crate::App;
use crate::admitted::Admitted;
use crate::identity::{IdentityHeaders, SERVER_ID};
use crate::problem::Failure;
use crate::query::server_id;
use axum::extract::FromRequestParts;
use http::request::Parts;
use solder_engine::{Caller, Scope, ServerEntry};
use solder_model::{Fault, Problem};
use std::sync::Arc;

/// A caller who was let in and is within the limit, and the server that the request names, entered.
#[derive(Debug)]
pub(crate) struct Within {
    pub(crate) caller: Caller,
    /// `x-credential-id`.
    pub(crate) credential: Option<String>,
    entry: Option<Arc<ServerEntry>>,
}

impl Within {
    /// The server with its restrictions, or all that the account has.
    pub(crate) fn scope(&self) -> Scope<'_> {
        self.entry.as_deref().into()
    }
}

impl FromRequestParts<Arc<App>> for Within {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let Admitted(caller) = Admitted::from_request_parts(parts, app).await?;
        let headers = IdentityHeaders::read(&parts.headers)?;
        let query = server_id(parts.uri.query().unwrap_or_default())?;
        let named = match (headers.server, query.as_deref()) {
            (Some(header), Some(query)) if header != query => {
                let message = "differs from `serverId` in the query: send one of them";
                return Err(Problem::invalid(&[Fault::new(SERVER_ID.as_str(), message)]).into());
            }
            (header, query) => header.or(query),
        };
        let entry = match named {
            Some(id) => Some(app.engine.enter(&caller, id).await?),
            None => None,
        };
        Ok(Self {
            caller,
            credential: headers.credential.map(str::to_owned),
            entry,
        })
    }
}
