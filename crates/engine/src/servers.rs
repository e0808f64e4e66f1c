//! Servers: create, list, get, update, delete, rotate the token. Each operation takes the caller's JSON as it
//! came and lists every fault in it; each is for the owner alone.

mod input;
mod view;

pub use view::{Deleted, ServerList, ServerView};

use crate::Engine;
use crate::caller::Caller;
use crate::error::{Error, Result};
use input::{Draft, Rotation, Term};
use serde_json::{Map, Value, json};
use solder_model::{Page, Restrictions, Secret, Server, ServerId, Timestamp, UserId, WaysIn};
use solder_storage::AuditEntry;
use solder_vault::Context;

impl Engine {
    /// Creates a server of the acting user. `body` is the create request of the contract's part 3.
    /// The answer alone carries the access token.
    pub async fn create_server(&self, caller: &Caller, body: &Map<String, Value>) -> Result<ServerView> {
        let owner = owner(caller)?;
        let draft = Draft::read_new(body)?;
        let now = self.clock.now();
        let name = draft.name.unwrap_or_default();
        let id = ServerId::random(&name, &*self.entropy);
        let (token, token_digest, token_sealed) = self.new_token(caller, &id);
        let days = draft.term.days();
        let server = Server {
            id,
            account: caller.account.clone(),
            owner,
            owner_name: caller.user_name.clone(),
            name,
            description: draft.description.unwrap_or_default(),
            mode: draft.mode.unwrap_or_else(|| input::CONNECTIVITY.to_owned()),
            is_public: draft.is_public.unwrap_or(false),
            ways_in: draft.ways_in.unwrap_or(WaysIn::ALL),
            restrictions: draft.restrictions.unwrap_or_default(),
            custom_instructions: draft.custom_instructions,
            token_digest,
            token_sealed,
            token_expires_at: ends(now, days),
            token_days: days,
            old_token_digest: None,
            old_token_expires_at: None,
            created_at: now,
            updated_at: now,
        };
        let audit = self.audit(
            caller,
            "server.create",
            server.id.as_str(),
            json!({ "name": server.name }),
        );
        self.storage
            .create_server(&server, &audit)
            .await
            .map_err(name_taken)?;
        self.warm.forget_server(&server.id);
        let mut view = self.view_with(&server, &token);
        view.access_token = Some(token.expose().to_owned());
        Ok(view)
    }

    /// The acting user's servers, newest first.
    pub async fn list_servers(&self, caller: &Caller, page: Page) -> Result<ServerList> {
        let owner = owner(caller)?;
        let paged = self.storage.list_servers(&owner, page).await?;
        let has_more = paged.has_more();
        let servers = paged
            .items
            .iter()
            .map(|server| self.view(server))
            .collect::<Result<Vec<_>>>()?;
        Ok(ServerList {
            servers,
            count: paged.total,
            total: paged.total,
            limit: page.limit,
            offset: page.offset,
            has_more,
        })
    }

    /// One server of the acting user.
    pub async fn get_server(&self, caller: &Caller, id: &str) -> Result<ServerView> {
        let server = self.owned(caller, id).await?;
        self.view(&server)
    }

    /// Changes any of the creation's fields.
    pub async fn update_server(
        &self,
        caller: &Caller,
        id: &str,
        body: &Map<String, Value>,
    ) -> Result<ServerView> {
        let id = self.owned(caller, id).await?.id;
        let draft = Draft::read_change(body)?;
        let now = self.clock.now();
        let audit = self.audit(
            caller,
            "server.update",
            id.as_str(),
            json!({ "fields": draft.fields() }),
        );
        let changed = self
            .storage
            .update_server(&id, &audit, |server| draft.apply(server, now))
            .await;
        let server = changed.map_err(name_taken)?.ok_or(Error::ServerNotFound)?;
        self.warm.forget_server(&id);
        self.view(&server)
    }

    /// Deletes a server with its token, sessions and caches; never users, credentials or audit.
    pub async fn delete_server(&self, caller: &Caller, id: &str) -> Result<Deleted> {
        let server = self.owned(caller, id).await?;
        let audit = self.audit(
            caller,
            "server.delete",
            server.id.as_str(),
            json!({ "name": server.name }),
        );
        let gone = self.storage.delete_server(&server.id, &audit).await?;
        self.warm.forget_server(&server.id);
        if gone {
            Ok(Deleted::server(&server.id))
        } else {
            Err(Error::ServerNotFound)
        }
    }

    /// Gives the server a new access token. The old one ends at once, or after `graceSeconds`; a term of days
    /// starts again. The answer carries the new token.
    pub async fn rotate_server_token(
        &self,
        caller: &Caller,
        id: &str,
        body: &Map<String, Value>,
    ) -> Result<ServerView> {
        let id = self.owned(caller, id).await?.id;
        let rotation = Rotation::read(body)?;
        let (token, digest, sealed) = self.new_token(caller, &id);
        let now = self.clock.now();
        let details = json!({ "graceSeconds": rotation.grace_s });
        let audit = self.audit(caller, "server.rotate_token", id.as_str(), details);
        let changed = self.storage.update_server(&id, &audit, |server| {
            let grace = (rotation.grace_s > 0).then(|| now.plus_ms(rotation.grace_s.saturating_mul(1_000)));
            // A token that would have ended before the grace is over still ends when it would have.
            let until = match (grace, server.token_expires_at) {
                (Some(grace), Some(end)) => Some(grace.min(end)),
                (grace, _) => grace,
            };
            server.old_token_digest = until.map(|_| server.token_digest);
            server.old_token_expires_at = until;
            server.token_digest = digest;
            server.token_sealed = sealed;
            server.token_expires_at = ends(now, server.token_days);
            server.updated_at = now;
        });
        let server = changed.await?.ok_or(Error::ServerNotFound)?;
        self.warm.forget_server(&id);
        let mut view = self.view_with(&server, &token);
        view.access_token = Some(token.expose().to_owned());
        Ok(view)
    }

    /// Another account's server is unknown here; another owner's is known and not this user's.
    async fn owned(&self, caller: &Caller, id: &str) -> Result<Server> {
        let id = ServerId::new(id).map_err(|_bad| Error::ServerNotFound)?;
        let found = self.storage.find_server(&id).await?;
        let server = found
            .filter(|server| server.account == caller.account)
            .ok_or(Error::ServerNotFound)?;
        if caller.user.as_ref() == Some(&server.owner) {
            Ok(server)
        } else {
            Err(Error::Forbidden(
                "This server belongs to another user of the account; a key that may name users acts as its owner \
                 with x-alloy-userid"
                    .to_owned(),
            ))
        }
    }

    fn new_token(
        &self,
        caller: &Caller,
        id: &ServerId,
    ) -> (Secret, solder_model::Digest, solder_model::Sealed) {
        let token = crate::new_secret(&*self.entropy, "mcp_");
        let digest = self.vault.digest(token.expose());
        let context = token_context(caller.account.as_str(), id);
        let sealed = self
            .vault
            .seal(&*self.entropy, token.expose().as_bytes(), &context);
        (token, digest, sealed)
    }

    pub(crate) fn view(&self, server: &Server) -> Result<ServerView> {
        let context = token_context(server.account.as_str(), &server.id);
        let opened = self.vault.open(&server.token_sealed, &context)?;
        let token =
            std::str::from_utf8(&opened).map_err(|_bad| Error::Internal("a sealed token is no text"))?;
        Ok(self.view_with(server, &Secret::new(token)))
    }

    fn view_with(&self, server: &Server, token: &Secret) -> ServerView {
        ServerView::new(server, &self.settings.public_url, Some(token))
    }

    /// What the audit log says of a change.
    pub(crate) fn audit(&self, caller: &Caller, action: &str, target: &str, details: Value) -> AuditEntry {
        AuditEntry {
            account: caller.account.clone(),
            at: self.clock.now(),
            actor: caller.actor(),
            acting_user: caller.user.clone(),
            action: action.to_owned(),
            target: target.to_owned(),
            from: Some(caller.client.to_string()),
            details,
        }
    }
}

fn owner(caller: &Caller) -> Result<UserId> {
    let refused = || Error::Forbidden("A token URL manages no servers: use an API key".to_owned());
    caller
        .user
        .clone()
        .filter(|_| caller.token_url().is_none())
        .ok_or_else(refused)
}

fn token_context(account: &str, id: &ServerId) -> Context {
    Context::new("server token", &[account, id.as_str()])
}

fn ends(now: Timestamp, days: Option<u16>) -> Option<Timestamp> {
    days.map(|days| now.plus_ms(i64::from(days) * Timestamp::DAY_MS))
}

fn name_taken(error: solder_storage::Error) -> Error {
    match error {
        solder_storage::Error::Conflict(_) => Error::invalid(
            "name",
            "another server of this user has this name already; names are unique for a user",
        ),
        other => Error::Storage(other),
    }
}

impl Draft {
    /// Writes what was sent into the record; what was not sent stays.
    fn apply(self, server: &mut Server, now: Timestamp) {
        if let Some(name) = self.name {
            server.name = name;
        }
        if let Some(description) = self.description {
            server.description = description;
        }
        if let Some(mode) = self.mode {
            server.mode = mode;
        }
        if let Some(is_public) = self.is_public {
            server.is_public = is_public;
        }
        if let Some(ways_in) = self.ways_in {
            server.ways_in = ways_in;
        }
        if let Some(restrictions) = self.restrictions {
            server.restrictions = restrictions;
        }
        if let Some(instructions) = self.custom_instructions {
            server.custom_instructions = Some(instructions);
        }
        if self.term != Term::Unsaid {
            server.token_days = self.term.days();
            server.token_expires_at = ends(now, server.token_days);
        }
        server.updated_at = now;
    }
}
