//! Solder's own connector: a transport that leaves nobody's house. Its actions are management operations of the
//! caller, with the caller's own rights; no operation of an admin is among them. A token URL is never worth more
//! than the server that it opens: by one, only that server itself is read, without its token.

use crate::Engine;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::fields::Fields;
use crate::servers::ServerView;
use crate::warm::ServerEntry;
use serde::Serialize;
use serde_json::{Map, Value, json};
use solder_connector::Action;
use solder_model::{Page, ServerId};

impl Engine {
    /// Does what an action of the connector `solder` says.
    pub(crate) async fn serve_internal(
        &self,
        caller: &Caller,
        server: &ServerEntry,
        action: &Action,
        parameters: &Map<String, Value>,
    ) -> Result<Value> {
        if let Some(opened) = caller.token_url() {
            return self.serve_token_url(opened, server, action, parameters);
        }
        let id = |name: &str| parameters.get(name).and_then(Value::as_str).unwrap_or_default();
        match action.id.as_str() {
            "list-servers" => json_of(&self.list_servers(caller, page(parameters)?).await?),
            "get-server" => json_of(&self.get_server(caller, id("serverId")).await?),
            "create-server" => json_of(&self.create_server(caller, parameters).await?),
            "update-server" => json_of(&self.update_server(caller, id("serverId"), parameters).await?),
            "delete-server" => json_of(&self.delete_server(caller, id("serverId")).await?),
            "rotate-server-token" => json_of(
                &self
                    .rotate_server_token(caller, id("serverId"), parameters)
                    .await?,
            ),
            "list-credentials" => {
                let connector = parameters.get("connectorId").and_then(Value::as_str);
                json_of(
                    &self
                        .list_credentials(caller, connector, page(parameters)?)
                        .await?,
                )
            }
            "get-credential" => json_of(&self.get_credential(caller, id("credentialId")).await?),
            "create-credential" => json_of(&self.create_credential(caller, parameters).await?),
            "delete-credential" => json_of(&self.delete_credential(caller, id("credentialId")).await?),
            "get-health" => Ok(self.health()),
            _ => Err(Error::Internal(
                "an action of the connector solder has no operation",
            )),
        }
    }

    /// What a token URL may read of Solder: health, and its own server without the token.
    fn serve_token_url(
        &self,
        opened: &ServerId,
        server: &ServerEntry,
        action: &Action,
        parameters: &Map<String, Value>,
    ) -> Result<Value> {
        let view = || json_of(&ServerView::new(&server.server, &self.settings.public_url, None));
        match action.id.as_str() {
            "get-health" => Ok(self.health()),
            "get-server" => match parameters.get("serverId").and_then(Value::as_str) {
                Some(id) if id == opened.as_str() => view(),
                _ => Err(Error::ServerNotFound),
            },
            "list-servers" => Ok(json!({
                "servers": [view()?],
                "count": 1,
                "total": 1,
                "limit": Page::MOST,
                "offset": 0,
                "hasMore": false,
            })),
            _ => Err(Error::Forbidden(
                "By a token URL only its own server can be read, and nothing changed: connect with an API key".to_owned(),
            )),
        }
    }

    /// `{"status":"healthy","timestamp":…}`.
    pub fn health(&self) -> Value {
        json!({ "status": "healthy", "timestamp": self.clock.now() })
    }
}

fn json_of(view: &impl Serialize) -> Result<Value> {
    serde_json::to_value(view).map_err(|_bad| Error::Internal("a view is no JSON"))
}

fn page(parameters: &Map<String, Value>) -> Result<Page> {
    let mut fields = Fields::new(parameters);
    let limit = fields.whole(
        "limit",
        1..=i64::from(Page::MOST),
        "must be a whole number from 1 to 1000",
    );
    let offset = fields.whole("offset", 0..=i64::MAX, "must be a whole number, 0 or more");
    let limit = limit
        .and_then(|limit| u32::try_from(limit).ok())
        .unwrap_or(Page::MOST);
    let offset = offset
        .and_then(|offset| u64::try_from(offset).ok())
        .unwrap_or_default();
    fields.finish(Page { limit, offset })
}
